//! Fixed sections over a batch: the filter and its adjoint, by coefficients.

use core::mem;

use filterbank_core::{Sample, Section, SectionState};

use crate::layer::error::LayerError;
use crate::layer::pass::{BackwardWork, ForwardWork, Plan};
use crate::layer::sample::LayerSample;
use crate::layer::shape::BatchShape;
use crate::layer::split::{run_units, threads};
use crate::layer::workspace::{BLOCK, Buffers, Workspace};

/// The number of lanes that run together: those of the widest vectors of `f64`.
pub(super) const LANES: usize = 8;

/// Sections with fixed coefficients, for a batch of signals: one filter for all items, or one filter
/// for each item. A filter is a cascade, or a bank of cascades on one input.
///
/// This is the raw form of a [`Layer`](crate::layer::Layer), for bindings and for coefficients that
/// are parameters themselves. It holds neither states nor signals: a call gets them as slices, and
/// leaves behind what [`backward`](FixedFilters::backward) needs in checkpoints.
///
/// ```
/// use filterbank::layer::{Backward, BatchShape, FixedFilters, Forward, Workspace};
/// use filterbank::section::SectionState;
/// use filterbank::Band;
///
/// let peak = Band::peak(1_000.0, 1.0, 6.0).design(48_000.0)?;
/// let shape = BatchShape { batch: 2, channels: 1, time: 4 };
/// let filters = FixedFilters::cascades(1, peak.sections())?;
/// let mut workspace = Workspace::new();
///
/// let input = [1.0_f32, 0.0, 0.0, 0.0, 0.5, 0.5, 0.0, 0.0];
/// let mut output = [0.0; 8];
/// let mut states = [SectionState::<f64>::REST; 2];
/// let mut checkpoints = vec![SectionState::<f64>::REST; filters.checkpoints(shape)];
/// let forward = Forward {
///     input: &input,
///     output: &mut output,
///     states: &mut states,
///     checkpoints: Some(&mut checkpoints),
/// };
/// filters.forward(shape, forward, &mut workspace)?;
///
/// // The derivatives of the energy of the output.
/// let slope = output.map(|y| 2.0 * y);
/// let (mut input_slope, mut gradient) = ([0.0; 8], [[0.0; 5]]);
/// let backward = Backward {
///     input: &input,
///     checkpoints: &checkpoints,
///     slope: &slope,
///     input_slope: &mut input_slope,
///     state_slope: &mut [SectionState::<f64>::REST; 2],
///     gradient: &mut gradient,
/// };
/// filters.backward(shape, backward, &mut workspace)?;
/// assert!(gradient[0][0] > 0.0); // more of b0, more energy
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct FixedFilters<'a, S> {
    filters: usize,
    sections: &'a [Section<S>],
    ends: &'a [usize],
}

/// The arguments of [`FixedFilters::forward`].
#[derive(Debug)]
pub struct Forward<'a, T: LayerSample> {
    /// The signals, `[batch, channels, time]`.
    pub input: &'a [T],
    /// Becomes the filtered signals: `[batch, channels, time]`, of banks
    /// `[batch, channels, bands, time]`.
    pub output: &'a mut [T],
    /// The states before the first sample; becomes those after the last one.
    /// `[batch, channels, sections]`.
    pub states: &'a mut [SectionState<T::Number>],
    /// Becomes what [`FixedFilters::backward`] needs, [so many](FixedFilters::checkpoints) states.
    /// `None` where no derivatives are wanted.
    pub checkpoints: Option<&'a mut [SectionState<T::Number>]>,
}

/// The arguments of [`FixedFilters::backward`].
#[derive(Debug)]
pub struct Backward<'a, T: LayerSample> {
    /// The signals, as in [`Forward`].
    pub input: &'a [T],
    /// What [`FixedFilters::forward`] has left.
    pub checkpoints: &'a [SectionState<T::Number>],
    /// The derivatives of the loss by the output.
    pub slope: &'a [T],
    /// Becomes the derivatives by the input.
    pub input_slope: &'a mut [T],
    /// The derivatives by the final states; becomes those by the initial states.
    pub state_slope: &'a mut [SectionState<T::Number>],
    /// The derivatives by the coefficients are added to it: `[filters, sections]`, each in the order
    /// of [`Section::coefficients`].
    pub gradient: &'a mut [[T::Number; 5]],
}

impl<'a, S: Sample + Send + Sync> FixedFilters<'a, S> {
    /// Cascades: `sections` is `[filters, sections]`. One filter is shared by all items of a batch.
    ///
    /// # Errors
    ///
    /// If the number of sections is not a multiple of `filters`, if `filters` is 0, or if a section
    /// is not [stable](Section::is_stable).
    pub fn cascades(filters: usize, sections: &'a [Section<S>]) -> Result<Self, LayerError> {
        Self::banks(filters, sections, &[])
    }

