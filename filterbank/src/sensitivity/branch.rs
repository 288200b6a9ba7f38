//! The pair of sensitivity filters of a section, and derivatives from their outputs.

use alloc::vec::Vec;
use core::mem;

use crate::rows;
use crate::sensitivity::rows::{DerivativeRow, ranges};
use crate::sensitivity::tuned::TunedSection;

/// The pair of sensitivity filters of one tuned section.
#[derive(Clone, Debug)]
pub(super) struct TunedBranch {
    pub(super) section: usize,
    pub(super) output: usize,
    /// For each parameter of the section, the row that its derivative is added to.
    pub(super) terms: Vec<RowTerm>,
    /// The last two output samples of both filters.
    pub(super) history: [[f64; 2]; 2],
}

/// A row of derivatives, and whether this section is the first to write to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowTerm {
    pub(super) row: usize,
    pub(super) overwrites: bool,
}

/// One branch for each section that depends on a parameter.
pub(super) fn tuned_branches(
    sections: &[TunedSection],
    ends: &[usize],
    rows: &[DerivativeRow],
) -> Vec<TunedBranch> {
    let mut written = alloc::vec![false; rows.len()];
    let mut branches = Vec::new();
    for (output, range) in ranges(ends).enumerate() {
        for section in range.filter(|section| !sections[*section].slopes.is_empty()) {
            let mut terms = Vec::new();
            for (param, _) in &sections[section].slopes {
                let wanted = DerivativeRow { output, param: *param };
                if let Some(row) = rows.iter().position(|row| *row == wanted) {
                    let overwrites = !mem::replace(&mut written[row], true);
                    terms.push(RowTerm { row, overwrites });
                }
            }
            branches.push(TunedBranch { section, output, terms, history: [[0.0; 2]; 2] });
        }
    }
    branches
}

/// The rows that no branch writes to.
pub(super) fn zero_rows(rows: &[DerivativeRow], branches: &[TunedBranch]) -> Vec<usize> {
    let is_written = |row: &usize| branches.iter().any(|branch| branch.writes(*row));
    (0..rows.len()).filter(|row| !is_written(row)).collect()
}

impl TunedBranch {
    /// Whether the branch adds to this row.
    pub(super) fn writes(&self, row: usize) -> bool {
        self.terms.iter().any(|term| term.row == row)
    }

    /// The outputs of both filters from two adjacent rows, with the samples before them.
    pub(super) fn signals<'a>(&self, rows: &'a [f64]) -> BranchSignals<'a> {
        let (v, w) = rows.split_at(rows.len() / 2);
        BranchSignals { history: self.history, rows: [v, w] }
    }
}

/// The outputs of the two sensitivity filters of a section: `v` for the derivatives by the
/// numerator, `w` for those by the denominator.
#[derive(Clone, Copy)]
pub(super) struct BranchSignals<'a> {
    /// The two samples of each before the first sample of the rows.
    pub(super) history: [[f64; 2]; 2],
    pub(super) rows: [&'a [f64]; 2],
}

impl BranchSignals<'_> {
    /// The derivative of the output in the direction `slopes` of the five coefficients. Added to
    /// the row, or written over it.
    pub(super) fn accumulate(&self, row: &mut [f64], add: bool, slopes: &[f64; 5]) {
        let [b0, b1, b2, a1, a2] = *slopes;
        let weights = [b0, b1, b2, -a1, -a2];
        let (head, tail) = row.split_at_mut(row.len().min(2));
        for (n, sample) in head.iter_mut().enumerate() {
            let signals = self.regressor(n);
            let sum: f64 = weights.iter().zip(signals).map(|(weight, x)| weight * x).sum();
            *sample = if add { *sample + sum } else { sum };
        }
        if !tail.is_empty() {
            rows::accumulate(tail, add, weights, self.regressors());
        }
    }

    /// The derivatives of a loss by the five coefficients, if `loss` holds its derivatives by the
    /// samples of the output.
    pub(super) fn correlate(&self, loss: &[f64]) -> [f64; 5] {
        let (head, tail) = loss.split_at(loss.len().min(2));
        let mut sums = if tail.is_empty() { [0.0; 5] } else { rows::dots(tail, self.regressors()) };
        for (n, slope) in head.iter().enumerate() {
            for (sum, x) in sums.iter_mut().zip(self.regressor(n)) {
                *sum += slope * x;
            }
        }
        let [b0, b1, b2, a1, a2] = sums;
        [b0, b1, b2, -a1, -a2]
    }

    /// The filtered regressor of sample `n`: `[v[n], v[n−1], v[n−2], w[n−1], w[n−2]]`, for `n` = 0
    /// and 1.
    fn regressor(&self, n: usize) -> [f64; 5] {
        let [v, w] = self.rows;
        let [[v2, v1], [w2, w1]] = self.history;
        if n == 0 { [v[0], v1, v2, w1, w2] } else { [v[n], v[n - 1], v1, w[n - 1], w1] }
    }

    /// The components of the filtered regressor for all samples from the third on.
    fn regressors(&self) -> [&[f64]; 5] {
        let [v, w] = self.rows;
        let length = v.len() - 2;
        [&v[2..], &v[1..=length], &v[..length], &w[1..=length], &w[..length]]
    }

    /// The last two samples of both filters.
    pub(super) fn next_history(&self) -> [[f64; 2]; 2] {
        core::array::from_fn(|which| match self.rows[which] {
            [] => self.history[which],
            [only] => [self.history[which][1], *only],
            [.., one, two] => [*one, *two],
        })
    }
}
