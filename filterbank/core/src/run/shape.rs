//! Blocks whose lengths do not fit each other.

use core::fmt;

/// A block whose length does not fit the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShapeError {
    block: &'static str,
    expected: usize,
    found: usize,
}

impl ShapeError {
    /// An error unless a block has the length that it must have.
    ///
    /// # Errors
    ///
    /// If `found` is not `expected`; `block` is its name.
    pub fn check(block: &'static str, expected: usize, found: usize) -> Result<(), ShapeError> {
        if expected == found { Ok(()) } else { Err(Self { block, expected, found }) }
    }
}

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { block, expected, found } = self;
        write!(f, "`{block}` has length {found}, but must have length {expected}")
    }
}

impl core::error::Error for ShapeError {}
