//! Scratch buffers.

use alloc::vec::Vec;

use filterbank_core::{AdjointScratch, Sample};

/// The number of samples from one checkpoint to the next.
pub(crate) const BLOCK: usize = AdjointScratch::<f64>::BLOCK;

/// Scratch buffers, kept between calls: a call that is not larger than the ones before allocates
/// nothing.
///
/// Each thread has room for one block of a few signals and of the points between their sections.
/// A backward pass has a sum for each coefficient of each signal; with a moving filter that is shared
/// by all items, a sum for each coefficient of each frame for every 8 signals.
#[derive(Clone, Debug)]
pub struct Workspace<S> {
    threads: Vec<Buffers<S>>,
    /// The gradient of each section of each signal.
    pub(super) gradients: Vec<[S; 5]>,
    /// The gradient of all frames by the signals of each unit, where a moving filter is shared.
    pub(super) sums: Vec<[S; 6]>,
}

/// The scratch buffers of a thread.
#[derive(Clone, Debug)]
pub(super) struct Buffers<S> {
    /// `[signals, block]`
    pub(super) input: Vec<S>,
    /// `[signals, outputs, block]`
    pub(super) output: Vec<S>,
    pub(super) adjoint: AdjointScratch<S>,
    /// The gradient of each signal by the frames of a block.
    pub(super) gradients: Vec<[S; 6]>,
}

impl<S: Sample> Buffers<S> {
    /// Sets all sums to zero, so many of them.
    pub(super) fn clear_gradients(&mut self, count: usize) {
        self.gradients.clear();
        self.gradients.resize(count, [S::zero(); 6]);
    }
}

impl<S: Sample> Default for Workspace<S> {
    fn default() -> Self {
        Self { threads: Vec::new(), gradients: Vec::new(), sums: Vec::new() }
    }
}

impl<S: Sample> Workspace<S> {
    /// Without buffers: they are allocated in the first call.
    pub fn new() -> Self {
        Self::default()
    }

    /// The buffers of so many threads, each for a block of so many signals.
    pub(super) fn buffers(
        &mut self,
        threads: usize,
        signals: usize,
        outputs: usize,
        block: usize,
    ) -> &mut [Buffers<S>] {
        if self.threads.len() < threads {
            self.threads.resize_with(threads, || Buffers {
                input: Vec::new(),
                output: Vec::new(),
                adjoint: AdjointScratch::new(),
                gradients: Vec::new(),
            });
        }
        let buffers = &mut self.threads[..threads];
        for Buffers { input, output, .. } in &mut *buffers {
            for (buffer, rows) in [(input, signals), (output, signals * outputs)] {
                if buffer.len() < rows * block {
                    buffer.resize(rows * block, S::zero());
                }
            }
        }
        buffers
    }
}
