//! The named arguments of a band: given, missing, wrong.

use filterbank::spec::{BesselNorm, MAX_ORDER};
use filterbank::{Method, Width};

use super::METHODS;
use super::spelling::unknown;

const NORMS: [&str; 3] = ["phase", "delay", "magnitude"];

type WidthWord = (&'static str, fn(f64) -> Width<f64>);

/// Every width; the last is only for shelves.
const WIDTHS: [WidthWord; 3] =
    [("q", Width::Q), ("bandwidth", Width::Bandwidth), ("slope", Width::Slope)];

/// The `name=value` words of a band.
///
/// A band reads its arguments and gets a placeholder for each that is missing or wrong;
/// [`finish`](Arguments::finish) reports them.
pub struct Arguments<'a> {
    /// Name and value of the arguments not read yet.
    given: Vec<(&'a str, &'a str)>,
    asked: Vec<&'static str>,
    missing: Vec<String>,
    problems: Vec<String>,
}

impl<'a> Arguments<'a> {
    pub fn new(words: impl Iterator<Item = &'a str>) -> Result<Self, Vec<String>> {
        let mut given = Vec::new();
        let mut problems = Vec::new();
        for word in words {
            match word.split_once('=') {
                Some(argument) => given.push(argument),
                None if METHODS.contains(&word) => problems.push(format!(
                    "\"{word}\" is out of place: a method stands right after lowpass, highpass, \
                     bandpass or bandstop"
                )),
                None => problems.push(format!("\"{word}\" is not of the form name=value")),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self { given, asked: Vec::new(), missing: Vec::new(), problems })
    }

    fn optional(&mut self, name: &'static str) -> Option<&'a str> {
        self.asked.push(name);
        let index = self.given.iter().position(|(given, _)| *given == name)?;
        Some(self.given.remove(index).1)
    }

    fn required<T>(
        &mut self,
        name: &'static str,
        what: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let Some(text) = self.optional(name) else {
            self.missing.push(format!("{name}="));
            return None;
        };
        let value = read(text);
        if value.is_none() {
            self.problems.push(format!("{name}=\"{text}\" is not {what}"));
        }
        value
    }

    pub fn number(&mut self, name: &'static str) -> f64 {
        self.required(name, "a number", |text| text.parse().ok()).unwrap_or(f64::NAN)
    }

    fn order(&mut self) -> usize {
        let what = format!("a whole number from 1 to {MAX_ORDER}");
        self.required("order", &what, |text| text.parse().ok()).unwrap_or(0)
    }

    pub fn method(&mut self, name: &str) -> Method<f64> {
        let order = self.order();
        match name {
            "chebyshev1" => Method::Chebyshev1 { order, ripple_db: self.number("ripple_db") },
            "chebyshev2" => Method::Chebyshev2 { order, stop_db: self.number("stop_db") },
            "elliptic" => Method::Elliptic {
                order,
                ripple_db: self.number("ripple_db"),
                stop_db: self.number("stop_db"),
            },
            "bessel" => Method::Bessel { order, norm: self.norm() },
            _ => Method::Butterworth { order },
        }
    }

    fn norm(&mut self) -> BesselNorm {
        match self.optional("norm") {
            None | Some("phase") => BesselNorm::Phase,
            Some("delay") => BesselNorm::Delay,
            Some("magnitude") => BesselNorm::Magnitude,
            Some(word) => {
                self.problems.push(unknown("norm", word, &NORMS));
                BesselNorm::default()
            }
        }
    }

    pub fn width(&mut self) -> Width<f64> {
        self.one_of(&WIDTHS[..2])
    }

    pub fn shelf_width(&mut self) -> Width<f64> {
        self.one_of(&WIDTHS)
    }

    fn one_of(&mut self, choices: &[WidthWord]) -> Width<f64> {
        let mut widths = Vec::new();
        for (name, width) in choices {
            if self.given.iter().any(|(given, _)| given == name) {
                widths.push(width(self.number(name)));
            } else {
                self.asked.push(name);
            }
        }
        let names: Vec<_> = choices.iter().map(|(name, _)| format!("{name}=")).collect();
        match widths.as_slice() {
            [width] => return *width,
            [] => self.missing.push(format!("one of {}", names.join("/"))),
            _ => self.problems.push(format!("give only one of {}", names.join("/"))),
        }
        Width::Q(f64::NAN)
    }

    /// All mistakes in the arguments of a band.
    pub fn finish(mut self, band: &str) -> Result<(), Vec<String>> {
        let mut all_known = true;
        for (name, _) in &self.given {
            self.problems.push(if self.asked.contains(name) {
                format!("\"{name}\" is given twice")
            } else {
                all_known = false;
                unknown("argument", name, &self.asked)
            });
        }
        // An unknown name is probably the missing one, misspelt.
        if all_known && !self.missing.is_empty() {
            self.problems.push(format!("{band} needs {}", self.missing.join(", ")));
        }
        if self.problems.is_empty() { Ok(()) } else { Err(self.problems) }
    }
}
