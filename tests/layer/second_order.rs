//! Second derivatives of a batch: those of the Hessian, by dual numbers of dual numbers.

use filterbank::ad::hessian;
use filterbank::ad::jacobian_vector;
use filterbank::layer::SecondBackward;
use filterbank::section::SectionState;

use crate::batch::{Batch, difference, shape};
use crate::common::noise::uniform;

#[test]
fn they_are_the_hessian_times_the_direction() {
    for batch in [
        Batch::cascades(shape(2, 1, 7), 1, 2, 1),
        Batch::cascades(shape(2, 2, 5), 2, 1, 2),
        Batch::banks(shape(1, 2, 5), 1, 2, 3),
    ] {
        let numbers = batch.numbers();
        let direction: Vec<f64> = uniform(5).take(numbers.len()).collect();
        let (sections, rest) = direction.split_at(5 * batch.sections.len());
        let (states, along_input) = rest.split_at(2 * batch.states.len());
        let state = |pair: &[f64; 2]| SectionState { s1: pair[0], s2: pair[1] };
        let along_states: Vec<_> = states.as_chunks().0.iter().map(state).collect();
        let arguments = SecondBackward {
            input: &batch.input,
            states: &batch.states,
            slope: &batch.slope,
            state_slope: &batch.state_slope,
            along_sections: sections.as_chunks().0,
            along_input,
            along_states: &along_states,
        };
        let found = batch.fixed().second_backward(batch.shape, arguments).expect("valid");

        let pairs = |states: &[SectionState<f64>]| -> Vec<f64> {
            states.iter().flat_map(|state| [state.s1, state.s2]).collect()
        };
        let Ok((_, _, hessian)) = hessian(&numbers[..], |numbers| batch.loss(numbers));
        let row = |row: usize| hessian.row(row).iter().zip(&direction).map(|(h, d)| h * d).sum();
        let expected: Vec<f64> = (0..numbers.len()).map(row).collect();
        let all = [found.sections.as_flattened(), &pairs(&found.states), &found.input].concat();
        assert!(difference(&all, &expected) < 1e-12);

        let out = |numbers: &[_]| {
            let (output, states) = batch.run(numbers);
            let states = states.into_iter().flat_map(|state| [state.s1, state.s2]);
            output.into_iter().chain(states).collect::<Vec<_>>()
        };
        let Ok((_, expected)) = jacobian_vector(&numbers[..], &direction, out);
        let all = [found.slope, pairs(&found.state_slope)].concat();
        assert!(difference(&all, &expected) < 1e-12);
    }
}
