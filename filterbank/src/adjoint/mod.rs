//! Gradients of losses through a running filter: by its parameters, its input and its initial
//! state.

mod history;

use alloc::vec::Vec;

use filterbank_core::{
    Bank, Cascade, DesignError, Dual, Section, SectionState, SectionStore, ShapeError,
};

use crate::ad::Number;
use crate::adjoint::history::History;
use crate::layer::{Backward, BatchShape, FixedFilters, Forward, LayerError, Workspace};
use crate::sensitivity::{
    TunedSection, by_coefficients, by_tangents, retune, rising_ends, tuned_sections,
};
use crate::tune::Tunable;

/// A filter that computes its output forwards, and derivatives of a loss backwards.
///
/// [`forward`](Adjoint::forward) filters a block. From the derivatives of a loss by the output,
/// [`backward`](Adjoint::backward) computes those by the input, by all parameters and by the state
/// before the block. It costs a few runs of the filter, whatever the number of parameters:
///
/// | | [`Sensitivities`](crate::Sensitivities) | `Adjoint` |
/// |---|---|---|
/// | derivatives | of every output sample, by parameters | of one loss, by parameters, input and state |
/// | cost, for `n` sections | n² | n |
/// | memory | does not depend on the length of the signal | grows with the signal: see below |
/// | suits | Jacobians, least squares, online fits | training, and filters inside of a larger model |
///
/// For batches, and for parameters that vary in time, there is [`layer`](crate::layer).
///
/// # History
///
/// The state carries over from block to block. The history are the blocks since the last
/// [`detach`](Adjoint::detach): each `backward` takes back the latest block, and hands the derivatives
/// by its initial state on to the block before it. So after three times `forward` on blocks `a`, `b`
/// and `c`, three times `backward` on `c`, `b` and `a` gives the gradient of the whole signal. A
/// `backward` after each `forward` gives a gradient that is truncated at the start of the block: its
/// initial state counts as a constant.
///
/// The history holds the input, 8 bytes per sample, and the states of all sections at every
/// [`BLOCK`](filterbank_core::AdjointScratch::BLOCK)th sample, 16 bytes each. Signals between the
/// sections are computed again, for one block at a time. Buffers are kept, so calls of one size
/// allocate only in the beginning.
///
/// # Numbers that are not finite
///
/// From the first output sample on that is infinite or NaN, that output and its states are NaN until
/// [`reset`](Adjoint::reset), and so is the gradient. (A [`Cascade`] recovers; a gradient must not
/// hide what happened.)
///
/// Source: A. Griewank and A. Walther, *Evaluating Derivatives* (2nd edition, 2008), section 3.2 and
/// chapter 12; the equations are in [`formulas`](crate::formulas).
///
/// ```
/// use filterbank::{Adjoint, Tunable, filterbank};
///
/// filterbank! {
///     struct Eq: cascade(sample_rate = 48_000.0) {
///         body: peak(center = tune(250.0), q = tune(1.0), gain_db = tune(-2.5)),
///         air: high_shelf(cutoff = 10_000.0, q = 0.7, gain_db = tune(1.5)),
///     }
/// }
///
/// let mut eq = Adjoint::of_params(&Eq::new(), &Eq::PARAMS)?;
/// let input = [1.0, 0.0, 0.0];
/// let mut output = [0.0; 3];
/// eq.forward(&input, &mut output)?;
///
/// // The loss is the last sample of the output.
/// let slope = [0.0, 0.0, 1.0];
/// let (mut by_input, mut by_params) = ([0.0; 3], [0.0; Eq::PARAMS.len()]);
/// eq.backward(&slope, &mut by_input, &mut by_params)?;
///
/// // As by dual numbers.
/// let (response, derivatives) = filterbank::jacobian(&Eq::PARAMS, |p| {
///     Eq::from_params(p).map(|eq| eq.impulse_response(3))
/// })?;
/// assert!((by_params[3] - derivatives[(2, 3)]).abs() < 1e-15);
/// assert!((by_input[0] - response[2]).abs() < 1e-15);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Adjoint {
    tuned: Vec<TunedSection>,
    /// The sections of `tuned`.
    sections: Vec<Section<f64>>,
    /// For each output, the index after its last section.
    ends: Vec<usize>,
    states: Vec<SectionState<f64>>,
    state_slope: Vec<SectionState<f64>>,
    history: History,
    /// The derivatives by the coefficients of one block.
    by_coefficients: Vec<[f64; 5]>,
    workspace: Workspace<f64>,
    /// Scratch buffer for redesigns: one number for each parameter.
    numbers: Vec<Number>,
}

