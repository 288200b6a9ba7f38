//! The grammar of bands: `highpass(butterworth(order = 4), cutoff = 80)`.
//!
//! ```text
//! spelling ─► error ─► tree ─┬─► read ─────────────┬─► text
//!                            └─► scanner ─► parser ─┘
//! ```
//!
//! [`parse`] reads text: the parser makes a syntax tree, [`read_band`] makes a band of it. The
//! `filterbank!` macro makes the same tree from tokens. All rules about words and arguments are in
//! [`read_band`]. Every mistake is a [`GrammarError`] with its place, so that all readers say the
//! same sentences.

mod error;
mod parser;
mod read;
mod scanner;
mod spelling;
mod text;
mod tree;

#[cfg(test)]
mod tests;

pub use error::{GrammarError, Kind, Mistake, Needed, SyntaxError};
pub use read::{Arrangement, read_arrangement, read_band};
pub use scanner::Span;
pub use spelling::nearest;
pub use text::{ParseBandError, parse, parse_words};
pub use tree::{Argument, Bounds, Call, Number, Setting, Tuning, Value, Word};
