//! The syntax tree. `P` is the type of a place in the source: a range of bytes, a span of tokens.
//!
//! What could not be read is a [`Mistake`] in the tree, and is reported when it is looked at.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::spec::grammar::error::Mistake;

/// A word and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Word<P> {
    /// As it was written.
    pub text: String,
    /// Its place.
    pub place: P,
}

/// `word(argument, …)`, or a word alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Call<P> {
    /// The word in front of the parentheses.
    pub word: Word<P>,
    /// What stands in them.
    pub arguments: Vec<Argument<P>>,
}

/// What stands between two commas.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument<P> {
    /// `name = value`.
    Named {
        /// The name of a parameter.
        name: Word<P>,
        /// Its value.
        value: Result<Value<P>, Mistake<P>>,
    },
    /// A method.
    Call(Call<P>),
    /// Neither of the two.
    Mistake(Mistake<P>),
}

/// The value of an argument.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<P> {
    /// A number, fixed or to be tuned.
    Setting(Setting<P>),
    /// `phase`.
    Word(Word<P>),
}

/// A number of a band as it was written: `250`, `tune(250)` or `tune(250 in 120..=500)`.
///
/// `Display` writes it in this form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting<P> {
    /// The number itself.
    pub start: Number<P>,
    /// If it is to be tuned: how.
    pub tuning: Option<Tuning<P>>,
}

/// A finite number and its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number<P> {
    /// With its sign.
    pub value: f64,
    /// Its place.
    pub place: P,
}

/// What `tune` says about a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tuning<P> {
    /// The place of the word `tune`.
    pub place: P,
    /// The bounds between which the number is tuned, if they are given.
    pub bounds: Option<Bounds<P>>,
}

/// `low..=high`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds<P> {
    /// The lowest value.
    pub low: Number<P>,
    /// The highest value.
    pub high: Number<P>,
    /// The place of both together.
    pub place: P,
}

impl<P> Value<P> {
    /// The number that is given, to start from or for good.
    pub(super) fn number(&self) -> Option<&Number<P>> {
        match self {
            Self::Setting(setting) => Some(&setting.start),
            Self::Word(_) => None,
        }
    }
}

impl<P> fmt::Display for Setting<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = self.start.value;
        match &self.tuning {
            None => write!(f, "{start}"),
            Some(Tuning { bounds: None, .. }) => write!(f, "tune({start})"),
            Some(Tuning { bounds: Some(Bounds { low, high, .. }), .. }) => {
                write!(f, "tune({start} in {}..={})", low.value, high.value)
            }
        }
    }
}
