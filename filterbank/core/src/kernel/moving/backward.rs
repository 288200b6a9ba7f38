//! The adjoint: one block of many signals, first forwards with everything written down, then
//! backwards. The equations are those of the plain loop, in `adjoint/moving.rs`.

use fearless_simd::{Level, Select, Simd, SimdBase, SimdFloat, SimdMask, dispatch, f64x8};

use super::course::{
    Coefficients, Course, FrameLanes, Motion, Run, WIDTH, agree, runs, runs_backwards, settle,
    stretch,
};
use super::forward::{Record, filter_run};
use super::lane::MovingAdjointLane;
use super::signals::{Row, States, gather, scatter};
use crate::kernel::AdjointScratch;
use crate::kernel::lanes::{simd_level, untranspose};

/// What is written down for each section and sample: the input, and the integrators after their
/// reduction.
type Trace = [Row; 3];

/// What is written down for each section and run, in the place of its first sample: the integrators
/// and the damping before it.
type Border = [Row; 3];

/// Runs the adjoint of all lanes. Returns false if the processor has no vectors.
pub(crate) fn moving_adjoint(
    start: usize,
    lanes: &mut [MovingAdjointLane<'_, f64>],
    scratch: &mut AdjointScratch<f64>,
) -> bool {
    let Some(level) = simd_level() else { return false };
    moving_adjoint_at(level, start, lanes, scratch);
    true
}

/// With given vector instructions.
pub(in crate::kernel) fn moving_adjoint_at(
    level: Level,
    start: usize,
    lanes: &mut [MovingAdjointLane<'_, f64>],
    scratch: &mut AdjointScratch<f64>,
) {
    let alike = |one: &MovingAdjointLane<'_, f64>, other: &MovingAdjointLane<'_, f64>| {
        one.input.len() == other.input.len() && agree(&one.frames, &other.frames)
    };
    for alike in lanes.chunk_by_mut(alike) {
        for group in alike.chunks_mut(WIDTH) {
            dispatch!(level, simd => adjoint(simd, start, group, scratch));
        }
    }
}

/// The adjoint of one vector of lanes.
#[inline(always)]
fn adjoint<S: Simd>(
    simd: S,
    start: usize,
    lanes: &mut [MovingAdjointLane<'_, f64>],
    scratch: &mut AdjointScratch<f64>,
) {
    let frames: FrameLanes<'_> = lanes.iter().map(|lane| lane.frames).collect();
    let (Some(first), Some(lane)) = (frames.first(), lanes.first()) else { return };
    let (time, sections, stretch) = (lane.input.len(), first.sections(), stretch(first));
    let rows = aligned(scratch, time + 3 * sections * (2 * time + 1));
    let (signal, rows) = rows.split_at_mut(time);
    let (states, rows) = rows.as_chunks_mut::<3>().0.split_at_mut(sections);
    let (traces, borders) = rows.split_at_mut(time * sections);

    let input = |lane: usize| lanes.get(lane).map(|lane| lane.input);
    gather(simd, time, input, |index, x| x.store_slice(&mut signal[index]));
    for (section, state) in states.iter_mut().enumerate() {
        *state = States::load(simd, lanes.iter().map(|lane| &lane.states[section])).to_rows();
    }
    for from in (0..time).step_by(stretch) {
        let signal = &mut signal[from..time.min(from + stretch)];
        for (section, state_rows) in states.iter_mut().enumerate() {
            let place = section * time + from..section * time + from + signal.len();
            let mut states = States::of_rows(simd, state_rows);
            let mut course = Course::new(simd, &frames, section);
            let mut written =
                Written { traces: &mut traces[place.clone()], borders: &mut borders[place] };
            for run in runs(first, start + from, signal.len()) {
                filter_run(simd, &mut course, &run, &mut states, signal, &mut written);
            }
            *state_rows = states.to_rows();
        }
    }

    let slope = |lane: usize| lanes.get(lane).map(|lane| &*lane.slope);
    gather(simd, time, slope, |index, x| x.store_slice(&mut signal[index]));
    for (section, state) in states.iter_mut().enumerate() {
        let slopes = lanes.iter().map(|lane| &lane.state_slope[section]);
        *state = States::load(simd, slopes).to_rows();
    }
    for from in (0..time).step_by(stretch).rev() {
        let slopes = &mut signal[from..time.min(from + stretch)];
        for (section, state_rows) in states.iter_mut().enumerate().rev() {
            let place = section * time + from..section * time + from + slopes.len();
            let mut by_state = States::of_rows(simd, state_rows);
            let mut course = Course::new(simd, &frames, section);
            let mut sums = FrameSums::new(simd, section);
            let written = (&traces[place.clone()], &borders[place]);
            for run in runs_backwards(first, start + from, slopes.len()) {
                course.go_to(simd, &run);
                if run.settles(slopes.len()) {
                    settle(simd, &mut by_state.integrators);
                }
                sums.go_to(simd, run.frame, lanes);
                match course.motion() {
                    None => {
                        sums.now = {
                            let held = course.held(simd);
                            adjoint_of_held(
                                simd,
                                &held,
                                &run,
                                written,
                                slopes,
                                &mut by_state,
                                sums.now,
                            )
                        }
                    }
                    Some(motion) => adjoint_of_moving(
                        simd,
                        &course,
                        motion,
                        &run,
                        written,
                        slopes,
                        &mut by_state,
                        &mut sums,
                    ),
                }
            }
            sums.flush(simd, lanes);
            *state_rows = by_state.to_rows();
        }
    }
    for (section, state) in states.iter().enumerate() {
        let slopes = lanes.iter_mut().map(|lane| &mut lane.state_slope[section]);
        States::of_rows(simd, state).store(slopes);
    }
    scatter(simd, signal, lanes.len(), |lane, index, samples| {
        lanes[lane].slope[index..][..samples.len()].copy_from_slice(samples);
    });
}

/// What the adjoint of one section needs.
struct Written<'a> {
    traces: &'a mut [Trace],
    borders: &'a mut [Border],
}

impl<S: Simd> Record<S> for Written<'_> {
    #[inline(always)]
    fn run(&mut self, first_sample: usize, before: &States<S>) {
        self.borders[first_sample] = before.to_rows();
    }

    #[inline(always)]
    fn sample(&mut self, sample: usize, x: f64x8<S>, [s1, s2]: [f64x8<S>; 2]) {
        let [input, first, second] = &mut self.traces[sample];
        x.store_slice(input);
        s1.store_slice(first);
        s2.store_slice(second);
    }
}

/// Rows that do not cross the borders of cache lines.
fn aligned(scratch: &mut AdjointScratch<f64>, rows: usize) -> &mut [Row] {
    let numbers = scratch.numbers((rows + 1) * WIDTH);
    let start = numbers.as_ptr().align_offset(size_of::<Row>()).min(WIDTH);
    &mut numbers[start..].as_chunks_mut::<WIDTH>().0[..rows]
}

/// Turns the slopes by the output of a run into those by the input, where the coefficients are held.
/// Returns the slopes by the coefficients, added to `by`.
#[inline(always)]
fn adjoint_of_held<S: Simd>(
    simd: S,
    coefficients: &Coefficients<S>,
    run: &Run,
    (traces, borders): (&[Trace], &[Border]),
    slopes: &mut [Row],
    by_state: &mut States<S>,
    by: [f64x8<S>; 6],
) -> [f64x8<S>; 6] {
    let mut sums = [f64x8::splat(simd, 0.0); 6];
    let traces = &traces[run.samples.clone()];
    for (trace, slope) in traces.iter().zip(&mut slopes[run.samples.clone()]).rev() {
        sums = adjoint_of_sample(simd, coefficients, trace, slope, by_state, sums);
    }
    let by = add(by, coefficients.chain(simd, sums));
    adjoint_of_border(simd, coefficients, &borders[run.samples.start], by_state, by)
}

/// Turns the slopes by the output of a run into those by the input, where the coefficients move from
/// sample to sample. Adds the slopes by the coefficients to the sums of both frames.
#[allow(clippy::too_many_arguments, reason = "all that a run has")]
#[inline(always)]
fn adjoint_of_moving<S: Simd>(
    simd: S,
    course: &Course<'_, S>,
    motion: Motion,
    run: &Run,
    (traces, borders): (&[Trace], &[Border]),
    slopes: &mut [Row],
    by_state: &mut States<S>,
    sums: &mut FrameSums<S>,
) {
    let zero = f64x8::splat(simd, 0.0);
    let first = run.samples.start;
    let mut coefficients = course.at(simd, motion.part(run.offset + run.samples.len() - 1));
    for sample in run.samples.clone().rev() {
        let (trace, slope) = (&traces[sample], &mut slopes[sample]);
        let by = adjoint_of_sample(simd, &coefficients, trace, slope, by_state, [zero; 6]);
        let mut by = coefficients.chain(simd, by);
        let offset = run.offset + sample - first;
        if sample == first {
            by = adjoint_of_border(simd, &coefficients, &borders[first], by_state, by);
            sums.add(simd, motion.part(offset), by);
        } else {
            let before = course.at(simd, motion.part(offset - 1));
            by = adjoint_of_step(simd, &coefficients, before.k, trace, by_state, by);
            sums.add(simd, motion.part(offset), by);
            coefficients = before;
        }
    }
}

/// One sample backwards: turns the slope by the output into that by the input, and adds to the six
/// sums from which the slopes by the coefficients [follow](Coefficients::chain).
#[inline(always)]
fn adjoint_of_sample<S: Simd>(
    simd: S,
    coefficients: &Coefficients<S>,
    trace: &Trace,
    slope: &mut Row,
    by_state: &mut States<S>,
    sums: [f64x8<S>; 6],
) -> [f64x8<S>; 6] {
    let Coefficients { g2, mix: [m0, m1, m2], loop_gain, step_gain, minus_feedback, .. } =
        *coefficients;
    let [x, s1, s2] = trace.each_ref().map(|row| f64x8::from_slice(simd, row));
    let by_y = f64x8::from_slice(simd, slope);
    let v1 = coefficients.bandpass([s1, s2], x);
    let v2 = v1.mul_add(g2, s2);
    let [h1, h2] = by_state.integrators;
    let by_v2 = by_y.mul_add(m2, h2 + h2);
    let by_v1 = by_v2.mul_add(g2, by_y.mul_add(m1, h1 + h1));
    let by_step = by_v1 * step_gain;
    by_y.mul_add(m0, by_step).store_slice(slope);
    by_state.integrators = [by_v1.mul_sub(loop_gain, h1), (by_v2 - h2) - by_step];
    let change = v1.mul_add(minus_feedback, x - s2);
    [
        by_v1.mul_add(change, sums[0]),
        by_v2.mul_add(v1, sums[1]),
        by_v1.mul_add(v1, sums[2]),
        by_y.mul_add(x, sums[3]),
        by_y.mul_add(v1, sums[4]),
        by_y.mul_add(v2, sums[5]),
    ]
}

impl<S: Simd> Coefficients<S> {
    /// The slopes by the coefficients, from the sums of [`adjoint_of_sample`].
    #[inline(always)]
    fn chain(
        &self,
        simd: S,
        [change, second, first, by_m0, by_m1, by_m2]: [f64x8<S>; 6],
    ) -> [f64x8<S>; 6] {
        let by_k = f64x8::splat(simd, 0.0) - first * self.step_gain;
        [change * self.loop_gain, second + by_k, by_k, by_m0, by_m1, by_m2]
    }
}

/// Goes back over the border before a run: where the damping changes, the state takes it, and where
/// it rises, the state is reduced.
#[inline(always)]
fn adjoint_of_border<S: Simd>(
    simd: S,
    coefficients: &Coefficients<S>,
    border: &Border,
    by_state: &mut States<S>,
    mut by: [f64x8<S>; 6],
) -> [f64x8<S>; 6] {
    let zero = f64x8::splat(simd, 0.0);
    let (k, before) = (coefficients.k, States::of_rows(simd, border));
    let same = k.simd_eq(before.k);
    if same.all_true() {
        return by;
    }
    by[2] += same.select(zero, by_state.k);
    by_state.k = same.select(by_state.k, zero);
    let rises = k.simd_gt(before.k);
    if rises.any_true() {
        let ratio = before.k / k;
        let ([h1, h2], [s1, s2]) = (by_state.integrators, before.integrators);
        let by_ratio = h1.mul_add(s1, h2 * s2) / k;
        by[2] -= rises.select(by_ratio * ratio, zero);
        by_state.k = rises.select(by_ratio, by_state.k);
        by_state.integrators = [rises.select(h1 * ratio, h1), rises.select(h2 * ratio, h2)];
    }
    by
}

/// The same between two samples of a run, where the damping before was above 0: from the integrators
/// after their reduction.
#[inline(always)]
fn adjoint_of_step<S: Simd>(
    simd: S,
    coefficients: &Coefficients<S>,
    before: f64x8<S>,
    [_, s1, s2]: &Trace,
    by_state: &mut States<S>,
    mut by: [f64x8<S>; 6],
) -> [f64x8<S>; 6] {
    let zero = f64x8::splat(simd, 0.0);
    let k = coefficients.k;
    let same = k.simd_eq(before);
    by[2] += same.select(zero, by_state.k);
    by_state.k = same.select(by_state.k, zero);
    let rises = k.simd_gt(before);
    if rises.any_true() {
        let [s1, s2] = [s1, s2].map(|row| f64x8::from_slice(simd, row));
        let (ratio, [h1, h2]) = (before / k, by_state.integrators);
        let by_before = h1.mul_add(s1, h2 * s2) / before;
        by[2] -= rises.select(by_before * ratio, zero);
        by_state.k = rises.select(by_before, by_state.k);
        by_state.integrators = [rises.select(h1 * ratio, h1), rises.select(h2 * ratio, h2)];
    }
    by
}

#[inline(always)]
fn add<S: Simd>(one: [f64x8<S>; 6], other: [f64x8<S>; 6]) -> [f64x8<S>; 6] {
    let mut sum = one;
    for (sum, other) in sum.iter_mut().zip(other) {
        *sum += other;
    }
    sum
}

/// The slopes by the coefficients of one section between two frames, for all lanes. They are added to
/// the gradients when another frame begins.
struct FrameSums<S: Simd> {
    section: usize,
    frame: Option<usize>,
    /// The slopes at all samples, in all.
    now: [f64x8<S>; 6],
    /// The part of them that belongs to the next frame; `None` if the coefficients are held.
    next: Option<[f64x8<S>; 6]>,
}

impl<S: Simd> FrameSums<S> {
    #[inline(always)]
    fn new(simd: S, section: usize) -> Self {
        Self { section, frame: None, now: [f64x8::splat(simd, 0.0); 6], next: None }
    }

    /// Goes to a frame.
    #[inline(always)]
    fn go_to(&mut self, simd: S, frame: usize, lanes: &mut [MovingAdjointLane<'_, f64>]) {
        if self.frame != Some(frame) {
            self.flush(simd, lanes);
            self.frame = Some(frame);
        }
    }

    /// Adds the slopes at a part of the way to the next frame.
    #[inline(always)]
    fn add(&mut self, simd: S, part: f64, by: [f64x8<S>; 6]) {
        let part = f64x8::splat(simd, part);
        self.now = add(self.now, by);
        let next = self.next.get_or_insert([f64x8::splat(simd, 0.0); 6]);
        for (next, by) in next.iter_mut().zip(by) {
            *next = by.mul_add(part, *next);
        }
    }

    /// Adds the sums to the gradients of the lanes.
    #[inline(always)]
    fn flush(&mut self, simd: S, lanes: &mut [MovingAdjointLane<'_, f64>]) {
        let Some(frame) = self.frame else { return };
        let mut now = core::mem::replace(&mut self.now, [f64x8::splat(simd, 0.0); 6]);
        if let Some(next) = self.next.take() {
            for (now, next) in now.iter_mut().zip(next) {
                *now -= next;
            }
            add_to_frame(simd, lanes, self.section, frame + 1, next);
        }
        add_to_frame(simd, lanes, self.section, frame, now);
    }
}

/// Adds the slopes by the coefficients of one section in one frame to the gradients of the lanes.
#[inline(always)]
fn add_to_frame<S: Simd>(
    simd: S,
    lanes: &mut [MovingAdjointLane<'_, f64>],
    section: usize,
    frame: usize,
    [g, g2, k, m0, m1, m2]: [f64x8<S>; 6],
) {
    let zero = f64x8::splat(simd, 0.0);
    let rows = untranspose([g, g2, k, m0, m1, m2, zero, zero]);
    for (lane, row) in lanes.iter_mut().zip(rows) {
        let gradient = &mut lane.gradient[frame * lane.frames.sections() + section];
        for (sum, by) in gradient.iter_mut().zip(row.as_slice()) {
            *sum += by;
        }
    }
}
