//! Fits to running signals.

use filterbank::fit::OnlineFit;
use filterbank::section::SectionState;
use filterbank::tune::{Param, SingleOutput};
use filterbank::{Band, Cascade, DesignError, Scalar, Section, Tunable, filterbank};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::common::noise::uniform;
use crate::common::worst::larger;

const RATE: f64 = 16_000.0;

filterbank! {
    /// A highpass and a resonance.
    struct Model: cascade(sample_rate = 16_000.0) {
        rumble: highpass(butterworth(order = 2), cutoff = tune(60.0 in 20.0..=500.0)),
        mode: peak(
            center = tune(900.0 in 200.0..=4_000.0),
            q = tune(1.0 in 0.3..=9.0),
            gain_db = tune(0.0 in -20.0..=20.0),
        ),
    }
}

static MODEL: Model = Model::new();

/// Filters one sample by a system.
fn played(system: &Model, states: &mut [SectionState<f64>], x: f64) -> f64 {
    let each = system.sections().iter().zip(states);
    each.fold(x, |x, (section, state)| section.tick(state, x))
}

#[test]
fn the_parameters_of_a_steady_system_are_found() {
    let truth = [120.0, 1_400.0, 3.0, 8.0];
    let system = Model::from_params(&truth).expect("the truth is within the bounds");
    let mut state = system.state();
    let mut fit = OnlineFit::new(&MODEL, 8_000.0).expect("the model can be designed");
    for x in uniform(1).take(200_000) {
        fit.tick(x, system.tick(&mut state, x));
    }
    for (found, truth) in fit.params().iter().zip(truth) {
        assert!((found / truth - 1.0).abs() < 1e-8, "{found} is not {truth}");
    }
}

#[test]
fn a_drifting_system_is_followed() {
    // A resonance that climbs an octave in ten seconds.
    let center = |n: usize| 800.0 * 2.0_f64.powf(n as f64 / 160_000.0);
    let mut states = [SectionState::default(); Model::SECTIONS];
    let mut fit = OnlineFit::new(&MODEL, 1_000.0).expect("the model can be designed");
    let mut worst = 0.0;
    let mut system = Model::new();
    for (n, x) in uniform(2).take(160_000).enumerate() {
        if n % 100 == 0 {
            system = Model::from_params(&[100.0, center(n), 4.0, 9.0]).expect("within bounds");
        }
        fit.tick(x, played(&system, &mut states, x));
        if n > 16_000 {
            worst = larger(worst, (fit.params()[1] / center(n) - 1.0).abs());
        }
    }
    assert!(worst < 0.02, "{worst}");
}

#[test]
fn learning_allocates_nothing() {
    let system = Band::peak(1_400.0, 3.0, 8.0).design(RATE).expect("the system can be designed");
    let mut state = system.state();
    let mut fit = OnlineFit::new(&MODEL, 2_000.0).expect("the model can be designed");
    let mut noise = uniform(3);
    let counted = allocation_counter::measure(|| {
        for x in noise.by_ref().take(5_000) {
            fit.tick(x, system.tick(&mut state, x));
        }
    });
    assert_eq!(counted.count_total, 0);
    assert!((fit.params()[1] - 1_400.0).abs() < 50.0);
}

#[test]
fn any_input_leaves_the_parameters_within_bounds_and_the_fit_recovers() {
    let system = Model::from_params(&[120.0, 1_400.0, 3.0, 8.0]).expect("within the bounds");
    let hostile = [f64::NAN, f64::INFINITY, 1e300, -1e308, 1e-310, 0.0, 1.0, -1e6];
    for seed in 10..20 {
        let mut fit = OnlineFit::new(&MODEL, 500.0).expect("the model can be designed");
        let mut random = StdRng::seed_from_u64(seed);
        for _ in 0..3_000 {
            let x = hostile[random.random_range(0..hostile.len())];
            let wanted = hostile[random.random_range(0..hostile.len())];
            fit.tick(x, wanted);
            for (value, (low, high)) in fit.params().iter().zip(Model::BOUNDS) {
                assert!((low..=high).contains(value), "{value}");
            }
        }
        let mut state = system.state();
        for x in uniform(seed).take(64_000) {
            fit.tick(x, system.tick(&mut state, x));
        }
        assert!((fit.params()[1] - 1_400.0).abs() < 1.0, "seed {seed}: {:?}", fit.params());
        // Silence brings it to rest.
        for _ in 0..32_000 {
            fit.tick(0.0, 0.0);
        }
        assert_eq!(fit.tick(0.0, 0.0), 0.0);
    }
}

#[test]
fn memories_that_are_no_length_are_refused() {
    for memory in [f64::NAN, f64::INFINITY, 0.0, -1.0] {
        let error = OnlineFit::new(&MODEL, memory).err().expect("no memory");
        let sentence = format!("`memory` = {memory} must be finite and above 0");
        assert_eq!(error.to_string(), sentence);
    }
    assert!(OnlineFit::new(&MODEL, 1.0).is_ok());
}

/// A filter of gain `p²`, whose derivative is 0 at its start.
struct Squared;

impl Tunable for Squared {
    type Filter<S: Scalar> = [Section<S>; 2];

    fn sample_rate(&self) -> f64 {
        RATE
    }

    fn params(&self) -> impl ExactSizeIterator<Item = Param<'_>> {
        [Param::free("root", 0.0), Param::free("echo", 0.1)].into_iter()
    }

    fn tuned<S: Scalar>(&self, p: &[S]) -> Result<[Section<S>; 2], DesignError> {
        let (zero, one) = (S::zero(), S::one());
        // A second parameter moves the first off the point where its slope vanishes.
        let root = p[0] + (p[1] - S::from_f64(0.1));
        let gain = Section::from_coefficients([root * root + one, zero, zero, zero, zero]);
        Ok([gain, Section::from_coefficients([one, p[1], zero, zero, zero])])
    }
}

impl SingleOutput for Squared {}

#[test]
fn a_slope_that_is_zero_at_the_start_is_used_later() {
    let truth = Squared.tuned(&[0.7, 0.4]).expect("a design");
    let system = Cascade::from_slice(&truth, RATE).expect("a sample rate");
    let mut state = system.state();
    let mut fit = OnlineFit::new(&Squared, 2_000.0).expect("the model can be designed");
    for x in uniform(4).take(64_000) {
        fit.tick(x, system.tick(&mut state, x));
    }
    for (found, truth) in fit.params().iter().zip([0.7, 0.4]) {
        assert!((found - truth).abs() < 1e-6, "{:?}", fit.params());
    }
}
