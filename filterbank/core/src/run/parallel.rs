//! Filters in parallel: the bands of a bank, or channels.

use arrayvec::ArrayVec;

use crate::kernel::{LANES, Lane};
use crate::run::sample::Sample;
use crate::run::series::process_series;

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
        let done = S::run_parallel(input, &mut group);
        for Lane { sections, states, block } in &mut group {
            let (_, left) = block.split_at_mut(done);
            if let Some(input) = input {
                left.copy_from_slice(&input[done..]);
            }
            process_series(sections, states, left);
        }
    }
}
