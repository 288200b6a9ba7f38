//! What went in and what came out.

use std::error::Error;
use std::path::Path;

use crate::model::{Mode, respond};

#[derive(Clone)]
pub struct Recording {
    pub sample_rate: f64,
    pub input: Vec<f64>,
    pub output: Vec<f64>,
}

impl Recording {
    /// What a resonator with these modes answers to an impulse.
    pub fn of_modes(modes: &[Mode<f64>], sample_rate: f64, samples: usize) -> Self {
        let input = impulse(samples);
        let output = respond(modes, sample_rate, &input);
        Self { sample_rate, input, output }
    }

    /// From WAV files; without an input, it was an impulse.
    pub fn read(input: Option<&Path>, output: &Path) -> Result<Self, Box<dyn Error>> {
        let (sample_rate, output) = read(output)?;
        let input = match input {
            None => impulse(output.len()),
            Some(path) => {
                let (rate, input) = read(path)?;
                if rate != sample_rate || input.len() != output.len() {
                    let message = format!(
                        "input ({} samples at {rate} Hz) and output ({} samples at {sample_rate} \
                         Hz) must be equal in rate and length",
                        input.len(),
                        output.len()
                    );
                    return Err(message.into());
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

/// The rate and samples of a WAV file of one channel, full scale being 1.
fn read(path: &Path) -> Result<(f64, Vec<f64>), Box<dyn Error>> {
    let named = |error: hound::Error| format!("{}: {error}", path.display());
    let reader = hound::WavReader::open(path).map_err(named)?;
    let spec = reader.spec();
    if spec.channels != 1 {
        let message = format!("{}: must have one channel, has {}", path.display(), spec.channels);
        return Err(message.into());
    }
    let samples: Result<Vec<f64>, hound::Error> = match spec.sample_format {
        hound::SampleFormat::Float => {
            reader.into_samples::<f32>().map(|sample| sample.map(f64::from)).collect()
        }
        hound::SampleFormat::Int => {
            let full_scale = f64::from(spec.bits_per_sample - 1).exp2();
            let scaled = |sample: i32| f64::from(sample) / full_scale;
            reader.into_samples::<i32>().map(|sample| sample.map(scaled)).collect()
        }
    };
    let samples = samples.map_err(named)?;
    if samples.is_empty() {
        return Err(format!("{}: has no samples", path.display()).into());
    }
    Ok((f64::from(spec.sample_rate), samples))
}
