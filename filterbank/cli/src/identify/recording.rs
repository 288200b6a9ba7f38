//! The recording: input and output.

use std::path::Path;

use super::model::{Mode, respond};
use crate::shared::failure::Failure;
use crate::shared::wav::Source;

/// Input and output of a resonator; full scale is 1.
#[derive(Clone)]
pub struct Recording {
    /// Hz.
    pub sample_rate: f64,
    pub input: Vec<f64>,
    pub output: Vec<f64>,
}

impl Recording {
    /// The impulse response of a resonator with these modes.
    pub fn of_modes(modes: &[Mode<f64>], sample_rate: f64, samples: usize) -> Self {
        let input = impulse(samples);
        let output = respond(modes, sample_rate, &input);
        Self { sample_rate, input, output }
    }

    /// Reads WAV files; without an input file, the input is an impulse.
    pub fn read(input: Option<&Path>, output: &Path) -> Result<Self, Failure> {
        let (sample_rate, output) = read(output)?;
        let input = match input {
            None => impulse(output.len()),
            Some(path) => {
                let (rate, input) = read(path)?;
                if rate != sample_rate || input.len() != output.len() {
                    let problem = format!(
                        "has {} samples at {rate} Hz, but the output has {} at {sample_rate} Hz",
                        input.len(),
                        output.len()
                    );
                    return Err(Failure::wrong_file(path, problem));
                }
                input
            }
        };
        Ok(Self { sample_rate, input, output })
    }
}

fn impulse(samples: usize) -> Vec<f64> {
    (0..samples).map(|n| if n == 0 { 1.0 } else { 0.0 }).collect()
}

/// Sample rate and samples of a WAV file of one channel.
fn read(path: &Path) -> Result<(f64, Vec<f64>), Failure> {
    let source = Source::open(path)?;
    let sample_rate = f64::from(source.sample_rate());
    let mut channels = source.read_all()?;
    match (channels.pop(), channels.len()) {
        (Some(samples), 0) => Ok((sample_rate, samples)),
        (_, others) => {
            let problem = format!("has {} channels, and must have one", others + 1);
            Err(Failure::wrong_file(path, problem))
        }
    }
}
