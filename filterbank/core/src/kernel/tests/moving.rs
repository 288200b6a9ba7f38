//! Sections that move, on every level, against the plain loop.

use std::vec;
use std::vec::Vec;

use fearless_simd::Level;

use super::levels;
use super::signals::Random;
use crate::adjoint::moving_adjoint;
use crate::kernel::moving::{moving_adjoint_at, process_moving_at};
use crate::kernel::{AdjointScratch, MovingAdjointLane, MovingLane};
use crate::number::{Dual, Scalar};
use crate::run::process_moving;
use crate::section::{Frames, Interpolation, SvfSection, SvfState};

/// Without tangents: a number that has no kernel.
type Plain = Dual<f64, 0>;

/// The number of the first sample in the frames.
const START: usize = 5;
const TIME: usize = 301;

/// Frames, and where signals lie in them.
#[derive(Clone, Copy, Debug)]
struct Course {
    sections: usize,
    hop: usize,
    interpolation: Interpolation,
}

/// One signal, and everything that a run and its adjoint change.
struct Signal<S> {
    rows: Vec<SvfSection<S>>,
    states: Vec<SvfState<S>>,
    state_slope: Vec<SvfState<S>>,
    input: Vec<S>,
    slope: Vec<S>,
}

impl Signal<f64> {
    fn new(course: Course, random: &mut Random) -> Self {
        let Course { sections, hop, .. } = course;
        let mut numbers = |count: usize| random.noise::<f64>(count);
        let count = (START + TIME).div_ceil(hop) * sections;
        let rows = (numbers(5 * count).as_chunks().0.iter())
            .map(|[g, k, m0, m1, m2]| {
                SvfSection::second_order((4.0 * g).exp(), (2.0 * k).exp(), [*m0, *m1, *m2])
            })
            .collect();
        let mut states = || {
            let state = |[s1, s2, k]: &[f64; 3]| SvfState { s1: *s1, s2: *s2, k: 1.0 + 0.5 * k };
            numbers(3 * sections).as_chunks().0.iter().map(state).collect()
        };
        let (states, state_slope) = (states(), states());
        Self { rows, states, state_slope, input: numbers(TIME), slope: numbers(TIME) }
    }

    fn plain(&self) -> Signal<Plain> {
        let numbers = |numbers: &[f64]| numbers.iter().map(|x| Plain::from_f64(*x)).collect();
        let states = |states: &[SvfState<f64>]| {
            let cast = |SvfState { s1, s2, k }: &SvfState<f64>| SvfState {
                s1: Plain::from_f64(*s1),
                s2: Plain::from_f64(*s2),
                k: Plain::from_f64(*k),
            };
            states.iter().map(cast).collect()
        };
        Signal {
            rows: self.rows.iter().map(SvfSection::cast).collect(),
            states: states(&self.states),
            state_slope: states(&self.state_slope),
            input: numbers(&self.input),
            slope: numbers(&self.slope),
        }
    }
}

/// All results of all signals: outputs, states, slopes and gradients.
fn results<S: Scalar>(
    course: Course,
    signals: &[Signal<S>],
    process: impl Fn(&mut [MovingLane<'_, S>]),
    adjoint: impl Fn(&mut [MovingAdjointLane<'_, S>]),
) -> Vec<f64> {
    let Course { sections, hop, interpolation } = course;
    let frames: Vec<_> = signals
        .iter()
        .map(|signal| Frames::new(&signal.rows, sections, hop, interpolation).expect("frames"))
        .collect();
    let mut outputs: Vec<_> = signals.iter().map(|signal| signal.input.clone()).collect();
    let mut states: Vec<_> = signals.iter().map(|signal| signal.states.clone()).collect();
    let mut lanes: Vec<_> = (frames.iter().zip(&mut states).zip(&mut outputs))
        .map(|((frames, states), block)| MovingLane { frames: *frames, states, block })
        .collect();
    process(&mut lanes);

    let mut slopes: Vec<_> = signals.iter().map(|signal| signal.slope.clone()).collect();
    let mut state_slopes: Vec<_> = signals.iter().map(|s| s.state_slope.clone()).collect();
    let mut gradients = vec![vec![[S::zero(); 6]; signals[0].rows.len()]; signals.len()];
    let changed = slopes.iter_mut().zip(&mut state_slopes).zip(&mut gradients);
    let mut lanes: Vec<_> = (signals.iter().zip(&frames).zip(changed))
        .map(|((signal, frames), ((slope, state_slope), gradient))| MovingAdjointLane {
            frames: *frames,
            states: &signal.states,
            input: &signal.input,
            slope,
            state_slope,
            gradient,
        })
        .collect();
    adjoint(&mut lanes);

    let states = states.iter().chain(&state_slopes).flatten();
    let states = states.flat_map(|SvfState { s1, s2, k }| [*s1, *s2, *k]);
    let signals = outputs.iter().chain(&slopes).flatten().copied();
    let gradients = gradients.iter().flatten().flatten().copied();
    signals.chain(states).chain(gradients).map(S::primal).collect()
}

#[test]
fn every_level_has_the_results_of_the_plain_loop() {
    let mut random = Random(1);
    for interpolation in [Interpolation::Held, Interpolation::Linear] {
        for (hop, lanes, sections) in [(1, 3, 2), (10, 8, 1), (64, 9, 3), (100, 1, 4)] {
            let course = Course { sections, hop, interpolation };
            let signals: Vec<_> = (0..lanes).map(|_| Signal::new(course, &mut random)).collect();
            let plain: Vec<_> = signals.iter().map(Signal::plain).collect();
            let expected = results(
                course,
                &plain,
                |lanes| process_moving(START, lanes).expect("everything fits"),
                |lanes| {
                    moving_adjoint(START, lanes, &mut AdjointScratch::new())
                        .expect("everything fits");
                },
            );
            let largest = expected.iter().fold(1.0, |largest: f64, x| largest.max(x.abs()));
            assert!(largest.is_finite());
            for (name, level) in levels() {
                let found = at_level(level, course, &signals);
                assert_eq!(found.len(), expected.len());
                for (index, (found, expected)) in found.iter().zip(&expected).enumerate() {
                    let error = (found - expected).abs() / largest;
                    assert!(error <= 1e-12, "{name}, {course:?}, number {index}: {error:e}");
                }
            }
        }
    }
}

fn at_level(level: Level, course: Course, signals: &[Signal<f64>]) -> Vec<f64> {
    results(
        course,
        signals,
        |lanes| process_moving_at(level, START, lanes),
        |lanes| moving_adjoint_at(level, START, lanes, &mut AdjointScratch::new()),
    )
}
