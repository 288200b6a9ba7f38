//! The error for blocks of the wrong length.

use core::fmt;

/// A block of the wrong length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShapeError {
    block: &'static str,
    expected: usize,
    found: usize,
}

impl ShapeError {
    /// Checks the length of a block.
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
