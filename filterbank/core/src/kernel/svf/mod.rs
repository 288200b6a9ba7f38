//! State-variable sections that stay as they are from call to call: what depends on coefficients
//! is worked out once.

mod block;
mod pipeline;
mod table;

use alloc::vec::Vec;
use fearless_simd::{Level, Simd, SimdBase, dispatch};

use self::pipeline::{LONGEST, Pipeline};
use self::table::BlockTable;
use super::GROUP;
use super::lanes::{LANE_SAMPLES, Lanes, Real, chunk_len, simd_level};
use crate::section::{SvfSection, SvfState};

/// The tables of sections in series, for the vectors of this processor.
#[derive(Clone, Debug)]
pub(crate) struct SvfKernel<T> {
    level: Option<Level>,
    groups: Vec<Group<T>>,
}

/// The tables of up to [`GROUP`] sections.
#[derive(Clone, Debug)]
struct Group<T> {
    blocks: Vec<BlockTable<T>>,
    pipeline: Pipeline,
}

impl<T: Real> SvfKernel<T> {
    pub(crate) fn new(sections: &[SvfSection<f64>]) -> Self {
        Self::at_level(simd_level(), sections)
    }

    /// With given vector instructions.
    pub(crate) fn at_level(level: Option<Level>, sections: &[SvfSection<f64>]) -> Self {
        let group = |level| sections.chunks(GROUP).map(move |sections| Group::new(level, sections));
        Self { level, groups: level.map_or_else(Vec::new, |level| group(level).collect()) }
    }

    /// Replaces one section.
    pub(crate) fn set(&mut self, index: usize, section: &SvfSection<f64>) {
        if let (Some(level), Some(group)) = (self.level, self.groups.get_mut(index / GROUP)) {
            group.set(level, index % GROUP, section);
        }
    }

    /// Filters the front of a block by the sections of a group, and returns the number of samples
    /// filtered.
    pub(crate) fn run(&self, group: usize, states: &mut [SvfState<f64>], block: &mut [T]) -> usize {
        let (Some(level), Some(group)) = (self.level, self.groups.get(group)) else {
            return 0;
        };
        dispatch!(level, simd => filter(simd, group, states, block))
    }
}

impl<T: Real> Group<T> {
    fn new(level: Level, sections: &[SvfSection<f64>]) -> Self {
        let mut pipeline = Pipeline::default();
        for (lane, section) in sections.iter().enumerate() {
            pipeline.set(lane, section);
        }
        Self { blocks: sections.iter().map(|section| table(level, section)).collect(), pipeline }
    }

    fn set(&mut self, level: Level, index: usize, section: &SvfSection<f64>) {
        if let Some(block) = self.blocks.get_mut(index) {
            *block = table(level, section);
            self.pipeline.set(index, section);
        }
    }
}

fn table<T: Real>(level: Level, section: &SvfSection<f64>) -> BlockTable<T> {
    dispatch!(level, simd => BlockTable::new(simd, section))
}

#[inline(always)]
fn filter<S: Simd, T: Real>(
    simd: S,
    group: &Group<T>,
    states: &mut [SvfState<f64>],
    block: &mut [T],
) -> usize {
    let recursion = block_is_faster::<S, T>(states.len(), block.len());
    if recursion && Lanes::<S, T>::LEN >= 4 {
        block::filter(simd, &group.blocks, states, block)
    } else {
        group.pipeline.filter(simd, states, block)
    }
}

/// Whether the block recursion is faster than the pipeline: costs in nanoseconds, from
/// `cargo bench --bench plans` on a processor of 2024.
#[inline(always)]
fn block_is_faster<S: Simd, T: Real>(sections: usize, samples: usize) -> bool {
    let chunks = samples.div_ceil(chunk_len::<S, T>());
    let per_section = 34 * chunks + 4 * (samples % LANE_SAMPLES);
    let steps = samples + (sections - 1) * samples.div_ceil(LONGEST);
    let per_step = if sections <= 8 { 4 } else { 5 };
    samples < sections || sections * per_section < steps * per_step
}
