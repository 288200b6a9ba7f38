//! The response of a filter, explored numerically: crossings of levels, extremes, grids.

use std::f64::consts::TAU;

use filterbank::Cascade;
use filterbank::number::Complex;
use filterbank::section::Root;

/// The poles and zeros of a cascade, including conjugates.
pub struct Roots {
    /// Poles.
    pub poles: Vec<Complex<f64>>,
    /// Zeros.
    pub zeros: Vec<Complex<f64>>,
}

impl Roots {
    /// Poles and zeros of a cascade.
    pub fn of(cascade: &Cascade<f64>) -> Self {
        let all = |roots: &[Root<f64>]| {
            let both = |root: &Root<f64>| match *root {
                Root::Real(value) => vec![Complex::from_real(value)],
                Root::Pair(upper) => vec![upper, upper.conj()],
            };
            roots.iter().flat_map(both).collect()
        };
        let zpk = cascade.zpk();
        Self { poles: all(&zpk.poles), zeros: all(&zpk.zeros) }
    }

    /// The phase at `omega` rad/sample in radians, without jumps of 2π.
    ///
    /// The angle of a factor `1 − r/z` stays within ±π/2 while the root `r` is not outside the unit
    /// circle, so the sum of the angles is the unwrapped phase. (Designed filters have a positive
    /// gain, and as many zeros as poles.) At a zero on the unit circle it jumps up by π.
    pub fn phase(&self, omega: f64) -> f64 {
        let inverse = Complex::new(omega.cos(), -omega.sin());
        let angle = |root: &Complex<f64>| (Complex::from_real(1.0) - *root * inverse).arg();
        self.zeros.iter().map(angle).sum::<f64>() - self.poles.iter().map(angle).sum::<f64>()
    }
}

/// Frequencies in Hz from `low` (above 0) to `high`: dense enough to show the response, and denser
/// near poles and zeros.
pub fn frequencies(cascade: &Cascade<f64>, low: f64, high: f64) -> Vec<f64> {
    const STEPS: i32 = 1200;
    let ratio = (high / low).ln() / f64::from(STEPS);
    let mut frequencies: Vec<f64> =
        (0..STEPS).map(|step| low * (ratio * f64::from(step)).exp()).collect();
    let to_hertz = cascade.sample_rate() / TAU;
    let Roots { poles, zeros } = Roots::of(cascade);
    for root in poles.iter().chain(&zeros).filter(|root| root.im > 0.0) {
        let center = root.arg() * to_hertz;
        let width = ((1.0 - root.norm()) * to_hertz).max(1e-5 * center);
        frequencies.extend((-60..=60).map(|step| center + width * (f64::from(step) / 6.0).sinh()));
    }
    frequencies.retain(|frequency| (low..high).contains(frequency));
    frequencies.push(high);
    frequencies.sort_by(f64::total_cmp);
    frequencies.dedup();
    frequencies
}

/// Frequencies at which the level crosses `target` dB, found on a rising grid.
pub fn crossings(cascade: &Cascade<f64>, frequencies: &[f64], target: f64) -> Vec<f64> {
    let above = |frequency: f64| cascade.magnitude_db(frequency) >= target;
    let pairs = frequencies.windows(2).filter(|pair| above(pair[0]) != above(pair[1]));
    pairs
        .map(|pair| {
            let (mut low, mut high) = (pair[0], pair[1]);
            let side = above(low);
            // Bisection to the precision of a number.
            for _ in 0..60 {
                let middle = 0.5 * (low + high);
                if above(middle) == side { low = middle } else { high = middle }
            }
            0.5 * (low + high)
        })
        .collect()
}

/// The frequency of the highest level, or of the lowest if `sign` is −1, found on a rising grid and
/// refined.
pub fn extreme(cascade: &Cascade<f64>, frequencies: &[f64], sign: f64) -> f64 {
    const GOLDEN: f64 = 0.618_033_988_749_894_8;
    let height = |frequency: f64| sign * cascade.magnitude_db(frequency);
    let heights = frequencies.iter().map(|frequency| height(*frequency));
    let best = heights.enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(index, _)| index);
    let last = frequencies.len() - 1;
    let (mut low, mut high) =
        (frequencies[best.saturating_sub(1)], frequencies[last.min(best + 1)]);
    for _ in 0..60 {
        let step = GOLDEN * (high - low);
        if height(high - step) > height(low + step) { high = low + step } else { low = high - step }
    }
    let middle = 0.5 * (low + high);
    if height(middle) > height(frequencies[best]) { middle } else { frequencies[best] }
}