    /// Banks: `sections` is `[filters, sections]`, each filter band after band, and `ends` gives the
    /// number of sections up to the last of each band, as [`Bank::ends`](crate::Bank::ends). A
    /// cascade has no ends.
    ///
    /// # Errors
    ///
    /// As [`cascades`](FixedFilters::cascades); and if `ends` falls, or does not end with the number
    /// of sections of a filter.
    pub fn banks(
        filters: usize,
        sections: &'a [Section<S>],
        ends: &'a [usize],
    ) -> Result<Self, LayerError> {
        let all = Self::unchecked(filters, sections, ends);
        let count = all.section_count();
        let expected = count.max(1) * filters;
        if filters == 0 || count * filters != sections.len() {
            let dimensions = "[filters, sections]";
            let found = sections.len();
            return Err(LayerError::Length { argument: "sections", dimensions, expected, found });
        }
        check_ends(ends, count)?;
        for (index, section) in sections.iter().enumerate() {
            check_section(section, index / count.max(1), index % count.max(1))?;
        }
        Ok(all)
    }

    /// From valid parts.
    pub(crate) fn unchecked(filters: usize, sections: &'a [Section<S>], ends: &'a [usize]) -> Self {
        Self { filters, sections, ends }
    }

    /// The number of filters.
    pub fn filters(&self) -> usize {
        self.filters
    }

