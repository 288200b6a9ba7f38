//! The command line: from words to a band.

use std::f64::consts::FRAC_1_SQRT_2;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, CommandFactory, FromArgMatches, Parser, ValueEnum};
use filterbank::{Band, BesselNorm, Method, Width};

use crate::words;

/// What is designed when nothing is asked for.
pub const EXAMPLE: &str =
    "design --method elliptic --order 5 --lowpass 4000 --ripple-db 0.1 --stop-db 60";

const EXAMPLES: &str = "\
Examples:
  A crossover's highpass, Butterworth of order 4 at 80 Hz:
      design --highpass 80
  An anti-aliasing filter with 0.1 dB of ripple, 80 dB down, drawn:
      design --method elliptic --order 7 --lowpass 20000 --ripple-db 0.1 --stop-db 80 --plot aa.svg
  Telephone band at 8 kHz:
      design --method chebyshev2 --bandpass 300,3400 --stop-db 40 --sample-rate 8000
  A cut of 6 dB, one octave wide, at 250 Hz:
      design --peak 250 --bandwidth 1 --gain-db -6
  Hum out, and its coefficients with their derivatives into another program:
      design --notch 50 --q 30 --json";

/// Designs a digital filter and says what it does: coefficients, poles and zeros, levels.
///
/// Say what is to pass, to be boosted or to be cut: exactly one of the bands.
/// Frequencies are in Hz, above 0 and below half the sample rate; levels are in dB.
#[derive(Parser)]
#[command(name = "design", override_usage = "design <BAND> [OPTIONS]", after_help = EXAMPLES)]
#[command(verbatim_doc_comment, disable_help_flag = true)]
pub struct Args {
    #[command(flatten)]
    band: BandArgs,
    #[command(flatten)]
    method: MethodArgs,
    #[command(flatten)]
    shape: ShapeArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

#[derive(clap::Args)]
#[group(multiple = false)]
#[command(next_help_heading = "Band (exactly one)")]
struct BandArgs {
    /// Pass what is below HZ
    #[arg(long, value_name = "HZ")]
    lowpass: Option<f64>,
    /// Pass what is above HZ
    #[arg(long, value_name = "HZ")]
    highpass: Option<f64>,
    /// Pass what is between LO and HI
    #[arg(long, value_name = "LO,HI", value_parser = pair, allow_hyphen_values = true)]
    bandpass: Option<(f64, f64)>,
    /// Reject what is between LO and HI
    #[arg(long, value_name = "LO,HI", value_parser = pair, allow_hyphen_values = true)]
    bandstop: Option<(f64, f64)>,
    /// Boost or cut around HZ
    #[arg(long, value_name = "HZ")]
    peak: Option<f64>,
    /// Boost or cut what is below HZ; half of the gain is reached there
    #[arg(long, value_name = "HZ")]
    low_shelf: Option<f64>,
    /// Boost or cut what is above HZ; half of the gain is reached there
    #[arg(long, value_name = "HZ")]
    high_shelf: Option<f64>,
    /// Take HZ out
    #[arg(long, value_name = "HZ")]
    notch: Option<f64>,
}

#[derive(clap::Args)]
#[command(next_help_heading = "For --lowpass, --highpass, --bandpass, --bandstop")]
struct MethodArgs {
    /// Family of the filter [default: butterworth]
    #[arg(long, value_enum)]
    method: Option<Family>,
    /// Order of the lowpass prototype, 1 to 24 [default: 4];
    /// a bandpass or bandstop has twice as many poles
    #[arg(long, value_name = "N", verbatim_doc_comment)]
    order: Option<usize>,
    /// chebyshev1, elliptic: ripple of the passband, peak to trough, in dB, above 0 up to 100
    /// [default: 1]
    #[arg(long, value_name = "DB", verbatim_doc_comment)]
    ripple_db: Option<f64>,
    /// chebyshev2, elliptic: attenuation of the stopband in dB, above the ripple up to 1000
    /// [default: 60]
    #[arg(long, value_name = "DB", verbatim_doc_comment)]
    stop_db: Option<f64>,
    /// bessel: what the edge means [default: phase]
    #[arg(long, value_enum)]
    norm: Option<Norm>,
}

#[derive(clap::Args)]
#[command(next_help_heading = "For --peak, --low-shelf, --high-shelf, --notch")]
struct ShapeArgs {
    /// Gain of a peak or shelf (which needs it) in dB, -1000 to 1000
    #[arg(long, value_name = "DB")]
    gain_db: Option<f64>,
    #[command(flatten)]
    width: WidthArgs,
}

#[derive(clap::Args)]
#[group(multiple = false)]
struct WidthArgs {
    /// Quality factor, above 0 [default: 0.7071]
    #[arg(long, value_name = "Q")]
    q: Option<f64>,
    /// Instead of --q: bandwidth in octaves, above 0
    #[arg(long, value_name = "OCTAVES")]
    bandwidth: Option<f64>,
    /// Instead of --q, for a shelf: slope, above 0; 1 is the steepest without a bump
    #[arg(long, value_name = "S")]
    slope: Option<f64>,
}

#[derive(clap::Args)]
#[command(next_help_heading = "For all")]
pub struct OutputArgs {
    /// Samples per second, above 0
    #[arg(long, value_name = "HZ", default_value_t = 48_000.0)]
    pub sample_rate: f64,
    /// Draw magnitude, phase, group delay, poles and zeros into an SVG file
    #[arg(long, value_name = "FILE.svg")]
    pub plot: Option<PathBuf>,
    /// Print one JSON object instead of the report: the sections as rows b0 b1 b2 a0 a1 a2,
    /// the parameters, and the derivatives of every coefficient by each parameter
    #[arg(long, verbatim_doc_comment)]
    pub json: bool,
    /// Print this help (-h: in short)
    #[arg(long, short, action = ArgAction::Help)]
    help: Option<bool>,
}

const WITH_METHOD: &str = "--lowpass, --highpass, --bandpass, --bandstop";
const SHAPES: &str = "--peak, --low-shelf, --high-shelf, --notch";
const WITH_GAIN: &str = "--peak, --low-shelf, --high-shelf";
const SHELVES: &str = "--low-shelf, --high-shelf";
const RIPPLED: &str = "--method chebyshev1 or elliptic";
const STOPPED: &str = "--method chebyshev2 or elliptic";

#[derive(Clone, Copy, ValueEnum)]
enum Family {
    /// Flat passband, -3.01 dB at the edge
    Butterworth,
    /// Ripple in the passband, which ends at the edge
    Chebyshev1,
    /// Ripple in the stopband, which begins at the edge
    Chebyshev2,
    /// Ripple in both, the steepest; the passband ends at the edge
    Elliptic,
    /// Flat group delay
    Bessel,
}

#[derive(Clone, Copy, ValueEnum)]
enum Norm {
    /// The phase is half its total at the edge
    Phase,
    /// The analog delay is the reciprocal of the edge in rad/s
    Delay,
    /// -3.01 dB at the edge
    Magnitude,
}

fn pair(text: &str) -> Result<(f64, f64), String> {
    let hint = "two frequencies with a comma between them are needed, as in 300,3400";
    let (low, high) = text.split_once(',').ok_or(hint)?;
    let number = |text: &str| text.trim().parse().map_err(|_| hint.to_owned());
    Ok((number(low)?, number(high)?))
}

/// Why there is nothing to design.
pub enum Stop {
    /// `--help` was asked for: this is the text.
    Help(String),
    /// The arguments are wrong: this is why.
    Wrong(String),
}

impl Args {
    /// Reads the command line; without any arguments, that of [`EXAMPLE`].
    ///
    /// # Errors
    ///
    /// If help is asked for, or the arguments are not understood.
    pub fn read() -> Result<Self, Stop> {
        let number = |arg: Arg| {
            let takes_value = arg.get_action().takes_values();
            arg.allow_negative_numbers(takes_value)
        };
        let command = Self::command().mut_args(number);
        let matches = if Self::is_example() {
            command.try_get_matches_from(EXAMPLE.split_whitespace())
        } else {
            command.try_get_matches()
        };
        matches.and_then(|matches| Self::from_arg_matches(&matches)).map_err(|error| {
            match error.kind() {
                ErrorKind::DisplayHelp => Stop::Help(error.to_string()),
                _ => Stop::Wrong(one_line(&error.to_string())),
            }
        })
    }

