//! [`Scalar`] for the numbers of the `dual_num` crate (feature `dual_num`).
//!
//! They carry one tangent. Only arithmetic is the crate's own: every elementary function is that of
//! [`Dual`], so that values are those of `f64` bit for bit and derivatives are exact. (The
//! functions of `dual_num` 0.2.7 call the platform's C library, and their derivatives are wrong or
//! inaccurate in places: `atan`, `hypot`, `tanh` of large numbers, `asin` next to 1.)

use dual_num::Dual as Number;

use crate::number::dual::Dual;
use crate::number::scalar::Scalar;

fn to_dual(x: Number<f64>) -> Dual<f64, 1> {
    Dual::new(x.real(), [x.dual()])
}

fn from_dual(x: Dual<f64, 1>) -> Number<f64> {
    let [tangent] = *x.tangent();
    Number::new(x.value(), tangent)
}

/// Functions that are those of [`Dual`].
macro_rules! of_dual {
    ($($name:ident($($argument:ident),*)),* $(,)?) => {$(
        fn $name(self, $($argument: Self),*) -> Self {
            from_dual(to_dual(self).$name($(to_dual($argument)),*))
        }
    )*};
}

/// Arithmetic and comparisons are those of the crate `dual_num`: `==` compares tangents as well, and
/// the derivative of a quotient is lost where the square of the divisor overflows or underflows (from
/// about 1e±154 on).
impl Scalar for Number<f64> {
    const EPSILON: f64 = f64::EPSILON;

    fn from_f64(value: f64) -> Self {
        Number::from_real(value)
    }

    fn primal(self) -> f64 {
        self.real()
    }

    fn detach(self) -> Self {
        Number::from_real(self.real())
    }

    fn is_finite(self) -> bool {
        self.real().is_finite() && self.dual().is_finite()
    }

    fn scale(self, factor: f64) -> Self {
        Number::new(self.real() * factor, self.dual() * factor)
    }

    fn powi(self, exponent: i32) -> Self {
        from_dual(to_dual(self).powi(exponent))
    }

    of_dual! {
        recip(), abs(), sqrt(), cbrt(), hypot(other), powf(exponent),
        exp(), exp2(), exp_m1(), ln(), log2(), log10(), ln_1p(), logistic(), softplus(),
        sin(), cos(), tan(), asin(), acos(), atan(), atan2(x),
        sinh(), cosh(), tanh(), asinh(), acosh(), atanh(),
    }
}
