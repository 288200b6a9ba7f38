//! The adjoint of sections that move.
//!
//! # Equations
//!
//! From its input `x` and its states `s1` and `s2`, a section computes (see
//! [`SvfSection`](crate::SvfSection))
//!
//! ```text
//! v1 = L s1 + L g (x − s2),  L = 1/(1 + g (g2 + k))         s1' = 2 v1 − s1
//! v2 = s2 + g2 v1                                           s2' = 2 v2 − s2
//! y  = m0 x + m1 v1 + m2 v2
//! ```
//!
//! Let `ḡy` be the slope of the loss by `y`, and `h1`, `h2` those by `s1'` and `s2'`. The chain
//! rule, one sample after the other from the last to the first, is
//!
//! ```text
//! n2 = m2 ḡy + 2 h2                                         by v2
//! n1 = m1 ḡy + 2 h1 + g2 n2                                 by v1
//! by x:   m0 ḡy + L g n1
//! by s1:  L n1 − h1
//! by s2:  n2 − h2 − L g n1
//! by g:   L n1 ((x − s2) − (g2 + k) v1)
//! by g2:  n2 v1 − L g n1 v1
//! by k:   −L g n1 v1
//! by m0, m1, m2:  ḡy x,  ḡy v1,  ḡy v2
//! ```
//!
//! Where the damping rises from `k0` to `k`, the states were first reduced by `r = k0/k`. With `h1`
//! and `h2` the slopes by the reduced states, and `e = h1 s1 + h2 s2` by the factor, the slopes by the
//! states before are `r h1` and `r h2`, and those by `k0` and `k` are `e/k` and `−e r/k`.
//!
//! Source: Griewank & Walther (2008), section 3.2, for the incremental reverse mode; the equations are
//! derived here.

use crate::kernel::{AdjointScratch, MovingAdjointLane};
use crate::number::Scalar;
use crate::run::{SETTLE, Sample, ShapeError, settle_decayed};
use crate::section::{FramePlace, Frames, SvfSection, SvfState};

/// Derivatives of a loss through one block of many signals, whose sections move: from those by the
/// output of [`process_moving`](crate::process_moving) to those by the input, by the initial states
/// and by all coefficients of all frames.
///
/// It is the twin of [`adjoint`](crate::adjoint()) for state-variable sections; what is said there of
/// long signals, of numbers that are not finite and of second derivatives holds here too. `start` is the
/// number of the block's first sample, counted from the first frame. Blocks may begin and end between
/// two frames.
///
/// # Derivatives of the state
///
/// A state remembers the damping of its last sample, so it has three slopes. A state
/// [at rest](SvfState::default) has the damping 0; to differentiate by an initial state, give it the
/// damping of the first frame.
///
/// # Where a derivative is one-sided
///
/// The state is reduced where the damping rises (see [`SvfSection`]). So the derivative by `k` has a
/// kink where two neighbouring frames have the same damping. There it is that of
/// [`SvfSection::tick`] on dual numbers, which does not reduce the state. For a change of all equal
/// dampings together it is exact.
///
/// `g` and `g2` count as two coefficients. In a second-order section both are the gain of the
/// integrators: add their slopes.
///
/// # Errors
///
/// If the slopes of a lane are not as long as its input, if its frames end before its block, or if it
/// has not one state and one state slope for each section and one row of the gradient for each
/// section of each frame. Nothing has been changed then.
///
/// ```
/// use filterbank_core::{
///     AdjointScratch, Band, Frames, Interpolation, MovingAdjointLane, SvfState, moving_adjoint,
/// };
///
/// // A gain for every 64 samples. The loss is the sum of the output.
/// let peak = |gain_db| Band::peak(1_000.0, 1.0, gain_db).svf_sections(48_000.0);
/// let rows = [peak(0.0)?[0], peak(3.0)?[0], peak(6.0)?[0]];
/// let frames = Frames::new(&rows, 1, 64, Interpolation::Linear)?;
///
/// let (states, mut state_slope) = ([SvfState::<f64>::REST], [SvfState::<f64>::REST]);
/// let (input, mut slope, mut gradient) = ([1.0; 192], [1.0; 192], [[0.0; 6]; 3]);
/// let lane = MovingAdjointLane {
///     frames,
///     states: &states,
///     input: &input,
///     slope: &mut slope,
///     state_slope: &mut state_slope,
///     gradient: &mut gradient,
/// };
/// moving_adjoint(0, &mut [lane], &mut AdjointScratch::new())?;
/// // The weight m0 of frame 1 counts fully at sample 64, and less on both sides.
/// assert!((gradient[1][3] - 64.0).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn moving_adjoint<S: Sample>(
    start: usize,
    lanes: &mut [MovingAdjointLane<'_, S>],
    scratch: &mut AdjointScratch<S>,
) -> Result<(), ShapeError> {
    for lane in &*lanes {
        lane.check(start)?;
    }
    if !S::run_moving_adjoint(start, lanes, scratch) {
        for lane in lanes {
            adjoint_plain(start, lane, scratch);
        }
    }
    Ok(())
}

