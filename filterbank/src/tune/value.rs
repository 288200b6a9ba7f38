//! A value in a specification: fixed, or a parameter.

use core::fmt;
use core::ops::RangeInclusive;

use filterbank_core::Band;
use filterbank_core::grammar::{self, ParseBandError, Setting};

use crate::tune::tunable::UNBOUNDED;

/// A value in a [`Band`](crate::Band): fixed, or a parameter. The run-time form of the macro's
/// `tune(…)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tune {
    /// A fixed value.
    Fixed(f64),
    /// A parameter.
    Free {
        /// The start value.
        start: f64,
        /// The lowest and the highest value; infinite where none is given.
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

    /// The value in the specification.
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

impl<P> From<Setting<P>> for Tune {
    fn from(Setting { start, tuning }: Setting<P>) -> Self {
        let start = start.value;
        match tuning.map(|tuning| tuning.bounds) {
            None => Self::Fixed(start),
            Some(None) => Self::free(start),
            Some(Some(bounds)) => Self::within(start, bounds.low.value..=bounds.high.value),
        }
    }
}

/// As in a specification: `250`, `tune(250)` or `tune(250 in 120..=500)`.
impl fmt::Display for Tune {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Fixed(value) => write!(f, "{value}"),
            Self::Free { start, bounds: UNBOUNDED } => write!(f, "tune({start})"),
            Self::Free { start, bounds: (low, high) } => {
                write!(f, "tune({start} in {low}..={high})")
            }
        }
    }
}

/// Reads a band from text in the grammar of [`filterbank!`](crate::filterbank!). Any value may be a
/// parameter.
///
/// # Errors
///
/// If the text is not a band. The error has a sentence for each mistake.
///
/// ```
/// use filterbank::tune::parse_band;
/// use filterbank::{Band, Tune};
///
/// let text = "peak(center = tune(250 in 120..=500), q = 1, gain_db = tune(-3))";
/// let band = parse_band(text)?;
/// let center = Tune::within(250.0, 120.0..=500.0);
/// assert_eq!(band, Band::peak(center, Tune::Fixed(1.0), Tune::free(-3.0)));
/// assert_eq!(band.to_string(), text);
/// # Ok::<(), filterbank::spec::grammar::ParseBandError>(())
/// ```
pub fn parse_band(text: &str) -> Result<Band<Tune>, ParseBandError> {
    Ok(grammar::parse(text)?.map(|_, setting| setting.into()))
}
