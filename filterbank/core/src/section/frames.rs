//! Sections whose coefficients change in time, given at frames.
//!
//! # Stability
//!
//! Without input, the energy of a section's state changes from one sample to the next by
//! `−4 g k v1²`, whatever the coefficients are: it is `s1² + s2²` for `g2 = g` and, more generally,
//! `s1² + (g/g2) s2²`, because `s1²` changes by `−4 g v1 (k v1 + v2)` and `s2²` by `4 g2 v1 v2`. A
//! first-order section, whose second integrator stays at 0, has `s1²` alone. So it is one norm for the
//! whole path where `g2/g` stays as it is, and designs have 1 or 0 in all frames. The reduction of a
//! state where the damping rises makes the norm smaller. So no path of the coefficients makes the
//! states grow.
//!
//! Interpolation keeps that: it is convex, so `g`, `g2` and `k` stay positive and `g2/g` stays as it
//! is at both ends. Interpolated coefficients of a [`Section`](crate::Section) have no such norm.

use core::fmt;
use core::ops::Range;

use crate::number::Scalar;
use crate::section::SvfSection;
use crate::spec::DesignError;

/// What coefficients do between two frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Interpolation {
    /// They stay as they are in the frame before. Output and derivatives cost little more than
    /// those of sections that do not move.
    #[default]
    Held,
    /// Each of [`SvfSection::coefficients`] moves to the next frame on a straight line. After the
    /// last frame they stay.
    Linear,
}

/// Sections in series whose coefficients change in time: one row of sections for each frame, and a
/// frame every `hop` samples.
///
/// Frame `f` holds exactly at sample `f·hop`, and the last frame holds to the end. So `n` frames
/// last `n·hop` samples, in both kinds of [`Interpolation`], and control signals from a network fit
/// as they are. (It is the convention of DDSP: `resample` with `add_endpoint=True`.) A hop of 1 gives
/// the coefficients of each sample.
///
/// To interpolate across the border of two streamed blocks, end the frames of the first block with
/// the first frame of the second one.
///
/// No path of the coefficients makes the state grow; see [`SvfSection`]. This is proven where `g2/g`
/// is the same in all frames of a section, as in every design; other ratios are allowed as long as
/// each frame is stable on its own.
///
/// ```
/// use filterbank_core::{Band, Frames, Interpolation};
///
/// let at = |gain_db: f64| Band::peak(1_000.0, 1.0, gain_db).svf_sections(48_000.0);
/// let rows = [at(0.0)?[0], at(6.0)?[0]];
/// let frames = Frames::new(&rows, 1, 480, Interpolation::Linear)?;
/// assert_eq!(frames.section_at(0, 480), rows[1]);
/// let half = 0.5 * (rows[0].k() + rows[1].k());
/// assert!((frames.section_at(0, 240).k() - half).abs() < 1e-15);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frames<'a, S> {
    rows: &'a [SvfSection<S>],
    sections: usize,
    hop: usize,
    interpolation: Interpolation,
}

/// A place between two frames.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct FramePlace {
    pub(crate) frame: usize,
    /// The part of the way to the next frame, below 1. If it is above 0, there is a next frame.
    pub(crate) part: f64,
}

impl<'a, S: Scalar> Frames<'a, S> {
    /// From the sections of all frames, `[frames, sections]` with the sections of a frame in running
    /// order, and the number of samples from frame to frame.
    ///
    /// # Errors
    ///
    /// If `hop` is 0; if `rows` is empty or no whole number of frames of `sections` sections; if a
    /// coefficient is infinite, NaN or outside its range (`g` and `k` above 0, `g2` at least 0), which
    /// [`FrameError`] names; if the order of a section, 1 or 2, is not the same in all frames.
    pub fn new(
        rows: &'a [SvfSection<S>],
        sections: usize,
        hop: usize,
        interpolation: Interpolation,
    ) -> Result<Self, FrameError> {
        if hop == 0 {
            return Err(FrameError::Hop);
        }
        if sections == 0 || rows.is_empty() || !rows.len().is_multiple_of(sections) {
            return Err(FrameError::Rows { found: rows.len(), sections });
        }
        for (frame, row) in rows.chunks_exact(sections).enumerate() {
            for (section, (now, first)) in row.iter().zip(rows).enumerate() {
                now.check().map_err(|error| FrameError::Section { frame, section, error })?;
                if now.is_first_order() != first.is_first_order() {
                    return Err(FrameError::Order { frame, section });
                }
            }
        }
        Ok(Self { rows, sections, hop, interpolation })
    }

