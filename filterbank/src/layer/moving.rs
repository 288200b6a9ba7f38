//! Filters whose coefficients change in time, over a batch: the filter and its adjoint, by the
//! coefficients of every frame.

use alloc::vec::Vec;
use core::mem;

use filterbank_core::{Frames, Interpolation, Sample, SvfSection, SvfState};

use crate::layer::error::LayerError;
use crate::layer::fixed::{CHECKPOINTS, INPUT, LANES, STATES};
use crate::layer::moving_pass::{MovingBackwardWork, MovingForwardWork, MovingPlan};
use crate::layer::sample::LayerSample;
use crate::layer::shape::BatchShape;
use crate::layer::split::{run_units, threads};
use crate::layer::workspace::{BLOCK, Buffers, Workspace};

/// State-variable sections in series whose coefficients change in time, for a batch of signals: one
/// filter for all items, or one filter for each item.
///
/// A filter has a row of sections for each frame, and a frame every `hop` samples: see [`Frames`] for
/// where frames lie and what happens between them. A hop of 1 gives the coefficients of every sample.
/// A batch of signals needs as many frames as begin in it. One more is allowed where coefficients are
/// [interpolated](Interpolation::Linear): the first frame of a batch that continues this one.
///
/// This is the raw form of a [`MovingLayer`](crate::layer::MovingLayer). It is used like
/// [`FixedFilters`](crate::layer::FixedFilters), and treats numbers that are not finite in the same
/// way. A bank that moves is one `MovingFilters` for each band.
///
/// ```
/// use filterbank::Band;
/// use filterbank::layer::{BatchShape, MovingBackward, MovingFilters, MovingForward, Workspace};
/// use filterbank::section::{Interpolation, SvfState};
///
/// // A gain for every 4 samples.
/// let peak = |gain_db| Band::peak(1_000.0, 1.0, gain_db).svf_sections(48_000.0);
/// let rows = [peak(0.0)?[0], peak(6.0)?[0]];
/// let filters = MovingFilters::new(1, &rows, 1, 4, Interpolation::Linear)?;
///
/// let shape = BatchShape { batch: 2, channels: 1, time: 8 };
/// let (input, mut output) = ([1.0_f32; 16], [0.0; 16]);
/// let mut checkpoints = vec![SvfState::default(); filters.checkpoints(shape)];
/// let mut workspace = Workspace::new();
/// let forward = MovingForward {
///     input: &input,
///     output: &mut output,
///     states: &mut [SvfState::default(); 2],
///     checkpoints: Some(&mut checkpoints),
/// };
/// filters.forward(shape, forward, &mut workspace)?;
///
/// let (slope, mut input_slope, mut gradient) = ([1.0; 16], [0.0; 16], [[0.0; 6]; 2]);
/// let backward = MovingBackward {
///     input: &input,
///     checkpoints: &checkpoints,
///     slope: &slope,
///     input_slope: &mut input_slope,
///     state_slope: &mut [SvfState::default(); 2],
///     gradient: &mut gradient,
/// };
/// filters.backward(shape, backward, &mut workspace)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct MovingFilters<'a, S> {
    /// One for each filter, all of one size.
    filters: Vec<Frames<'a, S>>,
}

/// The arguments of [`MovingFilters::forward`].
#[derive(Debug)]
pub struct MovingForward<'a, T: LayerSample> {
    /// The signals, `[batch, channels, time]`.
    pub input: &'a [T],
    /// Becomes the filtered signals, `[batch, channels, time]`.
    pub output: &'a mut [T],
    /// The states before the first sample; becomes those after the last one.
    /// `[batch, channels, sections]`.
    pub states: &'a mut [SvfState<T::Number>],
    /// Becomes what [`MovingFilters::backward`] needs, [so many](MovingFilters::checkpoints) states.
    /// `None` where no derivatives are wanted.
    pub checkpoints: Option<&'a mut [SvfState<T::Number>]>,
}

/// The arguments of [`MovingFilters::backward`].
#[derive(Debug)]
pub struct MovingBackward<'a, T: LayerSample> {
    /// The signals, as in [`MovingForward`].
    pub input: &'a [T],
    /// What [`MovingFilters::forward`] has left.
    pub checkpoints: &'a [SvfState<T::Number>],
    /// The derivatives of the loss by the output.
    pub slope: &'a [T],
    /// Becomes the derivatives by the input.
    pub input_slope: &'a mut [T],
    /// The derivatives by the final states; becomes those by the initial states. (By the damping
    /// that a state remembers too: see [`moving_adjoint`](crate::run::moving_adjoint).)
    pub state_slope: &'a mut [SvfState<T::Number>],
    /// The derivatives by the coefficients are added to it: `[filters, frames, sections]`, each in
    /// the order of [`SvfSection::coefficients`].
    pub gradient: &'a mut [[T::Number; 6]],
}

