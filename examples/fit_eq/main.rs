//! Fits a parametric EQ to a curve: the usual way to correct a headphone or a loudspeaker.
//!
//! ```text
//! cargo run --release --example fit_eq
//! cargo run --release --example fit_eq -- curve.csv --out eq.txt --plot eq.svg
//! cargo run --release --example fit_eq -- --measurement headphone.csv --target target.csv
//! cargo run --release --example fit_eq -- --help
//! ```
//!
//! Without arguments it fits a made-up headphone that it brings along, and checks the result.
//!
//! Data goes one way, a file for each step:
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
#[path = "../common/mod.rs"]
mod common;
mod curve;
mod demo;
mod difference;
mod drawing;
mod errors;
mod failure;
mod job;
mod json;
mod numbers;
mod report;
mod search;
mod words;

use std::io::{self, Write as _};
use std::process::ExitCode;

use args::{Args, Stop};
use failure::Failure;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            failure.exit_code()
        }
    }
}

fn run() -> Result<(), Failure> {
    let job = match Args::read() {
        Ok(args) => args.into_job()?,
        Err(Stop::Help(text)) => return print(&text),
        Err(Stop::Wrong(message)) => {
            return Err(Failure::Usage(format!("{message} (see --help)")));
        }
    };
    print(&job.run()?)
}

/// Writes to standard output. That nobody reads it to its end is no failure.
fn print(text: &str) -> Result<(), Failure> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::Output(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}
