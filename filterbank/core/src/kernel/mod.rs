//! Vector kernels that run filters on `f32` and `f64`. The loops of `run` call them through
//! [`Sample`](crate::Sample); the remainder is done by the scalar loop.
//!
//! ```text
//! lanes, wide ───► table ─► series
//! lanes, pieces ─► stage ─► parallel
//! ```
//!
//! All code here is generic over the processor's vectors, which `fearless_simd` provides: AVX-512,
//! AVX2 with FMA, SSE, NEON or WebAssembly, chosen when the program runs. That crate keeps the
//! `unsafe` that vectors need; there is none here.

#[cfg(feature = "simd")]
mod lanes;
#[cfg(feature = "simd")]
mod parallel;
#[cfg(feature = "simd")]
mod pieces;
#[cfg(feature = "simd")]
mod series;
#[cfg(feature = "simd")]
mod stage;
#[cfg(feature = "simd")]
mod table;
#[cfg(all(test, feature = "simd"))]
mod tests;
#[cfg(feature = "simd")]
mod wide;

#[cfg(feature = "simd")]
pub(crate) use {parallel::parallel, series::series};

use crate::section::{Section, SectionState};

/// One of many filters that run at the same time: a band of a bank, or a channel. See
/// [`Sample::run_parallel`](crate::Sample::run_parallel).
#[derive(Debug)]
pub struct Lane<'a, T> {
    /// In series.
    pub sections: &'a [Section<T>],
    /// One for each section.
    pub states: &'a mut [SectionState<T>],
    /// What comes out; and what goes in, if the lanes do not share an input.
    pub block: &'a mut [T],
}

/// Filters that run at the same time, at most: as many as the widest vectors have lanes.
pub(crate) const LANES: usize = 16;

/// Sections that run in series, at most.
pub(crate) const GROUP: usize = 16;

/// A signal through sections in series does not repay what has to be worked out beforehand if it
/// is shorter.
#[cfg(feature = "simd")]
const SHORTEST: usize = 64;
