//! Arithmetic and elementary functions of every scalar: derivatives from calculus and from the
//! `dual_num` crate, the edges that [`Scalar`] documents, and values that are those of the plain
//! type bit for bit.
//!
//! Tolerances are in units of the type's epsilon, relative; each is a few times the error that
//! was measured.

#[allow(dead_code, reason = "other test programs use the rest")]
mod common;

use std::f64::consts::{FRAC_PI_2, PI};

use common::bits::{Bits, assert_same_bits};
use filterbank::{Complex, Dual, Scalar};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// A number with its gradient and its Hessian.
type Second<const N: usize> = Dual<Dual<f64, N>, N>;

/// The functions of one variable.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Unary {
    Recip,
    Abs,
    Sqrt,
    Powi(i32),
    Exp,
    ExpM1,
    Ln,
    Ln1p,
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Sinh,
    Cosh,
    Tanh,
    Asinh,
    Acosh,
    Atanh,
}

impl Unary {
    const ALL: [Self; 26] = [
        Self::Recip,
        Self::Abs,
        Self::Sqrt,
        Self::Powi(-3),
        Self::Powi(-1),
        Self::Powi(0),
        Self::Powi(1),
        Self::Powi(2),
        Self::Powi(3),
        Self::Powi(8),
        Self::Exp,
        Self::ExpM1,
        Self::Ln,
        Self::Ln1p,
        Self::Sin,
        Self::Cos,
        Self::Tan,
        Self::Asin,
        Self::Acos,
        Self::Atan,
        Self::Sinh,
        Self::Cosh,
        Self::Tanh,
        Self::Asinh,
        Self::Acosh,
        Self::Atanh,
    ];

    fn of<S: Scalar>(self, x: S) -> S {
        match self {
            Self::Recip => x.recip(),
            Self::Abs => x.abs(),
            Self::Sqrt => x.sqrt(),
            Self::Powi(exponent) => x.powi(exponent),
            Self::Exp => x.exp(),
            Self::ExpM1 => x.exp_m1(),
            Self::Ln => x.ln(),
            Self::Ln1p => x.ln_1p(),
            Self::Sin => x.sin(),
            Self::Cos => x.cos(),
            Self::Tan => x.tan(),
            Self::Asin => x.asin(),
            Self::Acos => x.acos(),
            Self::Atan => x.atan(),
            Self::Sinh => x.sinh(),
            Self::Cosh => x.cosh(),
            Self::Tanh => x.tanh(),
            Self::Asinh => x.asinh(),
            Self::Acosh => x.acosh(),
            Self::Atanh => x.atanh(),
        }
    }

    /// The value, from the standard library.
    fn value(self, x: f64) -> f64 {
        match self {
            Self::Recip => 1.0 / x,
            Self::Abs => x.abs(),
            Self::Sqrt => x.sqrt(),
            Self::Powi(exponent) => x.powi(exponent),
            Self::Exp => x.exp(),
            Self::ExpM1 => x.exp_m1(),
            Self::Ln => x.ln(),
            Self::Ln1p => x.ln_1p(),
            Self::Sin => x.sin(),
            Self::Cos => x.cos(),
            Self::Tan => x.tan(),
            Self::Asin => x.asin(),
            Self::Acos => x.acos(),
            Self::Atan => x.atan(),
            Self::Sinh => x.sinh(),
            Self::Cosh => x.cosh(),
            Self::Tanh => x.tanh(),
            // The standard library's loses digits at both ends.
            Self::Asinh | Self::Acosh | Self::Atanh => logarithmic(self, x),
        }
    }

    /// The derivative, from the standard library's functions.
    fn derivative(self, x: f64) -> f64 {
        let secant = 1.0 / x.cos();
        let hyperbolic_secant = 2.0 / (x.exp() + (-x).exp());
        match self {
            Self::Recip => -1.0 / (x * x),
            Self::Abs => x.signum(),
            Self::Sqrt => 0.5 / x.sqrt(),
            Self::Powi(0) => 0.0,
            Self::Powi(exponent) => f64::from(exponent) * x.powi(exponent - 1),
            Self::Exp | Self::ExpM1 => x.exp(),
            Self::Ln => 1.0 / x,
            Self::Ln1p => 1.0 / (1.0 + x),
            Self::Sin => x.cos(),
            Self::Cos => -x.sin(),
            Self::Tan => secant * secant,
            Self::Asin => 1.0 / ((1.0 - x) * (1.0 + x)).sqrt(),
            Self::Acos => -1.0 / ((1.0 - x) * (1.0 + x)).sqrt(),
            Self::Atan => 1.0 / (1.0 + x * x),
            Self::Sinh => x.cosh(),
            Self::Cosh => x.sinh(),
            Self::Tanh => hyperbolic_secant * hyperbolic_secant,
            Self::Asinh => 1.0 / (1.0 + x * x).sqrt(),
            Self::Acosh => 1.0 / ((x - 1.0) * (x + 1.0)).sqrt(),
            Self::Atanh => 1.0 / ((1.0 - x) * (1.0 + x)),
        }
    }

    fn second_derivative(self, x: f64) -> f64 {
        let secant = 1.0 / x.cos();
        let hyperbolic_secant = 1.0 / x.cosh();
        let beside_one = (1.0 - x) * (1.0 + x);
        match self {
            Self::Recip => 2.0 / x.powi(3),
            Self::Abs | Self::Powi(0 | 1) => 0.0,
            Self::Sqrt => -0.25 * x.powf(-1.5),
            Self::Powi(exponent) => f64::from(exponent * (exponent - 1)) * x.powi(exponent - 2),
            Self::Exp | Self::ExpM1 => x.exp(),
            Self::Ln => -1.0 / (x * x),
            Self::Ln1p => -1.0 / (1.0 + x).powi(2),
            Self::Sin => -x.sin(),
            Self::Cos => -x.cos(),
            Self::Tan => 2.0 * x.tan() * secant * secant,
            Self::Asin => x * beside_one.powf(-1.5),
            Self::Acos => -x * beside_one.powf(-1.5),
            Self::Atan => -2.0 * x / (1.0 + x * x).powi(2),
            Self::Sinh => x.sinh(),
            Self::Cosh => x.cosh(),
            Self::Tanh => -2.0 * x.tanh() * hyperbolic_secant * hyperbolic_secant,
            Self::Asinh => -x * (1.0 + x * x).powf(-1.5),
            Self::Acosh => -x * (-beside_one).powf(-1.5),
            Self::Atanh => 2.0 * x / (beside_one * beside_one),
        }
    }

