//! The numbers that every filter, design and response is generic over.

use core::f64::consts::{LN_2, LOG2_E, LOG10_E};
use core::fmt::Debug;
use core::iter::Sum;
use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use num_traits::{One, Zero};

/// A real number, possibly carrying derivatives: `f32`, `f64` or [`Dual`](crate::Dual).
///
/// All filter code is written once against this trait. Numbers are compared by their values, and
/// [`primal`](Scalar::primal) is the only way out of the trait: a dual number takes the branches
/// that the plain type takes, and its value is what the plain type computes, bit for bit.
///
/// The elementary functions of `f32` and `f64` come from the `libm` crate, not from the
/// platform's C library, so a design has the same coefficients on every machine and with or
/// without `std`.
///
/// # Where a derivative does not exist
///
/// | function | at | a dual number's tangent there |
/// |---|---|---|
/// | [`abs`](Scalar::abs), [`hypot`](Scalar::hypot) | 0, the origin | 0 |
/// | [`sqrt`](Scalar::sqrt) | 0 | infinite (NaN for a tangent of 0) |
/// | [`asin`](Scalar::asin), [`acos`](Scalar::acos), [`atanh`](Scalar::atanh) | ±1 | infinite (NaN for a tangent of 0) |
/// | [`acosh`](Scalar::acosh) | 1 | infinite (NaN for a tangent of 0) |
/// | [`ln`](Scalar::ln), [`log2`](Scalar::log2), [`log10`](Scalar::log10), [`recip`](Scalar::recip), [`cbrt`](Scalar::cbrt) | 0 | infinite (NaN for a tangent of 0) |
/// | [`max`](Scalar::max), [`min`](Scalar::min), [`clamp`](Scalar::clamp) | where the arguments are equal | that of `self` |
/// | [`powf`](Scalar::powf) | base 0, exponent below 1 (but not 0) | infinite in the base (NaN for a tangent of 0) |
/// | [`powf`](Scalar::powf) | base 0, exponent 0 | infinite in the exponent |
/// | [`powf`](Scalar::powf) | negative base | NaN in the exponent, unless the exponent's tangent is 0 |
/// | [`powf`](Scalar::powf) | base 0, exponent from 0 to 1 | 0 in the second derivative by base and exponent, which is infinite |
/// | [`atan2`](Scalar::atan2) | the origin | NaN |
///
/// Outside a function's domain the primal is NaN, as for the plain types, and the tangents mean
/// nothing.
///
/// # Where the chain rule fails
///
/// Each tangent is a product of derivatives. It is NaN where one factor is 0 and another infinite,
/// even if the product has a limit. (So second derivatives, by nested duals, are not finite where
/// a first derivative is infinite.)
///
/// | expression | at | derivative | tangent |
/// |---|---|---|---|
/// | `1/(1 + exp(−x))` | `x` below −709.8, where the exponential overflows | 0 | NaN: use [`logistic`](Scalar::logistic) |
/// | `ln(1 + exp(x))` | `x` above 709.8 | 1 | NaN: use [`softplus`](Scalar::softplus) |
/// | `x·x^1.1`, second derivative | 0 | 0 | NaN: the second derivative of `x^1.1` is infinite; write `x^2.1` |
/// | `sqrt(x²)` | 0 | none | NaN: use [`abs`](Scalar::abs) |
///
/// The bounds are those of `f64`; for `f32` they are 88.7.
///
/// ```
/// use filterbank_core::{Dual, Scalar};
///
/// fn decibels<S: Scalar>(gain: S) -> S {
///     gain.ln().scale(20.0 / core::f64::consts::LN_10)
/// }
///
/// assert!((decibels(10.0_f64) - 20.0).abs() < 1e-12);
/// let [gain] = Dual::<f64, 1>::seed([10.0]);
/// assert!((decibels(gain).tangent()[0] - 0.868_588_963_806_503_7).abs() < 1e-15);
/// ```
pub trait Scalar:
    Copy
    + Debug
    + PartialEq
    + PartialOrd
    + Zero
    + One
    + Sum
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + 'static
{
    /// The gap between 1 and the next larger value of the underlying floating-point type.
    const EPSILON: f64;

    /// A constant: `value` rounded to this type, with no tangent.
    fn from_f64(value: f64) -> Self;

    /// The value without its derivatives. Exact: every underlying type widens to `f64`.
    fn primal(self) -> f64;

    /// The same value as a constant: all tangents dropped.
    #[must_use]
    fn detach(self) -> Self;

    /// Whether the value and every tangent are neither infinite nor NaN.
    fn is_finite(self) -> bool;

    /// The product with a plain number, cheaper than `self * Self::from_f64(factor)`.
    #[must_use]
    fn scale(self, factor: f64) -> Self;

    /// `1 / self`.
    #[must_use]
    fn recip(self) -> Self {
        Self::one() / self
    }

    /// Absolute value.
    #[must_use]
    fn abs(self) -> Self;

    /// Square root.
    #[must_use]
    fn sqrt(self) -> Self;

    /// Cube root.
    #[must_use]
    fn cbrt(self) -> Self {
        let root = self.abs().powf(Self::from_f64(1.0 / 3.0));
        if self.primal() < 0.0 { -root } else { root }
    }

    /// The larger of two numbers, by their values; the other one if one is NaN.
    ///
    /// Where both are equal there is a kink: the result is `self`, with its tangents.
    #[must_use]
    #[inline]
    fn max(self, other: Self) -> Self {
        let keep = self.primal() >= other.primal() || other.primal().is_nan();
        if keep { self } else { other }
    }

    /// The smaller of two numbers, by their values; the other one if one is NaN.
    ///
    /// Where both are equal there is a kink: the result is `self`, with its tangents.
    #[must_use]
    #[inline]
    fn min(self, other: Self) -> Self {
        let keep = self.primal() <= other.primal() || other.primal().is_nan();
        if keep { self } else { other }
    }

    /// The number kept between `low` and `high`. If `low` lies above `high`, the result is `high`.
    ///
    /// Beyond the bounds the tangents are those of the bound: zero for a constant. At a bound
    /// there is a kink, and the tangents are those of `self`.
    #[must_use]
    #[inline]
    fn clamp(self, low: Self, high: Self) -> Self {
        Scalar::min(Scalar::max(self, low), high)
    }

    /// `sqrt(self² + other²)`, without overflow on the way.
    #[must_use]
    fn hypot(self, other: Self) -> Self;

    /// Integer power.
    #[must_use]
    fn powi(self, exponent: i32) -> Self;

    /// Power with a real exponent that may itself carry tangents.
    #[must_use]
    fn powf(self, exponent: Self) -> Self;

    /// `e` to this power.
    #[must_use]
    fn exp(self) -> Self;

    /// 2 to this power.
    #[must_use]
    fn exp2(self) -> Self {
        self.scale(LN_2).exp()
    }

    /// `exp(self) − 1`, exact near 0.
    #[must_use]
    fn exp_m1(self) -> Self;

    /// The logistic function `1/(1 + exp(−self))`, without overflow: it and its derivatives are
    /// exact for arguments of any size.
    ///
    /// ```
    /// use filterbank_core::{Dual, Scalar};
    ///
    /// let [x] = Dual::<f64, 1>::seed([-720.0]);
    /// assert_eq!(x.logistic().tangent(), &[x.primal().exp()]);
    /// let naive = (1.0 + (-x).exp()).recip();
    /// assert!(naive.tangent()[0].is_nan());
    /// ```
    #[doc(alias = "sigmoid")]
    #[must_use]
    fn logistic(self) -> Self {
        if self.primal() < 0.0 {
            let power = self.exp();
            power / (Self::one() + power)
        } else {
            (Self::one() + (-self).exp()).recip()
        }
    }

    /// `ln(1 + exp(self))`, without overflow: a smooth maximum of the argument and 0, always
    /// positive (until it underflows). Its derivative is [`logistic`](Scalar::logistic).
    ///
    /// ```
    /// use filterbank_core::{Dual, Scalar};
    ///
    /// let [x] = Dual::<f64, 1>::seed([720.0]);
    /// assert_eq!((x.softplus().primal(), x.softplus().tangent()), (720.0, &[1.0]));
    /// ```
    #[must_use]
    fn softplus(self) -> Self {
        if self.primal() < 0.0 { self.exp().ln_1p() } else { self + (-self).exp().ln_1p() }
    }

    /// Natural logarithm.
    #[must_use]
    fn ln(self) -> Self;

    /// Logarithm to base 2.
    #[must_use]
    fn log2(self) -> Self {
        self.ln().scale(LOG2_E)
    }

    /// Logarithm to base 10.
    #[must_use]
    fn log10(self) -> Self {
        self.ln().scale(LOG10_E)
    }

    /// `ln(1 + self)`, exact near 0.
    #[must_use]
    fn ln_1p(self) -> Self;

    /// Sine of an angle in radians.
    #[must_use]
    fn sin(self) -> Self;

    /// Cosine of an angle in radians.
    #[must_use]
    fn cos(self) -> Self;

    /// Tangent of an angle in radians.
    #[must_use]
    fn tan(self) -> Self;

    /// Arc sine, in −π/2 to π/2.
    #[must_use]
    fn asin(self) -> Self;

    /// Arc cosine, in 0 to π.
    #[must_use]
    fn acos(self) -> Self;

    /// Arc tangent, in −π/2 to π/2.
    #[must_use]
    fn atan(self) -> Self;

    /// The angle of the point `(x, self)`, in −π to π. Its derivative is continuous across the
    /// branch cut on the negative `x` axis.
    #[must_use]
    fn atan2(self, x: Self) -> Self;

    /// Hyperbolic sine.
    #[must_use]
    fn sinh(self) -> Self;

    /// Hyperbolic cosine.
    #[must_use]
    fn cosh(self) -> Self;

    /// Hyperbolic tangent.
    #[must_use]
    fn tanh(self) -> Self;

    /// Inverse hyperbolic sine.
    #[must_use]
    fn asinh(self) -> Self;

    /// Inverse hyperbolic cosine.
    #[must_use]
    fn acosh(self) -> Self;

    /// Inverse hyperbolic tangent.
    #[must_use]
    fn atanh(self) -> Self;
}

