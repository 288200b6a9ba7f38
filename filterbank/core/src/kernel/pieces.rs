//! Distribution of cascades over the lanes of a vector.
//!
//! Filters may have different numbers of sections, and there may be fewer filters than lanes. So
//! a cascade is cut into pieces, one for each lane, with as few sections in each as the lanes
//! allow. The pieces of one filter form a pipeline in adjacent lanes: each piece takes the output
//! of the piece before it, 8 samples later.

use arrayvec::ArrayVec;

use super::{LANES, Lane};

/// The sections of one filter that run in one lane.
#[derive(Clone, Copy)]
pub(super) struct Piece {
    pub(super) filter: usize,
    /// The index of its first section in the filter.
    pub(super) place: usize,
    /// Its position in the pipeline: how many turns of 8 samples it runs behind the first piece.
    pub(super) delay: usize,
}

/// The number of sections in each piece: the smallest for which all pieces fit into the lanes.
pub(super) fn depth<T>(filters: &[Lane<'_, T>], width: usize) -> usize {
    let sections: usize = filters.iter().map(|filter| filter.sections.len()).sum();
    let mut depth = sections.div_ceil(width).max(1);
    while filters.iter().map(|filter| piece_count(filter, depth)).sum::<usize>() > width {
        depth += 1;
    }
    depth
}

fn piece_count<T>(filter: &Lane<'_, T>, depth: usize) -> usize {
    filter.sections.len().div_ceil(depth).max(1)
}

/// Cuts filters into pieces of up to `depth` sections, filter after filter.
pub(super) fn pieces<T>(filters: &[Lane<'_, T>], depth: usize) -> ArrayVec<Piece, LANES> {
    let mut pieces = ArrayVec::new();
    for (index, filter) in filters.iter().enumerate() {
        for delay in 0..piece_count(filter, depth) {
            pieces.push(Piece { filter: index, place: delay * depth, delay });
        }
    }
    pieces
}
