//! The arguments.

use std::path::PathBuf;

use clap::Parser;

use crate::shared::numbers::finite;

const EXAMPLES: &str = "\
Examples:
  The two lowest modes of a room, from a sweep and its recording:
      filterbank identify microphone.wav --input sweep.wav --modes 2

  The settings of an equaliser, from noise and its recording:
      filterbank identify out.wav --input in.wav \\
          --band \"peak(center = tune(1000 in 200..=5000), q = tune(1), gain_db = tune(0))\"";

/// Finds the modes of a resonator, or the values of bands, in a recording
///
/// A struck bell, a room or a plate responds with a sum of decaying sinusoids, its modes. From a
/// recording of the impulse response, or of output and input, this command finds the frequency,
/// decay, amplitude and phase of each mode, by least squares with exact derivatives, with standard
/// errors.
///
/// With --band, it finds the values of the bands that are written as tune(START), or
/// tune(START in LOWEST..=HIGHEST), instead of modes. What lies between the filter and the recording
/// is found as well: a gain of either sign, a delay in samples, and a constant offset.
///
/// Without a recording: makes recordings of a known resonator in noise, and counts how often the
/// true values lie within the error bars.
#[derive(Parser)]
#[command(verbatim_doc_comment, after_help = EXAMPLES)]
pub struct Args {
    /// Recorded output: a WAV file of one channel
    pub output: Option<PathBuf>,
    /// Recorded input, a WAV file of the same length; an impulse if not given
    #[arg(long, value_name = "FILE.wav", requires = "output")]
    pub input: Option<PathBuf>,
    /// Number of modes to find
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub modes: u16,
    /// Band with values to find; repeat for more, in series
    #[arg(long = "band", value_name = "BAND", requires = "output", conflicts_with = "modes")]
    pub bands: Vec<String>,
    /// Gain of the recording, negative for reversed polarity [default: it is found]
    #[arg(long, value_name = "FACTOR", requires = "bands", allow_negative_numbers = true, value_parser = finite)]
    pub gain: Option<f64>,
    /// Longest delay of the recording to look for, in samples, either way; 0 if there is none
    #[arg(long, value_name = "N", requires = "bands", default_value_t = 64, value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    pub max_delay: u32,
    /// Constant in the recording; full scale is 1 [default: it is found]
    #[arg(long, value_name = "VALUE", requires = "bands", allow_negative_numbers = true, value_parser = finite)]
    pub offset: Option<f64>,
    /// The recording begins while the system is running
    #[arg(long, requires = "bands")]
    pub running: bool,
    /// Number of recordings to make, without a recording
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub repeats: u32,
    /// Seed of the noise, without a recording
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}
