//! The passes of fixed filters over a batch: block by block forwards, and block by block backwards.

use core::mem;
use core::ops::Range;

use arrayvec::ArrayVec;
use filterbank_core::{AdjointLane, Lane, Sample, Section, SectionState, adjoint, process_lanes};

use crate::layer::finite::{are_finite, first_not_finite, not_a_number};
use crate::layer::sample::LayerSample;
use crate::layer::split::Work;
use crate::layer::workspace::{BLOCK, Buffers};

/// The largest number of lanes that one call of a kernel gets.
pub(super) const GROUP: usize = 16;

/// What all parts of a pass share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan<'a, S> {
    /// `[filters, sections]`
    pub(super) sections: &'a [Section<S>],
    /// For each output, the number of sections up to its last; empty for a cascade.
    pub(super) ends: &'a [usize],
    /// The number of sections of a filter.
    pub(super) section_count: usize,
    /// The number of signals that one filter serves.
    pub(super) signals_of_filter: usize,
    /// The number of samples of a signal.
    pub(super) time: usize,
}

/// One output of one signal.
struct Place<'a, S> {
    /// The signal, counted from the first of the work.
    signal: usize,
    /// The sections of the output among those of the filter.
    range: Range<usize>,
    sections: &'a [Section<S>],
}

impl<'a, S> Plan<'a, S> {
    /// The number of outputs of a filter.
    fn outputs(&self) -> usize {
        self.ends.len().max(1)
    }

    /// The index of the filter of a signal.
    pub(super) fn filter(&self, signal: usize) -> usize {
        signal / self.signals_of_filter.max(1)
    }

    /// All outputs of some signals.
    fn places(&self, signals: Range<usize>) -> impl Iterator<Item = Place<'a, S>> {
        let Self { sections, ends, section_count, .. } = *self;
        let (first, outputs) = (signals.start, self.outputs());
        let filters =
            signals.map(move |signal| (signal - first, self.filter(signal) * section_count));
        let place = move |(signal, start): (usize, usize), output: usize| {
            let from = if output == 0 { 0 } else { ends[output - 1] };
            let range = from..ends.get(output).copied().unwrap_or(section_count);
            Place { signal, sections: &sections[start..][range.clone()], range }
        };
        filters.flat_map(move |filter| (0..outputs).map(move |output| place(filter, output)))
    }

    /// The blocks of a signal.
    fn blocks(&self) -> impl DoubleEndedIterator<Item = Range<usize>> + use<S> {
        let time = self.time;
        (0..time.div_ceil(BLOCK)).map(move |block| block * BLOCK..time.min((block + 1) * BLOCK))
    }

    /// The range of the states of a signal at the start of a block, among the checkpoints.
    fn checkpoint(&self, signal: usize, block: &Range<usize>) -> Range<usize> {
        let index = signal * self.time.div_ceil(BLOCK) + block.start / BLOCK;
        index * self.section_count..(index + 1) * self.section_count
    }
}

/// The forward pass of some signals.
pub(super) struct ForwardWork<'a, T: LayerSample> {
    pub(super) plan: &'a Plan<'a, T::Number>,
    pub(super) signals: Range<usize>,
    pub(super) input: &'a [T],
    pub(super) output: &'a mut [T],
    pub(super) states: &'a mut [SectionState<T::Number>],
    pub(super) checkpoints: Option<&'a mut [SectionState<T::Number>]>,
}

impl<T: LayerSample> Work for ForwardWork<'_, T> {
    fn signals(&self) -> usize {
        self.signals.len()
    }

    fn split(self, signals: usize) -> (Self, Self) {
        let Self { plan, signals: all, input, output, states, checkpoints } = self;
        let middle = all.start + signals;
        let (samples, sections) = (signals * plan.time, signals * plan.section_count);
        let (input, inputs) = input.split_at(samples);
        let (output, outputs) = output.split_at_mut(samples * plan.outputs());
        let (states, other_states) = states.split_at_mut(sections);
        let blocks = plan.time.div_ceil(BLOCK);
        let (checkpoints, other_checkpoints) =
            checkpoints.map(|all| all.split_at_mut(sections * blocks)).unzip();
        let first = Self { plan, signals: all.start..middle, input, output, states, checkpoints };
        let second = Self {
            plan,
            signals: middle..all.end,
            input: inputs,
            output: outputs,
            states: other_states,
            checkpoints: other_checkpoints,
        };
        (first, second)
    }
}