    /// Ordinary arguments, small ones and large ones.
    fn arguments(self) -> &'static [f64] {
        match self {
            Self::Recip | Self::Abs => {
                &[-1e12, -30.0, -2.6, -1.0, -0.3, -1e-12, 1e-12, 0.7, 1.0, 4.5, 9.0, 1e12]
            }
            Self::Powi(i32::MIN..0) => {
                &[-1e3, -30.0, -2.6, -1.0, -0.3, -1e-3, 1e-3, 0.7, 1.0, 4.5, 9.0, 1e3]
            }
            Self::Sqrt | Self::Ln => &[1e-30, 1e-12, 1e-3, 0.7, 1.0, 2.6, 1e4, 1e30],
            Self::Ln1p => &[-0.999, -0.3, -1e-3, -1e-12, 0.0, 1e-12, 1e-3, 0.7, 30.0, 1e30],
            Self::Sin | Self::Cos | Self::Tan => {
                &[-1e4, -30.0, -1.5, -0.3, -1e-12, 0.0, 1e-12, 1e-3, 0.7, 1.57, 2.6, 30.0, 1e4]
            }
            Self::Asin | Self::Acos | Self::Atanh => {
                &[-0.9999999, -0.9, -0.3, -1e-12, 0.0, 1e-12, 1e-3, 0.3, 0.7, 0.999, 0.9999999]
            }
            Self::Acosh => &[1.000001, 1.1, 2.6, 9.0, 1e4, 1e15],
            Self::Atan | Self::Asinh => {
                &[-1e15, -30.0, -2.6, -0.3, -1e-12, 0.0, 1e-12, 1e-3, 0.7, 1.0, 9.0, 1e15]
            }
            Self::Powi(_) | Self::Exp | Self::ExpM1 | Self::Sinh | Self::Cosh | Self::Tanh => {
                &[-30.0, -4.5, -1.0, -0.3, -1e-3, -1e-4, 0.0, 1e-4, 1e-3, 0.7, 1.0, 9.0, 30.0]
            }
        }
    }
}

/// The inverse hyperbolic functions by logarithms that cancel nowhere.
fn logarithmic(function: Unary, x: f64) -> f64 {
    let size = x.abs();
    let value = match function {
        Unary::Asinh => (size + size * size / (1.0 + size.hypot(1.0))).ln_1p(),
        Unary::Acosh => ((x - 1.0) + ((x - 1.0) * (x + 1.0)).sqrt()).ln_1p(),
        _ => 0.5 * (2.0 * size / (1.0 - size)).ln_1p(),
    };
    value.copysign(x)
}

/// The functions of two variables.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Hypot,
    Powf,
    Atan2,
}

impl Binary {
    const ALL: [Self; 7] =
        [Self::Add, Self::Sub, Self::Mul, Self::Div, Self::Hypot, Self::Powf, Self::Atan2];

    fn of<S: Scalar>(self, x: S, y: S) -> S {
        match self {
            Self::Add => x + y,
            Self::Sub => x - y,
            Self::Mul => x * y,
            Self::Div => x / y,
            Self::Hypot => x.hypot(y),
            Self::Powf => x.powf(y),
            Self::Atan2 => x.atan2(y),
        }
    }

    /// Derivatives by the first and by the second argument.
    fn derivatives(self, x: f64, y: f64) -> [f64; 2] {
        let norm = x.hypot(y);
        match self {
            Self::Add => [1.0, 1.0],
            Self::Sub => [1.0, -1.0],
            Self::Mul => [y, x],
            Self::Div => [1.0 / y, -(x / y) / y],
            Self::Hypot => [x / norm, y / norm],
            Self::Powf if y == 0.0 => [0.0, x.ln()],
            Self::Powf => [y * x.powf(y - 1.0), x.powf(y) * x.ln()],
            Self::Atan2 => [y / (norm * norm), -x / (norm * norm)],
        }
    }

    fn arguments(self) -> &'static [(f64, f64)] {
        match self {
            Self::Powf => &[
                (2.0, 3.0),
                (2.0, -3.0),
                (0.5, 0.5),
                (1e-3, 2.5),
                (1e3, -1.5),
                (1.0, 7.0),
                (2.5, 0.0),
                (2.5, 1.0),
                (1e-12, 0.25),
                (1e12, 0.75),
            ],
            _ => &[
                (3.0, 4.0),
                (-3.0, 4.0),
                (3.0, -4.0),
                (-3.0, -4.0),
                (0.7, 1e-12),
                (-1e-12, 0.7),
                (-1e-9, -2.0),
                (1e-12, 1e-12),
                (1e12, -1e12),
                (1e-3, 30.0),
            ],
        }
    }
}

/// The error of `found` in units of the type's epsilon, relative to `expected`; where that is 0,
/// anything else is infinitely wrong.
fn error_in_epsilons<T: Scalar>(found: f64, expected: f64) -> f64 {
    if found == expected {
        return 0.0;
    }
    let error = (found - expected).abs() / (expected.abs() * T::EPSILON);
    if error.is_nan() { f64::INFINITY } else { error }
}

/// Keeps the largest error and what it belongs to.
struct Worst {
    error: f64,
    at: String,
}

impl Worst {
    fn new() -> Self {
        Self { error: 0.0, at: String::new() }
    }

    fn see(&mut self, error: f64, at: impl FnOnce() -> String) {
        if error.is_nan() || error > self.error {
            *self = Self { error, at: at() };
        }
    }

    /// Fails above `tolerance`.
    fn at_most(&self, tolerance: f64, what: &str) {
        let Self { error, at } = self;
        println!("{what}: {error:.2} of at most {tolerance}, {at}");
        assert!(*error <= tolerance, "{what}: {error} is above {tolerance}, {at}");
    }
}

fn numbers<T: Scalar, const N: usize>(values: [f64; N]) -> [T; N] {
    values.map(T::from_f64)
}

fn tangents<T: Scalar, const N: usize>(dual: Dual<T, N>) -> [f64; N] {
    dual.tangent().map(Scalar::primal)
}

/// A variable with tangents 1, −1 and 0.
fn at<T: Scalar>(x: f64) -> Dual<T, 3> {
    Dual::new(T::from_f64(x), numbers([1.0, -1.0, 0.0]))
}

/// Equal, all NaNs being equal.
fn same(found: f64, expected: f64) -> bool {
    found == expected || (found.is_nan() && expected.is_nan())
}

#[track_caller]
fn assert_same<const N: usize>(found: [f64; N], expected: [f64; N]) {
    let equal = found.iter().zip(expected).all(|(&found, expected)| same(found, expected));
    assert!(equal, "{found:?} is not {expected:?}");
}

// Derivatives at ordinary points

fn unary_errors<T: Scalar>() -> (Worst, Worst) {
    let (mut value, mut tangent) = (Worst::new(), Worst::new());
    for function in Unary::ALL {
        for &x in function.arguments() {
            let x = T::from_f64(x);
            let y = function.of(Dual::new(x, numbers([1.0, -0.5])));
            let x = x.primal();
            let here = || format!("{function:?} at {x:e}");
            value.see(error_in_epsilons::<T>(y.primal(), function.value(x)), here);
            let expected = function.derivative(x);
            let [by_one, by_minus_half] = tangents(y);
            tangent.see(error_in_epsilons::<T>(by_one, expected), here);
            assert_eq!(by_minus_half, -0.5 * by_one, "{}", here());
        }
    }
    (value, tangent)
}

