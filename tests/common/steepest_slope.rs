//! The steepest slope of a shelf.

use std::f64::consts::LN_10;

/// `1/Q²` of a shelf of this slope: Q is infinite where it is zero.
///
/// Source: the Audio EQ Cookbook, `1/Q = √((A + 1/A)(1/S − 1) + 2)` with `A = 10^(gain/40)`.
pub fn inverse_square_of_q(gain_db: f64, slope: f64) -> f64 {
    let amplitude = (gain_db * (LN_10 / 40.0)).exp();
    (amplitude + 1.0 / amplitude) * (1.0 / slope - 1.0) + 2.0
}

/// The slope at which Q becomes infinite, by bisection; infinite if there is no such slope.
pub fn steepest_slope(gain_db: f64) -> f64 {
    if inverse_square_of_q(gain_db, f64::MAX) >= 0.0 {
        return f64::INFINITY;
    }
    let (mut gentle, mut steep) = (1.0, f64::MAX);
    while f64::next_up(gentle) < steep {
        // The geometric mean, since the slope may be of any magnitude.
        let middle = (gentle.sqrt() * steep.sqrt()).clamp(gentle.next_up(), steep.next_down());
        if inverse_square_of_q(gain_db, middle) > 0.0 { gentle = middle } else { steep = middle }
    }
    gentle
}
