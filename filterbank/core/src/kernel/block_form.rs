//! The block form of a section: the constants with which it filters a chunk of a signal.
//!
//! | idea | source |
//! |---|---|
//! | block recursion | C. S. Burrus, *Block implementation of digital filters*, IEEE Trans. Circuit Theory 18 (1971) |
//! | its form in state space | C. W. Barnes and S. Shinnaka, *Block-shift invariance and block implementation of discrete-time filters*, IEEE Trans. Circuits and Systems 27 (1980) |
//! | delta operator | R. C. Agarwal and C. S. Burrus, *New recursive digital filter structures having very low sensitivity and roundoff noise*, IEEE Trans. Circuits and Systems 22 (1975); R. H. Middleton and G. C. Goodwin, *Improved finite word length characteristics in digital control using delta operators*, IEEE Trans. Automatic Control 31 (1986) |
//! | prefix scan | P. M. Kogge and H. S. Stone, *A parallel algorithm for the efficient solution of a general class of recurrence equations*, IEEE Trans. Computers 22 (1973); G. E. Blelloch, *Prefix sums and their applications* (1990) |
//! | powers of `A` from `A − I` | derived in `transition_powers` |

use core::ops::Index;

use arrayvec::ArrayVec;
use fearless_simd::{Select, Simd, SimdBase, SimdFloat};

use super::GROUP;
use super::extended::{DoubleDouble, Extended, Single};
use super::lanes::{LANE_SAMPLES, Lanes, Real, splat};
use super::negligible::{NEGLIGIBLE, at_least, without_negligible};
use crate::section::{Section, SectionState};

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
pub(super) struct BlockForm<S: Simd, T: Real> {
    /// The first 8 samples of the impulse response.
    pub(super) impulse_response: [T; LANE_SAMPLES],
    /// The zero-input responses to the states `(1, 0)` and `(0, 1)`.
    pub(super) response_to_output: [T; LANE_SAMPLES],
    pub(super) response_to_difference: [T; LANE_SAMPLES],
    /// The first component of the state after 8 samples, from the last two inputs and outputs:
    /// weights of `x[7]`, `x[6]`, `y[7]` and `y[6]`.
    pub(super) output_weights: [T; 4],
    /// The second component: weights of the first component, `x[7]` and `y[7]`.
    pub(super) difference_weights: [T; 3],
    /// Transition matrices over 1, 2, 4 and 8 lanes: the powers `A⁸`, `A¹⁶`, `A³²` and `A⁶⁴`.
    pub(super) transition_powers: [[T; 4]; 4],
    /// The transition matrix from the start of the chunk to the start of each lane: `A⁸ˡ` in lane
    /// `l`.
    pub(super) lane_transitions: [Lanes<S, T>; 4],
    /// The transition matrix over a chunk: its value as `f64`, and the rounding error.
    pub(super) chunk_transition: [[f64; 4]; 2],
    delta_basis: DeltaBasis,
}

/// The change of basis between a [`SectionState`] and the delta-operator state.
#[derive(Clone, Copy)]
struct DeltaBasis {
    /// The point that the poles are near, z = 1 or −1.
    sign: f64,
    /// `|a1| − 1`.
    offset: f64,
}

impl<S: Simd, T: Real> BlockForm<S, T> {
    /// The delta-operator state of a [`SectionState`].
    #[inline(always)]
    pub(super) fn delta_state(&self, state: &SectionState<T>) -> [f64; 2] {
        let DeltaBasis { sign, offset } = self.delta_basis;
        let (s1, s2): (f64, f64) = (state.s1.into(), state.s2.into());
        [s1, sign * s2 + offset * s1]
    }

