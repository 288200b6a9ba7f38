//! Ways of running filters: sample by sample, by blocks, side by side.

use core::ops::Range;
use std::vec;
use std::vec::Vec;

use fearless_simd::{Level, Simd, SimdBase, dispatch};

use crate::kernel::lanes::{LANE_SAMPLES, Lanes, Real};
use crate::kernel::parallel::parallel_at;
use crate::kernel::series::series_at;
use crate::kernel::{LANES, Lane, parallel, segments};
use crate::run::Sample;
use crate::run::{process_series_by, tick_series};
use crate::section::{Section, SectionState};

/// A plain number with kernels.
pub trait Plain: Sample + Real {}

impl<T: Sample + Real> Plain for T {}

pub fn at_rest<T: Plain>(sections: &[Section<T>]) -> Vec<SectionState<T>> {
    vec![SectionState::default(); sections.len()]
}

/// Sample by sample, as `tick` does.
pub fn tick<T: Plain>(sections: &[Section<T>], states: &mut [SectionState<T>], block: &mut [T]) {
    for x in block {
        *x = tick_series(sections, states, *x);
        states.iter_mut().for_each(SectionState::settle);
    }
}

/// As `process` does at a level.
pub fn process<T: Plain>(
    level: Level,
    sections: &[Section<T>],
    states: &mut [SectionState<T>],
    block: &mut [T],
) {
    let run = |sections: &[Section<T>], states: &mut [SectionState<T>], block: &mut [T]| {
        series_at(level, sections, states, block)
    };
    process_series_by(run, sections, states, block);
}

/// Many filters at a level, side by side however little that repays, and what is left sample by
/// sample.
pub fn side_by_side<T: Plain>(level: Level, input: Option<&[T]>, lanes: &mut [Lane<'_, T>]) {
    #[inline(always)]
    fn all<S: Simd, T: Plain>(
        simd: S,
        input: Option<&[T]>,
        lanes: &mut [Lane<'_, T>],
        turns: usize,
    ) {
        let width = Lanes::<S, T>::LEN;
        for filters in lanes.chunks_mut(width) {
            let depth = segments::sections_per_segment(&parallel::section_counts(filters), width);
            parallel::filter(simd, input, filters, depth, turns);
        }
    }
    for lanes in lanes.chunks_mut(LANES) {
        let shortest = lanes.iter().map(|lane| lane.block.len()).min().unwrap_or(0);
        let turns = shortest / LANE_SAMPLES;
        dispatch!(level, simd => all(simd, input, lanes, turns));
        rest(input, lanes, turns * LANE_SAMPLES, |sections, states, block| {
            process_series_by(|_, _, _| 0, sections, states, block);
        });
    }
}

/// Many filters as `process` of a bank and `process_channels` run them at a level.
pub fn many<T: Plain>(level: Level, input: Option<&[T]>, lanes: &mut [Lane<'_, T>]) {
    for lanes in lanes.chunks_mut(LANES) {
        let done = parallel_at(level, input, lanes);
        rest(input, lanes, done, |sections, states, block| {
            process(level, sections, states, block);
        });
    }
}

/// What is left of many blocks, one after the other.
fn rest<T: Plain>(
    input: Option<&[T]>,
    lanes: &mut [Lane<'_, T>],
    done: usize,
    run: impl Fn(&[Section<T>], &mut [SectionState<T>], &mut [T]),
) {
    for Lane { sections, states, block } in lanes {
        let left = &mut block[done..];
        if let Some(input) = input {
            left.copy_from_slice(&input[done..]);
        }
        run(sections, states, left);
    }
}

pub type Many<T> = fn(Level, Option<&[T]>, &mut [Lane<'_, T>]);

/// Filters, their states and their blocks.
#[derive(Clone)]
pub struct Set<T> {
    pub filters: Vec<Vec<Section<T>>>,
    pub states: Vec<Vec<SectionState<T>>>,
    pub blocks: Vec<Vec<T>>,
}

impl<T: Plain> Set<T> {
    /// At rest, each with a block.
    pub fn new(filters: &[Vec<Section<T>>], blocks: Vec<Vec<T>>) -> Self {
        let states = filters.iter().map(|sections| at_rest(sections)).collect();
        Self { filters: filters.to_vec(), states, blocks }
    }

    pub fn run(&mut self, run: Many<T>, level: Level, input: Option<&[T]>) {
        let time = self.blocks.iter().map(Vec::len).min().unwrap_or(0);
        self.run_part(run, level, input, 0..time);
    }

    /// Filters a part of each block.
    pub fn run_part(
        &mut self,
        run: Many<T>,
        level: Level,
        input: Option<&[T]>,
        part: Range<usize>,
    ) {
        let rows = self.filters.iter().zip(&mut self.states).zip(&mut self.blocks);
        let mut lanes: Vec<Lane<T>> = rows
            .map(|((sections, states), block)| Lane {
                sections,
                states,
                block: &mut block[part.clone()],
            })
            .collect();
        run(level, input.map(|input| &input[part]), &mut lanes);
    }
}
