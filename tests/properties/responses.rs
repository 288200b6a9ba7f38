//! Responses, group delays and impulse responses agree with one another.

use std::f64::consts::{PI, TAU};

use filterbank::number::Complex;
use filterbank::section::CirclePoint;
use filterbank::{Band, Cascade, Scalar, Section, Width};
use proptest::prop_assert_eq;

use crate::common::worst::worst;
use crate::designed::{Designed, both, decibels, radius};
use crate::strategies;
use crate::tally::{for_all, for_most};

#[test]
fn group_delay_is_the_slope_of_the_phase() {
    for_all(1_000, &(strategies::bands(), 0.0..=1.0), |tally, (spec, position)| {
        let Designed { cascade, .. } = Designed::new(spec)?;
        let at = |omega: f64| {
            let h = cascade
                .sections()
                .iter()
                .map(|section| section.response_at(CirclePoint::from_omega(omega)));
            h.fold(Complex::from_real(1.0), |product, h| product * h)
        };
        // The rate of change: the sum of the reciprocal distances of all roots.
        let omega: f64 = PI * position;
        let point = Complex::new(omega.cos(), omega.sin());
        let zpk = cascade.zpk();
        let roots = zpk.zeros.iter().chain(&zpk.poles).flat_map(both);
        let rate: f64 = roots.map(|root| (point - root).norm().recip()).sum();
        if rate >= 1e6 {
            return tally.skip("group delay");
        }
        // Sixth-order central differences, at points that are exact.
        let step = (0.01 / rate).log2().floor().exp2();
        let omega = (omega / step).round() * step;
        let turn = |steps: f64| (at(omega + steps * step) / at(omega - steps * step)).arg();
        let slope = (45.0 * turn(1.0) - 9.0 * turn(2.0) + turn(3.0)) / (60.0 * step);
        let delay = cascade.group_delay(omega / TAU * spec.sample_rate);
        // The responses are rounded, by more where roots are near.
        let allowed = rate * (3e-12 + 100.0 * f64::EPSILON * rate);
        tally.near("group delay", delay, -slope, allowed)
    });
}

#[test]
fn the_response_is_the_transform_of_the_impulse_response() {
    for_most(400, 0.55, &(strategies::bands(), 0.0..=0.5), |tally, (spec, position)| {
        // At a sample rate of 1 and a frequency of few digits, angles are exact.
        let cascade = Cascade::from_sections(Designed::new(spec)?.cascade.sections().to_vec(), 1.0);
        let cascade = cascade.expect("the sample rate is valid");
        let position = f64::round(position * 65_536.0) / 65_536.0;
        // Long enough for a negligible remainder.
        let length = (40.0 / (1.0 - radius(&cascade))).clamp(64.0, 1e9);
        if length >= 4_000.0 {
            return tally.skip("transform");
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is short")]
        let length = (length as usize).next_power_of_two();
        let impulse_response = cascade.impulse_response(length);
        let sum: f64 = impulse_response.iter().map(|h| h.abs()).sum();
        let noise = 10.0 * f64::EPSILON * (rounding_gain(&cascade, length) + sum);

        let transform = impulse_response.iter().enumerate().map(|(n, &h)| {
            let angle: f64 = TAU * (position * n as f64).fract();
            Complex::new(h * angle.cos(), -h * angle.sin())
        });
        let transform = transform.fold(Complex::from_real(0.0), |sum, term| sum + term);
        let response = cascade.response(position);
        tally.near("transform", (transform - response).norm(), 0.0, noise)?;

        let energy: f64 = impulse_response.iter().map(|h| h * h).sum();
        let power = (0..length).map(|k| cascade.response(k as f64 / length as f64).norm_sqr());
        let mean = power.sum::<f64>() / length as f64;
        tally.near("energy", energy, mean, noise * sum)
    });
}

/// The gain of random rounding errors: an error has the size of the sums in its section, and is
/// filtered by the section's poles and all later sections.
fn rounding_gain(cascade: &Cascade<f64>, length: usize) -> f64 {
    let sections = cascade.sections();
    let impulse_response = |sections: &[Section<f64>]| {
        let part = Cascade::from_sections(sections.iter().copied(), 1.0)
            .expect("the sample rate is valid");
        part.impulse_response(length).into_iter()
    };
    let strength =
        |sections: &[Section<f64>]| impulse_response(sections).map(|h| h * h).sum::<f64>().sqrt();
    let gain = |index: usize| {
        let [b0, b1, b2, a1, a2] = sections[index].coefficients();
        let (input, output) = (strength(&sections[..index]), strength(&sections[..=index]));
        let terms = [b0 * input, b1 * input, b2 * input, output, a1 * output, a2 * output];
        let mut after = sections[index..].to_vec();
        after[0] = Section::from_coefficients([1.0, 0.0, 0.0, a1, a2]);
        worst(terms) * impulse_response(&after).map(f64::abs).sum::<f64>()
    };
    (0..sections.len()).map(gain).sum()
}

#[test]
fn the_response_is_the_product_of_its_sections_and_conjugate_at_negative_frequencies() {
    for_all(1_000, &(strategies::bands(), -0.5..=0.5), |tally, (spec, position)| {
        let Designed { cascade, .. } = Designed::new(spec)?;
        let frequency = position * spec.sample_rate;
        let h = cascade.response(frequency);
        prop_assert_eq!(cascade.response(-frequency), h.conj());
        prop_assert_eq!(cascade.magnitude_db(-frequency), cascade.magnitude_db(frequency));
        prop_assert_eq!(cascade.group_delay(-frequency), cascade.group_delay(frequency));
        prop_assert_eq!(cascade.phase(frequency), h.arg());

        let alone =
            |section| Cascade::from_sections([section], spec.sample_rate).expect("a valid rate");
        let sections = cascade.sections().iter().map(|s| alone(*s).response(frequency));
        let product = sections.clone().fold(Complex::from_real(1.0), |product, h| product * h);
        prop_assert_eq!(product, h);
        let levels: f64 = sections.map(|h| decibels(h.norm()).abs()).sum();
        let (level, allowed) = (cascade.magnitude_db(frequency), 2e-14 * (1.0 + levels));
        if level == f64::NEG_INFINITY {
            prop_assert_eq!(h.norm(), 0.0);
        } else {
            tally.near("level", level, decibels(h.norm()), allowed)?;
        }
        Ok(())
    });
}

#[test]
fn the_response_of_a_stable_section_is_finite_in_single_precision() {
    // Poles next to z = 1 and z = −1.
    let width = Width::Bandwidth(42.107_565_252_869_584_f64);
    let band = Band::ResonantLowpass { cutoff: 0.170_106_358_223_759_63, width };
    let cascade = band.map(|_, value| f32::from_f64(value)).design(1.126_833_023_390_350_7);
    let cascade = cascade.expect("it is stable");
    assert!(cascade.is_stable());
    let h = cascade.response(0.0);
    assert!(h.re.is_finite() && h.im.is_finite(), "{h:?}");
}
