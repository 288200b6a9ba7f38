//! The levels of an EQ's bands at fixed points, with their derivatives, in closed form.
//!
//! The bands are the peak and the shelves of R. Bristow-Johnson's *Audio EQ Cookbook*. At a point,
//! let `S = sin²(π f/f_s)` and `C = cos²(π f/f_s)`; for a band, `c = tan²(π f₀/f_s)` and
//! `A = 10^(gain/40)`. The cookbook's analog prototypes at `s = j √(S/(c C))` have the squared
//! magnitudes
//!
//! ```text
//! peak         (n + α d) / (n + β d)       n = (cC − S)²  d = cC S  α = (A/Q)²  β = 1/(A Q)²
//! low shelf    A² (x² + e) / (y² + e)      x = A cC − S   y = cC − A S   e = A cC S / Q²
//! high shelf   A² (y² + e) / (x² + e)
//! ```
//!
//! No section is designed, and nothing is infinite at 0 Hz or at the Nyquist frequency.

use std::f64::consts::{LN_10, PI};

/// From the logarithm of a squared magnitude to dB.
const DECIBELS: f64 = 10.0 / LN_10;

/// A frequency: `sin²` and `cos²` of half its angle on the unit circle.
#[derive(Clone, Copy)]
pub(super) struct Point {
    sine: f64,
    cosine: f64,
}

impl Point {
    pub(super) fn at(frequency: f64, sample_rate: f64) -> Self {
        let (sine, cosine) = (PI * frequency / sample_rate).sin_cos();
        Self { sine: sine * sine, cosine: cosine * cosine }
    }

    /// `tan²`, for the frequency of a band.
    fn warped(self) -> f64 {
        self.sine / self.cosine
    }
}

/// The level of a peak in dB, and its slopes by the logarithms of frequency and Q, and by the gain
/// in dB.
pub(super) struct Peak {
    warped: f64,
    /// The derivative of `ln c` by the logarithm of the frequency.
    stretch: f64,
    alpha: f64,
    beta: f64,
}

impl Peak {
    pub(super) fn new([center, q, gain_db]: [f64; 3], sample_rate: f64) -> Self {
        let angle = 2.0 * PI * center / sample_rate;
        let (amplitude, sharpness) = ((gain_db * LN_10 / 20.0).exp(), (q * q).recip());
        Self {
            warped: Point::at(center, sample_rate).warped(),
            stretch: 2.0 * angle / angle.sin(),
            alpha: sharpness * amplitude,
            beta: sharpness / amplitude,
        }
    }

    #[inline(always)]
    pub(super) fn level(&self, point: Point) -> f64 {
        let across = self.warped * point.cosine;
        let (n, d) = ((across - point.sine).powi(2), across * point.sine);
        DECIBELS * ((n + self.alpha * d) / (n + self.beta * d)).ln()
    }

    #[inline(always)]
    pub(super) fn slopes(&self, point: Point) -> [f64; 3] {
        let across = self.warped * point.cosine;
        let distance = across - point.sine;
        let (n, d) = (distance * distance, across * point.sine);
        let (above, below) = ((n + self.alpha * d).recip(), (n + self.beta * d).recip());
        let (u, v) = (self.alpha * d * above, self.beta * d * below);
        let moved = (u - v) + 2.0 * distance * across * (above - below);
        [DECIBELS * self.stretch * moved, -2.0 * DECIBELS * (u - v), 0.5 * (u + v)]
    }
}

/// The level of a shelf in dB, and its slope by the gain in dB.
pub(super) struct Shelf {
    warped: f64,
    amplitude: f64,
    /// `A/Q²`
    damping: f64,
    /// A high shelf is a low shelf with numerator and denominator exchanged.
    sign: f64,
}

impl Shelf {
    pub(super) fn low(cutoff: f64, q: f64, gain_db: f64, sample_rate: f64) -> Self {
        let amplitude = (gain_db * LN_10 / 40.0).exp();
        let warped = Point::at(cutoff, sample_rate).warped();
        Self { warped, amplitude, damping: amplitude / (q * q), sign: 1.0 }
    }

