//! Fits to running signals.

mod excitation;
mod jumps;
mod stability;
mod trust;

use filterbank::fit::OnlineFit;
use filterbank::run::FilterState;
use filterbank::section::SectionState;
use filterbank::tune::{Param, SingleOutput};
use filterbank::{Cascade, DesignError, Scalar, Section, Tunable, filterbank};
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

/// A system in running order: a filter with its state, and white noise at its output.
struct System<N> {
    filter: Cascade<f64>,
    state: FilterState<f64>,
    /// The amplitude of the noise.
    level: f64,
    noise: N,
}

/// A filter of a model at other parameters; the noise has this amplitude and seed.
fn system<T: Tunable>(
    model: &T,
    params: &[f64],
    level: f64,
    seed: u64,
) -> System<impl Iterator<Item = f64>> {
    let filter = cascade(model, params);
    System { state: filter.state(), filter, level, noise: uniform(seed) }
}

fn cascade<T: Tunable>(model: &T, params: &[f64]) -> Cascade<f64> {
    let sections = model.tuned(params).expect("the parameters are within their bounds");
    let sections = sections.as_ref().to_vec();
    Cascade::from_sections(sections, model.sample_rate()).expect("a sample rate")
}

impl<N: Iterator<Item = f64>> System<N> {
    /// Lets a fit learn the system from an input.
    fn teach<T: SingleOutput>(
        &mut self,
        fit: &mut OnlineFit<'_, T>,
        input: impl IntoIterator<Item = f64>,
    ) {
        for (x, noise) in input.into_iter().zip(&mut self.noise) {
            let output = self.filter.tick(&mut self.state, x) + self.level * noise;
            let y = fit.tick(x, output);
            assert!(y.is_finite(), "{y}");
        }
    }

    /// Another system with the same state, as if it had changed while it ran.
    fn becomes<T: Tunable>(&mut self, model: &T, params: &[f64]) {
        self.filter = cascade(model, params);
    }
}

fn online<T: SingleOutput>(model: &T, memory: f64) -> OnlineFit<'_, T> {
    OnlineFit::new(model, memory).expect("the model can be designed")
}

/// Asserts that the parameters are within a fraction of the truth.
#[track_caller]
fn assert_near<T: SingleOutput>(fit: &OnlineFit<'_, T>, truth: &[f64], fraction: f64) {
    for (found, truth) in fit.params().iter().zip(truth) {
        assert!((found / truth - 1.0).abs() < fraction, "{:?} is not {truth}", fit.params());
    }
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
fn learning_and_searching_allocate_nothing() {
    let mut system = system(&MODEL, &[60.0, 1_400.0, 3.0, 8.0], 0.0, 0);
    let mut fit = online(&MODEL, 500.0);
    let mut noise = uniform(3);
    let counted = allocation_counter::measure(|| {
        system.teach(&mut fit, noise.by_ref().take(20_000));
    });
    assert_eq!(counted.count_total, 0);
    assert!((fit.params()[1] - 1_400.0).abs() < 1.0, "{:?}", fit.params());
    let other = cascade(&MODEL, &[60.0, 3_500.0, 9.0, -12.0]);
    system.filter = other;
    let mut lost = false;
    let counted = allocation_counter::measure(|| {
        for _ in 0..80 {
            system.teach(&mut fit, noise.by_ref().take(2_000));
            lost |= fit.is_lost();
        }
    });
    assert_eq!(counted.count_total, 0);
    assert!(lost && (fit.params()[1] - 3_500.0).abs() < 1.0, "{:?}", fit.params());
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
