//! The result of a fit.

use std::f64::consts::TAU;
use std::fmt;

use filterbank_core::Quantity;
use nalgebra::{DMatrix, DVector};

use crate::fit::autocorrelation;
use crate::fit::error::closure_name;
use crate::fit::levenberg_marquardt::{Minimum, Stop};
use crate::fit::loss::Loss;
use crate::fit::statistics::{self, Estimate, Statistics, Unknown};

/// The result of a fit: parameters in their own units (Hz, dB, …), their accuracy, and the
/// remaining residuals.
///
/// It is displayed as a table of the parameters with their standard errors:
///
/// ```
/// use filterbank::fit::{LeastSquares, fit_response};
/// use filterbank::number::Complex;
/// use filterbank::{Band, Tune, TunableCascade};
///
/// // A measured response: a resonance, and a small error.
/// let truth = Band::peak(1_500.0, 4.0, 9.0).design(16_000.0)?;
/// let frequencies: Vec<f64> = (1..40).map(|i| 100.0 * f64::from(i)).collect();
/// let error = |f: f64| Complex::new(0.01 * (0.1 * f).sin(), 0.01 * (0.17 * f).cos());
/// let measured: Vec<_> = frequencies.iter().map(|f| truth.response(*f) + error(*f)).collect();
///
/// let band = Band::peak(Tune::free(1_000.0), Tune::free(1.0), Tune::within(3.0, -6.0..=8.5));
/// let model = TunableCascade::new([("mode", band)], 16_000.0)?;
/// let fit = fit_response(&model, &frequencies, &measured, &LeastSquares::new())?;
/// println!("{fit}");
/// # assert_eq!(fit.names, ["mode.center", "mode.q", "mode.gain_db"]);
/// # let lines: Vec<String> = fit.to_string().lines().map(str::to_owned).collect();
/// # assert_eq!(lines.len(), 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Fit {
    /// The parameters' names, in the order of [`Tunable::params`](crate::Tunable::params);
    /// `p[0]`, `p[1]`, … for the parameters of a closure. Those of
    /// [recordings](crate::fit::Recordings) follow the filter's: `recording.gain`.
    pub names: Vec<String>,
    /// The quantity of each parameter, which determines its unit.
    pub quantities: Vec<Quantity>,
    /// The best parameters.
    pub params: Vec<f64>,
    /// The standard error of each parameter in the parameter's unit: the square roots of the
    /// diagonal of the [`covariance`](Fit::covariance), 0 for a parameter at a bound. `None` for a
    /// parameter that is not [determined](Fit::determined), and for all if the covariance is `None`.
    ///
    /// An interval of `t` standard errors around a parameter holds the true value with the
    /// probability that Student's distribution gives for
    /// [`degrees_of_freedom`](Fit::degrees_of_freedom): 95 % for `t = 1.96` and many residuals.
    pub standard_errors: Vec<Option<f64>>,
    /// The covariance of the parameters, in the products of their units. Parameters at a bound are
    /// taken as known: their rows and columns are 0. If some parameters are not
    /// [determined](Fit::determined), the inverse in it is the generalised inverse, so that it is
    /// right for every combination of parameters that is determined, such as the sum of two gains,
    /// and its entries for the others have no meaning.
    ///
    /// It is `σ² (J'J)⁻¹`. `σ` is the known [noise](crate::fit::LeastSquares::noise), else `σ²` is
    /// the sum of the squared residuals over the degrees of freedom. With a robust
    /// [`Loss`](crate::fit::Loss) it is the sandwich `A⁻¹ B A⁻¹` of the M-estimator, which needs no
    /// `σ`, and holds also where outliers are more frequent in one part of the data:
    /// `A = Σ ψ'(r) J'J` and `B = Σ (ψ(r)/(1 − ψ'(r) h))² J'J`, with `ψ = ρ'(r²) r` and the leverage
    /// `h = J A⁻¹ J'` of each residual. Where the leverage of a few residuals is near a half, its
    /// intervals are still short: 91 to 93 % hold the truth in place of 95 %. (Huber, *The behavior
    /// of maximum likelihood estimates under nonstandard conditions*, 1967; leverages: MacKinnon and
    /// White, *Some heteroskedasticity-consistent covariance matrix estimators with improved finite
    /// sample properties*, 1985, HC3.)
    ///
    /// It assumes that the weighted residuals are independent, have equal variance (for the squared
    /// loss), and are linear in the parameters over a few standard errors. The penalty of a gain
    /// counts as a residual. `None` if there are no degrees of freedom from which `σ` could be
    /// estimated.
    pub covariance: Option<DMatrix<f64>>,
    /// Whether the residuals determine each parameter. They do not if a change of the parameter has
    /// no effect, or changes of other parameters have the same effect: an eigenvalue of the
    /// correlation matrix of the columns of `J` is at most 1e-13, and the parameter has a part in
    /// its direction. (With a robust loss, of `A` scaled in the same way; and a parameter that
    /// depends on one residual alone is not determined.) A parameter at a bound is known.
    pub determined: Vec<bool>,
    /// The directions of the parameters that are not determined.
    pub(super) unknown: Unknown,
    /// Whether each parameter is held at a bound.
    pub at_bound: Vec<bool>,
    /// The weighted residuals, in the order documented with the fit. Empty for recordings: see
    /// [`Recordings::residuals`](crate::fit::Recordings::residuals).
    pub residuals: DVector<f64>,
    /// The number of residuals. Points of weight 0 have none.
    pub count: usize,
    /// The number of residuals less the number of parameters that they determine.
    pub degrees_of_freedom: usize,
    /// The correlation of each residual with the next one in time or frequency, from −1 to 1. The
    /// order is that of the data, or of a closure's residuals; of a response, the real parts follow
    /// each other, and so do the imaginary parts. It is near 0 for independent noise:
    /// see [`warning`](Fit::warning). Residuals count as in the loss, so that an outlier counts
    /// little. `None` if all residuals are zero.
    pub autocorrelation: Option<f64>,
    /// The known standard deviation of the residuals, from
    /// [`LeastSquares::noise`](crate::fit::LeastSquares::noise).
    pub noise: Option<f64>,
    /// The loss of the fit.
    pub loss: Loss,
    /// The root of the (weighted) mean squared error, in the unit documented with the fit.
    pub rms: f64,
    /// The minimised cost: half the sum of the losses of all residuals.
    pub cost: f64,
    /// The number of iterations.
    pub iterations: usize,
    /// Why the method stopped.
    pub stop: Stop,
}

