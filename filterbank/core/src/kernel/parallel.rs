//! Many filters at once, in lanes: the bands of a bank on one input, or channels.
//!
//! Each lane runs the recursion of the plain loop, sample by sample, without any precomputed
//! matrix. Filters do not mix, so an infinite or NaN sample stays in its filter. A filter with many
//! sections is a pipeline over several lanes; see [`pieces`](super::pieces).

use arrayvec::ArrayVec;
use fearless_simd::{Level, Select, Simd, SimdBase, SimdMask, dispatch};

use super::lanes::{Chunk, Lanes, Real, STEPS, chunk_len, consecutive, level, load, splat};
use super::pieces::{Piece, depth, pieces};
use super::stage::{Stage, settle, stage};
use super::{GROUP, LANES, Lane, SHORTEST};
use crate::biquad::SectionState;

/// Turns (of 8 samples) between two checks of the states: 64 samples, as in the plain loop.
const SETTLE: usize = 64 / STEPS;

/// Filters the front of the blocks of all lanes and returns the number of samples filtered in
/// each. If there is an `input`, all lanes share it.
pub(crate) fn parallel<T: Real>(input: Option<&[T]>, lanes: &mut [Lane<'_, T>]) -> usize {
    level().map_or(0, |level| parallel_at(level, input, lanes))
}

/// [`parallel`] with given vector instructions.
pub(super) fn parallel_at<T: Real>(
    level: Level,
    input: Option<&[T]>,
    lanes: &mut [Lane<'_, T>],
) -> usize {
    dispatch!(level, simd => run(simd, input, lanes))
}

#[inline(always)]
fn run<S: Simd, T: Real>(simd: S, input: Option<&[T]>, lanes: &mut [Lane<'_, T>]) -> usize {
    let mut length = input.map_or(usize::MAX, <[T]>::len);
    let (mut sections, mut deepest) = (0, 0);
    for lane in &*lanes {
        length = length.min(lane.block.len());
        sections += lane.sections.len();
        deepest = deepest.max(lane.sections.len());
    }
    let turns = length / STEPS;
    if turns == 0 || lanes.len() < 2 || deepest == 0 || deepest > GROUP {
        return 0;
    }
    let width = Lanes::<S, T>::LEN;
    let depths: ArrayVec<usize, LANES> =
        lanes.chunks(width).take(LANES).map(|filters| depth(filters, width)).collect();
    // Cost model in units of 0.01 ns per sample, measured on a processor of 2024: the plain loop on
    // the left, this kernel on the right.
    let each = if length < SHORTEST { 130 } else { 15 + 220 / width };
    let transposition = if input.is_some() { 0 } else { 200 };
    let stages: usize = depths.iter().sum();
    if sections * each < depths.len() * (200 + transposition) + stages * 85 {
        return 0;
    }
    for (filters, depth) in lanes.chunks_mut(width).zip(depths) {
        filter(simd, input, filters, depth, turns);
    }
    turns * STEPS
}

/// Filters the first `8 * turns` samples of each block: one vector of filters.
#[inline(always)]
pub(super) fn filter<S: Simd, T: Real>(
    simd: S,
    input: Option<&[T]>,
    filters: &mut [Lane<'_, T>],
    depth: usize,
    turns: usize,
) {
    let pieces = pieces(filters, depth);
    let latest = pieces.iter().map(|piece| piece.delay).max().unwrap_or(0);
    let mut stages = ArrayVec::<Stage<Lanes<S, T>>, GROUP>::new();
    for place in 0..depth {
        stages.push(stage(simd, filters, &pieces, place));
    }
    let mut ways = Ways::new(filters, &pieces, turns);

    let first = mask::<S, T>(simd, &pieces, |piece| piece.delay == 0);
    let zero = splat::<S, T>(simd, T::ZERO);
    let mut before = [zero; STEPS];
    // After a reset of a state that was not finite, samples that are not finite may still be on
    // their way through the pipeline. Until this turn, states are checked in every turn.
    let mut wary = None;
    for turn in 0..turns + latest {
        let mut chunk = [zero; STEPS];
        if turn < turns {
            chunk = match input {
                Some(input) => shared(simd, &input[STEPS * turn..]),
                None => ways.enter(simd, turn),
            };
        }
        if latest > 0 {
            for (sample, before) in chunk.iter_mut().zip(before) {
                *sample = first.select(*sample, before.shift_elements_right::<1>(T::ZERO));
            }
        }
        if turn >= latest && turn < turns {
            for stage in &mut stages {
                stage.filter::<S>(&mut chunk);
            }
        } else {
            // The pipeline fills or drains: only the states of running pieces may change.
            let runs = |piece: &Piece| (piece.delay..piece.delay + turns).contains(&turn);
            let running = mask::<S, T>(simd, &pieces, runs);
            for stage in &mut stages {
                let [s1, s2] = stage.state;
                stage.filter::<S>(&mut chunk);
                let [t1, t2] = stage.state;
                stage.state = [running.select(t1, s1), running.select(t2, s2)];
            }
        }
        before = chunk;
        ways.leave::<S>(chunk, turn);
        if turn % SETTLE == SETTLE - 1 || wary.is_some_and(|last| turn <= last) {
            for stage in &mut stages {
                if !settle::<S, T>(simd, &mut stage.state) {
                    wary = Some(turn + latest);
                }
            }
        }
    }
    for (place, stage) in stages.iter_mut().enumerate() {
        settle::<S, T>(simd, &mut stage.state);
        let [s1, s2] = stage.state;
        for (lane, piece) in pieces.iter().enumerate() {
            let states = &mut *filters[piece.filter].states;
            if let Some(state) = states.get_mut(piece.place + place) {
                *state = SectionState { s1: s1[lane], s2: s2[lane] };
            }
        }
    }
}

/// The lanes whose piece satisfies a condition.
#[inline(always)]
fn mask<S: Simd, T: Real>(
    simd: S,
    pieces: &[Piece],
    is_so: impl Fn(&Piece) -> bool,
) -> <Lanes<S, T> as SimdBase<S>>::Mask {
    let mut bits = 0;
    for (lane, piece) in pieces.iter().enumerate() {
        bits |= u64::from(is_so(piece)) << lane;
    }
    <Lanes<S, T> as SimdBase<S>>::Mask::from_bitmask(simd, bits)
}

/// The next 8 samples of a shared input, in every lane.
#[inline(always)]
fn shared<S: Simd, T: Real>(simd: S, input: &[T]) -> Chunk<S, T> {
    let mut chunk = [splat::<S, T>(simd, T::ZERO); STEPS];
    for (vector, sample) in chunk.iter_mut().zip(input) {
        *vector = splat::<S, T>(simd, *sample);
    }
    chunk
}

/// Where the signal of each filter enters and leaves the lanes.
struct Ways<'a, T> {
    /// For each filter, the lanes of its first and its last piece.
    ends: ArrayVec<(usize, usize), LANES>,
    exits: [Option<Exit<'a, T>>; LANES],
    /// The next 8 input samples of each lane.
    rows: [[T; STEPS]; LANES],
}

/// The output of one filter.
struct Exit<'a, T> {
    /// The block: 8 output samples for each turn. It also holds the input, unless the filters share
    /// one input.
    samples: &'a mut [[T; STEPS]],
    /// The length of the pipeline in turns.
    delay: usize,
}

impl<'a, T: Real> Ways<'a, T> {
    #[inline(always)]
    fn new(filters: &'a mut [Lane<'_, T>], pieces: &[Piece], turns: usize) -> Self {
        let mut ends = ArrayVec::<(usize, usize), LANES>::new();
        for (lane, piece) in pieces.iter().enumerate() {
            if piece.delay == 0 {
                ends.push((lane, lane));
            } else if let Some((_, exit)) = ends.last_mut() {
                *exit = lane;
            }
        }
        let mut exits = [const { None }; LANES];
        for ((_, lane), filter) in ends.iter().zip(filters) {
            let samples = &mut filter.block.as_chunks_mut().0[..turns];
            exits[*lane] = Some(Exit { samples, delay: pieces[*lane].delay });
        }
        Self { ends, exits, rows: [[T::ZERO; STEPS]; LANES] }
    }

    /// Loads the next 8 samples of every filter into the lane of its first piece.
    #[inline(always)]
    fn enter<S: Simd>(&mut self, simd: S, turn: usize) -> Chunk<S, T> {
        for (entry, exit) in &self.ends {
            if let Some(exit) = &self.exits[*exit] {
                self.rows[*entry] = exit.samples[turn];
            }
        }
        load(simd, &self.rows.as_flattened()[..chunk_len::<S, T>()])
    }

    /// Stores the 8 samples that leave the pipeline of each filter in this turn.
    #[inline(always)]
    fn leave<S: Simd>(&mut self, chunk: Chunk<S, T>, turn: usize) {
        let width = Lanes::<S, T>::LEN;
        // A vector holds one or more rows of 8 samples, or part of a row.
        let part = width.min(STEPS);
        for (index, vector) in consecutive::<S, T>(chunk).iter().enumerate() {
            for start in (0..width).step_by(part) {
                let position = index * width + start;
                if let Some(exit) = &mut self.exits[position / STEPS]
                    && let Some(row) = exit.samples.get_mut(turn.wrapping_sub(exit.delay))
                {
                    let samples = &vector.as_slice()[start..start + part];
                    row[position % STEPS..][..part].copy_from_slice(samples);
                }
            }
        }
    }
}