impl<T: LayerSample> ForwardWork<'_, T> {
    /// Filters all signals.
    pub(super) fn run(mut self, buffers: &mut Buffers<T::Number>) {
        for block in self.plan.blocks() {
            self.keep_states(&block);
            self.filter_block(&block, buffers);
        }
    }

    /// Writes the states at the start of a block to the checkpoints.
    fn keep_states(&mut self, block: &Range<usize>) {
        let Some(checkpoints) = &mut self.checkpoints else { return };
        let count = self.plan.section_count;
        for signal in 0..self.signals.len() {
            let states = &self.states[signal * count..(signal + 1) * count];
            checkpoints[self.plan.checkpoint(signal, block)].copy_from_slice(states);
        }
    }

    fn filter_block(&mut self, block: &Range<usize>, buffers: &mut Buffers<T::Number>) {
        let (plan, length) = (self.plan, block.len());
        let rows = &mut buffers.output[..self.signals.len() * plan.outputs() * length];
        for (index, row) in rows.chunks_exact_mut(length).enumerate() {
            widen(&self.input[index / plan.outputs() * plan.time..][block.clone()], row);
        }
        let mut rest = &mut *self.states;
        let places = plan.places(self.signals.clone()).zip(rows.chunks_exact_mut(length));
        let mut lanes = places.map(|(Place { sections, .. }, block)| {
            let (states, others) = mem::take(&mut rest).split_at_mut(sections.len());
            rest = others;
            Lane { sections, states, block }
        });
        loop {
            let mut group: ArrayVec<_, GROUP> = lanes.by_ref().take(GROUP).collect();
            if group.is_empty() {
                break;
            }
            filter_lanes(&mut group);
        }
        for (row, to) in rows.chunks_exact(length).zip(self.output.chunks_exact_mut(plan.time)) {
            narrow(row, &mut to[block.clone()]);
        }
    }
}

/// Filters one block of each lane. From the first output sample on that is not finite, a lane
/// contains NaN only.
fn filter_lanes<S: Sample>(lanes: &mut ArrayVec<Lane<'_, S>, GROUP>) {
    let invalid: ArrayVec<bool, GROUP> =
        lanes.iter().map(|lane| !are_finite(lane.states)).collect();
    let filtered = process_lanes(None, lanes);
    debug_assert!(filtered.is_ok(), "one state for each section");
    for (Lane { states, block, .. }, invalid) in lanes.iter_mut().zip(invalid) {
        let invalid_from = if invalid { Some(0) } else { first_not_finite(block) };
        if let Some(start) = invalid_from {
            let nan = not_a_number();
            block[start..].fill(nan);
            states.fill(SectionState { s1: nan, s2: nan });
        }
    }
}

/// The backward pass of some signals.
pub(super) struct BackwardWork<'a, T: LayerSample> {
    pub(super) plan: &'a Plan<'a, T::Number>,
    pub(super) signals: Range<usize>,
    pub(super) input: &'a [T],
    pub(super) checkpoints: &'a [SectionState<T::Number>],
    pub(super) slope: &'a [T],
    pub(super) input_slope: &'a mut [T],
    pub(super) state_slope: &'a mut [SectionState<T::Number>],
    /// `[signals, sections]`
    pub(super) gradients: &'a mut [[T::Number; 5]],
}

