//! Forward-mode automatic differentiation: a number and its derivatives, computed together.

use core::cmp::Ordering;
use core::f64::consts::{LN_2, LN_10};
use core::fmt;
use core::iter::{Product, Sum};
use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use num_traits::{One, Zero};

use crate::number::scalar::Scalar;

/// A value with `N` partial derivatives (tangents), one for each parameter.
///
/// Arithmetic on it applies the chain rule, so whatever is computed from [`seed`](Dual::seed)ed
/// parameters carries its exact gradient. The value is computed by the same operations, in the
/// same order, as on the plain type: it is identical bit for bit.
///
/// Numbers are compared by their values: `==` and `<` ignore tangents, so that code takes the
/// branches that it takes on the plain type. (Only
/// [`is_zero`](num_traits::Zero::is_zero) asks for a constant 0.)
///
/// `T` is `f32`, `f64`, or another `Dual` for second derivatives.
///
/// The tangents come first and the whole is aligned to a cache line: that lets the compiler keep
/// them in vector registers.
///
/// ```
/// use filterbank_core::{Dual, Scalar};
///
/// let [x, y] = Dual::seed([3.0_f64, 4.0]);
/// let r = x.hypot(y);
/// assert_eq!(r.primal(), 5.0);
/// assert_eq!(r.tangent(), &[0.6, 0.8]); // dr/dx, dr/dy
///
/// // Plain numbers on either side.
/// let mut z = 2.0 * x - 1.0 / y;
/// z += 1.0;
/// assert!(z > y && z < 7.0);
/// assert_eq!(z.tangent(), &[2.0, 0.0625]);
/// ```
#[repr(C, align(64))]
#[derive(Clone, Copy, Debug)]
pub struct Dual<T, const N: usize> {
    tangent: [T; N],
    primal: T,
}

impl<T: Scalar, const N: usize> Dual<T, N> {
    /// A value with given tangents.
    #[inline(always)]
    pub const fn new(primal: T, tangent: [T; N]) -> Self {
        Self { tangent, primal }
    }

    /// A value that depends on no parameter: all tangents zero.
    #[inline(always)]
    pub fn constant(primal: T) -> Self {
        Self::new(primal, [T::zero(); N])
    }

    /// The value that is parameter number `index`: its tangent is the unit vector.
    ///
    /// An `index` of `N` or more gives a constant.
    #[inline]
    pub fn variable(primal: T, index: usize) -> Self {
        let mut dual = Self::constant(primal);
        if let Some(unit) = dual.tangent.get_mut(index) {
            *unit = T::one();
        }
        dual
    }

    /// All `N` parameters at once, each the variable of its own position.
    #[inline]
    pub fn seed(params: [T; N]) -> [Self; N] {
        core::array::from_fn(|index| Self::variable(params[index], index))
    }

    /// The value. (For the value as `f64` whatever `T` is, see [`Scalar::primal`].)
    #[inline(always)]
    pub fn value(&self) -> T {
        self.primal
    }

    /// The partial derivatives, one for each parameter.
    #[inline(always)]
    pub fn tangent(&self) -> &[T; N] {
        &self.tangent
    }

    /// The chain rule for a function of one variable: its value and derivative at `self`.
    #[inline(always)]
    fn chain(self, value: T, derivative: T) -> Self {
        self.map_tangent(value, |t| t * derivative)
    }

    /// `value` with each tangent of `self` changed by `f`.
    #[inline(always)]
    fn map_tangent(mut self, value: T, f: impl Fn(T) -> T) -> Self {
        for t in &mut self.tangent {
            *t = f(*t);
        }
        self.primal = value;
        self
    }

    /// `value` with the tangents of `self` and `other` combined by `f`.
    #[inline(always)]
    fn zip_tangent(mut self, other: Self, value: T, f: impl Fn(T, T) -> T) -> Self {
        for (t, u) in self.tangent.iter_mut().zip(other.tangent) {
            *t = f(*t, u);
        }
        self.primal = value;
        self
    }
}

