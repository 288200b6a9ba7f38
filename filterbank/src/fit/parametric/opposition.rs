//! What bands spend against each other, as residuals.
//!
//! At one frequency, let `a` be the sum of the bands' levels above 0 dB and `b` minus the sum of
//! those below. Bands of opposite sign spend the smaller of the two against each other. The residual
//! is `μ (2ab/(a + b))²`: the square of the harmonic mean of `a` and `b`, which lies between the
//! smaller one and twice the smaller one. The square lets small oppositions be, and suppresses large
//! ones. To be smooth where a level changes its sign, `a` is the sum of `(√(L² + ε²) − ε + L)/2`.

use crate::fit::curve::Curve;

/// `ε` in dB.
const ROUNDING: f64 = 0.1;

/// The residuals of the oppositions at every point of a curve, and their derivatives by levels.
pub(super) struct Opposition {
    /// The residual of an opposition of 1 dB at each point. Empty without a penalty.
    pub(super) roots: Vec<f64>,
    /// The sums of levels above and below 0 dB.
    above: Vec<f64>,
    below: Vec<f64>,
    /// The derivative of each residual by the level of one band.
    pub(super) by_level: Vec<f64>,
}

impl Opposition {
    pub(super) fn new(penalty: f64, curve: &Curve<1>) -> Self {
        let points = if penalty > 0.0 { curve.frequencies().len() } else { 0 };
        let zeros = || vec![0.0; points];
        let roots = (0..points).map(|point| penalty * curve.weight(point).sqrt()).collect();
        Self { roots, above: zeros(), below: zeros(), by_level: zeros() }
    }

    /// The residuals for the levels of all bands, `[bands, points]`.
    pub(super) fn evaluate(&mut self, levels: &[f64], residuals: &mut [f64]) {
        self.above.fill(0.0);
        self.below.fill(0.0);
        for levels in levels.chunks_exact(self.roots.len().max(1)) {
            for ((above, below), level) in self.above.iter_mut().zip(&mut self.below).zip(levels) {
                let size = rounded(*level) - ROUNDING;
                *above += 0.5 * (size + level);
                *below += 0.5 * (size - level);
            }
        }
        let sums = self.above.iter().zip(&self.below);
        for ((residual, root), (above, below)) in residuals.iter_mut().zip(&self.roots).zip(sums) {
            *residual = root * mean(*above, *below).powi(2);
        }
    }

    /// The derivatives of the residuals last evaluated by the level of a band, from its levels.
    pub(super) fn linearize(&mut self, levels: &[f64]) {
        let sums = self.above.iter().zip(&self.below);
        for ((by_level, root), ((above, below), level)) in
            self.by_level.iter_mut().zip(&self.roots).zip(sums.zip(levels))
        {
            let mean = mean(*above, *below);
            // dm/da = 2 (b/(a + b))²
            let scale = 2.0 / (above + below).powi(2).max(f64::MIN_POSITIVE);
            let (by_above, by_below) = (scale * below * below, scale * above * above);
            let sign = level / rounded(*level);
            let by_size = 0.5 * (by_above * (1.0 + sign) - by_below * (1.0 - sign));
            *by_level = 2.0 * root * mean * by_size;
        }
    }
}

/// `√(L² + ε²)`
#[inline(always)]
fn rounded(level: f64) -> f64 {
    (level * level + ROUNDING * ROUNDING).sqrt()
}

/// The harmonic mean of two numbers that are not negative.
#[inline(always)]
fn mean(a: f64, b: f64) -> f64 {
    2.0 * a * b / (a + b).max(f64::MIN_POSITIVE)
}
