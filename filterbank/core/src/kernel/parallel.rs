//! Many filters at once, in lanes: the bands of a bank on one input, or channels.
//!
//! Each lane runs the recursion of the plain loop, sample by sample, without any precomputed
//! matrix. Filters do not mix, so an infinite or NaN sample stays in its filter. A filter with many
//! sections is a pipeline over several lanes; see [`segments`](super::segments).

use arrayvec::ArrayVec;
use fearless_simd::{Level, Select, Simd, SimdBase, SimdMask, dispatch};

use super::lanes::{
    Chunk, LANE_SAMPLES, Lanes, Real, chunk_len, load, simd_level, splat, untranspose,
};
use super::segments::{Segment, sections_per_segment, segments};
use super::stage::{Stage, load_stage, settle};
use super::{GROUP, LANES, Lane, SHORTEST};
use crate::section::SectionState;

/// Steps (of 8 samples) between two checks of the states: 64 samples, as in the plain loop.
const SETTLE: usize = 64 / LANE_SAMPLES;

/// Filters the front of the blocks of all lanes and returns the number of samples filtered in
/// each. If there is an `input`, all lanes share it.
pub(crate) fn parallel<T: Real>(input: Option<&[T]>, lanes: &mut [Lane<'_, T>]) -> usize {
    simd_level().map_or(0, |level| parallel_at(level, input, lanes))
}

/// [`parallel`] with given vector instructions.
pub(super) fn parallel_at<T: Real>(
    level: Level,
    input: Option<&[T]>,
    lanes: &mut [Lane<'_, T>],
) -> usize {
    dispatch!(level, simd => run(simd, input, lanes))
}

#[inline(always)]
fn run<S: Simd, T: Real>(simd: S, input: Option<&[T]>, lanes: &mut [Lane<'_, T>]) -> usize {
    let mut length = input.map_or(usize::MAX, <[T]>::len);
    let (mut sections, mut deepest) = (0, 0);
    for lane in &*lanes {
        length = length.min(lane.block.len());
        sections += lane.sections.len();
        deepest = deepest.max(lane.sections.len());
    }
    let steps = length / LANE_SAMPLES;
    if steps == 0 || lanes.len() < 2 || deepest == 0 || deepest > GROUP {
        return 0;
    }
    let width = Lanes::<S, T>::LEN;
    let segment_lengths: ArrayVec<usize, LANES> = lanes
        .chunks(width)
        .take(LANES)
        .map(|filters| sections_per_segment(&section_counts(filters), width))
        .collect();
    // Cost model in units of 0.01 ns per sample, measured on a processor of 2024: the plain loop on
    // the left, this kernel on the right.
    let cost_per_section = if length < SHORTEST { 130 } else { 15 + 220 / width };
    let transposition = if input.is_some() { 0 } else { 200 };
    let stages: usize = segment_lengths.iter().sum();
    if sections * cost_per_section < segment_lengths.len() * (200 + transposition) + stages * 85 {
        return 0;
    }
    for (filters, sections_per_segment) in lanes.chunks_mut(width).zip(segment_lengths) {
        filter(simd, input, filters, sections_per_segment, steps);
    }
    steps * LANE_SAMPLES
}

/// Filters the first `8 * steps` samples of each block: one vector of filters.
#[inline(always)]
pub(super) fn filter<S: Simd, T: Real>(
    simd: S,
    input: Option<&[T]>,
    filters: &mut [Lane<'_, T>],
    sections_per_segment: usize,
    steps: usize,
) {
    let segments = segments(section_counts(filters), sections_per_segment);
    let pipeline_depth = segments.iter().map(|segment| segment.delay).max().unwrap_or(0);
    let mut stages = ArrayVec::<Stage<Lanes<S, T>>, GROUP>::new();
    for position in 0..sections_per_segment {
        stages.push(load_stage(simd, filters, &segments, position));
    }
    let mut routing = Routing::new(filters, &segments, steps);

    let first_segments = mask::<S, T>(simd, &segments, |segment| segment.delay == 0);
    let zero = splat::<S, T>(simd, T::ZERO);
    let mut previous = [zero; LANE_SAMPLES];
    // After a reset of a state that was not finite, samples that are not finite may still be on
    // their way through the pipeline. Until this step, states are checked in every step.
    let mut recheck_until = None;
    for step in 0..steps + pipeline_depth {
        let mut chunk = [zero; LANE_SAMPLES];
        if step < steps {
            chunk = match input {
                Some(input) => broadcast(simd, &input[LANE_SAMPLES * step..]),
                None => routing.gather(simd, step),
            };
        }
        if pipeline_depth > 0 {
            for (sample, previous) in chunk.iter_mut().zip(previous) {
                *sample =
                    first_segments.select(*sample, previous.shift_elements_right::<1>(T::ZERO));
            }
        }
        if step >= pipeline_depth && step < steps {
            for stage in &mut stages {
                stage.filter::<S>(&mut chunk);
            }
        } else {
            // The pipeline fills or drains: only the states of running segments may change.
            let runs = |segment: &Segment| (segment.delay..segment.delay + steps).contains(&step);
            let running = mask::<S, T>(simd, &segments, runs);
            for stage in &mut stages {
                let [s1, s2] = stage.state;
                stage.filter::<S>(&mut chunk);
                let [t1, t2] = stage.state;
                stage.state = [running.select(t1, s1), running.select(t2, s2)];
            }
        }
        previous = chunk;
        routing.scatter::<S>(chunk, step);
        if step % SETTLE == SETTLE - 1 || recheck_until.is_some_and(|last| step <= last) {
            for stage in &mut stages {
                if !settle::<S, T>(simd, &mut stage.state) {
                    recheck_until = Some(step + pipeline_depth);
                }
            }
        }
    }
    for (position, stage) in stages.iter_mut().enumerate() {
        settle::<S, T>(simd, &mut stage.state);
        let [s1, s2] = stage.state;
        for (lane, segment) in segments.iter().enumerate() {
            let states = &mut *filters[segment.filter].states;
            if let Some(state) = states.get_mut(segment.first_section + position) {
                *state = SectionState { s1: s1[lane], s2: s2[lane] };
            }
        }
    }
}

/// The number of sections of each filter.
pub(super) fn section_counts<T>(filters: &[Lane<'_, T>]) -> impl Iterator<Item = usize> + Clone {
    filters.iter().map(|filter| filter.sections.len())
}

/// The lanes whose segment satisfies a condition.
#[inline(always)]
pub(super) fn mask<S: Simd, T: Real>(
    simd: S,
    segments: &[Segment],
    condition: impl Fn(&Segment) -> bool,
) -> <Lanes<S, T> as SimdBase<S>>::Mask {
    let mut bits = 0;
    for (lane, segment) in segments.iter().enumerate() {
        bits |= u64::from(condition(segment)) << lane;
    }
    <Lanes<S, T> as SimdBase<S>>::Mask::from_bitmask(simd, bits)
}

/// The next 8 samples of a shared input, in every lane.
#[inline(always)]
fn broadcast<S: Simd, T: Real>(simd: S, input: &[T]) -> Chunk<S, T> {
    let mut chunk = [splat::<S, T>(simd, T::ZERO); LANE_SAMPLES];
    for (vector, sample) in chunk.iter_mut().zip(input) {
        *vector = splat::<S, T>(simd, *sample);
    }
    chunk
}

/// Where the signal of each filter enters and leaves the lanes.
struct Routing<'a, T> {
    /// For each filter, the lanes of its first and its last segment.
    lane_spans: ArrayVec<(usize, usize), LANES>,
    outputs: [Option<FilterOutput<'a, T>>; LANES],
    /// The next 8 input samples of each lane.
    input_rows: [[T; LANE_SAMPLES]; LANES],
}

/// The output of one filter.
struct FilterOutput<'a, T> {
    /// The block: 8 output samples for each step. It also holds the input, unless the filters share
    /// one input.
    samples: &'a mut [[T; LANE_SAMPLES]],
    /// The length of the pipeline in steps.
    delay: usize,
}

impl<'a, T: Real> Routing<'a, T> {
    #[inline(always)]
    fn new(filters: &'a mut [Lane<'_, T>], segments: &[Segment], steps: usize) -> Self {
        let mut lane_spans = ArrayVec::<(usize, usize), LANES>::new();
        for (lane, segment) in segments.iter().enumerate() {
            if segment.delay == 0 {
                lane_spans.push((lane, lane));
            } else if let Some((_, last)) = lane_spans.last_mut() {
                *last = lane;
            }
        }
        let mut outputs = [const { None }; LANES];
        for ((_, lane), filter) in lane_spans.iter().zip(filters) {
            let samples = &mut filter.block.as_chunks_mut().0[..steps];
            outputs[*lane] = Some(FilterOutput { samples, delay: segments[*lane].delay });
        }
        Self { lane_spans, outputs, input_rows: [[T::ZERO; LANE_SAMPLES]; LANES] }
    }

    /// Loads the next 8 samples of every filter into the lane of its first segment.
    #[inline(always)]
    fn gather<S: Simd>(&mut self, simd: S, step: usize) -> Chunk<S, T> {
        for (first, last) in &self.lane_spans {
            if let Some(output) = &self.outputs[*last] {
                self.input_rows[*first] = output.samples[step];
            }
        }
        load(simd, &self.input_rows.as_flattened()[..chunk_len::<S, T>()])
    }

    /// Stores the 8 samples that leave the pipeline of each filter in this step.
    #[inline(always)]
    fn scatter<S: Simd>(&mut self, chunk: Chunk<S, T>, step: usize) {
        let width = Lanes::<S, T>::LEN;
        // A vector holds one or more rows of 8 samples, or part of a row.
        let part = width.min(LANE_SAMPLES);
        for (index, vector) in untranspose(chunk).iter().enumerate() {
            for start in (0..width).step_by(part) {
                let position = index * width + start;
                if let Some(output) = &mut self.outputs[position / LANE_SAMPLES]
                    && let Some(row) = output.samples.get_mut(step.wrapping_sub(output.delay))
                {
                    let samples = &vector.as_slice()[start..start + part];
                    row[position % LANE_SAMPLES..][..part].copy_from_slice(samples);
                }
            }
        }
    }
}
