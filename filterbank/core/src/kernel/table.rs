//! The block form of a section: the constants with which it filters a chunk of a signal.
//!
//! | idea | source |
//! |---|---|
//! | block recursion | C. S. Burrus, *Block implementation of digital filters*, IEEE Trans. Circuit Theory 18 (1971) |
//! | its form in state space | C. W. Barnes and S. Shinnaka, *Block-shift invariance and block implementation of discrete-time filters*, IEEE Trans. Circuits and Systems 27 (1980) |
//! | delta operator | R. C. Agarwal and C. S. Burrus, *New recursive digital filter structures having very low sensitivity and roundoff noise*, IEEE Trans. Circuits and Systems 22 (1975); R. H. Middleton and G. C. Goodwin, *Improved finite word length characteristics in digital control using delta operators*, IEEE Trans. Automatic Control 31 (1986) |
//! | prefix scan | P. M. Kogge and H. S. Stone, *A parallel algorithm for the efficient solution of a general class of recurrence equations*, IEEE Trans. Computers 22 (1973); G. E. Blelloch, *Prefix sums and their applications* (1990) |
//! | powers of `A` from `A − I` | derived in `transitions` |

use core::ops::Index;

use arrayvec::ArrayVec;
use fearless_simd::{Simd, SimdBase, SimdFloat};

use super::GROUP;
use super::lanes::{Lanes, Real, STEPS, splat};
use super::wide::{Once, Twice, Wide};
use crate::biquad::{Section, SectionState};

/// The constants with which a section filters 8 samples in every lane. See
/// [`series`](mod@super::series).
///
/// The state is `(y, δy)` in delta-operator form: the next output with zero input, and its forward
/// difference, the change to the output after it. For poles with negative real part, where the
/// output alternates in sign, both refer to `(−1)ⁿ y[n]`. With `w = ±z` and `δ = w − 1` the
/// denominator is
///
/// ```text
/// w² − |a1| w + a2 = δ² + (2 − |a1|) δ + (1 − |a1| + a2)
/// ```
///
/// For poles near z = ±1 both coefficients are small, and they are computed without rounding error.
/// The small change from sample to sample is a component of its own, not the difference of two
/// large components as in a [`SectionState`].
///
/// A transition matrix is stored by rows: `[y from y, y from δy, δy from y, δy from δy]`.
#[derive(Clone, Copy)]
pub(super) struct Table<S: Simd, T: Real> {
    /// The first 8 samples of the impulse response.
    pub(super) impulse: [T; STEPS],
    /// The zero-input responses to the states `(1, 0)` and `(0, 1)`.
    pub(super) from_level: [T; STEPS],
    pub(super) from_slope: [T; STEPS],
    /// The first component of the state after 8 samples, from the last two inputs and outputs:
    /// weights of `x[7]`, `x[6]`, `y[7]` and `y[6]`.
    pub(super) to_level: [T; 4],
    /// The second component: weights of the first component, `x[7]` and `y[7]`.
    pub(super) to_slope: [T; 3],
    /// Transition matrices over 1, 2, 4 and 8 lanes: the powers `A⁸`, `A¹⁶`, `A³²` and `A⁶⁴`.
    pub(super) leaps: [[T; 4]; 4],
    /// The transition matrix from the start of the chunk to the start of each lane: `A⁸ˡ` in lane
    /// `l`.
    pub(super) entries: [Lanes<S, T>; 4],
    /// The transition matrix over a chunk: its value as `f64`, and the rounding error.
    pub(super) passage: [[f64; 4]; 2],
    basis: Basis,
}

/// The change of basis between a [`SectionState`] and the delta-operator state.
#[derive(Clone, Copy)]
struct Basis {
    /// The point that the poles are near, z = 1 or −1.
    sign: f64,
    /// `|a1| − 1`.
    lean: f64,
}

impl<S: Simd, T: Real> Table<S, T> {
    /// The delta-operator state of a [`SectionState`].
    #[inline(always)]
    pub(super) fn inward(&self, state: &SectionState<T>) -> [f64; 2] {
        let Basis { sign, lean } = self.basis;
        let (s1, s2): (f64, f64) = (state.s1.into(), state.s2.into());
        [s1, sign * s2 + lean * s1]
    }

    /// The [`SectionState`] of a delta-operator state. A decayed state becomes zero, and no
    /// component is subnormal.
    #[inline(always)]
    pub(super) fn outward(&self, [level, slope]: [f64; 2]) -> SectionState<T> {
        let Basis { sign, lean } = self.basis;
        let (s1, s2) = (T::round(level), T::round(sign * (slope - lean * level)));
        let below = |x: T, limit: T| x < limit && T::ZERO - x < limit;
        if below(s1, T::DECAYED) && below(s2, T::DECAYED) {
            return SectionState { s1: T::ZERO, s2: T::ZERO };
        }
        // One component may be the rounding error of a zero, as in first-order sections.
        let normal = |x: T| if below(x, T::SMALLEST_NORMAL) { T::ZERO } else { x };
        SectionState { s1: normal(s1), s2: normal(s2) }
    }

