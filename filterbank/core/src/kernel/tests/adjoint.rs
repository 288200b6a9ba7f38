//! The adjoint on every level, against the plain loop.

use std::vec;
use std::vec::Vec;

use super::levels;
use super::signals::{Random, ordinary};
use crate::adjoint::adjoint;
use crate::kernel::adjoint::adjoint_at;
use crate::kernel::{AdjointLane, AdjointScratch};
use crate::number::{Dual, Scalar};
use crate::section::{Section, SectionState};

/// A signal, and what its adjoint changes.
#[derive(Clone)]
struct Signal<S> {
    sections: Vec<Section<S>>,
    states: Vec<SectionState<S>>,
    input: Vec<S>,
    slope: Vec<S>,
    state_slope: Vec<SectionState<S>>,
    gradient: Vec<[S; 5]>,
}

impl Signal<f64> {
    fn new(sections: usize, time: usize, random: &mut Random) -> Self {
        let mut states = || -> Vec<_> {
            let numbers = random.noise::<f64>(2 * sections);
            numbers.as_chunks().0.iter().map(|[s1, s2]| SectionState { s1: *s1, s2: *s2 }).collect()
        };
        let (states, state_slope) = (states(), states());
        Self {
            states,
            state_slope,
            input: random.noise(time),
            slope: random.noise(time),
            sections: ordinary(sections, random),
            gradient: vec![[0.0; 5]; sections],
        }
    }

    fn cast<S: Scalar>(&self) -> Signal<S> {
        let numbers = |numbers: &[f64]| numbers.iter().map(|x| S::from_f64(*x)).collect();
        let states = |states: &[SectionState<f64>]| {
            let state = |state: &SectionState<f64>| SectionState {
                s1: S::from_f64(state.s1),
                s2: S::from_f64(state.s2),
            };
            states.iter().map(state).collect()
        };
        Signal {
            sections: self.sections.iter().map(Section::cast).collect(),
            states: states(&self.states),
            input: numbers(&self.input),
            slope: numbers(&self.slope),
            state_slope: states(&self.state_slope),
            gradient: vec![[S::zero(); 5]; self.sections.len()],
        }
    }
}

impl<S: Scalar> Signal<S> {
    fn lane(&mut self) -> AdjointLane<'_, S> {
        let Self { sections, states, input, slope, state_slope, gradient } = self;
        AdjointLane { sections, states, input, slope, state_slope, gradient }
    }

    /// All that the adjoint has changed.
    fn slopes(&self) -> Vec<f64> {
        let states = self.state_slope.iter().flat_map(|state| [state.s1, state.s2]);
        let all = self.slope.iter().copied().chain(states);
        all.chain(self.gradient.iter().flatten().copied()).map(S::primal).collect()
    }
}

#[test]
fn lanes_agree_with_the_plain_loop_on_every_level() {
    let mut random = Random(3);
    for (name, level) in levels() {
        let mut scratch = AdjointScratch::new();
        for signals in [1, 2, 3, 4, 5, 8, 9, 17] {
            for (deepest, time) in [(1, 1), (1, 200), (2, 77), (4, 64), (5, 7), (9, 130), (20, 90)]
            {
                // Some of the signals have fewer sections.
                let signal = |index: usize| {
                    Signal::new(deepest - (index % 3).min(deepest), time, &mut random)
                };
                let mut found: Vec<Signal<f64>> = (0..signals).map(signal).collect();
                let mut expected: Vec<Signal<Dual<f64, 0>>> =
                    found.iter().map(Signal::cast).collect();
                let mut lanes: Vec<_> = expected.iter_mut().map(Signal::lane).collect();
                adjoint(&mut lanes, &mut AdjointScratch::new()).expect("the lengths fit");
                let mut lanes: Vec<_> = found.iter_mut().map(Signal::lane).collect();
                adjoint_at(level, &mut lanes, &mut scratch);
                for (found, expected) in found.iter().zip(&expected) {
                    let (found, expected) = (found.slopes(), expected.slopes());
                    let size = expected.iter().fold(0.0, |size, x| f64::max(size, x.abs()));
                    for (found, expected) in found.iter().zip(&expected) {
                        let error = (found - expected).abs();
                        assert!(
                            error <= 1e-11 * size,
                            "{name}: {signals} signals, {deepest} sections, {time} samples: {error:e}"
                        );
                    }
                }
            }
        }
    }
}
