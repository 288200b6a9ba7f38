//! The adjoint of sections in series.

use super::plain::adjoint_plain;
use crate::kernel::{AdjointLane, AdjointScratch};
use crate::run::{Sample, ShapeError};

/// Derivatives of a loss through one block of many signals: from those by the output to those by
/// the input, by the initial states and by all coefficients.
///
/// Each lane is one signal with sections of its own; several lanes may share their sections. The
/// cost grows linearly with the number of sections, whatever the number of derivatives. On `f64`
/// there are vector kernels (feature `simd`), which cost two to three runs of the filter; other
/// scalars take a plain loop.
///
/// # Long signals
///
/// A signal is cut into blocks. The forward run keeps the states at the start of every block; the
/// adjoint starts with the last block, whose `state_slope` is zero, and hands `state_slope` from
/// block to block. The scratch memory holds the signals between the sections of one block: about
/// eight bytes for each sample, section and signal, for up to eight signals. Blocks of
/// [`AdjointScratch::BLOCK`] samples are a good choice; any length is correct. To truncate the
/// history, as by `detach()`, set `state_slope` to zero at a border.
///
/// # Numbers that are not finite
///
/// Unlike running filters, the adjoint does not recover from infinite or NaN samples: they make the
/// rest of the block, and all derivatives that depend on it, infinite or NaN. Numbers that have
/// decayed to almost zero are set to zero, see [`Sample::settle`].
///
/// # Second derivatives
///
/// On dual numbers the tangents of the results are the derivatives of the gradient in the direction
/// of the tangents: products of the Hessian with a vector.
///
/// # Errors
///
/// If the inputs or slopes of the lanes differ in length, or a lane has not one state, one state
/// slope and one row of the gradient for each section. Nothing has been changed then.
///
/// Source: Griewank & Walther (2008), section 3.2 (reverse mode) and chapter 12 (checkpoints).
///
/// ```
/// use filterbank_core::{AdjointLane, AdjointScratch, Band, SectionState, adjoint};
///
/// let filter = Band::peak(1_000.0, 1.0, 6.0).design(48_000.0)?;
/// let input = [1.0, 0.5, -0.25, 0.0];
/// // The loss is the last output sample, so its derivatives are the reversed impulse response.
/// let mut slope = [0.0, 0.0, 0.0, 1.0];
/// let mut gradient = [[0.0; 5]];
/// let mut lane = AdjointLane {
///     sections: filter.sections(),
///     states: &[SectionState::<f64>::REST],
///     input: &input,
///     slope: &mut slope,
///     state_slope: &mut [SectionState::<f64>::REST],
///     gradient: &mut gradient,
/// };
/// adjoint(std::slice::from_mut(&mut lane), &mut AdjointScratch::new())?;
/// let response = filter.impulse_response(4);
/// assert!((0..4).all(|n| (slope[n] - response[3 - n]).abs() < 1e-15));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn adjoint<S: Sample>(
    lanes: &mut [AdjointLane<'_, S>],
    scratch: &mut AdjointScratch<S>,
) -> Result<(), ShapeError> {
    let time = lanes.first().map_or(0, |lane| lane.input.len());
    lanes.iter().try_for_each(|lane| lane.check(time))?;
    if time > 0 && !S::run_adjoint(lanes, scratch) {
        for lane in lanes {
            adjoint_plain(lane, scratch);
        }
    }
    Ok(())
}