    /// The state after a chunk, from the state before it and the state that the input of the chunk
    /// leaves from rest. A decayed state becomes zero.
    #[inline(always)]
    pub(super) fn passed(&self, [level, slope]: [f64; 2], left: [f64; 2]) -> [f64; 2] {
        let [large, small] = &self.passage;
        let [mut to_level, mut to_slope] = left;
        if T::NEEDS_TWICE {
            to_level += small[0] * level + small[1] * slope;
            to_slope += small[2] * level + small[3] * slope;
        }
        let level_after = (large[0] * level + large[1] * slope) + to_level;
        let slope_after = (large[2] * level + large[3] * slope) + to_slope;
        let decayed = |x: f64| x < T::DECAYED.into() && -x < T::DECAYED.into();
        if decayed(level_after) && decayed(slope_after) {
            at_rest()
        } else {
            [level_after, slope_after]
        }
    }
}

/// A call, and marked cold, so that the branch is predicted as not taken. A selection by value
/// would add its latency to every chunk.
#[cold]
#[inline(never)]
fn at_rest() -> [f64; 2] {
    [0.0; 2]
}

/// The block forms of up to one section for each lane of a vector of `f64`, computed side by side.
#[inline(always)]
pub(super) fn tables<S: Simd, T: Real>(
    simd: S,
    sections: &[Section<T>],
    group: &mut ArrayVec<Table<S, T>, GROUP>,
) {
    let mut rows = [splat::<S, f64>(simd, 0.0); 5];
    for (lane, section) in sections.iter().enumerate() {
        for (row, coefficient) in rows.iter_mut().zip(section.coefficients()) {
            row[lane] = coefficient.into();
        }
    }
    let [b0, b1, b2, a1, a2] = rows;
    let one = splat::<S, f64>(simd, 1.0);
    let zero = splat::<S, f64>(simd, 0.0);
    let sign = one.copysign(-a1);
    let size = -(sign * a1);
    let lean = size - one;

    // The coefficients of the denominator in δ: its value and its derivative at z = ±1. For poles
    // near ±1 both are small, and these differences are exact.
    let (near, tilt) = ((one - size) + a2, one - lean);
    let mut impulse = [b0; STEPS];
    // Fused, because with zeros near the poles the state after an impulse is a small difference.
    let (mut s1, mut s2) = (b0.mul_add(-a1, b1), b0.mul_add(-a2, b2));
    let ((mut level, mut slope), (mut sloped, mut slope_sloped)) = ((one, zero), (zero, one));
    let mut alternating = one;
    let (mut from_level, mut from_slope) = ([one; STEPS], [zero; STEPS]);
    for step in 0..STEPS {
        if step > 0 {
            impulse[step] = s1;
            (s1, s2) = (s1.mul_add(-a1, s2), -(a2 * s1));
        }
        from_level[step] = level * alternating;
        from_slope[step] = sloped * alternating;
        alternating *= sign;
        (level, slope) = (level + slope, slope - near.mul_add(level, tilt * slope));
        (sloped, slope_sloped) =
            (sloped + slope_sloped, slope_sloped - near.mul_add(sloped, tilt * slope_sloped));
    }
    let to_level = [b1, b2, -a1, -a2];
    // For poles near ±1 nothing is rounded here. (Rounded weights would let through a constant
    // input that should cancel.)
    let to_slope = [lean, sign * b2, -(sign * a2)];
    let (leaps, passage) = if T::NEEDS_TWICE {
        transitions::<S, T, Twice<S>>(simd, size, a2)
    } else {
        transitions::<S, T, Once<S>>(simd, size, a2)
    };

    for lane in 0..sections.len().min(Lanes::<S, f64>::LEN) {
        let mut steps = [[T::ZERO; 4]; 4];
        for (step, leap) in steps.iter_mut().zip(&leaps) {
            *step = pick(leap, lane);
        }
        group.push(Table {
            impulse: pick(&impulse, lane),
            from_level: pick(&from_level, lane),
            from_slope: pick(&from_slope, lane),
            to_level: pick(&to_level, lane),
            to_slope: pick(&to_slope, lane),
            entries: entries::<S, T>(simd, &steps),
            leaps: steps,
            passage: [pick(&passage[0], lane), pick(&passage[1], lane)],
            basis: Basis { sign: sign[lane], lean: lean[lane] },
        });
    }
}

/// The values of one lane, rounded to `T`.
#[inline(always)]
fn pick<V: Index<usize, Output = f64>, T: Real, const N: usize>(
    from: &[V; N],
    lane: usize,
) -> [T; N] {
    let mut numbers = [T::ZERO; N];
    for (number, lanes) in numbers.iter_mut().zip(from) {
        *number = T::round(lanes[lane]);
    }
    numbers
}

