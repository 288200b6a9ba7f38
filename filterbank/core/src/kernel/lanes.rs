//! Vectors of `f32` or `f64`, as wide as the processor has them.

use super::LANES;
use fearless_simd::{Level, Simd, SimdBase, SimdFloat, SimdFloatElement};

/// Samples that each lane holds of a chunk of a signal.
pub(super) const STEPS: usize = 8;

/// The vector of `T` that is native to `S`.
pub(super) type Lanes<S, T> = <T as Real>::Lanes<S>;

/// A plain number, and the vectors of it.
pub(crate) trait Real: SimdFloatElement + Into<f64> + PartialEq {
    type Lanes<S: Simd>: SimdFloat<S, Element = Self>;

    const ZERO: Self;

    const SMALLEST_NORMAL: Self;

    /// States below this have decayed to nothing, see [`Scalar::settle`](crate::Scalar::settle).
    const DECAYED: Self;

    /// Whether `f64` is no more exact than this type, so that twice its digits are needed where
    /// errors pile up.
    const NEEDS_TWICE: bool;

    fn round(value: f64) -> Self;
}

impl Real for f32 {
    type Lanes<S: Simd> = S::f32s;

    const ZERO: Self = 0.0;
    const SMALLEST_NORMAL: Self = f32::MIN_POSITIVE;
    const DECAYED: Self = 10.0 * f32::MIN_POSITIVE;
    const NEEDS_TWICE: bool = false;

    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "rounding to f32 is the purpose")]
    fn round(value: f64) -> Self {
        value as f32
    }
}

impl Real for f64 {
    type Lanes<S: Simd> = S::f64s;

    const ZERO: Self = 0.0;
    const SMALLEST_NORMAL: Self = f64::MIN_POSITIVE;
    const DECAYED: Self = 10.0 * f64::MIN_POSITIVE;
    const NEEDS_TWICE: bool = true;

    #[inline(always)]
    fn round(value: f64) -> Self {
        value
    }
}

/// The same number in every lane.
#[inline(always)]
pub(super) fn splat<S: Simd, T: Real>(simd: S, value: T) -> Lanes<S, T> {
    Lanes::<S, T>::splat(simd, value)
}

/// A chunk of a signal: lane `l` of vector `i` is sample `8 l + i`, so that each lane holds
/// consecutive samples.
pub(super) type Chunk<S, T> = [Lanes<S, T>; STEPS];

/// The samples of a chunk.
pub(super) const fn chunk_len<S: Simd, T: Real>() -> usize {
    STEPS * Lanes::<S, T>::LEN
}

/// Loads a chunk: from consecutive vectors to lanes of consecutive samples.
///
/// The number of a sample in binary is first the number of a vector (3 digits), then that of a
/// lane. Interleaving the vectors pair by pair rotates those digits by one; as many times as a
/// lane's number has digits make it the other way round.
#[inline(always)]
pub(super) fn load<S: Simd, T: Real>(simd: S, samples: &[T]) -> Chunk<S, T> {
    let width = Lanes::<S, T>::LEN;
    let mut v = [splat::<S, T>(simd, T::ZERO); STEPS];
    for (vector, part) in v.iter_mut().zip(samples.chunks_exact(width)) {
        *vector = Lanes::<S, T>::from_slice(simd, part);
    }
    for _ in 0..width.ilog2() {
        let (a, b) = v[0].interleave(v[4]);
        let (c, d) = v[1].interleave(v[5]);
        let (e, f) = v[2].interleave(v[6]);
        let (g, h) = v[3].interleave(v[7]);
        v = [a, b, c, d, e, f, g, h];
    }
    v
}

/// The samples of a chunk in vectors one after the other: the inverse of what [`load`] does.
#[inline(always)]
pub(super) fn consecutive<S: Simd, T: Real>(mut v: Chunk<S, T>) -> [Lanes<S, T>; STEPS] {
    for _ in 0..Lanes::<S, T>::LEN.ilog2() {
        let (a, e) = v[0].deinterleave(v[1]);
        let (b, f) = v[2].deinterleave(v[3]);
        let (c, g) = v[4].deinterleave(v[5]);
        let (d, h) = v[6].deinterleave(v[7]);
        v = [a, b, c, d, e, f, g, h];
    }
    v
}

/// Stores a chunk.
#[inline(always)]
pub(super) fn store<S: Simd, T: Real>(chunk: Chunk<S, T>, samples: &mut [T]) {
    let vectors = consecutive::<S, T>(chunk);
    for (vector, part) in vectors.iter().zip(samples.chunks_exact_mut(Lanes::<S, T>::LEN)) {
        vector.store_slice(part);
    }
}

/// A chunk of which only the front is loaded; zeros follow.
#[inline(always)]
pub(super) fn load_part<S: Simd, T: Real>(simd: S, samples: &[T]) -> Chunk<S, T> {
    let mut whole = [T::ZERO; STEPS * LANES];
    whole[..samples.len()].copy_from_slice(samples);
    load(simd, &whole[..chunk_len::<S, T>()])
}

/// The front of a chunk.
#[inline(always)]
pub(super) fn store_part<S: Simd, T: Real>(chunk: Chunk<S, T>, samples: &mut [T]) {
    let mut whole = [T::ZERO; STEPS * LANES];
    store::<S, T>(chunk, &mut whole[..chunk_len::<S, T>()]);
    samples.copy_from_slice(&whole[..samples.len()]);
}

/// The processor's vectors, if it has any.
pub(super) fn level() -> Option<Level> {
    let level = Level::new();
    (!level.is_fallback()).then_some(level)
}

/// The vectors for a chunk of so many samples: narrower ones, if the widest would be half empty.
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
pub(super) fn level_for<T: Real>(samples: usize) -> Option<Level> {
    let level = level()?;
    if samples * size_of::<T>() < STEPS * 64
        && let Some(narrower) = level.as_avx2()
    {
        return Some(narrower.level());
    }
    Some(level)
}

/// The vectors for a chunk: these processors have one width.
#[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
pub(super) fn level_for<T: Real>(_samples: usize) -> Option<Level> {
    level()
}
