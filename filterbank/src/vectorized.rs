//! Loops compiled for the vectors that the processor has when the program runs.

/// Runs `work`, which must be inlined, so that the compiler may use all instructions there are.
#[cfg(feature = "simd")]
#[inline(always)]
pub(crate) fn vectorized<R>(work: impl FnOnce() -> R) -> R {
    use fearless_simd::{Level, Simd, dispatch};
    dispatch!(Level::new(), simd => simd.vectorize(work))
}

/// Runs `work` for the processor that the program was compiled for.
#[cfg(not(feature = "simd"))]
#[inline(always)]
pub(crate) fn vectorized<R>(work: impl FnOnce() -> R) -> R {
    work()
}
