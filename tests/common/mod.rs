//! What the test programs share.

pub mod exact;
pub mod golden;
pub mod wide;
