//! The arguments.

use std::path::PathBuf;

use clap::{ArgAction, Parser};
use filterbank::fit::ParametricEq;

use super::job::{Job, Source};
use crate::command;
use crate::shared::failure::Failure;
use crate::shared::format::hertz;
use crate::shared::numbers::{
    LevelRange, at_least_0, gain_range, level_range, positive, positive_range, whole,
};

/// The highest frequency fitted by default, in Hz.
const HIGHEST: f64 = 20_000.0;

const ABOUT: &str = "Fits a parametric EQ, made of peaks and two shelves, to a curve";

const DETAILS: &str = "\
The curve is the gain wanted at each frequency. It is read from CURVE, or computed as target minus
measurement, both set to the same level, and smoothed. Every octave counts the same, however many
points it has. The same arguments give the same EQ.

Without arguments: fits a synthetic headphone included in this program, draws it into fit_eq.svg
(which replaces no other file) and checks the result.

Examples:
  An EQ for a curve, for Equalizer APO, drawn:
      filterbank fit curve.csv --out eq.txt --plot eq.svg
  Make a headphone sound like a target:
      filterbank fit --measurement headphone.csv --target harman.csv --out eq.txt --plot eq.svg
  Five gentle peaks and no shelves, for a device at 48 kHz:
      filterbank fit curve.csv --peaks 5 --no-shelves --q 0.5..3 --gain-db -12..6 --sample-rate 48000
  The bass of a room, cuts only:
      filterbank fit room.csv --range 20..300 --frequency 20..300 --q 1..10 --gain-db -15..0 --no-shelves
  An EQ that the compiler designs, from a pipe:
      measure | filterbank fit - --out eq.rs
  A longer search, for another program:
      filterbank fit curve.csv --starts 2000 --seed 7 --json

Files:
  CSV and text of measurement programs and spreadsheets, in UTF-8, UTF-16 or Windows-1252, with
  commas, semicolons, tabs or spaces between columns and decimal points or commas. Headers choose
  the columns and their units: Hz or kHz; dB, or Pa and V, which are converted. Without a header the
  first column is the frequency in Hz, the second the level in dB. Rows may be in any order. Notes on
  standard error tell what was left out, averaged or converted; what can be read in two ways is
  refused.
  Filters and graphic EQs of Equalizer APO, AutoEq, Room EQ Wizard and Wavelet count as their
  response, without the preamp.
  The name - is standard input or standard output.

Result:
  --json prints {\"sample_rate\", \"preamp_db\", \"rms_db\", \"largest_error\": {\"hz\", \"db\"},
  \"before\", \"after\", \"filters\": [[kind, hz, q, gain_db], ...], \"notes\", \"seconds\"}, where kind is
  peak, low_shelf or high_shelf, as in the RBJ cookbook; before and after, with rms_db and
  largest_error, are the distance to the target, not smoothed, without and with the EQ.
  --out writes filters rounded to 0.1 Hz, 0.001 (Q) and 0.01 dB; the preamp is minus the largest
  boost.
  Existing files are replaced only with --force; a file that is read, or is another output, never is.

Exit code: 0 if all went well, 1 if the result cannot be written, 2 if arguments or curves are
wrong.";

/// The command line of `filterbank fit`.
#[derive(Parser)]
#[command(about = ABOUT, after_help = DETAILS, disable_help_flag = true)]
#[command(override_usage = "filterbank fit CURVE [OPTIONS]\n       \
                            filterbank fit --measurement FILE --target FILE [OPTIONS]")]
pub struct Args {
    /// File with the gain wanted at each frequency
    #[arg(value_name = "CURVE", conflicts_with_all = ["measurement", "target"])]
    curve: Option<PathBuf>,
    /// File with a measured response, in place of CURVE
    #[arg(long, value_name = "FILE", requires = "target")]
    measurement: Option<PathBuf>,
    /// File with the response wanted after the EQ
    #[arg(long, value_name = "FILE", requires = "measurement")]
    target: Option<PathBuf>,
    /// With --target: largest boost [default: 6]
    #[arg(long, value_name = "DB", value_parser = at_least_0)]
    max_boost: Option<f64>,
    /// With --target: where both curves have the same level: a range, one frequency, or `free` for
    /// the whole range that is fitted [default: 500..2000]
    #[arg(long, verbatim_doc_comment, value_name = "LO..HI", value_parser = level_range)]
    level: Option<LevelRange>,
    /// Column of levels in CURVE or the measurement: its name, a part of it such as `right`, or its
    /// number [default: the first, or the left channel]
    #[arg(long, verbatim_doc_comment, value_name = "NAME")]
    column: Option<String>,
    /// The same in the target
    #[arg(long, value_name = "NAME", requires = "target")]
    target_column: Option<String>,
    /// Part of the curve to fit, in Hz [default: 20..20000, below half the sample rate]
    #[arg(long, value_name = "LO..HI", value_parser = positive_range)]
    range: Option<(f64, f64)>,
    /// Above this frequency only the mean of the curve counts: there, measurements on ears are
    /// reliable only on average
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
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = whole::<usize>)]
    peaks: usize,
    /// Frequency of the low shelf, whose Q is 0.7
    #[arg(long, value_name = "HZ", value_parser = positive, default_value = "105")]
    low_shelf: f64,
    /// Frequency of the high shelf, whose Q is 0.7
    #[arg(long, value_name = "HZ", value_parser = positive, default_value = "10000")]
    high_shelf: f64,
    /// Peaks only
    #[arg(long)]
    no_shelves: bool,
    /// Range of Q for peaks [default: 0.18248..6, 5 to 1/4 octaves]
    #[arg(long, value_name = "LO..HI", value_parser = positive_range)]
    q: Option<(f64, f64)>,
    /// Range of gain for all bands; must contain 0 [default: -20..20]
    #[arg(long, value_name = "LO..HI", value_parser = gain_range, allow_hyphen_values = true)]
    gain_db: Option<(f64, f64)>,
    /// Range of centre frequencies for peaks, in Hz [default: 20..10000]
    #[arg(long, value_name = "LO..HI", value_parser = positive_range)]
    frequency: Option<(f64, f64)>,
    /// Sample rate of the device that runs the EQ
    #[arg(long, value_name = "HZ", value_parser = positive, default_value = "44100")]
    sample_rate: f64,
}

