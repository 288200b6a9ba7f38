//! The signals of a recording, block by block.

use std::ops::RangeInclusive;

use crate::fit::recording::delay::Window;
use crate::fit::recording::error::RecordingError;

/// The number of samples processed at a time.
pub(super) const BLOCK: usize = 1_024;

/// The weights whose sums with squared errors neither vanish nor overflow.
pub(super) const WEIGHTS: RangeInclusive<f64> = 1e-100..=1e100;

/// One sample of a recording.
///
/// ```
/// use filterbank::fit::Sample;
///
/// assert_eq!(Sample::from((0.5, 0.25)), Sample { input: 0.5, output: 0.25, weight: 1.0 });
/// assert_eq!(Sample::from((0.5, f64::NAN, 0.0)).weight, 0.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// The input of the system.
    pub input: f64,
    /// The recorded output.
    pub output: f64,
    /// A factor of the squared error: 0, or from 1e-100 to 1e100. A sample of weight 0 is left out;
    /// its output may be NaN.
    pub weight: f64,
}

/// Input and output, with weight 1.
impl From<(f64, f64)> for Sample {
    fn from((input, output): (f64, f64)) -> Self {
        Self { input, output, weight: 1.0 }
    }
}

/// Input, output and weight.
impl From<(f64, f64, f64)> for Sample {
    fn from((input, output, weight): (f64, f64, f64)) -> Self {
        Self { input, output, weight }
    }
}

/// Consecutive samples.
#[derive(Default)]
pub(super) struct Block {
    pub(super) input: Vec<f64>,
    pub(super) wanted: Vec<f64>,
    pub(super) weights: Vec<f64>,
}

impl Block {
    fn with_capacity(samples: usize) -> Self {
        let [input, wanted, weights] = std::array::from_fn(|_| Vec::with_capacity(samples));
        Self { input, wanted, weights }
    }

    fn push(&mut self, sample: Sample) {
        self.input.push(sample.input);
        self.wanted.push(sample.output);
        self.weights.push(sample.weight);
    }

    pub(super) fn extend(&mut self, other: &Self) {
        self.input.extend_from_slice(&other.input);
        self.wanted.extend_from_slice(&other.wanted);
        self.weights.extend_from_slice(&other.weights);
    }

    /// Drops the first samples.
    pub(super) fn drop_first(&mut self, count: usize) {
        for signal in [&mut self.input, &mut self.wanted, &mut self.weights] {
            signal.drain(..count);
        }
    }

    /// The block at position `first` of a recording, without samples around it.
    pub(super) fn window(&self, first: usize) -> Window<'_> {
        Window { first, inputs: &self.input, wanted: &self.wanted, weights: &self.weights }
    }
}

/// Checks the samples and passes them on in blocks. Returns their number.
pub(super) fn in_blocks<S: Into<Sample>>(
    samples: impl Iterator<Item = S>,
    listen: &mut dyn FnMut(&mut Block),
) -> Result<usize, RecordingError> {
    let mut count = 0;
    let mut block = Block::with_capacity(BLOCK);
    for (index, sample) in samples.enumerate() {
        let sample = sample.into();
        let Sample { input, output, weight } = sample;
        if weight != 0.0 && !WEIGHTS.contains(&weight) {
            return Err(RecordingError::Weight { index, value: weight });
        }
        if !input.is_finite() || !(output.is_finite() || weight == 0.0) {
            return Err(RecordingError::Sample { index });
        }
        count = index + 1;
        block.push(sample);
        if block.input.len() == BLOCK {
            listen(&mut block);
            block.drop_first(BLOCK);
        }
    }
    listen(&mut block);
    Ok(count)
}
