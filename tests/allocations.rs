//! Designing in place, filtering, responses and optimisation steps allocate nothing.

#[allow(dead_code, reason = "other test programs use the rest")]
mod common;

use allocation_counter::{AllocationInfo, measure};
use common::bands::catalogue;
use filterbank::fit::Adam;
use filterbank::run::{AudioSample, FilterState, Plan, Sample};
use filterbank::section::{SvfSection, SvfState};
use filterbank::{Bank, Cascade, Dual, Sensitivities, filterbank};
use std::hint::black_box;

const SAMPLE_RATE: f64 = 48_000.0;

/// Runs `work` and asserts that it allocates nothing.
#[track_caller]
fn allocates_nothing<T>(work: impl FnOnce() -> T) {
    let info = measure(|| {
        black_box(work());
    });
    assert_eq!(info, AllocationInfo::default());
}

fn in_every_scalar(check: [fn(); 3]) {
    for check in check {
        check();
    }
}

#[test]
fn the_counter_counts() {
    let bands = catalogue();
    let design = || black_box(Cascade::from_bands(&bands, SAMPLE_RATE).is_ok());
    assert!(
        measure(|| {
            design();
        })
        .count_total
            > 0
    );
    // The only allocation of processing: a state made for fewer sections.
    let cascade = Cascade::from_bands(&bands, SAMPLE_RATE).expect("the bands are valid");
    let mut state = FilterState::default();
    assert!(measure(|| cascade.process(&mut state, &mut [1.0])).count_total == 1);
    allocates_nothing(|| cascade.process(&mut state, &mut [1.0]));
}

#[test]
fn designing_into_place_allocates_nothing() {
    fn check<S: Sample>() {
        for band in catalogue() {
            let band = band.map(|_, value| S::from_f64(value));
            allocates_nothing(|| band.sections(SAMPLE_RATE));
            allocates_nothing(|| band.sections(1.0).unwrap_err());
            allocates_nothing(|| band.check(1.0, |error| assert!(error.value() > 0.0)));
            allocates_nothing(|| band.params());
        }
    }
    in_every_scalar([check::<f64>, check::<f32>, check::<Dual<f64, 4>>]);
}

#[test]
fn sections_allocate_nothing() {
    fn check<S: Sample>() {
        for band in catalogue() {
            let sections = band.sections(SAMPLE_RATE).expect("the band is valid");
            for section in sections.iter().map(filterbank::Section::cast::<S>) {
                let mut state = filterbank::section::SectionState::default();
                allocates_nothing(|| section.tick(&mut state, S::one()));
                allocates_nothing(|| {
                    (section.row(), section.with_gain(S::one()), section.is_stable())
                });
                allocates_nothing(|| (section.response(1_000.0, SAMPLE_RATE), state.detach()));
                allocates_nothing(|| {
                    section.to_unconstrained().map(filterbank::Section::from_unconstrained)
                });
            }
        }
    }
    in_every_scalar([check::<f64>, check::<f32>, check::<Dual<f64, 4>>]);
}

#[test]
fn running_and_resetting_a_cascade_allocates_nothing() {
    fn check<S: Sample>() {
        let cascade = Cascade::from_bands(&catalogue(), SAMPLE_RATE).expect("the bands are valid");
        let cascade: Cascade<S> = cascade.cast();
        let mut state = cascade.state();
        let mut block = [S::one(); 300];
        allocates_nothing(|| cascade.process(&mut state, &mut block));
        allocates_nothing(|| cascade.process(&mut state, &mut []));
        allocates_nothing(|| cascade.tick(&mut state, S::one()));
        allocates_nothing(|| state.detach());
        allocates_nothing(|| state.reset());
        let mut states = [cascade.state(), cascade.state(), cascade.state()];
        allocates_nothing(|| cascade.process_channels(&mut states, &mut block));
        allocates_nothing(|| cascade.process_channels(&mut states, &mut block[1..]));
        allocates_nothing(|| cascade.process_channels(&mut states, &mut []));
        // A bad sample sets the state to rest.
        block[0] = S::from_f64(f64::NAN);
        allocates_nothing(|| cascade.process(&mut state, &mut block));
    }
    in_every_scalar([check::<f64>, check::<f32>, check::<Dual<f64, 4>>]);
}

