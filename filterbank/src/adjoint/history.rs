//! What the forward passes leave for the backward passes.

use alloc::vec::Vec;

use filterbank_core::SectionState;

/// The blocks of a signal since the history was last cut, the latest last.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    /// The length of each block.
    lengths: Vec<usize>,
    /// The input of all blocks.
    input: Vec<f64>,
    /// The checkpoints of all blocks.
    checkpoints: Vec<SectionState<f64>>,
}

impl History {
    /// Forgets all blocks.
    pub(super) fn clear(&mut self) {
        self.lengths.clear();
        self.input.clear();
        self.checkpoints.clear();
    }

    /// Appends a block. Returns room for its checkpoints, so many states.
    pub(super) fn push(&mut self, input: &[f64], checkpoints: usize) -> &mut [SectionState<f64>] {
        self.lengths.push(input.len());
        self.input.extend_from_slice(input);
        let start = self.checkpoints.len();
        self.checkpoints.resize(start + checkpoints, SectionState::default());
        &mut self.checkpoints[start..]
    }

    /// The length of the latest block; `None` if there is no block.
    pub(super) fn latest(&self) -> Option<usize> {
        self.lengths.last().copied()
    }

    /// The input of the latest block and its checkpoints, so many states.
    pub(super) fn block(&self, checkpoints: usize) -> (&[f64], &[SectionState<f64>]) {
        let length = self.latest().unwrap_or_default();
        let input = &self.input[self.input.len() - length..];
        (input, &self.checkpoints[self.checkpoints.len() - checkpoints..])
    }

    /// Removes the latest block, with its checkpoints, so many states.
    pub(super) fn pop(&mut self, checkpoints: usize) {
        let length = self.lengths.pop().unwrap_or_default();
        self.input.truncate(self.input.len() - length);
        self.checkpoints.truncate(self.checkpoints.len() - checkpoints);
    }
}
