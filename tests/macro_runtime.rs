//! The macro against the run time.