impl<T: Scalar, const N: usize> From<T> for Dual<T, N> {
    #[inline(always)]
    fn from(value: T) -> Self {
        Self::constant(value)
    }
}

impl<T: Scalar, const N: usize> Default for Dual<T, N> {
    #[inline(always)]
    fn default() -> Self {
        Self::constant(T::zero())
    }
}

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

/// By value.
impl<T: Scalar, const N: usize> PartialEq for Dual<T, N> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.primal == other.primal
    }
}

/// By value.
impl<T: Scalar, const N: usize> PartialOrd for Dual<T, N> {
    #[inline(always)]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.primal.partial_cmp(&other.primal)
    }
}

/// By value.
impl<T: Scalar, const N: usize> PartialEq<T> for Dual<T, N> {
    #[inline(always)]
    fn eq(&self, other: &T) -> bool {
        self.primal == *other
    }
}

/// By value.
impl<T: Scalar, const N: usize> PartialOrd<T> for Dual<T, N> {
    #[inline(always)]
    fn partial_cmp(&self, other: &T) -> Option<Ordering> {
        self.primal.partial_cmp(other)
    }
}

/// The value, then the tangents: `5 + [0.6, 0.8]ε`. Width and precision apply to each number.
impl<T: Scalar + fmt::Display, const N: usize> fmt::Display for Dual<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.primal, f)?;
        f.write_str(" + [")?;
        for (index, tangent) in self.tangent.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { ", " })?;
            fmt::Display::fmt(tangent, f)?;
        }
        f.write_str("]ε")
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

impl<T: Scalar, const N: usize> Scalar for Dual<T, N> {
    const EPSILON: f64 = T::EPSILON;

    #[inline(always)]
    fn from_f64(value: f64) -> Self {
        Self::constant(T::from_f64(value))
    }

    #[inline(always)]
    fn primal(self) -> f64 {
        self.primal.primal()
    }

    #[inline(always)]
    fn detach(self) -> Self {
        Self::constant(self.primal.detach())
    }

    #[inline(always)]
    fn is_finite(self) -> bool {
        self.primal.is_finite() && self.tangent.iter().all(|t| t.is_finite())
    }

    #[inline(always)]
    fn scale(self, factor: f64) -> Self {
        self.map_tangent(self.primal.scale(factor), |t| t.scale(factor))
    }

    #[inline(always)]
    fn recip(self) -> Self {
        let inverse = self.primal.recip();
        self.chain(inverse, -inverse * inverse)
    }

    #[inline]
    fn abs(self) -> Self {
        let x = self.primal.primal();
        let sign = if x == 0.0 { 0.0 } else { x.signum() };
        self.chain(self.primal.abs(), T::from_f64(sign))
    }

    #[inline]
    fn sqrt(self) -> Self {
        let root = self.primal.sqrt();
        self.chain(root, root.recip().scale(0.5))
    }

    #[inline]
    fn cbrt(self) -> Self {
        let root = self.primal.cbrt();
        self.chain(root, (root * root).recip().scale(1.0 / 3.0))
    }

    #[inline]
    fn hypot(self, other: Self) -> Self {
        let length = self.primal.hypot(other.primal);
        let (c, s) = if length.primal() == 0.0 {
            (T::zero(), T::zero())
        } else {
            (self.primal / length, other.primal / length)
        };
        self.zip_tangent(other, length, |t, u| t * c + u * s)
    }

    #[inline]
    fn powi(self, exponent: i32) -> Self {
        let derivative = match exponent {
            0 => T::zero(),
            1 => T::one(),
            n => self.primal.powi(n.saturating_sub(1)).scale(f64::from(n)),
        };
        self.chain(self.primal.powi(exponent), derivative)
    }

