//! The adjoint of sections in series, on vectors.

mod lane;

pub use lane::{AdjointLane, AdjointScratch};
