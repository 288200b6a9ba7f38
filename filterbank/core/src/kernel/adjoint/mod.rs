//! The adjoint of sections in series, on vectors of `f64`.
//!
//! ```text
//! lane, stage ─► memory ─► pipeline
//! ```

mod lane;
#[cfg(feature = "simd")]
mod memory;
#[cfg(feature = "simd")]
mod pipeline;
#[cfg(feature = "simd")]
mod stage;

pub use lane::{AdjointLane, AdjointScratch};

#[cfg(feature = "simd")]
use fearless_simd::{Level, Simd, SimdBase, dispatch};

#[cfg(feature = "simd")]
use super::lanes::{Lanes, simd_level};

/// The adjoint of all lanes, which have the same number of samples. Returns whether the processor
/// has vectors; otherwise nothing is done.
#[cfg(feature = "simd")]
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
#[cfg(feature = "simd")]
pub(super) fn adjoint_at(
    level: Level,
    lanes: &mut [AdjointLane<'_, f64>],
    scratch: &mut AdjointScratch<f64>,
) {
    dispatch!(level, simd => run(simd, lanes, scratch));
}

#[cfg(feature = "simd")]
#[inline(always)]
fn run<S: Simd>(simd: S, lanes: &mut [AdjointLane<'_, f64>], scratch: &mut AdjointScratch<f64>) {
    for filters in lanes.chunks_mut(Lanes::<S, f64>::LEN) {
        pipeline::pipeline(simd, filters, scratch);
    }
}
