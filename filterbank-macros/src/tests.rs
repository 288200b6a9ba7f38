//! Expansions and error messages.
