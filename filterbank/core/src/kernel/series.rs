//! One signal through sections in series, a chunk of it at a time.
//!
//! # How
//!
//! A filter's output needs the output before it, so its samples cannot be worked out side by
//! side; but what they need of the past is only two numbers of state. So each lane takes 8
//! consecutive samples, all lanes together a chunk, and every section does this with it:
//!
//! 1. *From rest.* Each lane filters its samples as if nothing had come before: `y = h * x` with
//!    the first 8 samples of the impulse response.
//! 2. *States.* What a lane's samples leave behind is told from its last two inputs and outputs.
//!    Where lane `l` leaves `r[l]`, the state before lane `l + 1` is `s[l + 1] = M s[l] + r[l]`,
//!    with the transition matrix `M` over 8 samples: a prefix sum over the lanes.
//! 3. *The past.* Each lane adds the response to its state: two numbers times two known responses.
//!
//! A vector of samples costs about 10 multiply-adds on vectors.
//!
//! # Errors
//!
//! Only the state goes round from chunk to chunk, and there errors pile up. Its transition
//! matrix over a chunk is kept with more digits than the signal has, and states are written in a
//! form that does not cancel for poles near z = 1 or −1 (see [`Table`]). Everything else is
//! rounded once or twice and forgotten.
//!
//! One thing is worse: the impulse response is rounded alike in every lane. An input that hardly
//! changes lets through some of what zeros at z = 1 should take out, and excites poles of high Q at
//! multiples of an eighth of the sample rate. That is still a matter of the last digits, but may
//! be many times the errors of sample by sample, which cancel for such an input.
//!
//! # What is left to the loop that calls
//!
//! Steps 1 and 3 would spread an infinite or NaN sample to those before it in its lane, so a chunk
//! with anything that is not finite in it is not done here; and the last samples of a block that
//! do not fill 8.

use arrayvec::ArrayVec;
use fearless_simd::{Level, Simd, SimdBase, SimdFloat, SimdMask, dispatch};

use super::lanes::{
    Chunk, Lanes, Real, STEPS, chunk_len, level_for, load, load_part, splat, store, store_part,
};
use super::table::{Table, scan, tables};
use super::{GROUP, SHORTEST};
use crate::section::{Section, SectionState};

/// Chunks that a section takes one after the other, before the next section has them.
const CHUNKS: usize = 8;

/// Filters the front of a block by at most [`GROUP`] sections, and returns how many samples that
/// are.
pub(crate) fn series<T: Real>(
    sections: &[Section<T>],
    states: &mut [SectionState<T>],
    block: &mut [T],
) -> usize {
    level_for::<T>(block.len()).map_or(0, |level| series_at(level, sections, states, block))
}

/// [`series`] with the vectors of a `level`.
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
    // Two lanes win nothing over sections that the processor overlaps by itself.
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

/// Filters a few chunks, the last of which need not be full. If anything is not finite, nothing
/// has happened, and the answer is `false`.
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
            // The state before the first lane that has no samples.
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

/// One section over one chunk: the states before each lane, and the state after all.
#[inline(always)]
#[allow(clippy::type_complexity, reason = "two states")]
fn pass<S: Simd, T: Real>(
    simd: S,
    table: &Table<S, T>,
    state: [f64; 2],
    chunk: &mut Chunk<S, T>,
) -> ([Lanes<S, T>; 2], [f64; 2]) {
    let x = *chunk;

    // From rest.
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

    // States.
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

    // The past.
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
