//! Bands from text.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use crate::spec::band::Band;
use crate::spec::grammar::error::{GrammarError, Mistake};
use crate::spec::grammar::read::read_band;
use crate::spec::grammar::scanner::{Scanner, Span};
use crate::spec::grammar::tree::{Call, Number, Setting};

/// Everything that is wrong with a text that should be a band.
///
/// It is displayed as the sentences about all mistakes, in the order of the text.
#[derive(Clone, Debug, PartialEq)]
pub struct ParseBandError {
    /// Never empty.
    mistakes: Vec<Mistake<Span>>,
}

impl ParseBandError {
    /// Every mistake, in the order of the text.
    pub fn mistakes(&self) -> &[Mistake<Span>] {
        &self.mistakes
    }
}

impl fmt::Display for ParseBandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, mistake) in self.mistakes.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{}", mistake.error)?;
        }
        Ok(())
    }
}

impl core::error::Error for ParseBandError {}

/// Reads what [`Display`](fmt::Display) writes: `highpass(butterworth(order = 4), cutoff = 80)`.
/// Arguments may stand in any order. No number may be tuned.
///
/// ```
/// use filterbank_core::{Band, Method};
///
/// let band: Band<f64> = "highpass(butterworth(order = 4), cutoff = 80)".parse()?;
/// assert_eq!(band, Band::highpass(Method::Butterworth { order: 4 }, 80.0));
///
/// let error = "paek(center = 250, q = 1)".parse::<Band<f64>>().unwrap_err();
/// assert!(error.to_string().starts_with("unknown band: `paek`; did you mean `peak`?"));
/// # Ok::<(), filterbank_core::grammar::ParseBandError>(())
/// ```
impl FromStr for Band<f64> {
    type Err = ParseBandError;

    fn from_str(text: &str) -> Result<Self, ParseBandError> {
        fixed(&parse(text)?)
    }
}

impl Band<f64> {
    /// Reads a band from words as they are typed on a command line:
    /// `highpass butterworth order=4 cutoff=80`. The arguments of the method stand among those of
    /// the band; without a method, it is Butterworth. The form with parentheses is read as well.
    ///
    /// # Errors
    ///
    /// If the text is not a band. The error has a sentence for each mistake.
    ///
    /// ```
    /// use filterbank_core::{Band, Method};
    ///
    /// let band = Band::from_words("highpass order=4 cutoff=80")?;
    /// assert_eq!(band, Band::highpass(Method::Butterworth { order: 4 }, 80.0));
    /// assert_eq!(Band::from_words("notch center=50 q=30")?, Band::notch(50.0, 30.0));
    /// # Ok::<(), filterbank_core::grammar::ParseBandError>(())
    /// ```
    pub fn from_words(text: &str) -> Result<Self, ParseBandError> {
        fixed(&parse_words(text)?)
    }
}

/// Reads a band some of whose numbers may be tuned: `peak(center = tune(250), q = 1, gain_db = 3)`.
///
/// # Errors
///
/// If the text is not a band. The error has a sentence for each mistake.
///
/// ```
/// use filterbank_core::grammar::parse;
///
/// let band = parse("peak(center = tune(250 in 120..=500), q = 1, gain_db = -3)")?;
/// let (_, center) = band.params()[0];
/// assert_eq!(center.start.value, 250.0);
/// let bounds = center.tuning.and_then(|tuning| tuning.bounds);
/// assert_eq!(bounds.map(|bounds| (bounds.low.value, bounds.high.value)), Some((120.0, 500.0)));
/// # Ok::<(), filterbank_core::grammar::ParseBandError>(())
/// ```
pub fn parse(text: &str) -> Result<Band<Setting<Span>>, ParseBandError> {
    read(Scanner::new(text).band())
}

/// Reads words as [`Band::from_words`] does. Numbers may be tuned.
///
/// # Errors
///
/// If the text is not a band. The error has a sentence for each mistake.
pub fn parse_words(text: &str) -> Result<Band<Setting<Span>>, ParseBandError> {
    read(Scanner::new(text).words())
}

/// The band of a text, unless there is a mistake.
fn read(call: Result<Call<Span>, Mistake<Span>>) -> Result<Band<Setting<Span>>, ParseBandError> {
    let call = call.map_err(|mistake| ParseBandError { mistakes: vec![mistake] })?;
    let mut mistakes = Vec::new();
    let band = read_band(&call, |mistake| mistakes.push(mistake));
    match band {
        Some(band) if mistakes.is_empty() => {
            // Without a mistake, no number is missing.
            let missing = Number { value: f64::NAN, place: call.word.place };
            let missing = Setting { start: missing, tuning: None };
            Ok(band.map(|_, setting| setting.unwrap_or(missing)))
        }
        _ => {
            mistakes.sort_by_key(|mistake| mistake.place.start);
            Err(ParseBandError { mistakes })
        }
    }
}

/// The band with its numbers alone, none of which may be tuned.
fn fixed(band: &Band<Setting<Span>>) -> Result<Band<f64>, ParseBandError> {
    let mut mistakes = Vec::new();
    let fixed = band.map(|parameter, setting| {
        if let Some(tuning) = setting.tuning {
            mistakes.push(Mistake::new(tuning.place, GrammarError::NotTunable(parameter.name)));
        }
        setting.start.value
    });
    if mistakes.is_empty() { Ok(fixed) } else { Err(ParseBandError { mistakes }) }
}
