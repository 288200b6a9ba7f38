//! A quick prewarping, for cutoffs that move with every sample.

use core::f64::consts::PI;

/// `tan(π f/f_s)` for a frequency between 0 and the Nyquist frequency, with a relative error below
/// 2e-15: one division, and no branch that a moving frequency could take either way.
///
/// Source: the eighth convergent of Lambert's continued fraction (1761),
/// `tan y = y/(1 − y²/(3 − y²/(5 − …)))`, for `y` up to π/4; above that, the tangent of the complement
/// is inverted.
#[inline(always)]
pub(super) fn quick_prewarp(frequency: f64, sample_rate: f64) -> f64 {
    let complement = 0.5 * sample_rate - frequency;
    let upper = frequency > complement;
    let y = PI / sample_rate * if upper { complement } else { frequency };
    let z = y * y;
    let p = y * (2_027_025.0 + z * (-270_270.0 + z * (6_930.0 - 36.0 * z)));
    let q = 2_027_025.0 + z * (-945_945.0 + z * (51_975.0 + z * (-630.0 + z)));
    let (numerator, denominator) = if upper { (q, p) } else { (p, q) };
    numerator / denominator
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_tangent() {
        for rate in [8_000.0, 44_100.0, 192_000.0] {
            for step in 1..20_000 {
                let frequency = 0.5 * rate * f64::from(step) / 20_000.0;
                let exact = filterbank_core::prewarp(frequency, rate);
                let error = (quick_prewarp(frequency, rate) / exact - 1.0).abs();
                assert!(error < 2e-15, "{error} at {frequency} Hz");
            }
            for frequency in [1e-300, 1e-9, 0.5 * rate - 1e-9] {
                let exact = filterbank_core::prewarp(frequency, rate);
                assert!((quick_prewarp(frequency, rate) / exact - 1.0).abs() < 2e-15);
            }
        }
    }
}
