//! Frames of a signal, and the level of each.

use core::f64::consts::LN_10;
use core::iter;
use core::ops::Range;

use filterbank_core::Scalar;

use super::error::EncoderError;

/// Frames of a signal: frame `f` is the samples from `f · hop` to before `f · hop + size`. Frames may
/// overlap, and may leave gaps. Samples behind the last whole frame are in none.
///
/// The level of a frame is `10 log₁₀(mean square + floor)` in dB. The floor, a level itself, keeps the
/// level and its derivative finite in silence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LevelFrames {
    size: usize,
    hop: usize,
    /// A mean square.
    floor: f64,
}

impl LevelFrames {
    /// Frames of `size` samples, one every `hop` samples, with a floor in dB.
    ///
    /// # Errors
    ///
    /// If `size` or `hop` is 0, or `floor_db` is not between −3000 dB and 3000 dB.
    pub fn new(size: usize, hop: usize, floor_db: f64) -> Result<Self, EncoderError> {
        for (argument, samples) in [("size", size), ("hop", hop)] {
            if samples == 0 {
                return Err(EncoderError::Zero { argument });
            }
        }
        if !(-3_000.0..=3_000.0).contains(&floor_db) {
            return Err(EncoderError::Floor { value: floor_db });
        }
        Ok(Self { size, hop, floor: Scalar::exp(floor_db * (LN_10 / 10.0)) })
    }

    /// The number of samples of a frame.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The number of samples from the start of a frame to that of the next.
    pub fn hop(&self) -> usize {
        self.hop
    }

    /// The number of whole frames in a signal of `time` samples.
    pub fn count(&self, time: usize) -> usize {
        time.checked_sub(self.size).map_or(0, |rest| rest / self.hop + 1)
    }

    /// The level in dB of a sum of squares, and its derivative by the sum.
    pub(super) fn level(&self, sum: f64) -> (f64, f64) {
        let energy = sum / self.size as f64 + self.floor;
        (10.0 * Scalar::log10(energy), 10.0 / LN_10 / (energy * self.size as f64))
    }

    /// Cuts samples `from..to` of a signal with so many frames where frames begin and end: pieces,
    /// with the frames that each is in.
    pub(super) fn pieces(
        &self,
        samples: Range<usize>,
        count: usize,
    ) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
        let Self { size, hop, .. } = *self;
        let mut start = samples.start;
        iter::from_fn(move || {
            if start >= samples.end {
                return None;
            }
            // The frames that contain the first sample: those that have begun, without those that
            // have ended.
            let begun = start / hop + 1;
            let ended = (start + 1).saturating_sub(size).div_ceil(hop);
            let next_start = begun * hop;
            let next_end = ended * hop + size;
            let end = next_start.min(next_end).min(samples.end);
            let piece = (start..end, ended.min(count)..begun.min(count));
            start = end;
            Some(piece)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn every_frame_is_cut_into_its_own_samples() {
        for (size, hop) in [(1, 1), (4, 4), (4, 1), (5, 2), (2, 5), (1, 3), (7, 3), (8, 4)] {
            let frames = LevelFrames::new(size, hop, -100.0).expect("frames");
            for time in 0..40 {
                let count = frames.count(time);
                for cut in 0..=time {
                    let mut seen = vec![vec![0; time]; count];
                    let mut next = 0;
                    for (samples, of) in
                        frames.pieces(0..cut, count).chain(frames.pieces(cut..time, count))
                    {
                        assert!(samples.start == next && samples.end > next);
                        next = samples.end;
                        of.for_each(|f| seen[f][samples.clone()].iter_mut().for_each(|s| *s += 1));
                    }
                    assert_eq!(next, time);
                    for (index, frame) in seen.iter().enumerate() {
                        for (sample, times) in frame.iter().enumerate() {
                            let inside = (index * hop..index * hop + size).contains(&sample);
                            assert_eq!(*times, usize::from(inside), "{size} {hop} {time} {cut}");
                        }
                    }
                }
            }
        }
    }
}
