//! The bands of a command line, with their texts.

use filterbank::{Band, Cascade, DesignError};

use crate::shared::failure::Failure;
use crate::shared::rounding::warn_of_rounding;

/// A band and its text, for messages.
#[derive(Debug)]
pub struct NamedBand {
    text: String,
    band: Band<f64>,
}

impl NamedBand {
    /// Reads all bands, or returns all their mistakes.
    pub fn parse_all<T: AsRef<str>>(texts: &[T]) -> Result<Vec<Self>, Failure> {
        let mut bands = Vec::new();
        let mut lines = Vec::new();
        for text in texts {
            let text = text.as_ref();
            match Band::from_words(text) {
                Ok(band) => bands.push(Self { text: text.into(), band }),
                Err(error) => {
                    let mistakes = error.mistakes().iter();
                    lines.extend(mistakes.map(|mistake| naming(text, &mistake.error)));
                }
            }
        }
        if lines.is_empty() { Ok(bands) } else { Err(Failure::Usage(lines)) }
    }

    /// All reasons why the band cannot be designed at a sample rate.
    fn mistakes(&self, sample_rate: f64) -> Vec<DesignError> {
        let mut mistakes = Vec::new();
        self.band.check(sample_rate, |mistake| mistakes.push(mistake));
        if mistakes.is_empty() {
            // Rounding of the coefficients can fail too.
            mistakes.extend(self.band.sections(sample_rate).err());
        }
        mistakes
    }
}

/// Designs the bands in series, or returns all reasons why they cannot be.
pub fn design(bands: &[NamedBand], sample_rate: f64) -> Result<Cascade<f64>, Failure> {
    let mut lines = Vec::new();
    for band in bands {
        let mistakes = band.mistakes(sample_rate);
        lines.extend(mistakes.iter().map(|mistake| naming(&band.text, mistake)));
    }
    if !lines.is_empty() {
        return Err(Failure::Usage(lines));
    }
    warn_of_rounding(bands.iter().map(|named| (option(&named.text), &named.band)), sample_rate);
    let bands: Vec<_> = bands.iter().map(|named| named.band).collect();
    Cascade::from_bands(&bands, sample_rate).map_err(Failure::usage)
}

/// A problem, prefixed with its option.
fn naming(text: &str, problem: impl std::fmt::Display) -> String {
    format!("{}: {problem}", option(text))
}

/// A band as an option.
fn option(text: &str) -> String {
    format!("--band \"{text}\"")
}

#[cfg(test)]
mod tests {
    use super::{NamedBand, design};
    use crate::shared::failure::Failure;

    #[test]
    fn all_bad_values_are_reported_in_the_librarys_words() {
        let texts = ["bandpass order=2 low=2000 high=1000", "peak center=0 q=0 gain_db=1"];
        let bands = NamedBand::parse_all(&texts).expect("the grammar is right");
        let expected = [
            "--band \"bandpass order=2 low=2000 high=1000\": \
             `high` = 1000 Hz must be above `low` = 2000 Hz",
            "--band \"peak center=0 q=0 gain_db=1\": \
             `center` = 0 Hz must lie strictly between 0 and the Nyquist frequency 24000 Hz",
            "--band \"peak center=0 q=0 gain_db=1\": `q` = 0 must be finite and above 0",
        ];
        let expected = expected.map(String::from).to_vec();
        assert_eq!(design(&bands, 48_000.0).err(), Some(Failure::Usage(expected)));
    }

    #[test]
    fn all_mistakes_of_the_grammar_are_reported_in_the_librarys_words() {
        let texts = ["bandpass order=0 low=2000 hihg=1000", "peak center=1 q=1 gain_db=1", "peek"];
        let Err(Failure::Usage(lines)) = NamedBand::parse_all(&texts) else {
            panic!("the grammar is wrong")
        };
        let expected = [
            "--band \"bandpass order=0 low=2000 hihg=1000\": \
             `order` = 0 must be an integer from 1 to 24",
            "--band \"bandpass order=0 low=2000 hihg=1000\": \
             unknown argument of `bandpass`: `hihg`; did you mean `high`?",
            "--band \"peek\": unknown band: `peek`; did you mean `peak`?",
        ];
        assert_eq!(lines.len(), expected.len(), "{lines:?}");
        for (line, start) in lines.iter().zip(expected) {
            assert!(line.starts_with(start), "{line}");
        }
    }
}
