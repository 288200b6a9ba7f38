//! The cost of `filterbank`, compared with alternatives.
//!
//! The targets in `benches/` list the contenders; this crate holds their shared code:
//!
//! - [`filters`]: the signals and filters that all contenders run.
//! - [`ours`], [`peers`]: this library and the others, with the same function type.
//! - [`derivatives`]: filtering together with derivatives, likewise.
//! - [`training`]: a training step of a bank of three bands.
//! - [`report`], [`table`]: measure contenders in turns and print the results.
//! - [`least`]: measures many small things quickly.
//!
//! ```text
//! cargo bench -p filterbank-benches                   # everything
//! cargo bench -p filterbank-benches --bench series    # one target
//! python benches/compare.py                           # beside scipy and torchaudio
//! ```

#![allow(
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    reason = "the filters here can be designed; a benchmark ends where something is wrong"
)]

pub mod derivatives;
pub mod filters;
pub mod least;
pub mod ours;
pub mod peers;
pub mod report;
pub mod table;
pub mod training;