impl Adjoint {
    /// Derivatives by the coefficients of a cascade: five for each section, in the order of
    /// [`Section::coefficients`].
    pub fn of_cascade<A: AsRef<[Section<f64>]>>(cascade: &Cascade<f64, A>) -> Self {
        let sections = cascade.sections();
        Self::new(by_coefficients(sections, 0), &[], 5 * sections.len())
    }

    /// Derivatives by the coefficients of a bank: five for each section, band after band.
    pub fn of_bank<A: SectionStore<f64>, E: AsRef<[usize]>>(bank: &Bank<f64, A, E>) -> Self {
        let sections = bank.sections();
        Self::new(by_coefficients(sections, 0), bank.ends(), 5 * sections.len())
    }

    /// Derivatives by the parameters of dual numbers: the `N` tangents of the sections are the
    /// parameters. For a bank pass its `ends`, see [`Bank::ends`]; for a cascade pass none. (Ends
    /// that do not rise, or exceed the number of sections, are clamped.)
    pub fn of_tangents<const N: usize>(sections: &[Section<Dual<f64, N>>], ends: &[usize]) -> Self {
        Self::new(by_tangents(sections).collect(), ends, N)
    }

    /// Derivatives by the parameters of a filter, at given values.
    ///
    /// # Errors
    ///
    /// As [`Tunable::tuned`].
    pub fn of_params<T: Tunable>(filter: &T, params: &[f64]) -> Result<Self, DesignError> {
        let tuned = tuned_sections(filter, params, |_| 1.0)?;
        Ok(Self::new(tuned, filter.ends(), params.len()))
    }

    /// A cascade has no `ends`.
    fn new(mut tuned: Vec<TunedSection>, ends: &[usize], params: usize) -> Self {
        let ends = rising_ends(ends, tuned.len());
        tuned.truncate(ends.last().copied().unwrap_or_default());
        let rest = alloc::vec![SectionState::default(); tuned.len()];
        Self {
            sections: tuned.iter().map(|tuned| tuned.section).collect(),
            states: rest.clone(),
            state_slope: rest,
            history: History::default(),
            by_coefficients: alloc::vec![[0.0; 5]; tuned.len()],
            workspace: Workspace::new(),
            numbers: alloc::vec![Number::default(); params],
            tuned,
            ends,
        }
    }

    /// The number of outputs: 1 for a cascade, the number of bands for a bank.
    pub fn outputs(&self) -> usize {
        self.ends.len()
    }

    /// The number of parameters.
    pub fn params(&self) -> usize {
        self.numbers.len()
    }

    /// Filters a block: `input` is `[time]`, `output` becomes `[outputs, time]`. The next block
    /// continues where this one ended.
    ///
    /// # Errors
    ///
    /// If the length of `output` is wrong. Nothing has been filtered then.
    pub fn forward(&mut self, input: &[f64], output: &mut [f64]) -> Result<(), LayerError> {
        LayerError::check_length(
            "output",
            "[outputs, time]",
            self.outputs() * input.len(),
            output.len(),
        )?;
        let (filter, shape) =
            (FixedFilters::unchecked(1, &self.sections, &self.ends), one_signal(input.len()));
        let checkpoints = self.history.push(input, filter.checkpoints(shape));
        let (states, checkpoints) = (&mut self.states[..], Some(checkpoints));
        let forward = Forward { input, output, states, checkpoints };
        filter.forward(shape, forward, &mut self.workspace)?;
        self.state_slope.fill(SectionState::default());
        Ok(())
    }

