//! The `dual_num` crate as an oracle.

use filterbank::{Dual, Scalar};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::common::worst::Worst;
use crate::errors::{assert_same, at, error_in_epsilons, settled, tangents};
use crate::functions::{Binary, Unary};

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
    let (mut single, mut composite) = (Worst::default(), Worst::default());
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
    single.assert_at_most(14.0, "single functions");
    composite.assert_at_most(8.0, "composed functions");
}

#[test]
fn singular_derivatives_agree_with_the_dual_num_crate() {
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
