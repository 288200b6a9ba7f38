//! How series of sections are cut to fill the lanes.
//!
//! Filters differ in their number of sections, and there may be fewer of them than lanes. So
//! series are cut into pieces, one for each lane, of as few sections as the lanes allow. The
//! pieces of a filter lie in lanes side by side, each 8 samples behind the one before it, whose
//! output it takes.

use arrayvec::ArrayVec;

use super::{LANES, Lane};

/// Sections in series that a lane has of a filter.
#[derive(Clone, Copy)]
pub(super) struct Piece {
    pub(super) filter: usize,
    /// Of its first section.
    pub(super) place: usize,
    /// By how many turns it is behind the start of the filter.
    pub(super) delay: usize,
}

/// Sections in series in each piece: as few as the lanes allow.
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

/// Cuts filters into pieces of `depth` sections, filter after filter.
pub(super) fn pieces<T>(filters: &[Lane<'_, T>], depth: usize) -> ArrayVec<Piece, LANES> {
    let mut pieces = ArrayVec::new();
    for (index, filter) in filters.iter().enumerate() {
        for delay in 0..piece_count(filter, depth) {
            pieces.push(Piece { filter: index, place: delay * depth, delay });
        }
    }
    pieces
}
