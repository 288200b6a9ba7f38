//! Equalises a WAV file with a chain of bands given on the command line.
//!
//! ```text
//! cargo run --release --example equalize -- in.wav out.wav \
//!     --band "highpass butterworth order=4 cutoff=80" \
//!     --band "peak center=250 q=1 gain_db=-2.5" \
//!     --band "high_shelf cutoff=10000 slope=0.9 gain_db=1.5"
//! ```
//!
//! Without arguments it makes a test signal of its own, equalises that and checks the result
//! against the response of the designed filter. `--help` lists the bands.
//!
//! Data goes one way, a file for each step:
//!
//! ```text
//! args ─► bands ─► read ─► filter ─► write ─► destination
//!                             └────► report
//! ```
//!
//! The texts of bands are read with the help of `arguments` and `words`.

mod args;
mod arguments;
mod bands;
mod demo;
mod destination;
mod encoding;
mod failure;
mod filter;
mod read;
mod report;
mod words;
mod write;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use args::Args;
use failure::Failure;

fn main() -> ExitCode {
    match run(Args::parse()) {
        Ok(report) => {
            // If nobody reads the report any more, the work is done all the same.
            let _ = std::io::stdout().write_all(report.as_bytes());
            ExitCode::SUCCESS
        }
        Err(failure) => {
            let _ = std::io::stderr().write_all(failure.to_string().as_bytes());
            failure.exit_code()
        }
    }
}

/// Equalises the file that was asked for, or the demonstration's own; gives what there is to say.
fn run(args: Args) -> Result<String, Failure> {
    match args.into_job()? {
        Some(job) => Ok(job.run()?.to_string()),
        None => demo::run(),
    }
}