/// One implementation for both plain types; `libm` names its `f32` functions with an `f`.
macro_rules! plain_scalar {
    ($t:ident, $($name:ident => $function:path,)*) => {
        impl Scalar for $t {
            const EPSILON: f64 = $t::EPSILON as f64;

            #[inline(always)]
            #[allow(clippy::cast_possible_truncation, reason = "rounding to f32 is the purpose")]
            fn from_f64(value: f64) -> Self {
                value as $t
            }

            #[inline(always)]
            fn primal(self) -> f64 {
                f64::from(self)
            }

            #[inline(always)]
            fn detach(self) -> Self {
                self
            }

            #[inline(always)]
            fn is_finite(self) -> bool {
                $t::is_finite(self)
            }

            #[inline(always)]
            fn scale(self, factor: f64) -> Self {
                self * Self::from_f64(factor)
            }

            #[inline(always)]
            fn abs(self) -> Self {
                $t::abs(self)
            }

            #[inline]
            fn powi(self, exponent: i32) -> Self {
                let power = num_traits::pow(self, exponent.unsigned_abs() as usize);
                if exponent < 0 { power.recip() } else { power }
            }

            $(
                plain_scalar!(@function $name $function);
            )*
        }
    };
    (@function hypot $function:path) => {
        #[inline]
        fn hypot(self, other: Self) -> Self {
            $function(self, other)
        }
    };
    (@function powf $function:path) => {
        #[inline]
        fn powf(self, exponent: Self) -> Self {
            $function(self, exponent)
        }
    };
    (@function atan2 $function:path) => {
        #[inline]
        fn atan2(self, x: Self) -> Self {
            $function(self, x)
        }
    };
    (@function $name:ident $function:path) => {
        #[inline]
        fn $name(self) -> Self {
            $function(self)
        }
    };
}

