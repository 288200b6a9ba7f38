//! What can be wrong with a call of an encoder.

use core::fmt;

use crate::layer::LayerError;

/// Frames or a call that an encoder refuses. Nothing has been changed then.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum EncoderError {
    /// A size or a hop of 0.
    Zero {
        /// Which of the two.
        argument: &'static str,
    },
    /// A floor that is not finite, or not between −3000 dB and 3000 dB.
    Floor {
        /// Its value in dB.
        value: f64,
    },
    /// Signals that are shorter than a frame.
    Time {
        /// The number of samples of a signal.
        time: usize,
        /// The number of samples of a frame.
        size: usize,
    },
    /// What the layer inside refuses.
    Layer(LayerError),
}

impl From<LayerError> for EncoderError {
    fn from(error: LayerError) -> Self {
        Self::Layer(error)
    }
}

impl fmt::Display for EncoderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Zero { argument } => write!(f, "`{argument}` = 0 must be at least 1 sample"),
            Self::Floor { value } => {
                write!(f, "`floor_db` = {value} dB must lie between -3000 dB and 3000 dB")
            }
            Self::Time { time, size } => write!(
                f,
                "signals of {time} samples hold no frame: `time` must be at least `size` = {size}"
            ),
            Self::Layer(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for EncoderError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        if let Self::Layer(error) = self { Some(error) } else { None }
    }
}
