//! `filterbank identify`: the modes of a resonator in a recording, with error bars.

mod args;
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

/// Finds the modes in the recording, or in recordings of the example, and prints them.
pub fn run(args: &Args) -> Result<(), Failure> {
    match &args.output {
        Some(output) => {
            let recording = Recording::read(args.input.as_deref(), output)?;
            print(&report::report(&recording, usize::from(args.modes))?)
        }
        None => demo::run(args),
    }
}
