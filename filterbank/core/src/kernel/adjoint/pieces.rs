//! The adjoint of one signal through few sections: every lane filters a piece of the block.
//!
//! The state of a section at the start of a piece is not known before the pieces ahead of it are
//! filtered. So all lanes run from rest first (the first one from the initial state). With the
//! transition matrix `A` of the section, `L` samples in a piece, and the state `r[l]` at which lane
//! `l` then ends,
//!
//! ```text
//! s[1] = r[0],   s[l + 1] = r[l] + A^L s[l],
//! ```
//!
//! and the lanes run again from these states. Backwards in time the same holds for the slopes by the
//! states, with the transpose of `A`.
//!
//! Source: Barnes & Shinnaka (1980), for the forward run.

use fearless_simd::{Simd, SimdBase, SimdMask};

use super::memory::Memory;
use super::rows::{row, set_row};
use super::stage::{Running, SETTLE, Samples, StageSlopes, Vector, filter, settle, state_slopes};
use super::transition::Transition;
use crate::kernel::LANES;
use crate::kernel::lanes::{LANE_SAMPLES, chunk_len, load, store};
use crate::kernel::stage::Stage;
use crate::kernel::{AdjointLane, AdjointScratch};
use crate::section::{Section, SectionState};

/// The adjoint of one signal.
#[inline(always)]
pub(super) fn pieces<S: Simd>(
    simd: S,
    signal: &mut AdjointLane<'_, f64>,
    scratch: &mut AdjointScratch<f64>,
) {
    let sections = signal.sections.len();
    let pieces = Pieces::new::<S>(signal.input.len());
    // Behind the output there is room for its slopes. Those by the input of a section take the
    // place of its output.
    let mut memory = Memory::new(simd, scratch, sections + 1, pieces.steps);
    for step in 0..pieces.steps {
        memory.keep_signal(step, 0, &pieces.load(simd, signal.input, step));
        memory.keep_signal(step, sections + 1, &pieces.load(simd, signal.slope, step));
    }
    for (index, (section, state)) in signal.sections.iter().zip(signal.states).enumerate() {
        pieces.forward(simd, section, *state, &mut memory, index);
    }
    for (index, section) in signal.sections.iter().enumerate().rev() {
        let state = &mut signal.state_slope[index];
        let sums = pieces.backward(simd, section, state, &mut memory, index);
        for (total, sum) in signal.gradient[index].iter_mut().zip(sums) {
            *total += sum;
        }
    }
    for step in 0..pieces.steps {
        pieces.store::<S>(signal.slope, step, memory.signal(step, 1));
    }
}

/// A block in pieces of equal length; those at the end may be shorter, or empty.
struct Pieces {
    time: usize,
    /// The length of a piece in steps of 8 samples.
    steps: usize,
    /// The last lane that has samples.
    last: usize,
}

impl Pieces {
    fn new<S: Simd>(time: usize) -> Self {
        let steps = time.div_ceil(chunk_len::<S, f64>());
        Self { time, steps, last: (time - 1) / (steps * LANE_SAMPLES) }
    }

    /// The lanes that run in a step; `None` if all run in all steps.
    #[inline(always)]
    fn running<S: Simd>(&self, simd: S, step: usize) -> Option<Running<S>> {
        if self.time == self.steps * chunk_len::<S, f64>() {
            return None;
        }
        let (mut before, mut after) = (0, 0);
        for lane in 0..Vector::<S>::LEN {
            let start = LANE_SAMPLES * (lane * self.steps + step);
            before |= u64::from(start < self.time) << lane;
            after |= u64::from(start + LANE_SAMPLES <= self.time) << lane;
        }
        Some(Running {
            before: <Vector<S> as SimdBase<S>>::Mask::from_bitmask(simd, before),
            after: <Vector<S> as SimdBase<S>>::Mask::from_bitmask(simd, after),
            border: self.time % LANE_SAMPLES,
        })
    }

    /// Whether decayed slopes are looked for before a step, backwards in time.
    #[inline(always)]
    fn settles(&self, step: usize) -> bool {
        (self.steps - 1 - step).is_multiple_of(SETTLE)
    }

    /// Sets the states of section `index` at the start of all pieces, and keeps its output.
    #[inline(always)]
    fn forward<S: Simd>(
        &self,
        simd: S,
        section: &Section<f64>,
        state: SectionState<f64>,
        memory: &mut Memory<'_, S>,
        index: usize,
    ) {
        let zero = Vector::<S>::splat(simd, 0.0);
        let mut stage = Stage { coefficients: coefficients(simd, section), state: [zero; 2] };
        set_lane::<S>(&mut stage.state, 0, [state.s1, state.s2]);
        for step in 0..self.steps {
            if step % SETTLE == 0 {
                settle(simd, &mut stage.state);
            }
            let mut chunk = memory.signal(step, index);
            filter(&mut stage, &mut chunk, self.running(simd, step).as_ref());
        }
        let ends = stage.state;
        let transition = Transition::new(section, self.steps * LANE_SAMPLES);
        // The first lane ran from the initial state.
        let mut start = transition.delta_of_state(lane_of::<S>(&ends, 0));
        for lane in 1..Vector::<S>::LEN {
            set_lane::<S>(&mut stage.state, lane, transition.state_of_delta(start));
            start = transition.state(start, transition.delta_of_state(lane_of::<S>(&ends, lane)));
        }
        set_lane::<S>(&mut stage.state, 0, [state.s1, state.s2]);
        for step in 0..self.steps {
            if step % SETTLE == 0 {
                settle(simd, &mut stage.state);
            }
            let mut chunk = memory.signal(step, index);
            filter(&mut stage, &mut chunk, self.running(simd, step).as_ref());
            memory.keep_signal(step, index + 1, &chunk);
        }
    }

