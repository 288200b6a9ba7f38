//! The sizes of a batch.

/// The sizes of a batch of signals: a flat slice `[batch, channels, time]`, time running fastest.
///
/// An item of the batch is what has parameters of its own, if any has; its channels share them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchShape {
    /// The number of items.
    pub batch: usize,
    /// The number of channels of each item.
    pub channels: usize,
    /// The number of samples of each channel.
    pub time: usize,
}

impl BatchShape {
    /// The number of signals: `batch × channels`.
    pub fn signals(&self) -> usize {
        self.batch.saturating_mul(self.channels)
    }

    /// The number of samples of all signals.
    pub fn samples(&self) -> usize {
        self.signals().saturating_mul(self.time)
    }
}
