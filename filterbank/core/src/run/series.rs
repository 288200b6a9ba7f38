//! Sections in series: one sample, or a block in place.

use crate::kernel::GROUP;
use crate::number::Scalar;
use crate::run::sample::Sample;
use crate::section::{Section, SectionState};

/// Filters one sample by sections in series; `states` has one entry for each section.
#[inline(always)]
pub(crate) fn tick_series<S: Scalar>(
    sections: &[Section<S>],
    states: &mut [SectionState<S>],
    x: S,
) -> S {
    sections.iter().zip(states).fold(x, |x, (section, state)| section.tick(state, x))
}

/// Number of samples between checks of the states for NaN and decayed values.
pub(crate) const SETTLE: usize = 64;
/// Number of samples filtered one by one before the kernel is retried.
pub(super) const PATIENCE: usize = 16 * SETTLE;

/// Filters a block by sections in series, in place.
#[inline]
pub(crate) fn process_series<S: Sample>(
    sections: &[Section<S>],
    states: &mut [SectionState<S>],
    block: &mut [S],
) {
    process_series_by(S::run_series, sections, states, block);
}

/// Filters a block by sections in series, in place: runs `kernel`, then filters the remainder
/// sample by sample. See [`Sample::run_series`].
#[inline]
pub(crate) fn process_series_by<S: Sample>(
    kernel: impl Fn(&[Section<S>], &mut [SectionState<S>], &mut [S]) -> usize,
    sections: &[Section<S>],
    states: &mut [SectionState<S>],
    block: &mut [S],
) {
    for (sections, states) in sections.chunks(GROUP).zip(states.chunks_mut(GROUP)) {
        let mut rest = &mut *block;
        while !rest.is_empty() {
            let done = kernel(sections, states, rest);
            let (_, left) = rest.split_at_mut(done);
            let (here, after) = left.split_at_mut(left.len().min(PATIENCE));
            for chunk in here.chunks_mut(SETTLE) {
                for sample in chunk {
                    *sample = tick_series(sections, states, *sample);
                }
                states.iter_mut().for_each(SectionState::settle);
            }
            rest = after;
        }
    }
}
