//! The sections of a group of lanes and the signals between them, in the scratch memory.

use fearless_simd::{Simd, SimdBase};

use super::stage::{Samples, StageSlopes, Vector};
use crate::kernel::AdjointScratch;
use crate::kernel::lanes::LANE_SAMPLES;
use crate::kernel::stage::Stage;

/// Numbers of a cache line: vectors that cross its border are slow.
const CACHE_LINE: usize = 8;

// The vectors of a stage.
const COEFFICIENTS: usize = 0;
const STATE: usize = 5;
const STATE_SLOPES: usize = 7;
const SUMS: usize = 9;
const STAGE: usize = 14;

/// The sections at each position of the segments, and in each iteration the signals before, between
/// and behind them.
pub(super) struct Memory<'a, S: Simd> {
    simd: S,
    stages: &'a mut [f64],
    signals: &'a mut [f64],
    positions: usize,
}

impl<'a, S: Simd> Memory<'a, S> {
    pub(super) fn new(
        simd: S,
        scratch: &'a mut AdjointScratch<f64>,
        positions: usize,
        iterations: usize,
    ) -> Self {
        let width = Vector::<S>::LEN;
        let stages = positions * STAGE * width;
        let signals = iterations * (positions + 1) * LANE_SAMPLES * width;
        let numbers = scratch.numbers(CACHE_LINE + stages + signals);
        let start = numbers.as_ptr().align_offset(CACHE_LINE * size_of::<f64>()).min(CACHE_LINE);
        let (stages, signals) = numbers[start..][..stages + signals].split_at_mut(stages);
        Self { simd, stages, signals, positions }
    }

    #[inline(always)]
    pub(super) fn positions(&self) -> usize {
        self.positions
    }

    /// Puts a stage in its place, at the start.
    #[inline(always)]
    pub(super) fn set(
        &mut self,
        position: usize,
        stage: &Stage<Vector<S>>,
        slopes: &StageSlopes<S>,
    ) {
        put::<S, 5>(self.vectors(position, COEFFICIENTS), &stage.coefficients);
        self.keep_state(position, &stage.state);
        self.keep_slopes(position, slopes);
    }

    /// The stage that filters.
    #[inline(always)]
    pub(super) fn stage(&mut self, position: usize) -> Stage<Vector<S>> {
        Stage { coefficients: self.coefficients(position), state: self.get(position, STATE) }
    }

    /// `[b0, b1, b2, −a1, −a2]`.
    #[inline(always)]
    pub(super) fn coefficients(&mut self, position: usize) -> [Vector<S>; 5] {
        self.get(position, COEFFICIENTS)
    }

    #[inline(always)]
    pub(super) fn slopes(&mut self, position: usize) -> StageSlopes<S> {
        StageSlopes { state: self.get(position, STATE_SLOPES), sums: self.get(position, SUMS) }
    }

    #[inline(always)]
    pub(super) fn keep_state(&mut self, position: usize, state: &[Vector<S>; 2]) {
        put::<S, 2>(self.vectors(position, STATE), state);
    }

    #[inline(always)]
    pub(super) fn keep_slopes(&mut self, position: usize, slopes: &StageSlopes<S>) {
        put::<S, 2>(self.vectors(position, STATE_SLOPES), &slopes.state);
        put::<S, 5>(self.vectors(position, SUMS), &slopes.sums);
    }

    /// The signal before a position; behind the last one if `position` is their number.
    #[inline(always)]
    pub(super) fn signal(&self, iteration: usize, position: usize) -> Samples<S> {
        get::<S, LANE_SAMPLES>(self.simd, &self.signals[self.signal_at(iteration, position)..])
    }

    #[inline(always)]
    pub(super) fn keep_signal(&mut self, iteration: usize, position: usize, signal: &Samples<S>) {
        let start = self.signal_at(iteration, position);
        put::<S, LANE_SAMPLES>(&mut self.signals[start..], signal);
    }

    #[inline(always)]
    fn signal_at(&self, iteration: usize, position: usize) -> usize {
        (iteration * (self.positions + 1) + position) * LANE_SAMPLES * Vector::<S>::LEN
    }

    #[inline(always)]
    fn vectors(&mut self, position: usize, vector: usize) -> &mut [f64] {
        &mut self.stages[(position * STAGE + vector) * Vector::<S>::LEN..]
    }

    #[inline(always)]
    fn get<const N: usize>(&mut self, position: usize, vector: usize) -> [Vector<S>; N] {
        get(self.simd, self.vectors(position, vector))
    }
}

/// The first vectors of numbers.
#[inline(always)]
fn get<S: Simd, const N: usize>(simd: S, numbers: &[f64]) -> [Vector<S>; N] {
    let width = Vector::<S>::LEN;
    let mut vectors = [Vector::<S>::splat(simd, 0.0); N];
    for (vector, part) in vectors.iter_mut().zip(numbers[..N * width].chunks_exact(width)) {
        *vector = Vector::<S>::from_slice(simd, part);
    }
    vectors
}

/// Stores vectors to the front of numbers.
#[inline(always)]
fn put<S: Simd, const N: usize>(numbers: &mut [f64], vectors: &[Vector<S>; N]) {
    let width = Vector::<S>::LEN;
    for (vector, part) in vectors.iter().zip(numbers[..N * width].chunks_exact_mut(width)) {
        vector.store_slice(part);
    }
}