#[test]
fn functions_of_one_variable_have_the_derivatives_of_calculus() {
    let (value, tangent) = unary_errors::<f64>();
    value.at_most(8.0, "f64 values");
    tangent.at_most(8.0, "f64 tangents");
    let (value, tangent) = unary_errors::<f32>();
    value.at_most(8.0, "f32 values");
    tangent.at_most(8.0, "f32 tangents");
}

fn binary_errors<T: Scalar>() -> Worst {
    let mut worst = Worst::new();
    for function in Binary::ALL {
        for &(x, y) in function.arguments() {
            let point: [T; 2] = numbers([x, y]);
            let [x, y] = point.map(T::primal);
            let [u, v] = Dual::seed(point);
            let found = tangents(function.of(u, v));
            let expected = function.derivatives(x, y);
            for (found, expected) in found.into_iter().zip(expected) {
                let error = error_in_epsilons::<T>(found, expected);
                worst.see(error, || format!("{function:?} at {x:e}, {y:e}"));
            }
            // Both arguments moving together: the sum of both derivatives.
            let (u, v) = (Dual::new(u.value(), [T::one()]), Dual::new(v.value(), [T::one()]));
            let [found] = tangents(function.of(u, v));
            let scale = expected[0].abs().max(expected[1].abs()) * T::EPSILON;
            let error = (found - (expected[0] + expected[1])).abs() / scale;
            worst.see(error, || format!("{function:?} along the diagonal at {x:e}, {y:e}"));
        }
    }
    worst
}

#[test]
fn functions_of_two_variables_have_the_derivatives_of_calculus() {
    binary_errors::<f64>().at_most(4.0, "f64");
    binary_errors::<f32>().at_most(4.0, "f32");
}

#[test]
fn derivatives_survive_at_the_ends_of_the_range() {
    let mut worst = Worst::new();
    for (function, x, expected) in [
        (Unary::Recip, 1e150, -1e-300),
        (Unary::Recip, -1e-150, -1e300),
        (Unary::Sqrt, 1e-300, 0.5e150),
        (Unary::Sqrt, 1e300, 0.5e-150),
        (Unary::Powi(3), 1e100, 3e200),
        (Unary::Powi(-2), -1e-100, 2e300),
        (Unary::Exp, -700.0, (-700.0_f64).exp()),
        (Unary::ExpM1, -700.0, (-700.0_f64).exp()),
        (Unary::ExpM1, 1e-300, 1.0),
        (Unary::Ln, 1e-300, 1e300),
        (Unary::Ln1p, 1e300, 1e-300),
        (Unary::Ln1p, 1e-300, 1.0),
        (Unary::Asin, 1.0 - f64::EPSILON / 2.0, 2.0_f64.powi(26)),
        (Unary::Acos, -1.0 + f64::EPSILON / 2.0, -(2.0_f64.powi(26))),
        (Unary::Atan, -1e150, 1e-300),
        (Unary::Sinh, -700.0, 700.0_f64.cosh()),
        (Unary::Cosh, -700.0, -(700.0_f64.sinh())),
        (Unary::Cosh, 1e-300, 1e-300),
        (Unary::Tanh, 300.0, 4.0 * (-600.0_f64).exp()),
        (Unary::Asinh, -1e200, 1e-200),
        (Unary::Asinh, 1e-200, 1.0),
        (Unary::Acosh, 1e200, 1e-200),
        (Unary::Acosh, 1.0 + f64::EPSILON, 2.0_f64.powf(25.5)),
        (Unary::Atanh, 1.0 - f64::EPSILON / 2.0, 2.0_f64.powi(52)),
    ] {
        let [tangent] = tangents(function.of(Dual::new(x, [1.0])));
        let error = error_in_epsilons::<f64>(tangent, expected);
        worst.see(error, || format!("{function:?} at {x:e}: {tangent:e}, not {expected:e}"));
    }
    for (function, x, y, expected) in [
        (Binary::Hypot, 3e200, -4e200, [0.6, -0.8]),
        (Binary::Hypot, 3e-200, 4e-200, [0.6, 0.8]),
        (Binary::Atan2, 3e200, 4e200, [0.16e-200, -0.12e-200]),
        (Binary::Atan2, 3e-200, -4e-200, [-0.16e200, -0.12e200]),
        (Binary::Powf, 1e-200, 1.5, [1.5e-100, -1e-300 * 200.0 * 10.0_f64.ln()]),
    ] {
        let [u, v] = Dual::seed([x, y]);
        for (found, expected) in tangents(function.of(u, v)).into_iter().zip(expected) {
            let error = error_in_epsilons::<f64>(found, expected);
            worst.see(error, || format!("{function:?} at {x:e}, {y:e}: {found:e}"));
        }
    }
    worst.at_most(8.0, "f64");
}

// The documented edges

/// What [`at`] gives where the derivative is `infinite`.
fn infinite(sign: f64) -> [f64; 3] {
    [sign * f64::INFINITY, -sign * f64::INFINITY, f64::NAN]
}

fn singular_derivatives_are_infinite<T: Scalar>() {
    for (function, x, value, sign) in [
        (Unary::Sqrt, 0.0, 0.0, 1.0),
        (Unary::Asin, 1.0, FRAC_PI_2, 1.0),
        (Unary::Asin, -1.0, -FRAC_PI_2, 1.0),
        (Unary::Acos, 1.0, 0.0, -1.0),
        (Unary::Acos, -1.0, PI, -1.0),
        (Unary::Atanh, 1.0, f64::INFINITY, 1.0),
        (Unary::Atanh, -1.0, f64::NEG_INFINITY, 1.0),
        (Unary::Acosh, 1.0, 0.0, 1.0),
        (Unary::Ln, 0.0, f64::NEG_INFINITY, 1.0),
        (Unary::Recip, 0.0, f64::INFINITY, -1.0),
        (Unary::Powi(-1), 0.0, f64::INFINITY, -1.0),
    ] {
        let y = function.of(at::<T>(x));
        let close = (y.primal() - value).abs() <= T::EPSILON * value.abs();
        assert!(close || y.primal() == value, "{function:?} at {x}: {y:?}");
        assert_same(tangents(y), infinite(sign));
    }
}

#[test]
fn singular_derivatives_are_infinite_and_nan_for_a_tangent_of_zero() {
    singular_derivatives_are_infinite::<f64>();
    singular_derivatives_are_infinite::<f32>();
}

fn kinks_have_tangent_zero<T: Scalar>() {
    for zero in [0.0, -0.0] {
        let y = at::<T>(zero).abs();
        assert_eq!((y.primal(), tangents(y)), (0.0, [0.0; 3]));
        for other in [0.0, -0.0] {
            let y = at::<T>(zero).hypot(at(other));
            assert_eq!((y.primal(), tangents(y)), (0.0, [0.0; 3]));
        }
    }
    // Beside the origin there is no kink: on the axes one derivative is 0, the other ±1.
    let [x, y] = Dual::<T, 2>::seed(numbers([0.0, -3.0]));
    assert_eq!(tangents(x.hypot(y)), [0.0, -1.0]);
    assert_eq!(tangents(y.hypot(x)), [0.0, -1.0]);
}