    /// Takes back the latest block of the history. `slope` holds the derivatives of the loss by its
    /// output, `[outputs, time]`; those by its input are written to `input_slope`, `[time]`, and
    /// those by the parameters are added to `gradient`.
    ///
    /// # Errors
    ///
    /// If a length is wrong, or the history is empty. Nothing has changed then.
    pub fn backward(
        &mut self,
        slope: &[f64],
        input_slope: &mut [f64],
        gradient: &mut [f64],
    ) -> Result<(), LayerError> {
        let time = self.history.latest().ok_or(LayerError::NoForward)?;
        let outputs = self.outputs() * time;
        LayerError::check_length("slope", "[outputs, time]", outputs, slope.len())?;
        LayerError::check_length("input_slope", "[time]", time, input_slope.len())?;
        LayerError::check_length("gradient", "[params]", self.params(), gradient.len())?;
        let (filter, shape) =
            (FixedFilters::unchecked(1, &self.sections, &self.ends), one_signal(time));
        let states = filter.checkpoints(shape);
        let (input, checkpoints) = self.history.block(states);
        self.by_coefficients.fill([0.0; 5]);
        let backward = Backward {
            input,
            checkpoints,
            slope,
            input_slope,
            state_slope: &mut self.state_slope,
            gradient: &mut self.by_coefficients,
        };
        filter.backward(shape, backward, &mut self.workspace)?;
        self.history.pop(states);
        for (tuned, by_coefficients) in self.tuned.iter().zip(&self.by_coefficients) {
            tuned.add_gradient(*by_coefficients, gradient);
        }
        Ok(())
    }

    /// The states of all sections now, band after band. A [`backward`](Adjoint::backward) leaves them
    /// as they are.
    pub fn states(&self) -> &[SectionState<f64>] {
        &self.states
    }

    /// The derivatives of the loss by the states before the block that was taken back last, of all
    /// sections, band after band; 0 after a [`forward`](Adjoint::forward).
    pub fn state_slope(&self) -> &[SectionState<f64>] {
        &self.state_slope
    }

    /// Forgets the history and keeps the state: from here on it counts as a constant. This is the
    /// `detach()` of truncated back-propagation.
    pub fn detach(&mut self) {
        self.history.clear();
        self.state_slope.fill(SectionState::default());
    }

    /// Sets all states to zero, and forgets the history.
    pub fn reset(&mut self) {
        self.states.fill(SectionState::default());
        self.detach();
    }

    /// Continues from the state of a filter that has been running, and forgets the history. There is
    /// one state for each section, band after band, as in
    /// [`FilterState::sections`](filterbank_core::FilterState::sections).
    ///
    /// # Errors
    ///
    /// If there is not one state for each section. Nothing has changed then.
    pub fn resume(&mut self, states: &[SectionState<f64>]) -> Result<(), ShapeError> {
        ShapeError::check("states", self.states.len(), states.len())?;
        self.states.copy_from_slice(states);
        self.detach();
        Ok(())
    }

    /// Changes the parameters of the filter that was passed to [`of_params`](Adjoint::of_params).
    /// The states are kept, and the history is forgotten. The states belong to the old coefficients
    /// (see [`FilterState`](crate::run::FilterState)): after a large step the output clicks.
    ///
    /// # Errors
    ///
    /// As [`Tunable::tuned`]. Nothing has changed then.
    pub fn retune<T: Tunable>(&mut self, filter: &T, params: &[f64]) -> Result<(), DesignError> {
        retune(filter, params, |_| 1.0, &mut self.numbers, &mut self.tuned)?;
        for (section, tuned) in self.sections.iter_mut().zip(&self.tuned) {
            *section = tuned.section;
        }
        self.detach();
        Ok(())
    }
}

/// The shape of one signal.
fn one_signal(time: usize) -> BatchShape {
    BatchShape { batch: 1, channels: 1, time }
}
