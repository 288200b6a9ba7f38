//! Designing in place, filtering, responses and optimisation steps allocate nothing.

#[allow(dead_code, reason = "other test programs use the rest")]
mod common;

use allocation_counter::{AllocationInfo, measure};
use common::bands::catalogue;
use filterbank::fit::{Adam, LeastSquares, Recording, Recordings};
use filterbank::layer::{BatchShape, Layer, MovingLayer};
use filterbank::motion::{Crossfade, Modulation, Processor};
use filterbank::run::{
    AdjointLane, AdjointScratch, AudioSample, FilterState, Plan, Sample, adjoint,
};
use filterbank::section::{Interpolation, SectionState, SvfSection, SvfState};
use filterbank::{
    Adjoint, Band, Bank, Cascade, Dual, Sensitivities, TunableCascade, Tune, filterbank,
};
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

/// Passes of layers allocate nothing after the first of their size (a moving layer one short list).
#[test]
fn layers_allocate_in_the_beginning_only() {
    let peak = Band::peak(Tune::free(1_000.0), Tune::free(1.0), Tune::free(3.0));
    let filter = TunableCascade::new([("peak", peak)], SAMPLE_RATE).expect("designable");
    let params = [1_000.0, 1.0, 3.0, 2_000.0, 1.0, -3.0];
    let shape = BatchShape { batch: 2, channels: 3, time: 600 };
    let (input, mut output) = ([0.5_f32; 3_600], [0.0; 3_600]);
    let (slope, mut by_input) = ([1.0; 3_600], [0.0; 3_600]);

    let mut gradient = [0.0; 6];
    let mut layer = Layer::new(filter.clone(), &params).expect("designable");
    let mut passes = || {
        layer.forward(shape, &input, &mut output).expect("valid");
        layer.backward(&input, &slope, &mut by_input, &mut gradient).expect("valid");
        layer.forward_on(shape, &input, &mut output).expect("valid");
    };
    passes();
    allocates_nothing(passes);

    let (frames, mut gradient) = (params.repeat(6), [0.0; 36]);
    let mut moving = MovingLayer::new(filter, 2, 100, Interpolation::Linear).expect("valid");
    let mut passes = || {
        moving.forward(shape, &frames, &input, &mut output).expect("valid");
        moving.backward(&input, &slope, &mut by_input, &mut gradient).expect("valid");
    };
    passes();
    let info = measure(passes);
    assert!(info.count_total <= 2 && info.bytes_total < 500, "{info:?}");

    let cascade = Band::peak(1_000.0, 1.0, 3.0).design(SAMPLE_RATE).expect("designable");
    let mut adjoint = Adjoint::of_cascade(&cascade);
    let (input, mut output, mut by_input) = ([0.5; 700], [0.0; 700], [0.0; 700]);
    let mut gradient = [0.0; 5];
    let mut passes = || {
        adjoint.forward(&input, &mut output).expect("valid");
        adjoint.backward(&[1.0; 700], &mut by_input, &mut gradient).expect("valid");
    };
    passes();
    allocates_nothing(passes);
}

/// Turning knobs and filtering in motion allocate nothing.
#[test]
fn motion_allocates_nothing() {
    let bands = catalogue().into_iter().filter(|band| band.svf_sections(SAMPLE_RATE).is_ok());
    let bands = bands.map(|band| ("band", band.map(|_, value| Tune::free(value))));
    let filter = TunableCascade::new(bands, SAMPLE_RATE).expect("bands that can be designed");
    let mut processor = Processor::<f32>::new(&filter, 2).expect("a processor");
    let (remote, knobs) = (processor.remote(), processor.names().len());
    let mut old = Crossfade::new(processor.clone());
    let (mut left, mut right, offsets) = ([0.5; 300], [0.25; 300], [0.1; 300]);
    let (mut next, mut retired) = (Some(processor.clone()), None);
    allocates_nothing(|| {
        for knob in 0..knobs {
            let value = processor.value(knob).expect("a knob");
            let _ = processor.set(knob, 0.99 * value);
            let _ = processor.set(knob, f64::NAN);
            remote.set(knob, value);
        }
        processor.bypass(true);
        processor.process(&mut [&mut left, &mut right]).expect("two channels");
        processor.bypass(false);
        processor.process_interleaved(&mut left).expect("two channels");
        processor.process_contiguous(&mut left).expect("two channels");
        processor.process_shared(&right, &mut [&mut left, &mut [0.0; 300]]).expect("two channels");
        let modulation = Modulation { knob: 0, offsets: &offsets };
        let channels: &mut [&mut [f32]] = &mut [&mut left, &mut right];
        processor.process_modulated(channels, &[modulation]).expect("two channels");
        processor.reset();
        let taken = next.take().expect("a processor");
        old.change_to(taken, 0.005).expect("nothing fades");
        old.process(channels).expect("two channels");
        retired = old.retired();
    });
    assert!(retired.is_some());
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

#[test]
fn memory_does_not_grow_with_a_recording() {
    let band = Band::peak(Tune::free(1_000.0), Tune::free(1.0), Tune::free(0.0));
    let model = TunableCascade::new([("peak", band)], SAMPLE_RATE).expect("a design");
    let system = Band::peak(1_500.0, 2.0, 6.0).design(SAMPLE_RATE).expect("a design");
    let largest = |samples: usize| {
        let play = || {
            let (mut state, mut random) = (system.state(), 1_u32);
            (0..samples).map({
                let system = &system;
                move |_| {
                    random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let x = f64::from(random >> 16) - 32_768.0;
                    (x, system.tick(&mut state, x))
                }
            })
        };
        let recording = Recording::stream(play)
            .gain(Tune::free(1.0))
            .delay(Tune::within(0.0, -10.0..=10.0))
            .offset(Tune::free(0.0));
        let info = measure(|| {
            let fit = Recordings::new(&model).with(recording).fit(&LeastSquares::new());
            assert!(fit.is_ok_and(|fit| fit.stop.converged()));
        });
        info.bytes_max
    };
    let (short, long) = (largest(5_000), largest(100_000));
    assert!(long < short + short / 10, "{long} bytes for 100,000 samples, {short} for 5,000");
}

/// Only the first block of a shape makes the scratch memory grow.
#[test]
fn later_adjoints_allocate_nothing() {
    let cascade = Band::peak(1_000.0, 1.0, 6.0).design(SAMPLE_RATE).expect("a peak");
    let sections = [cascade.sections(), cascade.sections()].concat();
    let states = [SectionState::default(); 2];
    let (mut slope, mut state_slope, mut gradient) = ([0.5; 300], states, [[0.0; 5]; 2]);
    let mut scratch = AdjointScratch::new();
    let mut run = || {
        let mut lanes = [AdjointLane {
            sections: &sections,
            states: &states,
            input: &[0.25; 300],
            slope: &mut slope,
            state_slope: &mut state_slope,
            gradient: &mut gradient,
        }];
        adjoint(&mut lanes, &mut scratch).expect("the lengths fit");
    };
    run();
    allocates_nothing(run);
}
