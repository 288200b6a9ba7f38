//! `filterbank identify`: the modes of a resonator, or the values of bands, in a recording, with
//! error bars.

mod args;
mod bands;
mod demo;
mod guess;
mod model;
mod recording;
mod report;
mod solve;

use crate::shared::failure::Failure;
use crate::shared::output::print;

use recording::Recording;

pub use args::Args;

/// Finds modes or the values of bands in the recording, or modes in recordings of the example, and
/// prints them.
pub fn run(args: &Args) -> Result<(), Failure> {
    match &args.output {
        Some(output) => {
            let recording = Recording::read(args.input.as_deref(), output)?;
            let report = if args.bands.is_empty() {
                report::report(&recording, usize::from(args.modes))
            } else {
                bands::report(&recording, args)
            };
            print(&report.map_err(|failure| failure.about(output))?)
        }
        None => demo::run(args),
    }
}
