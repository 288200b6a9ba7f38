//! The arguments.

use std::path::PathBuf;

use clap::Parser;

const EXAMPLE: &str = "\
Example:
  The two lowest modes of a room, from a sweep and its recording:
      filterbank identify microphone.wav --input sweep.wav --modes 2";

/// Finds the modes of a resonator in a recording
///
/// A struck bell, a room or a plate responds with a sum of decaying sinusoids, its modes. From a
/// recording of the impulse response, or of output and input, this command finds the frequency,
/// decay, amplitude and phase of each mode, by least squares with exact derivatives, with standard
/// errors.
///
/// Without a recording: makes recordings of a known resonator in noise, and counts how often the
/// true values lie within the error bars.
#[derive(Parser)]
#[command(verbatim_doc_comment, after_help = EXAMPLE)]
pub struct Args {
    /// Recorded output: a WAV file of one channel
    pub output: Option<PathBuf>,
    /// Recorded input, a WAV file of the same length; an impulse if not given
    #[arg(long, value_name = "FILE.wav", requires = "output")]
    pub input: Option<PathBuf>,
    /// Number of modes to find
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub modes: u16,
    /// Number of recordings to make, without a recording
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub repeats: u32,
    /// Seed of the noise, without a recording
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}