    /// The number of frames.
    pub fn count(&self) -> usize {
        self.rows.len() / self.sections
    }

    /// The number of sections in each frame.
    pub fn sections(&self) -> usize {
        self.sections
    }

    /// The number of samples from frame to frame.
    pub fn hop(&self) -> usize {
        self.hop
    }

    /// What the coefficients do between two frames.
    pub fn interpolation(&self) -> Interpolation {
        self.interpolation
    }

    /// The sections of all frames, `[frames, sections]`.
    pub fn rows(&self) -> &'a [SvfSection<S>] {
        self.rows
    }

    /// Some frames in succession, as frames of their own; `None` if there are no such frames. The
    /// first of them holds at sample 0. Frames that move to the next one on a straight line need it:
    /// a part that ends before it stays at its last frame.
    pub fn part(&self, frames: Range<usize>) -> Option<Self> {
        if frames.is_empty() || frames.end > self.count() {
            return None;
        }
        let rows = &self.rows[frames.start * self.sections..frames.end * self.sections];
        Some(Self { rows, ..*self })
    }

    /// A section at a sample, both counted from 0.
    ///
    /// # Panics
    ///
    /// If there is no such section.
    pub fn section_at(&self, section: usize, sample: usize) -> SvfSection<S> {
        assert!(section < self.sections, "section {section} of {}", self.sections);
        let FramePlace { frame, part } = self.place(sample);
        let now = self.rows[frame * self.sections + section];
        if part == 0.0 {
            return now;
        }
        let (from, to) = (now.coefficients(), self.rows[(frame + 1) * self.sections + section]);
        let to = to.coefficients();
        SvfSection::from_coefficients(core::array::from_fn(|i| {
            from[i] + (to[i] - from[i]).scale(part)
        }))
    }

    /// Where a sample lies between the frames.
    pub(crate) fn place(&self, sample: usize) -> FramePlace {
        let (frame, last) = (sample / self.hop, self.count() - 1);
        let part = match self.interpolation {
            Interpolation::Linear if frame < last => (sample % self.hop) as f64 / self.hop as f64,
            _ => 0.0,
        };
        FramePlace { frame: frame.min(last), part }
    }
}

/// Frames that no filter can follow.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum FrameError {
    /// The hop is 0.
    Hop,
    /// The rows are no whole number of frames.
    Rows {
        /// The number of sections in all rows.
        found: usize,
        /// The number of sections in a frame.
        sections: usize,
    },
    /// A coefficient is infinite, NaN or outside its range.
    Section {
        /// The frame, counted from 0.
        frame: usize,
        /// The section, counted from 0.
        section: usize,
        /// The coefficient and what is allowed.
        error: DesignError,
    },
    /// A section has another order than in frame 0.
    Order {
        /// The frame, counted from 0.
        frame: usize,
        /// The section, counted from 0.
        section: usize,
    },
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hop => write!(f, "`hop` = 0 must be at least 1 sample"),
            Self::Rows { sections: 0, .. } => write!(f, "`sections` = 0 must be at least 1"),
            Self::Rows { found, sections } => write!(
                f,
                "`rows` has length {found}, but must have length {sections} times the number of \
                 frames, which is at least 1"
            ),
            Self::Section { frame, section, error } => {
                write!(f, "frame {frame}, section {section}: {error}")
            }
            Self::Order { frame, section } => write!(
                f,
                "frame {frame}, section {section}: the order must be the same in all frames, but \
                 only one of this frame and frame 0 has `g2` = 0, which is a first-order section"
            ),
        }
    }
}

impl core::error::Error for FrameError {}
