//! What `filterbank` costs, beside what one would use instead.
//!
//! The targets in `benches/` say what is done, contender by contender; here is what they share:
//!
//! - [`filters`]: the signals and filters that everyone runs.
//! - [`ours`], [`peers`]: this library and the others, behind the same function type.
//! - [`derivatives`]: filtering together with derivatives, likewise.
//! - [`training`]: a training step of a bank of three bands.
//! - [`report`], [`table`]: measure contenders side by side, print what came out.
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
pub mod ours;
pub mod peers;
pub mod report;
pub mod table;
pub mod training;
