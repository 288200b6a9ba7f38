//! Signals in lanes: from one slice for each lane to one vector for each sample, and back.

use fearless_simd::{Simd, SimdBase, f64x8};

use super::course::WIDTH;
use crate::kernel::lanes::{LANE_SAMPLES, load, untranspose};
use crate::section::SvfState;

/// The same sample of all lanes.
pub(super) type Row = [f64; WIDTH];

/// Passes the samples of all lanes to `take`, in order, with their numbers. A lane without a signal
/// has zeros.
#[inline(always)]
pub(super) fn gather<'a, S: Simd>(
    simd: S,
    time: usize,
    signal: impl Fn(usize) -> Option<&'a [f64]>,
    mut take: impl FnMut(usize, f64x8<S>),
) {
    for first in (0..time).step_by(LANE_SAMPLES) {
        let mut rows = [[0.0; LANE_SAMPLES]; WIDTH];
        for (lane, row) in rows.iter_mut().enumerate() {
            let Some(signal) = signal(lane) else { break };
            match signal[first..].first_chunk() {
                Some(whole) => *row = *whole,
                None => row[..time - first].copy_from_slice(&signal[first..time]),
            }
        }
        let vectors: [f64x8<S>; LANE_SAMPLES] = load(simd, rows.as_flattened());
        for (index, vector) in vectors.iter().enumerate().take(time - first) {
            take(first + index, *vector);
        }
    }
}

/// Passes the samples of each lane to `give`, eight at a time (or the rest), with the number of the
/// lane and of the first sample.
#[inline(always)]
pub(super) fn scatter<S: Simd>(
    simd: S,
    rows: &[Row],
    lanes: usize,
    mut give: impl FnMut(usize, usize, &[f64]),
) {
    for (chunk, rows) in rows.chunks(LANE_SAMPLES).enumerate() {
        let mut vectors = [f64x8::splat(simd, 0.0); LANE_SAMPLES];
        for (vector, row) in vectors.iter_mut().zip(rows) {
            *vector = f64x8::from_slice(simd, row);
        }
        for (lane, vector) in untranspose(vectors).iter().enumerate().take(lanes) {
            give(lane, LANE_SAMPLES * chunk, &vector.as_slice()[..rows.len()]);
        }
    }
}

/// The states of one section in all lanes: integrators and damping.
#[derive(Clone, Copy)]
pub(super) struct States<S: Simd> {
    pub(super) integrators: [f64x8<S>; 2],
    pub(super) k: f64x8<S>,
}

impl<S: Simd> States<S> {
    /// From the state of each lane. Lanes without a signal are at rest.
    #[inline(always)]
    pub(super) fn load<'a>(simd: S, states: impl Iterator<Item = &'a SvfState<f64>>) -> Self {
        let mut rows = [[0.0; WIDTH]; 3];
        let [s1, s2, k] = &mut rows;
        for (lane, state) in states.enumerate().take(WIDTH) {
            (s1[lane], s2[lane], k[lane]) = (state.s1, state.s2, state.k);
        }
        Self::of_rows(simd, &rows)
    }

    #[inline(always)]
    pub(super) fn of_rows(simd: S, rows: &[Row; 3]) -> Self {
        let [s1, s2, k] = rows.each_ref().map(|row| f64x8::from_slice(simd, row));
        Self { integrators: [s1, s2], k }
    }

    #[inline(always)]
    pub(super) fn to_rows(self) -> [Row; 3] {
        let [s1, s2] = self.integrators;
        let mut rows = [[0.0; WIDTH]; 3];
        for (row, vector) in rows.iter_mut().zip([s1, s2, self.k]) {
            vector.store_slice(row);
        }
        rows
    }

    /// To the state of each lane.
    #[inline(always)]
    pub(super) fn store<'a>(&self, states: impl Iterator<Item = &'a mut SvfState<f64>>) {
        let [s1, s2] = self.integrators;
        for (lane, state) in states.enumerate().take(WIDTH) {
            *state = SvfState { s1: s1[lane], s2: s2[lane], k: self.k[lane] };
        }
    }
}
