//! One signal through sections that move.

use crate::number::Scalar;
use crate::run::ShapeError;
use crate::section::{Frames, SvfState};

/// One block of one signal through sections that move. See [`process_moving`](crate::process_moving).
#[derive(Debug)]
pub struct MovingLane<'a, S> {
    /// The sections, in series, frame by frame.
    pub frames: Frames<'a, S>,
    /// One state for each section.
    pub states: &'a mut [SvfState<S>],
    /// In: the samples that enter the first section. Out: those that leave the last one.
    pub block: &'a mut [S],
}

impl<S: Scalar> MovingLane<'_, S> {
    /// Checks that all slices fit the frames.
    pub(crate) fn check(&self, start: usize) -> Result<(), ShapeError> {
        check_frames(&self.frames, start, self.block.len())?;
        ShapeError::check("states", self.frames.sections(), self.states.len())
    }
}

/// One block of one signal through sections that move, with the derivatives of a loss. See
/// [`moving_adjoint`](crate::moving_adjoint).
///
/// A *slope* is the derivative of the loss by a number.
#[cfg(feature = "alloc")]
#[derive(Debug)]
pub struct MovingAdjointLane<'a, S> {
    /// The sections, in series, frame by frame.
    pub frames: Frames<'a, S>,
    /// The state of each section at the start of the block.
    pub states: &'a [SvfState<S>],
    /// The samples that enter the first section.
    pub input: &'a [S],
    /// In: the slope by each output sample. Out: the slope by each input sample.
    pub slope: &'a mut [S],
    /// For each section. In: the slope by its state after the block, which is zero for the last
    /// block of a signal. Out: the slope by its state at the start.
    pub state_slope: &'a mut [SvfState<S>],
    /// For each section of each frame, `[frames, sections]`, the slopes by
    /// [`SvfSection::coefficients`](crate::SvfSection::coefficients). The block's are added to them.
    pub gradient: &'a mut [[S; 6]],
}

#[cfg(feature = "alloc")]
impl<S: Scalar> MovingAdjointLane<'_, S> {
    /// Checks that all slices fit the frames and the input.
    pub(crate) fn check(&self, start: usize) -> Result<(), ShapeError> {
        let (sections, time) = (self.frames.sections(), self.input.len());
        check_frames(&self.frames, start, time)?;
        ShapeError::check("states", sections, self.states.len())?;
        ShapeError::check("slope", time, self.slope.len())?;
        ShapeError::check("state_slope", sections, self.state_slope.len())?;
        ShapeError::check("gradient", self.frames.rows().len(), self.gradient.len())
    }
}

/// Checks that the frames last to the end of a block.
fn check_frames<S: Scalar>(
    frames: &Frames<'_, S>,
    start: usize,
    time: usize,
) -> Result<(), ShapeError> {
    let end = start.checked_add(time);
    let needed = end.map_or(usize::MAX, |end| end.div_ceil(frames.hop()));
    ShapeError::check("frames", needed.max(frames.count()), frames.count())
}
