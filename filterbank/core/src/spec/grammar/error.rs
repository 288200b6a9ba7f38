//! What can be wrong with the words of a specification, in one sentence each.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::spec::error::DesignError;
use crate::spec::family::Family;
use crate::spec::grammar::spelling;
use crate::spec::shape::Shape;
use crate::spec::signature::NORM;

/// A mistake and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Mistake<P> {
    /// Where it is.
    pub place: P,
    /// What it is.
    pub error: GrammarError,
}

impl<P> Mistake<P> {
    /// A mistake at a place.
    pub fn new(place: P, error: impl Into<GrammarError>) -> Self {
        Self { place, error: error.into() }
    }
}

/// What is wrong with the words, the arguments or the values of a specification.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum GrammarError {
    /// The text does not have the form of a band.
    Syntax(SyntaxError),
    /// An unknown word.
    Unknown {
        /// What it should have been.
        kind: Kind,
        /// The word.
        word: String,
        /// The words that are valid in its place.
        valid: Vec<&'static str>,
    },
    /// Arguments are missing.
    Missing {
        /// The band or method.
        call: &'static str,
        /// What is missing.
        needed: Vec<Needed>,
    },
    /// An argument is given twice.
    GivenTwice(String),
    /// Two widths.
    Contradiction {
        /// The second one.
        name: &'static str,
        /// The first one.
        first: &'static str,
        /// The names of which one may be given.
        choice: Vec<&'static str>,
    },
    /// An argument without a value.
    NoValue(String),
    /// An argument of the method among those of the band.
    BelongsToMethod {
        /// The argument.
        name: String,
        /// A method that takes it.
        family: Family,
    },
    /// An argument of the band among those of the method.
    BelongsToBand {
        /// The argument.
        name: String,
        /// The method.
        family: Family,
    },
    /// A width for a band that takes a method.
    BelongsToShape {
        /// The argument.
        name: String,
        /// The band.
        shape: Shape,
        /// A shape of the same kind that takes the argument.
        second_order: Shape,
    },
    /// A method for a second-order shape.
    NoMethod(Shape),
    /// More than one method.
    OneMethod(Shape),
    /// A word in place of a number.
    NotANumber {
        /// The argument.
        name: String,
        /// The word.
        word: String,
    },
    /// A number in place of a word.
    NotAWord {
        /// The argument.
        name: &'static str,
        /// The words that are valid.
        valid: Vec<&'static str>,
    },
    /// `tune(…)` where only a plain number is possible.
    NotTunable(&'static str),
    /// A lower bound that is not below the upper bound.
    EmptyBounds {
        /// The argument.
        name: &'static str,
        /// The lower bound.
        low: f64,
        /// The upper bound.
        high: f64,
    },
    /// A value that is wrong whatever the sample rate is.
    Value(DesignError),
    /// A sentence from the code that made the syntax tree.
    Other(String),
}

/// What a word stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The shape of a band.
    Band,
    /// The family of a method.
    Method,
    /// What the edge of a Bessel filter means.
    Norm,
    /// How bands are connected.
    Arrangement,
    /// The name of an argument of this band or method.
    ArgumentOf(String),
}

/// What is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Needed {
    /// An argument of this name.
    Argument(&'static str),
    /// One of these arguments.
    OneOf(Vec<&'static str>),
    /// A method.
    Method,
}

/// Text that does not have the form of a band.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SyntaxError {
    /// A band was expected.
    Band,
    /// A band's or method's word without parentheses.
    Arguments(String),
    /// An argument was expected.
    Argument,
    /// The name of an argument without its value.
    Value(String),
    /// A number was expected.
    Number,
    /// A number with letters after it.
    Suffix(String),
    /// A number that is not finite as `f64`.
    TooLarge,
    /// A comma was expected here.
    Comma,
    /// A comma was expected before this.
    CommaBefore,
    /// A closing parenthesis was expected.
    Parenthesis,
    /// `tune` without parentheses.
    Tune,
    /// `tune` with something other than bounds after the number.
    In,
    /// Bounds without the lower one.
    LowerBound,
    /// Bounds without `..=`.
    InclusiveRange,
    /// Bounds outside of `tune`.
    BoundsWithoutTune,
    /// Text after the band.
    End,
}

impl From<SyntaxError> for GrammarError {
    fn from(error: SyntaxError) -> Self {
        Self::Syntax(error)
    }
}

