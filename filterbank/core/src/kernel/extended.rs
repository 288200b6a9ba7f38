//! Arithmetic for the transition matrices, whose errors accumulate from chunk to chunk: `f64` for
//! filters on `f32`, double-double for filters on `f64`. Numbers are vectors, one section in each
//! lane.

use core::ops::{Add, Mul, Neg};

use fearless_simd::{Simd, SimdFloat};

/// A number with more precision than the signal, in each lane.
pub(super) trait Extended<S: Simd>:
    Copy + Add<Output = Self> + Mul<Output = Self> + Neg<Output = Self>
{
    /// `a + b`, with the error of the addition if the type can hold it.
    fn two_sum(a: S::f64s, b: S::f64s) -> Self;

    /// The value rounded to `f64`, and the rounding error.
    fn parts(self) -> [S::f64s; 2];
}

/// Plain `f64`.
#[derive(Clone, Copy)]
pub(super) struct Single<S: Simd>(S::f64s);

impl<S: Simd> Extended<S> for Single<S> {
    #[inline(always)]
    fn two_sum(a: S::f64s, b: S::f64s) -> Self {
        Self(a + b)
    }

    #[inline(always)]
    fn parts(self) -> [S::f64s; 2] {
        // `Single` has no low part.
        [self.0, self.0 * 0.0]
    }
}

impl<S: Simd> Add for Single<S> {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl<S: Simd> Mul for Single<S> {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

impl<S: Simd> Neg for Single<S> {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

/// A double-double number: the unevaluated sum of a high and a low `f64`.
///
/// | operation | source |
/// |---|---|
/// | exact sum of two `f64`, without a branch | two-sum: Knuth, *The Art of Computer Programming*, vol. 2, section 4.2.2; Møller (1965) |
/// | renormalisation | fast two-sum: Dekker, *A floating-point technique for extending the available precision* (1971) |
/// | exact product of two `f64` | `fma(a, b, −ab)` |
/// | sum | Joldes, Muller and Popescu, *Tight and rigorous error bounds for basic building blocks of double-word arithmetic* (2017), algorithm 5 |
/// | product | the same, algorithm 11 |
///
/// The error of a sum is bounded by the size of its terms, not by the size of the sum: where
/// terms of opposite sign cancel, the low part may have no correct digit. On a processor without
/// fused multiply-add, the low part of a product is lost.
#[derive(Clone, Copy)]
pub(super) struct DoubleDouble<S: Simd> {
    high: S::f64s,
    low: S::f64s,
}

impl<S: Simd> DoubleDouble<S> {
    /// Fast two-sum: `high` must be larger in magnitude than `low`, or zero.
    #[inline(always)]
    fn fast_two_sum(high: S::f64s, low: S::f64s) -> Self {
        let sum = high + low;
        Self { high: sum, low: low - (sum - high) }
    }
}

impl<S: Simd> Extended<S> for DoubleDouble<S> {
    #[inline(always)]
    fn two_sum(a: S::f64s, b: S::f64s) -> Self {
        let high = a + b;
        let taken = high - a;
        Self { high, low: (a - (high - taken)) + (b - taken) }
    }

    #[inline(always)]
    fn parts(self) -> [S::f64s; 2] {
        [self.high, self.low]
    }
}

impl<S: Simd> Add for DoubleDouble<S> {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        let sum = Self::two_sum(self.high, other.high);
        Self::fast_two_sum(sum.high, sum.low + (self.low + other.low))
    }
}

impl<S: Simd> Mul for DoubleDouble<S> {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        let high = self.high * other.high;
        let rounding = self.high.mul_sub(other.high, high);
        let low = self.high.mul_add(other.low, self.low * other.high);
        Self::fast_two_sum(high, rounding + low)
    }
}

impl<S: Simd> Neg for DoubleDouble<S> {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        Self { high: -self.high, low: -self.low }
    }
}