impl<'a, S: Sample + Send + Sync> MovingFilters<'a, S> {
    /// From the sections of all frames of all filters, `[filters, frames, sections]`, the number of
    /// sections in a frame, and the number of samples from frame to frame. One filter is shared by all
    /// items of a batch.
    ///
    /// # Errors
    ///
    /// If the number of `rows` is not a multiple of `filters`, if `filters` is 0, or as
    /// [`Frames::new`].
    pub fn new(
        filters: usize,
        rows: &'a [SvfSection<S>],
        sections: usize,
        hop: usize,
        interpolation: Interpolation,
    ) -> Result<Self, LayerError> {
        let count = rows.len().checked_div(filters).unwrap_or_default();
        let expected = count.max(1).saturating_mul(filters);
        LayerError::check_length("rows", GRADIENT, expected, rows.len())?;
        if filters == 0 {
            return Err(LayerError::Filters { found: 0, batch: 1 });
        }
        let frames = |(filter, rows)| {
            Frames::new(rows, sections, hop, interpolation)
                .map_err(|error| LayerError::Frames { filter, error })
        };
        let filters = rows.chunks_exact(count).enumerate().map(frames).collect::<Result<_, _>>()?;
        Ok(Self { filters })
    }

    /// The frames of each filter.
    pub fn filters(&self) -> &[Frames<'a, S>] {
        &self.filters
    }

    /// The number of states in the checkpoints of a batch, `[batch, channels, blocks, sections]`.
    /// Blocks are whole frames where these are not too long: about 256 samples, at most 512.
    pub fn checkpoints(&self, shape: BatchShape) -> usize {
        self.states(shape).saturating_mul(shape.time.div_ceil(self.block()))
    }

    /// Filters a batch.
    ///
    /// # Errors
    ///
    /// If a length is wrong, if the number of filters is neither 1 nor that of the items, or if the
    /// number of frames does not fit the signals. Nothing has been filtered then.
    pub fn forward<T: LayerSample<Number = S>>(
        &self,
        shape: BatchShape,
        arguments: MovingForward<'_, T>,
        workspace: &mut Workspace<S>,
    ) -> Result<(), LayerError> {
        let MovingForward { input, output, states, checkpoints } = arguments;
        self.check_signals(shape, input.len(), output.len())?;
        self.check_states("states", shape, states.len())?;
        if let Some(checkpoints) = &checkpoints {
            let expected = self.checkpoints(shape);
            LayerError::check_length("checkpoints", CHECKPOINTS, expected, checkpoints.len())?;
        }
        let plan = self.plan(shape);
        let signals = 0..shape.signals();
        let work = MovingForwardWork { plan: &plan, signals, input, output, states, checkpoints };
        let buffers = self.buffers(shape, workspace);
        run_units(work, self.unit(shape), buffers, &MovingForwardWork::run);
        Ok(())
    }

