//! Error levels, standard errors, and what they say when a fit is wrong.

use std::iter::repeat_n;

use filterbank::tune::{Param, SingleOutput};
use filterbank::{DesignError, Scalar, Section, Tunable, filterbank};

use super::{MODEL, RATE, assert_near, online, system};
use crate::common::noise::{normal, uniform};

filterbank! {
    /// A resonance in a wide range.
    struct Resonance: cascade(sample_rate = 16_000.0) {
        mode: bandpass_constant_peak(
            center = tune(900.0 in 100.0..=7_000.0),
            q = tune(8.0 in 0.5..=20.0),
        ),
    }
}

static RESONANCE: Resonance = Resonance::new();

const TRUTH: [f64; 4] = [120.0, 1_400.0, 3.0, 8.0];

#[test]
fn the_error_level_is_the_level_of_the_noise() {
    let mut fit = online(&MODEL, 4_000.0);
    assert_eq!(fit.error_db(), None);
    assert_eq!(fit.standard_errors(), [None; 4]);
    let amplitude = 0.1;
    let mut system = system(&MODEL, &TRUTH, amplitude, 1);
    system.teach(&mut fit, uniform(2).take(64_000));
    // The mean square of the impulse response of the system gives the power of its output.
    let response = system.filter.impulse_response(8_000);
    let gain: f64 = response.iter().map(|h| h * h).sum();
    let noise = amplitude * amplitude;
    let expected = 10.0 * (noise / (gain + noise)).log10();
    let level = fit.error_db().expect("there was a signal");
    assert!((level - expected).abs() < 0.5, "{level} dB instead of {expected} dB");
    // A pause does not change it.
    system.teach(&mut fit, repeat_n(0.0, 64_000));
    let pause = fit.error_db().expect("there was a signal");
    assert!((pause - level).abs() < 1.0, "{pause} dB instead of {level} dB");
}

#[test]
fn intervals_cover_the_truth_as_often_as_they_claim() {
    let (mut inside, mut total) = ([0; 4], 0);
    for seed in 0..20 {
        let mut system = system(&MODEL, &TRUTH, 0.0, 0);
        let mut fit = online(&MODEL, 1_000.0);
        let mut noise = normal(100 + seed);
        let mut input = normal(200 + seed);
        for round in 0..30 {
            for (x, noise) in input.by_ref().zip(noise.by_ref()).take(4_000) {
                fit.tick(x, system.filter.tick(&mut system.state, x) + 0.1 * noise);
            }
            if round < 5 {
                continue;
            }
            total += 1;
            let errors = fit.standard_errors();
            for (index, inside) in inside.iter_mut().enumerate() {
                let error = errors[index].expect("white noise determines all");
                let distance = (fit.params()[index] - TRUTH[index]).abs();
                *inside += u32::from(distance < 1.96 * error);
            }
        }
    }
    // 95 % with a standard deviation of 1 %.
    for inside in inside {
        let coverage = f64::from(inside) / f64::from(total);
        println!("coverage {coverage:.3}");
        assert!((0.91..=0.985).contains(&coverage), "{coverage}");
    }
}

/// Two gains with the same effect, and an echo.
struct Twins;

impl Tunable for Twins {
    type Filter<S: Scalar> = [Section<S>; 3];

    fn sample_rate(&self) -> f64 {
        RATE
    }

    fn params(&self) -> impl ExactSizeIterator<Item = Param<'_>> {
        [Param::free("one", 1.0), Param::free("other", 1.0), Param::free("echo", 0.1)].into_iter()
    }

    fn tuned<S: Scalar>(&self, p: &[S]) -> Result<[Section<S>; 3], DesignError> {
        let (zero, one) = (S::zero(), S::one());
        let gain = |gain| Section::from_coefficients([gain, zero, zero, zero, zero]);
        let echo = Section::from_coefficients([one, p[2], zero, zero, zero]);
        Ok([gain(p[0]), gain(p[1]), echo])
    }
}

impl SingleOutput for Twins {}

