//! Tunable bands whose parameters change in time, as a layer.

use alloc::vec::Vec;

use filterbank_core::{FrameError, Interpolation, SvfSection, SvfState};

use crate::layer::design::{Failure, FrameDesign};
use crate::layer::error::LayerError;
use crate::layer::fixed::{INPUT, STATES};
use crate::layer::moving::{MovingBackward, MovingFilters, MovingForward, check_batch};
use crate::layer::sample::LayerSample;
use crate::layer::shape::BatchShape;
use crate::layer::split::threads;
use crate::layer::workspace::Workspace;
use crate::tune::TunableCascade;

/// Bands in series whose parameters change in time, as a layer of a network: a network computes the
/// parameters of every frame, and gets the derivatives by them.
///
/// Signals are flat slices `[batch, channels, time]` of `f32` or `f64`. Parameters are
/// `[filters, frames, params]`, with one filter for all items of a batch or one for each, and a frame
/// every `hop` samples: see [`MovingFilters`]. Every frame is designed as
/// [state-variable sections](SvfSection), in which no path of the parameters is unstable. With
/// [`Interpolation::Linear`] the coefficients move on straight lines between the designs, not the
/// parameters. A hop of 1 gives the parameters of every sample, and costs a design for each.
///
/// ```
/// use filterbank::layer::{BatchShape, MovingLayer};
/// use filterbank::section::Interpolation;
/// use filterbank::{Band, TunableCascade, Tune};
///
/// let cutoff = Tune::within(1_000.0, 20.0..=20_000.0);
/// let sweep = Band::resonant_lowpass(cutoff, Tune::from(2.0));
/// let filter = TunableCascade::new([("sweep", sweep)], 48_000.0)?;
/// let mut layer = MovingLayer::new(filter, 1, 64, Interpolation::Linear)?;
///
/// let shape = BatchShape { batch: 1, channels: 2, time: 192 };
/// let (input, mut output, cutoffs) = ([0.5_f32; 384], [0.0; 384], [200.0, 800.0, 3_200.0]);
/// layer.forward(shape, &cutoffs, &input, &mut output)?;
///
/// let (slope, mut input_slope, mut by_cutoffs) = ([1.0; 384], [0.0; 384], [0.0; 3]);
/// layer.backward(&input, &slope, &mut input_slope, &mut by_cutoffs)?;
/// assert!(by_cutoffs[0] > 0.0); // a higher cutoff lets the step through sooner
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct MovingLayer {
    design: FrameDesign,
    filters: usize,
    hop: usize,
    interpolation: Interpolation,
    /// The batch of the last forward pass, and what it has left.
    shape: Option<BatchShape>,
    /// `[filters, frames, params]`
    params: Vec<f64>,
    /// `[filters, frames, sections]`
    rows: Vec<SvfSection<f64>>,
    checkpoints: Vec<SvfState<f64>>,
    states: Vec<SvfState<f64>>,
    state_slope: Vec<SvfState<f64>>,
    /// `[filters, frames, sections]`
    by_coefficients: Vec<[f64; 6]>,
    workspace: Workspace<f64>,
    failures: Vec<Failure>,
}

impl MovingLayer {
    /// The layer of `filters` filters (one for all items of a batch, or one for each) with a frame
    /// every `hop` samples.
    ///
    /// # Errors
    ///
    /// If `filters` or `hop` is 0, or the filter has no bands.
    pub fn new(
        filter: TunableCascade,
        filters: usize,
        hop: usize,
        interpolation: Interpolation,
    ) -> Result<Self, LayerError> {
        let design = FrameDesign::new(filter);
        let sections = design.sections();
        let fault = |error| Err(LayerError::Frames { filter: 0, error });
        match (filters, hop, sections) {
            (0, ..) => return Err(LayerError::Filters { found: 0, batch: 1 }),
            (_, 0, _) => return fault(FrameError::Hop),
            (_, _, 0) => return fault(FrameError::Rows { found: 0, sections }),
            _ => {}
        }
        Ok(Self {
            design,
            filters,
            hop,
            interpolation,
            shape: None,
            params: Vec::new(),
            rows: Vec::new(),
            checkpoints: Vec::new(),
            states: Vec::new(),
            state_slope: Vec::new(),
            by_coefficients: Vec::new(),
            workspace: Workspace::new(),
            failures: Vec::new(),
        })
    }

    /// The filter that was passed to [`new`](MovingLayer::new).
    pub fn filter(&self) -> &TunableCascade {
        self.design.filter()
    }

    /// The number of frames that signals of so many samples need.
    pub fn frames(&self, time: usize) -> usize {
        time.div_ceil(self.hop).max(1)
    }

    /// Filters a batch from rest: `params` is `[filters, frames, params]`, `input` is
    /// `[batch, channels, time]`, and so becomes `output`.
    ///
    /// From the first output sample on that is infinite or NaN, all later samples of that signal are
    /// NaN, and so is the gradient.
    ///
    /// # Errors
    ///
    /// If a length is wrong, if the number of filters is neither 1 nor that of the items, if the number
    /// of frames does not fit the signals, or if a frame cannot be designed. Nothing has been filtered
    /// then.
    pub fn forward<T: LayerSample<Number = f64>>(
        &mut self,
        shape: BatchShape,
        params: &[f64],
        input: &[T],
        output: &mut [T],
    ) -> Result<(), LayerError> {
        self.pass(shape, params, input, output, false)
    }

