//! Why a knob cannot be set.

use core::fmt;

use filterbank_core::DesignError;

/// Why a knob cannot be set.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SetError {
    /// There is no such knob.
    Knob {
        /// The index.
        index: usize,
        /// The number of knobs.
        count: usize,
    },
    /// The value is NaN or out of its bounds, or no filter can be designed with it beside the targets
    /// of the band's other knobs.
    Value(DesignError),
}

impl fmt::Display for SetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Knob { index, count } => {
                write!(f, "knob {index} does not exist: there are {count}")
            }
            Self::Value(error) => write!(f, "{error}"),
        }
    }
}

impl core::error::Error for SetError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Value(error) => Some(error),
            Self::Knob { .. } => None,
        }
    }
}
