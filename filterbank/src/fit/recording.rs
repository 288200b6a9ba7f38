//! Fitting a filter to recordings of a system's input and output.

use std::error::Error;
use std::fmt;
use std::ops::ControlFlow;

use filterbank_core::{Cascade, DesignError, Section};
use nalgebra::DVector;

use crate::fit::error::FitError;
use crate::fit::least_squares::LeastSquares;
use crate::fit::levenberg_marquardt::{Minimum, Objective, minimize};
use crate::fit::loss::Loss;
use crate::fit::model::Model;
use crate::fit::normal_equations::NormalEquations;
use crate::fit::result::Fit;
use crate::fit::statistics::Statistics;
use crate::sensitivity::Sensitivities;
use crate::tune::{SingleOutput, Tunable};

/// Why a recording cannot be fitted.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum RecordingError {
    /// Input and output differ in length.
    Length {
        /// Samples of the input.
        input: usize,
        /// Samples of the output.
        output: usize,
    },
    /// A sample is infinite or NaN.
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
    /// The filter cannot be designed.
    Design(DesignError),
}

impl fmt::Display for RecordingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { input, output } => {
                write!(f, "the input has {input} samples, but the output has {output}")
            }
            Self::Sample { index } => write!(f, "sample {index} of the recording is not finite"),
            Self::Changed { expected, found } => {
                write!(f, "the recording had {expected} samples, and has {found} in a later pass")
            }
            Self::Design(error) => write!(f, "{error}"),
        }
    }
}

impl Error for RecordingError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Design(error) => Some(error),
            _ => None,
        }
    }
}

/// Fits the parameters of a filter so that it turns `input` into `output`, by least squares. The
/// fit starts from the values in the specification. The filter's bounds replace the bounds of
/// `method`. With a robust [`Loss`](crate::fit::Loss), samples with large errors count less: for
/// recordings with clicks or dropouts.
///
/// The filter starts at rest. [`Sensitivities`] computes the exact derivatives of its output, and
/// only [sums](super::NormalEquations) of them are kept: memory does not grow with the recording.
/// Frequencies and widths are searched on a logarithmic scale, all other parameters on a linear
/// scale.
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
    if input.len() != output.len() {
        let (input, output) = (input.len(), output.len());
        return Err(FitError::Evaluation(RecordingError::Length { input, output }));
    }
    fit_stream(filter, || input.iter().copied().zip(output.iter().copied()), method)
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
    let model = Model::new(filter)?;
    let start = model.start()?;
    let limits = model.limits();
    let (loss, noise) = (method.checked_loss()?, method.checked_noise()?);
    let mut recording = Recording { model: &model, play, loss, samples: None, failure: None };
    let sums = recording.normal_equations(&start).map_err(FitError::Evaluation)?;
    let (params, residuals) = (start.len(), sums.count);
    if params > residuals {
        return Err(FitError::Underdetermined { params, residuals });
    }
    if !sums.is_finite() {
        return Err(FitError::NotFinite { index: 0 });
    }
    let minimum = minimize(method.limits(), &limits, start, sums, &mut recording, |_| {
        ControlFlow::Continue(())
    });
    if let Some(failure) = recording.failure {
        return Err(FitError::Evaluation(failure));
    }
    let statistics = recording.statistics(&minimum).map_err(FitError::Evaluation)?;
    let rms = (statistics.sum_of_squares() / statistics.count().max(1) as f64).sqrt();
    Ok(model.describe(Fit::new(minimum, &statistics, noise, DVector::zeros(0), rms)))
}

/// The number of samples processed at a time.
const BLOCK: usize = 1_024;

/// The least-squares problem of a filter and a recording.
struct Recording<'a, T, P> {
    model: &'a Model<'a, T>,
    play: P,
    loss: Loss,
    /// How many there were in the first pass.
    samples: Option<usize>,
    /// What was wrong with the recording in a later pass.
    failure: Option<RecordingError>,
}