#[test]
fn absolute_value_and_hypot_have_tangent_zero_at_their_kink() {
    kinks_have_tangent_zero::<f64>();
    kinks_have_tangent_zero::<f32>();
}

fn powers_of_zero<T: Scalar>() {
    let zero = at::<T>(0.0);
    let constant = |exponent: f64| Dual::<T, 3>::from_f64(exponent);
    // The exponent decides what the derivative by the base is.
    for (exponent, value, tangent) in [
        (-2.0, f64::INFINITY, infinite(-1.0)),
        (-0.5, f64::INFINITY, infinite(-1.0)),
        (0.0, 1.0, [0.0; 3]),
        (0.5, 0.0, infinite(1.0)),
        (1.0, 0.0, [1.0, -1.0, 0.0]),
        (1.5, 0.0, [0.0; 3]),
        (2.0, 0.0, [0.0; 3]),
    ] {
        let y = zero.powf(constant(exponent));
        assert_eq!(y.primal(), value, "0^{exponent}");
        assert_same(tangents(y), tangent);
    }
    // A constant base 0 stays 0 while the exponent moves, as long as it is positive.
    for exponent in [1.0, 1.5, 3.0] {
        let y = constant(0.0).powf(at(exponent));
        assert_eq!((y.primal(), tangents(y)), (0.0, [0.0; 3]), "0^{exponent}");
    }
    // Integer powers.
    for (exponent, value, tangent) in [
        (0, 1.0, [0.0; 3]),
        (1, 0.0, [1.0, -1.0, 0.0]),
        (2, 0.0, [0.0; 3]),
        (5, 0.0, [0.0; 3]),
        (-1, f64::INFINITY, infinite(-1.0)),
        (-2, f64::INFINITY, infinite(-1.0)),
    ] {
        let y = zero.powi(exponent);
        assert_eq!(y.primal(), value, "0^{exponent}");
        assert_same(tangents(y), tangent);
    }
}

#[test]
fn powers_of_zero_have_the_documented_tangents() {
    powers_of_zero::<f64>();
    powers_of_zero::<f32>();
}

fn powers_of_negative_bases<T: Scalar>() {
    let base = at::<T>(-2.0);
    for (exponent, value, derivative) in
        [(3.0, -8.0, 12.0), (2.0, 4.0, -4.0), (1.0, -2.0, 1.0), (0.0, 1.0, 0.0), (-2.0, 0.25, 0.25)]
    {
        let y = base.powf(Dual::from_f64(exponent));
        let expected = [derivative, -derivative, 0.0];
        assert_eq!((y.primal(), tangents(y)), (value, expected), "(-2)^{exponent}");
    }
    // The logarithm of a negative base enters where the exponent moves, and only there.
    let exponent = Dual::<T, 3>::new(T::from_f64(3.0), numbers([0.0, 1.0, 0.0]));
    assert_same(tangents(base.powf(exponent)), [12.0, f64::NAN, 0.0]);
    // Outside the domain.
    assert!(base.powf(Dual::from_f64(0.5)).primal().is_nan());
}

#[test]
fn negative_bases_have_derivatives_for_constant_exponents_only() {
    powers_of_negative_bases::<f64>();
    powers_of_negative_bases::<f32>();
}

fn integer_powers<T: Scalar>() {
    for (x, exponent, value, derivative) in [
        (-2.0, 0, 1.0, 0.0),
        (-2.0, 1, -2.0, 1.0),
        (-2.0, 2, 4.0, -4.0),
        (-2.0, 5, -32.0, 80.0),
        (-2.0, -1, -0.5, -0.25),
        (-2.0, -3, -0.125, -0.1875),
        (0.5, -2, 4.0, -16.0),
        (1.0, i32::MAX, 1.0, f64::from(i32::MAX)),
    ] {
        let y = at::<T>(x).powi(exponent);
        let derivative = T::from_f64(derivative).primal();
        let expected = [derivative, -derivative, 0.0];
        assert_eq!((y.primal(), tangents(y)), (value, expected), "{x}^{exponent}");
    }
}

#[test]
fn integer_powers_of_both_signs_are_exact_where_the_type_is() {
    integer_powers::<f64>();
    integer_powers::<f32>();
}

fn angles_on_the_axes<T: Scalar>() {
    // (y, x), angle, derivatives by y and by x.
    for (y, x, angle, derivatives) in [
        (0.0, 2.0, 0.0, [0.5, 0.0]),
        (2.0, 0.0, FRAC_PI_2, [0.0, -0.5]),
        (-4.0, 0.0, -FRAC_PI_2, [0.0, 0.25]),
        (0.0, -2.0, PI, [-0.5, 0.0]),
        (-0.0, -2.0, -PI, [-0.5, 0.0]),
    ] {
        let [v, u] = Dual::<T, 2>::seed(numbers([y, x]));
        let found = v.atan2(u);
        let close = (found.primal() - angle).abs() <= T::EPSILON * angle.abs() / 2.0;
        assert!(close, "angle of ({x}, {y}): {found:?}");
        assert_eq!(tangents(found), derivatives, "angle of ({x}, {y})");
    }
    for y in [0.0, -0.0] {
        for x in [0.0, -0.0] {
            let [v, u] = Dual::<T, 2>::seed(numbers([y, x]));
            assert_same(tangents(v.atan2(u)), [f64::NAN; 2]);
        }
    }
}

#[test]
fn angles_have_exact_tangents_on_the_axes_and_nan_at_the_origin() {
    angles_on_the_axes::<f64>();
    angles_on_the_axes::<f32>();
}

#[test]
fn the_derivative_of_an_angle_is_continuous_across_the_branch_cut() {
    let [above, below] = [1e-13, -1e-13].map(|y| {
        let [y, x] = Dual::<f64, 2>::seed([y, -3.0]);
        y.atan2(x)
    });
    assert!((above.value() - below.value() - 2.0 * PI).abs() < 1e-13);
    assert_eq!(above.tangent()[0], below.tangent()[0]);
    assert_eq!(above.tangent()[0], -1.0 / 3.0);
    // The other derivative, −y/r², changes its sign with y and passes through 0.
    assert_eq!(above.tangent()[1], -below.tangent()[1]);
    assert!((above.tangent()[1] - -1e-13 / 9.0).abs() < 1e-29);
}

// Arithmetic