/// The plain loop for one signal.
fn adjoint_plain<S: Sample>(
    start: usize,
    lane: &mut MovingAdjointLane<'_, S>,
    scratch: &mut AdjointScratch<S>,
) {
    let MovingAdjointLane { frames, states, input, slope, state_slope, gradient } = lane;
    let time = input.len();
    let numbers = scratch.numbers(time * (1 + 4 * frames.sections()));
    let (signal, traces) = numbers.split_at_mut(time);
    // For each section and sample: the input, and the state before it.
    let (traces, _) = traces.as_chunks_mut::<4>();
    signal.copy_from_slice(input);
    for (section, state) in states.iter().enumerate() {
        let (trace, mut state) = (&mut traces[section * time..], *state);
        for (n, (x, before)) in signal.iter_mut().zip(trace).enumerate() {
            *before = [*x, state.s1, state.s2, state.k];
            *x = frames.section_at(section, start + n).tick(&mut state, *x);
            if n % SETTLE == SETTLE - 1 {
                settle_decayed(&mut state);
            }
        }
    }
    for (section, state_slope) in state_slope.iter_mut().enumerate().rev() {
        let trace = &traces[section * time..];
        for (n, (slope, before)) in slope.iter_mut().zip(trace).enumerate().rev() {
            let [x, s1, s2, k] = *before;
            let now = frames.section_at(section, start + n);
            let before = SvfState { s1, s2, k };
            let by_coefficients = adjoint_of_sample(&now, before, x, slope, state_slope);
            add(frames, section, start + n, by_coefficients, gradient);
            if n % SETTLE == 0 {
                settle_decayed(state_slope);
            }
        }
    }
}

/// One sample backwards: turns the slope by the output into that by the input, the slope by the state
/// after the sample into that by the state before it, and returns the slopes by the coefficients.
fn adjoint_of_sample<S: Scalar>(
    section: &SvfSection<S>,
    before: SvfState<S>,
    x: S,
    slope: &mut S,
    state_slope: &mut SvfState<S>,
) -> [S; 6] {
    let [_, g2, k, m0, m1, m2] = section.coefficients();
    let mut carried = before;
    carried.carry_to(k);
    let SvfState { s1, s2, .. } = carried;
    let v1 = section.bandpass([s1, s2], x);
    let v2 = s2 + g2 * v1;

    let (by_y, SvfState { s1: h1, s2: h2, k: by_damping }) = (*slope, *state_slope);
    let by_v2 = m2 * by_y + h2.scale(2.0);
    let by_v1 = m1 * by_y + h1.scale(2.0) + g2 * by_v2;
    let (by_loop, by_step) = (section.loop_gain() * by_v1, section.step_gain() * by_v1);
    *slope = m0 * by_y + by_step;
    let (h1, h2) = (by_loop - h1, by_v2 - h2 - by_step);
    let by_g = by_loop * ((x - s2) - section.feedback() * v1);
    let mut by_k = -by_step * v1;
    let by_g2 = by_v2 * v1 + by_k;

    *state_slope = SvfState { s1: h1, s2: h2, k: by_damping };
    if k != before.k {
        // The state takes the damping of this sample.
        by_k += by_damping;
        state_slope.k = S::zero();
    }
    if k.primal() > before.k.primal() {
        let ratio = before.k / k;
        let by_ratio = (h1 * before.s1 + h2 * before.s2) / k;
        by_k -= by_ratio * ratio;
        *state_slope = SvfState { s1: h1 * ratio, s2: h2 * ratio, k: by_ratio };
    }
    [by_g, by_g2, by_k, by_y * x, by_y * v1, by_y * v2]
}

/// Adds the slopes by the coefficients at one sample to those of the frames around it.
fn add<S: Scalar>(
    frames: &Frames<'_, S>,
    section: usize,
    sample: usize,
    by: [S; 6],
    gradient: &mut [[S; 6]],
) {
    let FramePlace { frame, part } = frames.place(sample);
    let mut add = |frame: usize, weight: f64| {
        for (sum, by) in gradient[frame * frames.sections() + section].iter_mut().zip(by) {
            *sum += by.scale(weight);
        }
    };
    add(frame, 1.0 - part);
    if part > 0.0 {
        add(frame + 1, part);
    }
}
