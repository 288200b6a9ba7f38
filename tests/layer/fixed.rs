//! Fixed filters over a batch: outputs are those of single filters, derivatives those of dual
//! numbers, whatever the cuts.

use filterbank::gradient;
use filterbank::layer::Workspace;

use crate::batch::{Batch, Slopes, difference, narrow, shape};

/// Small batches of every kind.
fn kinds(time: usize) -> [Batch; 5] {
    [
        Batch::cascades(shape(3, 2, time), 1, 2, 1),
        Batch::cascades(shape(3, 2, time), 3, 2, 2),
        Batch::banks(shape(2, 2, time), 1, 3, 3),
        Batch::banks(shape(2, 1, time), 2, 4, 4),
        Batch::cascades(shape(1, 1, time), 1, 19, 5),
    ]
}

#[test]
fn outputs_and_states_are_those_of_the_plain_loop() {
    for batch in kinds(700) {
        let passed = batch.forward::<f64>(&mut Workspace::new()).expect("valid");
        let (output, states) = batch.run(&batch.numbers());
        assert!(difference(&passed.output, &output) < 1e-12);
        let numbers = |states: &[filterbank::section::SectionState<f64>]| -> Vec<f64> {
            states.iter().flat_map(|state| [state.s1, state.s2]).collect()
        };
        let error = difference(&numbers(&passed.states), &numbers(&states));
        // The states of poles at low frequencies are small differences of large numbers.
        assert!(error < 1e-11, "{error:.1e}");
    }
}

#[test]
fn a_pass_without_checkpoints_has_the_same_output() {
    use filterbank::layer::Forward;
    for batch in kinds(600) {
        let passed = batch.forward::<f64>(&mut Workspace::new()).expect("valid");
        let (mut states, mut output) = (batch.states.clone(), vec![0.0; batch.slope.len()]);
        let forward = Forward {
            input: &batch.input,
            output: &mut output,
            states: &mut states,
            checkpoints: None,
        };
        batch.fixed().forward(batch.shape, forward, &mut Workspace::new()).expect("valid");
        assert_eq!((output, states), (passed.output, passed.states));
    }
}

#[test]
fn slopes_are_those_of_dual_numbers() {
    for batch in kinds(23) {
        let found = batch.slopes::<f64>();
        let Ok((_, expected)) = gradient(&batch.numbers()[..], |numbers| batch.loss(numbers));
        let (sections, rest) = expected.split_at(5 * batch.sections.len());
        let (states, input) = rest.split_at(2 * batch.states.len());
        let state =
            |pair: &[f64; 2]| filterbank::section::SectionState { s1: pair[0], s2: pair[1] };
        let expected = Slopes {
            sections: sections.as_chunks().0.to_vec(),
            states: states.as_chunks().0.iter().map(state).collect(),
            input: input.to_vec(),
        };
        found.assert_close(&expected, 1e-10);
    }
}

/// The derivative of the loss in any direction, forwards by dual numbers and backwards by the layer.
#[test]
fn the_dot_test_holds_over_many_blocks() {
    use filterbank::ad::jacobian_vector;
    for batch in kinds(900) {
        let numbers = batch.numbers();
        let direction: Vec<f64> = crate::common::noise::uniform(77).take(numbers.len()).collect();
        let Ok((_, forwards)) = jacobian_vector(&numbers[..], &direction, |n| [batch.loss(n)]);
        let slopes = batch.slopes::<f64>().numbers();
        let products: Vec<f64> = slopes.iter().zip(&direction).map(|(a, b)| a * b).collect();
        let size: f64 = products.iter().map(|product| product.abs()).sum();
        let backwards: f64 = products.iter().sum();
        let error = (backwards - forwards[0]).abs() / size;
        println!("{error:.1e}");
        assert!(error < 1e-12, "{forwards:?} {backwards}");
    }
}

