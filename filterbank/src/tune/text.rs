//! Values of parameters as text: what an equaliser shows, and what people type.

use core::fmt;

use filterbank_core::{Quantity, Scalar, Scale};

use crate::tune::tunable::Param;

impl Param<'_> {
    /// A value of this parameter as an equaliser shows it, with its unit.
    ///
    /// | quantity | text | digits |
    /// |---|---|---|
    /// | frequency | `80 Hz`, `1.25 kHz` | three significant |
    /// | gain | `+3.0 dB` | one after the point |
    /// | ripple, attenuation | `0.5 dB` | three significant |
    /// | Q | `Q 0.71` | two after the point; fewer from 10 on, more below 0.1 |
    /// | slope | `S 0.90` | as Q |
    /// | bandwidth | `1.50 oct` | as Q |
    /// | count | `4` | none after the point |
    /// | anything else | `0.125` | four significant |
    ///
    /// ```
    /// use filterbank::spec::Quantity;
    /// use filterbank::tune::{Param, UNBOUNDED};
    ///
    /// let param = |quantity| Param { name: "", quantity, value: 1.0, bounds: UNBOUNDED };
    /// assert_eq!(param(Quantity::Frequency).text(1_250.0).to_string(), "1.25 kHz");
    /// assert_eq!(param(Quantity::Gain).text(-3.0).to_string(), "-3.0 dB");
    /// assert_eq!(param(Quantity::Q).text(0.7071).to_string(), "Q 0.71");
    /// ```
    pub const fn text(&self, value: f64) -> ValueText {
        ValueText { quantity: self.quantity, value }
    }

    /// The value that a person typed: the inverse of [`text`](Param::text).
    ///
    /// The unit may be missing; capitals and spaces do not matter; `k` stands for kHz: `1k`, `1k2`,
    /// `1.2 kHz`, `-3`, `-3dB`, `q 0.7`. Text that reads like a bound is the bound, whatever the
    /// digits that it does not show.
    ///
    /// # Errors
    ///
    /// If the text is not a number with the right unit, or the value is out of bounds. (A host that
    /// prefers the nearest bound finds the value in [`ParseValueError::value`].)
    ///
    /// ```
    /// use filterbank::spec::Quantity;
    /// use filterbank::tune::Param;
    ///
    /// let cutoff = Param {
    ///     name: "top.cutoff",
    ///     quantity: Quantity::Frequency,
    ///     value: 5_000.0,
    ///     bounds: (2_000.0, 16_000.0),
    /// };
    /// assert_eq!(cutoff.parse("2k5"), Ok(2_500.0));
    /// let error = cutoff.parse("20 kHz").unwrap_err();
    /// assert_eq!(error.to_string(), "20 kHz is out of range: from 2 kHz to 16 kHz");
    /// let error = cutoff.parse("3 dB").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "not a frequency, such as 250, 1.2k or 1.25 kHz: from 2 kHz to 16 kHz",
    /// );
    /// ```
    pub fn parse(&self, text: &str) -> Result<f64, ParseValueError> {
        let error = |value| ParseValueError { quantity: self.quantity, bounds: self.bounds, value };
        let value = number(text, self.quantity).ok_or(error(None))?;
        let (low, high) = self.bounds;
        let allowed = |value: f64| value > 0.0 || !is_positive(self.quantity);
        let shown = |value| self.text(value).shown();
        let reads_like = |bound| allowed(bound) && shown(bound) == shown(value);
        if allowed(value) && (low..=high).contains(&value) {
            Ok(value)
        } else if reads_like(low) {
            Ok(low)
        } else if reads_like(high) {
            Ok(high)
        } else {
            Err(error(Some(value)))
        }
    }
}

/// Whether values of a quantity are above 0.
fn is_positive(quantity: Quantity) -> bool {
    quantity.scale() == Scale::Logarithmic || quantity == Quantity::Attenuation
}

/// A value of a parameter, to be displayed: see [`Param::text`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ValueText {
    quantity: Quantity,
    value: f64,
}

/// A number as it is shown: `digits / 10^decimals`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Shown {
    digits: f64,
    decimals: i32,
    unit: &'static str,
}

