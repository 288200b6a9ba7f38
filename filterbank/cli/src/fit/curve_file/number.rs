//! A number as people and programs write it.

use super::unit::Unit;

/// The decimal mark of a file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mark {
    Point,
    Comma,
}

/// A number in a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number {
    pub value: f64,
    /// The unit behind it, if there is one.
    pub unit: Option<Unit>,
    /// Whether it has a decimal mark.
    pub has_decimals: bool,
    /// Whether its thousands are set apart by points or commas.
    pub is_grouped: bool,
}

/// Marks that set thousands apart and are no decimal marks: apostrophes and spaces.
const GROUPS: [char; 6] = ['\'', '\u{2019}', '\u{a0}', '\u{2009}', '\u{202f}', ' '];
/// Minus signs and the dashes that replace them.
const MINUS: [char; 3] = ['-', '\u{2212}', '\u{2013}'];

impl Number {
    /// Reads a cell; `None` if it is not a finite number, with a known unit or none.
    pub fn parse(cell: &str, mark: Mark) -> Option<Self> {
        // A spreadsheet may write ="20" to keep a number as it is.
        let text = cell.trim().trim_start_matches('=').trim_matches('"').trim();
        let (sign, rest) = match text.strip_prefix(MINUS) {
            Some(rest) => ("-", rest),
            None => ("", text.strip_prefix('+').unwrap_or(text)),
        };
        let is_part = |c: char| c.is_ascii_digit() || c == '.' || c == ',' || GROUPS.contains(&c);
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let (mantissa, rest) = rest.split_at(end);
        let (exponent, unit) = exponent(rest);
        let scale = match unit.trim().to_lowercase().as_str() {
            "" => (1.0, None),
            // 20k is a common short form.
            "k" => (1e3, None),
            word => (1.0, Some(Unit::of(word)?)),
        };

        let (point, group) = if mark == Mark::Point { ('.', ',') } else { (',', '.') };
        let mantissa = mantissa.trim_end_matches(GROUPS);
        let (whole, fraction) = match mantissa.split_once(point) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (mantissa, None),
        };
        let digits = ungrouped(whole, group)?;
        let decimals = fraction.unwrap_or_default();
        let is_number = !(digits.is_empty() && decimals.is_empty())
            && decimals.bytes().all(|byte| byte.is_ascii_digit());
        let value: f64 =
            is_number.then(|| format!("{sign}{digits}.{decimals}0{exponent}").parse().ok())??;
        let value = value * scale.0;
        value.is_finite().then_some(Self {
            value,
            unit: scale.1,
            has_decimals: fraction.is_some(),
            is_grouped: whole.contains(group),
        })
    }
}

/// The exponent at the start of a text, and the rest.
fn exponent(text: &str) -> (&str, &str) {
    let Some(digits) = text.strip_prefix(['e', 'E']) else { return ("", text) };
    let unsigned = digits.strip_prefix(['+', '-']).unwrap_or(digits);
    let end = unsigned.find(|c: char| !c.is_ascii_digit()).unwrap_or(unsigned.len());
    if end == 0 { ("", text) } else { text.split_at(text.len() - unsigned.len() + end) }
}

/// The digits of a whole number, without the marks that set thousands apart.
fn ungrouped(whole: &str, group: char) -> Option<String> {
    let is_mark = |c: char| c == group || GROUPS.contains(&c);
    let mut groups = whole.split(is_mark);
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_first = rest.is_empty() || ((1..=3).contains(&first.len()) && !first.starts_with('0'));
    let valid = is_first
        && is_digits(first)
        && rest.iter().all(|digits| digits.len() == 3 && is_digits(digits));
    valid.then(|| first.to_owned() + &rest.concat())
}

#[cfg(test)]
mod tests {
    use super::{Mark, Number};
    use crate::fit::curve_file::unit::Unit;

    fn value(text: &str, mark: Mark) -> Option<f64> {
        Number::parse(text, mark).map(|number| number.value)
    }

    #[test]
    fn numbers_are_read_with_either_mark() {
        for (text, point, comma) in [
            ("20", Some(20.0), Some(20.0)),
            (" -1.5 ", Some(-1.5), None),
            ("-1,5", None, Some(-1.5)),
            ("+.5", Some(0.5), None),
            ("20.", Some(20.0), None),
            ("2.0e+3", Some(2_000.0), None),
            ("2,0E3", None, Some(2_000.0)),
            ("\u{2212}3", Some(-3.0), Some(-3.0)),
            ("17,825.02", Some(17_825.02), None),
            ("17.825,02", None, Some(17_825.02)),
            ("17,825", Some(17_825.0), Some(17.825)),
            ("1'234'567.5", Some(1_234_567.5), None),
            ("1\u{a0}000,5", None, Some(1_000.5)),
            ("1 000", Some(1_000.0), Some(1_000.0)),
            ("=\"20.5\"", Some(20.5), None),
            ("20k", Some(20_000.0), Some(20_000.0)),
            ("0,020", None, Some(0.02)),
        ] {
            assert_eq!(value(text, Mark::Point), point, "{text}");
            assert_eq!(value(text, Mark::Comma), comma, "{text}");
        }
    }

    #[test]
    fn units_stand_behind_numbers() {
        for (text, number, unit) in [
            ("20.0 Hz", 20.0, Unit::Hertz(1.0)),
            ("1.5kHz", 1.5, Unit::Hertz(1e3)),
            ("75.2 dB SPL", 75.2, Unit::Decibel),
            ("75.2dBA", 75.2, Unit::Decibel),
            ("8 Ω", 8.0, Unit::Ohm),
        ] {
            let found = Number::parse(text, Mark::Point).map(|found| (found.value, found.unit));
            assert_eq!(found, Some((number, Some(unit))), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_numbers() {
        for text in [
            "",
            "?",
            "--",
            "-",
            ".",
            ",",
            "N/A",
            "NaN",
            "inf",
            "-inf",
            "1/2/20",
            "1:00 PM",
            "20a",
            "1.2.3",
            "1,23",
            "2e",
            "1e999",
            "Filter 1",
            "0x10",
            "2020-01-02",
            "1,,000",
        ] {
            assert_eq!(value(text, Mark::Point), None, "{text}");
        }
    }
}