    #[inline]
    fn powf(self, exponent: Self) -> Self {
        let (x, y) = (self.primal, exponent.primal);
        let power = x.powf(y);
        let by_base = if y.is_zero() { T::zero() } else { y * x.powf(y - T::one()) };
        // x^y ln x tends to 0 with x, for y > 0.
        let by_exponent =
            if x.primal() == 0.0 && y.primal() > 0.0 { T::zero() } else { power * x.ln() };
        // A constant exponent must not let the logarithm of a negative base in.
        self.zip_tangent(exponent, power, |t, u| {
            if u.is_zero() { t * by_base } else { t * by_base + u * by_exponent }
        })
    }

    #[inline]
    fn exp(self) -> Self {
        let value = self.primal.exp();
        self.chain(value, value)
    }

    #[inline]
    fn exp2(self) -> Self {
        let value = self.primal.exp2();
        self.chain(value, value.scale(LN_2))
    }

    #[inline]
    fn exp_m1(self) -> Self {
        self.chain(self.primal.exp_m1(), self.primal.exp())
    }

    #[inline]
    fn ln(self) -> Self {
        self.chain(self.primal.ln(), self.primal.recip())
    }

    #[inline]
    fn log2(self) -> Self {
        self.chain(self.primal.log2(), self.primal.recip().scale(1.0 / LN_2))
    }

    #[inline]
    fn log10(self) -> Self {
        self.chain(self.primal.log10(), self.primal.recip().scale(1.0 / LN_10))
    }

    #[inline]
    fn ln_1p(self) -> Self {
        self.chain(self.primal.ln_1p(), (T::one() + self.primal).recip())
    }

    #[inline]
    fn sin(self) -> Self {
        self.chain(self.primal.sin(), self.primal.cos())
    }

    #[inline]
    fn cos(self) -> Self {
        self.chain(self.primal.cos(), -self.primal.sin())
    }

    #[inline]
    fn tan(self) -> Self {
        let value = self.primal.tan();
        self.chain(value, T::one() + value * value)
    }

    #[inline]
    fn asin(self) -> Self {
        self.chain(self.primal.asin(), one_minus_square(self.primal).sqrt().recip())
    }

    #[inline]
    fn acos(self) -> Self {
        self.chain(self.primal.acos(), -one_minus_square(self.primal).sqrt().recip())
    }

    #[inline]
    fn atan(self) -> Self {
        let x = self.primal;
        self.chain(x.atan(), (T::one() + x * x).recip())
    }

    #[inline]
    fn atan2(self, x: Self) -> Self {
        let length = self.primal.hypot(x.primal);
        // Divided twice, so that neither tiny nor huge points lose their tangent.
        let (c, s) = (x.primal / length / length, self.primal / length / length);
        self.zip_tangent(x, self.primal.atan2(x.primal), |t, u| t * c - u * s)
    }

    #[inline]
    fn sinh(self) -> Self {
        self.chain(self.primal.sinh(), self.primal.cosh())
    }

    #[inline]
    fn cosh(self) -> Self {
        self.chain(self.primal.cosh(), self.primal.sinh())
    }

    #[inline]
    fn tanh(self) -> Self {
        // 1 − tanh² would be 0 long before the derivative is.
        let inverse = self.primal.cosh().recip();
        self.chain(self.primal.tanh(), inverse * inverse)
    }

    #[inline]
    fn asinh(self) -> Self {
        self.chain(self.primal.asinh(), self.primal.hypot(T::one()).recip())
    }

    #[inline]
    fn acosh(self) -> Self {
        let x = self.primal;
        // The square root of x² − 1, without overflow and without cancellation near 1.
        let root = (x - T::one()).sqrt() * (x + T::one()).sqrt();
        self.chain(x.acosh(), root.recip())
    }

    #[inline]
    fn atanh(self) -> Self {
        self.chain(self.primal.atanh(), one_minus_square(self.primal).recip())
    }
}

/// `1 − x²` without cancellation near ±1.
#[inline]
fn one_minus_square<T: Scalar>(x: T) -> T {
    (T::one() - x) * (T::one() + x)
}
