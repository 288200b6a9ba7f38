//! The arguments, and the band they describe.

use std::f64::consts::FRAC_1_SQRT_2;
use std::path::PathBuf;

use clap::{ArgAction, Parser, ValueEnum};
use filterbank::spec::{BesselNorm, Parameter};
use filterbank::{Band, Method, Width};

use super::words;
use crate::shared::failure::Failure;
use crate::shared::numbers::{any, pair, whole};

/// The example for a run without arguments.
pub const EXAMPLE: &str =
    "filterbank design --method elliptic --order 5 --lowpass 4000 --ripple-db 0.1 --stop-db 60";

const EXAMPLES: &str = "\
Examples:
  A crossover's highpass, Butterworth of order 4 at 80 Hz:
      filterbank design --highpass 80
  An anti-aliasing filter with 0.1 dB of ripple, 80 dB down, drawn:
      filterbank design --method elliptic --order 7 --lowpass 20000 --ripple-db 0.1 --stop-db 80 --plot aa.svg
  Telephone band at 8 kHz:
      filterbank design --method chebyshev2 --bandpass 300,3400 --stop-db 40 --sample-rate 8000
  A cut of 6 dB, one octave wide, at 250 Hz:
      filterbank design --peak 250 --bandwidth 1 --gain-db -6
  A notch against hum, as coefficients and their derivatives for another program:
      filterbank design --notch 50 --q 30 --json";

/// Designs a digital filter and reports its coefficients, poles, zeros and levels
///
/// Give exactly one band. Frequencies are in Hz, above 0 and below half the sample rate; levels
/// are in dB. Without arguments: designs an example.
///
/// A warning tells if rounding of the coefficients to 64 bits may move the level at an edge by more
/// than 0.1 dB.
#[derive(Parser)]
#[command(override_usage = "filterbank design <BAND> [OPTIONS]", after_help = EXAMPLES)]
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
    /// Pass frequencies below HZ
    #[arg(long, value_name = "HZ", value_parser = any)]
    lowpass: Option<f64>,
    /// Pass frequencies above HZ
    #[arg(long, value_name = "HZ", value_parser = any)]
    highpass: Option<f64>,
    /// Pass frequencies between LO and HI
    #[arg(long, value_name = "LO,HI", value_parser = pair, allow_hyphen_values = true)]
    bandpass: Option<(f64, f64)>,
    /// Reject frequencies between LO and HI
    #[arg(long, value_name = "LO,HI", value_parser = pair, allow_hyphen_values = true)]
    bandstop: Option<(f64, f64)>,
    /// Boost or cut around HZ
    #[arg(long, value_name = "HZ", value_parser = any)]
    peak: Option<f64>,
    /// Boost or cut below HZ, where half of the gain is reached
    #[arg(long, value_name = "HZ", value_parser = any)]
    low_shelf: Option<f64>,
    /// Boost or cut above HZ, where half of the gain is reached
    #[arg(long, value_name = "HZ", value_parser = any)]
    high_shelf: Option<f64>,
    /// Remove HZ
    #[arg(long, value_name = "HZ", value_parser = any)]
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
    #[arg(long, value_name = "N", value_parser = whole::<usize>, verbatim_doc_comment)]
    order: Option<usize>,
    /// chebyshev1, elliptic: ripple of the passband, peak to trough, in dB, above 0 up to 100
    /// [default: 1]
    #[arg(long, value_name = "DB", value_parser = any, verbatim_doc_comment)]
    ripple_db: Option<f64>,
    /// chebyshev2, elliptic: attenuation of the stopband in dB, above the ripple up to 1000
    /// [default: 60]
    #[arg(long, value_name = "DB", value_parser = any, verbatim_doc_comment)]
    stop_db: Option<f64>,
    /// bessel: meaning of the edge [default: phase]
    #[arg(long, value_enum)]
    norm: Option<Norm>,
}