impl<T: LayerSample> Work for BackwardWork<'_, T> {
    fn signals(&self) -> usize {
        self.signals.len()
    }

    fn split(self, signals: usize) -> (Self, Self) {
        let plan = self.plan;
        let middle = self.signals.start + signals;
        let (samples, sections) = (signals * plan.time, signals * plan.section_count);
        let blocks = plan.time.div_ceil(BLOCK);
        let (input, inputs) = self.input.split_at(samples);
        let (checkpoints, other_checkpoints) = self.checkpoints.split_at(sections * blocks);
        let (slope, slopes) = self.slope.split_at(samples * plan.outputs());
        let (input_slope, input_slopes) = self.input_slope.split_at_mut(samples);
        let (state_slope, state_slopes) = self.state_slope.split_at_mut(sections);
        let (gradients, other_gradients) = self.gradients.split_at_mut(sections);
        let first = Self {
            plan,
            signals: self.signals.start..middle,
            input,
            checkpoints,
            slope,
            input_slope,
            state_slope,
            gradients,
        };
        let second = Self {
            plan,
            signals: middle..self.signals.end,
            input: inputs,
            checkpoints: other_checkpoints,
            slope: slopes,
            input_slope: input_slopes,
            state_slope: state_slopes,
            gradients: other_gradients,
        };
        (first, second)
    }
}

impl<T: LayerSample> BackwardWork<'_, T> {
    /// Differentiates all signals.
    pub(super) fn run(mut self, buffers: &mut Buffers<T::Number>) {
        for block in self.plan.blocks().rev() {
            self.differentiate_block(&block, buffers);
        }
    }

    fn differentiate_block(&mut self, block: &Range<usize>, buffers: &mut Buffers<T::Number>) {
        let (plan, length, signals) = (self.plan, block.len(), self.signals.len());
        let inputs = &mut buffers.input[..signals * length];
        for (row, from) in inputs.chunks_exact_mut(length).zip(self.input.chunks_exact(plan.time)) {
            widen(&from[block.clone()], row);
        }
        let slopes = &mut buffers.output[..signals * plan.outputs() * length];
        for (row, from) in slopes.chunks_exact_mut(length).zip(self.slope.chunks_exact(plan.time)) {
            widen(&from[block.clone()], row);
        }
        let (mut state_slopes, mut gradients) = (&mut *self.state_slope, &mut *self.gradients);
        let places = plan.places(self.signals.clone()).zip(slopes.chunks_exact_mut(length));
        let mut lanes = places.map(|(Place { signal, range, sections }, slope)| {
            let (state_slope, others) = mem::take(&mut state_slopes).split_at_mut(sections.len());
            state_slopes = others;
            let (gradient, others) = mem::take(&mut gradients).split_at_mut(sections.len());
            gradients = others;
            let states = &self.checkpoints[plan.checkpoint(signal, block)][range];
            let input = &inputs[signal * length..][..length];
            AdjointLane { sections, states, input, slope, state_slope, gradient }
        });
        loop {
            let mut group: ArrayVec<_, GROUP> = lanes.by_ref().take(GROUP).collect();
            if group.is_empty() {
                break;
            }
            let differentiated = adjoint(&mut group, &mut buffers.adjoint);
            debug_assert!(differentiated.is_ok(), "all lengths fit");
        }
        let rows = slopes.chunks_exact_mut(plan.outputs() * length);
        for (rows, to) in rows.zip(self.input_slope.chunks_exact_mut(plan.time)) {
            let (sum, others) = rows.split_at_mut(length);
            for row in others.chunks_exact(length) {
                sum.iter_mut().zip(row).for_each(|(sum, term)| *sum += *term);
            }
            narrow(sum, &mut to[block.clone()]);
        }
    }
}

/// Samples to numbers.
pub(super) fn widen<T: LayerSample>(samples: &[T], numbers: &mut [T::Number]) {
    for (number, sample) in numbers.iter_mut().zip(samples) {
        *number = sample.widen();
    }
}

/// Numbers to samples.
pub(super) fn narrow<T: LayerSample>(numbers: &[T::Number], samples: &mut [T]) {
    for (sample, number) in samples.iter_mut().zip(numbers) {
        *sample = T::narrow(*number);
    }
}
