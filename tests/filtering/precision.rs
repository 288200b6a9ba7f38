//! Rounding noise, gains and casts.

use filterbank::section::SectionState;
use filterbank::{Cascade, Dual, Scalar, Section};

use crate::cascades::{SAMPLE_RATE, cascades, processed};
use crate::common::exact::Standard;
use crate::common::noise::noise;

#[test]
fn single_precision_is_as_noisy_as_its_rounding_makes_it() {
    for cascade in cascades() {
        let narrow: Cascade<f32> = cascade.cast();
        let wide: Cascade<f64> = narrow.cast();
        let input: Vec<f32> = noise(20_000, 10);
        let wide_input: Vec<f64> = input.iter().map(|&x| f64::from(x)).collect();
        let standard = Standard::new(&narrow, &input);
        let samples = standard.noise / expected_noise(&wide, &wide_input);
        let blocks = standard.noise_of(&processed(&narrow, &mut narrow.state(), &input));
        println!(
            "{} sections: noise sample by sample {samples:.2} and in blocks {blocks:.2} of the expected",
            wide.sections().len()
        );
        assert!((0.7..1.3).contains(&samples), "{samples}");
        assert!(blocks <= 2.0, "{blocks}");
    }
}

/// The root-mean-square error when every operation of every section is rounded to `f32`: each
/// rounding is noise, uniform within half a unit in the last place, and goes through the
/// section's poles and all later sections.
fn expected_noise(cascade: &Cascade<f64>, input: &[f64]) -> f64 {
    let sections = cascade.sections();
    let mean_square = |values: &[f64]| values.iter().map(|x| x * x).sum::<f64>();
    let mut signal = input.to_vec();
    let mut power = 0.0;
    for (index, section) in sections.iter().enumerate() {
        // Operands and results: b0 x, y; b1 x, b1 x + s2, a1 y, s1; b2 x, a2 y, s2.
        let mut state = SectionState::default();
        let mut operations = 0.0;
        let Section { b0, b1, b2, a1, a2 } = *section;
        for x in &mut signal {
            let s2 = state.s2;
            let input = *x;
            *x = section.tick(&mut state, input);
            let y = *x;
            let values = [b0 * input, y, b1 * input, b1 * input + s2, a1 * y, state.s1];
            operations += mean_square(&values) + mean_square(&[b2 * input, a2 * y, state.s2]);
        }
        let poles = Section::from_coefficients([1.0, 0.0, 0.0, a1, a2]);
        let after = std::iter::once(poles).chain(sections[index + 1..].iter().copied());
        let path = Cascade::from_sections(after, SAMPLE_RATE).expect("the sample rate is valid");
        let gain = mean_square(&path.impulse_response(5_000));
        power += operations / signal.len() as f64 * gain;
    }
    // Uniform within half a unit in the last place, which is between ε/2 and ε of the value.
    f64::from(f32::EPSILON) * 0.75 * (power / 12.0).sqrt()
}

#[test]
fn a_gain_multiplies_the_output() {
    for cascade in cascades() {
        let input: Vec<f64> = noise(200, 14);
        let plain = processed(&cascade, &mut cascade.state(), &input);
        // Multiplication by a power of two is exact.
        let louder = cascade.clone().with_gain(-4.0);
        assert_eq!(louder.sections().len(), cascade.sections().len());
        let expected: Vec<f64> = plain.iter().map(|y| -4.0 * y).collect();
        assert_eq!(processed(&louder, &mut louder.state(), &input), expected);
        let level = louder.magnitude_db(1_000.0) - cascade.magnitude_db(1_000.0);
        assert!((level - 20.0 * 4.0_f64.log10()).abs() < 1e-13, "{level}");
    }
    let empty = Cascade::from_sections([], SAMPLE_RATE).expect("the sample rate is valid");
    let gain = empty.with_gain(0.5);
    assert_eq!(gain.impulse_response(2), [0.5, 0.0]);
}

#[test]
fn a_cast_cascade_has_the_nearest_coefficients() {
    for cascade in cascades() {
        let narrow: Cascade<f32> = cascade.cast();
        assert_eq!(narrow.sample_rate(), cascade.sample_rate());
        for (narrow, wide) in narrow.sections().iter().zip(cascade.sections()) {
            let rounded = wide.coefficients().map(f32::from_f64);
            assert_eq!(narrow.coefficients(), rounded);
        }
        assert_eq!(cascade.cast::<f64>(), cascade);
        assert_eq!(cascade.cast::<Dual<f64, 3>>().cast::<f64>(), cascade);
    }
}