#[derive(clap::Args)]
#[command(next_help_heading = "For --peak, --low-shelf, --high-shelf, --notch")]
struct ShapeArgs {
    /// Gain of a peak or shelf in dB, -300 to 300; required there
    #[arg(long, value_name = "DB", value_parser = any)]
    gain_db: Option<f64>,
    #[command(flatten)]
    width: WidthArgs,
}

#[derive(clap::Args)]
#[group(multiple = false)]
struct WidthArgs {
    /// Quality factor, above 0 [default: 0.7071]
    #[arg(long, value_name = "Q", value_parser = any)]
    q: Option<f64>,
    /// Instead of --q: bandwidth in octaves, above 0
    #[arg(long, value_name = "OCTAVES", value_parser = any)]
    bandwidth: Option<f64>,
    /// Instead of --q, for a shelf: slope, above 0; 1 is the steepest without overshoot
    #[arg(long, value_name = "S", value_parser = any)]
    slope: Option<f64>,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Options for all bands")]
pub struct OutputArgs {
    /// Samples per second, above 0
    #[arg(long, value_name = "HZ", default_value_t = 48_000.0, value_parser = any)]
    pub sample_rate: f64,
    /// Draw magnitude, phase, group delay, poles and zeros into an SVG file; `-` is standard output
    #[arg(long, value_name = "FILE.svg")]
    pub plot: Option<PathBuf>,
    /// Replace FILE.svg if it exists
    #[arg(long, requires = "plot")]
    pub force: bool,
    /// Print one JSON object instead of the report: the sections as rows b0 b1 b2 a0 a1 a2,
    /// the parameters, the derivatives of every coefficient by each parameter, and `rounding_db`,
    /// how far rounding of the coefficients may move the level at the edges (null: undetermined)
    #[arg(long, verbatim_doc_comment)]
    pub json: bool,
    /// Print this help (-h: short)
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

impl Args {
    /// The arguments of [`EXAMPLE`].
    pub fn example() -> Result<Self, Failure> {
        Self::try_parse_from(EXAMPLE.split_whitespace().skip(1)).map_err(Failure::usage)
    }

    /// The band; or an error about a missing option, or one that does not apply to the band.
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

    /// Checks that every given option applies to the band.
    fn check_meaning(&self, band: &Band<f64>) -> Result<(), String> {
        let params = band.params();
        let is_param = |parameter| params.iter().any(|(other, _)| *other == parameter);
        let method = band.method().copied();
        let is_bessel = matches!(method, Some(Method::Bessel { .. }));
        let family = method.map_or("?", |method| words::family(&method));
        let article = if family == "elliptic" { "an" } else { "a" };
        let filter = format!("{article} {family} filter");
        let flag = format!("`{}`", words::flag(band));
        let subject = if method.is_some() { &filter } else { &flag };
        let MethodArgs { method: family, order, ripple_db, stop_db, norm } = &self.method;
        let ShapeArgs { gain_db, width: WidthArgs { q, bandwidth, slope } } = &self.shape;
        // Option, given?, applies?, subject of the message, what the option applies to.
        let options = [
            ("--method", family.is_some(), method.is_some(), &flag, WITH_METHOD),
            ("--order", order.is_some(), method.is_some(), &flag, WITH_METHOD),
            ("--ripple-db", ripple_db.is_some(), is_param(Parameter::RIPPLE_DB), subject, RIPPLED),
            ("--stop-db", stop_db.is_some(), is_param(Parameter::STOP_DB), subject, STOPPED),
            ("--norm", norm.is_some(), is_bessel, subject, "--method bessel"),
            ("--gain-db", gain_db.is_some(), is_param(Parameter::GAIN_DB), &flag, WITH_GAIN),
            ("--q", q.is_some(), is_param(Parameter::Q), &flag, SHAPES),
            ("--bandwidth", bandwidth.is_some(), is_param(Parameter::BANDWIDTH), &flag, SHAPES),
            ("--slope", slope.is_some(), is_param(Parameter::SLOPE), &flag, SHELVES),
        ];
        for (option, given, taken, subject, takers) in options {
            if given && !taken {
                return Err(format!("{subject} takes no `{option}`: it is for {takers}"));
            }
        }
        Ok(())
    }
}
