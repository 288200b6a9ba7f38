//! The passes of moving filters over a batch: block by block forwards, and block by block backwards.

use core::ops::Range;

use arrayvec::ArrayVec;
use filterbank_core::{
    Frames, Interpolation, MovingAdjointLane, MovingLane, Sample, SvfState, moving_adjoint,
    process_moving,
};

use crate::layer::finite::{first_not_finite, not_a_number};
use crate::layer::pass::{GROUP, narrow, widen};
use crate::layer::sample::LayerSample;
use crate::layer::split::Work;
use crate::layer::workspace::Buffers;

/// What all parts of a pass share.
#[derive(Clone, Copy, Debug)]
pub(super) struct MovingPlan<'a, 'b, S> {
    pub(super) filters: &'a [Frames<'b, S>],
    /// The number of signals that one filter serves.
    pub(super) signals_of_filter: usize,
    /// The number of signals that add to one row of the gradient: those of a filter or of a unit.
    pub(super) signals_of_row: usize,
    /// The number of samples of a signal.
    pub(super) time: usize,
    /// The number of samples of a block.
    pub(super) block: usize,
}

/// A block of all signals.
#[derive(Clone, Debug)]
struct Block {
    samples: Range<usize>,
    /// The frames that it depends on.
    frames: Range<usize>,
    /// The number of its first sample, counted from the first of these frames.
    start: usize,
}

impl<'b, S: Sample> MovingPlan<'_, 'b, S> {
    fn section_count(&self) -> usize {
        self.filters[0].sections()
    }

    /// The number of sections in all frames.
    fn row(&self) -> usize {
        self.filters[0].rows().len()
    }

    /// The blocks of a signal.
    fn blocks(&self) -> impl DoubleEndedIterator<Item = Block> {
        let Self { time, block, .. } = *self;
        let (first, hop) = (&self.filters[0], self.filters[0].hop());
        let next = usize::from(first.interpolation() == Interpolation::Linear);
        (0..time.div_ceil(block)).map(move |index| {
            let samples = index * block..time.min((index + 1) * block);
            let begin = samples.start / hop;
            let end = (samples.end.div_ceil(hop) + next).min(first.count());
            Block { start: samples.start - begin * hop, frames: begin..end, samples }
        })
    }

    /// The frames of a signal's filter in a block.
    fn frames(&self, signal: usize, block: &Block) -> Frames<'b, S> {
        let all = self.filters[signal / self.signals_of_filter.max(1)];
        all.part(block.frames.clone()).unwrap_or(all)
    }

    /// The range of the states of a signal at the start of a block, among the checkpoints.
    fn checkpoint(&self, signal: usize, block: &Block) -> Range<usize> {
        let count = self.section_count();
        let index = signal * self.time.div_ceil(self.block) + block.samples.start / self.block;
        index * count..(index + 1) * count
    }
}

/// The forward pass of some signals.
pub(super) struct MovingForwardWork<'a, 'b, T: LayerSample> {
    pub(super) plan: &'a MovingPlan<'a, 'b, T::Number>,
    pub(super) signals: Range<usize>,
    pub(super) input: &'a [T],
    pub(super) output: &'a mut [T],
    pub(super) states: &'a mut [SvfState<T::Number>],
    pub(super) checkpoints: Option<&'a mut [SvfState<T::Number>]>,
}

impl<T: LayerSample> Work for MovingForwardWork<'_, '_, T> {
    fn signals(&self) -> usize {
        self.signals.len()
    }