    /// The [`SectionState`] of a delta-operator state. A decayed state becomes zero, and no
    /// component is subnormal.
    #[inline(always)]
    pub(super) fn section_state(&self, [output, difference]: [f64; 2]) -> SectionState<T> {
        let DeltaBasis { sign, offset } = self.delta_basis;
        let (s1, s2) = (T::round(output), T::round(sign * (difference - offset * output)));
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
    pub(super) fn advance(&self, [output, difference]: [f64; 2], forced: [f64; 2]) -> [f64; 2] {
        let [high, low] = &self.chunk_transition;
        let [mut forced_output, mut forced_difference] = forced;
        if T::NEEDS_DOUBLE_DOUBLE {
            forced_output += low[0] * output + low[1] * difference;
            forced_difference += low[2] * output + low[3] * difference;
        }
        let next_output = (high[0] * output + high[1] * difference) + forced_output;
        let next_difference = (high[2] * output + high[3] * difference) + forced_difference;
        let decayed = |x: f64| x < T::DECAYED.into() && -x < T::DECAYED.into();
        if decayed(next_output) && decayed(next_difference) {
            zero_state()
        } else {
            [next_output, next_difference]
        }
    }
}

/// A call, and marked cold, so that the branch is predicted as not taken. A selection by value
/// would add its latency to every chunk.
#[cold]
#[inline(never)]
fn zero_state() -> [f64; 2] {
    [0.0; 2]
}

/// The block forms of up to one section for each lane of a vector of `f64`, computed side by side.
#[inline(always)]
pub(super) fn block_forms<S: Simd, T: Real>(
    simd: S,
    sections: &[Section<T>],
    group: &mut ArrayVec<BlockForm<S, T>, GROUP>,
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
    let abs_a1 = -(sign * a1);
    let offset = abs_a1 - one;

    // The coefficients of the denominator in δ: its value and its derivative at z = ±1. For poles
    // near ±1 both are small, and these differences are exact.
    let (delta0, delta1) = ((one - abs_a1) + a2, one - offset);
    let mut impulse_response = [b0; LANE_SAMPLES];
    // Fused, because with zeros near the poles the state after an impulse is a small difference.
    let (mut s1, mut s2) = (b0.mul_add(-a1, b1), b0.mul_add(-a2, b2));
    let ((mut output, mut difference), (mut output_2, mut difference_2)) =
        ((one, zero), (zero, one));
    let mut alternating = one;
    let (mut response_to_output, mut response_to_difference) =
        ([one; LANE_SAMPLES], [zero; LANE_SAMPLES]);
    for step in 0..LANE_SAMPLES {
        if step > 0 {
            impulse_response[step] = s1;
            (s1, s2) = (s1.mul_add(-a1, s2), -(a2 * s1));
        }
        response_to_output[step] = output * alternating;
        response_to_difference[step] = output_2 * alternating;
        alternating *= sign;
        (output, difference) =
            (output + difference, difference - delta0.mul_add(output, delta1 * difference));
        (output_2, difference_2) = (
            output_2 + difference_2,
            difference_2 - delta0.mul_add(output_2, delta1 * difference_2),
        );
    }
    let output_weights = [b1, b2, -a1, -a2];
    // For poles near ±1 nothing is rounded here. (Rounded weights would let through a constant
    // input that should cancel.)
    let difference_weights = [offset, sign * b2, -(sign * a2)];
    let (transition_powers, chunk_transition) = if T::NEEDS_DOUBLE_DOUBLE {
        transition_powers::<S, T, DoubleDouble<S>>(simd, abs_a1, a2)
    } else {
        transition_powers::<S, T, Single<S>>(simd, abs_a1, a2)
    };

    for lane in 0..sections.len().min(Lanes::<S, f64>::LEN) {
        let mut powers = [[T::ZERO; 4]; 4];
        for (power, lanes) in powers.iter_mut().zip(&transition_powers) {
            *power = transition(lanes, lane, NEGLIGIBLE);
        }
        group.push(BlockForm {
            impulse_response: lane_values(&impulse_response, lane),
            response_to_output: lane_values(&response_to_output, lane),
            response_to_difference: lane_values(&response_to_difference, lane),
            output_weights: lane_values(&output_weights, lane),
            difference_weights: lane_values(&difference_weights, lane),
            lane_transitions: lane_transitions::<S, T>(simd, &powers),
            transition_powers: powers,
            chunk_transition: [
                transition(&chunk_transition[0], lane, NEGLIGIBLE),
                transition(&chunk_transition[1], lane, NEGLIGIBLE * NEGLIGIBLE),
            ],
            delta_basis: DeltaBasis { sign: sign[lane], offset: offset[lane] },
        });
    }
}

/// The values of one lane, rounded to `T`, without negligible ones.
#[inline(always)]
fn lane_values<V: Index<usize, Output = f64>, T: Real, const N: usize>(
    from: &[V; N],
    lane: usize,
) -> [T; N] {
    let mut numbers = [T::ZERO; N];
    for (number, lanes) in numbers.iter_mut().zip(from) {
        *number = T::round(lanes[lane]);
    }
    without_negligible(numbers)
}

/// The transition matrix of one lane, rounded to `T`, without entries that are negligible beside
/// those of the identity.
#[inline(always)]
fn transition<V: Index<usize, Output = f64>, T: Real>(
    from: &[V; 4],
    lane: usize,
    limit: f64,
) -> [T; 4] {
    let mut numbers = [T::ZERO; 4];
    for (number, lanes) in numbers.iter_mut().zip(from) {
        *number = at_least(limit, T::round(lanes[lane]));
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
fn transition_powers<S: Simd, T: Real, W: Extended<S>>(
    simd: S,
    abs_a1: S::f64s,
    a2: S::f64s,
) -> ([[S::f64s; 4]; 4], [[S::f64s; 4]; 2]) {
    let one = splat::<S, f64>(simd, 1.0);
    let zero = splat::<S, f64>(simd, 0.0);
    let unit = [one, zero, zero, one];
    let delta0 = W::two_sum(one, -abs_a1) + W::two_sum(a2, zero);
    let delta1 = W::two_sum(one + one, -abs_a1);
    let mut e = [W::two_sum(zero, zero), W::two_sum(one, zero), -delta0, -delta1];
    for _ in 0..LANE_SAMPLES.ilog2() {
        e = squared(e);
    }
    let mut powers = [[zero; 4]; 4];
    for power in powers.iter_mut().take(Lanes::<S, T>::LEN.ilog2() as usize) {
        for entry in 0..4 {
            power[entry] = e[entry].parts()[0] + unit[entry];
        }
        e = squared(e);
    }
    let mut chunk_transition = [[zero; 4]; 2];
    for entry in 0..4 {
        let [high, low] = e[entry].parts();
        let [high, rest] = W::two_sum(unit[entry], high).parts();
        (chunk_transition[0][entry], chunk_transition[1][entry]) = (high, rest + low);
    }
    (powers, chunk_transition)
}

/// `2E + E²`: from `A − I` to `A² − I`.
#[inline(always)]
pub(super) fn squared<S: Simd, W: Extended<S>>([p, q, r, s]: [W; 4]) -> [W; 4] {
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
pub(super) fn prefix_scan<S: Simd, T: Real, V: SimdFloat<S, Element = T>>(
    simd: S,
    transition_powers: &[[T; 4]; 4],
    mut state: [V; 2],
) -> [V; 2] {
    let width = V::LEN;
    if width > 1 {
        state = scan_step::<S, T, V, 1>(simd, &transition_powers[0], state);
    }
    if width > 2 {
        state = scan_step::<S, T, V, 2>(simd, &transition_powers[1], state);
    }
    if width > 4 {
        state = scan_step::<S, T, V, 4>(simd, &transition_powers[2], state);
    }
    if width > 8 {
        state = scan_step::<S, T, V, 8>(simd, &transition_powers[3], state);
    }
    state
}

/// One step of the scan: adds to the state of every lane the transition of the state `DISTANCE`
/// lanes before.
#[inline(always)]
fn scan_step<S: Simd, T: Real, V: SimdFloat<S, Element = T>, const DISTANCE: usize>(
    simd: S,
    transition: &[T; 4],
    [output, difference]: [V; 2],
) -> [V; 2] {
    let earlier_output = output.shift_elements_right::<DISTANCE>(T::ZERO);
    let earlier_difference = difference.shift_elements_right::<DISTANCE>(T::ZERO);
    let [p, q, r, s] = *transition;
    let (p, q) = (V::splat(simd, p), V::splat(simd, q));
    let (r, s) = (V::splat(simd, r), V::splat(simd, s));
    [
        earlier_output.mul_add(p, earlier_difference.mul_add(q, output)),
        earlier_output.mul_add(r, earlier_difference.mul_add(s, difference)),
    ]
}

/// Transition matrices from the first lane to each: the scan of unit states.
#[inline(always)]
fn lane_transitions<S: Simd, T: Real>(
    simd: S,
    transition_powers: &[[T; 4]; 4],
) -> [Lanes<S, T>; 4] {
    let zero = splat::<S, T>(simd, T::ZERO);
    let first = Lanes::<S, T>::from_fn(simd, |lane| T::round(if lane == 0 { 1.0 } else { 0.0 }));
    let [output, difference] = prefix_scan(simd, transition_powers, [first, zero]);
    let [output_2, difference_2] = prefix_scan(simd, transition_powers, [zero, first]);
    let limit = splat::<S, T>(simd, T::round(NEGLIGIBLE));
    [output, output_2, difference, difference_2]
        .map(|entry| entry.max(zero - entry).simd_lt(limit).select(zero, entry))
}
