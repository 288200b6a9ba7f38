//! Errors of fits that cannot start.

use std::error::Error;
use std::fmt;

use crate::fit::curve::TargetError;

/// Why a fit cannot start.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum FitError<E> {
    /// The number of bounds is not the number of parameters.
    BoundCount {
        /// Number of parameters.
        expected: usize,
        /// Number of bounds.
        found: usize,
    },
    /// The number of start values is not the number of parameters.
    StartLength {
        /// Number of parameters.
        expected: usize,
        /// Number of values.
        found: usize,
    },
    /// The lower bound is above the upper bound, or a bound is NaN.
    EmptyBounds {
        /// The parameter's name; `p[0]`, `p[1]`, … for the parameters of a closure.
        name: String,
        /// Its bounds.
        bounds: (f64, f64),
    },
    /// A start value is outside its bounds or not finite.
    Start {
        /// The parameter's name, as for empty bounds.
        name: String,
        /// Its start value.
        value: f64,
        /// Its bounds.
        bounds: (f64, f64),
    },
    /// A parameter that is searched by its logarithm (see
    /// [`Quantity::scale`](crate::spec::Quantity::scale)) starts at 0 or below, or has a negative
    /// lower bound or an upper bound that is not positive.
    NotPositive {
        /// The parameter's name.
        name: String,
        /// Its start or bound.
        value: f64,
    },
    /// A residual or derivative at the start is infinite or NaN.
    NotFinite {
        /// The residual's position.
        index: usize,
    },
    /// The size of a robust [`Loss`](crate::fit::Loss) is outside 1e-150 to 1e150.
    LossSize {
        /// The size.
        size: f64,
    },
    /// The [tolerance of the cost](crate::fit::LeastSquares::cost_tolerance) is not from 0 to below 1.
    Tolerance {
        /// The tolerance.
        tolerance: f64,
    },
    /// The known [noise](crate::fit::LeastSquares::noise) is outside 1e-150 to 1e150.
    Noise {
        /// The standard deviation.
        noise: f64,
    },
    /// [`Residuals`](crate::fit::Residuals) gave another number of residuals than at the start.
    ResidualCount {
        /// Number of residuals at the start.
        expected: usize,
        /// Number of residuals later.
        found: usize,
    },
    /// [`Residuals`](crate::fit::Residuals) gave a Jacobian without a row for each residual and a
    /// column for each parameter.
    JacobianShape {
        /// Number of residuals and of parameters.
        expected: (usize, usize),
        /// Number of rows and of columns.
        found: (usize, usize),
    },
    /// The squares of the residuals or derivatives at the start overflow, or all those of the
    /// residuals underflow.
    Range {
        /// Half the sum of the losses of all residuals.
        cost: f64,
    },
    /// There are more parameters than residuals.
    Underdetermined {
        /// Number of parameters.
        params: usize,
        /// Number of residuals.
        residuals: usize,
    },
    /// The curve cannot be a target.
    Target(TargetError),
    /// The residuals cannot be computed at the start.
    Evaluation(E),
}

impl<E: fmt::Display> fmt::Display for FitError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BoundCount { expected, found } => {
                write!(
                    f,
                    "the number of bounds is {found}, but the number of parameters is {expected}"
                )
            }
            Self::StartLength { expected, found } => {
                write!(
                    f,
                    "the number of start values is {found}, but the number of parameters is {expected}"
                )
            }
            Self::EmptyBounds { name, bounds: (low, high) } => {
                write!(f, "the bounds {low} to {high} of `{name}` are empty")
            }
            Self::Start { name, value, bounds: (low, high) } => {
                write!(f, "`{name}` starts at {value}, outside its bounds {low} to {high}")
            }
            Self::NotPositive { name, value } => write!(
                f,
                "`{name}` is searched by its logarithm: its start and bounds must be above 0, not \
                 {value}"
            ),
            Self::NotFinite { index } => {
                write!(f, "residual {index} or its derivatives are not finite at the start")
            }
            Self::LossSize { size } => {
                write!(f, "the size of the loss, {size:?}, must lie between 1e-150 and 1e150")
            }
            Self::Tolerance { tolerance } => write!(
                f,
                "the tolerance of the cost, {tolerance:?}, must be at least 0 and below 1"
            ),
            Self::Noise { noise } => {
                write!(f, "the noise, {noise:?}, must lie between 1e-150 and 1e150")
            }
            Self::ResidualCount { expected, found } => {
                write!(f, "there were {expected} residuals at the start, now there are {found}")
            }
            Self::JacobianShape { expected: (residuals, params), found: (rows, columns) } => {
                write!(
                    f,
                    "the Jacobian is {rows} by {columns}: {residuals} residuals and {params} \
                     parameters need {residuals} by {params}"
                )
            }
            Self::Range { cost } => write!(
                f,
                "squares of residuals or derivatives are out of range at the start, where the cost \
                 is {cost:e}: scale the residuals"
            ),
            Self::Underdetermined { params, residuals } => {
                write!(f, "{residuals} residuals cannot determine {params} parameters")
            }
            Self::Target(error) => write!(f, "{error}"),
            Self::Evaluation(error) => write!(f, "{error}"),
        }
    }
}

impl<E: Error + 'static> Error for FitError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Target(error) => Some(error),
            Self::Evaluation(error) => Some(error),
            _ => None,
        }
    }
}

impl<E> FitError<E> {
    pub(super) fn not_positive(name: &str, value: f64) -> Self {
        Self::NotPositive { name: name.to_owned(), value }
    }
}

/// Checks that every value lies within its bounds.
pub(super) fn check_within<E>(
    start: &[f64],
    bounds: &[(f64, f64)],
    name: impl Fn(usize) -> String,
) -> Result<(), FitError<E>> {
    for (index, (&value, &(low, high))) in start.iter().zip(bounds).enumerate() {
        if low.is_nan() || high.is_nan() || low > high {
            return Err(FitError::EmptyBounds { name: name(index), bounds: (low, high) });
        }
        if !value.is_finite() || value < low || value > high {
            return Err(FitError::Start { name: name(index), value, bounds: (low, high) });
        }
    }
    Ok(())
}

/// The name of a parameter of a closure.
pub(super) fn closure_name(index: usize) -> String {
    format!("p[{index}]")
}
