//! The recording chain: what lies between the output of a filter and its recording.

use filterbank_core::{Quantity, SectionState};

use crate::fit::recording::delay::{DelayRange, Kernel};
use crate::fit::recording::error::RecordingError;
use crate::tune::{Param, Tune};

/// The longest delay, in samples: memory grows with the bounds of a delay.
pub(super) const LONGEST_DELAY: f64 = 1e6;

/// The chain as it is specified: `output(n) = gain · filter(input(n − delay)) + offset`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Specification {
    pub(super) gain: Tune,
    pub(super) delay: Tune,
    pub(super) offset: Tune,
    /// Whether the filter has been running before the recording begins.
    pub(super) running: bool,
}

impl Default for Specification {
    /// Nothing is between the filter, at rest, and the recording.
    fn default() -> Self {
        let [gain, delay, offset] = [1.0, 0.0, 0.0].map(Tune::Fixed);
        Self { gain, delay, offset, running: false }
    }
}

impl Specification {
    /// The delays that may occur.
    ///
    /// # Errors
    ///
    /// If the gain or the offset is fixed at a value that is not finite, or the delay or one of
    /// its bounds is too long.
    pub(super) fn checked(&self) -> Result<DelayRange, RecordingError> {
        for (name, value) in [("gain", self.gain), ("offset", self.offset)] {
            match value {
                Tune::Fixed(value) if !value.is_finite() => {
                    return Err(RecordingError::Fixed { name, value });
                }
                _ => {}
            }
        }
        let (low, high) = match self.delay {
            Tune::Fixed(delay) => (delay, delay),
            Tune::Free { bounds, .. } => bounds,
        };
        for value in [low, high] {
            if !(-LONGEST_DELAY..=LONGEST_DELAY).contains(&value) {
                return Err(RecordingError::Delay { value });
            }
        }
        Ok(match self.delay {
            Tune::Fixed(delay) => DelayRange::fixed(delay),
            Tune::Free { .. } => DelayRange::between(low, high),
        })
    }

    /// The parameters, with their names.
    pub(super) fn params<'a>(&self, names: &'a [String]) -> impl Iterator<Item = Param<'a>> {
        let mut names = names.iter();
        let fitted: Vec<_> = self
            .fitted()
            .zip(names.by_ref())
            .map(|((quantity, value, bounds), name)| Param { name, quantity, value, bounds })
            .collect();
        fitted.into_iter().chain(names.map(|name| Param::free(name, 0.0)))
    }

    /// The fitted values of the chain: quantity, start and bounds.
    fn fitted(&self) -> impl Iterator<Item = (Quantity, f64, (f64, f64))> {
        let all = [
            (Quantity::Free, self.gain),
            (Quantity::Delay, self.delay),
            (Quantity::Free, self.offset),
        ];
        all.into_iter().filter_map(|(quantity, value)| match value {
            Tune::Fixed(_) => None,
            Tune::Free { start, bounds } => Some((quantity, start, bounds)),
        })
    }
}

/// Where the values of a chain are among its variables.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    Fixed(f64),
    Variable(usize),
}

impl Place {
    fn new(value: Tune, next: &mut usize) -> Self {
        match value {
            Tune::Fixed(value) => Self::Fixed(value),
            Tune::Free { .. } => {
                *next += 1;
                Self::Variable(*next - 1)
            }
        }
    }

    pub(super) fn value(self, variables: &[f64]) -> f64 {
        match self {
            Self::Fixed(value) => value,
            Self::Variable(index) => variables[index],
        }
    }

    /// The position among the variables.
    pub(super) fn variable(self) -> Option<usize> {
        match self {
            Self::Fixed(_) => None,
            Self::Variable(index) => Some(index),
        }
    }
}

/// The chain as a function of its variables.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    pub(super) gain: Place,
    pub(super) delay: Place,
    pub(super) offset: Place,
    /// The position of the first state; as many follow as there are.
    first_state: usize,
    /// The number of variables.
    count: usize,
    range: DelayRange,
    running: bool,
}

impl Chain {
    /// # Errors
    ///
    /// As [`Specification::checked`].
    pub(super) fn new(
        specification: &Specification,
        sections: usize,
    ) -> Result<Self, RecordingError> {
        let range = specification.checked()?;
        let mut next = 0;
        let [gain, delay, offset] = [specification.gain, specification.delay, specification.offset]
            .map(|value| Place::new(value, &mut next));
        let running = specification.running;
        let count = next + if running { 2 * sections } else { 0 };
        Ok(Self { gain, delay, offset, first_state: next, count, range, running })
    }

    /// The names of the variables, behind the name of the recording.
    pub(super) fn names(&self, recording: &str) -> Vec<String> {
        let values = [("gain", self.gain), ("delay", self.delay), ("offset", self.offset)];
        let fitted = values.iter().filter(|(_, place)| place.variable().is_some());
        let fitted = fitted.map(|(name, _)| format!("{recording}.{name}"));
        let states = (0..self.states().len() / 2).flat_map(|section| {
            ["s1", "s2"].map(|state| format!("{recording}.state[{section}].{state}"))
        });
        fitted.chain(states).collect()
    }

    /// The number of variables.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn range(&self) -> DelayRange {
        self.range
    }

    /// The positions of the states among the variables.
    pub(super) fn states(&self) -> std::ops::Range<usize> {
        self.first_state..self.count
    }

    /// The position in the recording of the first sample that the filter is compared with. A filter
    /// that has been running starts where its delayed input is known.
    pub(super) fn start(&self) -> usize {
        if self.running { self.range.past() } else { 0 }
    }

    /// The chain for given variables.
    pub(super) fn at(&self, variables: &[f64]) -> Setting {
        let states = variables[self.states()].chunks_exact(2);
        Setting {
            gain: self.gain.value(variables),
            offset: self.offset.value(variables),
            kernel: self.range.kernel(self.delay.value(variables)),
            states: states.map(|pair| SectionState { s1: pair[0], s2: pair[1] }).collect(),
        }
    }
}

/// A chain with given values.
pub(super) struct Setting {
    pub(super) gain: f64,
    pub(super) offset: f64,
    pub(super) kernel: Kernel,
    /// The states of the sections at the start; none if they are at rest.
    pub(super) states: Vec<SectionState<f64>>,
}
