//! The coefficients of one section in all lanes, along their frames.

use core::ops::Range;

use arrayvec::ArrayVec;
use fearless_simd::{Select, Simd, SimdBase, SimdFloat, SimdMask, f64x8};

use crate::kernel::lanes::load;
use crate::section::{Frames, Interpolation, SvfSection};

/// The number of lanes.
pub(super) const WIDTH: usize = 8;

/// The frames of the signals in all lanes, which agree in all but their coefficients.
pub(super) type FrameLanes<'a> = ArrayVec<Frames<'a, f64>, WIDTH>;

/// Samples between two checks for decayed states: as in the plain loop.
const SETTLE: usize = 64;

/// How many samples of a block pass through all sections before the next ones, so that signals and
/// coefficients stay in the cache.
pub(super) fn stretch(frames: &Frames<'_, f64>) -> usize {
    if frames.hop() < 16 { 32 } else { LONGEST_STRETCH }
}

/// The longest stretch.
pub(super) const LONGEST_STRETCH: usize = 256;

/// Whether lanes can run together.
pub(super) fn agree(one: &Frames<'_, f64>, other: &Frames<'_, f64>) -> bool {
    let shape = |frames: &Frames<'_, f64>| {
        (frames.sections(), frames.count(), frames.hop(), frames.interpolation())
    };
    shape(one) == shape(other)
}

/// Samples of a block in a row between two frames, at most [`SETTLE`] of them.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) samples: Range<usize>,
    pub(super) frame: usize,
    /// The number of samples from the frame to the first sample.
    pub(super) offset: usize,
}

impl Run {
    /// Whether states are settled at its end: at the latest after [`SETTLE`] samples.
    pub(super) fn settles(&self, time: usize) -> bool {
        self.samples.end == time || self.samples.end.is_multiple_of(SETTLE)
    }
}

/// The runs of a block that begins at sample `start`, in order.
pub(super) fn runs(
    frames: &Frames<'_, f64>,
    start: usize,
    time: usize,
) -> impl Iterator<Item = Run> + use<> {
    let (hop, last) = (frames.hop(), frames.count() - 1);
    let mut frame = (start / hop).min(last);
    let mut next = 0;
    core::iter::from_fn(move || {
        if next == time {
            return None;
        }
        let border = if frame < last { (frame + 1).saturating_mul(hop) - start } else { time };
        let samples = next..time.min(border).min((next / SETTLE + 1) * SETTLE);
        let run = Run { offset: start + next - frame * hop, frame, samples };
        next = run.samples.end;
        frame += usize::from(next == border && frame < last);
        Some(run)
    })
}

/// The runs of [`runs`] in reverse order.
pub(super) fn runs_backwards(
    frames: &Frames<'_, f64>,
    start: usize,
    time: usize,
) -> impl Iterator<Item = Run> + use<> {
    let (hop, last) = (frames.hop(), frames.count() - 1);
    let mut frame = ((start + time).saturating_sub(1) / hop).min(last);
    let mut end = time;
    core::iter::from_fn(move || {
        let last_sample = end.checked_sub(1)?;
        let first = (frame * hop).saturating_sub(start).max(last_sample / SETTLE * SETTLE);
        let run = Run { samples: first..end, frame, offset: start + first - frame * hop };
        end = first;
        frame -= usize::from(run.offset == 0 && frame > 0);
        Some(run)
    })
}

/// The coefficients of one section from a frame to the next one.
pub(super) struct Course<'a, S: Simd> {
    lanes: &'a FrameLanes<'a>,
    section: usize,
    frame: Option<usize>,
    from: [f64x8<S>; 6],
    /// If they move: by how much, and whether the damping of a lane rises.
    change: Option<([f64x8<S>; 6], bool)>,
}

impl<'a, S: Simd> Course<'a, S> {
    #[inline(always)]
    pub(super) fn new(simd: S, lanes: &'a FrameLanes<'a>, section: usize) -> Self {
        Self { lanes, section, frame: None, from: [f64x8::splat(simd, 0.0); 6], change: None }
    }

    /// Goes to the frame of a run.
    #[inline(always)]
    pub(super) fn go_to(&mut self, simd: S, run: &Run) {
        let frame = run.frame;
        if self.frame == Some(frame) {
            return;
        }
        self.frame = Some(frame);
        self.from = self.load(simd, frame);
        let moves = self.lanes.first().is_some_and(|frames| {
            frames.interpolation() == Interpolation::Linear && frame + 1 < frames.count()
        });
        self.change = moves.then(|| {
            let mut change = self.load(simd, frame + 1);
            for (change, from) in change.iter_mut().zip(self.from) {
                *change -= from;
            }
            (change, change[2].simd_gt(f64x8::splat(simd, 0.0)).any_true())
        });
    }

    /// Whether the coefficients differ from sample to sample, and if so, whether the damping of a lane
    /// rises.
    #[inline(always)]
    pub(super) fn motion(&self) -> Option<Motion> {
        let hop = self.lanes.first()?.hop();
        self.change.map(|(_, rises)| Motion { per_sample: (hop as f64).recip(), rises })
    }

    /// The coefficients at the frame.
    #[inline(always)]
    pub(super) fn held(&self, simd: S) -> Coefficients<S> {
        Coefficients::new(simd, self.from)
    }

    /// The coefficients at a part of the way to the next frame.
    #[inline(always)]
    pub(super) fn at(&self, simd: S, part: f64) -> Coefficients<S> {
        let mut coefficients = self.from;
        if let Some((change, _)) = self.change {
            let part = f64x8::splat(simd, part);
            for (coefficient, change) in coefficients.iter_mut().zip(change) {
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

/// How coefficients move.
#[derive(Clone, Copy)]
pub(super) struct Motion {
    /// The part of the way that one sample takes.
    per_sample: f64,
    /// Whether the damping of a lane rises.
    pub(super) rises: bool,
}

impl Motion {
    /// The part of the way at a number of samples after the frame.
    #[inline(always)]
    pub(super) fn part(self, offset: usize) -> f64 {
        offset as f64 * self.per_sample
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

    /// The bandpass.
    #[inline(always)]
    pub(super) fn bandpass(&self, [s1, s2]: [f64x8<S>; 2], x: f64x8<S>) -> f64x8<S> {
        let driven = s1.mul_add(self.minus_drag, x - s2);
        driven.mul_add(self.step_gain, s1 * self.kept)
    }

    /// One sample: the output.
    #[inline(always)]
    pub(super) fn tick(&self, [s1, s2]: &mut [f64x8<S>; 2], x: f64x8<S>) -> f64x8<S> {
        let [m0, m1, m2] = self.mix;
        let v1 = self.bandpass([*s1, *s2], x);
        let v2 = v1.mul_add(self.g2, *s2);
        *s1 = v1 + (v1 - *s1);
        *s2 = v1.mul_add(self.twice_g2, *s2);
        v2.mul_add(m2, v1.mul_add(m1, x * m0))
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
