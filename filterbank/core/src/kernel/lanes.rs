//! Vectors of `f32` or `f64` of the processor's width, and chunks of a signal in them.

use super::LANES;
use fearless_simd::{
    Level, Simd, SimdBase, SimdFloat, SimdFloatElement, f32x4, f32x8, f64x4, f64x8,
};

/// Consecutive samples of a chunk in each lane: the length of the block recursion.
pub(super) const LANE_SAMPLES: usize = 8;

/// The vector of `T` that is native to `S`.
pub(super) type Lanes<S, T> = <T as Real>::Lanes<S>;

/// A floating-point type and its vectors.
pub trait Real: SimdFloatElement + Into<f64> + PartialEq {
    /// The widest vector of the processor.
    type Lanes<S: Simd>: SimdFloat<S, Element = Self>;

    /// Vectors of a given number of lanes.
    type Lanes4<S: Simd>: SimdFloat<S, Element = Self>;
    type Lanes8<S: Simd>: SimdFloat<S, Element = Self>;

    const ZERO: Self;

    const SMALLEST_NORMAL: Self;

    #[cfg(feature = "alloc")]
    const LARGEST: Self;

    /// States below this magnitude are set to zero; see [`Sample::settle`](crate::Sample::settle).
    const DECAYED: Self;

    /// Whether `f64` is no more precise than this type. Then quantities whose errors accumulate
    /// are computed in double-double arithmetic.
    const NEEDS_DOUBLE_DOUBLE: bool;

    fn round(value: f64) -> Self;
}

impl Real for f32 {
    type Lanes<S: Simd> = S::f32s;
    type Lanes4<S: Simd> = f32x4<S>;
    type Lanes8<S: Simd> = f32x8<S>;

    const ZERO: Self = 0.0;
    const SMALLEST_NORMAL: Self = f32::MIN_POSITIVE;
    #[cfg(feature = "alloc")]
    const LARGEST: Self = f32::MAX;
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
    type Lanes4<S: Simd> = f64x4<S>;
    type Lanes8<S: Simd> = f64x8<S>;

    const ZERO: Self = 0.0;
    const SMALLEST_NORMAL: Self = f64::MIN_POSITIVE;
    #[cfg(feature = "alloc")]
    const LARGEST: Self = f64::MAX;
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
pub(super) fn load<S: Simd, V: SimdBase<S>>(simd: S, samples: &[V::Element]) -> [V; LANE_SAMPLES] {
    let mut v = [V::from_slice(simd, &samples[..V::LEN]); LANE_SAMPLES];
    for (vector, part) in v.iter_mut().zip(samples.chunks_exact(V::LEN)) {
        *vector = V::from_slice(simd, part);
    }
    for _ in 0..V::LEN.ilog2() {
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
pub(super) fn untranspose<S: Simd, V: SimdBase<S>>(mut v: [V; LANE_SAMPLES]) -> [V; LANE_SAMPLES] {
    for _ in 0..V::LEN.ilog2() {
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
pub(super) fn store<S: Simd, V: SimdBase<S>>(chunk: [V; LANE_SAMPLES], samples: &mut [V::Element]) {
    let vectors = untranspose(chunk);
    for (vector, part) in vectors.iter().zip(samples.chunks_exact_mut(V::LEN)) {
        vector.store_slice(part);
    }
}

/// Loads the samples, a multiple of 8, into the front of a chunk and fills the rest with zeros.
#[inline(always)]
pub(super) fn load_partial<S: Simd, T: Real, V: SimdBase<S, Element = T>>(
    simd: S,
    samples: &[T],
) -> [V; LANE_SAMPLES] {
    let mut whole = [T::ZERO; LANE_SAMPLES * LANES];
    copy_by_lanes(samples, &mut whole);
    load(simd, &whole[..LANE_SAMPLES * V::LEN])
}

/// Stores the front of a chunk: a multiple of 8 samples.
#[inline(always)]
pub(super) fn store_partial<S: Simd, T: Real, V: SimdBase<S, Element = T>>(
    chunk: [V; LANE_SAMPLES],
    samples: &mut [T],
) {
    let mut whole = [T::ZERO; LANE_SAMPLES * LANES];
    store(chunk, &mut whole[..LANE_SAMPLES * V::LEN]);
    copy_by_lanes(&whole, samples);
}

/// Copies the samples of whole lanes, as far as both slices go. (Copies of a length known at
/// compile time need no call.)
#[inline(always)]
fn copy_by_lanes<T: Real>(from: &[T], to: &mut [T]) {
    let (from, to) = (from.as_chunks::<LANE_SAMPLES>().0, to.as_chunks_mut::<LANE_SAMPLES>().0);
    for (from, to) in from.iter().zip(to) {
        *to = *from;
    }
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
