//! Arithmetic for the transition matrices, whose errors accumulate from chunk to chunk: `f64` for
//! filters on `f32`, double-double for filters on `f64`. Numbers are vectors, one section in each
//! lane.

use core::ops::{Add, Mul, Neg};

use fearless_simd::{Simd, SimdFloat};

/// A number with more precision than the signal, in each lane.
pub(super) trait Wide<S: Simd>:
    Copy + Add<Output = Self> + Mul<Output = Self> + Neg<Output = Self>
{
    /// `a + b`, with the error of the addition if the type can hold it.
    fn sum(a: S::f64s, b: S::f64s) -> Self;

    /// The value rounded to `f64`, and the rounding error.
    fn parts(self) -> [S::f64s; 2];
}

/// Plain `f64`.
#[derive(Clone, Copy)]
pub(super) struct Once<S: Simd>(S::f64s);

impl<S: Simd> Wide<S> for Once<S> {
    #[inline(always)]
    fn sum(a: S::f64s, b: S::f64s) -> Self {
        Self(a + b)
    }

    #[inline(always)]
    fn parts(self) -> [S::f64s; 2] {
        // `Once` has no low part.
        [self.0, self.0 * 0.0]
    }
}

impl<S: Simd> Add for Once<S> {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl<S: Simd> Mul for Once<S> {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

impl<S: Simd> Neg for Once<S> {
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
pub(super) struct Twice<S: Simd> {
    large: S::f64s,
    small: S::f64s,
}

impl<S: Simd> Twice<S> {
    /// Fast two-sum: `large` must be larger in magnitude than `small`, or zero.
    #[inline(always)]
    fn normalized(large: S::f64s, small: S::f64s) -> Self {
        let sum = large + small;
        Self { large: sum, small: small - (sum - large) }
    }
}

impl<S: Simd> Wide<S> for Twice<S> {
    #[inline(always)]
    fn sum(a: S::f64s, b: S::f64s) -> Self {
        let large = a + b;
        let taken = large - a;
        Self { large, small: (a - (large - taken)) + (b - taken) }
    }

    #[inline(always)]
    fn parts(self) -> [S::f64s; 2] {
        [self.large, self.small]
    }
}

impl<S: Simd> Add for Twice<S> {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        let sum = Self::sum(self.large, other.large);
        Self::normalized(sum.large, sum.small + (self.small + other.small))
    }
}

impl<S: Simd> Mul for Twice<S> {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        let large = self.large * other.large;
        let rounding = self.large.mul_sub(other.large, large);
        let small = self.large.mul_add(other.small, self.small * other.large);
        Self::normalized(large, rounding + small)
    }
}

impl<S: Simd> Neg for Twice<S> {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        Self { large: -self.large, small: -self.small }
    }
}
