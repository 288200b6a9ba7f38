//! Filtering: many signals in place.

use fearless_simd::{Level, Simd, SimdBase, dispatch, f64x8};

use super::course::{Course, FrameLanes, WIDTH, agree, runs, settle};
use super::lane::MovingLane;
use super::signals::{Row, States, gather, scatter};
use crate::kernel::lanes::simd_level;

/// Samples that pass through all sections before the next ones, so that they stay in the cache.
const BLOCK: usize = 256;

/// Rows that do not cross the borders of cache lines.
#[repr(align(64))]
struct Aligned([Row; BLOCK]);

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
    let (Some(first), Some(lane)) = (frames.first().copied(), lanes.first()) else { return };
    let time = lane.block.len();
    let mut rows = Aligned([[0.0; WIDTH]; BLOCK]);
    for from in (0..time).step_by(BLOCK) {
        let rows = &mut rows.0[..BLOCK.min(time - from)];
        let count = rows.len();
        let signal = |lane: usize| lanes.get(lane).map(|lane| &lane.block[from..]);
        gather(simd, count, signal, |index, x| x.store_slice(&mut rows[index]));
        for section in 0..first.sections() {
            let mut states = States::load(simd, lanes.iter().map(|lane| &lane.states[section]));
            let mut course = Course::new(simd, &frames, section);
            for run in runs(first, start + from, count) {
                let coefficients = course.at(simd, run.place);
                let reduction = coefficients.reduction(simd, states.k);
                states.k = coefficients.k;
                let mut integrators = states.integrators.map(|s| s * reduction);
                for row in &mut rows[run.samples.clone()] {
                    let x = f64x8::from_slice(simd, row);
                    let [_, y] = coefficients.tick(&mut integrators, x);
                    y.store_slice(row);
                }
                if run.settles(count) {
                    settle(simd, &mut integrators);
                }
                states.integrators = integrators;
            }
            states.store(lanes.iter_mut().map(|lane| &mut lane.states[section]));
        }
        scatter(simd, rows, lanes.len(), |lane, index, samples| {
            lanes[lane].block[from + index..][..samples.len()].copy_from_slice(samples);
        });
    }
}