/// A signal in two halves: the states go from the first to the second, their slopes from the second
/// to the first.
#[test]
fn cuts_do_not_matter() {
    for whole in kinds(777) {
        for cut in [1, 255, 256, 300] {
            let expected = whole.slopes::<f64>();
            let [mut first, mut second] = halves(&whole, cut);
            let mut workspace = Workspace::new();
            let front = first.forward::<f64>(&mut workspace).expect("valid");
            second.states.clone_from(&front.states);
            let back = second.forward::<f64>(&mut workspace).expect("valid");
            let after = second.backward::<f64>(&back.checkpoints, &mut workspace).expect("valid");
            first.state_slope.clone_from(&after.states);
            let mut found =
                first.backward::<f64>(&front.checkpoints, &mut workspace).expect("valid");
            for (sum, term) in
                found.sections.iter_mut().flatten().zip(after.sections.iter().flatten())
            {
                *sum += term;
            }
            let rows = found.input.chunks(cut).zip(after.input.chunks(whole.shape.time - cut));
            found.input = rows.flat_map(|(front, back)| [front, back].concat()).collect();
            found.assert_close(&expected, 1e-11);
        }
    }
}

/// The same batch up to a sample, and from it on.
fn halves(whole: &Batch, cut: usize) -> [Batch; 2] {
    let time = whole.shape.time;
    [0..cut, cut..time].map(|range| {
        let part = |rows: &[f64]| -> Vec<f64> {
            rows.chunks(time).flat_map(|row| row[range.clone()].to_vec()).collect()
        };
        let shape = shape(whole.shape.batch, whole.shape.channels, range.len());
        Batch { shape, input: part(&whole.input), slope: part(&whole.slope), ..whole.clone() }
    })
}

/// Single precision rounds the signals, not the arithmetic.
#[test]
fn signals_of_f32_are_filtered_in_f64() {
    for batch in kinds(500) {
        // The numbers that the rounded signals are.
        let round =
            |numbers: &[f64]| narrow::<f32>(numbers).iter().map(|x| f64::from(*x)).collect();
        let rounded =
            Batch { input: round(&batch.input), slope: round(&batch.slope), ..batch.clone() };
        let single = batch.forward::<f32>(&mut Workspace::new()).expect("valid");
        let double = rounded.forward::<f64>(&mut Workspace::new()).expect("valid");
        assert_eq!(single.output, narrow::<f32>(&double.output));
        assert_eq!(single.states, double.states);
        let (single, double) = (batch.slopes::<f32>(), rounded.slopes::<f64>());
        assert_eq!(single.sections, double.sections);
        assert_eq!(single.input, round(&double.input));
    }
}

#[test]
fn one_filter_for_each_item_is_that_of_the_item_alone() {
    let batch = Batch::cascades(shape(3, 2, 400), 3, 4, 9);
    let slopes = batch.slopes::<f64>();
    for item in 0..3 {
        let part = |rows: &[f64]| rows[item * 800..][..800].to_vec();
        let states = |states: &[_]| states[item * 8..][..8].to_vec();
        let alone = Batch {
            shape: shape(1, 2, 400),
            filters: 1,
            sections: batch.sections[4 * item..][..4].to_vec(),
            states: states(&batch.states),
            input: part(&batch.input),
            slope: part(&batch.slope),
            state_slope: states(&batch.state_slope),
            ends: Vec::new(),
        };
        let found = Slopes {
            sections: slopes.sections[4 * item..][..4].to_vec(),
            states: states(&slopes.states),
            input: part(&slopes.input),
        };
        found.assert_close(&alone.slopes::<f64>(), 1e-11);
    }
}

#[test]
fn batches_without_items_channels_samples_or_sections_are_nothing_special() {
    for (batch, channels, time) in [(0, 2, 9), (2, 0, 9), (2, 2, 0)] {
        let empty = Batch::cascades(shape(batch, channels, time), 1, 3, 1);
        let slopes = empty.slopes::<f64>();
        assert_eq!(slopes.sections, [[0.0; 5]; 3]);
        assert_eq!(slopes.states, empty.state_slope);
    }
    let identity = Batch::cascades(shape(2, 1, 300), 1, 0, 1);
    let passed = identity.forward::<f64>(&mut Workspace::new()).expect("valid");
    assert_eq!(passed.output, identity.input);
    assert_eq!(identity.slopes::<f64>().input, identity.slope);
}
