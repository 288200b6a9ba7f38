//! Learning parameters from gradients: least squares with bounds, and Adam.
//!
//! | to fit | use |
//! |---|---|
//! | a level curve in dB, with a filter of your own | [`fit_magnitude`] |
//! | a level curve in dB, with peaks and shelves to be found | [`ParametricEq`] |
//! | a complex response or a group delay | [`fit_response`], [`fit_group_delay`] |
//! | recordings of a system's input and output | [`fit_recording`], [`fit_stream`] |
//! | signals while they run | [`OnlineFit`] |
//! | anything that gives residuals | [`LeastSquares`] |
//! | noisy objectives, step by step | [`Adam`] |

/// The linear algebra in the signatures of this module.
pub use nalgebra;

mod adam;
mod curve;
mod descent;
mod least_squares;
mod loss;
mod magnitude;
mod normal_equations;
mod online;
mod parametric;
mod recording;
mod scale;

pub use adam::{Adam, StepError};
pub use curve::{CurveFit, fit_group_delay, fit_response};
pub use descent::{Progress, Stop};
pub use least_squares::{FitError, LeastSquares, Residuals, Solution};
pub use loss::Loss;
pub use magnitude::{
    MagnitudeFit, MagnitudeTarget, TargetError, fit_magnitude, fit_magnitude_from,
};
pub use normal_equations::NormalEquations;
pub use online::OnlineFit;
pub use parametric::{ParametricEq, ParametricFit, SearchProgress};
pub use recording::{RecordingError, RecordingFit, fit_recording, fit_stream};
