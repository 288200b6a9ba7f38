//! Steps of the example `train_three_band`: its own models, and its own step.

/// The example's two models.
#[allow(missing_docs, clippy::missing_errors_doc, reason = "the example's own file")]
#[path = "../../examples/train_three_band/models.rs"]
pub mod models;

/// The example's training.
#[allow(missing_docs, clippy::missing_errors_doc, reason = "the example's own file")]
#[path = "../../examples/train_three_band/training.rs"]
mod step;

pub use step::{Seen, Training};

use crate::filters::noise;

/// Samples that a step sees.
pub const SAMPLES: usize = 1_024;

/// White noise of energy 1.
pub fn samples() -> Vec<f64> {
    noise::<f64>(SAMPLES).iter().map(|x| x * 12.0_f64.sqrt()).collect()
}
