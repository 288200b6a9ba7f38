//! Learning parameters from gradients: least squares with bounds, and Adam.

mod adam;
mod least_squares;
mod magnitude;
mod parametric;

pub use adam::{Adam, StepError};
pub use least_squares::{FitError, LeastSquares, Loss, Progress, Residuals, Solution, Stop};
pub use magnitude::{
    MagnitudeFit, MagnitudeTarget, TargetError, fit_magnitude, fit_magnitude_from,
};
pub use parametric::{ParametricEq, ParametricFit, SearchProgress};