    /// Whether nothing is asked for, so that an example is shown.
    pub fn is_example() -> bool {
        std::env::args_os().len() < 2
    }

    /// The band that is asked for.
    ///
    /// # Errors
    ///
    /// If an option is missing, or one is given that has no meaning for the band.
    pub fn band(&self) -> Result<Band<f64>, String> {
        let (method, width) = (self.method(), self.width());
        let gain_db = |flag: &str| {
            let missing = || format!("`{flag}` needs `--gain-db DB`, as in `--gain-db -6`");
            self.shape.gain_db.ok_or_else(missing)
        };
        let band = if let Some(cutoff) = self.band.lowpass {
            Band::lowpass(method, cutoff)
        } else if let Some(cutoff) = self.band.highpass {
            Band::highpass(method, cutoff)
        } else if let Some((low, high)) = self.band.bandpass {
            Band::bandpass(method, low, high)
        } else if let Some((low, high)) = self.band.bandstop {
            Band::bandstop(method, low, high)
        } else if let Some(center) = self.band.peak {
            Band::peak(center, width, gain_db("--peak")?)
        } else if let Some(cutoff) = self.band.low_shelf {
            Band::low_shelf(cutoff, width, gain_db("--low-shelf")?)
        } else if let Some(cutoff) = self.band.high_shelf {
            Band::high_shelf(cutoff, width, gain_db("--high-shelf")?)
        } else if let Some(center) = self.band.notch {
            Band::notch(center, width)
        } else {
            return Err(format!("nothing to design: give one of {WITH_METHOD}, {SHAPES}"));
        };
        self.check_meaning(&band)?;
        Ok(band)
    }

