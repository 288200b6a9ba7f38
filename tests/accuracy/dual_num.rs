//! `Scalar` on the numbers of the `dual_num` crate: every value is that of `f64` and every tangent
//! that of [`Dual`], bit for bit.

use dual_num::Dual as Theirs;
use filterbank::{Dual, Scalar};

/// Numbers of every kind: ordinary, tiny, huge, and next to where a derivative ends.
const GRID: [f64; 29] = [
    -1e200,
    -1e15,
    -720.0,
    -30.0,
    -3.5,
    -1.0,
    -0.9999999999,
    -0.6,
    -1e-9,
    -1e-200,
    -0.0,
    0.0,
    1e-200,
    1e-9,
    0.1,
    0.3,
    0.6,
    0.9999999999,
    1.0,
    1.0000000001,
    1.7,
    3.5,
    9.3,
    20.0,
    30.0,
    720.0,
    1e15,
    1e200,
    f64::INFINITY,
];

/// Every function of one number.
fn unary<S: Scalar>(x: S) -> Vec<(&'static str, S)> {
    vec![
        ("recip", x.recip()),
        ("abs", x.abs()),
        ("sqrt", x.sqrt()),
        ("cbrt", x.cbrt()),
        ("powi(-3)", x.powi(-3)),
        ("powi(0)", x.powi(0)),
        ("powi(1)", x.powi(1)),
        ("powi(5)", x.powi(5)),
        ("exp", x.exp()),
        ("exp2", x.exp2()),
        ("exp_m1", x.exp_m1()),
        ("logistic", x.logistic()),
        ("softplus", x.softplus()),
        ("ln", x.ln()),
        ("log2", x.log2()),
        ("log10", x.log10()),
        ("ln_1p", x.ln_1p()),
        ("sin", x.sin()),
        ("cos", x.cos()),
        ("tan", x.tan()),
        ("asin", x.asin()),
        ("acos", x.acos()),
        ("atan", x.atan()),
        ("sinh", x.sinh()),
        ("cosh", x.cosh()),
        ("tanh", x.tanh()),
        ("asinh", x.asinh()),
        ("acosh", x.acosh()),
        ("atanh", x.atanh()),
        ("scale", x.scale(-0.3)),
        ("detach", x.detach()),
    ]
}

/// Every function of two numbers.
fn binary<S: Scalar>(x: S, y: S) -> Vec<(&'static str, S)> {
    vec![
        ("hypot", x.hypot(y)),
        ("powf", x.powf(y)),
        ("atan2", x.atan2(y)),
        ("max", Scalar::max(x, y)),
        ("min", Scalar::min(x, y)),
        ("clamp", Scalar::clamp(x, y, S::one())),
    ]
}

/// The same bits, all NaNs being equal.
fn same(one: f64, other: f64) -> bool {
    one.to_bits() == other.to_bits() || (one.is_nan() && other.is_nan())
}

#[track_caller]
fn assert_same(
    plain: &[(&str, f64)],
    ours: &[(&str, Dual<f64, 1>)],
    theirs: &[(&str, Theirs<f64>)],
    at: &str,
) {
    for (((name, plain), (_, ours)), (_, theirs)) in plain.iter().zip(ours).zip(theirs) {
        assert!(same(theirs.real(), *plain), "{name} at {at}: {theirs}, not {plain}");
        let [tangent] = *ours.tangent();
        assert!(same(theirs.dual(), tangent), "{name}' at {at}: {theirs}, not {tangent}");
    }
}

#[test]
fn every_function_has_the_values_of_f64_and_the_tangents_of_dual() {
    for x in GRID {
        for tangent in [1.0, -0.7, 0.0] {
            let (ours, theirs) = (Dual::new(x, [tangent]), Theirs::new(x, tangent));
            assert_same(&unary(x), &unary(ours), &unary(theirs), &format!("{x}"));
            for y in GRID {
                let (ours_y, theirs_y) = (Dual::new(y, [0.4]), Theirs::new(y, 0.4));
                let at = format!("{x}, {y}");
                assert_same(&binary(x, y), &binary(ours, ours_y), &binary(theirs, theirs_y), &at);
            }
        }
    }
}

#[test]
fn derivatives_that_the_crate_has_wrong_are_right() {
    let at = |x: f64| Theirs::new(x, 1.0);
    let (sech, beside_one) = (2.0 / (20_f64.exp() + (-20_f64).exp()), 1.0 - 1e-10);
    for (found, derivative) in [
        (Scalar::tanh(at(20.0)), sech * sech),
        (Scalar::asinh(at(1e200)), 1e-200),
        (Scalar::asin(at(beside_one)), 1.0 / ((1.0 - beside_one) * (1.0 + beside_one)).sqrt()),
        (Scalar::powf(at(0.0), Theirs::from(2.0)), 0.0),
        (Scalar::hypot(at(3e-200), Theirs::from(4e-200)), 0.6),
    ] {
        assert!((found.dual() - derivative).abs() <= 1e-15 * derivative, "{found}, {derivative}");
    }
}
