//! Filters in parallel: the bands of a bank, or channels.

use arrayvec::ArrayVec;

use crate::kernel::{GROUP, LANES, Lane};
use crate::run::sample::Sample;
use crate::run::series::process_series;
use crate::run::shape::ShapeError;

/// Filters one block for each lane: in place, or from one shared `input` of the same length.
pub(crate) fn process_parallel<'a, S: Sample>(
    input: Option<&[S]>,
    mut lanes: impl Iterator<Item = Lane<'a, S>>,
) {
    loop {
        let mut group: ArrayVec<Lane<S>, LANES> = lanes.by_ref().take(LANES).collect();
        if group.is_empty() {
            return;
        }
        let deepest = group.iter().map(|lane| lane.sections.len()).max().unwrap_or_default();
        process_front(input, &mut group, 0);
        for start in (GROUP..deepest).step_by(GROUP) {
            process_front(None, &mut group, start);
        }
    }
}

/// Filters the blocks of all lanes by up to [`GROUP`] of their sections, from `start` on: in place, or
/// from one `input`.
fn process_front<S: Sample>(input: Option<&[S]>, lanes: &mut [Lane<'_, S>], start: usize) {
    let runs = |lane: &&mut Lane<'_, S>| start == 0 || lane.sections.len() > start;
    let mut part: ArrayVec<Lane<S>, LANES> = lanes
        .iter_mut()
        .filter(runs)
        .map(|Lane { sections, states, block }| {
            let place = start..sections.len().min(start + GROUP);
            Lane { sections: &sections[place.clone()], states: &mut states[place], block }
        })
        .collect();
    let done = S::run_parallel(input, &mut part);
    for Lane { sections, states, block } in &mut part {
        let (_, left) = block.split_at_mut(done);
        if let Some(input) = input {
            left.copy_from_slice(&input[done..]);
        }
        process_series(sections, states, left);
    }
}

/// Filters one block for each lane, each lane by sections and states of its own: in place, or all
/// from one shared `input`. States settle as in [`Cascade::process`](crate::Cascade::process).
///
/// [`Cascade::process_channels`](crate::Cascade::process_channels) and
/// [`Bank::process`](crate::Bank::process) are more convenient where all signals have one filter.
///
/// # Errors
///
/// If a lane has not one state for each section, or its block not the length of `input`. Nothing
/// has been filtered then.
///
/// ```
/// use filterbank_core::{Lane, Section, SectionState, process_lanes};
///
/// let gains = [2.0, 3.0].map(|gain| [Section::identity().with_gain(gain)]);
/// let mut states = [[SectionState::<f64>::REST]; 2];
/// let mut blocks = [[1.0, 0.0]; 2];
/// let lanes = gains.iter().zip(&mut states).zip(&mut blocks);
/// let mut lanes: Vec<_> =
///     lanes.map(|((sections, states), block)| Lane { sections, states, block }).collect();
/// process_lanes(None, &mut lanes)?;
/// assert_eq!(blocks, [[2.0, 0.0], [3.0, 0.0]]);
/// # Ok::<(), filterbank_core::ShapeError>(())
/// ```
pub fn process_lanes<S: Sample>(
    input: Option<&[S]>,
    lanes: &mut [Lane<'_, S>],
) -> Result<(), ShapeError> {
    for lane in &*lanes {
        ShapeError::check("states", lane.sections.len(), lane.states.len())?;
        ShapeError::check("block", input.map_or(lane.block.len(), <[S]>::len), lane.block.len())?;
    }
    let reborrow = |lane| {
        let Lane { sections, states, block }: &mut Lane<'_, S> = lane;
        Lane { sections, states, block }
    };
    process_parallel(input, lanes.iter_mut().map(reborrow));
    Ok(())
}
