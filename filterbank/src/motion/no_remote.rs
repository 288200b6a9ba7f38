//! The processor's end of a remote, on processors without atomic numbers of 64 bits: there is no
//! remote.

/// Nothing is received.
#[derive(Clone, Debug, Default)]
pub(super) struct Receiver;

impl Receiver {
    /// No knob ever has a new value.
    #[allow(clippy::unused_self, reason = "the form of the real one")]
    pub(super) fn take(&self, _take: impl FnMut(usize, f64)) {}
}
