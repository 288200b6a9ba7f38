//! Filtering: many signals in place.

use fearless_simd::{Level, Simd, SimdBase, dispatch, f64x8};

use super::course::{
    Course, FrameLanes, LONGEST_STRETCH, Run, WIDTH, agree, runs, settle, stretch,
};
use super::lane::MovingLane;
use super::signals::{Row, States, gather, scatter};
use crate::kernel::lanes::simd_level;

/// Rows that do not cross the borders of cache lines.
#[repr(align(64))]
struct Aligned([Row; LONGEST_STRETCH]);

/// Filters all lanes. Returns false if the processor has no vectors.
pub(crate) fn process_moving(start: usize, lanes: &mut [MovingLane<'_, f64>]) -> bool {
    let Some(level) = simd_level() else { return false };
    process_moving_at(level, start, lanes);
    true
}

/// With given vector instructions.
pub(in crate::kernel) fn process_moving_at(
    level: Level,
    start: usize,
    lanes: &mut [MovingLane<'_, f64>],
) {
    let alike = |one: &MovingLane<'_, f64>, other: &MovingLane<'_, f64>| {
        one.block.len() == other.block.len() && agree(&one.frames, &other.frames)
    };
    for alike in lanes.chunk_by_mut(alike) {
        for group in alike.chunks_mut(WIDTH) {
            dispatch!(level, simd => filter(simd, start, group));
        }
    }
}

/// Filters one vector of lanes.
#[inline(always)]
fn filter<S: Simd>(simd: S, start: usize, lanes: &mut [MovingLane<'_, f64>]) {
    let frames: FrameLanes<'_> = lanes.iter().map(|lane| lane.frames).collect();
    let (Some(first), Some(lane)) = (frames.first(), lanes.first()) else { return };
    let (time, stretch) = (lane.block.len(), stretch(first));
    let mut rows = Aligned([[0.0; WIDTH]; LONGEST_STRETCH]);
    for from in (0..time).step_by(stretch) {
        let rows = &mut rows.0[..stretch.min(time - from)];
        let signal = |lane: usize| lanes.get(lane).map(|lane| &lane.block[from..]);
        gather(simd, rows.len(), signal, |index, x| x.store_slice(&mut rows[index]));
        for section in 0..first.sections() {
            let mut states = States::load(simd, lanes.iter().map(|lane| &lane.states[section]));
            let mut course = Course::new(simd, &frames, section);
            for run in runs(first, start + from, rows.len()) {
                filter_run(simd, &mut course, &run, &mut states, rows, &mut ());
            }
            states.store(lanes.iter_mut().map(|lane| &mut lane.states[section]));
        }
        scatter(simd, rows, lanes.len(), |lane, index, samples| {
            lanes[lane].block[from + index..][..samples.len()].copy_from_slice(samples);
        });
    }
}

/// What is written down while a section filters.
pub(super) trait Record<S: Simd> {
    /// The states before a run.
    fn run(&mut self, first_sample: usize, before: &States<S>);

    /// The input and the integrators of a sample, after their reduction.
    fn sample(&mut self, sample: usize, x: f64x8<S>, integrators: [f64x8<S>; 2]);
}

/// Nothing.
impl<S: Simd> Record<S> for () {
    #[inline(always)]
    fn run(&mut self, _: usize, _: &States<S>) {}

    #[inline(always)]
    fn sample(&mut self, _: usize, _: f64x8<S>, _: [f64x8<S>; 2]) {}
}

/// Filters the samples of a run in place by one section.
#[inline(always)]
pub(super) fn filter_run<S: Simd>(
    simd: S,
    course: &mut Course<'_, S>,
    run: &Run,
    states: &mut States<S>,
    rows: &mut [Row],
    record: &mut impl Record<S>,
) {
    course.go_to(simd, run);
    record.run(run.samples.start, states);
    let settles = run.settles(rows.len());
    let motion = course.motion();
    let first = match motion {
        Some(motion) => course.at(simd, motion.part(run.offset)),
        None => course.held(simd),
    };
    let reduction = first.reduction(simd, states.k);
    let mut integrators = states.integrators.map(|s| s * reduction);
    let (mut coefficients, first_sample) = (first, run.samples.start);
    for (index, row) in rows[run.samples.clone()].iter_mut().enumerate() {
        if let Some(motion) = motion
            && index > 0
        {
            let before = coefficients.k;
            coefficients = course.at(simd, motion.part(run.offset + index));
            if motion.rises {
                let reduction = coefficients.reduction(simd, before);
                integrators = integrators.map(|s| s * reduction);
            }
        }
        let x = f64x8::from_slice(simd, row);
        record.sample(first_sample + index, x, integrators);
        coefficients.tick(&mut integrators, x).store_slice(row);
    }
    if settles {
        settle(simd, &mut integrators);
    }
    *states = States { integrators, k: coefficients.k };
}
