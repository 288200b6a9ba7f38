//! The arguments.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use super::bands::NamedBand;
use super::job::Job;
use crate::shared::failure::Failure;
use crate::shared::numbers::decibels;
use crate::shared::wav::Encoding;

const DETAILS: &str = "\
Bands:
  A band is a word followed by name=value in any order, or the library's own form,
  `peak(center = 250, q = 1, gain_db = -3)`. Frequencies (cutoff, center, low, high)
  are in Hz; gain_db, ripple_db and stop_db are in dB.

  lowpass, highpass      METHOD cutoff=
  bandpass, bandstop     METHOD low= high=
  peak                   center= WIDTH gain_db=
  low_shelf, high_shelf  cutoff= WIDTH gain_db=
  notch, allpass, bandpass_constant_peak, bandpass_constant_skirt
                         center= WIDTH
  resonant_lowpass, resonant_highpass
                         cutoff= WIDTH

  METHOD is one of these (default: butterworth); orders go from 1 to 24:
    butterworth order=                      flat, -3 dB at the edges
    chebyshev1  order= ripple_db=           ripple in the passband
    chebyshev2  order= stop_db=             ripple in the stopband, which begins at the edges
    elliptic    order= ripple_db= stop_db=  ripple in both, the steepest
    bessel      order= [norm=]              flat group delay; norm is phase, delay or magnitude

  WIDTH is one of these:
    q=          quality factor
    bandwidth=  in octaves
    slope=      for shelves only; 1 is the steepest without overshoot

Examples:
  filterbank filter talk.wav clean.wav --band \"highpass order=4 cutoff=80\"

  filterbank filter talk.wav warm.wav --gain-db -2 \\
      --band \"highpass butterworth order=4 cutoff=80\" \\
      --band \"peak center=250 q=1 gain_db=-2.5\" \\
      --band \"high_shelf cutoff=10000 slope=0.9 gain_db=1.5\"

  filterbank filter hum.wav quiet.wav --bits 24 --band \"notch center=50 q=30\" \\
      --band \"bandstop elliptic order=3 ripple_db=0.1 stop_db=60 low=95 high=105\"

Rounding:
  A warning tells if rounding of a band's coefficients to 64 bits may move the level at its edge by
  more than 0.1 dB.

Files:
  Reads integers of 8, 16, 24 and 32 bits and 32-bit float, with any number of channels. All
  channels get the same filter. Only audio is copied: tags and markers are lost, and more than two
  channels are written in the usual speaker order.

  The output appears under its name only when it is complete, and replaces no file without
  --force. A run that is killed leaves nothing on most Linux file systems, elsewhere a file
  OUT.NUMBER.partial. Integer output is clamped at full scale; the report then says by how much to
  lower the gain. Float output is not clamped.

Exit code: 0 if all went well, 1 if a file cannot be read or written, 2 if arguments are wrong.";

/// Filters a WAV file with a chain of bands
///
/// Without arguments: makes a short test signal, filters it with a vocal EQ, and compares the
/// levels of the result with the designed response.
#[derive(Debug, Parser)]
#[command(verbatim_doc_comment, after_long_help = DETAILS)]
pub struct Args {
    /// WAV file to read
    #[arg(value_name = "IN", requires = "output")]
    input: Option<PathBuf>,

    /// WAV file to write
    #[arg(value_name = "OUT")]
    output: Option<PathBuf>,

    /// Band, such as "peak center=250 q=1 gain_db=-2.5"; repeat for more, in order
    #[arg(long = "band", value_name = "BAND", requires = "input")]
    bands: Vec<String>,

    /// Overall gain in dB
    #[arg(long, value_name = "DB", requires = "input", value_parser = decibels)]
    gain_db: Option<f64>,

    /// Sample format of the output [default: the input's]
    #[arg(long, value_enum, requires = "input")]
    bits: Option<Bits>,

    /// Dither integer output with triangular noise of up to one step, the same on every run
    #[arg(long, requires = "input")]
    dither: bool,

    /// Replace OUT if it exists
    #[arg(long, requires = "input")]
    force: bool,
}

/// Sample formats by their names on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Bits {
    #[value(name = "8")]
    Eight,
    #[value(name = "16")]
    Sixteen,
    #[value(name = "24")]
    TwentyFour,
    #[value(name = "32")]
    ThirtyTwo,
    #[value(name = "float")]
    Float,
}

impl Bits {
    fn encoding(self) -> Encoding {
        match self {
            Self::Eight => Encoding::Int { bits: 8 },
            Self::Sixteen => Encoding::Int { bits: 16 },
            Self::TwentyFour => Encoding::Int { bits: 24 },
            Self::ThirtyTwo => Encoding::Int { bits: 32 },
            Self::Float => Encoding::Float,
        }
    }
}

impl Args {
    /// The task; `None` without files.
    pub fn into_job(self) -> Result<Option<Job>, Failure> {
        let (Some(input), Some(output)) = (self.input, self.output) else {
            return Ok(None);
        };
        if self.bands.is_empty() && self.gain_db.is_none() && self.bits.is_none() {
            let problem = "nothing to do: give at least one --band (--help lists them)";
            return Err(Failure::usage(problem));
        }
        Ok(Some(Job {
            input,
            output,
            bands: NamedBand::parse_all(&self.bands)?,
            gain_db: self.gain_db.unwrap_or(0.0),
            encoding: self.bits.map(Bits::encoding),
            dither: self.dither,
            force: self.force,
        }))
    }
}
