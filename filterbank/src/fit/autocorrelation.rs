//! The autocorrelation of residuals, in one pass.

/// The autocorrelation of residuals at lag 1, over any number of runs. A run is a list of residuals
/// in an order that has a meaning: time or frequency. Neighbours in different runs are no pair.
///
/// It is Burg's estimate `2 Σ r[t] r[t+1] / Σ (r[t]² + r[t+1]²)`, which never leaves −1 to 1.
#[derive(Clone, Debug, Default)]
pub(super) struct Autocorrelation {
    last: Option<f64>,
    products: f64,
    squares: f64,
}

impl Autocorrelation {
    /// The next residual of a run.
    pub(super) fn push(&mut self, residual: f64) {
        if let Some(last) = self.last.replace(residual) {
            self.products += last * residual;
            self.squares += 0.5 * (last * last + residual * residual);
        }
    }

    pub(super) fn end_run(&mut self) {
        self.last = None;
    }

    /// `None` if there are no pairs, or their residuals are zero.
    pub(super) fn value(&self) -> Option<f64> {
        (self.squares > 0.0 && self.squares.is_finite()).then(|| self.products / self.squares)
    }
}

/// The autocorrelation at lag 1 from which on residuals are hardly independent: 4 standard
/// deviations of its value for white noise.
pub(super) fn significant(count: usize) -> f64 {
    4.0 / (count as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::Autocorrelation;

    fn of(runs: &[&[f64]]) -> Option<f64> {
        let mut sums = Autocorrelation::default();
        for run in runs {
            run.iter().for_each(|residual| sums.push(*residual));
            sums.end_run();
        }
        sums.value()
    }

    #[test]
    fn pairs_do_not_cross_the_ends_of_runs() {
        assert_eq!(of(&[&[2.0, 2.0, 2.0], &[-2.0, -2.0]]), Some(1.0));
        assert_eq!(of(&[&[2.0, 2.0, 2.0, -2.0, -2.0]]), Some(0.5));
        assert_eq!(of(&[&[1.0, -1.0, 1.0]]), Some(-1.0));
        // (1·2 + 2·4)/(½(1 + 4) + ½(4 + 16))
        assert_eq!(of(&[&[1.0, 2.0, 4.0]]), Some(10.0 / 12.5));
    }

    #[test]
    fn without_pairs_or_with_zeros_there_is_none() {
        assert_eq!(of(&[&[1.0], &[2.0], &[]]), None);
        assert_eq!(of(&[&[0.0, 0.0, 0.0]]), None);
    }
}
