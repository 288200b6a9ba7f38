//! Distribution of cascades over the lanes of a vector.
//!
//! Filters may have different numbers of sections, and there may be fewer filters than lanes. So
//! a cascade is cut into segments, one for each lane, with as few sections in each as the lanes
//! allow. The segments of one filter form a pipeline in adjacent lanes: each segment takes the output
//! of the segment before it, 8 samples later.

use arrayvec::ArrayVec;

use super::LANES;

/// The sections of one filter that run in one lane.
#[derive(Clone, Copy)]
pub(super) struct Segment {
    pub(super) filter: usize,
    /// The index of its first section in the filter.
    pub(super) first_section: usize,
    /// Its position in the pipeline: how many steps of 8 samples it runs behind the first segment.
    pub(super) delay: usize,
}

/// The number of sections in each segment, from the `counts` of sections of the filters: the smallest
/// for which all segments fit into the lanes.
pub(super) fn sections_per_segment(
    counts: &(impl Iterator<Item = usize> + Clone),
    width: usize,
) -> usize {
    let sections: usize = counts.clone().sum();
    let mut sections_per_segment = sections.div_ceil(width).max(1);
    let lanes = |length| counts.clone().map(|count| segment_count(count, length)).sum::<usize>();
    while lanes(sections_per_segment) > width {
        sections_per_segment += 1;
    }
    sections_per_segment
}

fn segment_count(sections: usize, sections_per_segment: usize) -> usize {
    sections.div_ceil(sections_per_segment).max(1)
}

/// Cuts filters into segments of up to `sections_per_segment` sections, filter after filter.
pub(super) fn segments(
    counts: impl Iterator<Item = usize>,
    sections_per_segment: usize,
) -> ArrayVec<Segment, LANES> {
    let mut segments = ArrayVec::new();
    for (filter, count) in counts.enumerate() {
        for delay in 0..segment_count(count, sections_per_segment) {
            segments.push(Segment { filter, first_section: delay * sections_per_segment, delay });
        }
    }
    segments
}
