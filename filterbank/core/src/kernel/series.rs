//! One signal through sections in series: block recursion in state space.
//!
//! # Method
//!
//! A recursive filter needs its previous outputs, so its samples cannot be computed side by side.
//! But all that a sample needs of the past is a state of two numbers. Each lane of a vector takes
//! 8 consecutive samples, all lanes together are one chunk, and a section filters a chunk in three
//! steps:
//!
//! 1. *Zero-state response.* Each lane filters its samples from rest: `y = h * x`, with the first 8
//!    samples of the impulse response `h`.
//! 2. *States.* The last two inputs and outputs of lane `l` give the state `r[l]` that it leaves
//!    from rest. The state at the start of lane `l + 1` is `s[l + 1] = A⁸ s[l] + r[l]`, with the
//!    transition matrix `A` over one sample. A prefix scan over the lanes solves this recurrence.
//! 3. *Zero-input response.* Each lane adds the response to its initial state: the two components
//!    of the state times two known sequences.
//!
//! One vector of samples costs about 10 vector multiply-adds. [`table`](super::table) has the
//! sources.
//!
//! # Rounding errors
//!
//! Only the state passes from chunk to chunk, so only its errors accumulate. Its transition matrix
//! over a chunk has more digits than the signal, and the state is in delta-operator form, which
//! does not cancel for poles near z = ±1 (see [`Table`]). All other errors enter once and do not
//! accumulate.
//!
//! For one kind of input this kernel is less accurate than the plain loop. All lanes use the same
//! rounded impulse response, so for a nearly constant input the rounding errors repeat every 8
//! samples. Part of such an input passes zeros at z = 1, and poles of high Q at multiples of an
//! eighth of the sample rate are excited. The effect is in the last digits, but it can be many
//! times the error of the plain loop, where the rounding errors of a constant input cancel.
//!
//! # What is left to the caller
//!
//! The kernel stops before chunks in which a sample or state is not finite: steps 1 and 3 would
//! spread an infinite or NaN sample to earlier samples of its lane. It also leaves the last samples
//! of a block, if they are fewer than 8.

use arrayvec::ArrayVec;
use fearless_simd::{Level, Simd, SimdBase, SimdFloat, SimdMask, dispatch};

use super::lanes::{
    Chunk, Lanes, Real, STEPS, chunk_len, level_for, load, load_part, splat, store, store_part,
};
use super::table::{Table, scan, tables};
use super::{GROUP, SHORTEST};
use crate::biquad::{Section, SectionState};

/// The number of chunks that one section filters before the next section takes them.
const CHUNKS: usize = 8;

/// Filters the front of a block by at most [`GROUP`] sections, and returns the number of samples
/// filtered.
pub(crate) fn series<T: Real>(
    sections: &[Section<T>],
    states: &mut [SectionState<T>],
    block: &mut [T],
) -> usize {
    level_for::<T>(block.len()).map_or(0, |level| series_at(level, sections, states, block))
}

/// [`series`] with given vector instructions.
pub(super) fn series_at<T: Real>(
    level: Level,
    sections: &[Section<T>],
    states: &mut [SectionState<T>],
    block: &mut [T],
) -> usize {
    if block.len() < SHORTEST || sections.is_empty() || sections.len() > GROUP {
        return 0;
    }
    dispatch!(level, simd => run(simd, sections, states, block))
}

#[inline(always)]
fn run<S: Simd, T: Real>(
    simd: S,
    sections: &[Section<T>],
    states: &mut [SectionState<T>],
    block: &mut [T],
) -> usize {
    // With two lanes this is no faster than the plain loop, in which the processor overlaps the
    // sections.
    if Lanes::<S, T>::LEN < 4 {
        return 0;
    }
    let mut group = ArrayVec::<Table<S, T>, GROUP>::new();
    for sections in sections.chunks(Lanes::<S, f64>::LEN) {
        tables(simd, sections, &mut group);
    }
    let (whole, _) = block.split_at_mut(block.len() - block.len() % STEPS);
    let mut done = 0;
    for part in whole.chunks_mut(CHUNKS * chunk_len::<S, T>()) {
        if !filter(simd, &group, states, part) {
            break;
        }
        done += part.len();
    }
    done
}

