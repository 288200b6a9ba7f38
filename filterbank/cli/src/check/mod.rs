//! `filterbank check`: compares the derivatives of every design with finite differences.

mod args;
mod bands;

use std::fmt::Write as _;

use filterbank::ad::{GradientReport, Number, Verdict};
use filterbank::{Band, DesignError, gradcheck};

use crate::shared::failure::Failure;
use crate::shared::format::counted;
use crate::shared::output::print;

pub use args::Args;

const SAMPLE_RATE: f64 = 48_000.0;
/// Frequencies in Hz, in passbands, transition bands and stopbands.
const FREQUENCIES: [f64; 6] = [150.0, 620.0, 900.0, 1_130.0, 1_900.0, 7_000.0];

/// Checks the bands and prints a line for each parameter.
pub fn run(args: &Args) -> Result<(), Failure> {
    let mut bands = bands::every_band(args.order);
    bands.retain(|band| band.to_string().contains(&args.band));
    if bands.is_empty() {
        return Err(Failure::usage(format!("no band's description contains `{}`", args.band)));
    }
    let Table { text, disagreeing } = table(&bands).map_err(Failure::usage)?;
    print(&text)?;
    if disagreeing > 0 {
        let derivatives = counted(disagreeing, "derivative");
        return Err(Failure::Result(format!("{derivatives} do not agree with finite differences")));
    }
    Ok(())
}

/// A line for each derivative, then a summary.
struct Table {
    text: String,
    disagreeing: u64,
}

/// Compares the derivatives of one band: levels and responses at all frequencies, by all parameters.
fn check(band: &Band<f64>) -> Result<GradientReport, DesignError> {
    let (names, values): (Vec<_>, Vec<_>) =
        band.params().into_iter().map(|(parameter, value)| (parameter.name, value)).unzip();
    let outputs = |params: &[Number]| {
        let mut params = params.iter();
        let moved = band.map(|_, value| params.next().copied().unwrap_or(Number::constant(value)));
        let cascade = moved.design(SAMPLE_RATE)?;
        let at = |frequency| {
            let response = cascade.response(frequency);
            [cascade.magnitude_db(frequency), response.re, response.im]
        };
        Ok(FREQUENCIES.map(at))
    };
    Ok(gradcheck(&values, outputs)?.named(&names))
}

/// The table of the derivatives of some bands.
fn table(bands: &[Band<f64>]) -> Result<Table, DesignError> {
    let mut text = format!("   error  uncertainty  {:9}  {:9}  band\n", "verdict", "parameter");
    let (mut count, mut agreeing, mut worst) = (0_u64, 0, 0.0);
    for band in bands {
        for row in check(band)?.rows() {
            let verdict = match row.verdict() {
                Verdict::Agrees => "agrees",
                Verdict::Differs => "WRONG",
                Verdict::Untrusted => "untrusted",
            };
            let (error, uncertainty, name) = (row.error, row.uncertainty, &row.name);
            let _ =
                writeln!(text, "{error:8.1e}  {uncertainty:11.1e}  {verdict:9}  {name:9}  {band}");
            count += 1;
            agreeing += u64::from(row.verdict() == Verdict::Agrees);
            // NaN counts as the worst.
            worst = if error <= worst || f64::is_nan(worst) { worst } else { error };
        }
    }
    let _ = writeln!(
        text,
        "\n{agreeing} of {count} derivatives of {} designs agree with differences; \
         the largest error is {worst:.1e}.",
        bands.len()
    );
    Ok(Table { text, disagreeing: count - agreeing })
}