    pub(super) fn high(cutoff: f64, q: f64, gain_db: f64, sample_rate: f64) -> Self {
        Self { sign: -1.0, ..Self::low(cutoff, q, gain_db, sample_rate) }
    }

    /// `A cC`, `A S`, `x`, `y` and `e`.
    #[inline(always)]
    fn terms(&self, point: Point) -> [f64; 5] {
        let (across, sine) = (self.warped * point.cosine, point.sine);
        let (ac, asine) = (self.amplitude * across, self.amplitude * sine);
        [ac, asine, ac - sine, across - asine, self.damping * across * sine]
    }

    #[inline(always)]
    pub(super) fn level(&self, point: Point) -> f64 {
        let [_, _, x, y, e] = self.terms(point);
        let ratio = ((x * x + e) / (y * y + e)).ln();
        DECIBELS * (2.0 * self.amplitude.ln() + self.sign * ratio)
    }

    #[inline(always)]
    pub(super) fn slope(&self, point: Point) -> f64 {
        let [ac, asine, x, y, e] = self.terms(point);
        let by_numerator = (2.0 * x * ac + e) / (x * x + e);
        let by_denominator = (e - 2.0 * y * asine) / (y * y + e);
        0.25 * (2.0 + self.sign * (by_numerator - by_denominator))
    }
}

#[cfg(test)]
mod tests {
    use filterbank_core::{Band, Dual, Scalar};

    use super::{Peak, Point, Shelf};

    const RATE: f64 = 44_100.0;
    const POINTS: [f64; 8] = [0.0, 15.0, 99.0, 1_000.0, 5_300.0, 12_000.0, 21_900.0, 22_050.0];

    fn assert_close(found: f64, wanted: f64, what: &str) {
        assert!((found - wanted).abs() <= 1e-9 * wanted.abs().max(1.0), "{what}: {found} {wanted}");
    }

    #[test]
    fn peaks_have_the_level_and_the_slopes_of_their_design() {
        for params in
            [[30.0, 0.2, 7.0], [1_000.0, 6.0, -20.0], [9_000.0, 1.0, 0.0], [20e3, 3.0, 4.0]]
        {
            let [center, q, gain_db] = Dual::seed(params);
            let designed = Band::peak(center, q, gain_db).design(RATE).expect("it can be designed");
            let peak = Peak::new(params, RATE);
            for frequency in POINTS {
                let level = designed.magnitude_db(frequency);
                let point = Point::at(frequency, RATE);
                let what = format!("{params:?} at {frequency}");
                assert_close(peak.level(point), level.primal(), &what);
                let slopes = peak.slopes(point);
                let [by_center, by_q, by_gain] = *level.tangent();
                assert_close(slopes[0], by_center * params[0], &what);
                assert_close(slopes[1], by_q * params[1], &what);
                assert_close(slopes[2], by_gain, &what);
            }
        }
    }

    #[test]
    fn shelves_have_the_level_and_the_slope_of_their_design() {
        for (cutoff, q, gain) in [(105.0, 0.7, 6.0), (10e3, 0.7, -9.0), (300.0, 1.4, 0.0)] {
            let fixed = |value| Dual::<f64, 1>::constant(value);
            let [gain_db] = Dual::seed([gain]);
            for (band, shelf) in [
                (
                    Band::low_shelf(fixed(cutoff), fixed(q), gain_db),
                    Shelf::low(cutoff, q, gain, RATE),
                ),
                (
                    Band::high_shelf(fixed(cutoff), fixed(q), gain_db),
                    Shelf::high(cutoff, q, gain, RATE),
                ),
            ] {
                let designed = band.design(RATE).expect("it can be designed");
                for frequency in POINTS {
                    let level = designed.magnitude_db(frequency);
                    let point = Point::at(frequency, RATE);
                    let what = format!("{cutoff} {q} {gain} at {frequency}");
                    assert_close(shelf.level(point), level.primal(), &what);
                    assert_close(shelf.slope(point), level.tangent()[0], &what);
                }
            }
        }
    }
}