fn arithmetic_rules<T: Scalar + Bits>() {
    let number = T::from_f64;
    let dual = |x: f64, t: [f64; 2]| Dual::<T, 2>::new(number(x), numbers(t));
    // All results are exact in binary.
    let (x, y) = (dual(3.0, [1.0, -2.0]), dual(-4.0, [0.5, 8.0]));
    assert_same_bits(x + y, dual(-1.0, [1.5, 6.0]));
    assert_same_bits(x - y, dual(7.0, [0.5, -10.0]));
    assert_same_bits(x * y, dual(-12.0, [-4.0 + 1.5, 8.0 + 24.0]));
    assert_same_bits(x / y, dual(-0.75, [-0.34375, -1.0]));
    assert_same_bits(-x, dual(-3.0, [-1.0, 2.0]));
    assert_same_bits(y.recip(), dual(-0.25, [-0.03125, -0.5]));

    // With a plain number.
    let plain = number(-4.0);
    assert_same_bits(x + plain, dual(-1.0, [1.0, -2.0]));
    assert_same_bits(x - plain, dual(7.0, [1.0, -2.0]));
    assert_same_bits(x * plain, dual(-12.0, [-4.0, 8.0]));
    assert_same_bits(x / plain, dual(-0.75, [-0.25, 0.5]));

    // In place.
    let in_place = |change: &dyn Fn(&mut Dual<T, 2>)| {
        let mut z = x;
        change(&mut z);
        z
    };
    assert_same_bits(in_place(&|z| *z += y), x + y);
    assert_same_bits(in_place(&|z| *z -= y), x - y);
    assert_same_bits(in_place(&|z| *z *= y), x * y);
    assert_same_bits(in_place(&|z| *z /= y), x / y);

    // Sums.
    assert_same_bits([x, y, x].into_iter().sum::<Dual<T, 2>>(), dual(2.0, [2.5, 4.0]));
    assert_same_bits(std::iter::empty().sum::<Dual<T, 2>>(), dual(-0.0, [0.0; 2]));
    assert_same_bits(x.scale(-0.5), dual(-1.5, [-0.5, 1.0]));
}

#[test]
fn arithmetic_follows_the_rules_of_differentiation() {
    arithmetic_rules::<f64>();
    arithmetic_rules::<f32>();
}

fn construction_and_inspection<T: Scalar + Bits>() {
    let number = T::from_f64;
    let dual = |x: f64, t: [f64; 3]| Dual::<T, 3>::new(number(x), numbers(t));

    assert_same_bits(
        Dual::seed(numbers::<T, 3>([5.0, 6.0, 7.0])),
        [dual(5.0, [1.0, 0.0, 0.0]), dual(6.0, [0.0, 1.0, 0.0]), dual(7.0, [0.0, 0.0, 1.0])],
    );
    assert_same_bits(Dual::variable(number(2.0), 1), dual(2.0, [0.0, 1.0, 0.0]));
    let constant = dual(2.0, [0.0; 3]);
    assert_same_bits(Dual::variable(number(2.0), 3), constant);
    assert_same_bits(Dual::constant(number(2.0)), constant);
    assert_same_bits(Dual::from(number(2.0)), constant);
    assert_same_bits(Dual::from_f64(2.0), constant);
    assert_same_bits(Dual::<T, 3>::default(), dual(0.0, [0.0; 3]));
    assert_same_bits(num_zero_one::<Dual<T, 3>>(), [dual(0.0, [0.0; 3]), dual(1.0, [0.0; 3])]);
    assert_eq!(<Dual<T, 3> as Scalar>::EPSILON, T::EPSILON);

    let x = dual(2.0, [1.0, -1.0, 0.5]);
    assert_eq!(x.value(), number(2.0));
    assert_eq!(x.primal(), 2.0);
    assert_eq!(x.tangent(), &numbers::<T, 3>([1.0, -1.0, 0.5]));
    assert_same_bits(x.detach(), constant);

    // One part that is not finite is enough.
    assert!(x.is_finite());
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(!dual(bad, [0.0; 3]).is_finite());
        assert!(!dual(1.0, [0.0, 0.0, bad]).is_finite());
    }
}

/// The neutral elements.
fn num_zero_one<S: Scalar>() -> [S; 2] {
    let (zero, one) = (S::zero(), S::one());
    assert!(zero.is_zero() && !one.is_zero());
    [zero, one]
}

#[test]
fn duals_are_made_of_a_value_and_tangents() {
    construction_and_inspection::<f64>();
    construction_and_inspection::<f32>();
    assert_eq!(<f64 as Scalar>::EPSILON, f64::EPSILON);
    assert_eq!(<f32 as Scalar>::EPSILON, f64::from(f32::EPSILON));
}

/// What becomes of a pair of state numbers.
fn settled<S: Scalar>(mut first: S, mut second: S) -> (S, S) {
    S::settle(&mut first, &mut second);
    (first, second)
}

fn settles_below<T: Scalar + Bits>(threshold: f64) {
    let number = T::from_f64;
    let dual = |x: f64, t: f64| Dual::<T, 2>::new(number(x), numbers([0.0, t]));
    let (below, above) = (0.999 * threshold, 1.001 * threshold);
    for sign in [1.0, -1.0] {
        let (tiny, small) = (number(sign * below), number(sign * above));
        assert_eq!(settled(tiny, tiny), (T::zero(), T::zero()));
        // Both must have decayed.
        assert_eq!(settled(tiny, small), (tiny, small));
        assert_eq!(settled(small, tiny), (small, tiny));
        for bad in [f64::NAN, f64::INFINITY] {
            assert_eq!(settled(number(bad), small), (T::zero(), T::zero()));
            assert_eq!(settled(small, number(bad)), (T::zero(), T::zero()));
            // A tangent that is not finite leaves the values alone.
            let (first, second) = settled(dual(1.0, bad), dual(2.0, 3.0));
            assert_same_bits([first, second], [dual(1.0, 0.0), dual(2.0, 0.0)]);
        }
        // Values and tangents go to rest separately.
        let (first, second) = (dual(sign * below, 1.0), dual(0.0, sign * below));
        let expected = [dual(0.0, 1.0), dual(0.0, sign * below)];
        assert_same_bits(<[_; 2]>::from(settled(first, second)), expected);
        let (first, second) = (dual(1.0, sign * below), dual(sign * below, 0.0));
        let expected = [dual(1.0, 0.0), dual(sign * below, 0.0)];
        assert_same_bits(<[_; 2]>::from(settled(first, second)), expected);
    }
}

#[test]
fn a_state_settles_when_values_or_tangents_are_tiny_or_not_finite() {
    settles_below::<f64>(10.0 * f64::MIN_POSITIVE);
    settles_below::<f32>(10.0 * f64::from(f32::MIN_POSITIVE));
}

#[test]
fn primals_round_to_the_type_and_widen_exactly() {
    let third = 1.0 / 3.0;
    assert_eq!(f64::from_f64(third), third);
    assert_ne!(f32::from_f64(third).primal(), third);
    assert!((f32::from_f64(third).primal() / third - 1.0).abs() < f64::from(f32::EPSILON) / 2.0);
    assert_eq!(Dual::<f32, 1>::from_f64(third).primal(), f32::from_f64(third).primal());
    assert_eq!(Second::<1>::from_f64(third).primal(), third);
}

// Second derivatives

