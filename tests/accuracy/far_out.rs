//! Functions and levels where their parts overflow or underflow.

use filterbank::section::CirclePoint;
use filterbank::{Band, Cascade, Dual, Method, Scalar, Section};

use crate::common::worst::Worst;

/// Value, first and second derivative of a function at a point.
fn derivatives<T: Scalar>(
    x: f64,
    function: impl Fn(Dual<Dual<T, 1>, 1>) -> Dual<Dual<T, 1>, 1>,
) -> [f64; 3] {
    let y = function(Dual::variable(Dual::variable(T::from_f64(x), 0), 0));
    let [first] = *y.tangent();
    [y.primal(), first.primal(), first.tangent()[0].primal()]
}

/// Sees relative errors; numbers too small to be normal need only be as small.
fn see<T: Scalar>(worst: &mut Worst, found: [f64; 3], expected: [f64; 3], at: &str) {
    let least = if T::EPSILON < 1e-10 { f64::MIN_POSITIVE } else { f64::from(f32::MIN_POSITIVE) };
    for (order, (found, expected)) in found.into_iter().zip(expected).enumerate() {
        let error = (found - expected).abs() / (expected.abs().max(least) * T::EPSILON);
        worst.see(error, || format!("{found}, not {expected}: derivative {order} at {at}"));
    }
}

const POINTS: [f64; 19] = [
    -1e300, -800.0, -745.0, -720.0, -700.0, -100.0, -40.5, -39.5, -1.0, 0.0, 1e-9, 0.3, 3.0, 37.0,
    40.5, 100.0, 350.0, 711.0, 1e300,
];

#[test]
fn the_logistic_function_and_its_derivatives_are_exact_everywhere() {
    let mut worst = Worst::default();
    for x in POINTS {
        // In e = exp(−|x|): σ = 1/(1 + e) or e/(1 + e), σ' = e/(1 + e)², σ'' = ∓e(1 − e)/(1 + e)³.
        let e = (-x.abs()).exp();
        let side = if x < 0.0 { e } else { 1.0 };
        let slope = e / (1.0 + e).powi(2);
        let second = -x.signum() * slope * (-(-x.abs()).exp_m1()) / (1.0 + e);
        let expected = [side / (1.0 + e), slope, second];
        let found = derivatives::<f64>(x, Scalar::logistic);
        if x.abs() > 1e-6 {
            see::<f64>(&mut worst, found, expected, &x.to_string());
        } else {
            // The second derivative vanishes at 0.
            see::<f64>(
                &mut worst,
                [found[0], found[1], 0.25],
                [expected[0], expected[1], 0.25],
                "0",
            );
            assert!((found[2] - expected[2]).abs() < 1e-16, "{}", found[2]);
        }
    }
    worst.assert_at_most(8.0, "logistic");
}

#[test]
fn softplus_and_its_derivatives_are_exact_everywhere() {
    let mut worst = Worst::default();
    for x in POINTS {
        let e = (-x.abs()).exp();
        let (above, side) = if x < 0.0 { (0.0, e) } else { (x, 1.0) };
        let expected = [above + e.ln_1p(), side / (1.0 + e), e / (1.0 + e).powi(2)];
        let found = derivatives::<f64>(x, Scalar::softplus);
        see::<f64>(&mut worst, found, expected, &x.to_string());
    }
    worst.assert_at_most(8.0, "softplus");
}

#[test]
fn the_hyperbolic_tangent_has_derivatives_beyond_the_overflow_of_cosh() {
    let (mut double, mut single) = (Worst::default(), Worst::default());
    let expected = |x: f64| {
        // In e = exp(−2|x|): sech² = 4e/(1 + e)², tanh'' = −2 tanh sech².
        let e = (-2.0 * x.abs()).exp();
        let slope = 4.0 * e / (1.0 + e).powi(2);
        [x.tanh(), slope, -2.0 * x.tanh() * slope]
    };
    for x in POINTS {
        see::<f64>(&mut double, derivatives::<f64>(x, Scalar::tanh), expected(x), &x.to_string());
        let x = f32::from_f64(x).primal();
        if x.is_finite() {
            let found = derivatives::<f32>(x, Scalar::tanh);
            see::<f32>(&mut single, found, expected(x), &x.to_string());
        }
    }
    double.assert_at_most(8.0, "tanh in f64");
    single.assert_at_most(8.0, "tanh in f32");
}

#[test]
fn where_the_chain_rule_fails_is_as_documented() {
    let one = Dual::constant(Dual::constant(1.0));
    let naive = derivatives::<f64>(-720.0, |x| (one + (-x).exp()).recip());
    assert!(naive[0] == 0.0 && naive[1].is_nan());
    let naive = derivatives::<f64>(720.0, |x| (one + x.exp()).ln());
    assert!(naive[1].is_nan());
    let power = |exponent: f64| Dual::constant(Dual::constant(exponent));
    let product = derivatives::<f64>(0.0, |x| x * x.powf(power(1.1)));
    assert_eq!(product[..2], [0.0, 0.0]);
    assert!(product[2].is_nan());
    assert_eq!(derivatives::<f64>(0.0, |x| x.powf(power(2.1))), [0.0, 0.0, 0.0]);
    assert!(derivatives::<f64>(0.0, |x| (x * x).sqrt())[1].is_nan());
}

#[test]
fn levels_do_not_underflow_with_their_squares() {
    let section = Section::from_coefficients([1.0, 0.4, 0.1, -1.2, 0.5]);
    let point = CirclePoint::from_omega(0.7);
    let level = 20.0 * section.response_at(point).norm().log10();
    let at = 0.7 / std::f64::consts::TAU;
    for gain_db in [-6_000.0, -3_400.0, -400.0, 3_400.0, 6_000.0] {
        let scaled = section.with_gain(10_f64.powf(gain_db / 20.0));
        let found = Cascade::from_array([scaled], 1.0).expect("a sample rate").magnitude_db(at);
        assert!((found - level - gain_db).abs() < 1e-9, "{found}");
    }
    for gain_db in [-500.0, -300.0, 300.0, 500.0] {
        let scaled = section.with_gain(10_f64.powf(gain_db / 20.0)).cast::<f32>();
        let found = Cascade::from_array([scaled], 1.0).expect("a sample rate").magnitude_db(at);
        assert!((f64::from(found) - level - gain_db).abs() < 1e-3, "{found}");
    }
}

#[test]
fn phases_do_not_vanish_with_the_product_of_many_sections() {
    let method = Method::Butterworth { order: 24 };
    let lowpass = Band::lowpass(method, 20.0_f64).design(48_000.0).expect("designs");
    for frequency in [11_000.0, 17_000.0, 23_000.0] {
        let single = lowpass.cast::<f32>();
        assert_eq!(single.response(frequency).norm(), 0.0);
        let turn = f64::from(single.phase(frequency)) - lowpass.phase(frequency);
        assert!(turn.sin().abs() < 1e-4 && turn.cos() > 0.0, "{turn} at {frequency} Hz");
    }
    let four_times = [lowpass.sections(); 4].concat();
    let four_times = Cascade::from_sections(four_times, 48_000.0).expect("a sample rate");
    assert_eq!(four_times.response(23_000.0).norm(), 0.0);
    let turn = four_times.phase(23_000.0) - 4.0 * lowpass.phase(23_000.0);
    assert!(turn.sin().abs() < 1e-12 && turn.cos() > 0.0, "{turn}");
}