impl<T: Tunable, I: Iterator<Item = (f64, f64)>, P: FnMut() -> I> Recording<'_, T, P> {
    /// Calls `listen` with each block of input and output.
    fn each(&mut self, listen: impl FnMut(&[f64], &[f64])) -> Result<(), RecordingError> {
        let played =
            self.play_once(listen).and_then(|found| match *self.samples.get_or_insert(found) {
                expected if expected != found => Err(RecordingError::Changed { expected, found }),
                _ => Ok(()),
            });
        self.failure = self.failure.or(played.err());
        played
    }

    /// As [`each`](Recording::each); returns the number of samples.
    fn play_once(
        &mut self,
        mut listen: impl FnMut(&[f64], &[f64]),
    ) -> Result<usize, RecordingError> {
        let mut count = 0;
        let (mut input, mut output) = (Vec::with_capacity(BLOCK), Vec::with_capacity(BLOCK));
        for (index, (x, wanted)) in (self.play)().enumerate() {
            if !(x.is_finite() && wanted.is_finite()) {
                return Err(RecordingError::Sample { index });
            }
            count = index + 1;
            input.push(x);
            output.push(wanted);
            if input.len() == BLOCK {
                listen(&input, &output);
                input.clear();
                output.clear();
            }
        }
        listen(&input, &output);
        Ok(count)
    }

    /// Calls `listen` with each block of residuals and their derivatives by the variables.
    fn linearize(
        &mut self,
        variables: &[f64],
        mut listen: impl FnMut(&mut [f64], &mut [f64]),
    ) -> Result<(), RecordingError> {
        let params = variables.len();
        let sections = self.model.sections(variables).map_err(RecordingError::Design)?;
        let mut sensitivities = Sensitivities::new(sections, &[], params);
        let (mut residuals, mut derivatives) = ([0.0; BLOCK], vec![0.0; params * BLOCK]);
        self.each(|input, wanted| {
            let residuals = &mut residuals[..input.len()];
            let derivatives = &mut derivatives[..params * input.len()];
            let filtered = sensitivities.process(input, residuals, derivatives);
            debug_assert!(filtered.is_ok(), "the lengths fit");
            for (residual, wanted) in residuals.iter_mut().zip(wanted) {
                *residual -= wanted;
            }
            listen(residuals, derivatives);
        })
    }

    /// The statistics of the residuals at a minimum, in one or two passes.
    fn statistics(&mut self, minimum: &Minimum) -> Result<Statistics, RecordingError> {
        let mut statistics = Statistics::new(&minimum.at_bound, self.loss);
        self.linearize(&minimum.params, |residuals, derivatives| {
            let added = statistics.add(residuals, derivatives);
            debug_assert!(added.is_ok(), "the lengths fit");
            statistics.follow(residuals);
        })?;
        if statistics.is_robust() {
            self.linearize(&minimum.params, |residuals, derivatives| {
                let added = statistics.add_scores(residuals, derivatives);
                debug_assert!(added.is_ok(), "the lengths fit");
            })?;
        }
        Ok(statistics)
    }
}

impl<T: Tunable, I: Iterator<Item = (f64, f64)>, P: FnMut() -> I> Objective
    for Recording<'_, T, P>
{
    type Error = RecordingError;

    fn cost(&mut self, variables: &[f64]) -> Result<f64, RecordingError> {
        let filter = self.model.filter(variables).map_err(RecordingError::Design)?;
        let sections: &[Section<f64>] = filter.as_ref();
        let cascade = Cascade::from_slice(sections, self.model.sample_rate())
            .map_err(RecordingError::Design)?;
        let mut state = cascade.state();
        let mut block = Vec::with_capacity(BLOCK);
        let loss = self.loss;
        let mut cost = 0.0;
        self.each(|input, wanted| {
            block.clear();
            block.extend_from_slice(input);
            cascade.process(&mut state, &mut block);
            let squares = block.iter().zip(wanted).map(|(y, wanted)| (y - wanted) * (y - wanted));
            cost += 0.5 * squares.map(|square| loss.of(square).0).sum::<f64>();
        })?;
        Ok(cost)
    }

    fn normal_equations(&mut self, variables: &[f64]) -> Result<NormalEquations, RecordingError> {
        let loss = self.loss;
        let mut sums = NormalEquations::zeros(variables.len());
        self.linearize(variables, |residuals, derivatives| {
            let added = sums.add_with_loss(loss, residuals, derivatives);
            debug_assert!(added.is_ok(), "the lengths fit");
        })?;
        Ok(sums)
    }
}
