//! The coefficients of one section in all lanes, along their frames.

use core::ops::Range;

use arrayvec::ArrayVec;
use fearless_simd::{Select, Simd, SimdBase, SimdFloat, SimdMask, f64x8};

use crate::kernel::lanes::load;
use crate::section::{FramePlace, Frames, Interpolation, SvfSection};

/// The number of lanes.
pub(super) const WIDTH: usize = 8;

/// The frames of the signals in all lanes, which agree in all but their coefficients.
pub(super) type FrameLanes<'a> = ArrayVec<Frames<'a, f64>, WIDTH>;

/// Samples between two checks for decayed states: as in the plain loop.
pub(super) const SETTLE: usize = 64;

/// Whether lanes can run together.
pub(super) fn agree(one: &Frames<'_, f64>, other: &Frames<'_, f64>) -> bool {
    let shape = |frames: &Frames<'_, f64>| {
        (frames.sections(), frames.count(), frames.hop(), frames.interpolation())
    };
    shape(one) == shape(other)
}

/// Samples of a block in a row that share their coefficients.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) samples: Range<usize>,
    pub(super) place: FramePlace,
}

impl Run {
    /// Whether states are settled at its end: at the latest after [`SETTLE`] samples.
    pub(super) fn settles(&self, time: usize) -> bool {
        self.samples.end == time || self.samples.end.is_multiple_of(SETTLE)
    }
}

/// The runs of a block that begins at sample `start`, in order.
pub(super) fn runs(
    frames: Frames<'_, f64>,
    start: usize,
    time: usize,
) -> impl Iterator<Item = Run> {
    let mut next = 0;
    core::iter::from_fn(move || {
        let first = next;
        (first < time).then(|| {
            next = (first + 1).max(end_of_run(&frames, start, first, time));
            Run { samples: first..next, place: frames.place(start + first) }
        })
    })
}

/// The runs of [`runs`] in reverse order.
pub(super) fn runs_backwards(
    frames: Frames<'_, f64>,
    start: usize,
    time: usize,
) -> impl Iterator<Item = Run> {
    let mut end = time;
    core::iter::from_fn(move || {
        let last = end.checked_sub(1)?;
        let FramePlace { frame, .. } = frames.place(start + last);
        let first = if moves(&frames, frame) {
            last
        } else {
            (frame * frames.hop()).saturating_sub(start).max(last / SETTLE * SETTLE)
        };
        let samples = first..end;
        end = first;
        Some(Run { samples, place: frames.place(start + first) })
    })
}

/// The end of the run that begins with a sample of a block.
fn end_of_run(frames: &Frames<'_, f64>, start: usize, first: usize, time: usize) -> usize {
    let FramePlace { frame, .. } = frames.place(start + first);
    if moves(frames, frame) {
        return first + 1;
    }
    let block_end = time.min((first / SETTLE + 1) * SETTLE);
    if frame + 1 < frames.count() {
        block_end.min((frame + 1) * frames.hop() - start)
    } else {
        block_end
    }
}

/// Whether the coefficients differ from sample to sample after a frame.
fn moves(frames: &Frames<'_, f64>, frame: usize) -> bool {
    frames.interpolation() == Interpolation::Linear && frame + 1 < frames.count()
}

/// The coefficients of one section between two frames.
pub(super) struct Course<'a, S: Simd> {
    lanes: &'a FrameLanes<'a>,
    section: usize,
    frame: Option<usize>,
    from: [f64x8<S>; 6],
    change: [f64x8<S>; 6],
}

impl<'a, S: Simd> Course<'a, S> {
    #[inline(always)]
    pub(super) fn new(simd: S, lanes: &'a FrameLanes<'a>, section: usize) -> Self {
        let zero = f64x8::splat(simd, 0.0);
        Self { lanes, section, frame: None, from: [zero; 6], change: [zero; 6] }
    }

    /// The coefficients at a place.
    #[inline(always)]
    pub(super) fn at(&mut self, simd: S, place: FramePlace) -> Coefficients<S> {
        let FramePlace { frame, part } = place;
        if self.frame != Some(frame) {
            self.frame = Some(frame);
            self.from = self.load(simd, frame);
            if self.lanes.first().is_some_and(|frames| moves(frames, frame)) {
                self.change = self.load(simd, frame + 1);
                for (change, from) in self.change.iter_mut().zip(self.from) {
                    *change -= from;
                }
            }
        }
        let mut coefficients = self.from;
        if part > 0.0 {
            let part = f64x8::splat(simd, part);
            for (coefficient, change) in coefficients.iter_mut().zip(self.change) {
                *coefficient = change.mul_add(part, *coefficient);
            }
        }
        Coefficients::new(simd, coefficients)
    }

