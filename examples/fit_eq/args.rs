//! The command line.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, CommandFactory, FromArgMatches, Parser};
use filterbank::fit::ParametricEq;

use crate::failure::Failure;
use crate::job::{Job, Source};
use crate::numbers::{at_least_0, gain_range, positive, positive_range};
use crate::words::hertz;

/// The highest frequency fitted by default, in Hz.
const HIGHEST: f64 = 20_000.0;

const ABOUT: &str = "\
Fits a parametric EQ, of peaks and two shelves, whose response is a given curve.

The curve is what the EQ is to do at each frequency. It is read from CURVE, or made as target
minus measurement, both 0 dB at 1 kHz, smoothed. The same arguments give the same EQ.

Without arguments: fits, checks and draws a made-up headphone that comes with this program.";

const EXAMPLES: &str = "\
Examples:
  An EQ for a curve, for Equalizer APO, drawn:
      fit_eq curve.csv --out eq.txt --plot eq.svg
  A headphone that is to sound like a target:
      fit_eq --measurement headphone.csv --target harman.csv --out eq.txt --plot eq.svg
  Five gentle peaks and no shelves, for a device at 48 kHz:
      fit_eq curve.csv --peaks 5 --no-shelves --q 0.5..3 --gain-db -12..6 --sample-rate 48000
  The bass of a room, cuts only:
      fit_eq room.csv --range 20..300 --frequency 20..300 --q 1..10 --gain-db -15..0 --no-shelves
  A longer search, for another program:
      fit_eq curve.csv --starts 2000 --seed 7 --json

Files:
  Text with a point on each line: frequency in Hz and level in dB, then anything (a phase, say).
  Columns are set apart by commas, semicolons, tabs or spaces; with the last three, decimals may
  have a comma. Lines that begin with # * ; % \" or // and headers are skipped. Frequencies rise.

