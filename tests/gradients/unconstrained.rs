//! Sections from unconstrained parameters.

use filterbank::{Dual, Scalar, Section};
use proptest::prelude::{ProptestConfig, Strategy};
use proptest::{prop_assert, prop_oneof, proptest};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::common::worst::larger;
use crate::references::differences;

/// The last two numbers are the reflection parameters.
fn random_params(random: &mut StdRng, reach: f64) -> [f64; 5] {
    std::array::from_fn(|_| random.random_range(-reach..reach))
}

#[test]
fn unconstrained_parameters_have_exact_gradients() {
    let mut random = StdRng::seed_from_u64(1);
    let (mut against_differences, mut against_oracle) = (0.0, 0.0);
    for _ in 0..300 {
        let params = random_params(&mut random, 2.5);
        let found = Section::from_unconstrained(Dual::<f64, 5>::seed(params)).coefficients();
        for (index, &value) in params.iter().enumerate() {
            let moved = |value: f64| {
                let mut moved = params;
                moved[index] = value;
                Section::from_unconstrained(moved).coefficients().to_vec()
            };
            let expected = differences(moved, value, 0.2);
            let mut seeded = params.map(dual_num::Dual::from);
            seeded[index] = dual_num::Dual::new(value, 1.0);
            let oracle = Section::from_unconstrained(seeded).coefficients();
            for (number, found) in found.iter().enumerate() {
                let tangent = found.tangent()[index];
                let scale = tangent.abs() + 0.1;
                let error = (tangent - expected[number]).abs() / scale;
                against_differences = larger(against_differences, error);
                let error = (tangent - oracle[number].dual()).abs() / scale;
                against_oracle = larger(against_oracle, error);
            }
        }
    }
    println!("against differences {against_differences:.1e}, dual_num {against_oracle:.1e}");
    assert!(against_differences < 6e-13 && against_oracle < 8e-15);
}

#[test]
fn sections_and_unconstrained_parameters_are_each_others_inverse() {
    let mut random = StdRng::seed_from_u64(2);
    let (mut coefficients, mut parameters, mut identity) = (0.0, 0.0, 0.0);
    for _ in 0..20_000 {
        // A stable section, uniform in the stability triangle.
        let a2: f64 = random.random_range(-1.0..1.0);
        let a1 = (1.0 + a2) * random.random_range(-1.0..1.0);
        let [b0, b1, b2] = std::array::from_fn(|_| random.random_range(-3.0..3.0));
        let section = Section::from_coefficients([b0, b1, b2, a1, a2]);
        let params = section.to_unconstrained().expect("the section is stable");
        let again = Section::from_unconstrained(params);
        assert_eq!([again.b0, again.b1, again.b2], [b0, b1, b2]);
        coefficients = larger(coefficients, (again.a1 - a1).abs());
        coefficients = larger(coefficients, (again.a2 - a2).abs());

        // The composition in the other order, with tangents, is the identity.
        let params = random_params(&mut random, 4.0);
        let section = Section::from_unconstrained(Dual::<f64, 5>::seed(params));
        let again = section.to_unconstrained().expect("the section is stable");
        for (index, (again, param)) in again.iter().zip(params).enumerate() {
            // Rounding errors of k are amplified by dr/dk = 1/(1 − k²).
            let stretched = param.cosh().powi(2);
            parameters = larger(parameters, (again.value() - param).abs() / stretched);
            for (other, tangent) in again.tangent().iter().enumerate() {
                let expected = if other == index { 1.0 } else { 0.0 };
                let all = params[3].cosh().powi(2).max(params[4].cosh().powi(2));
                identity = larger(identity, (tangent - expected).abs() / all);
            }
        }
    }
    println!("coefficients {coefficients:.1e}, parameters {parameters:.1e}, {identity:.1e}");
    assert!(coefficients < 1e-15 && parameters < 1.2e-15 && identity < 3e-15);
}

#[test]
fn only_sections_that_are_safely_stable_have_unconstrained_parameters() {
    let params =
        |a1: f64, a2: f64| Section::from_coefficients([1.0, 0.0, 0.0, a1, a2]).to_unconstrained();
    for (a1, a2) in [(0.0, 1.0), (2.0, 1.0), (1.5, 0.5), (-1.5, 0.5), (0.0, -1.0), (0.0, 1.5)] {
        assert_eq!(params(a1, a2), None, "{a1} {a2}");
    }
    assert_eq!(params(f64::NAN, 0.0), None);
    assert_eq!(
        Section::from_coefficients([f64::INFINITY, 0.0, 0.0, 0.0, 0.0]).to_unconstrained(),
        None
    );
    // Within a few units in the last place of instability.
    assert_eq!(params(0.0, 1.0 - 4.0 * f64::EPSILON), None);
    assert_eq!(params(1.5 - 2.0 * f64::EPSILON, 0.5), None);
    assert!(params(0.0, 1.0 - 32.0 * f64::EPSILON).is_some());
    assert!(params(1.5 - 64.0 * f64::EPSILON, 0.5).is_some());
}

/// Any finite number, every second one of ordinary size.
fn any_f64() -> impl Strategy<Value = f64> {
    use proptest::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    prop_oneof![POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO, -50.0..50.0]
}

/// Any finite number, every second one of ordinary size.
fn any_f32() -> impl Strategy<Value = f32> {
    use proptest::num::f32::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    prop_oneof![POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO, -30.0_f32..30.0]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 5_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_unconstrained_parameters_give_a_stable_f64_section(
        params in proptest::array::uniform5(any_f64()),
    ) {
        let section = Section::from_unconstrained(Dual::<f64, 5>::seed(params));
        prop_assert!(section.is_stable());
        prop_assert!(section.coefficients().iter().all(|c| c.is_finite()));
    }

    #[test]
    fn any_unconstrained_parameters_give_a_stable_f32_section(
        params in proptest::array::uniform5(any_f32()),
    ) {
        let section = Section::from_unconstrained(Dual::<f32, 5>::seed(params));
        prop_assert!(section.is_stable());
        prop_assert!(section.coefficients().iter().all(|c| c.is_finite()));
    }
}
