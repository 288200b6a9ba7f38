//! Sums, products and quotients of dual numbers, and of a dual and a plain number.

use core::iter::{Product, Sum};
use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use num_traits::{One, Zero};

use crate::number::dual::Dual;
use crate::number::scalar::Scalar;

impl<T: Scalar, const N: usize> Zero for Dual<T, N> {
    #[inline(always)]
    fn zero() -> Self {
        Self::default()
    }

    #[inline(always)]
    fn is_zero(&self) -> bool {
        self.primal.is_zero() && self.tangent.iter().all(Zero::is_zero)
    }
}

impl<T: Scalar, const N: usize> One for Dual<T, N> {
    #[inline(always)]
    fn one() -> Self {
        Self::constant(T::one())
    }
}

impl<T: Scalar, const N: usize> Sum for Dual<T, N> {
    #[inline(always)]
    fn sum<I: Iterator<Item = Self>>(terms: I) -> Self {
        // The empty sum is the plain type's, which is −0.
        terms.fold(Self::constant(core::iter::empty().sum()), Add::add)
    }
}

impl<'a, T: Scalar, const N: usize> Sum<&'a Self> for Dual<T, N> {
    #[inline(always)]
    fn sum<I: Iterator<Item = &'a Self>>(terms: I) -> Self {
        terms.copied().sum()
    }
}

impl<T: Scalar, const N: usize> Product for Dual<T, N> {
    #[inline(always)]
    fn product<I: Iterator<Item = Self>>(factors: I) -> Self {
        factors.fold(Self::one(), Mul::mul)
    }
}

impl<'a, T: Scalar, const N: usize> Product<&'a Self> for Dual<T, N> {
    #[inline(always)]
    fn product<I: Iterator<Item = &'a Self>>(factors: I) -> Self {
        factors.copied().product()
    }
}

impl<T: Scalar, const N: usize> Neg for Dual<T, N> {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        self.map_tangent(-self.primal, |t| -t)
    }
}

impl<T: Scalar, const N: usize> Add for Dual<T, N> {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.zip_tangent(other, self.primal + other.primal, |t, u| t + u)
    }
}

impl<T: Scalar, const N: usize> Sub for Dual<T, N> {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.zip_tangent(other, self.primal - other.primal, |t, u| t - u)
    }
}

#[allow(clippy::suspicious_arithmetic_impl, reason = "the product rule")]
impl<T: Scalar, const N: usize> Mul for Dual<T, N> {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.zip_tangent(other, self.primal * other.primal, |t, u| {
            t * other.primal + u * self.primal
        })
    }
}

#[allow(clippy::suspicious_arithmetic_impl, reason = "the quotient rule")]
impl<T: Scalar, const N: usize> Div for Dual<T, N> {
    type Output = Self;

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        let quotient = self.primal / other.primal;
        let inverse = other.primal.recip();
        self.zip_tangent(other, quotient, |t, u| (t - u * quotient) * inverse)
    }
}

impl<T: Scalar, const N: usize> Add<T> for Dual<T, N> {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: T) -> Self {
        self.map_tangent(self.primal + other, |t| t)
    }
}

impl<T: Scalar, const N: usize> Sub<T> for Dual<T, N> {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: T) -> Self {
        self.map_tangent(self.primal - other, |t| t)
    }
}

impl<T: Scalar, const N: usize> Mul<T> for Dual<T, N> {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: T) -> Self {
        self.chain(self.primal * other, other)
    }
}

impl<T: Scalar, const N: usize> Div<T> for Dual<T, N> {
    type Output = Self;

    #[inline(always)]
    fn div(self, other: T) -> Self {
        self.chain(self.primal / other, other.recip())
    }
}

macro_rules! assign {
    ($($trait:ident::$method:ident by $op:tt),*) => {$(
        impl<T: Scalar, const N: usize> $trait for Dual<T, N> {
            #[inline(always)]
            fn $method(&mut self, other: Self) {
                *self = *self $op other;
            }
        }

        impl<T: Scalar, const N: usize> $trait<T> for Dual<T, N> {
            #[inline(always)]
            fn $method(&mut self, other: T) {
                *self = *self $op other;
            }
        }
    )*};
}

assign!(AddAssign::add_assign by +, SubAssign::sub_assign by -, MulAssign::mul_assign by *, DivAssign::div_assign by /);

// A plain number in front: `2.0 * x`, `1.0 - x`. Only `f64`, or the type of a literal would be
// ambiguous.

impl<T: Scalar, const N: usize> Add<Dual<T, N>> for f64 {
    type Output = Dual<T, N>;

    #[inline(always)]
    fn add(self, other: Dual<T, N>) -> Dual<T, N> {
        other.map_tangent(T::from_f64(self) + other.primal, |t| t)
    }
}

impl<T: Scalar, const N: usize> Sub<Dual<T, N>> for f64 {
    type Output = Dual<T, N>;

    #[inline(always)]
    fn sub(self, other: Dual<T, N>) -> Dual<T, N> {
        other.map_tangent(T::from_f64(self) - other.primal, |t| -t)
    }
}

impl<T: Scalar, const N: usize> Mul<Dual<T, N>> for f64 {
    type Output = Dual<T, N>;

    #[inline(always)]
    fn mul(self, other: Dual<T, N>) -> Dual<T, N> {
        other.scale(self)
    }
}

impl<T: Scalar, const N: usize> Div<Dual<T, N>> for f64 {
    type Output = Dual<T, N>;

    #[inline(always)]
    fn div(self, other: Dual<T, N>) -> Dual<T, N> {
        let quotient = T::from_f64(self) / other.primal;
        other.chain(quotient, -quotient / other.primal)
    }
}