    /// Filters a batch that continues the last one: the final states of the last forward pass are the
    /// initial states of this one, as constants. This is the `detach()` of truncated
    /// back-propagation.
    ///
    /// # Errors
    ///
    /// As [`forward`](MovingLayer::forward), and if the last batch has not had as many signals.
    pub fn forward_on<T: LayerSample<Number = f64>>(
        &mut self,
        shape: BatchShape,
        params: &[f64],
        input: &[T],
        output: &mut [T],
    ) -> Result<(), LayerError> {
        self.pass(shape, params, input, output, true)
    }

    /// The forward pass, from rest or from the states of the last one.
    fn pass<T: LayerSample<Number = f64>>(
        &mut self,
        shape: BatchShape,
        params: &[f64],
        input: &[T],
        output: &mut [T],
        goes_on: bool,
    ) -> Result<(), LayerError> {
        let frames = self.check_params(shape, params.len())?;
        let moves = (frames, self.hop, self.interpolation);
        check_batch(shape, self.filters, moves)?;
        LayerError::check_length("input", INPUT, shape.samples(), input.len())?;
        LayerError::check_length("output", INPUT, shape.samples(), output.len())?;
        let states = shape.signals().saturating_mul(self.design.sections());
        if goes_on {
            LayerError::check_length("states", STATES, states, self.states.len())?;
        }

        self.shape = None;
        let count = self.filters * frames * self.design.sections();
        self.rows.resize(count, SvfSection::identity());
        self.failures.resize(threads(count * DESIGN_STEPS), None);
        let failed = self.design.design(params, &mut self.rows, &mut self.failures);
        in_frame(failed, frames)?;

        if !goes_on {
            self.states.clear();
            self.states.resize(states, SvfState::default());
        }
        let filters = MovingFilters::new(
            self.filters,
            &self.rows,
            self.design.sections(),
            self.hop,
            self.interpolation,
        )?;
        self.checkpoints.resize(filters.checkpoints(shape), SvfState::default());
        let (states, checkpoints) = (&mut self.states[..], Some(&mut self.checkpoints[..]));
        let forward = MovingForward { input, output, states, checkpoints };
        filters.forward(shape, forward, &mut self.workspace)?;
        self.params.clear();
        self.params.extend_from_slice(params);
        self.state_slope.clear();
        self.state_slope.resize(self.states.len(), SvfState::default());
        self.shape = Some(shape);
        Ok(())
    }

    /// From the derivatives of a loss by the output of the last forward pass (`slope`) to those by
    /// its input and by the parameters of all frames. `input` is the same as then. The derivatives by
    /// the input are written to `input_slope`, `[batch, channels, time]`; those by the parameters are
    /// added to `gradient`, `[filters, frames, params]`.
    ///
    /// # Errors
    ///
    /// If there has been no forward pass since the last `backward`, or a length is wrong. Nothing has
    /// changed then.
    pub fn backward<T: LayerSample<Number = f64>>(
        &mut self,
        input: &[T],
        slope: &[T],
        input_slope: &mut [T],
        gradient: &mut [f64],
    ) -> Result<(), LayerError> {
        let shape = self.shape.ok_or(LayerError::NoForward)?;
        LayerError::check_length("gradient", PARAMS, self.params.len(), gradient.len())?;
        self.by_coefficients.clear();
        self.by_coefficients.resize(self.rows.len(), [0.0; 6]);
        let backward = MovingBackward {
            input,
            checkpoints: &self.checkpoints,
            slope,
            input_slope,
            state_slope: &mut self.state_slope,
            gradient: &mut self.by_coefficients,
        };
        let filters = MovingFilters::new(
            self.filters,
            &self.rows,
            self.design.sections(),
            self.hop,
            self.interpolation,
        )?;
        filters.backward(shape, backward, &mut self.workspace)?;
        self.shape = None;
        self.failures.resize(threads(self.rows.len() * DESIGN_STEPS), None);
        let failed = self.design.add_gradient(
            &self.params,
            &self.by_coefficients,
            gradient,
            &mut self.failures,
        );
        in_frame(failed, self.rows.len() / (self.filters * self.design.sections()))
    }

    /// The number of frames of the parameters.
    fn check_params(&self, shape: BatchShape, found: usize) -> Result<usize, LayerError> {
        let (needed, row) =
            (self.frames(shape.time), self.filters.saturating_mul(self.design.params()));
        let frames = found.checked_div(row).unwrap_or(needed);
        let expected = if frames * row == found { found } else { needed.saturating_mul(row) };
        LayerError::check_length("params", PARAMS, expected, found)?;
        Ok(frames)
    }

    /// The final states of the last forward pass, `[batch, channels, sections]`.
    pub fn states(&self) -> &[SvfState<f64>] {
        &self.states
    }

    /// The derivatives of the loss by the initial states of the last forward pass, after
    /// [`backward`](MovingLayer::backward): `[batch, channels, sections]`. (Before it, they are those
    /// by the final states: 0.)
    pub fn state_slope(&self) -> &[SvfState<f64>] {
        &self.state_slope
    }
}

const PARAMS: &str = "[filters, frames, params]";

/// A design costs about as much as so many steps of a section.
const DESIGN_STEPS: usize = 256;

/// The error of a failed design, with the indices of its filter and its frame.
fn in_frame(failure: Failure, frames: usize) -> Result<(), LayerError> {
    failure.map_or(Ok(()), |(index, error)| {
        let (filter, frame) = (index / frames.max(1), index % frames.max(1));
        Err(LayerError::FrameDesign { filter, frame, error })
    })
}
