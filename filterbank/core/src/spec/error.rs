//! What can be wrong with a specification, in one sentence each.

use core::fmt;

use crate::spec::parameter::Parameter;

/// A parameter of a specification that no filter can be designed from.
///
/// It carries the parameter's name, its value and what would be allowed, so that the same
/// sentence can be shown at run time and, by the macro, at the right place in the source.
///
/// ```
/// use filterbank_core::{Band, Method, Parameter, Requirement};
///
/// let band = Band::highpass(Method::Butterworth { order: 4 }, 30_000.0);
/// let error = band.sections(48_000.0).unwrap_err();
/// assert_eq!(error.parameter(), Parameter::CUTOFF);
/// assert_eq!(error.requirement(), Requirement::InsideNyquist { nyquist: 24_000.0 });
/// assert_eq!(
///     error.to_string(),
///     "`cutoff` = 30000 Hz must lie strictly between 0 and the Nyquist frequency 24000 Hz",
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DesignError {
    band: Option<BandLabel>,
    parameter: Parameter,
    value: f64,
    requirement: Requirement,
}

/// Which of many bands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BandLabel {
    /// Its position, counted from 0.
    Index(usize),
    /// Its name.
    Name(&'static str),
}

/// What a parameter's value would have to satisfy.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Requirement {
    /// Finite and above 0.
    Positive,
    /// Neither infinite nor NaN.
    Finite,
    /// Finite and not 0.
    NonZero,
    /// Strictly between 0 and the Nyquist frequency in Hz.
    InsideNyquist {
        /// Half the sample rate.
        nyquist: f64,
    },
    /// An integer from 1 to `max`.
    Order {
        /// The highest order that is designed.
        max: usize,
    },
    /// Strictly above another parameter.
    Above {
        /// The other parameter.
        parameter: Parameter,
        /// The other parameter's value.
        value: f64,
    },
    /// Between two values, both allowed. What is beyond them by at most 1e-6 of them, as after
    /// rounding to `f32`, is allowed too.
    Within {
        /// The lowest allowed value.
        low: f64,
        /// The highest allowed value.
        high: f64,
    },
    /// Strictly between 0 and a value.
    Below {
        /// The value that must not be reached.
        limit: f64,
    },
    /// Equal to that of the other bands.
    SameAsOthers {
        /// The other bands' value.
        value: f64,
    },
    /// The number of values must be `expected`.
    Count {
        /// The number that is needed.
        expected: usize,
    },
    /// A list that does not fall, and ends with `last`.
    RisingTo {
        /// What the last entry must be.
        last: usize,
    },
    /// `Width::Slope` was given to a shape that is not a shelf.
    ShelfOnly,
    /// Coefficients that stay finite, and poles that stay inside the unit circle, when the
    /// coefficients are rounded to the floating-point type they are held in. Ranges alone cannot
    /// tell: it depends on all parameters together. The error names the parameter that would mend
    /// it alone, if there is one. (Long before that, bands narrower than a millionth of their
    /// frequency lose accuracy: their poles are closer to the unit circle than rounded coefficients
    /// can place them. [`Band::rounding_db`](crate::Band::rounding_db) tells.)
    Representable,
    /// A coefficient that, with the other one of the denominator, leaves both poles inside the unit
    /// circle.
    Stable,
}

impl DesignError {
    /// An error about the `value` of a `parameter`: for filters of your own that take parameters.
    pub const fn new(parameter: Parameter, value: f64, requirement: Requirement) -> Self {
        Self { band: None, parameter, value, requirement }
    }

    /// The same error, found in one of many bands.
    #[must_use]
    pub fn in_band(self, band: BandLabel) -> Self {
        Self { band: Some(band), ..self }
    }

    /// Which band it was, if many were designed at once.
    pub fn band(&self) -> Option<BandLabel> {
        self.band
    }

    /// The parameter: its name, as it is written in the specification, and its quantity.
    pub fn parameter(&self) -> Parameter {
        self.parameter
    }

    /// The parameter's value, in the parameter's unit.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// What the value would have to satisfy.
    pub fn requirement(&self) -> Requirement {
        self.requirement
    }
}

/// A unit as it is printed behind a value.
struct Unit(&'static str);

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let space = if self.0.is_empty() { "" } else { " " };
        write!(f, "{space}{}", self.0)
    }
}

/// A number as a person writes it: with an exponent where there would be rows of zeros.
struct Readable(f64);

impl fmt::Display for Readable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(value) = *self;
        if value == 0.0 || !value.is_finite() || (1e-5..1e12).contains(&value.abs()) {
            write!(f, "{value}")
        } else {
            write!(f, "{value:e}")
        }
    }
}

impl fmt::Display for DesignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { band, parameter, value, requirement } = *self;
        let Parameter { name: parameter, quantity } = parameter;
        match band {
            None => write!(f, "`{parameter}`")?,
            Some(BandLabel::Index(index)) => write!(f, "band {index}: `{parameter}`")?,
            Some(BandLabel::Name(name)) => write!(f, "`{name}.{parameter}`")?,
        }
        let unit = Unit(quantity.unit());
        write!(f, " = {}{unit} ", Readable(value))?;
        match requirement {
            Requirement::Positive => write!(f, "must be finite and above 0"),
            Requirement::Finite => write!(f, "must be finite"),
            Requirement::NonZero => write!(f, "must be finite and not 0"),
            Requirement::InsideNyquist { nyquist } => write!(
                f,
                "must lie strictly between 0 and the Nyquist frequency {}{unit}",
                Readable(nyquist)
            ),
            Requirement::Order { max } => write!(f, "must be an integer from 1 to {max}"),
            Requirement::Above { parameter, value } => {
                write!(f, "must be above `{}` = {}{unit}", parameter.name, Readable(value))
            }
            Requirement::Within { low, high } => {
                write!(f, "must lie between {}{unit} and {}{unit}", Readable(low), Readable(high))
            }
            Requirement::Below { limit } => {
                write!(f, "must lie strictly between 0 and {limit:.4}{unit}")
            }
            Requirement::SameAsOthers { value } => {
                write!(f, "must be that of the other bands, {}{unit}", Readable(value))
            }
            Requirement::Count { expected } => {
                write!(f, "must be {expected}")
            }
            Requirement::RisingTo { last } => {
                write!(f, "must not fall from entry to entry, and the last entry must be {last}")
            }
            Requirement::ShelfOnly => {
                write!(f, "is a width for shelves only: give a Q or a bandwidth in octaves")
            }
            Requirement::Stable => write!(
                f,
                "must, with the other coefficient of the denominator, leave both poles inside the \
                 unit circle"
            ),
            Requirement::Representable => write!(
                f,
                "asks, with the other parameters, for a filter whose rounded coefficients would not be \
                 finite and stable: it is too near 0 or the Nyquist frequency, too narrow, too wide \
                 or too steep"
            ),
        }
    }
}

impl core::error::Error for DesignError {}
