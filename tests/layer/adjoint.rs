//! `Adjoint`: one signal, block by block, against sensitivity filters.

use filterbank::layer::LayerError;
use filterbank::section::SectionState;
use filterbank::{Adjoint, Band, Bank, Cascade, Dual, Method, Sensitivities, filterbank};

use crate::batch::{RATE, difference};
use crate::common::noise::noise;

filterbank! {
    struct Channel: cascade(sample_rate = 48_000.0) {
        rumble: highpass(butterworth(order = 3), cutoff = tune(80.0)),
        body: peak(center = tune(250.0), q = tune(1.0), gain_db = tune(-2.5)),
        alias: lowpass(elliptic(order = 4, ripple_db = tune(0.1), stop_db = tune(60.0)), cutoff = tune(19e3)),
    }
}

filterbank! {
    struct Split: bank(sample_rate = 48_000.0) {
        low: lowpass(butterworth(order = 4), cutoff = tune(300.0)),
        all: peak(center = 1e3, q = 1.0, gain_db = 2.0),
        high: highpass(chebyshev1(order = 3, ripple_db = tune(0.5)), cutoff = tune(300.0)),
    }
}

/// Both passes over one block: the output, and the gradient of `Σ slope·output`.
fn passes(adjoint: &mut Adjoint, input: &[f64], slope: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let (mut output, mut by_input) = (vec![0.0; slope.len()], vec![0.0; input.len()]);
    let mut gradient = vec![0.0; adjoint.params()];
    adjoint.forward(input, &mut output).expect("valid");
    adjoint.backward(slope, &mut by_input, &mut gradient).expect("valid");
    (output, gradient)
}

/// The same by sensitivity filters.
fn sensed(filter: &mut Sensitivities, params: usize, input: &[f64], slope: &[f64]) -> Vec<f64> {
    let (mut output, mut gradient) = (vec![0.0; slope.len()], vec![0.0; params]);
    let time = input.len();
    let loss = |output: usize, at: usize, _| slope[output * time + at];
    filter.add_gradient(input, &mut output, loss, &mut gradient).expect("valid");
    gradient
}

#[track_caller]
fn assert_same(adjoint: &mut Adjoint, sensitivities: &mut Sensitivities) {
    let input = noise::<f64>(1_000, 1);
    let slope = noise::<f64>(adjoint.outputs() * input.len(), 2);
    // Two blocks, so that the second starts from a state.
    for (input, slope) in
        [(&input[..], &slope[..]), (&input[..400], &slope[..400 * adjoint.outputs()])]
    {
        let (_, found) = passes(adjoint, input, slope);
        let expected = sensed(sensitivities, found.len(), input, slope);
        for (found, expected) in found.iter().zip(&expected) {
            let error = difference(&[*found], &[*expected]);
            assert!(error < 1e-10, "{error:.1e}");
        }
        sensitivities.resume(adjoint.states()).expect("as many");
    }
}

#[test]
fn gradients_are_those_of_sensitivity_filters() {
    let at = |params: &[f64]| {
        (
            Adjoint::of_params(&Channel::new(), params).expect("designable"),
            Sensitivities::of_params(&Channel::new(), params).expect("designable"),
        )
    };
    let (mut adjoint, mut sensitivities) = at(&Channel::PARAMS);
    assert_same(&mut adjoint, &mut sensitivities);

    let method = Method::Butterworth { order: 3 };
    let bands = [Band::lowpass(method, 500.0), Band::highpass(method, 500.0)];
    let cascade = Cascade::from_bands(&bands, RATE).expect("designable");
    assert_same(&mut Adjoint::of_cascade(&cascade), &mut Sensitivities::of_cascade(&cascade));
    let bank = Bank::from_bands(&bands, RATE).expect("designable");
    assert_same(&mut Adjoint::of_bank(&bank), &mut Sensitivities::of_bank(&bank));

    let [center, gain_db] = Dual::seed([1_000.0, 3.0]);
    let peak = Band::peak(center, Dual::constant(2.0), gain_db).design(RATE).expect("designable");
    assert_same(
        &mut Adjoint::of_tangents(peak.sections(), &[]),
        &mut Sensitivities::of_tangents(peak.sections(), &[]),
    );
    let split = Split::new();
    assert_same(
        &mut Adjoint::of_params(&split, &Split::PARAMS).expect("as specified"),
        &mut Sensitivities::of_params(&split, &Split::PARAMS).expect("as specified"),
    );
}

