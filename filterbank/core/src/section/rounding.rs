//! How far the rounding of a section's coefficients can move its level.
//!
//! Rounding moves the real and the imaginary part of a polynomial on the unit circle (in the
//! centred form of `response.rs`) within a rectangle. The smallest and the largest magnitude in
//! that rectangle bound the level. Nothing is linearised: where the rectangle holds 0 the level is
//! undetermined.
//!
//! Source: N. J. Higham, *Accuracy and Stability of Numerical Algorithms* (2002), section 2.2: the
//! unit roundoff. The rectangle is derived here.

use core::f64::consts::LN_10;

use super::response::{CirclePoint, centred};
use crate::number::Scalar;
use crate::section::Section;

impl<S: Scalar> Section<S> {
    /// How far the level at a point may lie, in dB, from that of a section whose coefficients
    /// round to these. See [`Cascade::rounding_db`](crate::Cascade::rounding_db).
    pub fn rounding_db_at(&self, point: CirclePoint) -> f64 {
        let section: Section<f64> = self.cast();
        let unit_roundoff = S::EPSILON / 2.0;
        let above = LogSpread::new(section.numerator(), unit_roundoff, point);
        let below = LogSpread::new(section.denominator(), unit_roundoff, point);
        let spread = (above.up + below.down).max(above.down + below.up);
        20.0 / LN_10 * spread
    }
}

/// How far the magnitude of a polynomial can move either way, as natural logarithms of ratios.
struct LogSpread {
    up: f64,
    down: f64,
}

impl LogSpread {
    /// For coefficients that may be off by `unit_roundoff` times the largest of them.
    fn new(coefficients: [f64; 3], unit_roundoff: f64, point: CirclePoint) -> Self {
        let value = centred(coefficients, point);
        let norm = value.norm();
        if norm == 0.0 {
            return Self { up: f64::INFINITY, down: f64::INFINITY };
        }
        let [c0, c1, c2] = coefficients.map(f64::abs);
        let relative = unit_roundoff * c0.max(c1).max(c2) / norm;
        // The parts of the value, and how far they may move, as fractions of the magnitude.
        let parts = [
            (value.re.abs() / norm, relative * (2.0 * point.cos().abs() + 1.0)),
            (value.im.abs() / norm, relative * 2.0 * point.sin().abs()),
        ];
        // What the squared magnitude, which is 1, may gain and lose.
        let gain: f64 = parts.iter().map(|(x, dx)| (2.0 * x + dx) * dx).sum();
        let loss: f64 =
            parts.iter().map(|(x, dx)| if dx < x { (2.0 * x - dx) * dx } else { x * x }).sum();
        let holds_zero = parts.iter().all(|(x, dx)| dx >= x);
        Self {
            up: 0.5 * libm::log1p(gain),
            down: if holds_zero { f64::INFINITY } else { -0.5 * libm::log1p(-loss.min(1.0)) },
        }
    }
}
