//! What bands spend against each other, as residuals.
//!
//! At one frequency, let `a` be the sum of the bands' levels above 0 dB and `b` minus the sum of
//! those below. Bands of opposite sign spend the smaller of the two against each other. The residual
//! is `μ (2ab/(a + b))²`: the square of the harmonic mean of `a` and `b`, which lies between the
//! smaller one and twice the smaller one. The square lets small oppositions be, and suppresses large
//! ones. To be smooth where a level changes its sign, a level from 0 to `ε` counts as `L²/2ε`, one above
//! as `L − ε/2`.

use crate::fit::curve::Curve;

/// `ε` in dB.
const CORNER: f64 = 0.1;

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
                *above += positive(*level);
                *below += positive(-level);
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
            let by_size = by_above * share(*level) - by_below * share(-level);
            *by_level = 2.0 * root * mean * by_size;
        }
    }
}

/// The part of a level above 0 dB, with a rounded corner.
#[inline(always)]
fn positive(level: f64) -> f64 {
    let corner = level.clamp(0.0, CORNER);
    corner * corner / (2.0 * CORNER) + (level - corner).max(0.0)
}

/// The derivative of [`positive`].
#[inline(always)]
fn share(level: f64) -> f64 {
    level.clamp(0.0, CORNER) / CORNER
}

/// The harmonic mean of two numbers that are not negative.
#[inline(always)]
fn mean(a: f64, b: f64) -> f64 {
    2.0 * a * b / (a + b).max(f64::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::Opposition;
    use crate::fit::MagnitudeTarget;

    /// Levels of three bands at four points: opposed, equal and opposed, of one sign, at 0 dB.
    const LEVELS: [[f64; 4]; 3] =
        [[6.0, 4.0, 2.0, 0.0], [-2.5, -4.0, 1.0, 0.0], [0.03, -0.05, 0.5, 0.0]];

    fn residuals(opposition: &mut Opposition, levels: &[[f64; 4]; 3]) -> [f64; 4] {
        let mut residuals = [f64::NAN; 4];
        opposition.evaluate(levels.as_flattened(), &mut residuals);
        residuals
    }

    #[test]
    fn opposed_levels_cost_and_others_do_not() {
        let target = MagnitudeTarget::new(&[100.0, 200.0, 400.0, 800.0], &[0.0; 4]);
        let curve = target.expect("a curve").curve();
        let mut opposition = Opposition::new(0.5, &curve);
        let [opposed, equal, same, none] = residuals(&mut opposition, &LEVELS);
        // 0.5 (2ab/(a + b))² for 6 against 2.5 dB, and 4 against 4, but for rounded corners.
        assert!((opposed / 6.228_4 - 1.0).abs() < 0.1, "{opposed}");
        assert!((equal / 8.0 - 1.0).abs() < 0.1, "{equal}");
        assert!(same == 0.0 && none == 0.0, "{same} {none}");
    }

    #[test]
    fn derivatives_are_those_of_differences() {
        let target = MagnitudeTarget::new(&[100.0, 200.0, 400.0, 800.0], &[0.0; 4]);
        let curve = target.expect("a curve").curve();
        let mut opposition = Opposition::new(0.5, &curve);
        for band in 0..3 {
            residuals(&mut opposition, &LEVELS);
            opposition.linearize(&LEVELS[band]);
            let slopes = opposition.by_level.clone();
            let step = 1e-5;
            let moved = |by: f64, opposition: &mut Opposition| {
                let mut levels = LEVELS;
                levels[band].iter_mut().for_each(|level| *level += by);
                residuals(opposition, &levels)
            };
            let (up, down) = (moved(step, &mut opposition), moved(-step, &mut opposition));
            for point in 0..4 {
                let difference = (up[point] - down[point]) / (2.0 * step);
                let error = (slopes[point] - difference).abs();
                assert!(error < 1e-7 * (1.0 + difference.abs()), "band {band}, point {point}");
            }
        }
    }
}
