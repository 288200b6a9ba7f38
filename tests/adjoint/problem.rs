//! Signals through sections, with a loss that is linear in all that comes out.

use filterbank::run::{AdjointLane, AdjointScratch, Sample, adjoint};
use filterbank::section::SectionState;
use filterbank::{Band, Cascade, Method, Scalar, Section};

use crate::common::noise::uniform;

/// One signal, and the slopes of a loss by its output and by the states after it.
#[derive(Clone, Debug)]
pub struct Problem<S> {
    pub sections: Vec<Section<S>>,
    pub states: Vec<SectionState<S>>,
    pub input: Vec<S>,
    pub slope: Vec<S>,
    pub state_slope: Vec<SectionState<S>>,
}

/// The slopes by all that the loss depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct Slopes<S> {
    pub coefficients: Vec<[S; 5]>,
    pub states: Vec<SectionState<S>>,
    pub input: Vec<S>,
}

/// Ordinary sections at frequencies from 30 Hz to 20 kHz.
pub fn sections(count: usize, seed: u64) -> Vec<Section<f64>> {
    let mut random = uniform(seed);
    let mut number = || random.next().expect("endless");
    let band = |_| {
        let frequency = 800.0 * (3.2 * number()).exp();
        let (kind, q, gain_db) = (number(), 1.3_f64.powf(6.0 * number()), 9.0 * number());
        match kind {
            ..-0.6 => Band::resonant_lowpass(frequency, q),
            ..-0.2 => Band::resonant_highpass(frequency, q),
            ..0.0 => Band::lowpass(Method::Butterworth { order: 1 }, frequency),
            _ => Band::peak(frequency, q, gain_db),
        }
    };
    let bands: Vec<_> = (0..count).map(band).collect();
    Cascade::from_bands(&bands, 48_000.0).expect("the bands can be designed").sections().to_vec()
}

impl Problem<f64> {
    /// Ordinary sections, and noise everywhere else.
    pub fn new(count: usize, time: usize, seed: u64) -> Self {
        let mut random = uniform(1_000 + seed);
        let mut number = || random.next().expect("endless");
        let mut states =
            || (0..count).map(|_| SectionState { s1: number(), s2: number() }).collect::<Vec<_>>();
        let (states, state_slope) = (states(), states());
        let input = (0..time).map(|_| number()).collect();
        let slope = (0..time).map(|_| number()).collect();
        Self { sections: sections(count, seed), states, input, slope, state_slope }
    }

    /// Coefficients, states and input in one list.
    pub fn numbers(&self) -> Vec<f64> {
        let coefficients = self.sections.iter().flat_map(Section::coefficients);
        let states = self.states.iter().flat_map(|state| [state.s1, state.s2]);
        coefficients.chain(states).chain(self.input.iter().copied()).collect()
    }

    /// The same problem on another scalar, with these numbers in place of its own.
    pub fn with_numbers<S: Scalar>(&self, numbers: &[S]) -> Problem<S> {
        let (coefficients, rest) = numbers.split_at(5 * self.sections.len());
        let (states, input) = rest.split_at(2 * self.states.len());
        let coefficients = coefficients.as_chunks().0;
        let states = states.as_chunks().0;
        let state = |state: &SectionState<f64>| SectionState {
            s1: S::from_f64(state.s1),
            s2: S::from_f64(state.s2),
        };
        Problem {
            sections: coefficients.iter().map(|row| Section::from_coefficients(*row)).collect(),
            states: states.iter().map(|[s1, s2]| SectionState { s1: *s1, s2: *s2 }).collect(),
            input: input.to_vec(),
            slope: self.slope.iter().map(|x| S::from_f64(*x)).collect(),
            state_slope: self.state_slope.iter().map(state).collect(),
        }
    }

    /// The same problem on another scalar.
    pub fn cast<S: Scalar>(&self) -> Problem<S> {
        let numbers: Vec<S> = self.numbers().into_iter().map(S::from_f64).collect();
        self.with_numbers(&numbers)
    }
}

