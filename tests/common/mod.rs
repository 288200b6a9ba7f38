//! What the test programs share.

pub mod bits;
pub mod exact;
pub mod golden;
pub mod wide;
