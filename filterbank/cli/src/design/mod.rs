//! `filterbank design`: designs a filter and prints coefficients, poles and zeros, or JSON with the
//! derivative of every coefficient; draws the filter.

mod args;
mod drawing;
mod json;
mod report;
mod survey;
mod words;

use filterbank::{Band, DesignError};

use crate::command;
use crate::shared::destination::Output;
use crate::shared::failure::Failure;
use crate::shared::output::report;
use crate::shared::rounding::warn_of_rounding;

pub use args::Args;

/// Designs a filter, draws it on request, and prints the report or JSON.
pub fn run(args: Args) -> Result<(), Failure> {
    let is_example = command::is_bare();
    let args = if is_example { Args::example()? } else { args };
    let band = args.band().map_err(Failure::usage)?;
    let output = &args.output;
    check(&band, output.sample_rate)?;
    let explain = |error: DesignError| Failure::usage(words::explain(&error, &band));
    let cascade = band.design(output.sample_rate).map_err(explain)?;
    warn_of_rounding([(words::describe(&band), &band)], output.sample_rate);

    let plot = output.plot.as_deref();
    if let Some(path) = plot {
        let destination = Output::prepare(path, output.force)?;
        destination.write(&drawing::svg(path, &band, &cascade)?)?;
    }
    let print = |text: &str| report(text, plot.as_slice());
    if output.json {
        let object = json::json(&band, output.sample_rate).map_err(explain)?;
        return print(&format!("{object}\n"));
    }
    if is_example {
        print(&format!("For example: {}\n(see --help)\n\n", args::EXAMPLE))?;
    }
    print(&report::report(&band, &cascade))
}

/// All mistakes in a band.
fn check(band: &Band<f64>, sample_rate: f64) -> Result<(), Failure> {
    let mut messages = Vec::new();
    band.check(sample_rate, |error| messages.push(words::explain(&error, band)));
    if messages.is_empty() { Ok(()) } else { Err(Failure::Usage(messages)) }
}
