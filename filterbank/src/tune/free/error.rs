//! What cannot be parametrised.

use alloc::string::String;
use core::fmt;

/// A filter or a value that has no free numbers: see [`Unconstrained`](crate::tune::Unconstrained).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum UnconstrainedError {
    /// A value is not strictly inside its interval, or not above the parameter it must be above.
    Value {
        /// The parameter.
        name: String,
        /// Its value.
        value: f64,
        /// What the value must be above.
        low: f64,
        /// What it must be below.
        high: f64,
    },
    /// The bounds leave no value.
    Bounds {
        /// The parameter.
        name: String,
        /// The lowest value that its bound and the parameters before it allow.
        low: f64,
        /// The highest value that its bound and the parameters behind it allow.
        high: f64,
    },
    /// No parameter has this name.
    Unknown {
        /// The name.
        name: String,
    },
    /// A parameter that cannot be ordered: it has no two ends, measures another quantity than the
    /// others, or is in another order.
    Order {
        /// The parameter.
        name: String,
    },
    /// A wrong number of values.
    Count {
        /// The number of parameters.
        expected: usize,
        /// The number of values.
        found: usize,
    },
}

impl fmt::Display for UnconstrainedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value { name, value, low, high } => {
                write!(f, "`{name}` = {value} must lie strictly between {low} and {high}")
            }
            Self::Bounds { name, low, high } => write!(
                f,
                "`{name}` has no possible value: it would have to be at least {low} and at most \
                 {high}"
            ),
            Self::Unknown { name } => write!(f, "no parameter is called `{name}`"),
            Self::Order { name } => write!(
                f,
                "`{name}` cannot be ordered: each parameter of an order must have two ends, the \
                 quantity of the others, and a place in one order only"
            ),
            Self::Count { expected, found } => {
                write!(f, "expected {expected} values, one for each parameter, found {found}")
            }
        }
    }
}

impl core::error::Error for UnconstrainedError {}
