//! What can be wrong with a call of a layer.

use core::fmt;

use filterbank_core::{DesignError, FrameError};

/// A call that a layer refuses. Nothing has been changed then.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum LayerError {
    /// A slice of the wrong length.
    Length {
        /// The argument.
        argument: &'static str,
        /// Its dimensions, as in `[batch, channels, time]`.
        dimensions: &'static str,
        /// The length that they make.
        expected: usize,
        /// The length of the argument.
        found: usize,
    },
    /// The number of filters is neither 1, for all items, nor one for each item.
    Filters {
        /// The number of filters.
        found: usize,
        /// The number of items in the batch.
        batch: usize,
    },
    /// The ends of a bank's bands fall, or do not end with the number of sections.
    Ends {
        /// The number of sections of a filter.
        sections: usize,
    },
    /// A section with a coefficient that is not finite, or a pole that is not inside the unit
    /// circle.
    Section {
        /// The index of the filter.
        filter: usize,
        /// The index of the section in its filter.
        section: usize,
        /// The coefficient.
        name: &'static str,
        /// Its value.
        value: f64,
    },
    /// Frames that no filter can follow.
    Frames {
        /// The index of the filter.
        filter: usize,
        /// What is wrong.
        error: FrameError,
    },
    /// Parameters of a frame from which no filter can be designed.
    FrameDesign {
        /// The index of the filter.
        filter: usize,
        /// The index of the frame.
        frame: usize,
        /// What is wrong.
        error: DesignError,
    },
    /// A number of frames that does not fit the signals.
    FrameCount {
        /// The number of frames.
        frames: usize,
        /// The number of samples from frame to frame.
        hop: usize,
        /// The number of samples of a signal.
        time: usize,
        /// The number of frames that begin in a signal.
        needed: usize,
    },
    /// A backward pass without a forward pass before it.
    NoForward,
    /// Parameters from which no filter can be designed.
    Design {
        /// The index of the filter.
        filter: usize,
        /// What is wrong.
        error: DesignError,
    },
}

impl LayerError {
    /// Checks the length of an argument.
    pub(crate) fn check_length(
        argument: &'static str,
        dimensions: &'static str,
        expected: usize,
        found: usize,
    ) -> Result<(), Self> {
        if expected == found {
            Ok(())
        } else {
            Err(Self::Length { argument, dimensions, expected, found })
        }
    }
}

impl fmt::Display for LayerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Length { argument, dimensions, expected, found } => write!(
                f,
                "`{argument}` has length {found}, but must have length {expected}: {dimensions}"
            ),
            Self::Filters { found, batch } => write!(
                f,
                "there are {found} filters for a batch of {batch} items, but there must be 1 for \
                 all items or 1 for each"
            ),
            Self::Ends { sections } => write!(
                f,
                "`ends` must not fall from entry to entry, and the last entry must be the number \
                 of sections of a filter, {sections}"
            ),
            Self::Section { filter, section, name, value } => {
                let rule = if value.is_finite() {
                    "must, with the other coefficient of the denominator, leave both poles inside \
                     the unit circle"
                } else {
                    "must be finite"
                };
                write!(f, "filter {filter}, section {section}: `{name}` = {value} {rule}")
            }
            Self::Frames { filter, error } => write!(f, "filter {filter}: {error}"),
            Self::FrameDesign { filter, frame, error } => {
                write!(f, "filter {filter}, frame {frame}: {error}")
            }
            Self::FrameCount { frames, hop, time, needed } => write!(
                f,
                "there are {frames} frames, one every {hop} samples, for signals of {time} samples, \
                 but there must be {needed} (or one more, to interpolate towards it)"
            ),
            Self::NoForward => write!(f, "there is no forward pass to take back"),
            Self::Design { filter, error } => write!(f, "filter {filter}: {error}"),
        }
    }
}

impl core::error::Error for LayerError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Design { error, .. } | Self::FrameDesign { error, .. } => Some(error),
            Self::Frames { error, .. } => Some(error),
            _ => None,
        }
    }
}
