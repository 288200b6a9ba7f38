//! Vectors of `f32` or `f64` of the processor's width, and chunks of a signal in them.

use super::LANES;
use fearless_simd::{Level, Simd, SimdBase, SimdFloat, SimdFloatElement};

/// Consecutive samples of a chunk in each lane: the length of the block recursion.
pub(super) const LANE_SAMPLES: usize = 8;

/// The vector of `T` that is native to `S`.
pub(super) type Lanes<S, T> = <T as Real>::Lanes<S>;

/// A floating-point type and its vectors.
pub(crate) trait Real: SimdFloatElement + Into<f64> + PartialEq {
    type Lanes<S: Simd>: SimdFloat<S, Element = Self>;

    const ZERO: Self;

    const SMALLEST_NORMAL: Self;

    /// States below this magnitude are set to zero; see [`Sample::settle`](crate::Sample::settle).
    const DECAYED: Self;

    /// Whether `f64` is no more precise than this type. Then quantities whose errors accumulate
    /// are computed in double-double arithmetic.
    const NEEDS_DOUBLE_DOUBLE: bool;

    fn round(value: f64) -> Self;
}

impl Real for f32 {
    type Lanes<S: Simd> = S::f32s;

    const ZERO: Self = 0.0;
    const SMALLEST_NORMAL: Self = f32::MIN_POSITIVE;
    const DECAYED: Self = 10.0 * f32::MIN_POSITIVE;
    const NEEDS_DOUBLE_DOUBLE: bool = false;

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
    const NEEDS_DOUBLE_DOUBLE: bool = true;

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

/// A chunk of a signal, transposed: lane `l` of vector `i` holds sample `8 l + i`, so that each
/// lane has 8 consecutive samples.
pub(super) type Chunk<S, T> = [Lanes<S, T>; LANE_SAMPLES];

/// The number of samples of a chunk.
pub(super) const fn chunk_len<S: Simd, T: Real>() -> usize {
    LANE_SAMPLES * Lanes::<S, T>::LEN
}

/// Loads a chunk: a transposition from vectors of consecutive samples to lanes of consecutive
/// samples.
///
/// In binary, the index of a sample is the index of its vector (3 bits) followed by the index of
/// its lane. Interleaving the vectors pair by pair rotates these bits by one place. One rotation
/// for each bit of the lane index swaps the two parts.
#[inline(always)]
pub(super) fn load<S: Simd, T: Real>(simd: S, samples: &[T]) -> Chunk<S, T> {
    let width = Lanes::<S, T>::LEN;
    let mut v = [splat::<S, T>(simd, T::ZERO); LANE_SAMPLES];
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

/// The samples of a chunk in order, vector after vector: the inverse transposition of [`load`].
#[inline(always)]
pub(super) fn untranspose<S: Simd, T: Real>(mut v: Chunk<S, T>) -> [Lanes<S, T>; LANE_SAMPLES] {
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
    let vectors = untranspose::<S, T>(chunk);
    for (vector, part) in vectors.iter().zip(samples.chunks_exact_mut(Lanes::<S, T>::LEN)) {
        vector.store_slice(part);
    }
}

/// Loads the samples into the front of a chunk and fills the rest with zeros.
#[inline(always)]
pub(super) fn load_partial<S: Simd, T: Real>(simd: S, samples: &[T]) -> Chunk<S, T> {
    let mut whole = [T::ZERO; LANE_SAMPLES * LANES];
    whole[..samples.len()].copy_from_slice(samples);
    load(simd, &whole[..chunk_len::<S, T>()])
}

/// Stores the front of a chunk.
#[inline(always)]
pub(super) fn store_partial<S: Simd, T: Real>(chunk: Chunk<S, T>, samples: &mut [T]) {
    let mut whole = [T::ZERO; LANE_SAMPLES * LANES];
    store::<S, T>(chunk, &mut whole[..chunk_len::<S, T>()]);
    samples.copy_from_slice(&whole[..samples.len()]);
}

/// The vector instructions of the processor, if it has any.
pub(super) fn simd_level() -> Option<Level> {
    let level = Level::new();
    (!level.is_fallback()).then_some(level)
}

/// The vector instructions for a block of `samples`: narrower ones if the widest would be half
/// empty.
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
pub(super) fn simd_level_for<T: Real>(samples: usize) -> Option<Level> {
    let level = simd_level()?;
    if samples * size_of::<T>() < LANE_SAMPLES * 64
        && let Some(narrower) = level.as_avx2()
    {
        return Some(narrower.level());
    }
    Some(level)
}

/// The vector instructions for a block: these processors have vectors of one width.
#[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
pub(super) fn simd_level_for<T: Real>(_samples: usize) -> Option<Level> {
    simd_level()
}
