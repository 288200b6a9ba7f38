//! The adjoint: one block of many signals, first forwards with everything written down, then
//! backwards. The equations are those of the plain loop, in `adjoint/moving.rs`.

use fearless_simd::{Level, Select, Simd, SimdBase, SimdFloat, SimdMask, dispatch, f64x8};

use super::course::{
    Coefficients, Course, FrameLanes, Run, WIDTH, agree, runs, runs_backwards, settle,
};
use super::lane::MovingAdjointLane;
use super::signals::{Row, States, gather, scatter};
use crate::kernel::adjoint::AdjointScratch;
use crate::kernel::lanes::{simd_level, untranspose};
use crate::section::FramePlace;

/// What is written down for each section and sample: input, bandpass and second integrator.
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
    let (Some(first), Some(lane)) = (frames.first().copied(), lanes.first()) else { return };
    let (time, sections) = (lane.input.len(), first.sections());
    let rows = aligned(scratch, time * (1 + 6 * sections));
    let (slopes, rows) = rows.split_at_mut(time);
    let (traces, borders) = rows.split_at_mut(3 * time * sections);
    let (traces, borders) = (traces.as_chunks_mut::<3>().0, borders.as_chunks_mut::<3>().0);

    let input = |lane: usize| lanes.get(lane).map(|lane| lane.input);
    gather(simd, time, input, |index, x| x.store_slice(&mut slopes[index]));
    for section in 0..sections {
        let states = States::load(simd, lanes.iter().map(|lane| &lane.states[section]));
        let course = Course::new(simd, &frames, section);
        let runs = runs(first, start, time);
        let place = section * time..(section + 1) * time;
        let (traces, borders) = (&mut traces[place.clone()], &mut borders[place]);
        trace(simd, states, course, runs, slopes, traces, borders);
    }
    let slope = |lane: usize| lanes.get(lane).map(|lane| &*lane.slope);
    gather(simd, time, slope, |index, x| x.store_slice(&mut slopes[index]));
    for section in (0..sections).rev() {
        let mut by_state = States::load(simd, lanes.iter().map(|lane| &lane.state_slope[section]));
        let mut course = Course::new(simd, &frames, section);
        let mut sums = FrameSums::new(simd, section);
        let place = section * time..(section + 1) * time;
        let (traces, borders) = (&traces[place.clone()], &borders[place]);
        for run in runs_backwards(first, start, time) {
            let coefficients = course.at(simd, run.place);
            if run.settles(time) {
                settle(simd, &mut by_state.integrators);
            }
            let (traces, slopes) = (&traces[run.samples.clone()], &mut slopes[run.samples.clone()]);
            let by = adjoint_of_run(simd, &coefficients, traces, slopes, &mut by_state);
            let border = &borders[run.samples.start];
            let by = adjoint_of_border(simd, &coefficients, border, &mut by_state, by);
            sums.add(simd, run.place, by, lanes);
        }
        sums.flush(simd, lanes);
        by_state.store(lanes.iter_mut().map(|lane| &mut lane.state_slope[section]));
    }
    scatter(simd, slopes, lanes.len(), |lane, index, samples| {
        lanes[lane].slope[index..][..samples.len()].copy_from_slice(samples);
    });
}

/// Rows that do not cross the borders of cache lines.
fn aligned(scratch: &mut AdjointScratch<f64>, rows: usize) -> &mut [Row] {
    let numbers = scratch.numbers((rows + 1) * WIDTH);
    let start = numbers.as_ptr().align_offset(size_of::<Row>()).min(WIDTH);
    &mut numbers[start..].as_chunks_mut::<WIDTH>().0[..rows]
}

/// Filters a signal in place by one section, and writes down what its adjoint needs.
#[inline(always)]
fn trace<S: Simd>(
    simd: S,
    mut states: States<S>,
    mut course: Course<'_, S>,
    runs: impl Iterator<Item = Run>,
    signal: &mut [Row],
    traces: &mut [Trace],
    borders: &mut [Border],
) {
    let time = signal.len();
    for run in runs {
        let coefficients = course.at(simd, run.place);
        let [s1, s2, k] = &mut borders[run.samples.start];
        states.integrators[0].store_slice(s1);
        states.integrators[1].store_slice(s2);
        states.k.store_slice(k);
        let reduction = coefficients.reduction(simd, states.k);
        states.k = coefficients.k;
        let mut integrators = states.integrators.map(|s| s * reduction);
        let places = signal[run.samples.clone()].iter_mut().zip(&mut traces[run.samples.clone()]);
        for (sample, [input, bandpass, second]) in places {
            let x = f64x8::from_slice(simd, sample);
            x.store_slice(input);
            integrators[1].store_slice(second);
            let [v1, y] = coefficients.tick(&mut integrators, x);
            v1.store_slice(bandpass);
            y.store_slice(sample);
        }
        if run.settles(time) {
            settle(simd, &mut integrators);
        }
        states.integrators = integrators;
    }
}

