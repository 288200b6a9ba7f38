//! What the examples share.

#[allow(dead_code, unused_imports, reason = "each example uses a part of it")]
pub mod plot;
