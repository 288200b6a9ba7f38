//! The report of a filtered file.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::job::Levels;
use crate::shared::format::counted;
use crate::shared::wav::Encoding;

/// Summary of a filtered file. Pairs are input and output.
pub struct Report {
    pub input: PathBuf,
    pub output: PathBuf,
    pub channels: u16,
    /// In Hz.
    pub sample_rate: u32,
    pub frames: u32,
    pub encodings: (Encoding, Encoding),
    pub levels: (Levels, Levels),
    pub sections: usize,
    /// Samples that were clamped to full scale.
    pub clipped: u64,
    pub dither: bool,
    /// The overall gain, in dB.
    pub gain_db: f64,
    pub elapsed: Duration,
}

impl Report {
    /// The peak of the output in dB, relative to the largest value of its format.
    fn excess_db(&self) -> f64 {
        let (_, encoding) = self.encodings;
        let (_, Levels { peak, .. }) = self.levels;
        let dither = if self.dither { 1.0 } else { 0.0 };
        decibels((peak * encoding.full_scale() + dither) / encoding.largest())
    }

    fn write_excess(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Rounded up, so that the suggested gain is low enough.
        let excess_db = tenths_above(self.excess_db());
        let gain_db = 0.0 - tenths_above(self.excess_db() - self.gain_db);
        if self.clipped > 0 {
            let samples = u64::from(self.frames) * u64::from(self.channels);
            write!(f, "clipped: {} of {samples} samples", self.clipped)?;
        } else if self.encodings.1 == Encoding::Float && excess_db > 0.0 {
            write!(f, "above full scale, which most players clip")?;
        } else {
            return Ok(());
        }
        writeln!(f, "; lower the gain by {excess_db:.1} dB: --gain-db {gain_db:.1}")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = self.encodings;
        let (read, made) = self.levels;
        let seconds = f64::from(self.frames) / f64::from(self.sample_rate);
        let speed = seconds / self.elapsed.as_secs_f64().max(1e-9);

        let channels = counted(self.channels.into(), "channel");
        let sections = counted(self.sections as u64, "section");
        writeln!(f, "{seconds:.2} s, {channels}, {} Hz, {sections}", self.sample_rate)?;
        writeln!(f, "in:  {from}, peak {:.2} dBFS: {}", decibels(read.peak), self.input.display())?;
        writeln!(f, "out: {to}, peak {:.2} dBFS: {}", decibels(made.peak), self.output.display())?;
        if read.not_finite + made.not_finite > 0 {
            let read = counted(read.not_finite, "sample");
            let made = made.not_finite;
            writeln!(
                f,
                "not finite: {read} of the input; {made} of the output, replaced by silence"
            )?;
        }
        self.write_excess(f)?;
        writeln!(f, "took {:.2} s, {speed:.0} x real time", self.elapsed.as_secs_f64())
    }
}

/// Rounded up to tenths, but for rounding errors.
fn tenths_above(decibels: f64) -> f64 {
    (decibels * 10.0 - 1e-9).ceil() / 10.0
}

/// The level of a magnitude in dB.
fn decibels(magnitude: f64) -> f64 {
    20.0 * magnitude.log10()
}
