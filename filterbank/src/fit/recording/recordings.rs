//! Fits of one filter to recordings, each with its own recording chain.

use std::ops::ControlFlow;

use filterbank_core::Section;
use nalgebra::DVector;

use crate::fit::error::FitError;
use crate::fit::least_squares::LeastSquares;
use crate::fit::levenberg_marquardt::{Objective, Progress, minimize};
use crate::fit::loss::Loss;
use crate::fit::model::Model;
use crate::fit::recording::builder::Recording;
use crate::fit::recording::chain::Chain;
use crate::fit::recording::error::RecordingError;
use crate::fit::recording::problem::Problem;
use crate::fit::recording::track::Track;
use crate::fit::result::Fit;
use crate::tune::{Param, SingleOutput};

/// A filter and recordings of it: the fit finds the parameters of the filter, which all recordings
/// share, and the gain, delay, offset and initial state of each [`Recording`].
///
/// A recording is rarely the output of the filter alone. Its gain depends on amplifiers, its
/// polarity on cables, its delay on converters and distances. What the model leaves out, the fit
/// makes up by the filter's parameters, with standard errors that are far too small.
///
/// The parameters of a [`Fit`] are those of the filter, then those of each recording in the order
/// gain, delay, offset, states. Their names are `recording.gain`, `recording.delay`,
/// `recording.offset` and `recording.state[0].s1`; with several recordings, `recording 1.gain`,
/// `recording 2.gain` and so on. A delay is in samples; an offset and a state are in the unit of the
/// samples.
///
/// [`Fit::rms`] is the root of the weighted mean squared difference of filter and recording. The
/// standard errors hold if that difference is white noise. The error of a wrong model is not, and
/// mostly gives a [warning](Fit::warning), but not always: if the input is white noise, it may look
/// white as well. Then only an `rms` above the noise tells.
///
/// A fitted delay costs up to fifty iterations more: five delays around the highest correlation are
/// tried by ten iterations each. Memory does not grow with the length of the recordings.
///
/// ```
/// use filterbank::fit::{LeastSquares, Recording, Recordings};
/// use filterbank::{Band, Tune, TunableCascade};
///
/// // A system behind a converter that reverses the polarity and is late by three samples.
/// let system = Band::peak(1_500.0, 4.0, 9.0).design(16_000.0)?;
/// let mut random = 1_u64;
/// let mut noise = || {
///     random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
///     (random >> 40) as f64 / f64::from(1_u32 << 24) - 0.5
/// };
/// let input: Vec<f64> = (0..2_000).map(|_| noise()).collect();
/// let mut output = [&[0.0; 3], &input[..1_997]].concat();
/// system.process(&mut system.state(), &mut output);
/// let output: Vec<f64> = output.iter().map(|y| -0.5 * y + 0.1).collect();
///
/// let model = TunableCascade::new(
///     [("mode", Band::peak(Tune::free(1_000.0), Tune::free(1.0), Tune::free(3.0)))],
///     16_000.0,
/// )?;
/// let recording = Recording::new(&input, &output)
///     .gain(Tune::free(1.0))
///     .delay(Tune::within(0.0, -20.0..=20.0))
///     .offset(Tune::free(0.0));
/// let fit = Recordings::new(&model).with(recording).fit(&LeastSquares::new())?;
/// println!("{fit}");
/// # assert_eq!(fit.names[3..], ["recording.gain", "recording.delay", "recording.offset"]);
/// # assert!(fit.to_string().contains(" samples\n"), "{fit}");
/// # let truth = [1_500.0, 4.0, 9.0, -0.5, 3.0, 0.1];
/// # for (found, truth) in fit.params.iter().zip(truth) {
/// #     assert!((found - truth).abs() < 1e-6 * truth.abs(), "{fit}");
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Recordings<'a, T> {
    filter: &'a T,
    recordings: Vec<Recording<'a>>,
}

impl<'a, T: SingleOutput> Recordings<'a, T> {
    /// No recordings yet.
    pub fn new(filter: &'a T) -> Self {
        Self { filter, recordings: Vec::new() }
    }

    /// Adds a recording.
    #[must_use]
    pub fn with(mut self, recording: Recording<'a>) -> Self {
        self.recordings.push(recording);
        self
    }

    /// Fits the parameters by least squares, from the values in the specifications of the filter
    /// and the chains. The bounds there replace those of `method`.
    ///
    /// # Errors
    ///
    /// If signals of a recording differ in length or contain samples that are not finite; if a
    /// stream changes; if a delay has no finite bounds; if there are fewer samples than parameters;
    /// if the size of the loss is not positive; if the start cannot be designed or is outside its
    /// bounds, or a parameter on a logarithmic scale is not above 0.
    pub fn fit(&mut self, method: &LeastSquares) -> Result<Fit, FitError<RecordingError>> {
        let chains = self.chains()?;
        let names = names(&chains);
        let model = self.model(&names)?;
        let start = model.start()?;
        let (loss, noise) = (method.checked_loss()?, method.checked_noise()?);
        let mut problem = problem(&model, &mut self.recordings, chains, loss);
        let starts = problem.starts(&start).map_err(FitError::Evaluation)?;
        let mut limits = method.checked_limits()?.clone();
        let start = starts.first().cloned().unwrap_or(start);
        let sums = problem.normal_equations(&start).map_err(FitError::Evaluation)?;
        let (params, residuals) = (start.len(), sums.count());
        if params > residuals {
            return Err(FitError::Underdetermined { params, residuals });
        }
        if !sums.is_finite() {
            return Err(FitError::NotFinite { index: 0 });
        }
        // Once the observer has stopped a try, there are no more.
        let mut stopped = false;
        let mut observer = |progress: Progress<'_>| {
            stopped = stopped || method.observe(progress, |v| model.params(v)).is_break();
            if stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let tried = problem.best_try(starts, &limits, &mut observer);
        let (start, sums, before) = match tried.map_err(FitError::Evaluation)? {
            Some(tried) => (tried.params, tried.sums, tried.iterations),
            None => (start, sums, 0),
        };
        limits.max_iterations -= before;
        let mut minimum = minimize(&limits, &model.limits(), start, sums, &mut problem, observer);
        minimum.iterations += before;
        problem.check().map_err(FitError::Evaluation)?;
        let (statistics, weight) = problem.statistics(&minimum).map_err(FitError::Evaluation)?;
        let rms = (statistics.sum_of_squares() / weight.max(f64::MIN_POSITIVE)).sqrt();
        Ok(model.describe(Fit::new(minimum, &statistics, noise, DVector::zeros(0), rms)))
    }

