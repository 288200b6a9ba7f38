//! Learning parameters from gradients: least squares with bounds, and Adam.
//!
//! | to fit | use |
//! |---|---|
//! | a level curve in dB, with a filter of your own | [`fit_magnitude`] |
//! | a level curve in dB, by a search for peaks and shelves | [`ParametricEq`] |
//! | a complex response or a group delay | [`fit_response`], [`fit_group_delay`], with weights [`fit_weighted_response`], [`fit_weighted_group_delay`] |
//! | recordings of a system's input and output | [`fit_recording`], [`fit_stream`] |
//! | recordings with a gain, delay or offset of their own, or several of them | [`Recordings`] |
//! | signals while they run | [`OnlineFit`] |
//! | any residuals | [`LeastSquares`] |
//! | noisy objectives, step by step | [`Adam`] |
//!
//! Every least-squares fit returns a [`Fit`]: parameters, standard errors and covariance in the
//! parameters' own units, the parameters that are not determined, and a warning if the residuals are
//! no white noise. [`LeastSquares`] holds the options, and a [`FitError`] tells why a fit
//! could not start. Fits of filters search frequencies and widths on a logarithmic scale, all other
//! parameters on a linear scale: see [`Quantity::scale`](crate::spec::Quantity::scale).
//!
//! ```text
//! levenberg_marquardt ─► least_squares ─┬► curve ─► parametric
//!         model ─► result ◄─ statistics ┴► recording, online
//! ```

/// The linear algebra in the signatures of this module.
pub use nalgebra;

mod adam;
mod autocorrelation;
mod curve;
mod error;
mod least_squares;
mod levenberg_marquardt;
mod loss;
mod model;
mod normal_equations;
mod online;
mod parametric;
mod recording;
mod result;
mod statistics;

pub use adam::{Adam, StepError};
pub use curve::{
    MagnitudeTarget, TargetError, fit_group_delay, fit_magnitude, fit_magnitude_from, fit_response,
    fit_weighted_group_delay, fit_weighted_response,
};
pub use error::FitError;
pub use least_squares::{LeastSquares, Residuals};
pub use levenberg_marquardt::{Progress, Stop};
pub use loss::Loss;
pub use normal_equations::NormalEquations;
pub use online::OnlineFit;
pub use parametric::{ParametricEq, ParametricFit, SearchProgress};
pub use recording::{Recording, RecordingError, Recordings, Sample, fit_recording, fit_stream};
pub use result::Fit;
