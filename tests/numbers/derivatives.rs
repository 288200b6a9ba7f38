//! Derivatives from calculus, at ordinary points and at the ends of the range.

use filterbank::{Dual, Scalar};

use crate::common::worst::Worst;
use crate::errors::{error_in_epsilons, numbers, tangents};
use crate::functions::{Binary, Unary};

fn unary_errors<T: Scalar>() -> (Worst, Worst) {
    let (mut value, mut tangent) = (Worst::default(), Worst::default());
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
    value.assert_at_most(8.0, "f64 values");
    tangent.assert_at_most(8.0, "f64 tangents");
    let (value, tangent) = unary_errors::<f32>();
    value.assert_at_most(8.0, "f32 values");
    tangent.assert_at_most(8.0, "f32 tangents");
}

fn binary_errors<T: Scalar>() -> Worst {
    let mut worst = Worst::default();
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
            // Both arguments vary together: the sum of both derivatives.
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
    binary_errors::<f64>().assert_at_most(4.0, "f64");
    binary_errors::<f32>().assert_at_most(4.0, "f32");
}

#[test]
fn derivatives_survive_at_the_ends_of_the_range() {
    let mut worst = Worst::default();
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
    worst.assert_at_most(8.0, "f64");
}
