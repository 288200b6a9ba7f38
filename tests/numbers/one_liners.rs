//! The usual one-liners of `num-traits` users compile on dual numbers, with the right value and
//! derivative.

use filterbank::ad::Number;
use filterbank::number::Complex;
use filterbank::{Dual, Scalar, gradient};

/// Checks a function of one variable against its value and derivative.
#[track_caller]
fn check(x: f64, value: f64, slope: f64, f: impl FnMut(&[Number; 1]) -> Number) {
    let Ok((found, gradient)) = gradient(&[x], f);
    assert!((found - value).abs() <= 1e-15 * value.abs().max(1.0), "{found} is not {value}");
    assert!((gradient[0] - slope).abs() <= 4e-15 * slope.abs().max(1.0), "{gradient:?}, {slope}");
}

#[test]
fn plain_numbers_on_either_side() {
    check(3.0, 6.0, 2.0, |[x]| 2.0 * *x);
    check(3.0, -2.0, -1.0, |[x]| 1.0 - *x);
    check(3.0, 4.0, 1.0, |[x]| 1.0 + *x);
    check(4.0, 0.25, -0.0625, |[x]| 1.0 / *x);
    check(3.0, 2.0, 0.5, |[x]| (*x + 1.0) / 2.0);
    check(3.0, 1.0, 0.5, |[x]| {
        let mut y = *x;
        y += 1.0;
        y -= 2.0;
        y *= 3.0;
        y /= 6.0;
        y
    });
}

#[test]
fn nested_duals_take_plain_numbers() {
    let inner = Dual::<f64, 1>::variable(3.0, 0);
    let x = Dual::<Dual<f64, 1>, 1>::new(inner, [Dual::constant(1.0)]);
    let y = 2.0 * x * x + 1.0 / x;
    assert_eq!(y.primal(), 18.0 + 1.0 / 3.0);
    let second = y.tangent()[0].tangent()[0];
    assert!((second - (4.0 + 2.0 / 27.0)).abs() < 1e-15);
}

#[test]
fn comparison_is_by_value() {
    let [x, y] = Dual::<f64, 2>::seed([1.0, 2.0]);
    assert!(x < y && x <= y);
    assert!(y > x && y != x);
    assert!(x > 0.5 && x < 1.5 && x == 1.0);
    // The same value with other tangents.
    assert!(x == Dual::constant(1.0) && y - 1.0 == x);
    assert_eq!(x.partial_cmp(&Dual::constant(f64::NAN)), None);
}

#[test]
fn display_shows_value_and_tangents() {
    let [x, y] = Dual::<f64, 2>::seed([1.5, 2.0]);
    assert_eq!((x * y).to_string(), "3 + [2, 1.5]ε");
    assert_eq!(format!("{x:.2}"), "1.50 + [1.00, 0.00]ε");
    assert_eq!(Complex::new(3.0, -4.0).to_string(), "3-4j");
}

#[test]
fn sums_and_products_of_references() {
    let Ok((value, gradient)) = gradient(&[2.0, 3.0, 4.0], |xs| {
        let (sum, product): (Number, Number) = (xs.iter().sum(), xs.iter().product());
        sum + product
    });
    assert_eq!((value, gradient), (33.0, vec![13.0, 9.0, 7.0]));
}

#[test]
fn logarithms_powers_and_roots_by_base() {
    let (ln_2, ln_10) = (std::f64::consts::LN_2, std::f64::consts::LN_10);
    check(100.0, 2.0, 0.01 / ln_10, |[x]| x.log10());
    check(8.0, 3.0, 0.125 / ln_2, |[x]| x.log2());
    check(3.0, 8.0, 8.0 * ln_2, |[x]| x.exp2());
    check(-27.0, -3.0, 1.0 / 27.0, |[x]| x.cbrt());
}

#[test]
fn maximum_minimum_and_clamp() {
    check(3.0, 3.0, 1.0, |[x]| x.max(Number::constant(2.0)));
    check(1.0, 2.0, 0.0, |[x]| x.max(Number::constant(2.0)));
    check(1.0, 1.0, 1.0, |[x]| x.min(Number::constant(2.0)));
    let between = |x: &Number| x.clamp(Number::constant(-1.0), Number::constant(1.0));
    check(0.5, 0.5, 1.0, |[x]| between(x));
    check(-7.0, -1.0, 0.0, |[x]| between(x));
    // At the kink the tangents of the number itself are kept.
    check(1.0, 1.0, 1.0, |[x]| between(x));
    // A number wins over NaN.
    let nan = Number::constant(f64::NAN);
    check(1.0, 1.0, 2.0, |[x]| nan.max(*x) + x.min(nan) - 1.0);
}

#[test]
fn complex_exponential_and_magnitude() {
    check(0.0, 0.0, 1.0, |[x]| Complex::new(Number::constant(0.0), *x).exp().im);
    check(1.0, 1.0_f64.exp(), 1.0_f64.exp(), |[x]| {
        Complex::new(*x, Number::constant(2.0)).exp().abs()
    });
}