impl Fit {
    /// A fit of a closure's parameters, with the sums over its residuals.
    pub(super) fn new(
        minimum: Minimum,
        statistics: &Statistics,
        noise: Option<f64>,
        residuals: DVector<f64>,
        rms: f64,
    ) -> Self {
        let Minimum { params, sums, at_bound, iterations, stop } = minimum;
        let Estimate { unknown, degrees_of_freedom, covariance } = statistics.estimate(noise);
        let mut fit = Self {
            names: (0..params.len()).map(closure_name).collect(),
            quantities: vec![Quantity::Free; params.len()],
            standard_errors: Vec::new(),
            params,
            covariance,
            determined: unknown.determined(),
            unknown,
            at_bound,
            residuals,
            count: statistics.count(),
            degrees_of_freedom,
            autocorrelation: statistics.autocorrelation(),
            noise,
            loss: statistics.loss(),
            rms,
            cost: sums.cost,
            iterations,
            stop,
        };
        fit.update_errors();
        fit
    }

    /// The fit in other parameters, with the derivative of each by its old one.
    pub(super) fn in_params(mut self, params: Vec<f64>, slopes: &[f64]) -> Self {
        self.params = params;
        if let Some(covariance) = &mut self.covariance {
            statistics::scale_covariance(covariance, slopes);
        }
        self.unknown.in_params(slopes);
        self.update_errors();
        self
    }

    /// The standard errors from the covariance.
    fn update_errors(&mut self) {
        let error = |(param, determined): (usize, &bool)| {
            let covariance = self.covariance.as_ref().filter(|_| *determined)?;
            Some(covariance[(param, param)].sqrt())
        };
        self.standard_errors = self.determined.iter().enumerate().map(error).collect();
    }

    /// The same fit with its parameters in another order: `order` holds their old positions.
    pub(super) fn reordered(self, order: &[usize]) -> Self {
        fn taken<T: Clone>(list: &[T], order: &[usize]) -> Vec<T> {
            order.iter().map(|index| list[*index].clone()).collect()
        }
        let covariance =
            self.covariance.map(|matrix| matrix.select_rows(order).select_columns(order));
        Self {
            names: taken(&self.names, order),
            quantities: taken(&self.quantities, order),
            params: taken(&self.params, order),
            standard_errors: taken(&self.standard_errors, order),
            covariance,
            unknown: self.unknown.reordered(order),
            determined: taken(&self.determined, order),
            at_bound: taken(&self.at_bound, order),
            ..self
        }
    }

    /// What makes the standard errors doubtful, in one sentence: residuals whose
    /// [autocorrelation](Fit::autocorrelation) is above `4/√count`, either way. White noise exceeds
    /// that once in 16,000 fits. Then the noise is coloured, or the filter cannot follow the data,
    /// and the true errors may be many times as large.
    pub fn warning(&self) -> Option<String> {
        let found = self.autocorrelation?;
        (found.abs() > autocorrelation::significant(self.count)).then(|| {
            format!(
                "the residuals are not independent: their autocorrelation is {found:.2}, and the \
                 standard errors assume 0"
            )
        })
    }

