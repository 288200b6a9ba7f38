//! Second derivatives by nested duals.

use filterbank::Dual;

use crate::common::worst::Worst;
use crate::errors::{error_in_epsilons, tangents};
use crate::functions::{Binary, Unary};

/// A number with its gradient and its Hessian.
pub type Second<const N: usize> = Dual<Dual<f64, N>, N>;

#[test]
fn nested_duals_give_second_derivatives() {
    let mut worst = Worst::default();
    let mut checked = 0;
    for function in Unary::ALL {
        // Ordinary arguments only: 1 − x² cancels in the second derivative at the extreme ones.
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
    worst.assert_at_most(8.0, "second derivatives");
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
    let mut worst = Worst::default();
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
    worst.assert_at_most(40.0, "Hessians");
}

#[test]
fn a_power_with_exponent_zero_keeps_its_mixed_derivative() {
    // d/dy (y x^(y−1)) at y = 0 is 1/x.
    let (gradient, hessian) = second_order(Binary::Powf, 2.0, 0.0);
    assert_eq!(gradient, [0.0, 2.0_f64.ln()]);
    assert_eq!(hessian[0][0], 0.0);
    assert_eq!([hessian[0][1], hessian[1][0]], [0.5, 0.5]);
}
