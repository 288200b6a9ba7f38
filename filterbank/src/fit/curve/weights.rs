//! The weights of errors at each frequency.

/// The weights of the points of a curve.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Weights {
    /// Square roots of the weights.
    roots: Vec<f64>,
    /// The number of points that count one by one; only the mean of the others counts.
    single: usize,
}

impl Weights {
    /// Weight 1 for every point.
    pub(super) fn even(points: usize) -> Self {
        Self { roots: vec![1.0; points], single: points }
    }

    /// From the square roots of weights; the first `single` points count one by one.
    pub(super) fn from_roots(roots: Vec<f64>, single: usize) -> Self {
        Self { roots, single }
    }

    /// Other weights for the same points.
    pub(super) fn with(self, weights: &[f64]) -> Self {
        Self { roots: weights.iter().map(|weight| weight.sqrt()).collect(), ..self }
    }

    /// Only the first `single` points count one by one.
    pub(super) fn with_single(self, single: usize) -> Self {
        Self { single, ..self }
    }

    pub(super) fn is_single(&self, point: usize) -> bool {
        point < self.single
    }

    pub(super) fn weight(&self, point: usize) -> f64 {
        self.roots[point].powi(2)
    }

    pub(super) fn total(&self) -> f64 {
        self.roots.iter().map(|root| root * root).sum()
    }

    pub(super) fn single_count(&self) -> usize {
        self.single
    }

    /// The number of residuals: one for each single point, one for the mean of the others.
    pub(super) fn residual_count(&self) -> usize {
        self.single + usize::from(self.single < self.roots.len())
    }

    /// From errors at every point to residuals, and likewise for their derivatives.
    pub(super) fn reduce(&self, errors: &[f64], residuals: &mut [f64]) {
        let single = self.single;
        for ((residual, error), root) in
            residuals.iter_mut().zip(&errors[..single]).zip(&self.roots)
        {
            *residual = error * root;
        }
        if let Some(last) = residuals.get_mut(single) {
            let weighted = errors[single..].iter().zip(&self.roots[single..]);
            let (sum, total) = weighted.fold((0.0, 0.0), |(sum, total), (error, root)| {
                (sum + error * root * root, total + root * root)
            });
            *last = if total > 0.0 { sum / total.sqrt() } else { 0.0 };
        }
    }
}