/// Filters up to [`CHUNKS`] chunks, of which the last may be partial. If a sample or state is not
/// finite, it changes nothing and returns `false`.
#[inline(always)]
fn filter<S: Simd, T: Real>(
    simd: S,
    group: &[Table<S, T>],
    states: &mut [SectionState<T>],
    samples: &mut [T],
) -> bool {
    let length = chunk_len::<S, T>();
    let mut chunks = ArrayVec::<Chunk<S, T>, CHUNKS>::new();
    let full = samples.chunks_exact(length);
    let rest = full.remainder();
    for samples in full {
        chunks.push(load(simd, samples));
    }
    if !rest.is_empty() {
        chunks.push(load_part(simd, rest));
    }

    let mut after = ArrayVec::<SectionState<T>, GROUP>::new();
    for (table, state) in group.iter().zip(&*states) {
        let mut state = table.inward(state);
        let mut entered = [splat::<S, T>(simd, T::ZERO); 2];
        for chunk in &mut chunks {
            (entered, state) = pass(simd, table, state, chunk);
        }
        if !rest.is_empty() {
            // The state at the start of the first lane without samples.
            let lane = rest.len() / STEPS;
            state = [entered[0][lane].into(), entered[1][lane].into()];
        }
        after.push(table.outward(state));
    }

    let zero = splat::<S, T>(simd, T::ZERO);
    let mut sum = zero;
    for chunk in &chunks {
        for samples in chunk {
            sum = samples.mul_add(zero, sum);
        }
    }
    let finite = |x: T| x.into().is_finite();
    if sum.is_finite().any_false() || !after.iter().all(|s| finite(s.s1) && finite(s.s2)) {
        return false;
    }
    states.copy_from_slice(&after);
    let mut full = samples.chunks_exact_mut(length);
    for (samples, chunk) in (&mut full).zip(&chunks) {
        store::<S, T>(*chunk, samples);
    }
    if let (rest @ [_, ..], Some(chunk)) = (full.into_remainder(), chunks.last()) {
        store_part::<S, T>(*chunk, rest);
    }
    true
}

/// Filters one chunk by one section. Returns the states at the start of each lane, and the state
/// after the chunk.
#[inline(always)]
#[allow(clippy::type_complexity, reason = "two states")]
fn pass<S: Simd, T: Real>(
    simd: S,
    table: &Table<S, T>,
    state: [f64; 2],
    chunk: &mut Chunk<S, T>,
) -> ([Lanes<S, T>; 2], [f64; 2]) {
    let x = *chunk;

    // Zero-state response.
    let mut y = x;
    let first = splat::<S, T>(simd, table.impulse[0]);
    for y in &mut y {
        *y *= first;
    }
    for delay in 1..STEPS {
        let response = splat::<S, T>(simd, table.impulse[delay]);
        for step in delay..STEPS {
            y[step] = x[step - delay].mul_add(response, y[step]);
        }
    }

    // States, by a prefix scan.
    let [.., x1, x0] = x;
    let [.., y1, y0] = y;
    let [p, q, r, s] = table.to_level;
    let (p, q) = (splat::<S, T>(simd, p), splat::<S, T>(simd, q));
    let (r, s) = (splat::<S, T>(simd, r), splat::<S, T>(simd, s));
    let level = x0.mul_add(p, x1 * q) + y0.mul_add(r, y1 * s);
    let [lean, p, q] = table.to_slope;
    let (p, q) = (splat::<S, T>(simd, p), splat::<S, T>(simd, q));
    let slope = level.mul_add(splat::<S, T>(simd, lean), x0.mul_add(p, y0 * q));
    let [left_level, left_slope] = scan(simd, &table.leaps, [level, slope]);
    let last = Lanes::<S, T>::LEN - 1;
    let after = table.passed(state, [left_level[last].into(), left_slope[last].into()]);

    // Zero-input response.
    let [p, q, r, s] = table.entries;
    let (level, slope) =
        (splat::<S, T>(simd, T::round(state[0])), splat::<S, T>(simd, T::round(state[1])));
    let (before_level, before_slope) = (
        level.mul_add(p, slope.mul_add(q, left_level.shift_elements_right::<1>(T::ZERO))),
        level.mul_add(r, slope.mul_add(s, left_slope.shift_elements_right::<1>(T::ZERO))),
    );
    for ((y, by_level), by_slope) in y.iter_mut().zip(table.from_level).zip(table.from_slope) {
        let by_level = splat::<S, T>(simd, by_level);
        let by_slope = splat::<S, T>(simd, by_slope);
        *y = before_level.mul_add(by_level, before_slope.mul_add(by_slope, *y));
    }
    *chunk = y;
    ([before_level, before_slope], after)
}
