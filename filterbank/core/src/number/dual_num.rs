//! [`Scalar`] for the numbers of the `dual_num` crate (feature `dual_num`).
//!
//! They carry one tangent. `dual_num` 0.2.7 has wrong derivatives for `atan` and `hypot`, NaN for
//! `powf` at non-positive bases, and other conventions where a derivative does not exist; those
//! functions are rewritten here, the rest is the crate's own.

use core::f64::consts::{LN_2, LN_10};

use dual_num::{Dual, Float};

use crate::number::scalar::Scalar;

/// The chain rule: value and derivative of a function at `x`.
fn chain(x: Dual<f64>, value: f64, derivative: f64) -> Dual<f64> {
    Dual::new(value, x.dual() * derivative)
}

impl Scalar for Dual<f64> {
    const EPSILON: f64 = f64::EPSILON;

    fn from_f64(value: f64) -> Self {
        Dual::from_real(value)
    }

    fn primal(self) -> f64 {
        self.real()
    }

    fn detach(self) -> Self {
        Dual::from_real(self.real())
    }

    fn is_finite(self) -> bool {
        self.real().is_finite() && self.dual().is_finite()
    }

    fn scale(self, factor: f64) -> Self {
        self * factor
    }

    fn abs(self) -> Self {
        let sign = if self.real() == 0.0 { 0.0 } else { self.real().signum() };
        chain(self, self.real().abs(), sign)
    }

    fn sqrt(self) -> Self {
        Float::sqrt(self)
    }

    fn cbrt(self) -> Self {
        let root = libm::cbrt(self.real());
        chain(self, root, 1.0 / (3.0 * root * root))
    }

    fn hypot(self, other: Self) -> Self {
        let length = self.real().hypot(other.real());
        if length == 0.0 {
            return Dual::from_real(0.0);
        }
        let tangent = (self.real() * self.dual() + other.real() * other.dual()) / length;
        Dual::new(length, tangent)
    }

    fn powi(self, exponent: i32) -> Self {
        if exponent == 0 { Dual::from_real(1.0) } else { Float::powi(self, exponent) }
    }

    fn powf(self, exponent: Self) -> Self {
        if self.real() > 0.0 {
            return Float::powf(self, exponent);
        }
        let (x, y) = (self.real(), exponent.real());
        let by_base = if y == 0.0 { 0.0 } else { y * x.powf(y - 1.0) };
        let by_exponent = if x == 0.0 && y > 0.0 { 0.0 } else { x.powf(y) * x.ln() };
        let constant = chain(self, x.powf(y), by_base);
        if exponent.dual() == 0.0 {
            return constant;
        }
        Dual::new(x.powf(y), constant.dual() + exponent.dual() * by_exponent)
    }

    fn exp(self) -> Self {
        Float::exp(self)
    }

    fn exp2(self) -> Self {
        let value = libm::exp2(self.real());
        chain(self, value, value * LN_2)
    }

    fn exp_m1(self) -> Self {
        Float::exp_m1(self)
    }

    fn ln(self) -> Self {
        Float::ln(self)
    }

    fn log2(self) -> Self {
        chain(self, libm::log2(self.real()), 1.0 / (self.real() * LN_2))
    }

    fn log10(self) -> Self {
        chain(self, libm::log10(self.real()), 1.0 / (self.real() * LN_10))
    }

    fn ln_1p(self) -> Self {
        Float::ln_1p(self)
    }

    fn sin(self) -> Self {
        Float::sin(self)
    }

    fn cos(self) -> Self {
        Float::cos(self)
    }

    fn tan(self) -> Self {
        Float::tan(self)
    }

    fn asin(self) -> Self {
        Float::asin(self)
    }

    fn acos(self) -> Self {
        Float::acos(self)
    }

    fn atan(self) -> Self {
        let x = self.real();
        chain(self, x.atan(), 1.0 / (1.0 + x * x))
    }

    fn atan2(self, x: Self) -> Self {
        let length = self.real().hypot(x.real());
        let (c, s) = (x.real() / length / length, self.real() / length / length);
        let tangent = self.dual() * c - x.dual() * s;
        Dual::new(self.real().atan2(x.real()), tangent)
    }

    fn sinh(self) -> Self {
        Float::sinh(self)
    }

    fn cosh(self) -> Self {
        Float::cosh(self)
    }

    fn tanh(self) -> Self {
        Float::tanh(self)
    }

    fn asinh(self) -> Self {
        Float::asinh(self)
    }

    fn acosh(self) -> Self {
        Float::acosh(self)
    }

    fn atanh(self) -> Self {
        Float::atanh(self)
    }
}
