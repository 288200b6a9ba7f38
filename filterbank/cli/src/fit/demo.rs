//! The example: a synthetic headphone, fitted to a target, and a check of the result.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::curve_file::{self, Reading, Role};
use super::job::{Job, Outcome};
use super::search::search;
use crate::shared::destination;
use crate::shared::failure::Failure;

const FOLDER: &str = "filterbank/cli/data";
const HEADPHONE: (&str, &str) = ("headphone.csv", include_str!("../../data/headphone.csv"));
const TARGET: (&str, &str) = ("target.csv", include_str!("../../data/target.csv"));
const PLOT: &str = "fit_eq.svg";
/// The largest boost, in dB.
pub const MAX_BOOST: f64 = 6.0;

/// The largest error of the fit, in dB RMS.
const PROMISE: f64 = 0.25;

/// The measurement and the target.
pub fn curves(job: &Job) -> Result<[Reading; 2], Failure> {
    let read = |(name, text): (&str, &str), role| {
        curve_file::parse(&format!("`{name}`"), text, job.request(role))
    };
    Ok([read(HEADPHONE, Role::Measurement)?, read(TARGET, Role::Target)?])
}

/// Fits, draws, and checks the result.
pub fn run(job: Job) -> Result<String, Failure> {
    let plot = PathBuf::from(PLOT);
    let job = Job { plot: Some(plot.clone()), ..job };
    let problem = job.problem()?;
    let found = search(&job.eq, &problem, job.mean_above)?;
    let result = Outcome::new(&job, problem, found)?;
    // Nobody has asked the example to replace a file.
    destination::write_new(&plot, &result.svg(&plot)?)?;
    let report = result.report();

    let found = &result.found;
    let rms_db = found.errors.rms_db;
    // NaN must fail too.
    if !(rms_db < PROMISE && (rms_db - found.rms_db).abs() < 1e-6) {
        let claimed = found.rms_db;
        return Err(Failure::Result(format!(
            "the EQ must come within {PROMISE} dB RMS of the curve; the search found {claimed} dB, \
             its response has {rms_db} dB"
        )));
    }
    Ok(text(&report, &plot))
}

fn text(report: &str, plot: &Path) -> String {
    let mut text = format!(
        "A synthetic headphone and a synthetic target. The same by arguments:\n    \
         filterbank fit --measurement {FOLDER}/{} --target {FOLDER}/{} --plot {PLOT}\n\n{report}",
        HEADPHONE.0, TARGET.0,
    );
    let plot = std::path::absolute(plot).unwrap_or_else(|_| plot.into());
    // Writing to a string does not fail.
    let _ = writeln!(
        text,
        "\nThe EQ comes within {PROMISE} dB RMS of the curve, as promised. The picture:\n    {}\n\
         (To fit your own curve, see --help.)",
        plot.display(),
    );
    text
}
