//! What a section does to a chunk of a signal, worked out beforehand.

use core::ops::Index;

use arrayvec::ArrayVec;
use fearless_simd::{Simd, SimdBase, SimdFloat};

use super::GROUP;
use super::lanes::{Lanes, Real, STEPS, splat};
use super::wide::{Once, Twice, Wide};
use crate::section::{Section, SectionState};

/// The numbers by which a section filters 8 samples in every lane. See [`series`](super::series).
///
/// A state is written as *level*, the output that follows when no input comes, and *slope*, by
/// how much the output after that differs from it. (For poles of negative real part, where the
/// output changes its sign from sample to sample, the differences are those of `(−1)ⁿ y`.) For
/// poles near z = 1 or −1, level and slope can be told from one another much better than the two
/// numbers of a [`SectionState`].
///
/// A transition matrix is `[level from level, level from slope, slope from level, slope from
/// slope]`.
#[derive(Clone, Copy)]
pub(super) struct Table<S: Simd, T: Real> {
    /// The impulse response.
    pub(super) impulse: [T; STEPS],
    /// The outputs that follow from a level of 1 and from a slope of 1.
    pub(super) from_level: [T; STEPS],
    pub(super) from_slope: [T; STEPS],
    /// The level after 8 samples from rest: weights of the last input, of that before, and of the
    /// outputs likewise.
    pub(super) to_level: [T; 4],
    /// The slope: weights of the level, of the last input and of the last output.
    pub(super) to_slope: [T; 3],
    /// Transitions over 1, 2, 4 and 8 lanes.
    pub(super) leaps: [[T; 4]; 4],
    /// Transitions from the start of the chunk to that of each lane.
    pub(super) entries: [Lanes<S, T>; 4],
    /// The transition over a chunk: its value as `f64`, and what that rounding left.
    pub(super) passage: [[f64; 4]; 2],
    basis: Basis,
}

/// How a state is written as level and slope.
#[derive(Clone, Copy)]
struct Basis {
    /// The sign that the output keeps from sample to sample, 1 or −1.
    sign: f64,
    /// `|a1| − 1`.
    lean: f64,
}

impl<S: Simd, T: Real> Table<S, T> {
    /// Level and slope of a state.
    #[inline(always)]
    pub(super) fn inward(&self, state: &SectionState<T>) -> [f64; 2] {
        let Basis { sign, lean } = self.basis;
        let (s1, s2): (f64, f64) = (state.s1.into(), state.s2.into());
        [s1, sign * s2 + lean * s1]
    }

    /// The state of a level and a slope; what has decayed to nothing is set to rest, and no number
    /// is subnormal.
    #[inline(always)]
    pub(super) fn outward(&self, [level, slope]: [f64; 2]) -> SectionState<T> {
        let Basis { sign, lean } = self.basis;
        let (s1, s2) = (T::round(level), T::round(sign * (slope - lean * level)));
        let below = |x: T, limit: T| x < limit && T::ZERO - x < limit;
        if below(s1, T::DECAYED) && below(s2, T::DECAYED) {
            return SectionState { s1: T::ZERO, s2: T::ZERO };
        }
        // One number may be what rounding has left of 0: that of a first-order section is.
        let normal = |x: T| if below(x, T::SMALLEST_NORMAL) { T::ZERO } else { x };
        SectionState { s1: normal(s1), s2: normal(s2) }
    }

    /// The state after a chunk: from that before it, and from what the chunk's input left. What has
    /// decayed to nothing is set to rest.
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

/// Called, so that the processor guesses that it is not needed: a selection by value would have to
/// be waited for in every chunk.
#[cold]
#[inline(never)]
fn at_rest() -> [f64; 2] {
    [0.0; 2]
}

/// The tables of as many sections as a vector of `f64` has lanes, worked out side by side.
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

    // The poles' polynomial at the point that they are near, and its slope there: for poles near
    // 1 or −1 both are small, and these differences are exact.
    let (near, tilt) = ((one - size) + a2, one - lean);
    let mut impulse = [b0; STEPS];
    // Where zeros lie near the poles an impulse leaves little, which must not be lost to rounding.
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
    // Nothing here is rounded where poles are near 1 or −1. (Weights of a rounded sum would let a
    // constant input through where it should cancel.)
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

/// What one lane has.
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

/// Transitions over 1, 2, 4 and 8 lanes (as far as there are lanes), and over a chunk.
///
/// A transition over one sample is `I + E` with a small `E` for poles near 1 or −1. Squaring is
/// done on `E`, so that it stays exact: `(I + E)² = I + (2E + E²)`.
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

/// From a transition less the unit matrix to that of twice the time.
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

/// States of every lane that follow from those before it: `state[l] += M state[l − 1]` for lanes
/// one after the other, by doubling the distance.
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

/// Adds to every lane's state what follows from that `DISTANCE` lanes before.
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

/// Transitions from the first lane to each: what a scan makes of unit states.
#[inline(always)]
fn entries<S: Simd, T: Real>(simd: S, leaps: &[[T; 4]; 4]) -> [Lanes<S, T>; 4] {
    let zero = splat::<S, T>(simd, T::ZERO);
    let first = Lanes::<S, T>::from_fn(simd, |lane| T::round(if lane == 0 { 1.0 } else { 0.0 }));
    let [level, slope] = scan::<S, T>(simd, leaps, [first, zero]);
    let [sloped, slope_sloped] = scan::<S, T>(simd, leaps, [zero, first]);
    [level, sloped, slope, slope_sloped]
}
