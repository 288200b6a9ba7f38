//! Bands from text.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;
use core::str::FromStr;

use crate::spec::band::Band;
use crate::spec::family::Family;
use crate::spec::grammar::error::{GrammarError, Mistake, SyntaxError};
use crate::spec::grammar::read::read_band;
use crate::spec::grammar::tree::{Argument, Bounds, Call, Number, Setting, Tuning, Value, Word};
use crate::spec::shape::Shape;

/// A place in a text: bytes from `start` to before `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// One behind the last byte.
    pub end: usize,
}

impl From<Span> for Range<usize> {
    fn from(span: Span) -> Self {
        span.start..span.end
    }
}

/// Text that is no band: everything that is wrong with it.
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
    /// If the text is no band.
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
/// If the text is no band.
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
    read(Cursor::new(text).band())
}

/// Reads what [`Band::from_words`] reads, and numbers may be tuned.
///
/// # Errors
///
/// If the text is no band.
pub fn parse_words(text: &str) -> Result<Band<Setting<Span>>, ParseBandError> {
    read(Cursor::new(text).words())
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

/// What separates the arguments.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// `(a = 1, b = 2)`.
    Parentheses,
    /// `a=1 b=2`.
    Words,
}

/// Reads a text from front to end.
struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

type Reading<T> = Result<T, Mistake<Span>>;

