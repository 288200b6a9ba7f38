//! Learning parameters from gradients.

mod adam;

pub use adam::{Adam, StepError};
