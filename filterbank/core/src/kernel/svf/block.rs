//! One signal through state-variable sections in series: block recursion in state space.
//!
//! The method is that of [`series`](mod@crate::kernel::series): lanes of 8 samples from rest, a
//! prefix scan over the lanes for their states, and the responses to these. The tables are kept
//! between calls, the state is that of [`SvfSection::tick`](crate::SvfSection::tick) in `f64`, and
//! a chunk may end after any lane.

use arrayvec::ArrayVec;
use fearless_simd::{Simd, SimdFloat, SimdMask};

use super::table::BlockTable;
use crate::kernel::GROUP;
use crate::kernel::block_form::prefix_scan;
use crate::kernel::lanes::{
    LANE_SAMPLES, Lanes, Real, chunk_len, load, load_partial, store, store_partial,
};
use crate::section::SvfState;

/// The number of chunks that one section filters before the next section takes them.
const CHUNKS_AT_ONCE: usize = 8;

/// Filters the front of a block by at most [`GROUP`] sections, and returns the number of samples
/// filtered. It leaves fewer than 8 samples, or more if a sample or state is not finite.
#[inline(always)]
pub(super) fn filter<S: Simd, T: Real>(
    simd: S,
    tables: &[BlockTable<T>],
    states: &mut [SvfState<f64>],
    block: &mut [T],
) -> usize {
    let length = chunk_len::<S, T>();
    let whole = block.len() - block.len() % LANE_SAMPLES;
    let (full, rest) = block[..whole].split_at_mut(whole - whole % length);
    let mut done = 0;
    for part in full.chunks_mut(CHUNKS_AT_ONCE * length) {
        if !filter_chunks::<S, T, Lanes<S, T>>(simd, tables, states, part) {
            return done;
        }
        done += part.len();
    }
    // The narrowest vectors that hold the rest.
    let is_filtered = match rest.len().div_ceil(LANE_SAMPLES) {
        0 => true,
        1..=4 => filter_chunks::<S, T, T::Lanes4<S>>(simd, tables, states, rest),
        5..=8 => filter_chunks::<S, T, T::Lanes8<S>>(simd, tables, states, rest),
        _ => filter_chunks::<S, T, Lanes<S, T>>(simd, tables, states, rest),
    };
    if is_filtered { whole } else { done }
}

/// Filters up to [`CHUNKS_AT_ONCE`] chunks, of which the last may be partial. If a sample or state
/// is not finite, it changes nothing and returns `false`.
#[inline(always)]
fn filter_chunks<S: Simd, T: Real, V: SimdFloat<S, Element = T>>(
    simd: S,
    tables: &[BlockTable<T>],
    states: &mut [SvfState<f64>],
    samples: &mut [T],
) -> bool {
    let length = LANE_SAMPLES * V::LEN;
    let mut chunks = ArrayVec::<[V; LANE_SAMPLES], CHUNKS_AT_ONCE>::new();
    let full = samples.chunks_exact(length);
    let rest = full.remainder();
    for samples in full {
        chunks.push(load(simd, samples));
    }
    if !rest.is_empty() {
        chunks.push(load_partial(simd, rest));
    }

    let rest_lanes = rest.len() / LANE_SAMPLES;
    let mut next_states = ArrayVec::<[f64; 2], GROUP>::new();
    for (table, state) in tables.iter().zip(&*states) {
        let mut state = [state.s1, state.s2];
        let (whole, partial) = chunks.split_at_mut(samples.len() / length);
        for chunk in whole {
            state = filter_chunk(simd, table, state, chunk, V::LEN);
        }
        for chunk in partial {
            state = filter_chunk(simd, table, state, chunk, rest_lanes);
        }
        next_states.push(state);
    }

    let zero = V::splat(simd, T::ZERO);
    let mut sum = zero;
    for chunk in &chunks {
        for samples in chunk {
            sum = samples.mul_add(zero, sum);
        }
    }
    let are_finite = next_states.iter().all(|state| is_finite::<T>(*state));
    if sum.is_finite().any_false() || !are_finite {
        return false;
    }
    for (state, [s1, s2]) in states.iter_mut().zip(next_states) {
        (state.s1, state.s2) = (s1, s2);
    }
    let mut full = samples.chunks_exact_mut(length);
    for (samples, chunk) in (&mut full).zip(&chunks) {
        store(*chunk, samples);
    }
    if let (rest @ [_, ..], Some(chunk)) = (full.into_remainder(), chunks.last()) {
        store_partial(*chunk, rest);
    }
    true
}