impl<'t> Cursor<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// `peak(…)` and nothing else.
    fn band(mut self) -> Reading<Call<Span>> {
        let Some(word) = self.word() else { return self.mistake(SyntaxError::Band) };
        if !self.looks_at("(") {
            self.end(SyntaxError::Arguments(word.text.clone()))?;
            return Ok(Call { word, arguments: Vec::new() });
        }
        let mut arguments = self.arguments(true);
        if let Err(mistake) = self.end(SyntaxError::End) {
            arguments.push(Argument::Mistake(mistake));
        }
        Ok(Call { word, arguments })
    }

    /// `peak center=250 …`, and the same in parentheses.
    fn words(mut self) -> Reading<Call<Span>> {
        let start = self.at;
        let Some(word) = self.word() else { return self.mistake(SyntaxError::Band) };
        if self.looks_at("(") {
            self.at = start;
            return self.band();
        }
        let mut arguments = Vec::new();
        while !self.is_at_end() {
            if !self.eat(",") {
                arguments.push(self.argument(Form::Words, false));
            }
        }
        Ok(with_method(Call { word, arguments }))
    }

    /// Arguments in parentheses. Those of a call that is nested twice are not looked at: there is
    /// no such call.
    fn arguments(&mut self, nested: bool) -> Vec<Argument<Span>> {
        let mut arguments = Vec::new();
        self.eat("(");
        loop {
            if self.eat(")") {
                return arguments;
            }
            if self.is_at_end() {
                let place = self.here();
                arguments.push(Argument::Mistake(Mistake::new(place, SyntaxError::Parenthesis)));
                return arguments;
            }
            if self.eat(",") {
                continue;
            }
            arguments.push(self.argument(Form::Parentheses, nested));
            if !(self.looks_at(",") || self.looks_at(")") || self.is_at_end()) {
                let comma = Mistake::new(self.here(), SyntaxError::CommaBefore);
                arguments.push(Argument::Mistake(comma));
            }
        }
    }

    /// One argument. At least one character of what is not yet read belongs to it.
    fn argument(&mut self, form: Form, nested: bool) -> Argument<Span> {
        let Some(name) = self.word() else {
            let mistake = Mistake::new(self.here(), SyntaxError::Argument);
            self.recover(form);
            return Argument::Mistake(mistake);
        };
        if self.eat("=") {
            let start = self.at;
            let value = self.value(form);
            if value.is_err() {
                self.at = start;
                self.skip_space();
                self.recover(form);
            }
            return Argument::Named { name, value };
        }
        if form == Form::Words || self.looks_at(",") || self.looks_at(")") || self.is_at_end() {
            return Argument::Call(Call { word: name, arguments: Vec::new() });
        }
        if self.looks_at("(") {
            let arguments = if nested {
                self.arguments(false)
            } else {
                self.recover(form);
                Vec::new()
            };
            return Argument::Call(Call { word: name, arguments });
        }
        let mistake = Mistake::new(self.here(), SyntaxError::Value(name.text));
        self.recover(form);
        Argument::Mistake(mistake)
    }

    fn value(&mut self, form: Form) -> Reading<Value<Span>> {
        let Some(word) = self.word() else {
            let start = self.number()?;
            self.after_value(form)?;
            return Ok(Value::Setting(Setting { start, tuning: None }));
        };
        if word.text != "tune" {
            if form == Form::Parentheses && self.looks_at("(") {
                return Err(Mistake::new(word.place, SyntaxError::Number));
            }
            self.after_value(form)?;
            return Ok(Value::Word(word));
        }
        if !self.eat("(") {
            return Err(Mistake::new(word.place, SyntaxError::Tune));
        }
        let start = self.number()?;
        let bounds = if self.looks_at(")") { None } else { Some(self.bounds()?) };
        if !self.eat(")") {
            return self.mistake(SyntaxError::Parenthesis);
        }
        self.after_value(form)?;
        let tuning = Some(Tuning { place: word.place, bounds });
        Ok(Value::Setting(Setting { start, tuning }))
    }

    /// `in low..=high`.
    fn bounds(&mut self) -> Reading<Bounds<Span>> {
        let before = self.here();
        if self.word().is_none_or(|word| word.text != "in") {
            return Err(Mistake::new(before, SyntaxError::In));
        }
        if self.looks_at("..") {
            return self.mistake(SyntaxError::LowerBound);
        }
        let low = self.number()?;
        if !self.eat("..=") {
            return self.mistake(SyntaxError::InclusiveRange);
        }
        let high = self.number()?;
        let place = Span { start: low.place.start, end: high.place.end };
        Ok(Bounds { low, high, place })
    }

    /// Behind a value the argument ends: with a comma, or with the start of another argument, the
    /// comma before which is missed later.
    fn after_value(&mut self, form: Form) -> Reading<()> {
        if self.looks_at("..") {
            return self.mistake(SyntaxError::BoundsWithoutTune);
        }
        if form == Form::Words || self.is_at_end() || self.looks_at(",") || self.looks_at(")") {
            return Ok(());
        }
        let (place, start) = (self.here(), self.at);
        let next = self.word().is_some() && (self.looks_at("=") || self.looks_at("("));
        self.at = start;
        if next { Ok(()) } else { Err(Mistake::new(place, SyntaxError::Comma)) }
    }

    /// `-48_000.5e-3`.
    fn number(&mut self) -> Reading<Number<Span>> {
        self.skip_space();
        let start = self.at;
        self.skip_one(|c| c == '+' || c == '-');
        let mut digits = self.skip_digits();
        let rest = self.rest();
        if rest.starts_with('.') && !rest.starts_with("..") {
            self.at += 1;
            digits += self.skip_digits();
        }
        if digits == 0 {
            self.at = start;
            return self.mistake(SyntaxError::Number);
        }
        let before_exponent = self.at;
        if self.skip_one(|c| c == 'e' || c == 'E') {
            self.skip_one(|c| c == '+' || c == '-');
            if self.skip_digits() == 0 {
                self.at = before_exponent;
            }
        }
        let end = self.at;
        let suffix = self.skip_while(is_word);
        let place = Span { start, end: self.at };
        if !matches!(suffix, "" | "f64") {
            return Err(Mistake::new(place, SyntaxError::Suffix(suffix.to_owned())));
        }
        let plain: String = self.text[start..end].chars().filter(|c| *c != '_').collect();
        match plain.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Number { value, place }),
            Ok(_) => Err(Mistake::new(place, SyntaxError::TooLarge)),
            Err(_) => Err(Mistake::new(place, SyntaxError::Number)),
        }
    }

    fn word(&mut self) -> Option<Word<Span>> {
        self.skip_space();
        if !self.rest().starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return None;
        }
        let start = self.at;
        let text = self.skip_while(is_word).to_owned();
        Some(Word { text, place: Span { start, end: self.at } })
    }

    /// Skips an argument with a mistake in it, and the parentheses that it opens.
    fn recover(&mut self, form: Form) {
        let mut open = 0_usize;
        self.skip_while(|c| {
            let ends = match form {
                Form::Parentheses => matches!(c, ',' | ')'),
                Form::Words => c == ',' || c.is_whitespace(),
            };
            if open == 0 && ends {
                return false;
            }
            match c {
                '(' => open += 1,
                ')' => open = open.saturating_sub(1),
                _ => {}
            }
            true
        });
    }

    fn mistake<T>(&mut self, error: SyntaxError) -> Reading<T> {
        Err(Mistake::new(self.here(), error))
    }

    /// The next character, or the end.
    fn here(&mut self) -> Span {
        self.skip_space();
        let next = self.rest().chars().next();
        Span { start: self.at, end: self.at + next.map_or(0, char::len_utf8) }
    }

    fn end(&mut self, otherwise: SyntaxError) -> Reading<()> {
        if self.is_at_end() { Ok(()) } else { self.mistake(otherwise) }
    }

    fn is_at_end(&mut self) -> bool {
        self.skip_space();
        self.rest().is_empty()
    }

    fn looks_at(&mut self, token: &str) -> bool {
        self.skip_space();
        self.rest().starts_with(token)
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.looks_at(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) {
        self.skip_while(char::is_whitespace);
    }

    fn skip_digits(&mut self) -> usize {
        let digits = self.skip_while(|c| c.is_ascii_digit() || c == '_');
        digits.chars().filter(char::is_ascii_digit).count()
    }

    fn skip_one(&mut self, wanted: impl Fn(char) -> bool) -> bool {
        let found = self.rest().starts_with(wanted);
        self.at += usize::from(found);
        found
    }

    fn skip_while(&mut self, mut wanted: impl FnMut(char) -> bool) -> &'t str {
        let rest = self.rest();
        let skipped = &rest[..rest.find(|c| !wanted(c)).unwrap_or(rest.len())];
        self.at += skipped.len();
        skipped
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Words, some of which belong to the method, as a call in which the method is nested.
fn with_method(call: Call<Span>) -> Call<Span> {
    let Some(shape) = Shape::from_word(&call.word.text) else { return call };
    let signature = shape.signature();
    if !signature.takes_method() {
        return call;
    }
    let mut method = None;
    let (mut own, mut of_band) = (Vec::new(), Vec::new());
    let takes = |family: &Family, name: &str| family.signature().takes(name);
    for argument in call.arguments {
        match argument {
            Argument::Call(word) if method.is_none() && !signature.takes(&word.word.text) => {
                method = Some(word.word);
            }
            Argument::Named { ref name, .. }
                if Family::ALL.iter().any(|family| takes(family, &name.text)) =>
            {
                own.push(argument);
            }
            other => of_band.push(other),
        }
    }
    let default = || Word { text: Family::Butterworth.word().to_owned(), place: call.word.place };
    let method = Call { word: method.unwrap_or_else(default), arguments: own };
    // In front, because the first method counts.
    of_band.insert(0, Argument::Call(method));
    Call { word: call.word, arguments: of_band }
}
