//! Filtered signals: by parameters, state and input.

use filterbank::run::{FilterState, Sample};
use filterbank::{Band, Cascade, Dual, Method, Scalar, Width};

use crate::common::bits::assert_same_bits;
use crate::common::noise::noise;
use crate::common::worst::{larger, worst};
use crate::outputs::SAMPLE_RATE;
use crate::references::differences;

/// The parameters of [`equaliser`].
const PARAMS: [f64; 6] = [200.0, 1_000.0, 2.0, -6.0, 0.5, 9_000.0];

/// A highpass, a peak and an elliptic lowpass.
fn equaliser<S: Scalar>([rumble, center, q, gain_db, ripple_db, cutoff]: [S; 6]) -> Cascade<S> {
    let stop_db = S::from_f64(50.0);
    let bands = [
        Band::highpass(Method::Butterworth { order: 3 }, rumble),
        Band::peak(center, Width::Q(q), gain_db),
        Band::lowpass(Method::Elliptic { order: 4, ripple_db, stop_db }, cutoff),
    ];
    Cascade::from_bands(&bands, SAMPLE_RATE).expect("the bands can be designed")
}

type Long = Dual<f64, 6>;

/// The output for `input`, starting from a state.
fn run<S: Sample>(cascade: &Cascade<S>, state: &mut FilterState<S>, input: &[f64]) -> Vec<S> {
    let mut block: Vec<S> = input.iter().map(|&x| S::from_f64(x)).collect();
    cascade.process(state, &mut block);
    block
}

/// The largest error of the tangents of a signal against differences of `filter`, relative to the
/// largest tangent by that parameter.
fn signal_error(found: &[Long], filter: impl Fn([f64; 6]) -> Vec<f64>) -> f64 {
    let mut largest_error = 0.0;
    for (index, &value) in PARAMS.iter().enumerate() {
        let moved = |value: f64| {
            let mut params = PARAMS;
            params[index] = value;
            filter(params)
        };
        let expected = differences(moved, value, 0.05 * value.abs());
        let largest = worst(found.iter().map(|y| y.tangent()[index]));
        assert!(largest > 0.0);
        for (found, expected) in found.iter().zip(expected) {
            let error = (found.tangent()[index] - expected).abs() / largest;
            largest_error = larger(largest_error, error);
        }
    }
    largest_error
}

#[test]
fn the_derivative_of_a_filtered_signal_covers_the_whole_run() {
    let input = noise::<f64>(500, 3);
    let cascade = equaliser(Long::seed(PARAMS));
    let found = run(&cascade, &mut cascade.state(), &input);
    let error = signal_error(&found, |params| {
        let cascade = equaliser(params);
        run(&cascade, &mut cascade.state(), &input)
    });
    println!("against differences: {error:.1e}");
    assert!(error < 1e-9, "{error:e}");

    let mut error = 0.0;
    for index in 0..PARAMS.len() {
        let mut params = PARAMS.map(dual_num::Dual::from);
        params[index] = dual_num::Dual::new(PARAMS[index], 1.0);
        let cascade = equaliser(params);
        let expected = run(&cascade, &mut cascade.state(), &input);
        let largest = worst(found.iter().map(|y| y.tangent()[index]));
        for (found, expected) in found.iter().zip(expected) {
            error = larger(error, (found.tangent()[index] - expected.dual()).abs() / largest);
        }
    }
    println!("against dual_num: {error:.1e}");
    assert!(error < 3e-14, "{error:e}");
}

#[test]
fn tangents_cross_the_border_between_blocks() {
    let input = noise::<f64>(500, 3);
    let cascade = equaliser(Long::seed(PARAMS));
    let whole = run(&cascade, &mut cascade.state(), &input);

    let mut state = cascade.state();
    let mut parts = Vec::new();
    for length in [1, 63, 64, 65, 7, 300] {
        parts.extend(run(&cascade, &mut state, &input[parts.len()..][..length]));
    }
    assert_same_bits(&parts, &whole);

    let mut state = cascade.state();
    let ticks: Vec<Long> = input.iter().map(|&x| cascade.tick(&mut state, Dual::from(x))).collect();
    assert_same_bits(&ticks, &whole);
}

