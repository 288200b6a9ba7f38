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
//! One vector of samples costs about 10 vector multiply-adds. [`block_form`](super::block_form) has the
//! sources.
//!
//! # Rounding errors
//!
//! Only the state passes from chunk to chunk, so only its errors accumulate. Its transition matrix
//! over a chunk has more digits than the signal, and the state is in delta-operator form, which
//! does not cancel for poles near z = ±1 (see [`BlockForm`]). All other errors enter once and do not
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

use super::block_form::{BlockForm, block_forms, prefix_scan};
use super::lanes::{
    Chunk, LANE_SAMPLES, Lanes, Real, chunk_len, load, load_partial, simd_level_for, splat, store,
    store_partial,
};
use super::{GROUP, SHORTEST};
use crate::section::{Section, SectionState};

/// The number of chunks that one section filters before the next section takes them.
const CHUNKS_AT_ONCE: usize = 8;

/// Filters the front of a block by at most [`GROUP`] sections, and returns the number of samples
/// filtered.
pub(crate) fn series<T: Real>(
    sections: &[Section<T>],
    states: &mut [SectionState<T>],
    block: &mut [T],
) -> usize {
    simd_level_for::<T>(block.len()).map_or(0, |level| series_at(level, sections, states, block))
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
    let mut forms = ArrayVec::<BlockForm<S, T>, GROUP>::new();
    for sections in sections.chunks(Lanes::<S, f64>::LEN) {
        block_forms(simd, sections, &mut forms);
    }
    let (whole, _) = block.split_at_mut(block.len() - block.len() % LANE_SAMPLES);
    let mut done = 0;
    for part in whole.chunks_mut(CHUNKS_AT_ONCE * chunk_len::<S, T>()) {
        if !filter_chunks(simd, &forms, states, part) {
            break;
        }
        done += part.len();
    }
    done
}

/// Filters up to [`CHUNKS_AT_ONCE`] chunks, of which the last may be partial. If a sample or state
/// is not finite, it changes nothing and returns `false`.
#[inline(always)]
fn filter_chunks<S: Simd, T: Real>(
    simd: S,
    forms: &[BlockForm<S, T>],
    states: &mut [SectionState<T>],
    samples: &mut [T],
) -> bool {
    let length = chunk_len::<S, T>();
    let mut chunks = ArrayVec::<Chunk<S, T>, CHUNKS_AT_ONCE>::new();
    let full = samples.chunks_exact(length);
    let rest = full.remainder();
    for samples in full {
        chunks.push(load(simd, samples));
    }
    if !rest.is_empty() {
        chunks.push(load_partial(simd, rest));
    }

    let mut next_states = ArrayVec::<SectionState<T>, GROUP>::new();
    for (form, state) in forms.iter().zip(&*states) {
        let mut state = form.delta_state(state);
        let mut lane_states = [splat::<S, T>(simd, T::ZERO); 2];
        for chunk in &mut chunks {
            (lane_states, state) = filter_chunk(simd, form, state, chunk);
        }
        if !rest.is_empty() {
            // The state at the start of the first lane without samples.
            let lane = rest.len() / LANE_SAMPLES;
            state = [lane_states[0][lane].into(), lane_states[1][lane].into()];
        }
        next_states.push(form.section_state(state));
    }

    let zero = splat::<S, T>(simd, T::ZERO);
    let mut sum = zero;
    for chunk in &chunks {
        for samples in chunk {
            sum = samples.mul_add(zero, sum);
        }
    }
    let finite = |x: T| x.into().is_finite();
    if sum.is_finite().any_false() || !next_states.iter().all(|s| finite(s.s1) && finite(s.s2)) {
        return false;
    }
    states.copy_from_slice(&next_states);
    let mut full = samples.chunks_exact_mut(length);
    for (samples, chunk) in (&mut full).zip(&chunks) {
        store(*chunk, samples);
    }
    if let (rest @ [_, ..], Some(chunk)) = (full.into_remainder(), chunks.last()) {
        store_partial(*chunk, rest);
    }
    true
}

/// Filters one chunk by one section. Returns the states at the start of each lane, and the state
/// after the chunk.
#[inline(always)]
#[allow(clippy::type_complexity, reason = "two states")]
fn filter_chunk<S: Simd, T: Real>(
    simd: S,
    form: &BlockForm<S, T>,
    state: [f64; 2],
    chunk: &mut Chunk<S, T>,
) -> ([Lanes<S, T>; 2], [f64; 2]) {
    let x = *chunk;

    // Zero-state response.
    let mut y = x;
    let first = splat::<S, T>(simd, form.impulse_response[0]);
    for y in &mut y {
        *y *= first;
    }
    for delay in 1..LANE_SAMPLES {
        let response = splat::<S, T>(simd, form.impulse_response[delay]);
        for step in delay..LANE_SAMPLES {
            y[step] = x[step - delay].mul_add(response, y[step]);
        }
    }

    // States, by a prefix scan.
    let [.., x1, x0] = x;
    let [.., y1, y0] = y;
    let [p, q, r, s] = form.output_weights;
    let (p, q) = (splat::<S, T>(simd, p), splat::<S, T>(simd, q));
    let (r, s) = (splat::<S, T>(simd, r), splat::<S, T>(simd, s));
    let output = x0.mul_add(p, x1 * q) + y0.mul_add(r, y1 * s);
    let [offset, p, q] = form.difference_weights;
    let (p, q) = (splat::<S, T>(simd, p), splat::<S, T>(simd, q));
    let difference = output.mul_add(splat::<S, T>(simd, offset), x0.mul_add(p, y0 * q));
    let [forced_output, forced_difference] =
        prefix_scan(simd, &form.transition_powers, [output, difference]);
    let last = Lanes::<S, T>::LEN - 1;
    let next_state =
        form.advance(state, [forced_output[last].into(), forced_difference[last].into()]);

    // Zero-input response.
    let [p, q, r, s] = form.lane_transitions;
    let (output, difference) =
        (splat::<S, T>(simd, T::round(state[0])), splat::<S, T>(simd, T::round(state[1])));
    let (lane_output, lane_difference) = (
        output.mul_add(p, difference.mul_add(q, forced_output.shift_elements_right::<1>(T::ZERO))),
        output.mul_add(
            r,
            difference.mul_add(s, forced_difference.shift_elements_right::<1>(T::ZERO)),
        ),
    );
    for ((y, to_output), to_difference) in
        y.iter_mut().zip(form.response_to_output).zip(form.response_to_difference)
    {
        let to_output = splat::<S, T>(simd, to_output);
        let to_difference = splat::<S, T>(simd, to_difference);
        *y = lane_output.mul_add(to_output, lane_difference.mul_add(to_difference, *y));
    }
    *chunk = y;
    ([lane_output, lane_difference], next_state)
}
