//! Numbers in which errors do not pile up: `f64` for filters on `f32`, twice the digits for
//! filters on `f64`. They are vectors, a section in each lane.

use core::ops::{Add, Mul, Neg};

use fearless_simd::{Simd, SimdFloat};

/// A number of high precision in each lane.
pub(super) trait Wide<S: Simd>:
    Copy + Add<Output = Self> + Mul<Output = Self> + Neg<Output = Self>
{
    /// `a + b`, as exact as the number can be.
    fn sum(a: S::f64s, b: S::f64s) -> Self;

    /// The value rounded to `f64`, and what the rounding left.
    fn parts(self) -> [S::f64s; 2];
}

/// `f64` as it is.
#[derive(Clone, Copy)]
pub(super) struct Once<S: Simd>(S::f64s);

impl<S: Simd> Wide<S> for Once<S> {
    #[inline(always)]
    fn sum(a: S::f64s, b: S::f64s) -> Self {
        Self(a + b)
    }

    #[inline(always)]
    fn parts(self) -> [S::f64s; 2] {
        // Nobody asks for the rest of these.
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

/// The unevaluated sum of a large and a small `f64`, with the digits of both.
///
/// Source: T. J. Dekker, *A floating-point technique for extending the available precision*,
/// Numerische Mathematik 18 (1971), with products by fused multiplication. (On a processor
/// without it, the small part of a product is lost.)
#[derive(Clone, Copy)]
pub(super) struct Twice<S: Simd> {
    large: S::f64s,
    small: S::f64s,
}

impl<S: Simd> Twice<S> {
    /// `large` is much larger than `small`.
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
