//! The adjoint of sections in series by the plain loop, on any scalar.
//!
//! A section computes, from its input `x` and its states `s1` and `s2`,
//!
//! ```text
//! y = b0 x + s1,   s1' = b1 x − a1 y + s2,   s2' = b2 x − a2 y.
//! ```
//!
//! Let `gy` be the direct derivative of the loss by `y`, and `g1`, `g2` those by the states `s1'`
//! and `s2'`. The chain rule, one sample after the other from the last to the first, is
//!
//! ```text
//! v  = gy − a1 g1 − a2 g2                      the whole derivative by y
//! gx = b0 v + b1 g1 + b2 g2                    by x
//! gb0 += v x,  gb1 += g1 x,  gb2 += g2 x,  ga1 −= g1 y,  ga2 −= g2 y
//! g1 ← v,  g2 ← g1                             by s1 and s2
//! ```
//!
//! so the slopes by the input are those by the output through the same filter, backwards in time.
//!
//! Source: Griewank & Walther (2008), section 3.2: the incremental reverse mode; Yu et al. (2024):
//! the same for all-pole filters.

use crate::kernel::{AdjointLane, AdjointScratch};
use crate::run::{SETTLE, Sample};
use crate::section::{Section, SectionState};

/// The adjoint of one block of one signal. All slices have the lengths that they must have.
pub(super) fn adjoint_plain<S: Sample>(
    lane: &mut AdjointLane<'_, S>,
    scratch: &mut AdjointScratch<S>,
) {
    let AdjointLane { sections, states, input, slope, state_slope, gradient } = lane;
    let time = input.len();
    // The input of each section, row after row; the last row is the output.
    let signals = scratch.numbers(time * (sections.len() + 1));
    signals[..time].copy_from_slice(input);
    for (index, (section, state)) in sections.iter().zip(*states).enumerate() {
        let (x, y) = signals[index * time..].split_at_mut(time);
        filter(section, *state, x, &mut y[..time]);
    }
    let slopes = state_slope.iter_mut().zip(gradient.iter_mut());
    for (index, (section, (state, sums))) in sections.iter().zip(slopes).enumerate().rev() {
        let (x, y) = signals[index * time..].split_at(time);
        adjoint_of_section(section, [x, &y[..time]], slope, state, sums);
    }
}

/// Filters `x` to `y`.
fn filter<S: Sample>(section: &Section<S>, mut state: SectionState<S>, x: &[S], y: &mut [S]) {
    for (x, y) in x.chunks(SETTLE).zip(y.chunks_mut(SETTLE)) {
        for (x, y) in x.iter().zip(y) {
            *y = section.tick(&mut state, *x);
        }
        settle_decayed(&mut state);
    }
}

/// The adjoint of one section, from its input and output.
fn adjoint_of_section<S: Sample>(
    section: &Section<S>,
    [x, y]: [&[S]; 2],
    slope: &mut [S],
    state: &mut SectionState<S>,
    sums: &mut [S; 5],
) {
    let [b0, b1, b2, a1, a2] = section.coefficients();
    let signals = x.chunks(SETTLE).zip(y.chunks(SETTLE)).zip(slope.chunks_mut(SETTLE));
    for ((x, y), slope) in signals.rev() {
        for ((x, y), slope) in x.iter().zip(y).zip(slope).rev() {
            let (x, y) = (*x, *y);
            let SectionState { s1: g1, s2: g2 } = *state;
            let v = *slope - a2 * g2 - a1 * g1;
            *slope = b0 * v + b1 * g1 + b2 * g2;
            *sums = [
                sums[0] + v * x,
                sums[1] + g1 * x,
                sums[2] + g2 * x,
                sums[3] - g1 * y,
                sums[4] - g2 * y,
            ];
            *state = SectionState { s1: v, s2: g1 };
        }
        settle_decayed(state);
    }
}

/// Sets numbers to zero that have decayed. Those that are not finite stay: a gradient must not hide
/// them.
fn settle_decayed<S: Sample>(state: &mut SectionState<S>) {
    if state.s1.is_finite() && state.s2.is_finite() {
        state.settle();
    }
}
