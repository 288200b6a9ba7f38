//! A tunable filter as a layer: the chain rule from coefficients to parameters.

use alloc::vec::Vec;

use filterbank_core::{DesignError, Section, SectionState};

use crate::ad::Number;
use crate::layer::error::LayerError;
use crate::layer::fixed::{Backward, FixedFilters, Forward, check_ends};
use crate::layer::sample::LayerSample;
use crate::layer::shape::BatchShape;
use crate::layer::workspace::Workspace;
use crate::sensitivity::{TunedSection, retune, tuned_sections};
use crate::tune::Tunable;

/// A [`Tunable`] filter as a layer of a network: batches of signals forwards, gradients backwards.
///
/// Signals are flat slices `[batch, channels, time]` of `f32` or `f64`. A cascade leaves
/// `[batch, channels, time]`, a bank `[batch, channels, bands, time]`. Parameters are one set for all
/// items of a batch, or one set for each item. All arithmetic is in `f64`.
///
/// A layer is trained by [`Adam`](crate::fit::Adam), over all of its parameters at once.
///
/// ```
/// use filterbank::fit::Adam;
/// use filterbank::layer::{BatchShape, Layer};
/// use filterbank::{Band, TunableCascade, Tune};
///
/// // A peak that learns to make the signals of two channels louder.
/// let peak = Band::peak(Tune::from(1_000.0), Tune::from(1.0), Tune::within(0.0, -12.0..=12.0));
/// let filter = TunableCascade::new([("peak", peak)], 48_000.0)?;
/// let mut params = [0.0];
/// let mut layer = Layer::new(filter, &params)?;
/// let mut adam = Adam::new(0.1);
///
/// let shape = BatchShape { batch: 1, channels: 2, time: 64 };
/// let input: Vec<f32> = (0..128_u8).map(|n| (f32::from(n) * 0.13).sin()).collect();
/// let (mut output, mut slope, mut input_slope) = ([0.0; 128], [0.0; 128], [0.0; 128]);
/// for _ in 0..20 {
///     layer.forward(shape, &input, &mut output)?;
///     for ((slope, y), x) in slope.iter_mut().zip(output).zip(&input) {
///         *slope = 2.0 * (y - 1.5 * x); // of the loss (y − 1.5 x)²
///     }
///     let mut gradient = [0.0];
///     layer.backward(&input, &slope, &mut input_slope, &mut gradient)?;
///     adam.step(&mut params, &gradient)?;
///     layer.retune(&params)?;
/// }
/// assert!(params[0] > 1.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Layer<F> {
    filter: F,
    /// `[filters, params]`
    params: Vec<f64>,
    filters: usize,
    /// `[filters, sections]`
    tuned: Vec<TunedSection>,
    /// The sections of `tuned`.
    sections: Vec<Section<f64>>,
    /// For each band of a bank, the number of sections up to its last; empty for a cascade.
    ends: Vec<usize>,
    /// The batch of the last forward pass, and what it has left.
    shape: Option<BatchShape>,
    checkpoints: Vec<SectionState<f64>>,
    states: Vec<SectionState<f64>>,
    state_slope: Vec<SectionState<f64>>,
    /// `[filters, sections]`
    by_coefficients: Vec<[f64; 5]>,
    workspace: Workspace<f64>,
    /// Scratch buffer for designs: one number for each parameter.
    numbers: Vec<Number>,
}

impl<F: Tunable> Layer<F> {
    /// The layer at given values of the parameters, `[filters, params]`: one set for all items of a
    /// batch, or one set for each item.
    ///
    /// # Errors
    ///
    /// If the number of values is not a multiple of the number of parameters, or a filter cannot be
    /// designed, see [`Tunable::tuned`]. A [`Tunable`] of your own is refused if its filters differ in
    /// their number of sections, or its [`ends`](Tunable::ends) do not fit them.
    pub fn new(filter: F, params: &[f64]) -> Result<Self, LayerError> {
        let count = filter.params().len();
        let filters = params.len().checked_div(count).unwrap_or(1).max(1);
        check_params(filters * count, params.len())?;
        let mut tuned: Vec<TunedSection> = Vec::new();
        let mut sections = 0;
        for index in 0..filters {
            let own = &params[index * count..(index + 1) * count];
            let designed = tuned_sections(&filter, own, |_| 1.0).map_err(in_filter(index))?;
            if index == 0 {
                sections = designed.len();
            }
            LayerError::check_length("sections", "[sections]", sections, designed.len())?;
            tuned.extend(designed);
        }
        let ends = filter.ends().to_vec();
        check_ends(&ends, sections)?;
        Ok(Self {
            sections: tuned.iter().map(|tuned| tuned.section).collect(),
            by_coefficients: alloc::vec![[0.0; 5]; tuned.len()],
            numbers: alloc::vec![Number::default(); count],
            params: params.to_vec(),
            ends,
            filters,
            filter,
            tuned,
            shape: None,
            checkpoints: Vec::new(),
            states: Vec::new(),
            state_slope: Vec::new(),
            workspace: Workspace::new(),
        })
    }

    /// The filter that was passed to [`new`](Layer::new).
    pub fn filter(&self) -> &F {
        &self.filter
    }

    /// The values of all parameters, `[filters, params]`.
    pub fn params(&self) -> &[f64] {
        &self.params
    }