#[test]
fn running_and_changing_a_plan_allocates_nothing() {
    fn check<T: AudioSample>() {
        let designed = catalogue()
            .into_iter()
            .flat_map(|band| band.svf_sections(SAMPLE_RATE).expect("the band is valid").to_vec());
        let sections: Vec<SvfSection<f64>> = designed.collect();
        let mut plan = Plan::<T>::new(&sections);
        let mut states = vec![SvfState::<f64>::REST; sections.len()];
        let mut block = [T::one(); 300];
        for length in [0, 1, 16, 64, 100, 300] {
            allocates_nothing(|| plan.process(&mut states, &mut block[..length]));
            allocates_nothing(|| plan.process(&mut [], &mut block[..length]).is_err());
        }
        for (index, section) in sections.iter().enumerate() {
            allocates_nothing(|| plan.set(index, section));
        }
        allocates_nothing(|| plan.set(sections.len(), &sections[0]).is_err());
        // A bad sample sets the state to rest.
        block[0] = T::from_f64(f64::NAN);
        allocates_nothing(|| plan.process(&mut states, &mut block));
    }
    check::<f64>();
    check::<f32>();
}

#[test]
fn running_and_resetting_a_bank_allocates_nothing() {
    fn check<S: Sample>() {
        let bands = catalogue();
        let bank = Bank::from_bands(&bands, SAMPLE_RATE).expect("the bands are valid");
        let bank: Bank<S> = bank.cast();
        let mut states = [bank.state(), bank.state()];
        let input = [S::one(); 200];
        let mut output = vec![S::zero(); bands.len() * input.len()];
        allocates_nothing(|| bank.process_channels(&mut states, &input, &mut output));
        let [state, _] = &mut states;
        allocates_nothing(|| bank.process(state, &input, &mut output));
        allocates_nothing(|| bank.process(state, &input, &mut []));
        allocates_nothing(|| bank.tick(state, S::one(), &mut output[..bands.len()]));
        allocates_nothing(|| state.detach());
        allocates_nothing(|| state.reset());
    }
    in_every_scalar([check::<f64>, check::<f32>, check::<Dual<f64, 4>>]);
}

#[test]
fn running_and_retuning_sensitivities_allocates_nothing() {
    filterbank! {
        struct Eq: cascade(sample_rate = 48_000.0) {
            rumble: highpass(butterworth(order = 4), cutoff = tune(80.0)),
            body: peak(center = tune(250.0), q = tune(1.0), gain_db = tune(-2.5)),
        }
    }
    let (eq, input) = (Eq::new(), [1.0; 300]);
    let mut filter = Sensitivities::of_params(&eq, &Eq::PARAMS).expect("as specified");
    let (mut output, mut derivatives, mut gradient) = ([0.0; 300], [0.0; 4 * 300], [0.0; 4]);
    let state = eq.state();
    allocates_nothing(|| filter.process(&input, &mut output, &mut derivatives));
    allocates_nothing(|| filter.add_gradient(&input, &mut output, |_, _, y| y, &mut gradient));
    allocates_nothing(|| filter.retune(&eq, &[90.0, 300.0, 2.0, 1.0]));
    allocates_nothing(|| filter.process(&input, &mut output, &mut []));
    allocates_nothing(|| filter.resume(state.sections()));
    allocates_nothing(|| filter.reset());
}

#[test]
fn responses_allocate_nothing() {
    fn check<S: Sample>() {
        let cascade = Cascade::from_bands(&catalogue(), SAMPLE_RATE).expect("the bands are valid");
        let cascade: Cascade<S> = cascade.cast();
        for frequency in [0.0, 1_000.0, 24_000.0] {
            allocates_nothing(|| cascade.response(frequency));
            allocates_nothing(|| cascade.magnitude_db(frequency));
            allocates_nothing(|| cascade.phase(frequency));
            allocates_nothing(|| cascade.group_delay(frequency));
        }
        allocates_nothing(|| cascade.is_stable());
    }
    in_every_scalar([check::<f64>, check::<f32>, check::<Dual<f64, 4>>]);
}

#[test]
fn adam_allocates_nothing_after_its_first_step() {
    let mut adam = Adam::new(0.1);
    let mut params = [1.0; 100];
    let gradient = [0.5; 100];
    let first = measure(|| assert!(adam.step(&mut params, &gradient).is_ok()));
    assert_eq!(first.count_total, 1);
    allocates_nothing(|| adam.step(&mut params, &gradient));
    allocates_nothing(|| adam.step(&mut params, &[f64::NAN; 100]));
    allocates_nothing(|| adam.set_learning_rate(0.2));
}