Result:
  --json prints {\"sample_rate\", \"rms_db\", \"filters\": [[kind, hz, q, gain_db], ...], \"seconds\"},
  where kind is peak, low_shelf or high_shelf, with the shapes of the RBJ cookbook.
  --out writes them rounded to 0.1 Hz, 0.001 (Q) and 0.01 dB; its preamp is minus the largest boost.

Exit code: 0 if all went well, 1 if the result cannot be written, 2 if arguments or curves are
wrong.";

/// What is asked for.
#[derive(Parser)]
#[command(name = "fit_eq", about = ABOUT, after_help = EXAMPLES, disable_help_flag = true)]
#[command(override_usage = "fit_eq CURVE [OPTIONS]\n       \
                            fit_eq --measurement FILE --target FILE [OPTIONS]")]
pub struct Args {
    /// File with the curve that the EQ is to have
    #[arg(value_name = "CURVE", conflicts_with_all = ["measurement", "target"])]
    curve: Option<PathBuf>,
    /// File with a measured response, in place of CURVE
    #[arg(long, value_name = "FILE", requires = "target")]
    measurement: Option<PathBuf>,
    /// File with the response wanted in its place
    #[arg(long, value_name = "FILE", requires = "measurement")]
    target: Option<PathBuf>,
    /// With --target: boost by no more than this [default: 6]
    #[arg(long, value_name = "DB", value_parser = at_least_0)]
    max_boost: Option<f64>,
    /// Part of the curve that is fitted, in Hz [default: 20..20000, below half the sample rate]
    #[arg(long, value_name = "LO..HI", value_parser = positive_range)]
    range: Option<(f64, f64)>,
    /// From here up only the mean of the curve counts, in Hz: measurements of ears are right
    /// on average only there
    #[arg(long, verbatim_doc_comment, value_name = "HZ", value_parser = positive, default_value = "10000")]
    mean_above: f64,
    #[command(flatten, next_help_heading = "Bands")]
    bands: BandArgs,
    #[command(flatten, next_help_heading = "Search")]
    search: SearchArgs,
    #[command(flatten, next_help_heading = "Output")]
    output: OutputArgs,
}

#[derive(clap::Args)]
struct BandArgs {
    /// Number of peaks
    #[arg(long, value_name = "N", default_value_t = 8)]
    peaks: usize,
    /// Frequency of the low shelf; its Q is 0.7
    #[arg(long, value_name = "HZ", value_parser = positive, default_value = "105")]
    low_shelf: f64,
    /// Frequency of the high shelf; its Q is 0.7
    #[arg(long, value_name = "HZ", value_parser = positive, default_value = "10000")]
    high_shelf: f64,
    /// Peaks only
    #[arg(long)]
    no_shelves: bool,
    /// Q that peaks may have [default: 0.18248..6, 5 to 1/4 octaves]
    #[arg(long, value_name = "LO..HI", value_parser = positive_range)]
    q: Option<(f64, f64)>,
    /// Gain that any band may have; 0 must be in it [default: -20..20]
    #[arg(long, value_name = "LO..HI", value_parser = gain_range, allow_hyphen_values = true)]
    gain_db: Option<(f64, f64)>,
    /// Where peaks may be, in Hz [default: 20..10000]
    #[arg(long, value_name = "LO..HI", value_parser = positive_range)]
    frequency: Option<(f64, f64)>,
    /// Samples per second of the device that runs the EQ
    #[arg(long, value_name = "HZ", value_parser = positive, default_value = "44100")]
    sample_rate: f64,
}

#[derive(clap::Args)]
struct SearchArgs {
    /// How often the search tries to place the peaks better [default: 200]
    #[arg(long, value_name = "N")]
    starts: Option<usize>,
    /// What chance begins with
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

#[derive(clap::Args)]
struct OutputArgs {
    /// Write the EQ as Equalizer APO and many players read it
    #[arg(long, value_name = "FILE.txt")]
    out: Option<PathBuf>,
    /// Draw the curves
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
    /// Print one JSON object in place of the table
    #[arg(long)]
    json: bool,
    /// Print this help
    #[arg(long, short, action = ArgAction::Help)]
    help: Option<bool>,
}

/// Why there is nothing to fit.
pub enum Stop {
    /// `--help` was asked for: this is the text.
    Help(String),
    /// The arguments are wrong: this is why.
    Wrong(String),
}

impl Args {
    /// Reads the command line.
    pub fn read() -> Result<Self, Stop> {
        let number = |arg: Arg| {
            let takes_value = arg.get_action().takes_values() && !arg.is_positional();
            arg.allow_negative_numbers(takes_value)
        };
        let matches = Self::command().mut_args(number).try_get_matches();
        matches.and_then(|matches| Self::from_arg_matches(&matches)).map_err(|error| {
            match error.kind() {
                ErrorKind::DisplayHelp => Stop::Help(error.to_string()),
                _ => Stop::Wrong(one_line(&error.to_string())),
            }
        })
    }

    /// What is to be done; without any arguments, the example.
    pub fn into_job(self) -> Result<Job, Failure> {
        let eq = self.eq()?;
        let nyquist = eq.sample_rate / 2.0;
        let range = match self.range {
            Some(range) => below("--range", range, nyquist)?,
            None => (20.0, HIGHEST.min(nyquist.next_down())),
        };
        let source = match (self.curve, self.measurement, self.target) {
            (Some(_), _, _) if self.max_boost.is_some() => {
                return Err(Failure::Usage(
                    "`--max-boost` is for `--target`: CURVE is fitted as it is".into(),
                ));
            }
            (Some(curve), _, _) => Source::Curve(curve),
            (None, Some(measurement), Some(target)) => {
                let max_boost = self.max_boost.unwrap_or(6.0);
                Source::Difference { measurement, target, max_boost }
            }
            _ if std::env::args_os().len() < 2 => Source::Example,
            _ => {
                return Err(Failure::Usage(
                    "nothing to fit: give CURVE, or --measurement and --target (see --help); \
                     without any arguments an example is fitted"
                        .into(),
                ));
            }
        };
        let OutputArgs { out, plot, json, .. } = self.output;
        Ok(Job { source, eq, range, mean_above: self.mean_above, out, plot, json })
    }

    fn eq(&self) -> Result<ParametricEq, Failure> {
        let BandArgs { peaks, low_shelf, high_shelf, no_shelves, sample_rate, .. } = self.bands;
        let default = ParametricEq::default();
        let nyquist = sample_rate / 2.0;
        let shelf = |flag, frequency| {
            let checked = || below(flag, (frequency, frequency), nyquist).map(|_| frequency);
            (!no_shelves).then(checked).transpose()
        };
        let frequency = match self.bands.frequency {
            Some(range) => below("--frequency", range, nyquist)?,
            None => (20_f64.min(0.1 * nyquist), 10_000_f64.min(0.9 * nyquist)),
        };
        let q = self.bands.q.map_or(default.q, |(low, high)| low..=high);
        let gain_db = self.bands.gain_db.map_or(default.gain_db, |(low, high)| low..=high);
        Ok(ParametricEq {
            peaks,
            low_shelf: shelf("--low-shelf", low_shelf)?,
            high_shelf: shelf("--high-shelf", high_shelf)?,
            frequency: frequency.0..=frequency.1,
            q,
            gain_db,
            sample_rate,
            // Without peaks there is nothing to place.
            starts: if peaks == 0 { 0 } else { self.search.starts.unwrap_or(default.starts) },
            seed: self.search.seed,
            ..ParametricEq::default()
        })
    }
}

/// A range of frequencies, or why it cannot be had at a sample rate.
fn below(flag: &str, range: (f64, f64), nyquist: f64) -> Result<(f64, f64), Failure> {
    if range.1 < nyquist {
        return Ok(range);
    }
    let instead = if flag.ends_with("-shelf") { "; or give `--no-shelves`" } else { "" };
    Err(Failure::Usage(format!(
        "`{flag}` reaches {}, but must stay below {}, half of `--sample-rate`{instead}",
        hertz(range.1),
        hertz(nyquist),
    )))
}

/// What clap has to say, without its line breaks, usage and repeated hints.
fn one_line(message: &str) -> String {
    let message = message
        .trim_start_matches("error: ")
        .replace("invalid digit found in string", "not a whole number of at least 0")
        .replace("\n\n  tip:", ";");
    let said = message.split("\n\n").filter(|paragraph| {
        let start = paragraph.trim_start();
        !(start.starts_with("Usage:") || start.starts_with("For more information"))
    });
    let lines = said.flat_map(str::lines).map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" ")
}
