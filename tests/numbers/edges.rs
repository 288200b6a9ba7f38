//! Derivatives at poles, kinks and branch cuts, as documented.

use std::f64::consts::{FRAC_PI_2, PI};

use filterbank::{Dual, Scalar};

use crate::errors::{assert_same, at, numbers, tangents};
use crate::functions::Unary;

/// The tangents of [`at`] where the derivative is infinite.
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
    // Away from the origin there is no kink: on the axes one derivative is 0, the other ±1.
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
    // The derivative by the base depends on the exponent.
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
    // A base of 0 stays 0 for every positive exponent.
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
    // The logarithm of a negative base enters only where the exponent varies.
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