    /// Changes the values of all parameters, `[filters, params]`. What the last forward pass has left
    /// is forgotten; its final states are kept.
    ///
    /// # Errors
    ///
    /// If the number of values is another one than before, or a filter cannot be designed. Nothing
    /// has changed then.
    pub fn retune(&mut self, params: &[f64]) -> Result<(), LayerError> {
        check_params(self.params.len(), params.len())?;
        if let Err((index, error)) = self.design(params, self.filters) {
            let before = self.params.clone();
            // The filters before it go back to the parameters that they had.
            let restored = self.design(&before, index);
            debug_assert!(restored.is_ok(), "they had them");
            return Err(in_filter(index)(error));
        }
        self.params.copy_from_slice(params);
        for (section, tuned) in self.sections.iter_mut().zip(&self.tuned) {
            *section = tuned.section;
        }
        self.shape = None;
        Ok(())
    }

    /// Designs the first filters. An error has the index of its filter.
    fn design(&mut self, params: &[f64], filters: usize) -> Result<(), (usize, DesignError)> {
        let (count, sections) = (self.numbers.len(), self.tuned.len() / self.filters);
        for index in 0..filters {
            let own = &params[index * count..(index + 1) * count];
            let tuned = &mut self.tuned[index * sections..(index + 1) * sections];
            retune(&self.filter, own, |_| 1.0, &mut self.numbers, tuned)
                .map_err(|error| (index, error))?;
        }
        Ok(())
    }

    /// Filters a batch from rest: `input` is `[batch, channels, time]`, `output` becomes
    /// `[batch, channels, time]` or, of a bank, `[batch, channels, bands, time]`.
    ///
    /// From the first output sample on that is infinite or NaN, all later samples of that output are
    /// NaN, and so is the gradient.
    ///
    /// # Errors
    ///
    /// If a length is wrong, or there is neither one set of parameters nor one for each item. Nothing
    /// has been filtered then.
    pub fn forward<T: LayerSample<Number = f64>>(
        &mut self,
        shape: BatchShape,
        input: &[T],
        output: &mut [T],
    ) -> Result<(), LayerError> {
        self.filters().check_signals(shape, input.len(), output.len())?;
        self.states.clear();
        self.states.resize(self.filters().states(shape), SectionState::default());
        self.forward_on(shape, input, output)
    }

    /// Filters a batch that continues the last one: the final states of the last forward pass are the
    /// initial states of this one, as constants. This is the `detach()` of truncated
    /// back-propagation.
    ///
    /// # Errors
    ///
    /// As [`forward`](Layer::forward), and if the last batch has not had as many signals.
    pub fn forward_on<T: LayerSample<Number = f64>>(
        &mut self,
        shape: BatchShape,
        input: &[T],
        output: &mut [T],
    ) -> Result<(), LayerError> {
        let filters = FixedFilters::unchecked(self.filters, &self.sections, &self.ends);
        filters.check_signals(shape, input.len(), output.len())?;
        filters.check_states("states", shape, self.states.len())?;
        self.shape = None;
        self.checkpoints.resize(filters.checkpoints(shape), SectionState::default());
        let (states, checkpoints) = (&mut self.states[..], Some(&mut self.checkpoints[..]));
        let forward = Forward { input, output, states, checkpoints };
        filters.forward(shape, forward, &mut self.workspace)?;
        self.shape = Some(shape);
        self.state_slope.clear();
        self.state_slope.resize(self.states.len(), SectionState::default());
        Ok(())
    }

    /// From the derivatives of a loss by the output of the last forward pass (`slope`) to those by
    /// its input and by all parameters. `input` is the same as then. The derivatives by the input are
    /// written to `input_slope`, `[batch, channels, time]`; those by the parameters are added to
    /// `gradient`, `[filters, params]`.
    ///
    /// # Errors
    ///
    /// If there has been no forward pass since the last [`retune`](Layer::retune) or `backward`, or a
    /// length is wrong. Nothing has changed then.
    pub fn backward<T: LayerSample<Number = f64>>(
        &mut self,
        input: &[T],
        slope: &[T],
        input_slope: &mut [T],
        gradient: &mut [f64],
    ) -> Result<(), LayerError> {
        let shape = self.shape.ok_or(LayerError::NoForward)?;
        let expected = self.params.len();
        LayerError::check_length("gradient", "[filters, params]", expected, gradient.len())?;
        self.by_coefficients.fill([0.0; 5]);
        let backward = Backward {
            input,
            checkpoints: &self.checkpoints,
            slope,
            input_slope,
            state_slope: &mut self.state_slope,
            gradient: &mut self.by_coefficients,
        };
        let filters = FixedFilters::unchecked(self.filters, &self.sections, &self.ends);
        filters.backward(shape, backward, &mut self.workspace)?;
        self.shape = None;
        let (params, sections) = (self.numbers.len(), self.tuned.len() / self.filters);
        let all = self.tuned.iter().zip(&self.by_coefficients).enumerate();
        for (index, (tuned, by_coefficients)) in all {
            let start = index / sections * params;
            tuned.add_gradient(*by_coefficients, &mut gradient[start..start + params]);
        }
        Ok(())
    }

    fn filters(&self) -> FixedFilters<'_, f64> {
        FixedFilters::unchecked(self.filters, &self.sections, &self.ends)
    }

    /// The final states of the last forward pass, `[batch, channels, sections]`.
    pub fn states(&self) -> &[SectionState<f64>] {
        &self.states
    }

    /// The derivatives of the loss by the initial states of the last forward pass, after
    /// [`backward`](Layer::backward): `[batch, channels, sections]`. (Before it, they are those by
    /// the final states: 0.)
    pub fn state_slope(&self) -> &[SectionState<f64>] {
        &self.state_slope
    }
}

fn check_params(expected: usize, found: usize) -> Result<(), LayerError> {
    LayerError::check_length("params", "[filters, params]", expected, found)
}

/// The error of a design, with the index of the filter.
fn in_filter(filter: usize) -> impl FnOnce(DesignError) -> LayerError {
    move |error| LayerError::Design { filter, error }
}
