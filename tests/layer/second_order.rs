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

#[test]
fn those_of_moving_filters_are_the_hessian_times_the_direction() {
    use crate::moving::{Moving, in_one_list};
    use filterbank::layer::MovingSecondBackward;
    use filterbank::section::{Interpolation, SvfState};
    for moving in [
        Moving::new(shape(2, 1, 6), 1, 1, (2, Interpolation::Linear), 1),
        Moving::new(shape(2, 1, 5), 2, 1, (3, Interpolation::Held), 2),
    ] {
        let numbers = moving.numbers();
        let direction: Vec<f64> = uniform(5).take(numbers.len()).collect();
        let (rows, rest) = direction.split_at(6 * moving.rows.len());
        let (states, along_input) = rest.split_at(3 * moving.states.len());
        let state = |[s1, s2, k]: &[f64; 3]| SvfState { s1: *s1, s2: *s2, k: *k };
        let along_states: Vec<_> = states.as_chunks().0.iter().map(state).collect();
        let arguments = MovingSecondBackward {
            input: &moving.input,
            states: &moving.states,
            slope: &moving.slope,
            state_slope: &moving.state_slope,
            along_rows: rows.as_chunks().0,
            along_input,
            along_states: &along_states,
        };
        let found = moving.moving().second_backward(moving.shape, arguments).expect("valid");

        let Ok((_, _, hessian)) = hessian(&numbers[..], |numbers| moving.loss(numbers));
        let row = |row: usize| hessian.row(row).iter().zip(&direction).map(|(h, d)| h * d).sum();
        let expected: Vec<f64> = (0..numbers.len()).map(row).collect();
        let all = [found.rows.as_flattened(), &in_one_list(&found.states), &found.input].concat();
        assert!(difference(&all, &expected) < 1e-12);

        let out = |numbers: &[_]| {
            let (output, states) = moving.run(numbers);
            let states = states.into_iter().flat_map(|state| [state.s1, state.s2, state.k]);
            output.into_iter().chain(states).collect::<Vec<_>>()
        };
        let Ok((_, expected)) = jacobian_vector(&numbers[..], &direction, out);
        let all = [found.slope, in_one_list(&found.state_slope)].concat();
        assert!(difference(&all, &expected) < 1e-12);
    }
}
