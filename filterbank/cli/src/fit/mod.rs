//! `filterbank fit`: fits a parametric EQ to a curve, to correct a headphone or a loudspeaker.
//!
//! Without arguments it fits a synthetic headphone and checks the result.
//!
//! The steps, one file each:
//!
//! ```text
//! args ─► job ─► curve ─► difference ─► search ─┬─► report
//!                                               ├─► apo
//!                                               ├─► json
//!                                               └─► drawing
//! ```

mod apo;
mod args;
mod columns;
mod curve;
mod demo;
mod difference;
mod drawing;
mod errors;
mod job;
mod json;
mod report;
mod search;
mod values;

use crate::shared::failure::Failure;
use crate::shared::output::print;

pub use args::Args;

/// Fits an EQ, writes its files and prints the report.
pub fn run(args: Args) -> Result<(), Failure> {
    print(&args.into_job()?.run()?)
}
