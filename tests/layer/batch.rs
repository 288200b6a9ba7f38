//! Batches of signals through fixed filters, with a loss that is linear in all that comes out.

use filterbank::layer::{
    Backward, BatchShape, FixedFilters, Forward, LayerError, LayerSample, Workspace,
};
use filterbank::section::SectionState;
use filterbank::{Band, Bank, Method, Scalar, Section};

use crate::common::noise::uniform;
use crate::common::worst::worst;

pub const RATE: f64 = 48_000.0;

/// A batch, its filters, and the slopes of a loss by the output and the final states.
#[derive(Clone, Debug)]
pub struct Batch {
    pub shape: BatchShape,
    pub filters: usize,
    pub sections: Vec<Section<f64>>,
    pub ends: Vec<usize>,
    pub states: Vec<SectionState<f64>>,
    pub input: Vec<f64>,
    pub slope: Vec<f64>,
    pub state_slope: Vec<SectionState<f64>>,
}

/// The slopes by all that the loss depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct Slopes {
    pub sections: Vec<[f64; 5]>,
    pub states: Vec<SectionState<f64>>,
    pub input: Vec<f64>,
}

/// What a forward pass leaves.
#[derive(Clone, Debug, PartialEq)]
pub struct Passed<T> {
    pub output: Vec<T>,
    pub states: Vec<SectionState<f64>>,
    pub checkpoints: Vec<SectionState<f64>>,
}

/// Bands of a filter, two or three sections each.
fn bands(count: usize, seed: u64) -> Vec<Band<f64>> {
    let mut random = uniform(seed);
    let mut number = || random.next().expect("endless");
    let band = |index: usize| {
        let edge = 900.0 * (2.5 * number()).exp();
        let order = 4 + index % 2;
        match index % 3 {
            0 => Band::lowpass(Method::Butterworth { order }, edge),
            1 => Band::bandpass(Method::Butterworth { order: 2 }, edge, 1.7 * edge),
            _ => Band::highpass(Method::Chebyshev1 { order, ripple_db: 0.5 }, edge),
        }
    };
    (0..count).map(band).collect()
}

impl Batch {
    /// Noise through cascades of peaks, one for all items or one for each.
    pub fn cascades(shape: BatchShape, filters: usize, sections: usize, seed: u64) -> Self {
        let mut random = uniform(seed);
        let mut number = || random.next().expect("endless");
        let mut peak = || {
            let (center, q) = (800.0 * (3.0 * number()).exp(), (1.5 * number()).exp());
            let peak = Band::peak(center, q, 9.0 * number());
            peak.sections(RATE).expect("designable")[0]
        };
        let sections = (0..filters * sections).map(|_| peak()).collect();
        Self::new(shape, filters, sections, Vec::new(), seed)
    }

    /// Noise through banks, one for all items or one for each.
    pub fn banks(shape: BatchShape, filters: usize, count: usize, seed: u64) -> Self {
        let bank = |index: usize| {
            Bank::from_bands(&bands(count, seed + index as u64), RATE).expect("designable")
        };
        let sections = (0..filters).flat_map(|index| bank(index).sections().to_vec()).collect();
        Self::new(shape, filters, sections, bank(0).ends().to_vec(), seed)
    }

    fn new(
        shape: BatchShape,
        filters: usize,
        sections: Vec<Section<f64>>,
        ends: Vec<usize>,
        seed: u64,
    ) -> Self {
        let mut random = uniform(1_000 + seed);
        let mut numbers = |count: usize| -> Vec<f64> { random.by_ref().take(count).collect() };
        let count = shape.signals() * sections.len() / filters;
        let state = |pair: &[f64; 2]| SectionState { s1: pair[0], s2: pair[1] };
        let mut states = || numbers(2 * count).as_chunks().0.iter().map(state).collect();
        let (states, state_slope) = (states(), states());
        let input = numbers(shape.samples());
        let slope = numbers(shape.samples() * ends.len().max(1));
        Self { shape, filters, sections, ends, states, input, slope, state_slope }
    }

