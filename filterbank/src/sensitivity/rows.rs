//! The rows of derivatives: one for each pair of output and parameter.

use alloc::vec::Vec;
use core::ops::Range;

use crate::sensitivity::tuned::TunedSection;

/// The meaning of one row of derivatives: which output, by which parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DerivativeRow {
    /// The index of the output; in a bank, of the band.
    pub output: usize,
    /// The index of the parameter. If the parameters are coefficients, each section has five of
    /// them in order: `b0`, `b1`, `b2`, `a1` and `a2`.
    pub param: usize,
}

/// One row for each output that depends on a parameter, parameter by parameter. A parameter that
/// no output depends on has a row too.
pub(super) fn derivative_rows(
    sections: &[TunedSection],
    ends: &[usize],
    params: usize,
) -> Vec<DerivativeRow> {
    let mut rows = Vec::new();
    for param in 0..params {
        let before = rows.len();
        for (output, range) in ranges(ends).enumerate() {
            if sections[range].iter().any(|section| section.depends_on(param)) {
                rows.push(DerivativeRow { output, param });
            }
        }
        if rows.len() == before {
            rows.push(DerivativeRow { output: 0, param });
        }
    }
    rows
}

/// The `ends` of a bank, clamped so that they do not decrease and do not exceed the number of
/// sections. If there are none, the filter is a cascade with one end.
pub(crate) fn rising_ends(ends: &[usize], sections: usize) -> Vec<usize> {
    if ends.is_empty() {
        return alloc::vec![sections];
    }
    let rising = ends.iter().scan(0, |last, end| {
        *last = (*end).clamp(*last, sections);
        Some(*last)
    });
    rising.collect()
}

/// The range of sections of each output.
pub(super) fn ranges(ends: &[usize]) -> impl Iterator<Item = Range<usize>> {
    let starts = core::iter::once(&0).chain(ends);
    starts.zip(ends).map(|(start, end)| *start..*end)
}