/// Transition matrices over 1, 2, 4 and 8 lanes (up to the number of lanes), and over a chunk:
/// powers of the transition matrix `A` over one sample, by repeated squaring.
///
/// In the delta-operator basis `A = I + E`, with a small `E` for poles near z = ±1. Squaring works
/// on `E`, so that small entries keep their relative precision: `(I + E)² = I + (2E + E²)`.
#[inline(always)]
#[allow(clippy::type_complexity, reason = "two lists of matrices")]
fn transitions<S: Simd, T: Real, W: Wide<S>>(
    simd: S,
    size: S::f64s,
    a2: S::f64s,
) -> ([[S::f64s; 4]; 4], [[S::f64s; 4]; 2]) {
    let one = splat::<S, f64>(simd, 1.0);
    let zero = splat::<S, f64>(simd, 0.0);
    let unit = [one, zero, zero, one];
    let near = W::sum(one, -size) + W::sum(a2, zero);
    let tilt = W::sum(one + one, -size);
    let mut e = [W::sum(zero, zero), W::sum(one, zero), -near, -tilt];
    for _ in 0..STEPS.ilog2() {
        e = doubled(e);
    }
    let mut leaps = [[zero; 4]; 4];
    for leap in leaps.iter_mut().take(Lanes::<S, T>::LEN.ilog2() as usize) {
        for entry in 0..4 {
            leap[entry] = e[entry].parts()[0] + unit[entry];
        }
        e = doubled(e);
    }
    let mut passage = [[zero; 4]; 2];
    for entry in 0..4 {
        let [large, small] = e[entry].parts();
        let [large, rest] = W::sum(unit[entry], large).parts();
        (passage[0][entry], passage[1][entry]) = (large, rest + small);
    }
    (leaps, passage)
}

/// `2E + E²`: from `A − I` to `A² − I`.
#[inline(always)]
fn doubled<S: Simd, W: Wide<S>>([p, q, r, s]: [W; 4]) -> [W; 4] {
    let (product, trace) = (q * r, p + s);
    [
        (p + p) + (p * p + product),
        (q + q) + q * trace,
        (r + r) + r * trace,
        (s + s) + (s * s + product),
    ]
}

/// Prefix scan over the lanes: solves `s[l] = A⁸ s[l − 1] + r[l]` for the states `r` that the lanes
/// leave from rest, in as many steps as the lane index has bits (Kogge and Stone).
#[inline(always)]
pub(super) fn scan<S: Simd, T: Real>(
    simd: S,
    leaps: &[[T; 4]; 4],
    mut state: [Lanes<S, T>; 2],
) -> [Lanes<S, T>; 2] {
    let width = Lanes::<S, T>::LEN;
    if width > 1 {
        state = leap::<S, T, 1>(simd, &leaps[0], state);
    }
    if width > 2 {
        state = leap::<S, T, 2>(simd, &leaps[1], state);
    }
    if width > 4 {
        state = leap::<S, T, 4>(simd, &leaps[2], state);
    }
    if width > 8 {
        state = leap::<S, T, 8>(simd, &leaps[3], state);
    }
    state
}

/// One step of the scan: adds to the state of every lane the transition of the state `DISTANCE`
/// lanes before.
#[inline(always)]
fn leap<S: Simd, T: Real, const DISTANCE: usize>(
    simd: S,
    transition: &[T; 4],
    [level, slope]: [Lanes<S, T>; 2],
) -> [Lanes<S, T>; 2] {
    let before = level.shift_elements_right::<DISTANCE>(T::ZERO);
    let sloped = slope.shift_elements_right::<DISTANCE>(T::ZERO);
    let [p, q, r, s] = *transition;
    let (p, q) = (splat::<S, T>(simd, p), splat::<S, T>(simd, q));
    let (r, s) = (splat::<S, T>(simd, r), splat::<S, T>(simd, s));
    [before.mul_add(p, sloped.mul_add(q, level)), before.mul_add(r, sloped.mul_add(s, slope))]
}

/// Transition matrices from the first lane to each: the scan of unit states.
#[inline(always)]
fn entries<S: Simd, T: Real>(simd: S, leaps: &[[T; 4]; 4]) -> [Lanes<S, T>; 4] {
    let zero = splat::<S, T>(simd, T::ZERO);
    let first = Lanes::<S, T>::from_fn(simd, |lane| T::round(if lane == 0 { 1.0 } else { 0.0 }));
    let [level, slope] = scan::<S, T>(simd, leaps, [first, zero]);
    let [sloped, slope_sloped] = scan::<S, T>(simd, leaps, [zero, first]);
    [level, sloped, slope, slope_sloped]
}
