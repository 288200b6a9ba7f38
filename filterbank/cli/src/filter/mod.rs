//! `filterbank filter`: filters a WAV file with a chain of bands.
//!
//! Without arguments it filters a test signal and checks the result against the designed
//! response.
//!
//! The steps, one file each:
//!
//! ```text
//! args ─► bands ─► job ─► report
//! ```

mod args;
mod bands;
mod demo;
mod job;
mod report;

use crate::shared::failure::Failure;
use crate::shared::output::print;

pub use args::Args;

/// Filters the file, or the example's file, and prints the report.
pub fn run(args: Args) -> Result<(), Failure> {
    let report = match args.into_job()? {
        Some(job) => job.run()?.to_string(),
        None => demo::run()?,
    };
    print(&report)
}
