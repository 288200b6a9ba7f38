//! The slopes by coefficients, on their way to the gradients.

use fearless_simd::{Simd, SimdBase, SimdFloat, f64x8};

use super::lane::MovingAdjointLane;
use crate::kernel::lanes::untranspose;

/// The slopes by the coefficients of one section between two frames, for all lanes. They are added to
/// the gradients when another frame begins.
pub(super) struct FrameSums<S: Simd> {
    section: usize,
    frame: Option<usize>,
    /// The slopes at all samples, in all.
    now: [f64x8<S>; 6],
    /// The part of them that belongs to the next frame; `None` if the coefficients are held.
    next: Option<[f64x8<S>; 6]>,
}

impl<S: Simd> FrameSums<S> {
    #[inline(always)]
    pub(super) fn new(simd: S, section: usize) -> Self {
        Self { section, frame: None, now: [f64x8::splat(simd, 0.0); 6], next: None }
    }

    /// Goes to a frame.
    #[inline(always)]
    pub(super) fn go_to(
        &mut self,
        simd: S,
        frame: usize,
        lanes: &mut [MovingAdjointLane<'_, f64>],
    ) {
        if self.frame != Some(frame) {
            self.flush(simd, lanes);
            self.frame = Some(frame);
        }
    }

    /// Adds slopes by the coefficients of the frame itself.
    #[inline(always)]
    pub(super) fn add(&mut self, by: [f64x8<S>; 6]) {
        for (now, by) in self.now.iter_mut().zip(by) {
            *now += by;
        }
    }

    /// Adds slopes by the coefficients at a part of the way to the next frame.
    #[inline(always)]
    pub(super) fn add_between(&mut self, simd: S, part: f64, by: [f64x8<S>; 6]) {
        self.add(by);
        let part = f64x8::splat(simd, part);
        let next = self.next.get_or_insert([f64x8::splat(simd, 0.0); 6]);
        for (next, by) in next.iter_mut().zip(by) {
            *next = by.mul_add(part, *next);
        }
    }

    /// Adds the sums to the gradients of the lanes.
    #[inline(always)]
    pub(super) fn flush(&mut self, simd: S, lanes: &mut [MovingAdjointLane<'_, f64>]) {
        let Some(frame) = self.frame else { return };
        let mut now = core::mem::replace(&mut self.now, [f64x8::splat(simd, 0.0); 6]);
        if let Some(next) = self.next.take() {
            for (now, next) in now.iter_mut().zip(next) {
                *now -= next;
            }
            add_to_frame(simd, lanes, self.section, frame + 1, next);
        }
        add_to_frame(simd, lanes, self.section, frame, now);
    }
}

/// Adds the slopes by the coefficients of one section in one frame to the gradients of the lanes.
#[inline(always)]
fn add_to_frame<S: Simd>(
    simd: S,
    lanes: &mut [MovingAdjointLane<'_, f64>],
    section: usize,
    frame: usize,
    [g, g2, k, m0, m1, m2]: [f64x8<S>; 6],
) {
    let zero = f64x8::splat(simd, 0.0);
    let rows = untranspose([g, g2, k, m0, m1, m2, zero, zero]);
    for (lane, row) in lanes.iter_mut().zip(rows) {
        let gradient = &mut lane.gradient[frame * lane.frames.sections() + section];
        for (sum, by) in gradient.iter_mut().zip(row.as_slice()) {
            *sum += by;
        }
    }
}
