//! Errors of recordings that cannot be fitted.

use std::error::Error;
use std::fmt;

use filterbank_core::DesignError;

use crate::fit::recording::chain::LONGEST_DELAY;
use crate::fit::recording::signal::WEIGHTS;

/// Why a recording cannot be fitted.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum RecordingError {
    /// Input and output differ in length.
    Length {
        /// Samples of the input.
        input: usize,
        /// Samples of the output.
        output: usize,
    },
    /// There is not one weight for each sample.
    WeightCount {
        /// Number of samples.
        expected: usize,
        /// Number of weights.
        found: usize,
    },
    /// A weight is neither 0 nor from 1e-100 to 1e100.
    Weight {
        /// The position of the sample.
        index: usize,
        /// Its weight.
        value: f64,
    },
    /// A sample is infinite or NaN. (The output may be so where its weight is 0.)
    Sample {
        /// Its position.
        index: usize,
    },
    /// The recording has another number of samples than when it was played first.
    Changed {
        /// Samples at first.
        expected: usize,
        /// Samples now.
        found: usize,
    },
    /// A fixed gain or offset is infinite or NaN.
    Fixed {
        /// `"gain"` or `"offset"`.
        name: &'static str,
        /// Its value.
        value: f64,
    },
    /// A fixed delay, or a bound of a fitted delay, is not within ±1,000,000 samples.
    Delay {
        /// The delay or bound, in samples.
        value: f64,
    },
    /// What is wrong with one of several recordings.
    Of {
        /// Its number, from 1.
        number: usize,
        /// The error.
        error: Box<RecordingError>,
    },
    /// The filter cannot be designed.
    Design(DesignError),
}

impl fmt::Display for RecordingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { input, output } => {
                write!(f, "the input has {input} samples, but the output has {output}")
            }
            Self::WeightCount { expected, found } => {
                write!(f, "the recording has {expected} samples but {found} weights")
            }
            Self::Weight { index, value } => write!(
                f,
                "weight {index} of the recording, {value}, must be 0 or lie between {:e} and {:e}",
                WEIGHTS.start(),
                WEIGHTS.end()
            ),
            Self::Sample { index } => write!(f, "sample {index} of the recording is not finite"),
            Self::Changed { expected, found } => {
                write!(f, "the recording had {expected} samples, and has {found} in a later pass")
            }
            Self::Fixed { name, value } => write!(f, "`{name}` must be finite, not {value}"),
            Self::Delay { value } => write!(
                f,
                "`delay` and its bounds must lie between -{LONGEST_DELAY} and {LONGEST_DELAY} \
                 samples, not at {value}"
            ),
            Self::Of { number, error } => write!(f, "recording {number}: {error}"),
            Self::Design(error) => write!(f, "{error}"),
        }
    }
}

impl Error for RecordingError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Of { error, .. } => Some(error),
            Self::Design(error) => Some(error),
            _ => None,
        }
    }
}

impl RecordingError {
    /// The same error in the recording at this position among several.
    pub(super) fn of(self, index: usize) -> Self {
        Self::Of { number: index + 1, error: Box::new(self) }
    }
}
