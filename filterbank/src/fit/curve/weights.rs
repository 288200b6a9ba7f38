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

    /// For points that count one by one.
    pub(super) fn new(weights: &[f64]) -> Self {
        Self::from_roots(weights.iter().map(|weight| weight.sqrt()).collect(), weights.len())
    }

    /// From the square roots of weights; the first `single` points count one by one.
    pub(super) fn from_roots(roots: Vec<f64>, single: usize) -> Self {
        Self { roots, single }
    }

    /// Only the first `single` points count one by one.
    pub(super) fn with_single(self, single: usize) -> Self {
        Self { single, ..self }
    }

    /// Each weight times a factor.
    pub(super) fn multiplied(self, factors: &[f64]) -> Self {
        let roots = self.roots.iter().zip(factors).map(|(root, factor)| root * factor.sqrt());
        Self { roots: roots.collect(), single: self.single }
    }

    /// The points whose weight is not 0.
    pub(super) fn used(&self) -> impl Iterator<Item = usize> {
        (0..self.roots.len()).filter(|point| self.roots[*point] != 0.0)
    }

    /// The weights of the points whose weight is not 0.
    pub(super) fn without_zeros(&self) -> Self {
        Self {
            roots: self.used().map(|point| self.roots[point]).collect(),
            single: self.used().filter(|point| self.is_single(*point)).count(),
        }
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

    /// For weights above 0: from errors at every point to residuals, and likewise for their derivatives.
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
            *last = sum / total.sqrt();
        }
    }
}
