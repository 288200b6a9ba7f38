//! Pieces that several commands use.

pub mod destination;
pub mod failure;
pub mod format;
pub mod input;
pub mod numbers;
pub mod output;
pub mod plot;
pub mod progress;
pub mod rounding;
pub mod unnamed;
pub mod wav;
