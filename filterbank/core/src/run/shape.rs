//! The error for blocks of the wrong length.

use core::fmt;

/// A block of the wrong length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShapeError {
    block: &'static str,
    expected: Length,
    found: usize,
}

/// What is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Length {
    Exactly(usize),
    Above(usize),
}

impl ShapeError {
    /// Checks the length of a block.
    ///
    /// # Errors
    ///
    /// If `found` is not `expected`; `block` is its name.
    pub fn check(block: &'static str, expected: usize, found: usize) -> Result<(), ShapeError> {
        let expected = Length::Exactly(expected);
        if expected == Length::Exactly(found) {
            Ok(())
        } else {
            Err(Self { block, expected, found })
        }
    }

    /// Checks that a block is longer than `limit`.
    ///
    /// # Errors
    ///
    /// If `found` is not above `limit`; `block` is its name.
    pub fn check_above(block: &'static str, limit: usize, found: usize) -> Result<(), ShapeError> {
        let expected = Length::Above(limit);
        if found > limit { Ok(()) } else { Err(Self { block, expected, found }) }
    }
}

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { block, expected, found } = self;
        write!(f, "`{block}` has length {found}, but must ")?;
        match expected {
            Length::Exactly(expected) => write!(f, "have length {expected}"),
            Length::Above(limit) => write!(f, "be longer than {limit}"),
        }
    }
}

impl core::error::Error for ShapeError {}
