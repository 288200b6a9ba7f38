//! The encodings of samples in WAV files.

use std::fmt;

use hound::{SampleFormat, WavSpec};

/// The encoding of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Two's complement; hound takes care of the unsigned 8 bits.
    Int { bits: u16 },
    /// IEEE 754, 32 bits.
    Float,
}

impl Encoding {
    /// The encoding of a file, if it is supported.
    pub fn of(spec: WavSpec) -> Option<Self> {
        match (spec.sample_format, spec.bits_per_sample) {
            (SampleFormat::Int, bits @ (8 | 16 | 24 | 32)) => Some(Self::Int { bits }),
            (SampleFormat::Float, 32) => Some(Self::Float),
            _ => None,
        }
    }

    /// Bits of a sample.
    pub fn bits(self) -> u16 {
        match self {
            Self::Int { bits } => bits,
            Self::Float => 32,
        }
    }

    /// The size of a frame of `channels` samples.
    pub fn frame_bytes(self, channels: u16) -> u64 {
        u64::from(channels) * u64::from(self.bits() / 8)
    }

    /// The number that stands for full scale.
    pub fn full_scale(self) -> f64 {
        match self {
            Self::Int { bits } => 2.0_f64.powi(i32::from(bits) - 1),
            Self::Float => 1.0,
        }
    }

    /// The largest number that players accept.
    pub fn largest(self) -> f64 {
        match self {
            Self::Int { .. } => self.full_scale() - 1.0,
            Self::Float => 1.0,
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int { bits } => write!(f, "{bits}-bit integer"),
            Self::Float => write!(f, "32-bit float"),
        }
    }
}