impl From<DesignError> for GrammarError {
    fn from(error: DesignError) -> Self {
        Self::Value(error)
    }
}

impl fmt::Display for GrammarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(error) => error.fmt(f),
            Self::Unknown { kind, word, valid } => {
                write!(f, "unknown {kind}: `{word}`")?;
                if let Some(nearest) = spelling::nearest(word, valid) {
                    write!(f, "; did you mean `{nearest}`?")?;
                }
                write!(f, " (valid: {})", List(valid))
            }
            Self::Missing { call, needed } => {
                write!(f, "`{call}` needs ")?;
                for (index, what) in needed.iter().enumerate() {
                    let separator = match index {
                        0 => "",
                        _ if index + 1 == needed.len() => " and ",
                        _ => ", ",
                    };
                    write!(f, "{separator}{what}")?;
                }
                Ok(())
            }
            Self::GivenTwice(name) => write!(f, "`{name}` is given twice"),
            Self::Contradiction { name, first, choice } => {
                write!(f, "`{name}` contradicts `{first}`: give one of {}", List(choice))
            }
            Self::NoValue(name) => write!(f, "expected `{name} = …`"),
            Self::BelongsToMethod { name, family } => {
                write!(f, "`{name}` belongs to the method, as in `{family}({name} = …)`")
            }
            Self::BelongsToBand { name, family } => {
                write!(f, "`{name}` belongs to the band, behind `{family}(…)`")
            }
            Self::BelongsToShape { name, shape, second_order } => {
                write!(f, "`{name}` belongs to `{second_order}(…)`: `{shape}` takes a method")
            }
            Self::NoMethod(shape) => {
                write!(f, "`{shape}` takes no method: it always is of second order")
            }
            Self::OneMethod(shape) => write!(f, "`{shape}` takes one method only"),
            Self::NotANumber { name, word } => write!(f, "`{name}` must be a number, not `{word}`"),
            Self::NotAWord { name, valid } => {
                write!(f, "`{name}` must be one of {}", List(valid))
            }
            Self::NotTunable(name) => write!(f, "`{name}` cannot be tuned"),
            Self::EmptyBounds { name, low, high } => {
                write!(f, "the lower bound {low} of `{name}` must be below its upper bound {high}")
            }
            Self::Value(error) => error.fmt(f),
            Self::Other(sentence) => f.write_str(sentence),
        }
    }
}

impl core::error::Error for GrammarError {}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Band => f.write_str("band"),
            Self::Method => f.write_str("method"),
            Self::Norm => f.write_str(NORM),
            Self::Arrangement => f.write_str("arrangement"),
            Self::ArgumentOf(call) => write!(f, "argument of `{call}`"),
        }
    }
}

impl fmt::Display for Needed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument(name) => write!(f, "`{name}`"),
            Self::OneOf(names) => write!(f, "one of {}", List(names)),
            Self::Method => f.write_str("a method such as `butterworth(order = 4)`"),
        }
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Band => f.write_str("expected a band such as `peak(…)`"),
            Self::Arguments(word) => {
                write!(f, "expected the arguments in parentheses: `{word}(…)`")
            }
            Self::Argument => f.write_str("expected `name = value`"),
            Self::Value(name) => write!(f, "expected `=` and a value: `{name} = …`"),
            Self::Number => f.write_str("expected a number"),
            Self::Suffix(suffix) => write!(
                f,
                "expected a number without `{suffix}`: frequencies are in Hz, levels in dB, \
                 bandwidths in octaves"
            ),
            Self::TooLarge => f.write_str("this number is too large for an `f64`"),
            Self::Comma => f.write_str("expected `,`"),
            Self::CommaBefore => f.write_str("expected `,` before this"),
            Self::Parenthesis => f.write_str("expected `)`"),
            Self::Tune => f.write_str("expected `tune(number)` or `tune(number in low..=high)`"),
            Self::In => f.write_str("expected `in low..=high`"),
            Self::LowerBound => {
                f.write_str("expected the lower bound: both are given, as `low..=high`")
            }
            Self::InclusiveRange => f.write_str("expected `..=`: both bounds are included"),
            Self::BoundsWithoutTune => {
                f.write_str("bounds are written as in `tune(250.0 in 120.0..=500.0)`")
            }
            Self::End => f.write_str("nothing may follow the band"),
        }
    }
}

/// `` `a`, `b` ``.
struct List<'a>(&'a [&'static str]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, word) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}`{word}`")?;
        }
        Ok(())
    }
}
