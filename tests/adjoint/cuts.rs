//! A signal in blocks of any length.

use crate::common::worst::Worst;
use crate::problem::{Problem, Slopes, adjoints};

/// The slopes block by block, from the last to the first.
fn in_blocks(problems: &[Problem<f64>], lengths: &[usize]) -> Vec<Slopes<f64>> {
    let time = problems[0].input.len();
    let mut blocks = Vec::new();
    let (mut start, mut lengths) = (0, lengths.iter().cycle());
    let mut states: Vec<_> = problems.iter().map(|problem| problem.states.clone()).collect();
    while start < time {
        let end = (start + lengths.next().expect("lengths")).min(time);
        let mut block = problems.to_vec();
        for (part, states) in block.iter_mut().zip(&mut states) {
            part.states.clone_from(states);
            part.input = part.input[start..end].to_vec();
            part.slope = part.slope[start..end].to_vec();
            *states = part.run().1;
        }
        blocks.push(block);
        start = end;
    }
    let mut whole: Vec<Slopes<f64>> = Vec::new();
    for mut block in blocks.into_iter().rev() {
        for (part, later) in block.iter_mut().zip(&whole) {
            part.state_slope.clone_from(&later.states);
        }
        let mut slopes = adjoints(&block);
        for (slopes, later) in slopes.iter_mut().zip(&whole) {
            slopes.input.extend(&later.input);
            let sums = slopes.coefficients.as_flattened_mut().iter_mut();
            for (sum, later) in sums.zip(later.coefficients.as_flattened()) {
                *sum += later;
            }
        }
        whole = slopes;
    }
    whole
}

#[test]
fn cuts_at_any_length_change_nothing() {
    let mut errors = Worst::default();
    for (signals, count) in [(1, 1), (1, 4), (1, 10), (1, 17), (3, 5), (8, 2), (9, 3), (16, 18)] {
        let problem = |index| Problem::new(count, 300, (100 * count + index) as u64);
        let problems: Vec<_> = (0..signals).map(problem).collect();
        let expected = adjoints(&problems);
        for lengths in [&[1][..], &[7], &[8], &[64], &[100], &[1, 5, 64, 9, 128, 2]] {
            let found = in_blocks(&problems, lengths);
            for (found, expected) in found.iter().zip(&expected) {
                let at = || format!("{signals} signals, {count} sections, blocks {lengths:?}");
                errors.see(found.error(expected), at);
            }
        }
    }
    errors.assert_at_most(1e-12, "cuts");
}
