//! Vector kernels that run filters on `f32` and `f64`. The loops of `run` call them, the first two
//! through [`Sample`](crate::Sample); the remainder is done by the scalar loop.
//!
//! ```text
//! lanes, extended ─► block_form ─► series      one signal, sections in series
//! lanes, segments ─► stage ──────► parallel    many filters, one or more lanes each
//! segments, stage ───────────────► adjoint     derivatives of a loss through many filters
//! block_form ────────────────────► svf         one signal, state-variable sections, kept tables
//! lanes ─────────────────────────► moving      many signals, state-variable sections that move
//! ```
//!
//! The code is generic over the vectors of the processor, which `fearless_simd` provides: AVX-512,
//! AVX2 with FMA, SSE, NEON or WebAssembly, selected at run time. That crate contains the `unsafe`
//! code that vectors need; there is none here.
//!
//! Dual numbers have no kernel: the plain loop updates all tangents of a sample with vector
//! instructions already, one tangent in each lane.

#[cfg(all(feature = "alloc", feature = "simd"))]
mod adjoint;
#[cfg(feature = "alloc")]
mod adjoint_lane;
#[cfg(feature = "simd")]
mod block_form;
#[cfg(feature = "simd")]
mod extended;
#[cfg(feature = "simd")]
mod lanes;
mod moving;
#[cfg(feature = "simd")]
mod negligible;
#[cfg(all(feature = "alloc", not(feature = "simd")))]
mod no_svf;
#[cfg(feature = "simd")]
mod parallel;
#[cfg(feature = "simd")]
mod segments;
#[cfg(feature = "simd")]
mod series;
#[cfg(feature = "simd")]
mod stage;
#[cfg(all(feature = "alloc", feature = "simd"))]
mod svf;
#[cfg(all(test, feature = "simd"))]
mod tests;

#[cfg(all(feature = "alloc", feature = "simd"))]
pub(crate) use adjoint::adjoint;
#[cfg(feature = "alloc")]
pub use adjoint_lane::{AdjointLane, AdjointScratch};
#[cfg(all(feature = "alloc", feature = "simd"))]
pub use lanes::Real;
#[cfg(feature = "alloc")]
pub use moving::MovingAdjointLane;
pub use moving::MovingLane;
#[cfg(all(feature = "alloc", feature = "simd"))]
pub(crate) use moving::{moving_adjoint, process_moving};
#[cfg(all(feature = "alloc", not(feature = "simd")))]
pub use no_svf::Real;
#[cfg(all(feature = "alloc", not(feature = "simd")))]
pub(crate) use no_svf::SvfKernel;
#[cfg(all(feature = "alloc", feature = "simd"))]
pub(crate) use svf::SvfKernel;
#[cfg(feature = "simd")]
pub(crate) use {parallel::parallel, series::series};

use crate::section::{Section, SectionState};

/// One of many filters that run at the same time: a band of a bank, or a channel. See
/// [`Sample::run_parallel`](crate::Sample::run_parallel).
#[derive(Debug)]
pub struct Lane<'a, T> {
    /// The sections, in series.
    pub sections: &'a [Section<T>],
    /// One state for each section.
    pub states: &'a mut [SectionState<T>],
    /// The output. It also holds the input, unless all lanes share one input.
    pub block: &'a mut [T],
}

/// The largest number of filters that run at the same time: the lanes of the widest vectors.
pub(crate) const LANES: usize = 16;

/// The largest number of sections in series that one call of a kernel takes.
pub(crate) const GROUP: usize = 16;

/// The shortest block, in samples, for which setting up the series kernel pays.
#[cfg(feature = "simd")]
const SHORTEST: usize = 64;