    pub fn fixed(&self) -> FixedFilters<'_, f64> {
        FixedFilters::banks(self.filters, &self.sections, &self.ends).expect("valid")
    }

    /// The forward pass on samples of another type.
    pub fn forward<T: LayerSample<Number = f64>>(
        &self,
        workspace: &mut Workspace<f64>,
    ) -> Result<Passed<T>, LayerError> {
        let fixed = self.fixed();
        let input = narrow(&self.input);
        let mut passed = Passed {
            output: vec![T::narrow(f64::NAN); self.slope.len()],
            states: self.states.clone(),
            checkpoints: vec![SectionState::default(); fixed.checkpoints(self.shape)],
        };
        let forward = Forward {
            input: &input,
            output: &mut passed.output,
            states: &mut passed.states,
            checkpoints: Some(&mut passed.checkpoints),
        };
        fixed.forward(self.shape, forward, workspace)?;
        Ok(passed)
    }

    /// The backward pass on samples of another type.
    pub fn backward<T: LayerSample<Number = f64>>(
        &self,
        checkpoints: &[SectionState<f64>],
        workspace: &mut Workspace<f64>,
    ) -> Result<Slopes, LayerError> {
        let (input, slope): (Vec<T>, Vec<T>) = (narrow(&self.input), narrow(&self.slope));
        let mut input_slope = vec![T::narrow(f64::NAN); input.len()];
        let mut state_slope = self.state_slope.clone();
        let mut gradient = vec![[0.0; 5]; self.sections.len()];
        let backward = Backward {
            input: &input,
            checkpoints,
            slope: &slope,
            input_slope: &mut input_slope,
            state_slope: &mut state_slope,
            gradient: &mut gradient,
        };
        self.fixed().backward(self.shape, backward, workspace)?;
        let input = input_slope.into_iter().map(T::widen).collect();
        Ok(Slopes { sections: gradient, states: state_slope, input })
    }

    /// Both passes.
    pub fn slopes<T: LayerSample<Number = f64>>(&self) -> Slopes {
        let mut workspace = Workspace::new();
        let passed = self.forward::<T>(&mut workspace).expect("valid");
        self.backward::<T>(&passed.checkpoints, &mut workspace).expect("valid")
    }

    /// The numbers that the loss depends on: coefficients, states, input.
    pub fn numbers(&self) -> Vec<f64> {
        let coefficients = self.sections.iter().flat_map(Section::coefficients);
        let states = self.states.iter().flat_map(|state| [state.s1, state.s2]);
        coefficients.chain(states).chain(self.input.iter().copied()).collect()
    }

    /// The output and the final states for other numbers, by the plain loop.
    pub fn run<S: Scalar>(&self, numbers: &[S]) -> (Vec<S>, Vec<SectionState<S>>) {
        let (coefficients, rest) = numbers.split_at(5 * self.sections.len());
        let (states, input) = rest.split_at(2 * self.states.len());
        let coefficients = coefficients.as_chunks::<5>().0;
        let sections: Vec<_> =
            coefficients.iter().map(|row| Section::from_coefficients(*row)).collect();
        let mut states: Vec<_> = states
            .as_chunks::<2>()
            .0
            .iter()
            .map(|[s1, s2]| SectionState { s1: *s1, s2: *s2 })
            .collect();
        let count = self.sections.len() / self.filters;
        let ends = if self.ends.is_empty() { vec![count] } else { self.ends.clone() };
        let mut output = Vec::new();
        for signal in 0..self.shape.signals() {
            let filter = if self.filters == 1 { 0 } else { signal / self.shape.channels };
            let input = &input[signal * self.shape.time..][..self.shape.time];
            for (band, end) in ends.iter().enumerate() {
                let range = if band == 0 { 0 } else { ends[band - 1] }..*end;
                let sections = &sections[filter * count..][range.clone()];
                let states = &mut states[signal * count..][range];
                let tick = |x: &S| {
                    let series = sections.iter().zip(&mut *states);
                    series.fold(*x, |x, (section, state)| section.tick(state, x))
                };
                output.extend(input.iter().map(tick).collect::<Vec<_>>());
            }
        }
        (output, states)
    }

    /// The loss for other numbers: all that comes out, weighted with the slopes.
    pub fn loss<S: Scalar>(&self, numbers: &[S]) -> S {
        let (output, states) = self.run(numbers);
        let weigh = |y: S, slope: f64| y * S::from_f64(slope);
        let signals: S = output.iter().zip(&self.slope).map(|(y, slope)| weigh(*y, *slope)).sum();
        let each = states.iter().zip(&self.state_slope);
        let states: S =
            each.map(|(state, slope)| weigh(state.s1, slope.s1) + weigh(state.s2, slope.s2)).sum();
        signals + states
    }
}

impl Slopes {
    /// In the order of [`Batch::numbers`].
    pub fn numbers(&self) -> Vec<f64> {
        let states = self.states.iter().flat_map(|state| [state.s1, state.s2]);
        let sections = self.sections.iter().flatten().copied();
        sections.chain(states).chain(self.input.iter().copied()).collect()
    }

    /// Asserts that other slopes are equal, each kind up to a part of its largest.
    #[track_caller]
    pub fn assert_close(&self, expected: &Slopes, tolerance: f64) {
        let states = |slopes: &Slopes| -> Vec<f64> {
            slopes.states.iter().flat_map(|state| [state.s1, state.s2]).collect()
        };
        for (kind, found, expected) in [
            ("sections", self.sections.as_flattened(), expected.sections.as_flattened()),
            ("states", &states(self), &states(expected)),
            ("input", &self.input, &expected.input),
        ] {
            let error = difference(found, expected);
            println!("{kind}: {error:.1e}");
            assert!(error <= tolerance, "{kind}: {error:.1e}, above {tolerance:.0e}");
        }
    }
}

/// Samples of another type.
pub fn narrow<T: LayerSample<Number = f64>>(numbers: &[f64]) -> Vec<T> {
    numbers.iter().map(|x| T::narrow(*x)).collect()
}

/// The largest difference of two lists, relative to the largest number of the second.
pub fn difference(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let error = worst(found.iter().zip(expected).map(|(a, b)| a - b));
    if error == 0.0 { 0.0 } else { error / worst(expected.iter().copied()) }
}

pub fn shape(batch: usize, channels: usize, time: usize) -> BatchShape {
    BatchShape { batch, channels, time }
}
