//! The grammar of bands: `highpass(butterworth(order = 4), cutoff = 80)`.
//!
//! ```text
//! text ───────► syntax tree ─► band, or mistakes
//! tokens ─────►
//! ```
//!
//! [`parse`] reads text. [`read_band`] reads a syntax tree that came from anywhere: the
//! `filterbank!` macro makes one from tokens. The rules about words and arguments are in
//! [`read_band`] alone, and every mistake is a [`GrammarError`] at its place, so that all readers
//! say the same sentences.

mod error;
mod read;
mod spelling;
mod text;
mod tree;

#[cfg(test)]
mod tests;

pub use error::{GrammarError, Kind, Mistake, Needed, SyntaxError};
pub use read::{Arrangement, read_arrangement, read_band};
pub use spelling::nearest;
pub use text::{ParseBandError, Span, parse, parse_words};
pub use tree::{Argument, Bounds, Call, Number, Setting, Tuning, Value, Word};