    /// `χ²`: the sum of the squared residuals over the variance of the noise. For a right model it
    /// is about [`degrees_of_freedom`](Fit::degrees_of_freedom), with a standard deviation of
    /// `√(2 degrees_of_freedom)`. `None` if the [`noise`](Fit::noise) is not known, or with a robust
    /// loss.
    pub fn chi_square(&self) -> Option<f64> {
        let noise = self.noise.filter(|_| self.loss == Loss::Squared)?;
        Some(2.0 * self.cost / (noise * noise))
    }

    /// Akaike's information criterion `2k − 2 ln L`, to compare models of the same data: the lowest
    /// is best. `L` is the likelihood of the weighted residuals, with all constants, and `k` the
    /// number of determined parameters; an unknown noise is a parameter as well. `−2 ln L` is
    /// `n (ln(2π Σr²/n) + 1)` for unknown noise, and `χ² + n ln(2πσ²)` for known.
    ///
    /// `None` with a robust loss, and if there are no residuals. `−∞` if all are zero and the noise
    /// is unknown.
    ///
    /// Source: K. P. Burnham and D. R. Anderson, *Model Selection and Multimodel Inference* (2002),
    /// section 2.2.
    pub fn aic(&self) -> Option<f64> {
        self.criterion(2.0)
    }

    /// The Bayesian information criterion `k ln n − 2 ln L`, as [`aic`](Fit::aic). (G. Schwarz,
    /// *Estimating the Dimension of a Model*, 1978.)
    pub fn bic(&self) -> Option<f64> {
        self.criterion((self.count as f64).ln())
    }

    /// What a table says behind a parameter.
    fn remark(&self, index: usize) -> &'static str {
        match (self.at_bound.get(index), self.determined.get(index)) {
            (Some(true), _) => ", at its bound",
            (_, Some(false)) => ", not determined",
            _ => "",
        }
    }

    /// `−2 ln L`, and `price` for each parameter.
    fn criterion(&self, price: f64) -> Option<f64> {
        if self.loss != Loss::Squared || self.count == 0 {
            return None;
        }
        let determined = self.count.saturating_sub(self.degrees_of_freedom);
        let count = self.count as f64;
        let (deviance, params) = match (self.noise, self.chi_square()) {
            (Some(noise), Some(chi_square)) => {
                (chi_square + count * (TAU * noise * noise).ln(), determined)
            }
            _ => (count * ((TAU * 2.0 * self.cost / count).ln() + 1.0), determined + 1),
        };
        Some(deviance + price * params as f64)
    }
}

/// A table: a line for each parameter, then a line for the fit, then its
/// [warning](Fit::warning) if there is one.
impl fmt::Display for Fit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        for (index, (name, value)) in self.names.iter().zip(&self.params).enumerate() {
            write!(f, "{name:width$} = ")?;
            // The lists are public: they may have been shortened.
            match self.standard_errors.get(index).copied().flatten() {
                Some(error) if error > 0.0 => write!(f, "{}", Measured { value: *value, error })?,
                _ => write!(f, "{value}")?,
            }
            if let Some(unit) = self.quantities.get(index).map(|quantity| quantity.unit())
                && !unit.is_empty()
            {
                write!(f, " {unit}")?;
            }
            writeln!(f, "{}", self.remark(index))?;
        }
        let Self { rms, iterations, stop, .. } = self;
        write!(f, "rms error {rms:.3e}, {iterations} iterations, {stop}")?;
        self.warning().map_or(Ok(()), |warning| write!(f, "\nwarning: {warning}"))
    }
}

/// A value with its standard error: both to the error's second digit.
struct Measured {
    value: f64,
    error: f64,
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { value, error } = *self;
        let digits = (1.0 - error.log10().floor()).max(0.0);
        if digits <= 12.0 {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 12")]
            let digits = digits as usize;
            let value = format!("{value:.digits$}");
            write!(f, "{} ± {error:.digits$}", without_sign_of_zero(&value))
        } else {
            write!(f, "{value} ± {error:.1e}")
        }
    }
}

/// A number without the sign that rounding to zero leaves.
fn without_sign_of_zero(text: &str) -> &str {
    let digits = text.trim_start_matches('-');
    if digits.contains(|digit| matches!(digit, '1'..='9')) { text } else { digits }
}

#[cfg(test)]
mod tests {
    use super::Measured;

    #[test]
    fn values_end_at_the_second_digit_of_their_error() {
        let shown = |value, error| Measured { value, error }.to_string();
        assert_eq!(shown(440.123_456, 0.012_3), "440.123 ± 0.012");
        assert_eq!(shown(-0.05, 0.02), "-0.050 ± 0.020");
        assert_eq!(shown(-0.4, 25.0), "0 ± 25");
        assert_eq!(shown(-0.004, 0.25), "0.00 ± 0.25");
        assert_eq!(shown(1.0, 1e-14), "1 ± 1.0e-14");
    }
}
