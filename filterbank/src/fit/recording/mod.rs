//! Fits of filters to recordings of a system's input and output.
//!
//! ```text
//! signal ─► delay ─► chain ─► builder ─► track ─┬► align
//!                                               └► linearize ─► problem ─► recordings
//! ```

mod align;
mod builder;
mod chain;
mod delay;
mod error;
mod linearize;
mod problem;
mod recordings;
mod signal;
mod track;

pub use builder::Recording;
pub use error::RecordingError;
pub use recordings::Recordings;
pub use signal::Sample;

use crate::fit::error::FitError;
use crate::fit::least_squares::LeastSquares;
use crate::fit::result::Fit;
use crate::tune::SingleOutput;

/// Fits the parameters of a filter so that it turns `input` into `output`, by least squares. The
/// fit starts from the values in the specification. The filter's bounds replace the bounds of
/// `method`. With a robust [`Loss`](crate::fit::Loss), samples with large errors count less: for
/// recordings with clicks or dropouts.
///
/// The filter starts at rest. [`Sensitivities`](crate::Sensitivities) computes the exact derivatives of its output, and
/// only [sums](super::NormalEquations) of them are kept: memory does not grow with the recording.
/// Frequencies and widths are searched on a logarithmic scale, all other parameters on a linear
/// scale.
///
/// For the gain, delay and offset of a real recording, and for several recordings, use
/// [`Recordings`].
///
/// [`Fit::rms`] is the root-mean-square difference between filter and recording, in the unit of the
/// samples, for every loss. The standard errors hold if that difference is white noise: see
/// [`Fit::warning`].
///
/// # Errors
///
/// If the signals differ in length or contain samples that are not finite; if there are fewer
/// samples than parameters; if the size of the loss is not positive; if the start cannot be
/// designed, or a parameter on a logarithmic scale is not above 0.
///
/// ```
/// use filterbank::fit::{LeastSquares, fit_recording};
/// use filterbank::{Band, Tune, TunableCascade};
///
/// // A system, and its response to noise.
/// let system = Band::peak(1_500.0, 4.0, 9.0).design(16_000.0)?;
/// let mut random = 1_u64;
/// let input: Vec<f64> = (0..2_000)
///     .map(|_| {
///         random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
///         (random >> 40) as f64 / f64::from(1_u32 << 24) - 0.5
///     })
///     .collect();
/// let mut output = input.clone();
/// system.process(&mut system.state(), &mut output);
///
/// let model = TunableCascade::new(
///     [("mode", Band::peak(Tune::free(1_000.0), Tune::free(1.0), Tune::free(3.0)))],
///     16_000.0,
/// )?;
/// let fit = fit_recording(&model, &input, &output, &LeastSquares::new())?;
/// assert!((fit.params[0] - 1_500.0).abs() < 1e-4, "{}", fit.stop);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fit_recording<T: SingleOutput>(
    filter: &T,
    input: &[f64],
    output: &[f64],
    method: &LeastSquares,
) -> Result<Fit, FitError<RecordingError>> {
    Recordings::new(filter).with(Recording::new(input, output)).fit(method)
}

/// [`fit_recording`] for a stream of pairs of input and output, such as a file too long for memory.
/// `play` is called for each pass over the recording, about twice an iteration, and must give the
/// same samples each time.
///
/// # Errors
///
/// As [`fit_recording`], and if the number of samples changes.
pub fn fit_stream<T: SingleOutput, I: Iterator<Item = (f64, f64)>>(
    filter: &T,
    play: impl FnMut() -> I,
    method: &LeastSquares,
) -> Result<Fit, FitError<RecordingError>> {
    Recordings::new(filter).with(Recording::stream(play)).fit(method)
}
