//! The adjoint of many cascades at once, in lanes.
//!
//! Cascades are cut into segments as in the parallel kernel: see [`segments`](super::super::segments).
//! In iteration `i` the lane of a segment with delay `d` filters step `i − d` of 8 samples. The
//! forward pass keeps all signals of all iterations. The backward pass goes through the same
//! iterations from the last to the first: every lane finds the signals of its own step there, and
//! takes the slopes of the lane behind it from the iteration before, which is the same step.

use arrayvec::ArrayVec;
use fearless_simd::{Select, Simd, SimdBase, SimdMask};

use super::memory::Memory;
use super::rows::{row, set_row};
use super::stage::{Running, SETTLE, Samples, StageSlopes, Vector, filter, settle};
use crate::kernel::LANES;
use crate::kernel::lanes::{LANE_SAMPLES, chunk_len, load, store};
use crate::kernel::segments::{Segment, sections_per_segment, segments};
use crate::kernel::stage::Stage;
use crate::kernel::{AdjointLane, AdjointScratch};
use crate::section::SectionState;

/// The adjoint of as many filters as there are lanes, or fewer.
#[inline(always)]
pub(super) fn pipeline<S: Simd>(
    simd: S,
    filters: &mut [AdjointLane<'_, f64>],
    scratch: &mut AdjointScratch<f64>,
) {
    let counts = filters.iter().map(|filter| filter.sections.len());
    let positions = sections_per_segment(&counts, Vector::<S>::LEN);
    let segments = segments(counts, positions);
    let time = filters.first().map_or(0, |filter| filter.input.len());
    let schedule = Schedule::new(&segments, time);
    let mut memory = Memory::new(simd, scratch, positions, schedule.iterations());
    for position in 0..positions {
        let (stage, slopes) = load_stage(simd, filters, &segments, position);
        memory.set(position, &stage, &slopes);
    }
    forward(simd, filters, &segments, &schedule, &mut memory);
    backward(simd, filters, &segments, &schedule, &mut memory);
    for position in 0..positions {
        store_slopes(&memory.slopes(position), filters, &segments, position);
    }
}

/// Which lane filters what in which iteration.
struct Schedule {
    time: usize,
    /// The largest delay.
    depth: usize,
    /// For each filter, the lanes of its first and of its last segment.
    spans: ArrayVec<(usize, usize), LANES>,
}

impl Schedule {
    fn new(segments: &[Segment], time: usize) -> Self {
        let depth = segments.iter().map(|segment| segment.delay).max().unwrap_or(0);
        let mut spans = ArrayVec::<(usize, usize), LANES>::new();
        for (lane, segment) in segments.iter().enumerate() {
            match spans.get_mut(segment.filter) {
                Some((_, last)) => *last = lane,
                None => spans.push((lane, lane)),
            }
        }
        Self { time, depth, spans }
    }

    /// The last step may be shorter than 8 samples.
    fn steps(&self) -> usize {
        self.time.div_ceil(LANE_SAMPLES)
    }

    fn iterations(&self) -> usize {
        self.steps() + self.depth
    }

    /// The lanes that run in an iteration; `None` if all run in all samples.
    #[inline(always)]
    fn running<S: Simd>(
        &self,
        simd: S,
        segments: &[Segment],
        iteration: usize,
    ) -> Option<Running<S>> {
        let whole_steps = self.time / LANE_SAMPLES;
        if (self.depth..whole_steps).contains(&iteration) {
            return None;
        }
        let (mut before, mut after) = (0, 0);
        for (lane, segment) in segments.iter().enumerate() {
            let runs = |steps| (segment.delay..segment.delay + steps).contains(&iteration);
            before |= u64::from(runs(self.steps())) << lane;
            after |= u64::from(runs(whole_steps)) << lane;
        }
        Some(Running {
            before: <Vector<S> as SimdBase<S>>::Mask::from_bitmask(simd, before),
            after: <Vector<S> as SimdBase<S>>::Mask::from_bitmask(simd, after),
            border: self.time % LANE_SAMPLES,
        })
    }
}

/// Filters, and keeps all signals.
#[inline(always)]
fn forward<S: Simd>(
    simd: S,
    filters: &[AdjointLane<'_, f64>],
    segments: &[Segment],
    schedule: &Schedule,
    memory: &mut Memory<'_, S>,
) {
    let enters = lanes::<S>(simd, schedule.spans.iter().map(|(first, _)| *first));
    let mut rows = [[0.0; LANE_SAMPLES]; LANES];
    let mut behind = [Vector::<S>::splat(simd, 0.0); LANE_SAMPLES];
    for iteration in 0..schedule.iterations() {
        for (filter, (first, _)) in filters.iter().zip(&schedule.spans) {
            rows[*first] = row(filter.input, iteration);
        }
        let mut chunk: Samples<S> = load(simd, &rows.as_flattened()[..chunk_len::<S, f64>()]);
        if schedule.depth > 0 {
            for (sample, behind) in chunk.iter_mut().zip(behind) {
                *sample = enters.select(*sample, behind.shift_elements_right::<1>(0.0));
            }
        }
        memory.keep_signal(iteration, 0, &chunk);
        let running = schedule.running(simd, segments, iteration);
        for position in 0..memory.positions() {
            let mut stage = memory.stage(position);
            filter(&mut stage, &mut chunk, running.as_ref());
            if iteration % SETTLE == SETTLE - 1 {
                settle(simd, &mut stage.state);
            }
            memory.keep_state(position, &stage.state);
            memory.keep_signal(iteration, position + 1, &chunk);
        }
        behind = chunk;
    }
}

/// Turns the slopes by the output into those by the input, from the last iteration to the first.
#[inline(always)]
fn backward<S: Simd>(
    simd: S,
    filters: &mut [AdjointLane<'_, f64>],
    segments: &[Segment],
    schedule: &Schedule,
    memory: &mut Memory<'_, S>,
) {
    let leaves = lanes::<S>(simd, schedule.spans.iter().map(|(_, last)| *last));
    let mut rows = [[0.0; LANE_SAMPLES]; LANES];
    let mut before = [Vector::<S>::splat(simd, 0.0); LANE_SAMPLES];
    for iteration in (0..schedule.iterations()).rev() {
        for (filter, (first, last)) in filters.iter().zip(&schedule.spans) {
            rows[*last] = row(filter.slope, iteration.wrapping_sub(last - first));
        }
        let mut slope: Samples<S> = load(simd, &rows.as_flattened()[..chunk_len::<S, f64>()]);
        if schedule.depth > 0 {
            for (slope, before) in slope.iter_mut().zip(before) {
                *slope = leaves.select(*slope, before.shift_elements_left::<1>(0.0));
            }
        }
        let running = schedule.running(simd, segments, iteration);
        let mut output = memory.signal(iteration, memory.positions());
        for position in (0..memory.positions()).rev() {
            let coefficients = memory.coefficients(position);
            let mut slopes = memory.slopes(position);
            let input = memory.signal(iteration, position);
            slopes.adjoint(coefficients, [&input, &output], &mut slope, running.as_ref());
            if iteration % SETTLE == 0 {
                settle(simd, &mut slopes.state);
            }
            memory.keep_slopes(position, &slopes);
            output = input;
        }
        before = slope;
        store(slope, &mut rows.as_flattened_mut()[..chunk_len::<S, f64>()]);
        for (filter, (first, _)) in filters.iter_mut().zip(&schedule.spans) {
            set_row(filter.slope, iteration, rows[*first]);
        }
    }
}

/// These lanes.
#[inline(always)]
fn lanes<S: Simd>(simd: S, lanes: impl Iterator<Item = usize>) -> <Vector<S> as SimdBase<S>>::Mask {
    let bits = lanes.fold(0, |bits, lane| bits | 1 << lane);
    <Vector<S> as SimdBase<S>>::Mask::from_bitmask(simd, bits)
}

/// The sections at one position of their segments. A segment without a section there gets the
/// identity.
#[inline(always)]
fn load_stage<S: Simd>(
    simd: S,
    filters: &[AdjointLane<'_, f64>],
    segments: &[Segment],
    position: usize,
) -> (Stage<Vector<S>>, StageSlopes<S>) {
    let zero = Vector::<S>::splat(simd, 0.0);
    let one = Vector::<S>::splat(simd, 1.0);
    let mut stage = Stage { coefficients: [one, zero, zero, zero, zero], state: [zero; 2] };
    let mut slopes = StageSlopes { state: [zero; 2], sums: [zero; 5] };
    for (lane, segment) in segments.iter().enumerate() {
        let filter = &filters[segment.filter];
        let index = segment.first_section + position;
        if let Some(section) = filter.sections.get(index) {
            let [b0, b1, b2, a1, a2] = section.coefficients();
            for (vector, number) in stage.coefficients.iter_mut().zip([b0, b1, b2, -a1, -a2]) {
                vector[lane] = number;
            }
            let (state, slope) = (filter.states[index], filter.state_slope[index]);
            (stage.state[0][lane], stage.state[1][lane]) = (state.s1, state.s2);
            (slopes.state[0][lane], slopes.state[1][lane]) = (slope.s1, slope.s2);
        }
    }
    (stage, slopes)
}

/// Stores the slopes by the initial states, and adds those by the coefficients.
#[inline(always)]
fn store_slopes<S: Simd>(
    slopes: &StageSlopes<S>,
    filters: &mut [AdjointLane<'_, f64>],
    segments: &[Segment],
    position: usize,
) {
    let ([s1, s2], [b0, b1, b2, minus_a1, minus_a2]) = (slopes.state, slopes.sums);
    for (lane, segment) in segments.iter().enumerate() {
        let filter = &mut filters[segment.filter];
        let index = segment.first_section + position;
        if index < filter.sections.len() {
            filter.state_slope[index] = SectionState { s1: s1[lane], s2: s2[lane] };
            let sums = [b0[lane], b1[lane], b2[lane], -minus_a1[lane], -minus_a2[lane]];
            for (total, sum) in filter.gradient[index].iter_mut().zip(sums) {
                *total += sum;
            }
        }
    }
}