    /// Replaces the slopes by the output of section `index` by those by its input, and `state`, the
    /// slopes by the state after the block, by those by the state before it. Returns the slopes by
    /// the coefficients.
    #[inline(always)]
    fn backward<S: Simd>(
        &self,
        simd: S,
        section: &Section<f64>,
        state: &mut SectionState<f64>,
        memory: &mut Memory<'_, S>,
        index: usize,
    ) -> [f64; 5] {
        let zero = Vector::<S>::splat(simd, 0.0);
        let coefficients = coefficients(simd, section);
        let mut slopes = StageSlopes { state: [zero; 2], sums: [zero; 5] };
        set_lane::<S>(&mut slopes.state, self.last, [state.s1, state.s2]);
        for step in (0..self.steps).rev() {
            if self.settles(step) {
                settle(simd, &mut slopes.state);
            }
            let slope = memory.signal(step, index + 2);
            let running = self.running(simd, step);
            state_slopes(&mut slopes.state, coefficients, &slope, running.as_ref());
        }
        let starts = slopes.state;
        let transition = Transition::new(section, self.steps * LANE_SAMPLES);
        // The last lane ran from the slopes after the block.
        let mut end = transition.delta_of_slopes(lane_of::<S>(&starts, self.last));
        for lane in (0..self.last).rev() {
            set_lane::<S>(&mut slopes.state, lane, transition.slopes_of_delta(end));
            end = transition.slopes(end, transition.delta_of_slopes(lane_of::<S>(&starts, lane)));
        }
        set_lane::<S>(&mut slopes.state, self.last, [state.s1, state.s2]);
        for step in (0..self.steps).rev() {
            if self.settles(step) {
                settle(simd, &mut slopes.state);
            }
            let (input, output) = (memory.signal(step, index), memory.signal(step, index + 1));
            let mut slope = memory.signal(step, index + 2);
            let running = self.running(simd, step);
            slopes.adjoint(coefficients, [&input, &output], &mut slope, running.as_ref());
            memory.keep_signal(step, index + 1, &slope);
        }
        settle(simd, &mut slopes.state);
        let [s1, s2] = lane_of::<S>(&slopes.state, 0);
        *state = SectionState { s1, s2 };
        let [b0, b1, b2, minus_a1, minus_a2] = slopes.sums;
        let sum = |vector: Vector<S>| vector.as_slice().iter().sum::<f64>();
        [sum(b0), sum(b1), sum(b2), -sum(minus_a1), -sum(minus_a2)]
    }

    /// A step of all pieces.
    #[inline(always)]
    fn load<S: Simd>(&self, simd: S, samples: &[f64], step: usize) -> Samples<S> {
        let mut rows = [[0.0; LANE_SAMPLES]; LANES];
        for (lane, place) in rows[..Vector::<S>::LEN].iter_mut().enumerate() {
            *place = row(samples, lane * self.steps + step);
        }
        load(simd, &rows.as_flattened()[..chunk_len::<S, f64>()])
    }

    #[inline(always)]
    fn store<S: Simd>(&self, samples: &mut [f64], step: usize, chunk: Samples<S>) {
        let mut rows = [[0.0; LANE_SAMPLES]; LANES];
        store(chunk, &mut rows.as_flattened_mut()[..chunk_len::<S, f64>()]);
        for (lane, place) in rows[..Vector::<S>::LEN].iter().enumerate() {
            set_row(samples, lane * self.steps + step, *place);
        }
    }
}

/// A pair of numbers from one lane.
#[inline(always)]
fn lane_of<S: Simd>(pair: &[Vector<S>; 2], lane: usize) -> [f64; 2] {
    [pair[0][lane], pair[1][lane]]
}

#[inline(always)]
fn set_lane<S: Simd>(pair: &mut [Vector<S>; 2], lane: usize, numbers: [f64; 2]) {
    (pair[0][lane], pair[1][lane]) = (numbers[0], numbers[1]);
}

/// `[b0, b1, b2, −a1, −a2]` in all lanes.
#[inline(always)]
fn coefficients<S: Simd>(simd: S, section: &Section<f64>) -> [Vector<S>; 5] {
    let [b0, b1, b2, a1, a2] = section.coefficients();
    let mut vectors = [Vector::<S>::splat(simd, 0.0); 5];
    for (vector, number) in vectors.iter_mut().zip([b0, b1, b2, -a1, -a2]) {
        *vector = Vector::<S>::splat(simd, number);
    }
    vectors
}
