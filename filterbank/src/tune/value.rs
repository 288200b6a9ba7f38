//! A number of a specification that may be tuned.

use core::ops::RangeInclusive;

use crate::tune::tunable::UNBOUNDED;

/// A number in a [`Band`](crate::Band): fixed, or to be tuned. The run-time twin of the macro's `tune(…)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tune {
    /// It stays.
    Fixed(f64),
    /// It is a parameter.
    Free {
        /// Where it starts.
        start: f64,
        /// Its lowest and its highest value; infinite where none is given.
        bounds: (f64, f64),
    },
}

impl Tune {
    /// A parameter without bounds.
    pub const fn free(start: f64) -> Self {
        Self::Free { start, bounds: UNBOUNDED }
    }

    /// A parameter that stays between two values.
    pub const fn within(start: f64, bounds: RangeInclusive<f64>) -> Self {
        Self::Free { start, bounds: (*bounds.start(), *bounds.end()) }
    }

    /// Its value as it was specified.
    pub const fn start(self) -> f64 {
        match self {
            Self::Fixed(value) | Self::Free { start: value, .. } => value,
        }
    }
}

impl From<f64> for Tune {
    fn from(value: f64) -> Self {
        Self::Fixed(value)
    }
}