#[test]
fn detaching_the_state_leaves_the_derivative_with_the_state_held_fixed() {
    let input = noise::<f64>(300, 3);
    let (first, second) = input.split_at(200);
    let cascade = equaliser(Long::seed(PARAMS));
    let mut state = cascade.state();
    run(&cascade, &mut state, first);
    let mut detached = state.clone();
    detached.detach();
    let attached = run(&cascade, &mut state, second);
    let found = run(&cascade, &mut detached, second);

    let plain = equaliser(PARAMS);
    let mut at_the_border = plain.state();
    run(&plain, &mut at_the_border, first);
    let error =
        signal_error(&found, |params| run(&equaliser(params), &mut at_the_border.clone(), second));
    println!("against differences: {error:.1e}");
    assert!(error < 4e-10, "{error:e}");

    // The values are the same, but the tangents are not.
    for (found, attached) in found.iter().zip(&attached) {
        assert_eq!(found.value(), attached.value());
    }
    assert!((found[0].tangent()[0] / attached[0].tangent()[0] - 1.0).abs() > 0.1);
}

/// The output for `input` sample by sample, as in blocks of dual numbers.
fn ticked(cascade: &Cascade<f64>, state: &mut FilterState<f64>, input: &[f64]) -> Vec<f64> {
    input.iter().map(|&x| cascade.tick(state, x)).collect()
}

/// The impulse response sample by sample.
fn response(cascade: &Cascade<f64>, length: usize) -> Vec<f64> {
    let mut impulse = vec![0.0; length];
    impulse[0] = 1.0;
    ticked(cascade, &mut cascade.state(), &impulse)
}

#[test]
fn outputs_have_exact_derivatives_by_the_initial_state() {
    let input = noise::<f64>(100, 3);
    let plain = equaliser(PARAMS);
    let count = 2 * plain.sections().len();
    assert_eq!(count, 10);
    let cascade = equaliser(PARAMS.map(Dual::<f64, 10>::from));
    let mut state = cascade.state();
    for (index, section) in state.sections_mut().iter_mut().enumerate() {
        section.s1 = Dual::variable(0.3, 2 * index);
        section.s2 = Dual::variable(-0.2, 2 * index + 1);
    }
    let found = run(&cascade, &mut state, &input);
    // The filter is linear: a derivative is the response to a state of 1 without input.
    for index in 0..count {
        let mut state = plain.state();
        let section = &mut state.sections_mut()[index / 2];
        *(if index % 2 == 0 { &mut section.s1 } else { &mut section.s2 }) = 1.0;
        let expected = ticked(&plain, &mut state, &[0.0; 100]);
        let found: Vec<f64> = found.iter().map(|y| y.tangent()[index]).collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn outputs_have_exact_derivatives_by_the_input() {
    let input = noise::<f64>(100, 3);
    let response = response(&equaliser(PARAMS), 100);
    let cascade = equaliser(PARAMS.map(Dual::<f64, 3>::from));
    let moments = [0, 17, 80];
    let mut block: Vec<_> = input.iter().map(|&x| Dual::<f64, 3>::from(x)).collect();
    for (index, moment) in moments.into_iter().enumerate() {
        block[moment] = Dual::variable(input[moment], index);
    }
    cascade.process(&mut cascade.state(), &mut block);
    for (index, moment) in moments.into_iter().enumerate() {
        let found: Vec<f64> = block.iter().map(|y| y.tangent()[index]).collect();
        assert_eq!(found[..moment], vec![0.0; moment]);
        assert_eq!(found[moment..], response[..100 - moment]);
    }
}

#[test]
fn tangents_ring_on_while_the_signal_is_silent() {
    let response = response(&equaliser(PARAMS), 300);
    let cascade = equaliser(PARAMS.map(Dual::<f64, 1>::from));
    let mut block = vec![Dual::<f64, 1>::default(); 300];
    block[0] = Dual::variable(0.0, 0);
    cascade.process(&mut cascade.state(), &mut block);
    assert!(block.iter().all(|y| y.value() == 0.0));
    let found: Vec<f64> = block.iter().map(|y| y.tangent()[0]).collect();
    assert_eq!(found, response);
}
