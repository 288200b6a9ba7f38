//! Pieces of text: words, numbers, punctuation.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::ops::Range;

use crate::spec::grammar::error::{Mistake, SyntaxError};
use crate::spec::grammar::tree::{Number, Word};

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

/// Something that has been read, or the mistake in it.
pub(super) type Reading<T> = Result<T, Mistake<Span>>;

/// Reads a text piece by piece. White space between pieces is skipped.
pub(super) struct Scanner<'t> {
    text: &'t str,
    /// Where the rest begins, in bytes.
    pub(super) at: usize,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// `-48_000.5e-3`.
    pub(super) fn number(&mut self) -> Reading<Number<Span>> {
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

    pub(super) fn word(&mut self) -> Option<Word<Span>> {
        self.skip_space();
        if !self.rest().starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return None;
        }
        let start = self.at;
        let text = self.skip_while(is_word).to_owned();
        Some(Word { text, place: Span { start, end: self.at } })
    }

    pub(super) fn mistake<T>(&mut self, error: SyntaxError) -> Reading<T> {
        Err(Mistake::new(self.here(), error))
    }

    /// The next character, or the end.
    pub(super) fn here(&mut self) -> Span {
        self.skip_space();
        let next = self.rest().chars().next();
        Span { start: self.at, end: self.at + next.map_or(0, char::len_utf8) }
    }

    pub(super) fn end(&mut self, otherwise: SyntaxError) -> Reading<()> {
        if self.is_at_end() { Ok(()) } else { self.mistake(otherwise) }
    }

    pub(super) fn is_at_end(&mut self) -> bool {
        self.skip_space();
        self.rest().is_empty()
    }

    pub(super) fn looks_at(&mut self, token: &str) -> bool {
        self.skip_space();
        self.rest().starts_with(token)
    }

    pub(super) fn eat(&mut self, token: &str) -> bool {
        let found = self.looks_at(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    pub(super) fn skip_space(&mut self) {
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

    pub(super) fn skip_while(&mut self, mut wanted: impl FnMut(char) -> bool) -> &'t str {
        let rest = self.rest();
        let skipped = &rest[..rest.find(|c| !wanted(c)).unwrap_or(rest.len())];
        self.at += skipped.len();
        skipped
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