    fn method(&self) -> Method<f64> {
        let order = self.method.order.unwrap_or(4);
        let ripple_db = self.method.ripple_db.unwrap_or(1.0);
        let stop_db = self.method.stop_db.unwrap_or(60.0);
        match self.method.method.unwrap_or(Family::Butterworth) {
            Family::Butterworth => Method::Butterworth { order },
            Family::Chebyshev1 => Method::Chebyshev1 { order, ripple_db },
            Family::Chebyshev2 => Method::Chebyshev2 { order, stop_db },
            Family::Elliptic => Method::Elliptic { order, ripple_db, stop_db },
            Family::Bessel => {
                let norm = match self.method.norm.unwrap_or(Norm::Phase) {
                    Norm::Phase => BesselNorm::Phase,
                    Norm::Delay => BesselNorm::Delay,
                    Norm::Magnitude => BesselNorm::Magnitude,
                };
                Method::Bessel { order, norm }
            }
        }
    }

    fn width(&self) -> Width<f64> {
        match (self.shape.width.bandwidth, self.shape.width.slope) {
            (Some(octaves), _) => Width::Bandwidth(octaves),
            (None, Some(slope)) => Width::Slope(slope),
            (None, None) => Width::Q(self.shape.width.q.unwrap_or(FRAC_1_SQRT_2)),
        }
    }

    /// Every option that is given must have a meaning for the band.
    fn check_meaning(&self, band: &Band<f64>) -> Result<(), String> {
        let params = band.params();
        let is_param = |name| params.iter().any(|(other, _)| *other == name);
        let method = band.method().copied();
        let is_bessel = matches!(method, Some(Method::Bessel { .. }));
        let family = method.map_or("?", |method| words::family(&method));
        let article = if family == "elliptic" { "an" } else { "a" };
        let filter = format!("{article} {family} filter");
        let flag = format!("`{}`", words::flag(band));
        let subject = if method.is_some() { &filter } else { &flag };
        let MethodArgs { method: family, order, ripple_db, stop_db, norm } = &self.method;
        let ShapeArgs { gain_db, width: WidthArgs { q, bandwidth, slope } } = &self.shape;
        // The option, whether it is given, whether it is taken, who takes it or not, who does.
        let options = [
            ("--method", family.is_some(), method.is_some(), &flag, WITH_METHOD),
            ("--order", order.is_some(), method.is_some(), &flag, WITH_METHOD),
            ("--ripple-db", ripple_db.is_some(), is_param("ripple_db"), subject, RIPPLED),
            ("--stop-db", stop_db.is_some(), is_param("stop_db"), subject, STOPPED),
            ("--norm", norm.is_some(), is_bessel, subject, "--method bessel"),
            ("--gain-db", gain_db.is_some(), is_param("gain_db"), &flag, WITH_GAIN),
            ("--q", q.is_some(), is_param("q"), &flag, SHAPES),
            ("--bandwidth", bandwidth.is_some(), is_param("bandwidth"), &flag, SHAPES),
            ("--slope", slope.is_some(), is_param("slope"), &flag, SHELVES),
        ];
        for (option, given, taken, subject, takers) in options {
            if given && !taken {
                return Err(format!("{subject} takes no `{option}`: it is for {takers}"));
            }
        }
        Ok(())
    }
}

/// What clap has to say, without its line breaks, usage and repeated hints.
fn one_line(message: &str) -> String {
    let message = message
        .trim_start_matches("error: ")
        .replace("invalid float literal", "not a number")
        .replace("cannot parse float from empty string", "not a number")
        .replace("invalid digit found in string", "not a whole number")
        .replace("\n\n  tip:", ";");
    let said = message.split("\n\n").filter(|paragraph| {
        let start = paragraph.trim_start();
        !(start.starts_with("Usage:") || start.starts_with("For more information"))
    });
    let lines = said.flat_map(str::lines).map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" ")
}