    fn split(self, signals: usize) -> (Self, Self) {
        let Self { plan, signals: all, input, output, states, checkpoints } = self;
        let middle = all.start + signals;
        let (samples, sections) = (signals * plan.time, signals * plan.section_count());
        let (input, inputs) = input.split_at(samples);
        let (output, outputs) = output.split_at_mut(samples);
        let (states, other_states) = states.split_at_mut(sections);
        let blocks = plan.time.div_ceil(plan.block);
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

impl<T: LayerSample> MovingForwardWork<'_, '_, T> {
    /// Filters all signals.
    pub(super) fn run(mut self, buffers: &mut Buffers<T::Number>) {
        for block in self.plan.blocks() {
            self.keep_states(&block);
            self.filter_block(&block, buffers);
        }
    }

    /// Writes the states at the start of a block to the checkpoints.
    fn keep_states(&mut self, block: &Block) {
        let Some(checkpoints) = &mut self.checkpoints else { return };
        let states = self.states.chunks_exact(self.plan.section_count());
        for (signal, states) in states.enumerate() {
            checkpoints[self.plan.checkpoint(signal, block)].copy_from_slice(states);
        }
    }

    fn filter_block(&mut self, block: &Block, buffers: &mut Buffers<T::Number>) {
        let (plan, length) = (self.plan, block.samples.len());
        let rows = &mut buffers.output[..self.signals.len() * length];
        for (row, from) in rows.chunks_exact_mut(length).zip(self.input.chunks_exact(plan.time)) {
            widen(&from[block.samples.clone()], row);
        }
        let states = self.states.chunks_exact_mut(plan.section_count());
        let parts = states.zip(rows.chunks_exact_mut(length)).zip(self.signals.clone());
        let mut lanes = parts.map(|((states, row), signal)| MovingLane {
            frames: plan.frames(signal, block),
            states,
            block: row,
        });
        loop {
            let mut group: ArrayVec<_, GROUP> = lanes.by_ref().take(GROUP).collect();
            if group.is_empty() {
                break;
            }
            filter_lanes(block.start, &mut group);
        }
        for (row, to) in rows.chunks_exact(length).zip(self.output.chunks_exact_mut(plan.time)) {
            narrow(row, &mut to[block.samples.clone()]);
        }
    }
}

/// Filters one block of each lane. From the first output sample on that is not finite, a lane
/// contains NaN only.
fn filter_lanes<S: Sample>(start: usize, lanes: &mut [MovingLane<'_, S>]) {
    let filtered = process_moving(start, lanes);
    debug_assert!(filtered.is_ok(), "one state for each section, and enough frames");
    for MovingLane { states, block, .. } in lanes {
        if let Some(start) = first_not_finite(block) {
            block[start..].fill(not_a_number());
            for state in &mut **states {
                (state.s1, state.s2) = (not_a_number(), not_a_number());
            }
        }
    }
}

/// The backward pass of some signals.
pub(super) struct MovingBackwardWork<'a, 'b, T: LayerSample> {
    pub(super) plan: &'a MovingPlan<'a, 'b, T::Number>,
    pub(super) signals: Range<usize>,
    pub(super) input: &'a [T],
    pub(super) checkpoints: &'a [SvfState<T::Number>],
    pub(super) slope: &'a [T],
    pub(super) input_slope: &'a mut [T],
    pub(super) state_slope: &'a mut [SvfState<T::Number>],
    /// `[rows, frames, sections]`
    pub(super) gradient: &'a mut [[T::Number; 6]],
}

impl<T: LayerSample> Work for MovingBackwardWork<'_, '_, T> {
    fn signals(&self) -> usize {
        self.signals.len()
    }

    fn split(self, signals: usize) -> (Self, Self) {
        let plan = self.plan;
        let middle = self.signals.start + signals;
        let (samples, sections) = (signals * plan.time, signals * plan.section_count());
        let blocks = plan.time.div_ceil(plan.block);
        let rows = signals.div_ceil(plan.signals_of_row.max(1));
        let (input, inputs) = self.input.split_at(samples);
        let (checkpoints, other_checkpoints) = self.checkpoints.split_at(sections * blocks);
        let (slope, slopes) = self.slope.split_at(samples);
        let (input_slope, input_slopes) = self.input_slope.split_at_mut(samples);
        let (state_slope, state_slopes) = self.state_slope.split_at_mut(sections);
        let (gradient, gradients) = self.gradient.split_at_mut(rows * plan.row());
        let first = Self {
            plan,
            signals: self.signals.start..middle,
            input,
            checkpoints,
            slope,
            input_slope,
            state_slope,
            gradient,
        };
        let second = Self {
            plan,
            signals: middle..self.signals.end,
            input: inputs,
            checkpoints: other_checkpoints,
            slope: slopes,
            input_slope: input_slopes,
            state_slope: state_slopes,
            gradient: gradients,
        };
        (first, second)
    }
}

impl<T: LayerSample> MovingBackwardWork<'_, '_, T> {
    /// Differentiates all signals.
    pub(super) fn run(mut self, buffers: &mut Buffers<T::Number>) {
        for block in self.plan.blocks().rev() {
            self.differentiate_block(&block, buffers);
        }
    }

    fn differentiate_block(&mut self, block: &Block, buffers: &mut Buffers<T::Number>) {
        let (plan, length, signals) = (self.plan, block.samples.len(), self.signals.len());
        let count = block.frames.len() * plan.section_count();
        buffers.clear_gradients(signals * count);
        let inputs = &mut buffers.input[..signals * length];
        for (row, from) in inputs.chunks_exact_mut(length).zip(self.input.chunks_exact(plan.time)) {
            widen(&from[block.samples.clone()], row);
        }
        let slopes = &mut buffers.output[..signals * length];
        for (row, from) in slopes.chunks_exact_mut(length).zip(self.slope.chunks_exact(plan.time)) {
            widen(&from[block.samples.clone()], row);
        }
        let state_slopes = self.state_slope.chunks_exact_mut(plan.section_count());
        let parts = inputs.chunks_exact(length).zip(slopes.chunks_exact_mut(length));
        let parts = parts.zip(state_slopes.zip(buffers.gradients.chunks_exact_mut(count)));
        let mut lanes =
            parts.enumerate().map(|(signal, ((input, slope), (state_slope, gradient)))| {
                MovingAdjointLane {
                    frames: plan.frames(self.signals.start + signal, block),
                    states: &self.checkpoints[plan.checkpoint(signal, block)],
                    input,
                    slope,
                    state_slope,
                    gradient,
                }
            });
        loop {
            let mut group: ArrayVec<_, GROUP> = lanes.by_ref().take(GROUP).collect();
            if group.is_empty() {
                break;
            }
            let differentiated = moving_adjoint(block.start, &mut group, &mut buffers.adjoint);
            debug_assert!(differentiated.is_ok(), "all lengths fit");
        }
        for (signal, terms) in buffers.gradients.chunks_exact(count).enumerate() {
            let row = signal / plan.signals_of_row.max(1) * plan.row();
            let place = row + block.frames.start * plan.section_count();
            let sums = self.gradient[place..place + count].iter_mut().flatten();
            sums.zip(terms.iter().flatten()).for_each(|(sum, term)| *sum += *term);
        }
        let rows = slopes.chunks_exact(length);
        for (row, to) in rows.zip(self.input_slope.chunks_exact_mut(plan.time)) {
            narrow(row, &mut to[block.samples.clone()]);
        }
    }
}