impl<S: Sample> Problem<S> {
    /// The output, and the states after it.
    pub fn run(&self) -> (Vec<S>, Vec<SectionState<S>>) {
        let mut states = self.states.clone();
        let tick = |x: &S| {
            let series = self.sections.iter().zip(&mut states);
            series.fold(*x, |x, (section, state)| section.tick(state, x))
        };
        (self.input.iter().map(tick).collect(), states)
    }

    /// The loss: what comes out, weighted with the slopes.
    pub fn loss(&self) -> S {
        let (output, states) = self.run();
        let signal = output.iter().zip(&self.slope).map(|(y, slope)| *y * *slope);
        let state = |(state, slope): (&SectionState<S>, &SectionState<S>)| {
            state.s1 * slope.s1 + state.s2 * slope.s2
        };
        let states: S = states.iter().zip(&self.state_slope).map(state).sum();
        signal.sum::<S>() + states
    }

    /// The slopes by the adjoint.
    pub fn adjoint(&self) -> Slopes<S> {
        adjoints(std::slice::from_ref(self)).remove(0)
    }
}

/// The slopes of many problems by one call.
pub fn adjoints<S: Sample>(problems: &[Problem<S>]) -> Vec<Slopes<S>> {
    let start = |problem: &Problem<S>| Slopes {
        coefficients: vec![[S::zero(); 5]; problem.sections.len()],
        states: problem.state_slope.clone(),
        input: problem.slope.clone(),
    };
    let mut slopes: Vec<Slopes<S>> = problems.iter().map(start).collect();
    let mut lanes: Vec<_> =
        problems.iter().zip(&mut slopes).map(|(problem, slopes)| lane(problem, slopes)).collect();
    adjoint(&mut lanes, &mut AdjointScratch::new()).expect("the lengths fit");
    slopes
}

/// The lane of a problem.
pub fn lane<'a, S>(problem: &'a Problem<S>, slopes: &'a mut Slopes<S>) -> AdjointLane<'a, S> {
    AdjointLane {
        sections: &problem.sections,
        states: &problem.states,
        input: &problem.input,
        slope: &mut slopes.input,
        state_slope: &mut slopes.states,
        gradient: &mut slopes.coefficients,
    }
}

impl<S: Scalar> Slopes<S> {
    /// In the order of [`Problem::numbers`].
    pub fn numbers(&self) -> Vec<S> {
        let states = self.states.iter().flat_map(|state| [state.s1, state.s2]);
        let coefficients = self.coefficients.iter().flatten().copied();
        coefficients.chain(states).chain(self.input.iter().copied()).collect()
    }

    /// The same slopes in three groups, each of one kind.
    fn groups(&self) -> [Vec<f64>; 3] {
        let values = |numbers: &mut dyn Iterator<Item = S>| numbers.map(S::primal).collect();
        [
            values(&mut self.coefficients.iter().flatten().copied()),
            values(&mut self.states.iter().flat_map(|state| [state.s1, state.s2])),
            values(&mut self.input.iter().copied()),
        ]
    }

    /// The largest difference to other slopes, relative to the largest of its kind.
    pub fn error<T: Scalar>(&self, expected: &Slopes<T>) -> f64 {
        let (found, expected) = (self.groups(), expected.groups());
        let groups = found.iter().zip(&expected).filter(|(_, expected)| !expected.is_empty());
        crate::common::worst::worst(groups.map(|(found, expected)| {
            assert_eq!(found.len(), expected.len());
            relative_error(found, expected)
        }))
    }
}

/// The largest difference, relative to the largest number expected.
pub fn relative_error(found: &[f64], expected: &[f64]) -> f64 {
    use crate::common::worst::worst;
    let size = worst(expected.iter().copied());
    worst(found.iter().zip(expected).map(|(found, expected)| found - expected)) / size
}