/// Turns the slopes by the output into those by the input, over samples that share their
/// coefficients. Returns the slopes by the coefficients.
#[inline(always)]
fn adjoint_of_run<S: Simd>(
    simd: S,
    coefficients: &Coefficients<S>,
    traces: &[Trace],
    slopes: &mut [Row],
    by_state: &mut States<S>,
) -> [f64x8<S>; 6] {
    let Coefficients { g2, mix: [m0, m1, m2], loop_gain, step_gain, minus_feedback, .. } =
        *coefficients;
    let mut sums = [f64x8::splat(simd, 0.0); 6];
    let [mut h1, mut h2] = by_state.integrators;
    for ([x, v1, s2], slope) in traces.iter().zip(slopes).rev() {
        let [x, v1, s2] = [x, v1, s2].map(|row| f64x8::from_slice(simd, row));
        let by_y = f64x8::from_slice(simd, slope);
        let v2 = v1.mul_add(g2, s2);
        let by_v2 = by_y.mul_add(m2, h2 + h2);
        let by_v1 = by_v2.mul_add(g2, by_y.mul_add(m1, h1 + h1));
        let by_step = by_v1 * step_gain;
        by_y.mul_add(m0, by_step).store_slice(slope);
        h1 = by_v1.mul_sub(loop_gain, h1);
        h2 = (by_v2 - h2) - by_step;
        let change = v1.mul_add(minus_feedback, x - s2);
        sums = [
            by_v1.mul_add(change, sums[0]),
            by_v2.mul_add(v1, sums[1]),
            by_v1.mul_add(v1, sums[2]),
            by_y.mul_add(x, sums[3]),
            by_y.mul_add(v1, sums[4]),
            by_y.mul_add(v2, sums[5]),
        ];
    }
    by_state.integrators = [h1, h2];
    let [by_g, by_g2, by_loop, by_m0, by_m1, by_m2] = sums;
    let by_k = f64x8::splat(simd, 0.0) - by_loop * step_gain;
    [by_g * loop_gain, by_g2 + by_k, by_k, by_m0, by_m1, by_m2]
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
    let [s1, s2, before] = border.map(|row| f64x8::from_slice(simd, &row));
    let k = coefficients.k;
    let same = k.simd_eq(before);
    if same.all_true() {
        return by;
    }
    by[2] += same.select(zero, by_state.k);
    by_state.k = same.select(by_state.k, zero);
    let rises = k.simd_gt(before);
    let ratio = before / k;
    let [h1, h2] = by_state.integrators;
    let by_ratio = h1.mul_add(s1, h2 * s2) / k;
    by[2] -= rises.select(by_ratio * ratio, zero);
    by_state.k = rises.select(by_ratio, by_state.k);
    by_state.integrators = [rises.select(h1 * ratio, h1), rises.select(h2 * ratio, h2)];
    by
}

/// The slopes by the coefficients of one section in a frame and in the next one, for all lanes. They
/// are added to the gradients when another frame begins.
struct FrameSums<S: Simd> {
    section: usize,
    frame: Option<usize>,
    now: [f64x8<S>; 6],
    /// `None` as long as no sample lies between the frames.
    next: Option<[f64x8<S>; 6]>,
}

impl<S: Simd> FrameSums<S> {
    #[inline(always)]
    fn new(simd: S, section: usize) -> Self {
        let zero = [f64x8::splat(simd, 0.0); 6];
        Self { section, frame: None, now: zero, next: None }
    }

    /// Adds the slopes at one place.
    #[inline(always)]
    fn add(
        &mut self,
        simd: S,
        place: FramePlace,
        by: [f64x8<S>; 6],
        lanes: &mut [MovingAdjointLane<'_, f64>],
    ) {
        let FramePlace { frame, part } = place;
        if self.frame != Some(frame) {
            self.flush(simd, lanes);
            self.frame = Some(frame);
        }
        if part > 0.0 {
            let (zero, part) = (f64x8::splat(simd, 0.0), f64x8::splat(simd, part));
            let next = self.next.get_or_insert([zero; 6]);
            for ((now, next), by) in self.now.iter_mut().zip(next).zip(by) {
                let later = by * part;
                *now += by - later;
                *next += later;
            }
        } else {
            for (now, by) in self.now.iter_mut().zip(by) {
                *now += by;
            }
        }
    }

    /// Adds the sums to the gradients of the lanes.
    #[inline(always)]
    fn flush(&mut self, simd: S, lanes: &mut [MovingAdjointLane<'_, f64>]) {
        let zero = f64x8::splat(simd, 0.0);
        let Some(frame) = self.frame else { return };
        add_to_frame(
            simd,
            lanes,
            self.section,
            frame,
            core::mem::replace(&mut self.now, [zero; 6]),
        );
        if let Some(next) = self.next.take() {
            add_to_frame(simd, lanes, self.section, frame + 1, next);
        }
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