#[test]
fn the_output_is_that_of_the_filter_block_by_block() {
    let input = noise::<f64>(700, 3);
    let split = Split::new();
    let mut adjoint = Adjoint::of_params(&split, &Split::PARAMS).expect("as specified");
    let mut state = split.state();
    for block in input.chunks(300) {
        let (mut found, mut expected) = (vec![0.0; 3 * block.len()], vec![0.0; 3 * block.len()]);
        adjoint.forward(block, &mut found).expect("valid");
        split.process(&mut state, block, &mut expected).expect("valid");
        assert!(difference(&found, &expected) < 1e-12);
    }
}

#[test]
fn a_history_of_blocks_has_the_gradient_of_the_whole_signal() {
    let (input, slope) = (noise::<f64>(1_000, 4), noise::<f64>(1_000, 5));
    let at = || Adjoint::of_params(&Channel::new(), &Channel::PARAMS).expect("as specified");
    let mut whole = at();
    let (mut by_input, mut gradient) = (vec![0.0; 1_000], vec![0.0; whole.params()]);
    whole.forward(&input, &mut vec![0.0; 1_000]).expect("valid");
    whole.backward(&slope, &mut by_input, &mut gradient).expect("valid");

    let mut parts = at();
    let cuts = [0, 90, 346, 1_000];
    for range in cuts.windows(2).map(|ends| ends[0]..ends[1]) {
        parts.forward(&input[range.clone()], &mut vec![0.0; range.len()]).expect("valid");
    }
    let (mut found_input, mut found) = (vec![0.0; 1_000], vec![0.0; parts.params()]);
    for range in cuts.windows(2).rev().map(|ends| ends[0]..ends[1]) {
        let place = &mut found_input[range.clone()];
        parts.backward(&slope[range], place, &mut found).expect("a block is left");
    }
    assert!(difference(&found_input, &by_input) < 1e-11);
    for (found, expected) in found.iter().zip(&gradient) {
        assert!(difference(&[*found], &[*expected]) < 1e-10);
    }
    let ends = |adjoint: &Adjoint| -> Vec<f64> {
        adjoint.state_slope().iter().flat_map(|slope| [slope.s1, slope.s2]).collect()
    };
    assert!(difference(&ends(&parts), &ends(&whole)) < 1e-11);
    let none = parts.backward(&[], &mut [], &mut found);
    assert_eq!(none, Err(LayerError::NoForward));
}

#[test]
fn detached_blocks_have_no_gradient_and_keep_the_state() {
    let (input, slope) = (noise::<f64>(600, 6), noise::<f64>(300, 7));
    let at = || Adjoint::of_params(&Channel::new(), &Channel::PARAMS).expect("as specified");
    let mut adjoint = at();
    adjoint.forward(&input[..300], &mut [0.0; 300]).expect("valid");
    adjoint.detach();
    let found = passes(&mut adjoint, &input[300..], &slope);
    let left = adjoint.backward(&slope, &mut [0.0; 300], &mut vec![0.0; adjoint.params()]);
    assert_eq!(left, Err(LayerError::NoForward));

    let mut resumed = at();
    resumed.forward(&input[..300], &mut [0.0; 300]).expect("valid");
    let states = resumed.states().to_vec();
    let mut fresh = at();
    fresh.resume(&states).expect("as many");
    assert_eq!(passes(&mut fresh, &input[300..], &slope), found);
    assert!(fresh.resume(&states[1..]).is_err());
    fresh.reset();
    assert!(fresh.states().iter().all(|state| *state == SectionState::default()));
}

#[test]
fn a_retuned_filter_is_a_new_filter() {
    let (input, slope) = (noise::<f64>(400, 8), noise::<f64>(400, 9));
    let moved = Channel::PARAMS.map(|param| 1.02 * param);
    let mut retuned = Adjoint::of_params(&Channel::new(), &Channel::PARAMS).expect("as specified");
    retuned.retune(&Channel::new(), &moved).expect("designable");
    let mut made = Adjoint::of_params(&Channel::new(), &moved).expect("designable");
    let [found, expected] =
        [&mut retuned, &mut made].map(|adjoint| passes(adjoint, &input, &slope));
    assert_eq!(found, expected);
    assert!(retuned.retune(&Channel::new(), &[-1.0; 7]).is_err());
    assert!(retuned.retune(&Channel::new(), &moved[1..]).is_err());
}
