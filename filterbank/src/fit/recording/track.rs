//! A recording in a fit: its signals, and its chain as a function of the fit's variables.

use std::ops::Range;

use crate::fit::recording::builder::Recording;
use crate::fit::recording::chain::{Chain, Setting};
use crate::fit::recording::delay::{DelayLine, Window};
use crate::fit::recording::error::RecordingError;

/// A recording in a fit.
pub(super) struct Track<'p, 'a> {
    pub(super) recording: &'p mut Recording<'a>,
    pub(super) chain: Chain,
    /// The positions of the chain's variables among all variables of the fit.
    pub(super) variables: Range<usize>,
    /// The number of samples in the first pass.
    samples: Option<usize>,
}

impl<'p, 'a> Track<'p, 'a> {
    pub(super) fn new(
        recording: &'p mut Recording<'a>,
        chain: Chain,
        variables: Range<usize>,
    ) -> Self {
        Self { recording, chain, variables, samples: None }
    }

    /// The chain for the variables of the fit.
    pub(super) fn setting(&self, variables: &[f64]) -> Setting {
        self.chain.at(&variables[self.variables.clone()])
    }

    /// Plays the recording once. `listen` is called with all samples that the filter is compared
    /// with, block by block, after `filter` has changed the input of the block.
    pub(super) fn play(
        &mut self,
        mut filter: impl FnMut(&mut [f64]),
        mut listen: impl FnMut(Window<'_>),
    ) -> Result<(), RecordingError> {
        let start = self.chain.start();
        let mut line = DelayLine::new(self.chain.range());
        let found = (self.recording.play)(&mut |block| {
            filter(&mut block.input);
            line.feed(block, &mut |window| listen(window.from(start)));
        })?;
        match *self.samples.get_or_insert(found) {
            expected if expected != found => Err(RecordingError::Changed { expected, found }),
            _ => Ok(()),
        }
    }
}