#[test]
fn nested_duals_give_second_derivatives() {
    let mut worst = Worst::new();
    let mut checked = 0;
    for function in Unary::ALL {
        // Ordinary arguments: at the smallest, 1 − x² cancels in the second derivative.
        for &x in function.arguments().iter().filter(|x| (0.1..=30.0).contains(&x.abs())) {
            let y = function.of(Second::<1>::variable(Dual::variable(x, 0), 0));
            let [first] = tangents(y.value());
            assert_eq!(y.tangent()[0].value(), first, "{function:?} at {x}");
            let [second] = tangents(y.tangent()[0]);
            let error = error_in_epsilons::<f64>(second, function.second_derivative(x));
            worst.see(error, || format!("{function:?} at {x}"));
            checked += 1;
        }
    }
    assert!(checked > 150, "{checked} points");
    worst.at_most(8.0, "second derivatives");
}

/// Value, gradient and Hessian.
fn second_order(function: Binary, x: f64, y: f64) -> ([f64; 2], [[f64; 2]; 2]) {
    let [inner_x, inner_y] = Dual::<f64, 2>::seed([x, y]);
    let [x, y] = Second::<2>::seed([inner_x, inner_y]);
    let z = function.of(x, y);
    (tangents(z.value()), z.tangent().map(tangents))
}

#[test]
fn nested_duals_give_hessians() {
    let mut worst = Worst::new();
    for (x, y) in [(3.0, 4.0), (0.7, -1.3), (2.5, 0.75), (0.4, 1.6), (1.2, 1.0)] {
        let r = f64::hypot(x, y);
        let (r3, r4) = (r.powi(3), r.powi(4));
        let (power, ln) = (f64::powf(x, y), f64::ln(x));
        let mixed = power / x * (1.0 + y * ln);
        let opposite = (x * x - y * y) / r4;
        for (function, expected) in [
            (Binary::Mul, [[0.0, 1.0], [1.0, 0.0]]),
            (Binary::Div, [[0.0, -1.0 / (y * y)], [-1.0 / (y * y), 2.0 * x / y.powi(3)]]),
            (Binary::Hypot, [[y * y / r3, -x * y / r3], [-x * y / r3, x * x / r3]]),
            (Binary::Powf, [[y * (y - 1.0) * power / (x * x), mixed], [mixed, power * ln * ln]]),
            (Binary::Atan2, [[-2.0 * x * y / r4, opposite], [opposite, 2.0 * x * y / r4]]),
        ] {
            let (gradient, hessian) = second_order(function, x, y);
            let first = function.derivatives(x, y);
            for (found, expected) in gradient.into_iter().zip(first) {
                let error = error_in_epsilons::<f64>(found, expected);
                worst.see(error, || format!("gradient of {function:?} at {x}, {y}"));
            }
            for (row, column) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                let (found, expected) = (hessian[row][column], expected[row][column]);
                let error = error_in_epsilons::<f64>(found, expected);
                worst.see(error, || {
                    format!("{function:?} {row}{column} at {x}, {y}: {found}, not {expected}")
                });
            }
        }
    }
    worst.at_most(40.0, "Hessians");
}

#[test]
fn a_power_with_exponent_zero_keeps_its_mixed_derivative() {
    // d/dy (y x^(y−1)) at y = 0 is 1/x.
    let (gradient, hessian) = second_order(Binary::Powf, 2.0, 0.0);
    assert_eq!(gradient, [0.0, 2.0_f64.ln()]);
    assert_eq!(hessian[0][0], 0.0);
    assert_eq!([hessian[0][1], hessian[1][0]], [0.5, 0.5]);
}

// Complex numbers

/// Real and imaginary part as the two variables.
fn seeded(re: f64, im: f64) -> Complex<Dual<f64, 2>> {
    let [re, im] = Dual::seed([re, im]);
    Complex::new(re, im)
}

fn value(z: Complex<Dual<f64, 2>>) -> Complex<f64> {
    Complex::new(z.re.value(), z.im.value())
}

/// The derivative by one of the variables.
fn tangent(z: Complex<Dual<f64, 2>>, index: usize) -> Complex<f64> {
    Complex::new(z.re.tangent()[index], z.im.tangent()[index])
}

/// Every quadrant and axis, both sides of the branch cut, small and large.
const POINTS: [(f64, f64); 24] = [
    (3.0, 4.0),
    (-3.0, 4.0),
    (-3.0, -4.0),
    (3.0, -4.0),
    (2.0, 0.0),
    (2.0, -0.0),
    (0.0, 2.0),
    (-0.0, 2.0),
    (0.0, -2.0),
    (-2.0, 0.0),
    (-2.0, -0.0),
    (-2.0, 1e-13),
    (-2.0, -1e-13),
    (-2.0, 1e-200),
    (2.0, -1e-13),
    (1e-13, 2.0),
    (-1e-13, 2.0),
    (-1e-13, -2.0),
    (3e-60, -4e-60),
    (-3e-60, 4e-60),
    (-1e-70, 1e-73),
    (3e60, 4e60),
    (-3e60, -4e60),
    (-1e70, 1e67),
];

/// Where squares underflow and overflow.
const EXTREMES: [(f64, f64); 6] = [
    (3e-200, -4e-200),
    (-3e-200, 4e-200),
    (-1e-300, 1e-290),
    (3e200, 4e200),
    (-3e200, -4e200),
    (-1e300, 1e290),
];

/// The distance of two complex numbers in units of epsilon, relative to `expected`.
fn complex_error(found: Complex<f64>, expected: Complex<f64>) -> f64 {
    (found - expected).norm() / (expected.norm() * f64::EPSILON)
}

#[test]
fn complex_square_roots_are_the_principal_ones_with_exact_tangents() {
    let (mut values, mut tangents) = (Worst::new(), Worst::new());
    for (re, im) in POINTS.into_iter().chain(EXTREMES) {
        let here = || format!("at {re:e}, {im:e}");
        let root = seeded(re, im).sqrt();
        let w = value(root);
        // The square again, each part to its own precision.
        let norm = re.hypot(im);
        values.see(((w.re * w.re - w.im * w.im) - re).abs() / (norm * f64::EPSILON), here);
        values.see(error_in_epsilons::<f64>(2.0 * w.re * w.im, im), here);
        assert!(w.re >= 0.0 && w.im.is_sign_negative() == im.is_sign_negative(), "{}", here());
        // dw/dz = 1/(2w) = w*/(2|z|), each part to its own precision; dz is 1, then j.
        let slope = w.conj().scale(0.5 / norm);
        for (index, expected) in [slope, Complex::new(-slope.im, slope.re)].into_iter().enumerate()
        {
            let found = tangent(root, index);
            tangents.see(error_in_epsilons::<f64>(found.re, expected.re), here);
            tangents.see(error_in_epsilons::<f64>(found.im, expected.im), here);
        }
    }
    values.at_most(8.0, "values");
    tangents.at_most(8.0, "tangents");
}

#[test]
fn the_complex_square_root_of_zero_has_no_tangent() {
    for (re, im) in [(0.0, 0.0), (-0.0, 0.0), (0.0, -0.0)] {
        let root = seeded(re, im).sqrt();
        assert_eq!(value(root), Complex::new(0.0, 0.0));
        assert!([root.re, root.im].iter().all(|part| part.tangent().iter().all(|t| t.is_nan())));
    }
}

