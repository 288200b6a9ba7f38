//! Learning parameters from gradients: least squares with bounds, and Adam.

mod adam;
mod least_squares;

pub use adam::{Adam, StepError};
pub use least_squares::{FitError, LeastSquares, Loss, Progress, Residuals, Solution, Stop};
