//! Errors in units of epsilon, and the parts of dual numbers.

use filterbank::run::Sample;
use filterbank::{Dual, Scalar};

/// The error of `found` in units of the type's epsilon, relative to `expected`; where that is 0,
/// any other value has an infinite error.
pub fn error_in_epsilons<T: Scalar>(found: f64, expected: f64) -> f64 {
    if found == expected {
        return 0.0;
    }
    let error = (found - expected).abs() / (expected.abs() * T::EPSILON);
    if error.is_nan() { f64::INFINITY } else { error }
}

pub fn numbers<T: Scalar, const N: usize>(values: [f64; N]) -> [T; N] {
    values.map(T::from_f64)
}

pub fn tangents<T: Scalar, const N: usize>(dual: Dual<T, N>) -> [f64; N] {
    dual.tangent().map(Scalar::primal)
}

/// A variable with tangents 1, −1 and 0.
pub fn at<T: Scalar>(x: f64) -> Dual<T, 3> {
    Dual::new(T::from_f64(x), numbers([1.0, -1.0, 0.0]))
}

/// Equality, where all NaNs are equal.
fn same(found: f64, expected: f64) -> bool {
    found == expected || (found.is_nan() && expected.is_nan())
}

#[track_caller]
pub fn assert_same<const N: usize>(found: [f64; N], expected: [f64; N]) {
    let equal = found.iter().zip(expected).all(|(&found, expected)| same(found, expected));
    assert!(equal, "{found:?} is not {expected:?}");
}

/// A pair of state numbers after settling.
pub fn settled<S: Sample>(mut first: S, mut second: S) -> (S, S) {
    S::settle(&mut first, &mut second);
    (first, second)
}