    /// The sections of all filters, `[filters, sections]`.
    pub fn sections(&self) -> &'a [Section<S>] {
        self.sections
    }

    /// For each band of a bank, the number of sections up to its last; empty for cascades.
    pub fn ends(&self) -> &'a [usize] {
        self.ends
    }

    /// The number of sections of a filter.
    pub fn section_count(&self) -> usize {
        self.sections.len() / self.filters.max(1)
    }

    /// The number of outputs of a filter: 1 for a cascade, the number of bands for a bank.
    pub fn outputs(&self) -> usize {
        self.ends.len().max(1)
    }

    /// The number of states in the checkpoints of a batch: `[batch, channels, blocks, sections]`,
    /// with a block for each [`AdjointScratch::BLOCK`](crate::run::AdjointScratch::BLOCK) samples.
    pub fn checkpoints(&self, shape: BatchShape) -> usize {
        self.states(shape).saturating_mul(shape.time.div_ceil(BLOCK))
    }

    /// Filters a batch.
    ///
    /// A filter of a batch does not recover from numbers that are not finite, unlike a
    /// [`Cascade`](crate::Cascade): from the first output sample on that is infinite or NaN, all
    /// later samples of that output and its final states are NaN.
    ///
    /// # Errors
    ///
    /// If a length is wrong, or the number of filters is neither 1 nor that of the items. Nothing
    /// has been filtered then.
    pub fn forward<T: LayerSample<Number = S>>(
        &self,
        shape: BatchShape,
        arguments: Forward<'_, T>,
        workspace: &mut Workspace<S>,
    ) -> Result<(), LayerError> {
        let Forward { input, output, states, checkpoints } = arguments;
        self.check_signals(shape, input.len(), output.len())?;
        self.check_states("states", shape, states.len())?;
        if let Some(checkpoints) = &checkpoints {
            let expected = self.checkpoints(shape);
            LayerError::check_length("checkpoints", CHECKPOINTS, expected, checkpoints.len())?;
        }
        let plan = self.plan(shape);
        let signals = 0..shape.signals();
        let work = ForwardWork { plan: &plan, signals, input, output, states, checkpoints };
        run_units(work, self.unit(), self.buffers(shape, workspace), &ForwardWork::run);
        Ok(())
    }

    /// From the derivatives of a loss by the output and the final states to those by the input, the
    /// initial states and the coefficients.
    ///
    /// # Errors
    ///
    /// As [`forward`](FixedFilters::forward).
    pub fn backward<T: LayerSample<Number = S>>(
        &self,
        shape: BatchShape,
        arguments: Backward<'_, T>,
        workspace: &mut Workspace<S>,
    ) -> Result<(), LayerError> {
        let Backward { input, checkpoints, slope, input_slope, state_slope, gradient } = arguments;
        self.check_batch(shape)?;
        let expected = self.checkpoints(shape);
        LayerError::check_length("input", INPUT, shape.samples(), input.len())?;
        LayerError::check_length("checkpoints", CHECKPOINTS, expected, checkpoints.len())?;
        LayerError::check_length("slope", self.output(), self.samples(shape), slope.len())?;
        LayerError::check_length("input_slope", INPUT, shape.samples(), input_slope.len())?;
        self.check_states("state_slope", shape, state_slope.len())?;
        LayerError::check_length("gradient", GRADIENT, self.sections.len(), gradient.len())?;
        let plan = self.plan(shape);
        let mut gradients = mem::take(&mut workspace.gradients);
        gradients.clear();
        gradients.resize(self.states(shape), [S::zero(); 5]);
        let work = BackwardWork {
            plan: &plan,
            signals: 0..shape.signals(),
            input,
            checkpoints,
            slope,
            input_slope,
            state_slope,
            gradients: &mut gradients,
        };
        run_units(work, self.unit(), self.buffers(shape, workspace), &BackwardWork::run);
        let count = self.section_count();
        if count > 0 {
            for (signal, row) in gradients.chunks_exact(count).enumerate() {
                let sums = gradient[plan.filter(signal) * count..].iter_mut().flatten();
                sums.zip(row.iter().flatten()).for_each(|(sum, term)| *sum += *term);
            }
        }
        workspace.gradients = gradients;
        Ok(())
    }

    fn check_batch(&self, shape: BatchShape) -> Result<(), LayerError> {
        let (found, batch) = (self.filters, shape.batch);
        if found == 1 || found == batch {
            Ok(())
        } else {
            Err(LayerError::Filters { found, batch })
        }
    }

    /// Checks the batch and the lengths of its input and output.
    pub(super) fn check_signals(
        &self,
        shape: BatchShape,
        input: usize,
        output: usize,
    ) -> Result<(), LayerError> {
        self.check_batch(shape)?;
        LayerError::check_length("input", INPUT, shape.samples(), input)?;
        LayerError::check_length("output", self.output(), self.samples(shape), output)
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

    /// The dimensions of the output.
    fn output(&self) -> &'static str {
        if self.ends.is_empty() { INPUT } else { "[batch, channels, bands, time]" }
    }

    /// The number of output samples of a batch.
    fn samples(&self, shape: BatchShape) -> usize {
        shape.samples().saturating_mul(self.outputs())
    }

    /// The number of states of a batch.
    pub(super) fn states(&self, shape: BatchShape) -> usize {
        shape.signals().saturating_mul(self.section_count())
    }

    fn plan(&self, shape: BatchShape) -> Plan<'a, S> {
        Plan {
            sections: self.sections,
            ends: self.ends,
            section_count: self.section_count(),
            signals_of_filter: if self.filters == 1 { shape.signals() } else { shape.channels },
            time: shape.time,
        }
    }

    /// The buffers for a batch.
    fn buffers<'b>(
        &self,
        shape: BatchShape,
        workspace: &'b mut Workspace<S>,
    ) -> &'b mut [Buffers<S>] {
        let steps = shape.samples().saturating_mul(self.section_count());
        workspace.buffers(threads(steps), self.unit(), self.outputs(), BLOCK)
    }

    /// The number of signals whose outputs fill the lanes.
    fn unit(&self) -> usize {
        LANES.div_ceil(self.outputs())
    }
}

pub(super) const INPUT: &str = "[batch, channels, time]";
pub(super) const STATES: &str = "[batch, channels, sections]";
pub(super) const CHECKPOINTS: &str = "[batch, channels, blocks, sections]";
const GRADIENT: &str = "[filters, sections]";

/// Checks that the ends of the bands of a bank rise to the number of sections.
pub(super) fn check_ends(ends: &[usize], sections: usize) -> Result<(), LayerError> {
    let rises = ends.is_sorted() && ends.last().is_none_or(|last| *last == sections);
    if rises { Ok(()) } else { Err(LayerError::Ends { sections }) }
}

/// Checks that a section is finite and stable.
fn check_section<S: Sample>(
    section: &Section<S>,
    filter: usize,
    index: usize,
) -> Result<(), LayerError> {
    let coefficients = section.coefficients();
    let names = ["b0", "b1", "b2", "a1", "a2"].into_iter().zip(coefficients);
    let fault = |(name, value): (&'static str, S)| {
        Err(LayerError::Section { filter, section: index, name, value: value.primal() })
    };
    if let Some(wrong) = names.into_iter().find(|(_, value)| !value.is_finite()) {
        return fault(wrong);
    }
    if section.is_stable() {
        return Ok(());
    }
    let [.., a1, a2] = coefficients;
    fault(if a2.primal().abs() < 1.0 { ("a1", a1) } else { ("a2", a2) })
}
