//! One signal of an adjoint, and the scratch memory of all.

use alloc::vec::Vec;

use crate::number::Scalar;
use crate::run::ShapeError;
use crate::section::{Section, SectionState};

/// One block of one signal through sections in series, with the derivatives of a loss. See
/// [`adjoint`](crate::adjoint()).
///
/// A *slope* is the derivative of the loss by a number.
#[derive(Debug)]
pub struct AdjointLane<'a, S> {
    /// The sections, in series.
    pub sections: &'a [Section<S>],
    /// The state of each section at the start of the block.
    pub states: &'a [SectionState<S>],
    /// The samples that enter the first section.
    pub input: &'a [S],
    /// In: the slope by each output sample. Out: the slope by each input sample.
    pub slope: &'a mut [S],
    /// For each section. In: the slope by its state after the block, which is zero for the last
    /// block of a signal. Out: the slope by its state at the start.
    pub state_slope: &'a mut [SectionState<S>],
    /// For each section, the slopes by `[b0, b1, b2, a1, a2]`. The block's are added to them.
    pub gradient: &'a mut [[S; 5]],
}

impl<S> AdjointLane<'_, S> {
    /// Checks that all slices fit the sections and a block of `time` samples.
    pub(crate) fn check(&self, time: usize) -> Result<(), ShapeError> {
        let sections = self.sections.len();
        ShapeError::check("states", sections, self.states.len())?;
        ShapeError::check("input", time, self.input.len())?;
        ShapeError::check("slope", time, self.slope.len())?;
        ShapeError::check("state_slope", sections, self.state_slope.len())?;
        ShapeError::check("gradient", sections, self.gradient.len())
    }
}

/// Memory for the signals between the sections of a block. It grows with the first blocks; later
/// calls with blocks of the same shape allocate nothing.
#[derive(Clone, Debug, Default)]
pub struct AdjointScratch<S> {
    numbers: Vec<S>,
}

impl<S: Scalar> AdjointScratch<S> {
    /// A good length of blocks, in samples: the signals between the sections stay in the cache, and
    /// little time is spent at borders.
    pub const BLOCK: usize = 512;

    /// Without memory.
    pub const fn new() -> Self {
        Self { numbers: Vec::new() }
    }

    /// Numbers of any value.
    pub(crate) fn numbers(&mut self, length: usize) -> &mut [S] {
        if self.numbers.len() < length {
            self.numbers.resize(length, S::zero());
        }
        &mut self.numbers[..length]
    }
}
