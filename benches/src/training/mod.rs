//! Training of a bank of three bands, so that each band's output has a given energy for white
//! noise.
//!
//! The gradient is exact: the design runs on dual numbers, and their tangents weight the outputs of
//! sensitivity filters.

pub mod models;
mod step;

pub use step::{Seen, Training};

use crate::filters::noise;

/// Samples in a step.
pub const SAMPLES: usize = 1_024;

/// White noise of energy 1.
pub fn samples() -> Vec<f64> {
    noise::<f64>(SAMPLES).iter().map(|x| x * 12.0_f64.sqrt()).collect()
}