#[derive(clap::Args)]
struct SearchArgs {
    /// From exactness, 0, to restraint: above 0, bands that fight each other and large gains are
    /// avoided, and peaks that hardly help are left out; 10 gives gentle EQs with larger errors
    #[arg(long, verbatim_doc_comment, value_name = "R", value_parser = at_least_0, default_value = "1")]
    restraint: f64,
    /// Number of random attempts to place the peaks better [default: 50]
    #[arg(long, value_name = "N", value_parser = whole::<usize>)]
    starts: Option<usize>,
    /// Seed of the random search
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = whole::<u64>)]
    seed: u64,
}

#[derive(clap::Args)]
struct OutputArgs {
    /// Write the EQ: a `filterbank!` block for FILE.rs, for CamillaDSP in FILE.yml, otherwise in the
    /// format of Equalizer APO, which many players support
    #[arg(long, verbatim_doc_comment, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Draw the curves into an SVG file
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
    /// Replace the files if they exist
    #[arg(long)]
    force: bool,
    /// Print one JSON object instead of the table
    #[arg(long)]
    json: bool,
    /// Print this help
    #[arg(long, short, action = ArgAction::Help)]
    help: Option<bool>,
}

impl Args {
    /// The task; the example if there are no arguments.
    pub fn into_job(self) -> Result<Job, Failure> {
        let eq = self.eq()?;
        let nyquist = eq.sample_rate / 2.0;
        let range = match self.range {
            Some(range) => below("--range", range, nyquist)?,
            None => (20.0, HIGHEST.min(nyquist.next_down())),
        };
        let source = match (self.curve, self.measurement, self.target) {
            (Some(_), _, _) if self.max_boost.is_some() => {
                return Err(Failure::usage(
                    "`--max-boost` is for `--target`: CURVE is fitted as it is",
                ));
            }
            (Some(_), _, _) if self.level.is_some() => {
                return Err(Failure::usage(
                    "`--level` is for `--target`: CURVE is fitted as it is",
                ));
            }
            (Some(_), _, _) if self.target_column.is_some() => {
                return Err(Failure::usage("`--target-column` is for `--target`"));
            }
            (Some(curve), _, _) => Source::Curve(curve),
            (None, Some(measurement), Some(target)) => {
                let max_boost = self.max_boost.unwrap_or(6.0);
                Source::Difference { measurement, target, max_boost, level: self.level }
            }
            _ if command::is_bare() => Source::Example,
            _ => {
                return Err(Failure::usage(
                    "nothing to fit: give CURVE, or --measurement and --target (see --help); \
                     without any arguments an example is fitted",
                ));
            }
        };
        let OutputArgs { out, plot, force, json, .. } = self.output;
        Ok(Job {
            source,
            eq,
            places_anywhere: self.bands.frequency.is_none(),
            columns: (self.column, self.target_column),
            range,
            mean_above: self.mean_above,
            out,
            plot,
            force,
            json,
        })
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
            restraint: self.search.restraint,
            ..ParametricEq::default()
        })
    }
}

/// A range of frequencies that stays below the Nyquist frequency.
fn below(flag: &str, range: (f64, f64), nyquist: f64) -> Result<(f64, f64), Failure> {
    if range.1 < nyquist {
        return Ok(range);
    }
    let instead = if flag.ends_with("-shelf") { "; or give `--no-shelves`" } else { "" };
    Err(Failure::usage(format!(
        "`{flag}` reaches {}, but must stay below {}, half of `--sample-rate`{instead}",
        hertz(range.1),
        hertz(nyquist),
    )))
}
