//! The kernels on the vectors of every level that this processor has, against the same recursion
//! with twice the digits of `f64`.
//!
//! The measure of an error is that of the plain loop, sample by sample: the noise that comes of
//! rounding every operation, which no way of filtering can help having.

mod accuracy;
#[cfg(feature = "alloc")]
mod adjoint;
mod blocks;
mod exact;
#[cfg(feature = "alloc")]
mod moving;
mod recovery;
mod runs;
mod signals;
#[cfg(feature = "alloc")]
mod svf;
mod tables;
mod unstable;
mod wide;

use std::vec::Vec;

use fearless_simd::{Level, Simd};

const SAMPLE_RATE: f64 = 48_000.0;

/// Without optimisation there is time for a part of the cases: one case of this many.
const THINNED: usize = if cfg!(debug_assertions) { 16 } else { 1 };

/// The levels of this processor, by name.
fn levels() -> Vec<(&'static str, Level)> {
    let best = Level::new();
    let mut levels = Vec::new();
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    {
        levels.extend(best.as_sse2().map(|token| ("SSE2", token.level())));
        levels.extend(best.as_sse4_2().map(|token| ("SSE4.2", token.level())));
        levels.extend(best.as_avx2().map(|token| ("AVX2", token.level())));
        levels.extend(best.as_avx512().map(|token| ("AVX-512", token.level())));
    }
    if levels.is_empty() {
        levels.push(("best", best));
    }
    levels
}
