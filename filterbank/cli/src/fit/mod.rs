//! `filterbank fit`: fits a parametric EQ to a curve, to correct a headphone or a loudspeaker.
//!
//! Without arguments it fits a synthetic headphone and checks the result.
//!
//! The steps, one file each:
//!
//! ```text
//! args ─► job ─► curve_file ─► curve ─► difference ─► search ─┬─► report
//!                                                             ├─► written
//!                                                             ├─► json
//!                                                             └─► drawing
//! ```

mod args;
mod curve;
mod curve_file;
mod demo;
mod difference;
mod drawing;
mod errors;
mod interpolation;
mod job;
mod json;
mod report;
mod rounded;
mod search;
mod values;
mod written;

use crate::shared::failure::Failure;

pub use args::Args;

/// Fits an EQ, writes its files and reports on it.
pub fn run(args: Args) -> Result<(), Failure> {
    args.into_job()?.run()
}
