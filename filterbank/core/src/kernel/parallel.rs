//! Many filters at once, in lanes: bands of a bank on one input, or channels.
//!
//! Each lane filters sample by sample, as the plain loop does. Nothing is worked out beforehand,
//! and no filter sees another, so what is infinite or NaN stays where it is.
//!
//! # Filling the lanes
//!
//! Filters differ in their number of sections, and there may be fewer of them than lanes. So
//! series are cut into pieces, one for each lane, of as few sections as the lanes allow. The
//! pieces of a filter lie in lanes side by side, each 8 samples behind the one before it, whose
//! output it takes.

use arrayvec::ArrayVec;
use fearless_simd::{
    Level, Select, Simd, SimdBase, SimdFloat, SimdFloatElement, SimdMask, dispatch,
};

use super::lanes::{Chunk, Lanes, Real, STEPS, chunk_len, consecutive, level, load, splat};
use super::{GROUP, LANES, Lane, SHORTEST};
use crate::biquad::SectionState;

/// Turns from one look at the states to the next: 64 samples, as in the plain loop.
const SETTLE: usize = 64 / STEPS;

/// Filters the front of the blocks of all lanes, and returns how many samples of each that are.
/// `input`, if there is one, is that of all lanes.
pub(crate) fn parallel<T: Real>(input: Option<&[T]>, lanes: &mut [Lane<'_, T>]) -> usize {
    level().map_or(0, |level| parallel_at(level, input, lanes))
}

/// [`parallel`] with the vectors of a `level`.
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
    // In hundredths of a nanosecond a sample, on a processor of 2024.
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

/// Sections in series that a lane has of a filter.
#[derive(Clone, Copy)]
struct Piece {
    filter: usize,
    /// Of its first section.
    place: usize,
    /// By how many turns it is behind the start of the filter.
    delay: usize,
}

/// Sections in series in each piece: as few as the lanes allow.
pub(super) fn depth<T>(filters: &[Lane<'_, T>], width: usize) -> usize {
    let sections: usize = filters.iter().map(|filter| filter.sections.len()).sum();
    let mut depth = sections.div_ceil(width).max(1);
    while filters.iter().map(|filter| piece_count(filter, depth)).sum::<usize>() > width {
        depth += 1;
    }
    depth
}

fn piece_count<T>(filter: &Lane<'_, T>, depth: usize) -> usize {
    filter.sections.len().div_ceil(depth).max(1)
}

#[inline(always)]
fn pieces<T>(filters: &[Lane<'_, T>], depth: usize) -> ArrayVec<Piece, LANES> {
    let mut pieces = ArrayVec::new();
    for (index, filter) in filters.iter().enumerate() {
        for delay in 0..piece_count(filter, depth) {
            pieces.push(Piece { filter: index, place: delay * depth, delay });
        }
    }
    pieces
}

/// Sections that stand at the same place in all pieces, and their states.
struct Stage<V> {
    /// `[b0, b1, b2, −a1, −a2]`.
    coefficients: [V; 5],
    state: [V; 2],
}

impl<V> Stage<V> {
    /// Filters 8 samples. Written out for 8, the outputs of transposed direct form II are
    /// `y[n] = v[n] − a2 y[n − 2] − a1 y[n − 1]`, where only the last product has to wait for the
    /// output before.
    #[inline(always)]
    fn filter<S: Simd>(&mut self, chunk: &mut [V; STEPS])
    where
        V: SimdFloat<S, Element: SimdFloatElement>,
    {
        let [b0, b1, b2, minus_a1, minus_a2] = self.coefficients;
        let [s1, s2] = self.state;
        let x = *chunk;
        let mut y = x;
        y[0] = x[0].mul_add(b0, s1);
        y[1] = x[1].mul_add(b0, x[0].mul_add(b1, s2));
        for n in 2..STEPS {
            y[n] = x[n].mul_add(b0, x[n - 1].mul_add(b1, x[n - 2] * b2));
        }
        y[1] = y[0].mul_add(minus_a1, y[1]);
        for n in 2..STEPS {
            y[n] = y[n - 1].mul_add(minus_a1, y[n - 2].mul_add(minus_a2, y[n]));
        }
        let ([.., x1, x0], [.., y1, y0]) = (x, y);
        let from_before = y1.mul_add(minus_a2, x1.mul_add(b2, x0 * b1));
        self.state = [y0.mul_add(minus_a1, from_before), y0.mul_add(minus_a2, x0 * b2)];
        *chunk = y;
    }
}

/// Filters the first `8 turns` samples of each block.
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
    let mut ways = ArrayVec::<(usize, usize), LANES>::new();
    for (lane, piece) in pieces.iter().enumerate() {
        if piece.delay == 0 {
            ways.push((lane, lane));
        } else if let Some((_, exit)) = ways.last_mut() {
            *exit = lane;
        }
    }
    let mut exits: [Option<Exit<T>>; LANES] = [const { None }; LANES];
    for ((_, lane), filter) in ways.iter().zip(&mut *filters) {
        let samples = &mut filter.block.as_chunks_mut().0[..turns];
        exits[*lane] = Some(Exit { samples, delay: pieces[*lane].delay });
    }

    let first = mask::<S, T>(simd, &pieces, |piece| piece.delay == 0);
    let zero = splat::<S, T>(simd, T::ZERO);
    let mut before = [zero; STEPS];
    // Up to this turn, a piece may have got what is not finite from one that was put to rest
    // before, and must be put to rest too.
    let mut wary = None;
    for turn in 0..turns + latest {
        let mut chunk = [zero; STEPS];
        if turn < turns {
            chunk = incoming(simd, input, &ways, &exits, turn);
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
            // Some pieces have nothing to do yet, or any more.
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
        outgoing::<S, T>(chunk, &mut exits, turn);
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

/// Where a filter's signal leaves the lanes.
struct Exit<'a, T> {
    /// What comes out, 8 in each turn; and what goes in, if the filters do not share an input.
    samples: &'a mut [[T; STEPS]],
    /// Turns from the first piece to the last.
    delay: usize,
}

/// The lanes of which something is true.
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

/// The next 8 samples of every filter, in the lane of its first piece. `ways` are the lanes of its
/// first and last piece.
#[inline(always)]
fn incoming<S: Simd, T: Real>(
    simd: S,
    input: Option<&[T]>,
    ways: &[(usize, usize)],
    exits: &[Option<Exit<'_, T>>; LANES],
    turn: usize,
) -> Chunk<S, T> {
    let mut chunk = [splat::<S, T>(simd, T::ZERO); STEPS];
    if let Some(input) = input {
        for (vector, sample) in chunk.iter_mut().zip(&input[STEPS * turn..]) {
            *vector = splat::<S, T>(simd, *sample);
        }
        return chunk;
    }
    let mut rows = [[T::ZERO; STEPS]; LANES];
    for (entry, exit) in ways {
        if let Some(exit) = &exits[*exit] {
            rows[*entry] = exit.samples[turn];
        }
    }
    load(simd, &rows.as_flattened()[..chunk_len::<S, T>()])
}

/// Writes the 8 samples of every filter that is through.
#[inline(always)]
fn outgoing<S: Simd, T: Real>(
    chunk: Chunk<S, T>,
    exits: &mut [Option<Exit<'_, T>>; LANES],
    turn: usize,
) {
    let width = Lanes::<S, T>::LEN;
    let vectors = consecutive::<S, T>(chunk);
    // A vector has one or more rows of 8 samples, or a part of one.
    let part = width.min(STEPS);
    for (index, vector) in vectors.iter().enumerate() {
        for start in (0..width).step_by(part) {
            let position = index * width + start;
            if let Some(exit) = &mut exits[position / STEPS]
                && let Some(row) = exit.samples.get_mut(turn.wrapping_sub(exit.delay))
            {
                let samples = &vector.as_slice()[start..start + part];
                row[position % STEPS..][..part].copy_from_slice(samples);
            }
        }
    }
}

/// The sections at one place of their pieces; where there is none, one that changes nothing.
#[inline(always)]
fn stage<S: Simd, T: Real>(
    simd: S,
    filters: &[Lane<'_, T>],
    pieces: &[Piece],
    place: usize,
) -> Stage<Lanes<S, T>> {
    let zero = splat::<S, T>(simd, T::ZERO);
    let mut stage = Stage { coefficients: [zero; 5], state: [zero; 2] };
    stage.coefficients[0] = splat::<S, T>(simd, T::round(1.0));
    for (lane, piece) in pieces.iter().enumerate() {
        let filter = &filters[piece.filter];
        let place = piece.place + place;
        if let (Some(section), Some(state)) = (filter.sections.get(place), filter.states.get(place))
        {
            let [b0, b1, b2, a1, a2] = section.coefficients();
            let numbers = [b0, b1, b2, T::ZERO - a1, T::ZERO - a2];
            for (vector, number) in stage.coefficients.iter_mut().zip(numbers) {
                vector[lane] = number;
            }
            (stage.state[0][lane], stage.state[1][lane]) = (state.s1, state.s2);
        }
    }
    stage
}

/// [`Scalar::settle`](crate::Scalar::settle) in every lane; whether all were finite.
#[inline(always)]
fn settle<S: Simd, T: Real>(simd: S, state: &mut [Lanes<S, T>; 2]) -> bool {
    let zero = splat::<S, T>(simd, T::ZERO);
    let [s1, s2] = *state;
    let largest = s1.max(zero - s1).max(s2.max(zero - s2));
    let finite = s1.is_finite() & s2.is_finite();
    let stays = finite & largest.simd_ge(T::DECAYED);
    *state = [stays.select(s1, zero), stays.select(s2, zero)];
    finite.all_true()
}