plain_scalar! { f32,
    sqrt => libm::sqrtf, hypot => libm::hypotf, powf => libm::powf,
    cbrt => libm::cbrtf, exp => libm::expf, exp2 => libm::exp2f, exp_m1 => libm::expm1f,
    ln => libm::logf, log2 => libm::log2f, log10 => libm::log10f, ln_1p => libm::log1pf,
    sin => libm::sinf, cos => libm::cosf, tan => libm::tanf,
    asin => libm::asinf, acos => libm::acosf, atan => libm::atanf, atan2 => libm::atan2f,
    sinh => libm::sinhf, cosh => libm::coshf, tanh => libm::tanhf,
    asinh => libm::asinhf, acosh => libm::acoshf, atanh => libm::atanhf,
}

plain_scalar! { f64,
    sqrt => libm::sqrt, hypot => libm::hypot, powf => libm::pow,
    cbrt => libm::cbrt, exp => libm::exp, exp2 => libm::exp2, exp_m1 => libm::expm1,
    ln => libm::log, log2 => libm::log2, log10 => libm::log10, ln_1p => libm::log1p,
    sin => libm::sin, cos => libm::cos, tan => libm::tan,
    asin => libm::asin, acos => libm::acos, atan => libm::atan, atan2 => libm::atan2,
    sinh => libm::sinh, cosh => libm::cosh, tanh => libm::tanh,
    asinh => libm::asinh, acosh => libm::acosh, atanh => libm::atanh,
}
