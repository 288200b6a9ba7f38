//! The adjoint of sections in series, on vectors of `f64`.
//!
//! ```text
//! rows, stage ─► memory ─► pipeline      many sections or signals
//!          transition, memory ─► pieces  one signal, few sections
//! ```

mod memory;
mod pieces;
mod pipeline;
mod rows;
mod stage;
mod transition;

use fearless_simd::{Level, Simd, SimdBase, dispatch};

use super::lanes::{LANE_SAMPLES, Lanes, chunk_len, simd_level};
use super::segments::sections_per_segment;
use super::{AdjointLane, AdjointScratch};
use crate::section::Section;

/// The adjoint of all lanes, which have the same number of samples. Returns whether the processor
/// has vectors; otherwise nothing is done.
pub(crate) fn adjoint(
    lanes: &mut [AdjointLane<'_, f64>],
    scratch: &mut AdjointScratch<f64>,
) -> bool {
    let level = simd_level();
    if let Some(level) = level {
        adjoint_at(level, lanes, scratch);
    }
    level.is_some()
}

/// [`adjoint`] with given vector instructions.
pub(super) fn adjoint_at(
    level: Level,
    lanes: &mut [AdjointLane<'_, f64>],
    scratch: &mut AdjointScratch<f64>,
) {
    dispatch!(level, simd => run(simd, lanes, scratch));
}

#[inline(always)]
fn run<S: Simd>(simd: S, lanes: &mut [AdjointLane<'_, f64>], scratch: &mut AdjointScratch<f64>) {
    for filters in lanes.chunks_mut(Lanes::<S, f64>::LEN) {
        if in_pieces::<S>(filters) {
            for signal in filters {
                pieces::pieces(simd, signal, scratch);
            }
        } else {
            pipeline::pipeline(simd, filters, scratch);
        }
    }
}

/// Whether it is faster to cut the signals of a group in time, one signal after the other.
#[inline(always)]
fn in_pieces<S: Simd>(filters: &[AdjointLane<'_, f64>]) -> bool {
    let width = Lanes::<S, f64>::LEN;
    let counts = filters.iter().map(|filter| filter.sections.len());
    let time = filters.first().map_or(0, |filter| filter.input.len());
    // The powers of unstable sections may overflow.
    let stable = || filters.iter().flat_map(|filter| filter.sections).all(Section::is_stable);
    // Cost model in units of 0.1 ns per sample and 8 lanes, measured on a processor of 2023.
    let pieces = 16 * filters.len() + 14 * counts.clone().sum::<usize>();
    let positions = sections_per_segment(&counts, width);
    let pipeline = 110 + 10 * filters.len() + 45 * positions;
    // A pipeline fills and drains, in steps of 8 samples that cost about twice as much.
    let deepest = counts.max().unwrap_or(0).div_ceil(positions);
    let longer = 1.0 + (2 * LANE_SAMPLES * deepest) as f64 / time as f64;
    let is_long = time >= chunk_len::<S, f64>();
    is_long && (8 * pieces) as f64 <= (pipeline * width) as f64 * longer && stable()
}