    /// From the derivatives of a loss by the output and the final states to those by the input, the
    /// initial states and the coefficients.
    ///
    /// # Errors
    ///
    /// As [`forward`](MovingFilters::forward).
    pub fn backward<T: LayerSample<Number = S>>(
        &self,
        shape: BatchShape,
        arguments: MovingBackward<'_, T>,
        workspace: &mut Workspace<S>,
    ) -> Result<(), LayerError> {
        let MovingBackward { input, checkpoints, slope, input_slope, state_slope, gradient } =
            arguments;
        self.check_signals(shape, input.len(), input.len())?;
        let expected = self.checkpoints(shape);
        LayerError::check_length("checkpoints", CHECKPOINTS, expected, checkpoints.len())?;
        LayerError::check_length("slope", INPUT, shape.samples(), slope.len())?;
        LayerError::check_length("input_slope", INPUT, shape.samples(), input_slope.len())?;
        self.check_states("state_slope", shape, state_slope.len())?;
        let row = self.first().rows().len();
        LayerError::check_length("gradient", GRADIENT, self.filters.len() * row, gradient.len())?;

        let plan = self.plan(shape);
        // One filter for signals of several units has a sum for each of them.
        let sums_apart = self.is_shared() && shape.signals() > self.unit(shape);
        let mut sums = mem::take(&mut workspace.sums);
        if sums_apart {
            sums.clear();
            sums.resize(shape.signals().div_ceil(self.unit(shape)) * row, [S::zero(); 6]);
        }
        let work = MovingBackwardWork {
            plan: &plan,
            signals: 0..shape.signals(),
            input,
            checkpoints,
            slope,
            input_slope,
            state_slope,
            gradient: if sums_apart { &mut sums } else { &mut *gradient },
        };
        let buffers = self.buffers(shape, workspace);
        run_units(work, self.unit(shape), buffers, &MovingBackwardWork::run);
        if sums_apart {
            for unit in sums.chunks_exact(row) {
                let terms = unit.iter().flatten();
                gradient.iter_mut().flatten().zip(terms).for_each(|(sum, term)| *sum += *term);
            }
        }
        workspace.sums = sums;
        Ok(())
    }

    /// The frames of the first filter, which has the sizes of all.
    fn first(&self) -> &Frames<'a, S> {
        &self.filters[0]
    }

    /// Whether one filter serves all items.
    fn is_shared(&self) -> bool {
        self.filters.len() == 1
    }

    /// Checks the batch, its frames, and the lengths of its input and output.
    pub(super) fn check_signals(
        &self,
        shape: BatchShape,
        input: usize,
        output: usize,
    ) -> Result<(), LayerError> {
        let first = self.first();
        let moves = (first.count(), first.hop(), first.interpolation());
        check_batch(shape, self.filters.len(), moves)?;
        LayerError::check_length("input", INPUT, shape.samples(), input)?;
        LayerError::check_length("output", INPUT, shape.samples(), output)
    }

    /// Checks the number of states.
    pub(super) fn check_states(
        &self,
        argument: &'static str,
        shape: BatchShape,
        found: usize,
    ) -> Result<(), LayerError> {
        LayerError::check_length(argument, STATES, self.states(shape), found)
    }

    /// The number of states of a batch.
    pub(super) fn states(&self, shape: BatchShape) -> usize {
        shape.signals().saturating_mul(self.first().sections())
    }

    /// The number of samples from one checkpoint to the next: whole frames, unless these are long.
    pub fn block(&self) -> usize {
        let hop = self.first().hop();
        if hop > 2 * BLOCK { BLOCK } else { hop * (BLOCK / hop).max(1) }
    }

    /// The number of signals that run together: whole items where each has a filter of its own.
    fn unit(&self, shape: BatchShape) -> usize {
        let channels = shape.channels.max(1);
        if self.is_shared() { LANES } else { channels * LANES.div_ceil(channels) }
    }

    fn plan(&self, shape: BatchShape) -> MovingPlan<'_, 'a, S> {
        let (all, unit) = (shape.signals(), self.unit(shape));
        let [signals_of_filter, signals_of_row] =
            if self.is_shared() { [all, unit] } else { [shape.channels; 2] };
        MovingPlan {
            filters: &self.filters,
            signals_of_filter,
            signals_of_row,
            time: shape.time,
            block: self.block(),
        }
    }

    /// The buffers for a batch.
    fn buffers<'b>(
        &self,
        shape: BatchShape,
        workspace: &'b mut Workspace<S>,
    ) -> &'b mut [Buffers<S>] {
        let steps = shape.samples().saturating_mul(self.first().sections());
        workspace.buffers(threads(steps), self.unit(shape), 1, self.block())
    }
}

pub(super) const GRADIENT: &str = "[filters, frames, sections]";

/// Checks the number of filters and of their frames: `(frames, hop, interpolation)`.
pub(super) fn check_batch(
    shape: BatchShape,
    filters: usize,
    (frames, hop, interpolation): (usize, usize, Interpolation),
) -> Result<(), LayerError> {
    if filters != 1 && filters != shape.batch {
        return Err(LayerError::Filters { found: filters, batch: shape.batch });
    }
    let needed = shape.time.div_ceil(hop).max(1);
    let one_more = interpolation == Interpolation::Linear && frames == needed + 1;
    if frames == needed || one_more {
        Ok(())
    } else {
        Err(LayerError::FrameCount { frames, hop, time: shape.time, needed })
    }
}
