//! The elementary functions on dual numbers, by the chain rule.

use core::f64::consts::{LN_2, LN_10};

use crate::number::dual::Dual;
use crate::number::scalar::Scalar;

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
        self.chain(self.primal.tanh(), sech_sqr(self.primal))
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

/// `sech² x = 1/cosh² x`, the derivative of `tanh`. (`1 − tanh²` would be 0 long before it is.)
#[inline]
fn sech_sqr<T: Scalar>(x: T) -> T {
    // From here on cosh² is e^(2|x|)/4 in every digit. Far out cosh overflows, and the derivatives
    // of 1/cosh would be 0 times infinity.
    if x.primal().abs() > 40.0 {
        let power = (-x.abs()).exp().scale(2.0);
        power * power
    } else {
        let inverse = x.cosh().recip();
        inverse * inverse
    }
}

/// `1 − x²` without cancellation near ±1.
#[inline]
fn one_minus_square<T: Scalar>(x: T) -> T {
    (T::one() - x) * (T::one() + x)
}