    /// Lanes without a signal get the identity.
    #[inline(always)]
    fn load(&self, simd: S, frame: usize) -> [f64x8<S>; 6] {
        let mut rows = [[1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]; WIDTH];
        for (row, frames) in rows.iter_mut().zip(self.lanes) {
            let section: &SvfSection<f64> =
                &frames.rows()[frame * frames.sections() + self.section];
            row[..6].copy_from_slice(&section.coefficients());
        }
        let [g, g2, k, m0, m1, m2, ..] = load(simd, rows.as_flattened());
        [g, g2, k, m0, m1, m2]
    }
}

/// The coefficients of one section in all lanes, with the numbers that follow from them.
#[derive(Clone, Copy)]
pub(super) struct Coefficients<S: Simd> {
    pub(super) g2: f64x8<S>,
    twice_g2: f64x8<S>,
    pub(super) k: f64x8<S>,
    pub(super) mix: [f64x8<S>; 3],
    pub(super) loop_gain: f64x8<S>,
    pub(super) step_gain: f64x8<S>,
    pub(super) minus_feedback: f64x8<S>,
    /// The weight of `s1` in the bandpass: 1 where the integrators take small steps, `loop_gain`
    /// elsewhere; see [`SvfSection::tick`](crate::SvfSection::tick).
    kept: f64x8<S>,
    /// `−feedback` where they take small steps, 0 elsewhere.
    minus_drag: f64x8<S>,
}

impl<S: Simd> Coefficients<S> {
    #[inline(always)]
    fn new(simd: S, [g, g2, k, m0, m1, m2]: [f64x8<S>; 6]) -> Self {
        let (zero, one) = (f64x8::splat(simd, 0.0), f64x8::splat(simd, 1.0));
        let feedback = g2 + k;
        let loop_gain = one / (one + g * feedback);
        let slow = g.simd_lt(one);
        Self {
            g2,
            twice_g2: g2 + g2,
            k,
            mix: [m0, m1, m2],
            loop_gain,
            step_gain: g * loop_gain,
            minus_feedback: zero - feedback,
            kept: slow.select(one, loop_gain),
            minus_drag: slow.select(zero - feedback, zero),
        }
    }

    /// One sample: the bandpass and the output.
    #[inline(always)]
    pub(super) fn tick(&self, [s1, s2]: &mut [f64x8<S>; 2], x: f64x8<S>) -> [f64x8<S>; 2] {
        let [m0, m1, m2] = self.mix;
        let driven = s1.mul_add(self.minus_drag, x - *s2);
        let v1 = driven.mul_add(self.step_gain, *s1 * self.kept);
        let v2 = v1.mul_add(self.g2, *s2);
        *s1 = v1 + (v1 - *s1);
        *s2 = v1.mul_add(self.twice_g2, *s2);
        [v1, v2.mul_add(m2, v1.mul_add(m1, x * m0))]
    }

    /// The factor of the states where the damping was `k0` before: below 1 where it rises.
    #[inline(always)]
    pub(super) fn reduction(&self, simd: S, k0: f64x8<S>) -> f64x8<S> {
        let one = f64x8::splat(simd, 1.0);
        self.k.simd_gt(k0).select(k0 / self.k, one)
    }
}

/// Sets the numbers of a lane to zero where both have decayed. Those that are infinite or NaN stay.
#[inline(always)]
pub(super) fn settle<S: Simd>(simd: S, [first, second]: &mut [f64x8<S>; 2]) {
    let (zero, decayed) = (f64x8::splat(simd, 0.0), f64x8::splat(simd, DECAYED));
    let rests = first.abs().simd_lt(decayed) & second.abs().simd_lt(decayed);
    if rests.any_true() {
        *first = rests.select(zero, *first);
        *second = rests.select(zero, *second);
    }
}

/// Magnitudes below are zero: products with a coefficient or a signal stay normal numbers.
const DECAYED: f64 = 1e-290;
