//! Samples and states of the forward run.

use filterbank::run::{MovingLane, process_moving};
use filterbank::section::{Frames, Interpolation, SvfCascade, SvfSection, SvfState};
use filterbank::{Band, Cascade};

use super::{COURSES, Problem, filtered};
use crate::common::noise::noise;
use crate::common::worst::Worst;

const RATE: f64 = 48_000.0;

#[test]
fn samples_are_those_of_ticks() {
    let mut worst = Worst::default();
    for course in COURSES {
        for (lanes, sections, time, block) in
            [(1, 1, 1, 1), (1, 4, 300, 300), (5, 3, 100, 33), (8, 2, 64, 64), (19, 5, 301, 128)]
        {
            let problems: Vec<_> =
                (0..lanes).map(|seed| Problem::random(seed, sections, time, course)).collect();
            for (problem, (output, states)) in problems.iter().zip(filtered(&problems, block)) {
                let (expected, expected_states) = problem.ticked();
                let largest = expected.iter().fold(1.0, |largest: f64, y| largest.max(y.abs()));
                let at =
                    || format!("{course:?}, {lanes} lanes, {sections} sections, {time} samples");
                for (y, expected) in output.iter().zip(&expected) {
                    worst.see((y - expected).abs() / largest, at);
                }
                for (state, expected) in states.iter().zip(&expected_states) {
                    let differences = [state.s1 - expected.s1, state.s2 - expected.s2];
                    for difference in differences {
                        worst.see(difference.abs() / largest, at);
                    }
                    worst.see((state.k / expected.k - 1.0).abs(), at);
                }
            }
        }
    }
    worst.assert_at_most(1e-13, "samples and states");
}

/// Each lane is a signal of its own: lengths, hops and numbers of sections may differ.
#[test]
fn lanes_need_not_agree() {
    let problems: Vec<_> = (0..12)
        .map(|index| Problem::random(7, 1 + index / 5, 60 + 10 * (index / 3), COURSES[index % 4]))
        .collect();
    let rows: Vec<_> = problems.iter().map(Problem::rows).collect();
    let mut found: Vec<_> =
        problems.iter().map(|problem| (problem.input.clone(), problem.states())).collect();
    let mut lanes: Vec<_> = (problems.iter().zip(&rows).zip(&mut found))
        .map(|((problem, rows), (block, states))| MovingLane {
            frames: problem.frames(rows),
            states,
            block,
        })
        .collect();
    process_moving(0, &mut lanes).expect("everything fits");
    let mut worst = Worst::default();
    for (index, (problem, (output, _))) in problems.iter().zip(&found).enumerate() {
        for (y, expected) in output.iter().zip(problem.ticked().0) {
            worst.see((y - expected).abs(), || format!("lane {index}"));
        }
    }
    worst.assert_at_most(1e-12, "samples of lanes that differ");
}

#[test]
fn frames_that_do_not_move_are_a_static_filter() {
    let bands: Vec<_> = [60.0, 300.0, 1_000.0, 4_000.0]
        .into_iter()
        .map(|center| Band::peak(center, 1.0, 6.0))
        .collect();
    let fixed = SvfCascade::<f64, 4>::from_bands(&bands, RATE).expect("ordinary bands");
    let cascade = Cascade::from_bands(&bands, RATE).expect("ordinary bands");
    let rows = fixed.sections().repeat(5);
    let input = noise::<f64>(1_000, 3);
    for interpolation in [Interpolation::Held, Interpolation::Linear] {
        let frames = Frames::new(&rows, 4, 200, interpolation).expect("valid frames");
        let (mut states, mut outputs) = ([[SvfState::<f64>::REST; 4]; 9], vec![input.clone(); 9]);
        let mut lanes: Vec<_> = (states.iter_mut().zip(&mut outputs))
            .map(|(states, block)| MovingLane { frames, states, block })
            .collect();
        process_moving(0, &mut lanes).expect("everything fits");

        let (mut expected, mut biquads) = (input.clone(), input.clone());
        fixed.process(&mut fixed.states(), &mut expected);
        cascade.process(&mut cascade.state(), &mut biquads);
        let (mut to_svf, mut to_biquads) = (Worst::default(), Worst::default());
        for output in &outputs {
            for ((y, svf), biquad) in output.iter().zip(&expected).zip(&biquads) {
                to_svf.see((y - svf).abs(), || format!("{interpolation:?}"));
                to_biquads.see((y - biquad).abs(), || format!("{interpolation:?}"));
            }
        }
        to_svf.assert_at_most(1e-13, "difference to SvfCascade");
        to_biquads.assert_at_most(1e-11, "difference to Cascade");
    }
}

/// A training loop must see numbers that are not finite.
#[test]
fn the_rest_after_nan_is_nan() {
    let frame = Band::peak(1_000.0, 1.0, 6.0).svf_sections(RATE).expect("an ordinary band")[0];
    let rows = [frame, SvfSection::first_order(0.1, [1.0, 0.5])].repeat(10);
    let frames = Frames::new(&rows, 2, 20, Interpolation::Held).expect("valid frames");
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for lanes in [1, 9] {
            let (mut states, mut blocks) =
                (vec![[SvfState::<f64>::REST; 2]; lanes], vec![[0.5; 200]; lanes]);
            blocks[0][70] = bad;
            let mut lanes: Vec<_> = (states.iter_mut().zip(&mut blocks))
                .map(|(states, block)| MovingLane { frames, states, block })
                .collect();
            process_moving(0, &mut lanes).expect("everything fits");
            let (before, after) = blocks[0].split_at(70);
            assert!(before.iter().all(|y| y.is_finite()));
            assert!(!after[0].is_finite() && after[2..].iter().all(|y| y.is_nan()), "{bad}");
            assert!(states[0].iter().all(|state| state.s1.is_nan()));
            // Other signals are not touched.
            assert!(blocks[1..].iter().flatten().all(|y| y.is_finite()));
        }
    }
}

#[test]
fn silence_brings_states_to_rest() {
    let frame = Band::peak(1_000.0, 1.0, 6.0).svf_sections(RATE).expect("an ordinary band")[0];
    let rows = [frame; 2];
    let frames = Frames::new(&rows, 1, 48_000, Interpolation::Linear).expect("valid frames");
    for lanes in [1, 8] {
        let (mut states, mut blocks) =
            (vec![[SvfState::<f64>::REST; 1]; lanes], vec![vec![0.0; 48_000]; lanes]);
        for block in &mut blocks {
            block[0] = 1.0;
        }
        let mut lanes: Vec<_> = (states.iter_mut().zip(&mut blocks))
            .map(|(states, block)| MovingLane { frames, states, block })
            .collect();
        process_moving(0, &mut lanes).expect("everything fits");
        assert!(states.iter().flatten().all(|state| state.s1 == 0.0 && state.s2 == 0.0));
    }
}
