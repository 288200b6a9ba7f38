//! x
pub use filterbank_core::*;