#[test]
fn complex_square_roots_are_continuous_except_across_the_branch_cut() {
    let above = seeded(-4.0, 1e-15).sqrt();
    let below = seeded(-4.0, -1e-15).sqrt();
    assert_eq!(value(above), value(below).conj());
    assert_eq!(value(above).im, 2.0);
    let on_the_cut = [seeded(-4.0, 0.0).sqrt(), seeded(-4.0, -0.0).sqrt()];
    for (beside, on) in [above, below].into_iter().zip(on_the_cut) {
        assert!((value(beside) - value(on)).norm() < 1e-15);
        for index in 0..2 {
            assert!((tangent(beside, index) - tangent(on, index)).norm() < 1e-15);
        }
    }
}

#[test]
fn complex_reciprocals_and_quotients_have_the_derivatives_of_calculus() {
    let (mut values, mut tangents) = (Worst::new(), Worst::new());
    let j = Complex::new(0.0, 1.0);
    for (re, im) in POINTS {
        let here = || format!("at {re:e}, {im:e}");
        let (variable, z) = (seeded(re, im), Complex::new(re, im));
        // The reciprocal by another route: divided by the norm twice.
        let norm = re.hypot(im);
        let expected = Complex::new(re / norm / norm, -im / norm / norm);
        let reciprocal = variable.recip();
        values.see(complex_error(value(reciprocal), expected), here);
        let slope = -(expected * expected);
        tangents.see(complex_error(tangent(reciprocal, 0), slope), here);
        tangents.see(complex_error(tangent(reciprocal, 1), slope * j), here);

        let other = Complex::new(0.3, -0.8);
        let constant = Complex::new(Dual::from(other.re), Dual::from(other.im));
        let quotient = constant / variable;
        values.see(complex_error(value(quotient), other * expected), here);
        tangents.see(complex_error(tangent(quotient, 0), other * slope), here);
        tangents.see(complex_error(tangent(quotient, 1), other * slope * j), here);

        let quotient = variable / constant;
        let inverse = other.conj().scale(1.0 / other.norm_sqr());
        values.see(complex_error(value(quotient), z * inverse), here);
        tangents.see(complex_error(tangent(quotient, 0), inverse), here);
        tangents.see(complex_error(tangent(quotient, 1), inverse * j), here);

        let product = variable * variable;
        values.see(complex_error(value(product), z * z), here);
        tangents.see(complex_error(tangent(product, 0), z.scale(2.0)), here);
        tangents.see(complex_error(tangent(product, 1), z.scale(2.0) * j), here);
    }
    values.at_most(8.0, "values");
    tangents.at_most(8.0, "tangents");
}

#[test]
fn complex_norms_and_angles_have_the_derivatives_of_calculus() {
    let mut worst = Worst::new();
    for (re, im) in POINTS.into_iter().chain(EXTREMES) {
        let z = seeded(re, im);
        let norm = re.hypot(im);
        assert_eq!(z.norm_sqr().value(), re * re + im * im);
        assert_eq!(z.norm_sqr().tangent(), &[2.0 * re, 2.0 * im]);
        worst
            .see(error_in_epsilons::<f64>(z.norm().value(), norm), || format!("at {re:e}, {im:e}"));
        worst.see(error_in_epsilons::<f64>(z.arg().value(), im.atan2(re)), || {
            format!("at {re:e}, {im:e}")
        });
        let by_norm = tangents(z.norm()).into_iter().zip([re / norm, im / norm]);
        let by_angle = tangents(z.arg()).into_iter().zip([-im / norm / norm, re / norm / norm]);
        for (found, expected) in by_norm.chain(by_angle) {
            let error = error_in_epsilons::<f64>(found, expected);
            worst.see(error, || format!("at {re:e}, {im:e}"));
        }
    }
    worst.at_most(8.0, "norms and angles");
}

#[test]
fn complex_arithmetic_is_that_of_its_parts() {
    let (z, w) = (Complex::new(3.0, -2.0), Complex::new(0.5, 4.0));
    assert_eq!(z + w, Complex::new(3.5, 2.0));
    assert_eq!(z - w, Complex::new(2.5, -6.0));
    assert_eq!(z * w, Complex::new(9.5, 11.0));
    assert_eq!((z * w) / w, z);
    assert_eq!(-z, Complex::new(-3.0, 2.0));
    assert_eq!(z.conj(), Complex::new(3.0, 2.0));
    assert_eq!(z.scale(0.5), Complex::new(1.5, -1.0));
    assert_eq!(z.norm_sqr(), 13.0);
    assert_eq!(Complex::new(0.5, -0.5).recip(), Complex::new(1.0, 1.0));
    assert_eq!(Complex::from_real(2.0), Complex::new(2.0, 0.0));
}

// The `dual_num` crate

/// Some functions of one number, for numbers from 1.1 to 3.
fn composed<S: Scalar>(x: S) -> [S; 8] {
    let one = S::one();
    let part = (x - one).scale(0.4);
    [
        (x.sin() * x.exp() + x.sqrt()) / (x * x + one),
        x.ln_1p().powf(x.scale(0.5) + one),
        (x.tanh() + x.atan()).hypot(x.cosh()),
        x.asinh().atan2(x.acosh() + one),
        x.exp_m1() / x.sinh() * x.recip().cos(),
        part.asin() + part.atanh() - part.acos().scale(0.25),
        (x.ln() + x.powi(-3) + x.powi(2)).sqrt().cos().powi(2) + x,
        [x, x.scale(-2.0).abs(), part.tan()].into_iter().sum::<S>().ln(),
    ]
}

#[test]
fn tangents_agree_with_the_dual_num_crate() {
    let mut random = StdRng::seed_from_u64(1);
    let (mut single, mut composite) = (Worst::new(), Worst::new());
    for _ in 0..2_000 {
        let low: f64 = random.random_range(-0.85..0.85);
        let high: f64 = random.random_range(1.1..3.0);
        for function in Unary::ALL {
            let x = match function {
                Unary::Asin | Unary::Acos | Unary::Atanh | Unary::Ln1p | Unary::Tanh => low,
                Unary::Sqrt | Unary::Ln | Unary::Acosh => high,
                _ => high * low.signum(),
            };
            let ours = function.of(Dual::new(x, [1.5]));
            let theirs = function.of(dual_num::Dual::new(x, 1.5));
            let here = || format!("{function:?} at {x}");
            single.see(error_in_epsilons::<f64>(ours.value(), theirs.real()), here);
            single.see(error_in_epsilons::<f64>(ours.tangent()[0], theirs.dual()), here);
        }
        for function in Binary::ALL {
            let base = if function == Binary::Powf { low.abs() } else { low };
            let ours = function.of(Dual::new(base, [1.5]), Dual::new(high, [0.25]));
            let theirs =
                function.of(dual_num::Dual::new(base, 1.5), dual_num::Dual::new(high, 0.25));
            let here = || format!("{function:?} at {base}, {high}");
            single.see(error_in_epsilons::<f64>(ours.value(), theirs.real()), here);
            // Two terms, which may cancel.
            let [by_base, by_other] = function.derivatives(base, high);
            let scale = (1.5 * by_base).abs() + (0.25 * by_other).abs();
            let error = (ours.tangent()[0] - theirs.dual()).abs() / (scale * f64::EPSILON);
            single.see(error, here);
        }
        let ours = composed(Dual::new(high, [1.0]));
        let theirs = composed(dual_num::Dual::new(high, 1.0));
        for (index, (ours, theirs)) in ours.into_iter().zip(theirs).enumerate() {
            let here = || format!("number {index} at {high}");
            let scale = (theirs.real().abs() + theirs.dual().abs()) * f64::EPSILON;
            composite.see((ours.value() - theirs.real()).abs() / scale, here);
            composite.see((ours.tangent()[0] - theirs.dual()).abs() / scale, here);
        }
    }
    single.at_most(14.0, "single functions");
    composite.at_most(8.0, "composed functions");
}

