//! Bounds of parameters, and values that lie on them up to rounding.

use filterbank_core::Scalar;

/// How far beyond a bound a value may be, relative to the bound, to count as the bound: a few
/// roundings of `f32`.
const TOLERANCE: f64 = 1e-6;

/// The value if it lies within the bounds. A value that is beyond a bound only by rounding becomes
/// the bound, and keeps its tangents: 10.1 as an `f32` is above 10.1.
pub(crate) fn within<S: Scalar>(value: S, (low, high): (f64, f64)) -> Option<S> {
    let primal = value.primal();
    let rounded = |bound: f64| (primal - bound).abs() <= TOLERANCE * bound.abs();
    if (low..=high).contains(&primal) {
        Some(value)
    } else if primal < low && low <= high && rounded(low) {
        Some(moved(value, low))
    } else if primal > high && low <= high && rounded(high) {
        Some(moved(value, high))
    } else {
        None
    }
}

/// The value with another primal near by, and the same tangents. (The difference of numbers within
/// a factor of two is exact, so the sum is the bound; in `f32`, the nearest number.)
pub(crate) fn moved<S: Scalar>(value: S, bound: f64) -> S {
    value + S::from_f64(bound - value.primal())
}

/// The nearest value within the bounds; NaN stays NaN.
pub(crate) fn clamp(value: f64, (low, high): (f64, f64)) -> f64 {
    if value.is_nan() { value } else { value.max(low).min(high) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use filterbank_core::Dual;

    #[test]
    fn ends_are_reached_within_rounding() {
        for (low, high) in [(0.7_f64, 10.1), (-12.3, 12.3), (20.0, 20_000.0), (-3.0, -1.1)] {
            let bounds = (low, high);
            for bound in [low, high] {
                for value in [f64::from(f32::from_f64(bound)), bound.next_up(), bound.next_down()] {
                    let taken = within(value, bounds).expect("the bound, up to rounding");
                    assert!((low..=high).contains(&taken), "{value}");
                    let inside = (low..=high).contains(&value);
                    assert_eq!(taken, if inside { value } else { bound });
                    assert_eq!(within(f32::from_f64(value), bounds), Some(f32::from_f64(bound)));
                    let seeded = within(Dual::<f64, 2>::variable(value, 1), bounds);
                    let seeded = seeded.expect("the bound, up to rounding");
                    assert_eq!((seeded.value(), seeded.tangent()), (taken, &[0.0, 1.0]));
                }
                let outside =
                    bound + (bound - f64::midpoint(low, high)).signum() * 2e-6 * bound.abs();
                assert_eq!(within(outside, bounds), None, "{outside}");
            }
        }
    }

    #[test]
    fn what_is_out_of_bounds_stays_out() {
        assert_eq!(within(f64::NAN, (0.0, 1.0)), None);
        assert_eq!(within(-1e-300, (0.0, 1.0)), None);
        assert_eq!(within(1.0, (1.0 + 1e-9, 1.0)), None, "empty bounds hold nothing");
        assert_eq!(within(f64::INFINITY, (0.0, f64::MAX)), None);
        assert_eq!(within(1e300, (f64::NEG_INFINITY, f64::INFINITY)), Some(1e300));
    }

    #[test]
    fn clamping_moves_to_the_nearest_bound() {
        assert_eq!([-2.0, 0.5, f64::INFINITY].map(|x| clamp(x, (-1.0, 1.0))), [-1.0, 0.5, 1.0]);
        assert!(clamp(f64::NAN, (-1.0, 1.0)).is_nan());
    }
}
