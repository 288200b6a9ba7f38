//! Sections that move along given frames.

use crate::kernel::MovingLane;
use crate::run::series::SETTLE;
use crate::run::{Sample, ShapeError};
use crate::section::SvfState;

/// Filters a block of many signals in place by sections that move.
///
/// Each lane is one signal with frames of its own; several lanes may share their frames. `start` is
/// the number of the block's first sample, counted from the first frame: a long signal may be cut
/// into blocks anywhere. The result is that of [`SvfSection::tick`](crate::SvfSection::tick) by
/// [`Frames::section_at`](crate::Frames::section_at), sample by sample, up to rounding. On `f64` it is
/// fast if eight lanes or more agree in length, hop, interpolation and number of sections (feature
/// `simd`).
///
/// # Numbers that are not finite
///
/// The filter does not recover from them, because a training loop must see them: after an infinite or
/// NaN sample the rest of the output and the states are NaN. (States that have decayed to almost zero
/// are set to zero, see [`Sample::settle`].)
///
/// # Errors
///
/// If a lane has not one state for each section, or its frames end before its block. Nothing has
/// been changed then.
///
/// ```
/// use filterbank_core::{Band, Frames, Interpolation, MovingLane, SvfState, process_moving};
///
/// // A cutoff for every 64 samples.
/// let lowpass = |cutoff| Band::resonant_lowpass(cutoff, 0.707).svf_sections(48_000.0);
/// let rows = [lowpass(8_000.0)?[0], lowpass(2_000.0)?[0], lowpass(500.0)?[0]];
/// let frames = Frames::new(&rows, 1, 64, Interpolation::Linear)?;
///
/// let (mut states, mut block) = ([SvfState::<f64>::REST], [1.0; 192]);
/// process_moving(0, &mut [MovingLane { frames, states: &mut states, block: &mut block }])?;
/// assert!((block[191] - 1.0).abs() < 0.1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn process_moving<S: Sample>(
    start: usize,
    lanes: &mut [MovingLane<'_, S>],
) -> Result<(), ShapeError> {
    for lane in &*lanes {
        lane.check(start)?;
    }
    if !S::run_moving(start, lanes) {
        for lane in lanes {
            process_plain(start, lane);
        }
    }
    Ok(())
}

/// The plain loop, section after section.
fn process_plain<S: Sample>(start: usize, lane: &mut MovingLane<'_, S>) {
    let MovingLane { frames, states, block } = lane;
    for (section, state) in states.iter_mut().enumerate() {
        for (chunk, samples) in block.chunks_mut(SETTLE).enumerate() {
            for (index, sample) in samples.iter_mut().enumerate() {
                let now = frames.section_at(section, start + chunk * SETTLE + index);
                *sample = now.tick(state, *sample);
            }
            settle_decayed(state);
        }
    }
}

/// Sets a state to rest if it has decayed, but not if it is infinite or NaN.
pub(crate) fn settle_decayed<S: Sample>(state: &mut SvfState<S>) {
    if state.s1.is_finite() && state.s2.is_finite() {
        state.settle();
    }
}