#[test]
fn singular_derivatives_hold_for_the_dual_num_crate_too() {
    for (function, x) in [
        (Unary::Sqrt, 0.0),
        (Unary::Asin, 1.0),
        (Unary::Acos, -1.0),
        (Unary::Atanh, 1.0),
        (Unary::Acosh, 1.0),
        (Unary::Ln, 0.0),
        (Unary::Recip, 0.0),
    ] {
        let ours = tangents(function.of(at::<f64>(x)));
        let theirs = [1.0, -1.0, 0.0].map(|t| function.of(dual_num::Dual::new(x, t)).dual());
        assert_same(theirs, ours);
    }
    for exponent in [-2.0, -0.5, 0.5, 1.0, 1.5, 2.0] {
        let ours = tangents(at::<f64>(0.0).powf(Dual::from_f64(exponent)));
        let power = |t| Scalar::powf(dual_num::Dual::new(0.0, t), dual_num::Dual::from(exponent));
        assert_same([1.0, -1.0, 0.0].map(|t| power(t).dual()), ours);
    }
    let (zero, minus_two) = (dual_num::Dual::new(0.0, 1.0), dual_num::Dual::new(-2.0, 1.0));
    assert_eq!(Scalar::hypot(zero, zero).into_tuple(), (0.0, 0.0));
    assert!(Scalar::atan2(zero, zero).dual().is_nan());
    assert_eq!(Scalar::powf(minus_two, dual_num::Dual::from(3.0)).into_tuple(), (-8.0, 12.0));
    assert_eq!(minus_two.scale(-0.5).into_tuple(), (1.0, -0.5));
    assert_eq!(minus_two.detach().into_tuple(), (-2.0, 0.0));
    let (first, second) = settled(dual_num::Dual::new(1e-307, 1.0), dual_num::Dual::new(0.0, 2.0));
    assert_eq!((first.into_tuple(), second.into_tuple()), ((0.0, 1.0), (0.0, 2.0)));
    assert!(!Scalar::is_finite(dual_num::Dual::new(0.0, f64::NAN)));
}

// Values

/// Arguments of every size and both signs, many of them ordinary, and the special ones.
fn any_number(random: &mut StdRng) -> f64 {
    const SPECIAL: [f64; 12] = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
        f64::MAX,
        f64::MIN_POSITIVE,
        -1e-310,
        FRAC_PI_2,
        0.5,
    ];
    match random.random_range(0..8) {
        0 => SPECIAL[random.random_range(0..SPECIAL.len())],
        1 => 10.0_f64.powf(random.random_range(-300.0..300.0)),
        2 => -(10.0_f64.powf(random.random_range(-300.0..300.0))),
        3 => 10.0_f64.powf(random.random_range(-20.0..20.0)),
        4 | 5 => random.random_range(-1.0..1.0),
        _ => random.random_range(-10.0..10.0),
    }
}

#[track_caller]
fn assert_same_value<S: Scalar, T: Scalar>(dual: S, plain: T, what: impl FnOnce() -> String) {
    let (dual, plain) = (dual.primal(), plain.primal());
    let same = dual.to_bits() == plain.to_bits() || (dual.is_nan() && plain.is_nan());
    assert!(same, "{}: {dual:e} is not {plain:e}", what());
}

fn values_are_those_of_the_plain_type<T: Scalar>(count: usize) {
    let mut random = StdRng::seed_from_u64(2);
    for _ in 0..count {
        let [x, y] = numbers::<T, 2>([any_number(&mut random), any_number(&mut random)]);
        let mut any_tangent = || numbers([any_number(&mut random), any_number(&mut random)]);
        let [u, v] = [x, y].map(|x| Dual::<T, 2>::new(x, any_tangent()));
        let [inner, other] = [u, v].map(|u| Dual::<Dual<T, 2>, 1>::new(u, [v]));
        for function in Unary::ALL {
            let what = || format!("{function:?} of {x:?}");
            assert_same_value(function.of(u), function.of(x), what);
            assert_same_value(function.of(inner), function.of(x), what);
        }
        for function in Binary::ALL {
            let what = || format!("{function:?} of {x:?}, {y:?}");
            assert_same_value(function.of(u, v), function.of(x, y), what);
            assert_same_value(function.of(inner, other), function.of(x, y), what);
        }
        let what = || format!("arithmetic with {x:?}, {y:?}");
        assert_same_value(-u, -x, what);
        assert_same_value(u + y, x + y, what);
        assert_same_value(u - y, x - y, what);
        assert_same_value(u * y, x * y, what);
        assert_same_value(u / y, x / y, what);
        assert_same_value(u.scale(y.primal()), x.scale(y.primal()), what);
        assert_same_value(u.detach(), x, what);
        let exponent = random.random_range(-12..=12);
        assert_same_value(u.powi(exponent), x.powi(exponent), || format!("{x:?}^{exponent}"));
        let (z, w) = (Complex::new(x, y), Complex::new(u, v));
        for (plain, dual) in
            [(z.sqrt(), w.sqrt()), (z.recip(), w.recip()), (z / z.conj(), w / w.conj())]
        {
            let what = || format!("complex {x:?}, {y:?}");
            assert_same_value(dual.re, plain.re, what);
            assert_same_value(dual.im, plain.im, what);
        }
    }
}

#[test]
fn values_of_duals_are_those_of_the_plain_type_bit_for_bit() {
    values_are_those_of_the_plain_type::<f64>(20_000);
    values_are_those_of_the_plain_type::<f32>(20_000);
}

#[test]
fn sums_are_those_of_the_plain_type_bit_for_bit() {
    for terms in [vec![], vec![-0.0], vec![-0.0, -0.0], vec![-0.0, 0.0], vec![0.1, 0.2, -0.3]] {
        let plain: f64 = terms.iter().sum();
        let dual: Dual<f64, 1> = terms.iter().map(|&term| Dual::from(term)).sum();
        assert_same_value(dual, plain, || format!("the sum of {terms:?}"));
    }
}
