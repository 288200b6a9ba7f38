//! Parameters that the signals do not excite keep their values.

use std::iter::repeat_n;

use super::{MODEL, assert_near, online, system};
use crate::common::noise::uniform;

const TRUTH: [f64; 4] = [120.0, 1_200.0, 3.0, 8.0];
const MEMORY: f64 = 4_000.0;

#[test]
fn with_a_constant_input_nothing_drifts() {
    let mut system = system(&MODEL, &TRUTH, 0.01, 1);
    let mut fit = online(&MODEL, MEMORY);
    system.teach(&mut fit, uniform(2).take(64_000));
    assert_near(&fit, &TRUTH, 0.002);
    system.teach(&mut fit, repeat_n(0.5, 400_000));
    assert_near(&fit, &TRUTH, 0.002);
}

#[test]
fn a_constant_input_from_the_start_moves_parameters_only_at_its_onset() {
    let mut system = system(&MODEL, &TRUTH, 0.01, 3);
    let mut fit = online(&MODEL, MEMORY);
    system.teach(&mut fit, repeat_n(0.5, 32_000));
    let early = fit.params().to_vec();
    system.teach(&mut fit, repeat_n(0.5, 400_000));
    assert_near(&fit, &early, 1e-5);
}

#[test]
fn with_a_tone_nothing_drifts() {
    for frequency in [0.05, 0.5, 2.0] {
        let mut system = system(&MODEL, &TRUTH, 0.01, 4);
        let mut fit = online(&MODEL, MEMORY);
        system.teach(&mut fit, uniform(5).take(64_000));
        system.teach(&mut fit, (0..400_000).map(|n| (f64::from(n) * frequency).sin()));
        assert_near(&fit, &TRUTH, 0.01);
    }
}

#[test]
fn after_a_pause_learning_continues_where_it_was() {
    // Silence, and noise 60 dB below the signal.
    for level in [0.0, 1e-3] {
        let mut system = system(&MODEL, &TRUTH, 0.01, 6);
        let mut fit = online(&MODEL, MEMORY);
        for burst in 0..4 {
            system.teach(&mut fit, uniform(10 + burst).take(32_000));
            let errors = fit.standard_errors();
            system.teach(&mut fit, uniform(20 + burst).map(|x| level * x).take(160_000));
            let pause = fit.standard_errors();
            for (before, after) in errors.iter().zip(&pause) {
                let (before, after) = (before.expect("determined"), after.expect("determined"));
                assert!((after / before - 1.0).abs() < 0.25, "{before} became {after}");
            }
            let mut noise = uniform(30 + burst);
            for _ in 0..20 {
                system.teach(&mut fit, noise.by_ref().take(64));
                assert_near(&fit, &TRUTH, 0.01);
            }
        }
    }
}

#[test]
fn a_softer_passage_is_followed() {
    // 26 dB below: forgotten at more than half of the usual speed.
    let mut system = system(&MODEL, &TRUTH, 0.0, 7);
    let mut fit = online(&MODEL, MEMORY);
    system.teach(&mut fit, uniform(8).take(64_000));
    let moved = [130.0, 1_300.0, 2.8, 7.5];
    system.becomes(&MODEL, &moved);
    system.teach(&mut fit, uniform(9).map(|x| 0.05 * x).take(100_000));
    assert_near(&fit, &moved, 0.001);
}
