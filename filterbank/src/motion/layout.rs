//! The layouts in which hosts hold the samples of many channels.

use core::ops::Range;

use filterbank_core::{AudioSample, ShapeError};

/// A block of many channels.
pub(super) enum Layout<'a, 'b, T> {
    /// A slice for each channel.
    Separate(&'a mut [&'b mut [T]]),
    /// `[channels, time]`, time running fastest.
    Contiguous { block: &'a mut [T], time: usize },
    /// `[time, channels]`, channels running fastest.
    Interleaved { frames: &'a mut [T], channels: usize },
    /// One input, and an output for each channel.
    Shared { input: &'a [T], outputs: &'a mut [&'b mut [T]] },
}

impl<T: AudioSample> Layout<'_, '_, T> {
    /// The number of samples of each channel.
    ///
    /// # Errors
    ///
    /// If there are not `channels` channels of one length.
    pub(super) fn time(&self, channels: usize) -> Result<usize, ShapeError> {
        match self {
            Self::Separate(blocks) => {
                ShapeError::check("channels", channels, blocks.len())?;
                let time = blocks.first().map_or(0, |block| block.len());
                for block in &**blocks {
                    ShapeError::check("channel", time, block.len())?;
                }
                Ok(time)
            }
            Self::Contiguous { block, time } => {
                ShapeError::check("block", channels * time, block.len())?;
                Ok(*time)
            }
            Self::Interleaved { frames, .. } => {
                let time = frames.len() / channels.max(1);
                ShapeError::check("frames", channels * time, frames.len())?;
                Ok(time)
            }
            Self::Shared { input, outputs } => {
                ShapeError::check("outputs", channels, outputs.len())?;
                for output in &**outputs {
                    ShapeError::check("output", input.len(), output.len())?;
                }
                Ok(input.len())
            }
        }
    }

    /// The samples of a channel where they are to be filtered in place, if they lie side by side.
    pub(super) fn in_place(&mut self, channel: usize, range: Range<usize>) -> Option<&mut [T]> {
        match self {
            Self::Separate(blocks) => Some(&mut blocks[channel][range]),
            Self::Contiguous { block, time } => {
                let start = channel * *time;
                Some(&mut block[start + range.start..start + range.end])
            }
            Self::Interleaved { .. } => None,
            Self::Shared { input, outputs } => {
                let output = &mut outputs[channel][range.clone()];
                output.copy_from_slice(&input[range]);
                Some(output)
            }
        }
    }

    /// Copies samples of a channel, from `start` on.
    pub(super) fn read(&self, channel: usize, start: usize, samples: &mut [T]) {
        let end = start + samples.len();
        match self {
            Self::Separate(blocks) => samples.copy_from_slice(&blocks[channel][start..end]),
            Self::Contiguous { block, time } => {
                let start = channel * time + start;
                samples.copy_from_slice(&block[start..start + samples.len()]);
            }
            Self::Interleaved { frames, channels } => {
                let frames = frames[channels * start..].chunks_exact(*channels);
                for (sample, frame) in samples.iter_mut().zip(frames) {
                    *sample = frame[channel];
                }
            }
            Self::Shared { input, .. } => samples.copy_from_slice(&input[start..end]),
        }
    }

    /// Copies samples that have been [written](Layout::write).
    pub(super) fn read_output(&self, channel: usize, start: usize, samples: &mut [T]) {
        match self {
            Self::Shared { outputs, .. } => {
                samples.copy_from_slice(&outputs[channel][start..start + samples.len()]);
            }
            Self::Separate(_) | Self::Contiguous { .. } | Self::Interleaved { .. } => {
                self.read(channel, start, samples);
            }
        }
    }

    /// Replaces samples of a channel, from `start` on.
    pub(super) fn write(&mut self, channel: usize, start: usize, samples: &[T]) {
        let end = start + samples.len();
        match self {
            Self::Separate(blocks) => blocks[channel][start..end].copy_from_slice(samples),
            Self::Contiguous { block, time } => {
                let start = channel * *time + start;
                block[start..start + samples.len()].copy_from_slice(samples);
            }
            Self::Interleaved { frames, channels } => {
                let frames = frames[*channels * start..].chunks_exact_mut(*channels);
                for (sample, frame) in samples.iter().zip(frames) {
                    frame[channel] = *sample;
                }
            }
            Self::Shared { outputs, .. } => outputs[channel][start..end].copy_from_slice(samples),
        }
    }
}
