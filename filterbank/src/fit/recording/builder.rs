//! One recording of a system, with its recording chain.

use std::fmt;

use crate::fit::recording::chain::Specification;
use crate::fit::recording::error::RecordingError;
use crate::fit::recording::signal::{Block, Sample, in_blocks};
use crate::tune::Tune;

/// Plays a recording once, and returns the number of samples.
type Play<'a> = dyn FnMut(&mut dyn FnMut(&mut Block)) -> Result<usize, RecordingError> + 'a;

/// The input and output of a system, and what lies between the filter and the recording:
///
/// ```text
/// output(n) = gain · filter(input(n − delay)) + offset + noise
/// ```
///
/// Each of them is fixed or fitted: a number, [`Tune::free`] or [`Tune::within`]. Without calls, the
/// gain is 1, the delay and the offset are 0, and the filter starts at rest. Fit it by
/// [`Recordings`](crate::fit::Recordings).
///
/// ```
/// use filterbank::Tune;
/// use filterbank::fit::Recording;
///
/// let (input, output) = ([1.0, 0.0, 0.0, 0.0], [0.0, 2.0, f64::NAN, 0.5]);
/// // The third sample is lost.
/// let recording = Recording::weighted(&input, &output, &[1.0, 1.0, 0.0, 1.0])
///     .gain(Tune::free(1.0))
///     .delay(Tune::within(0.0, 0.0..=10.0))
///     .offset(0.01);
/// # let _ = recording;
/// ```
pub struct Recording<'a> {
    pub(super) play: Box<Play<'a>>,
    pub(super) chain: Specification,
}

impl<'a> Recording<'a> {
    /// Input and output of equal length. Every sample has weight 1.
    pub fn new(input: &'a [f64], output: &'a [f64]) -> Self {
        Self::playing(move |listen| {
            check_lengths(input, output)?;
            in_blocks(input.iter().copied().zip(output.iter().copied()), listen)
        })
    }

    /// Input, output and weights of equal length. The squared error of each sample is multiplied by
    /// its weight, which is 0 or from 1e-100 to 1e100. For noise of different variances, the best
    /// weights are the inverse variances. Weight 0 leaves a sample out, for dropouts and clicks;
    /// its output may be NaN.
    pub fn weighted(input: &'a [f64], output: &'a [f64], weights: &'a [f64]) -> Self {
        Self::playing(move |listen| {
            check_lengths(input, output)?;
            let (expected, found) = (input.len(), weights.len());
            if expected != found {
                return Err(RecordingError::WeightCount { expected, found });
            }
            let outputs = output.iter().zip(weights);
            let samples = input.iter().zip(outputs);
            in_blocks(samples.map(|(x, (y, weight))| (*x, *y, *weight)), listen)
        })
    }

    /// A recording that is too long for memory. `play` is called for each pass, about twice an
    /// iteration, and must give the same samples each time: pairs of input and output, triples of
    /// input, output and weight, or any other type that becomes a [`Sample`].
    pub fn stream<I>(mut play: impl FnMut() -> I + 'a) -> Self
    where
        I: Iterator<Item: Into<Sample>>,
    {
        Self::playing(move |listen| in_blocks(play(), listen))
    }

    fn playing(
        play: impl FnMut(&mut dyn FnMut(&mut Block)) -> Result<usize, RecordingError> + 'a,
    ) -> Self {
        Self { play: Box::new(play), chain: Specification::default() }
    }

    /// The gain of the chain, a linear factor. It is negative for reversed polarity. A fitted gain
    /// starts at the value that fits best, of either sign if its bounds allow it.
    ///
    /// A filter whose own gain is fitted at all frequencies leaves the gain of the chain
    /// undetermined.
    #[must_use]
    pub fn gain(mut self, gain: impl Into<Tune>) -> Self {
        self.chain.gain = gain.into();
        self
    }

    /// The delay of the output against the input in samples, whole or not. It is negative if the
    /// output was recorded too early. A fitted delay needs finite bounds. They should be narrow: it
    /// starts at the whole delay within them that fits best, found by cross-correlation.
    ///
    /// Delayed signals are interpolated by a windowed sinc of 128 samples. Up to 0.94 of the Nyquist
    /// frequency, its error is below −100 dB; whole delays are exact. Above, a fractional delay loses
    /// level: recordings with an anti-aliasing filter have little signal there. The delay is the same at all
    /// frequencies, and its derivative is that of the interpolation.
    ///
    /// The input counts as 0 before the recording, and is unknown after it. So a fitted delay leaves
    /// out the last samples of the output: 64, and as many as the delay may be negative.
    #[must_use]
    pub fn delay(mut self, samples: impl Into<Tune>) -> Self {
        self.chain.delay = samples.into();
        self
    }

    /// A constant that is added to the output. A fitted offset starts at the value that fits best.
    #[must_use]
    pub fn offset(mut self, offset: impl Into<Tune>) -> Self {
        self.chain.offset = offset.into();
        self
    }

    /// The recording begins while the system is running. The initial state of the filter is fitted:
    /// two parameters for each section, [`SectionState::s1`](crate::section::SectionState::s1) and
    /// `s2`. The first samples are left out if their delayed input may be unknown.
    #[must_use]
    pub fn running(mut self) -> Self {
        self.chain.running = true;
        self
    }
}

impl fmt::Debug for Recording<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording").field("chain", &self.chain).finish_non_exhaustive()
    }
}

fn check_lengths(input: &[f64], output: &[f64]) -> Result<(), RecordingError> {
    let (input, output) = (input.len(), output.len());
    if input == output { Ok(()) } else { Err(RecordingError::Length { input, output }) }
}
