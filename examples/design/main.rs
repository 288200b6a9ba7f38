//! A calculator for digital filters: from a specification on the command line to coefficients,
//! poles and zeros, a drawing, or JSON with the derivative of every coefficient.
//!
//! ```text
//! cargo run --example design -- --method elliptic --order 7 --lowpass 1000 --stop-db 80
//! cargo run --example design -- --peak 250 --q 2 --gain-db -6 --plot peak.svg
//! cargo run --example design -- --help
//! ```

mod args;
#[path = "../common/mod.rs"]
mod common;
mod drawing;
mod json;
mod report;
mod survey;
mod words;

use std::io::{self, Write as _};
use std::process::ExitCode;

use args::{Args, Stop};
use filterbank::{Band, DesignError};

/// Why nothing came of it, and the exit code that says so.
struct Failure {
    messages: Vec<String>,
    code: u8,
}

impl Failure {
    /// The arguments are wrong.
    fn usage(messages: Vec<String>) -> Self {
        Self { messages, code: 2 }
    }

    /// The arguments are right, but what they ask for cannot be written.
    fn output(message: String) -> Self {
        Self { messages: vec![message], code: 1 }
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure { messages, code }) => {
            for message in messages {
                eprintln!("error: {message}");
            }
            ExitCode::from(code)
        }
    }
}

fn run() -> Result<(), Failure> {
    let args = match Args::read() {
        Ok(args) => args,
        Err(Stop::Help(text)) => return print(&text),
        Err(Stop::Wrong(message)) => {
            return Err(Failure::usage(vec![format!("{message} (see --help)")]));
        }
    };
    let band = args.band().map_err(|message| Failure::usage(vec![message]))?;
    let output = &args.output;
    check(&band, output.sample_rate)?;
    let explain = |error: DesignError| Failure::usage(vec![words::explain(&error, &band)]);
    let cascade = band.design(output.sample_rate).map_err(explain)?;

    if let Some(path) = &output.plot {
        drawing::draw(path, &band, &cascade).map_err(|error| {
            Failure::output(format!("cannot write `{}`: {error}", path.display()))
        })?;
    }
    if output.json {
        let object = json::json(&band, output.sample_rate).map_err(explain)?;
        print(&format!("{object}\n"))
    } else {
        if Args::is_example() {
            print(&format!("For example: {}\n(--help tells the rest)\n\n", args::EXAMPLE))?;
        }
        print(&report::report(&band, &cascade))
    }
}

/// All that is wrong with a band, at once.
fn check(band: &Band<f64>, sample_rate: f64) -> Result<(), Failure> {
    let mut messages = Vec::new();
    band.check(sample_rate, |error| messages.push(words::explain(&error, band)));
    if messages.is_empty() { Ok(()) } else { Err(Failure::usage(messages)) }
}

/// Writes to standard output. That nobody reads it to its end is no failure.
fn print(text: &str) -> Result<(), Failure> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::output(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}