/// Filters one chunk by one section, and returns the state after its first `lanes` lanes.
#[inline(always)]
fn filter_chunk<S: Simd, T: Real, V: SimdFloat<S, Element = T>>(
    simd: S,
    table: &BlockTable<T>,
    state: [f64; 2],
    chunk: &mut [V; LANE_SAMPLES],
    lanes: usize,
) -> [f64; 2] {
    let x = *chunk;

    // Zero-state response.
    let mut y = x;
    let first = V::splat(simd, table.impulse_response[0]);
    for y in &mut y {
        *y *= first;
    }
    for delay in 1..LANE_SAMPLES {
        let response = V::splat(simd, table.impulse_response[delay]);
        for step in delay..LANE_SAMPLES {
            y[step] = x[step - delay].mul_add(response, y[step]);
        }
    }

    // States, by a prefix scan.
    let [weights1, weights2] = &table.input_weights;
    let from_rest = [weighted_sum(simd, weights1, &x), weighted_sum(simd, weights2, &x)];
    let [forced1, forced2] = prefix_scan(simd, &table.scan_transitions, from_rest);
    let last = lanes - 1;
    let next_state = advance(table, state, lanes, [forced1[last].into(), forced2[last].into()]);

    // Zero-input response.
    let [p, q, r, s] = &table.lane_transitions;
    let (p, q) = (V::from_slice(simd, &p[..V::LEN]), V::from_slice(simd, &q[..V::LEN]));
    let (r, s) = (V::from_slice(simd, &r[..V::LEN]), V::from_slice(simd, &s[..V::LEN]));
    let s1 = V::splat(simd, normal(T::round(state[0])));
    let s2 = V::splat(simd, normal(T::round(state[1])));
    let earlier1 = forced1.shift_elements_right::<1>(T::ZERO);
    let earlier2 = forced2.shift_elements_right::<1>(T::ZERO);
    let lane1 = s1.mul_add(p, s2.mul_add(q, earlier1));
    let lane2 = s1.mul_add(r, s2.mul_add(s, earlier2));
    let [to_s1, to_s2] = &table.state_responses;
    for ((y, to_s1), to_s2) in y.iter_mut().zip(to_s1).zip(to_s2) {
        let (to_s1, to_s2) = (V::splat(simd, *to_s1), V::splat(simd, *to_s2));
        *y = lane1.mul_add(to_s1, lane2.mul_add(to_s2, *y));
    }
    *chunk = y;
    next_state
}

/// The weighted sum of the samples of each lane, as two sums that do not wait for each other.
#[inline(always)]
fn weighted_sum<S: Simd, T: Real, V: SimdFloat<S, Element = T>>(
    simd: S,
    weights: &[T; LANE_SAMPLES],
    x: &[V; LANE_SAMPLES],
) -> V {
    let mut even = x[0] * V::splat(simd, weights[0]);
    let mut odd = x[1] * V::splat(simd, weights[1]);
    for step in (2..LANE_SAMPLES).step_by(2) {
        even = x[step].mul_add(V::splat(simd, weights[step]), even);
        odd = x[step + 1].mul_add(V::splat(simd, weights[step + 1]), odd);
    }
    even + odd
}

/// The state some lanes later, from the state that their input leaves from rest. A decayed state
/// becomes zero.
#[inline(always)]
fn advance<T: Real>(
    table: &BlockTable<T>,
    mut state: [f64; 2],
    lanes: usize,
    [forced1, forced2]: [f64; 2],
) -> [f64; 2] {
    for (power, transition) in table.transitions.iter().enumerate() {
        if lanes >> power & 1 == 1 {
            state = transition.advance::<T>(state);
        }
    }
    let next = [state[0] + forced1, state[1] + forced2];
    if is_decayed::<T>(next) { at_rest() } else { next }
}

/// A call, and marked cold, so that the branch is predicted as not taken. A selection by value
/// would add its latency to every chunk.
#[cold]
#[inline(never)]
fn at_rest() -> [f64; 2] {
    [0.0; 2]
}

/// The number, or zero if it is subnormal.
#[inline(always)]
fn normal<T: Real>(x: T) -> T {
    if x < T::SMALLEST_NORMAL && T::ZERO - x < T::SMALLEST_NORMAL { T::ZERO } else { x }
}

/// Whether a state has decayed to almost nothing beside samples of type `T`; see
/// [`Sample::settle`](crate::Sample::settle).
#[inline(always)]
fn is_decayed<T: Real>([s1, s2]: [f64; 2]) -> bool {
    let small = |s: f64| s < T::DECAYED.into() && -s < T::DECAYED.into();
    small(s1) && small(s2)
}

/// Whether a state is finite when rounded to samples of type `T`.
#[inline(always)]
fn is_finite<T: Real>([s1, s2]: [f64; 2]) -> bool {
    T::round(s1).into().is_finite() && T::round(s2).into().is_finite()
}
