//! Blocks of samples as WAV files.

use std::fs::File;
use std::io::BufWriter;

use hound::{SampleFormat, WavSpec, WavWriter};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::encoding::Encoding;
use crate::shared::destination::Destination;
use crate::shared::failure::Failure;

/// The longest header of a written file.
const LONGEST_HEADER: u64 = 68;

/// A WAV file, open for writing.
pub struct Sink {
    writer: WavWriter<BufWriter<File>>,
    encoding: Encoding,
    quantiser: Quantiser,
    destination: Destination,
}

impl Sink {
    /// Begins a file of `frames` frames.
    pub fn create(
        mut destination: Destination,
        encoding: Encoding,
        (channels, sample_rate, frames): (u16, u32, u32),
        dither: bool,
    ) -> Result<Self, Failure> {
        // A WAV file stores its length and the bytes per second in 32 bits, the bytes per frame in
        // 16.
        let frame = encoding.frame_bytes(channels);
        let file = u64::from(frames) * frame + LONGEST_HEADER;
        let second = u64::from(sample_rate) * frame;
        if file.max(second) > u64::from(u32::MAX) || frame > u64::from(u16::MAX) {
            let problem = format!("would be too large for a WAV file as {encoding}");
            return Err(destination.failure(problem));
        }
        let spec = WavSpec {
            channels,
            sample_rate,
            bits_per_sample: encoding.bits(),
            sample_format: match encoding {
                Encoding::Int { .. } => SampleFormat::Int,
                Encoding::Float => SampleFormat::Float,
            },
        };
        let file = BufWriter::new(destination.create()?);
        let writer = WavWriter::new(file, spec).map_err(|error| destination.unwritable(error))?;
        Ok(Self { writer, encoding, quantiser: Quantiser::new(encoding, dither), destination })
    }

    /// The number of samples clamped to the full scale of an integer format so far.
    pub fn clipped(&self) -> u64 {
        self.quantiser.clipped
    }

    /// Appends a block; all channels have the same length.
    pub fn write(&mut self, channels: &[Vec<f64>]) -> Result<(), Failure> {
        let frames = channels.first().map_or(0, Vec::len);
        for frame in 0..frames {
            for channel in channels {
                let sample = channel[frame];
                let written = match self.encoding {
                    Encoding::Float => self.writer.write_sample(to_f32(sample)),
                    Encoding::Int { .. } => {
                        self.writer.write_sample(self.quantiser.quantise(sample))
                    }
                };
                written.map_err(|error| self.destination.unwritable(error))?;
            }
        }
        Ok(())
    }

    /// Completes the file and gives it its name.
    pub fn finish(self) -> Result<(), Failure> {
        let Self { writer, destination, .. } = self;
        writer.finalize().map_err(|error| destination.unwritable(error))?;
        destination.commit()
    }
}

/// Rounds samples to integers and counts the clamped ones.
struct Quantiser {
    full_scale: f64,
    largest: f64,
    dither: Option<StdRng>,
    clipped: u64,
}

impl Quantiser {
    fn new(encoding: Encoding, dither: bool) -> Self {
        Self {
            full_scale: encoding.full_scale(),
            largest: encoding.largest(),
            // Seeded, so that the same command writes the same file.
            dither: dither.then(|| StdRng::seed_from_u64(0)),
            clipped: 0,
        }
    }

    fn quantise(&mut self, sample: f64) -> i32 {
        // The difference of two uniform numbers has a triangular distribution, from -1 to 1.
        let noise = |rng: &mut StdRng| rng.random::<f64>() - rng.random::<f64>();
        let noise = self.dither.as_mut().map_or(0.0, noise);
        let level = (sample * self.full_scale + noise).round();
        let inside = level.clamp(-self.full_scale, self.largest);
        self.clipped += u64::from(level != inside);
        to_i32(inside)
    }
}

/// The nearest finite `f32`.
#[allow(clippy::cast_possible_truncation, reason = "rounding to f32 is the purpose")]
fn to_f32(sample: f64) -> f32 {
    (sample as f32).clamp(f32::MIN, f32::MAX)
}

#[allow(clippy::cast_possible_truncation, reason = "a whole number that was clamped to the range")]
fn to_i32(level: f64) -> i32 {
    level as i32
}
