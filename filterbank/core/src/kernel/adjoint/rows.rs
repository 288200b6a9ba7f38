//! Rows of 8 samples of a signal, whose last row may be shorter.

use crate::kernel::lanes::LANE_SAMPLES;

/// A row, with zeros where the signal has no samples.
#[inline(always)]
pub(super) fn row(samples: &[f64], index: usize) -> [f64; LANE_SAMPLES] {
    let (rows, rest) = samples.as_chunks();
    if let Some(row) = rows.get(index) {
        return *row;
    }
    let mut row = [0.0; LANE_SAMPLES];
    if index == rows.len() {
        row[..rest.len()].copy_from_slice(rest);
    }
    row
}

/// Stores a row, as far as the signal has samples.
#[inline(always)]
pub(super) fn set_row(samples: &mut [f64], index: usize, row: [f64; LANE_SAMPLES]) {
    let (rows, rest) = samples.as_chunks_mut();
    if index == rows.len() {
        rest.copy_from_slice(&row[..rest.len()]);
    } else if let Some(place) = rows.get_mut(index) {
        *place = row;
    }
}
