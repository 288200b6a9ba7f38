//! Scratch buffers.

use alloc::vec::Vec;

use filterbank_core::{AdjointScratch, Sample};

/// The number of samples from one checkpoint to the next.
pub(crate) const BLOCK: usize = AdjointScratch::<f64>::BLOCK;

/// Scratch buffers, kept between calls. They grow to the largest call: for each thread the signals
/// of 8 filters and of the points between their sections, for one block; and five sums for each
/// section of each signal.
#[derive(Clone, Debug)]
pub struct Workspace<S> {
    threads: Vec<Buffers<S>>,
    /// The gradient of each section of each signal.
    pub(super) gradients: Vec<[S; 5]>,
}

/// The scratch buffers of a thread.
#[derive(Clone, Debug)]
pub(super) struct Buffers<S> {
    /// `[signals, BLOCK]`
    pub(super) input: Vec<S>,
    /// `[signals, bands, BLOCK]`
    pub(super) output: Vec<S>,
    pub(super) adjoint: AdjointScratch<S>,
}

impl<S: Sample> Default for Workspace<S> {
    fn default() -> Self {
        Self { threads: Vec::new(), gradients: Vec::new() }
    }
}

impl<S: Sample> Workspace<S> {
    /// Without buffers: they are allocated in the first call.
    pub fn new() -> Self {
        Self::default()
    }

    /// The buffers of so many threads, each for so many signals.
    pub(super) fn buffers(
        &mut self,
        threads: usize,
        signals: usize,
        bands: usize,
    ) -> &mut [Buffers<S>] {
        let empty =
            || Buffers { input: Vec::new(), output: Vec::new(), adjoint: AdjointScratch::new() };
        if self.threads.len() < threads {
            self.threads.resize_with(threads, empty);
        }
        let buffers = &mut self.threads[..threads];
        for buffers in &mut *buffers {
            for (buffer, rows) in
                [(&mut buffers.input, signals), (&mut buffers.output, signals * bands)]
            {
                if buffer.len() < rows * BLOCK {
                    buffer.resize(rows * BLOCK, S::zero());
                }
            }
        }
        buffers
    }
}
