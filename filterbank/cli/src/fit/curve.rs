//! A curve of levels over frequencies, from a file.

use std::fmt;
use std::fs;
use std::path::Path;

use super::columns::Line;
use crate::shared::failure::Failure;
use crate::shared::format::hertz;

/// Levels in dB at rising frequencies in Hz.
#[derive(Clone, Debug)]
pub struct Curve {
    /// Its file, in backticks.
    pub name: String,
    /// Frequencies and levels.
    pub points: Vec<(f64, f64)>,
}

impl Curve {
    /// Reads a file: text in UTF-8, UTF-16 or any other encoding that writes numbers as ASCII does.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let name = format!("`{}`", path.display());
        let bytes = fs::read(path)
            .map_err(|error| Failure::usage(format!("{name} cannot be read: {error}")))?;
        Self::parse(&name, &decoded(&bytes))
    }

    /// Reads the text of a file, with any line endings.
    pub fn parse(name: &str, text: &str) -> Result<Self, Failure> {
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
        let mut points: Vec<(f64, f64)> = Vec::new();
        let mut previous = 0;
        for (number, line) in (1..).zip(text.lines()) {
            let wrong = |problem: &dyn fmt::Display| {
                Err(Failure::usage(format!("{name}, line {number}: {problem}")))
            };
            match Line::parse(line) {
                Line::Blank => {}
                Line::Words if points.is_empty() => {}
                Line::Words => {
                    let column: String = line.trim().chars().take(40).collect();
                    return wrong(&format_args!(
                        "`{column}` does not begin with a frequency in Hz"
                    ));
                }
                Line::Wrong(problem) => return wrong(&problem),
                Line::Point(frequency, _) if !(0.0..f64::INFINITY).contains(&frequency) => {
                    return wrong(&format_args!(
                        "the frequency {frequency:?} Hz must be finite and at least 0"
                    ));
                }
                Line::Point(frequency, level) => {
                    if let Some(&(last, _)) = points.last().filter(|(last, _)| *last >= frequency) {
                        let verb = if last == frequency { "repeats" } else { "is below" };
                        return wrong(&format_args!(
                            "the frequency {frequency} Hz {verb} the {last} Hz of line {previous}; \
                             frequencies must rise"
                        ));
                    }
                    points.push((frequency, level));
                    previous = number;
                }
            }
        }
        if points.is_empty() {
            return Err(Failure::usage(format!(
                "{name} has no numbers: two columns are needed, frequency in Hz and level in dB"
            )));
        }
        Ok(Self { name: name.into(), points })
    }

    /// The part from `low` to `high`, and the number of points outside it.
    pub fn within(&self, (low, high): (f64, f64)) -> Result<(Self, usize), Failure> {
        let inside = |(frequency, _): &&(f64, f64)| (low..=high).contains(frequency);
        let points: Vec<_> = self.points.iter().filter(inside).copied().collect();
        if points.is_empty() {
            let (low, high) = (hertz(low), hertz(high));
            return Err(Failure::usage(format!(
                "{} has no points in the range to fit, {low} to {high}",
                self.name
            )));
        }
        let dropped = self.points.len() - points.len();
        Ok((Self { name: self.name.clone(), points }, dropped))
    }

    /// The first and last frequency.
    pub fn span(&self) -> (f64, f64) {
        let ends = self.points.first().zip(self.points.last());
        ends.map_or((0.0, 0.0), |(first, last)| (first.0, last.0))
    }

    /// The level at a frequency above 0: linear between points over the logarithm of frequency,
    /// constant beyond the ends.
    pub fn level(&self, frequency: f64) -> f64 {
        let above = self.points.partition_point(|point| point.0 < frequency);
        match (
            above.checked_sub(1).and_then(|below| self.points.get(below)),
            self.points.get(above),
        ) {
            // A point at 0 Hz is infinitely far away.
            (Some(left), Some(right)) if left.0 > 0.0 => {
                let part = (frequency / left.0).ln() / (right.0 / left.0).ln();
                left.1 + part * (right.1 - left.1)
            }
            (_, Some(right)) => right.1,
            (Some(left), None) => left.1,
            (None, None) => 0.0,
        }
    }

    /// The curve with other levels at the same frequencies.
    #[must_use]
    pub fn map(&self, level: impl Fn(f64, f64) -> f64) -> Self {
        let points = self.points.iter().map(|&(f, old)| (f, level(f, old))).collect();
        Self { name: self.name.clone(), points }
    }
}

/// UTF-16 if the file begins with its byte order mark; else bytes, where only ASCII matters.
fn decoded(bytes: &[u8]) -> String {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return String::from_utf8_lossy(bytes).into_owned(),
    };
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}