/// Numbers below are shown with an exponent: `1.00e-4`.
const SMALL: f64 = 1e-3;

impl ValueText {
    /// The number and its unit, rounded. (A number that is too small for a row of decimals is
    /// rounded where it is written.)
    fn shown(&self) -> Shown {
        let Self { quantity, value } = *self;
        match quantity {
            Quantity::Frequency => {
                // 999.6 Hz is 1 kHz.
                if value.abs() < 999.5 {
                    trimmed(value, decimals_of(value, 3), "Hz")
                } else {
                    trimmed(value / 1e3, decimals_of(value / 1e3, 3), "kHz")
                }
            }
            Quantity::Gain => rounded(value, 1, "dB"),
            Quantity::Attenuation => trimmed(value, decimals_of(value, 3), "dB"),
            Quantity::Bandwidth => rounded(value, decimals_of_width(value), "oct"),
            Quantity::Q | Quantity::Slope => rounded(value, decimals_of_width(value), ""),
            Quantity::Count => rounded(value, 0, ""),
            _ => trimmed(value, decimals_of(value, 4), ""),
        }
    }
}

/// The number of decimals that shows this many significant digits.
fn decimals_of(value: f64, significant: i32) -> i32 {
    let size = Scalar::log10(value.abs());
    // The logarithm of 0, of infinity and of NaN: none.
    if !size.is_finite() {
        return 0;
    }
    (significant - 1 - floor(size)).max(0)
}

/// Decimals of a Q, slope or bandwidth: what is rounded to 10.0 has as many as 10.
fn decimals_of_width(value: f64) -> i32 {
    match value.abs() {
        ..0.0995 => decimals_of(value, 2),
        ..9.995 => 2,
        ..99.95 => 1,
        _ => 0,
    }
}

/// The largest integer that is not above a logarithm.
#[allow(clippy::cast_possible_truncation, reason = "logarithms of finite numbers are small")]
fn floor(logarithm: f64) -> i32 {
    let truncated = logarithm as i32;
    if f64::from(truncated) > logarithm { truncated - 1 } else { truncated }
}

fn rounded(value: f64, decimals: i32, unit: &'static str) -> Shown {
    let scaled = value * Scalar::powi(10.0_f64, decimals);
    // Half away from zero. What is 2^52 or more is an integer.
    let magnitude = scaled.abs();
    let digits = if magnitude < 4_503_599_627_370_496.0 {
        let below = magnitude - magnitude % 1.0;
        let nearest = if magnitude - below < 0.5 { below } else { below + 1.0 };
        // Nothing is "-0".
        if nearest == 0.0 { 0.0 } else { nearest.copysign(scaled) }
    } else {
        scaled
    };
    Shown { digits, decimals, unit }
}

/// Without zeros at the end.
fn trimmed(value: f64, decimals: i32, unit: &'static str) -> Shown {
    let mut shown = rounded(value, decimals, unit);
    while shown.decimals > 0 && shown.digits % 10.0 == 0.0 {
        shown.digits /= 10.0;
        shown.decimals -= 1;
    }
    shown
}

impl fmt::Display for ValueText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { quantity, value } = *self;
        let Shown { digits, decimals, unit } = self.shown();
        match quantity {
            Quantity::Q => write!(f, "Q ")?,
            Quantity::Slope => write!(f, "S ")?,
            Quantity::Gain if digits > 0.0 => write!(f, "+")?,
            _ => {}
        }
        if value != 0.0 && value.abs() < SMALL && quantity != Quantity::Gain {
            write!(f, "{value:.2e}")?;
        } else {
            let number = digits / Scalar::powi(10.0_f64, decimals);
            write!(f, "{number:.*}", usize::try_from(decimals).unwrap_or(0))?;
        }
        if unit.is_empty() { Ok(()) } else { write!(f, " {unit}") }
    }
}

