//! The adjoint: one block of many signals, first forwards with everything written down, then
//! backwards. The equations are those of the plain loop, in `adjoint/moving.rs`.

use fearless_simd::{Level, Simd, SimdBase, dispatch, f64x8};

use super::course::{Course, FrameLanes, WIDTH, agree, runs, runs_backwards, stretch};
use super::forward::{Record, filter_run};
use super::lane::MovingAdjointLane;
use super::signals::{Row, States, gather, scatter};
use super::slopes::{Border, SectionAdjoint, Trace};
use super::sums::FrameSums;
use crate::kernel::AdjointScratch;
use crate::kernel::lanes::simd_level;

/// Runs the adjoint of all lanes. Returns false if the processor has no vectors.
pub(crate) fn moving_adjoint(
    start: usize,
    lanes: &mut [MovingAdjointLane<'_, f64>],
    scratch: &mut AdjointScratch<f64>,
) -> bool {
    let Some(level) = simd_level() else { return false };
    moving_adjoint_at(level, start, lanes, scratch);
    true
}

/// With given vector instructions.
pub(in crate::kernel) fn moving_adjoint_at(
    level: Level,
    start: usize,
    lanes: &mut [MovingAdjointLane<'_, f64>],
    scratch: &mut AdjointScratch<f64>,
) {
    let alike = |one: &MovingAdjointLane<'_, f64>, other: &MovingAdjointLane<'_, f64>| {
        one.input.len() == other.input.len() && agree(&one.frames, &other.frames)
    };
    for alike in lanes.chunk_by_mut(alike) {
        for group in alike.chunks_mut(WIDTH) {
            dispatch!(level, simd => adjoint(simd, start, group, scratch));
        }
    }
}

/// The adjoint of one vector of lanes.
#[inline(always)]
fn adjoint<S: Simd>(
    simd: S,
    start: usize,
    lanes: &mut [MovingAdjointLane<'_, f64>],
    scratch: &mut AdjointScratch<f64>,
) {
    let frames: FrameLanes<'_> = lanes.iter().map(|lane| lane.frames).collect();
    let (Some(first), Some(lane)) = (frames.first(), lanes.first()) else { return };
    let time = lane.input.len();
    let mut block = Block::new(scratch, time, first.sections());

    let input = |lane: usize| lanes.get(lane).map(|lane| lane.input);
    gather(simd, time, input, |index, x| x.store_slice(&mut block.signal[index]));
    for (section, state) in block.states.iter_mut().enumerate() {
        *state = States::load(simd, lanes.iter().map(|lane| &lane.states[section])).to_rows();
    }
    for from in (0..time).step_by(stretch(first)) {
        block.write_down(simd, start, from, &frames);
    }

    let slope = |lane: usize| lanes.get(lane).map(|lane| &*lane.slope);
    gather(simd, time, slope, |index, x| x.store_slice(&mut block.signal[index]));
    for (section, state) in block.states.iter_mut().enumerate() {
        let slopes = lanes.iter().map(|lane| &lane.state_slope[section]);
        *state = States::load(simd, slopes).to_rows();
    }
    for from in (0..time).step_by(stretch(first)).rev() {
        block.go_back(simd, start, from, &frames, lanes);
    }
    for (section, state) in block.states.iter().enumerate() {
        let slopes = lanes.iter_mut().map(|lane| &mut lane.state_slope[section]);
        States::of_rows(simd, state).store(slopes);
    }
    scatter(simd, block.signal, lanes.len(), |lane, index, samples| {
        lanes[lane].slope[index..][..samples.len()].copy_from_slice(samples);
    });
}

/// The memory of one block in all lanes.
struct Block<'a> {
    time: usize,
    /// Forwards, the signal behind the sections so far; backwards, the slopes by it.
    signal: &'a mut [Row],
    /// For each section, its state or the slope by it.
    states: &'a mut [[Row; 3]],
    /// `[sections, time]`.
    traces: &'a mut [Trace],
    /// `[sections, time]`.
    borders: &'a mut [Border],
}

impl<'a> Block<'a> {
    fn new(scratch: &'a mut AdjointScratch<f64>, time: usize, sections: usize) -> Self {
        let rows = aligned(scratch, time + 3 * sections * (2 * time + 1));
        let (signal, rows) = rows.split_at_mut(time);
        let (states, rows) = rows.as_chunks_mut::<3>().0.split_at_mut(sections);
        let (traces, borders) = rows.split_at_mut(time * sections);
        Self { time, signal, states, traces, borders }
    }

    /// Filters one stretch, and writes down what its adjoint needs.
    #[inline(always)]
    fn write_down<S: Simd>(&mut self, simd: S, start: usize, from: usize, frames: &FrameLanes<'_>) {
        let Some(first) = frames.first() else { return };
        let signal = &mut self.signal[from..self.time.min(from + stretch(first))];
        for (section, state) in self.states.iter_mut().enumerate() {
            let place = section * self.time + from..section * self.time + from + signal.len();
            let mut states = States::of_rows(simd, state);
            let mut course = Course::new(simd, frames, section);
            let (traces, borders) = (&mut self.traces[place.clone()], &mut self.borders[place]);
            let mut written = Written { traces, borders };
            for run in runs(first, start + from, signal.len()) {
                filter_run(simd, &mut course, &run, &mut states, signal, &mut written);
            }
            *state = states.to_rows();
        }
    }

    /// Goes back over one stretch.
    #[inline(always)]
    fn go_back<S: Simd>(
        &mut self,
        simd: S,
        start: usize,
        from: usize,
        frames: &FrameLanes<'_>,
        lanes: &mut [MovingAdjointLane<'_, f64>],
    ) {
        let Some(first) = frames.first() else { return };
        let slopes = &mut self.signal[from..self.time.min(from + stretch(first))];
        for (section, state) in self.states.iter_mut().enumerate().rev() {
            let place = section * self.time + from..section * self.time + from + slopes.len();
            let mut course = Course::new(simd, frames, section);
            let mut adjoint = SectionAdjoint {
                simd,
                traces: &self.traces[place.clone()],
                borders: &self.borders[place],
                slopes,
                by_state: States::of_rows(simd, state),
                sums: FrameSums::new(simd, section),
            };
            for run in runs_backwards(first, start + from, adjoint.slopes.len()) {
                course.go_to(simd, &run);
                adjoint.sums.go_to(simd, run.frame, lanes);
                adjoint.run(&course, &run);
            }
            adjoint.sums.flush(simd, lanes);
            *state = adjoint.by_state.to_rows();
        }
    }
}

/// Where a section writes.
struct Written<'a> {
    traces: &'a mut [Trace],
    borders: &'a mut [Border],
}

impl<S: Simd> Record<S> for Written<'_> {
    #[inline(always)]
    fn run(&mut self, first_sample: usize, before: &States<S>) {
        self.borders[first_sample] = before.to_rows();
    }

    #[inline(always)]
    fn sample(&mut self, sample: usize, x: f64x8<S>, [s1, s2]: [f64x8<S>; 2]) {
        let [input, first, second] = &mut self.traces[sample];
        x.store_slice(input);
        s1.store_slice(first);
        s2.store_slice(second);
    }
}

/// Rows that do not cross the borders of cache lines.
fn aligned(scratch: &mut AdjointScratch<f64>, rows: usize) -> &mut [Row] {
    let numbers = scratch.numbers((rows + 1) * WIDTH);
    let start = numbers.as_ptr().align_offset(size_of::<Row>()).min(WIDTH);
    &mut numbers[start..].as_chunks_mut::<WIDTH>().0[..rows]
}
