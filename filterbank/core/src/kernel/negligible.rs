//! Entries of tables that are too small to matter.
//!
//! The powers of small poles underflow. Subnormal numbers, in a table or in its products with a
//! signal, make a processor many times slower.

use super::lanes::Real;

/// Relative to the largest entry, or to those of the identity in a transition matrix: less than the
/// rounding errors of the others.
pub(super) const NEGLIGIBLE: f64 = 1e-18;

/// The numbers with those set to zero that are negligible beside the largest.
#[inline(always)]
pub(super) fn without_negligible<T: Real, const N: usize>(numbers: [T; N]) -> [T; N] {
    let limit = NEGLIGIBLE * largest(&numbers);
    numbers.map(|x| at_least(limit, x))
}

/// The number, or zero if its magnitude is below a limit.
#[inline(always)]
pub(super) fn at_least<T: Real>(limit: f64, x: T) -> T {
    if magnitude(x) < limit { T::ZERO } else { x }
}

/// The largest magnitude of finite numbers.
#[inline(always)]
pub(super) fn largest<T: Real>(numbers: &[T]) -> f64 {
    numbers.iter().fold(0.0, |largest, x| f64::max(largest, magnitude(*x)))
}

#[inline(always)]
fn magnitude<T: Real>(x: T) -> f64 {
    let x: f64 = x.into();
    x.max(-x)
}