/// The number in a text, in the unit of its quantity.
fn number(text: &str, quantity: Quantity) -> Option<f64> {
    let text = text.trim();
    let text = match quantity {
        Quantity::Q => without_letter(text, 'q'),
        Quantity::Slope => without_letter(text, 's'),
        _ => text,
    };
    // A typographic minus is a minus.
    let (negative, text) = match text.strip_prefix('−') {
        Some(rest) if !rest.starts_with(['+', '-']) => (true, rest),
        Some(_) => return None,
        None => (false, text),
    };
    let is_number = |c: char| c.is_ascii_digit() || ['.', '+', '-', 'e', 'E'].contains(&c);
    let end = text.find(|c| !is_number(c)).unwrap_or(text.len());
    let (number, unit) = (text.get(..end)?, text.get(end..)?.trim());
    let value: f64 = number.parse().ok()?;
    let is_unit = |units: &[&str]| units.iter().any(|word| unit.eq_ignore_ascii_case(word));
    let value = match quantity {
        Quantity::Frequency if is_unit(&["", "hz"]) => value,
        Quantity::Frequency if is_unit(&["k", "khz"]) => value * 1e3,
        // As on resistors: 2k5.
        Quantity::Frequency if number.bytes().all(|c| c.is_ascii_digit()) => {
            let decimals = unit.strip_prefix(['k', 'K'])?;
            let are_digits = decimals.bytes().all(|c| c.is_ascii_digit());
            let count = i32::try_from(decimals.len()).ok()?;
            let fraction: f64 = decimals.parse().ok().filter(|_| are_digits && count <= 15)?;
            value * 1e3 + fraction * 1e3 / Scalar::powi(10.0_f64, count)
        }
        Quantity::Gain | Quantity::Attenuation if is_unit(&["", "db"]) => value,
        Quantity::Bandwidth if is_unit(&["", "oct", "octave", "octaves"]) => value,
        _ if unit.is_empty() => value,
        _ => return None,
    };
    let value = if negative { -value } else { value };
    value.is_finite().then_some(value)
}

/// A text without the letter of its quantity in front.
fn without_letter(text: &str, letter: char) -> &str {
    let is_letter = |c: char| c.eq_ignore_ascii_case(&letter);
    text.strip_prefix(is_letter).map_or(text, |rest| rest.trim_start_matches([' ', '=']))
}

/// A text that is not a value of a parameter: see [`Param::parse`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParseValueError {
    quantity: Quantity,
    bounds: (f64, f64),
    value: Option<f64>,
}

impl ParseValueError {
    /// The value, if there is one: it is out of bounds.
    pub const fn value(&self) -> Option<f64> {
        self.value
    }
}

/// What is wrong, and what is allowed.
impl fmt::Display for ParseValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { quantity, bounds: (low, high), value } = *self;
        let text = |value| ValueText { quantity, value };
        match value {
            Some(value) => write!(f, "{} is out of range: ", text(value))?,
            None => write!(f, "not {}: ", examples(quantity))?,
        }
        let low =
            Some(low).filter(|low| low.is_finite() && !(is_positive(quantity) && *low <= 0.0));
        match (low, Some(high).filter(|high| high.is_finite())) {
            (Some(low), Some(high)) => write!(f, "from {} to {}", text(low), text(high)),
            (Some(low), None) => write!(f, "at least {}", text(low)),
            (None, Some(high)) if is_positive(quantity) => {
                write!(f, "above 0 and at most {}", text(high))
            }
            (None, Some(high)) => write!(f, "at most {}", text(high)),
            (None, None) if is_positive(quantity) => write!(f, "any value above 0"),
            (None, None) => write!(f, "any value"),
        }
    }
}

impl core::error::Error for ParseValueError {}

/// What a quantity is called, with examples of what can be typed.
const fn examples(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::Frequency => "a frequency, such as 250, 1.2k or 1.25 kHz",
        Quantity::Q => "a Q, such as 0.7 or Q 0.7",
        Quantity::Bandwidth => "a bandwidth, such as 1.5 or 1.5 oct",
        Quantity::Slope => "a slope, such as 0.9 or S 0.9",
        Quantity::Gain => "a gain, such as -3 or -3 dB",
        Quantity::Attenuation => "a level, such as 0.5 or 0.5 dB",
        _ => "a number, such as 0.5",
    }
}