    /// Plays the recordings, and calls `listen` for each sample that counts in a fit: with the index
    /// of the recording, the position of the sample in it, and the difference of filter and
    /// recording there, not weighted. `params` are those of a [`Fit`].
    ///
    /// # Errors
    ///
    /// As [`fit`](Recordings::fit), for parameters in place of the start.
    ///
    /// ```
    /// use filterbank::fit::{LeastSquares, Recording, Recordings};
    /// use filterbank::{Band, Tune, TunableCascade};
    ///
    /// let band = Band::peak(Tune::from(500.0), Tune::from(1.0), Tune::free(0.0));
    /// let model = TunableCascade::new([("peak", band)], 8_000.0)?;
    /// let (input, output) = ([1.0, 0.0, 0.5, 0.0], [1.1, 0.1, 0.5, 0.1]);
    /// let mut recordings = Recordings::new(&model).with(Recording::new(&input, &output));
    /// let fit = recordings.fit(&LeastSquares::new())?;
    ///
    /// let mut squares = 0.0;
    /// recordings.residuals(&fit.params, |_, _, residual| squares += residual * residual)?;
    /// assert!((squares / 4.0 - fit.rms * fit.rms).abs() < 1e-12);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn residuals(
        &mut self,
        params: &[f64],
        listen: impl FnMut(usize, usize, f64),
    ) -> Result<(), FitError<RecordingError>> {
        let chains = self.chains()?;
        let names = names(&chains);
        let model = self.model(&names)?;
        let variables = model.variables(params)?;
        let mut problem = problem(&model, &mut self.recordings, chains, Loss::Squared);
        problem.residuals(&variables, listen).map_err(FitError::Evaluation)
    }

    /// Calls `visit` with the least-squares problem.
    #[cfg(test)]
    pub(super) fn with_problem(
        &mut self,
        loss: Loss,
        visit: impl FnOnce(&mut Problem<'_, 'a, T>),
    ) -> Result<(), FitError<RecordingError>> {
        let chains = self.chains()?;
        let names = names(&chains);
        let model = self.model(&names)?;
        visit(&mut problem(&model, &mut self.recordings, chains, loss));
        Ok(())
    }

    /// The chains of the recordings, checked.
    fn chains(&self) -> Result<Vec<Chain>, FitError<RecordingError>> {
        let several = self.recordings.len() > 1;
        let mut chains = Vec::new();
        for (index, recording) in self.recordings.iter().enumerate() {
            let specification = &recording.chain;
            let sections = if specification.running { self.sections()? } else { 0 };
            let chain = Chain::new(specification, sections).map_err(|error| {
                FitError::Evaluation(if several { error.of(index) } else { error })
            })?;
            chains.push(chain);
        }
        Ok(chains)
    }

    /// The number of sections of the filter.
    fn sections(&self) -> Result<usize, FitError<RecordingError>> {
        let model = Model::new(self.filter)?;
        let filter = model.filter(&model.start()?);
        let filter = filter.map_err(|error| FitError::Evaluation(RecordingError::Design(error)))?;
        let sections: &[Section<f64>] = filter.as_ref();
        Ok(sections.len())
    }

    /// The parameters of the filter and of all chains.
    fn model<'n>(&self, names: &'n [Vec<String>]) -> Result<Model<'n, T>, FitError<RecordingError>>
    where
        'a: 'n,
    {
        let each = self.recordings.iter().zip(names);
        let params = each.flat_map(|(recording, names)| recording.chain.params(names));
        let params: Vec<Param<'n>> = params.collect();
        Model::with(self.filter, params)
    }
}

/// The problem of a filter and its recordings.
fn problem<'p, 'a, T: SingleOutput>(
    model: &'p Model<'p, T>,
    recordings: &'p mut [Recording<'a>],
    chains: Vec<Chain>,
    loss: Loss,
) -> Problem<'p, 'a, T> {
    let mut next = model.own();
    let mut tracks = Vec::new();
    for (recording, chain) in recordings.iter_mut().zip(chains) {
        let variables = next..next + chain.count();
        next = variables.end;
        tracks.push(Track::new(recording, chain, variables));
    }
    Problem::new(model, tracks, loss)
}

/// The names of the parameters of each chain.
fn names(chains: &[Chain]) -> Vec<Vec<String>> {
    let several = chains.len() > 1;
    let name = |index: usize| {
        if several { format!("recording {}", index + 1) } else { "recording".to_owned() }
    };
    chains.iter().enumerate().map(|(index, chain)| chain.names(&name(index))).collect()
}