#[test]
fn parameters_that_are_not_determined_have_no_standard_error() {
    let mut fit = online(&Twins, 2_000.0);
    system(&Twins, &[1.2, 1.5, 0.4], 0.01, 3).teach(&mut fit, uniform(4).take(32_000));
    let [one, other, echo] = fit.standard_errors()[..] else { panic!("three parameters") };
    assert_eq!((one, other), (None, None));
    assert!(echo.is_some_and(|error| error < 0.001), "{echo:?}");
    assert!((fit.params()[0] * fit.params()[1] - 1.8).abs() < 0.01, "{:?}", fit.params());
    // Silence says nothing at all.
    let mut fit = online(&MODEL, 2_000.0);
    system(&MODEL, &TRUTH, 0.0, 5).teach(&mut fit, repeat_n(0.0, 32_000));
    assert_eq!(fit.standard_errors(), [None; 4]);
}

#[test]
fn a_jump_is_noticed_and_the_system_found_again() {
    let memory = 2_000;
    let mut fit = online(&RESONANCE, 2_000.0);
    let mut system = system(&RESONANCE, &[900.0, 8.0], 0.003, 6);
    let mut input = uniform(7);
    system.teach(&mut fit, input.by_ref().take(16 * memory));
    assert_near(&fit, &[900.0, 8.0], 0.01);
    assert!(!fit.is_lost());
    system.becomes(&RESONANCE, &[3_600.0, 8.0]);
    // Three windows of one memory, with the one that had begun.
    system.teach(&mut fit, input.by_ref().take(3 * memory));
    assert!(fit.is_lost() && fit.error_db().is_some_and(|level| level > -10.0));
    assert_eq!(fit.standard_errors(), [None; 2]);
    system.teach(&mut fit, input.by_ref().take(128 * memory));
    assert!(!fit.is_lost(), "{:?}", fit.params());
    assert_near(&fit, &[3_600.0, 8.0], 0.01);
    assert!(fit.standard_errors().iter().all(Option::is_some));
}

#[test]
fn a_search_finds_what_the_start_values_miss() {
    let truth = [3_600.0, 15.0];
    let learn = |search: bool| {
        let mut fit = online(&RESONANCE, 2_000.0);
        if search {
            fit.search();
        }
        system(&RESONANCE, &truth, 0.003, 8).teach(&mut fit, uniform(9).take(300_000));
        fit
    };
    assert!((learn(false).params()[0] / truth[0] - 1.0).abs() > 0.1, "the test tests nothing");
    assert_near(&learn(true), &truth, 0.01);
}

#[test]
fn pauses_noise_and_level_changes_are_no_loss() {
    let mut fit = online(&MODEL, 2_000.0);
    let mut system = system(&MODEL, &TRUTH, 0.01, 10);
    for round in 0..4 {
        for level in [1.0, 1e-3, 0.03, 0.3, 0.0] {
            for _ in 0..50 {
                system.teach(&mut fit, uniform(20 + round).map(|x| level * x).take(1_000));
                assert!(!fit.is_lost(), "round {round}, level {level}");
            }
        }
    }
    assert_near(&fit, &TRUTH, 0.1);
    // Noise as loud as the output from the beginning is usual.
    let mut fit = online(&MODEL, 2_000.0);
    system.level = 1.0;
    for round in 0..100 {
        system.teach(&mut fit, uniform(100 + round).take(2_000));
        assert!(!fit.is_lost(), "round {round}");
    }
}

#[test]
fn a_glitch_does_not_stop_the_learning() {
    let mut fit = online(&MODEL, 2_000.0);
    let mut system = system(&MODEL, &TRUTH, 0.003, 11);
    system.teach(&mut fit, uniform(12).take(40_000));
    let errors = fit.standard_errors();
    for _ in 0..3 {
        fit.tick(1e6, -1e5);
    }
    system.teach(&mut fit, uniform(13).take(100_000));
    assert_near(&fit, &TRUTH, 0.005);
    for (before, after) in errors.iter().zip(fit.standard_errors()) {
        let (before, after) = (before.expect("determined"), after.expect("determined"));
        assert!((0.5..2.0).contains(&(after / before)), "{before} became {after}");
    }
}
