//! What the signals say about the variables: the information matrix, with directional forgetting.
//!
//! Sources: R. Kulhavý, *Restricted exponential forgetting in real-time identification*, Automatica
//! 23 (1987), for one sample a step; W. N. Anderson and R. J. Duffin, *Series and parallel addition
//! of matrices*, J. Math. Anal. Appl. 26 (1969), for the parallel sum that extends it to blocks.

use nalgebra::DMatrix;

/// A direction in which a block brings this fraction of the usual information fades half as fast.
const HALF_EXCITED: f64 = 1e-3;
/// Damping of the steps, relative to the diagonal of the matrix.
const DAMPING: f64 = 1e-3;
/// Information that rounding errors may amount to, relative to the energy of the signals.
const ROUNDING: f64 = 1e-12;
/// A variable is not determined if its variance is above this part of its variance from rounding
/// errors alone.
const UNDETERMINED: f64 = 1e-2;

/// The information matrix `R`: the weighted sum of `J'J` over the past.
///
/// Let `A` be `J'J` of a new block, and `λ` the forgetting factor. Exponential forgetting,
/// `R ← λR + A`, loses what the block does not renew. Here information fades only in the directions
/// of the block:
///
/// ```text
/// R ← R − (1 − λ)(R : cA) + A        R : cA = R − R (R + cA)⁻¹ R        c = 1/(1e-3 (1 − λ))
/// ```
///
/// The parallel sum `R : cA` is the part of `R` in the directions that `A` excites. In a direction
/// without excitation it is 0, so nothing is lost; with the usual excitation, `A = (1 − λ) R`, it is
/// `R` within 0.1 %. For a single row `J = φ'` and `c → ∞` it is `φφ'/(φ'R⁻¹φ)`, as in Kulhavý's
/// algorithm.
pub(super) struct Information {
    count: usize,
    /// `1 − λ`.
    forgotten: f64,
    /// `R`, row by row; like all matrices here, with both triangles.
    matrix: Vec<f64>,
    /// Scratch buffers of the same size.
    factor: Vec<f64>,
    kept: Vec<f64>,
}

impl Information {
    /// No information yet, about `count` variables. `forgotten` is `1 − λ`.
    pub(super) fn new(count: usize, forgotten: f64) -> Self {
        let zeros = || vec![0.0; count * count];
        Self { count, forgotten, matrix: zeros(), factor: zeros(), kept: zeros() }
    }

    pub(super) fn clear(&mut self) {
        self.matrix.fill(0.0);
    }

    /// Adds `J'J` of a block, and forgets in the directions that it excites. `signals` is the
    /// energy of the input and the output over the memory.
    pub(super) fn add(&mut self, block: &DMatrix<f64>, signals: f64) {
        let Self { count: n, forgotten, matrix, factor, kept } = self;
        let (n, forgotten, block) = (*n, *forgotten, block.as_slice());
        if n == 0 {
            return;
        }
        let weight = 1.0 / (HALF_EXCITED * forgotten);
        for ((sum, old), new) in factor.iter_mut().zip(&*matrix).zip(block) {
            *sum = old + weight * new;
        }
        damp(factor, n, 0.0, ROUNDING * signals);
        factorise(factor, n);
        // λR + (1 − λ) R (R + cA)⁻¹ R + A: a sum of squares, so R stays positive semidefinite.
        kept.copy_from_slice(matrix);
        solve_transposed(factor, kept, n);
        for (sum, new) in matrix.iter_mut().zip(block) {
            *sum = (1.0 - forgotten) * *sum + new;
        }
        for row in kept.chunks_exact(n) {
            for (i, sums) in matrix.chunks_exact_mut(n).enumerate() {
                let factor = forgotten * row[i];
                for (sum, entry) in sums[i..].iter_mut().zip(&row[i..]) {
                    *sum += factor * entry;
                }
            }
        }
        for i in 1..n {
            for j in 0..i {
                matrix[i * n + j] = matrix[j * n + i];
            }
        }
        if !matrix.iter().all(|entry| entry.is_finite()) {
            self.clear();
        }
    }

    /// Overwrites a gradient with the step of Gauss-Newton, `(R + 1e-3 diag R) h = g`. Damping
    /// keeps a variable where it is if the signals do not determine it.
    pub(super) fn solve(&mut self, gradient: &mut [f64], signals: f64) {
        let n = self.count;
        self.factor.copy_from_slice(&self.matrix);
        damp(&mut self.factor, n, DAMPING, ROUNDING * signals);
        factorise(&mut self.factor, n);
        solve_transposed(&self.factor, gradient, 1);
        for i in (0..n).rev() {
            let row = &self.factor[i * n..][..n];
            let products: f64 = row.iter().zip(&*gradient).skip(i + 1).map(|(a, b)| a * b).sum();
            gradient[i] = if row[i] > 0.0 { (gradient[i] - products) / row[i] } else { 0.0 };
        }
    }

    /// The diagonal of `R⁻¹`; `None` for variables that the signals do not determine.
    pub(super) fn inverse_diagonal(&self, signals: f64) -> Vec<Option<f64>> {
        let n = self.count;
        let mut factor = self.matrix.clone();
        let rounding = ROUNDING * signals;
        damp(&mut factor, n, 0.0, rounding);
        factorise(&mut factor, n);
        let entry = |index: usize| {
            let mut unit = vec![0.0; n];
            unit[index] = 1.0;
            solve_transposed(&factor, &mut unit, 1);
            let entry: f64 = unit.iter().map(|entry| entry * entry).sum();
            (entry > 0.0 && entry * rounding < UNDETERMINED).then_some(entry)
        };
        (0..n).map(entry).collect()
    }
}

/// Increases the diagonal by a fraction of itself and by a constant.
fn damp(matrix: &mut [f64], n: usize, fraction: f64, constant: f64) {
    for entry in matrix.iter_mut().step_by(n + 1) {
        *entry += fraction * *entry + constant;
    }
}

/// The Cholesky factorisation `U'U` of a positive semidefinite matrix: overwrites the upper triangle
/// with `U`. A row whose pivot is not positive becomes 0.
fn factorise(matrix: &mut [f64], n: usize) {
    for k in 0..n {
        let (above, below) = matrix.split_at_mut((k + 1) * n);
        let row = &mut above[k * n..];
        let pivot = row[k];
        let scale = if pivot > 0.0 { pivot.sqrt().recip() } else { 0.0 };
        for entry in &mut row[k..] {
            *entry *= scale;
        }
        for (i, others) in (k + 1..n).zip(below.chunks_exact_mut(n)) {
            let factor = row[i];
            for (entry, pivots) in others[i..].iter_mut().zip(&row[i..]) {
                *entry -= factor * pivots;
            }
        }
    }
}

/// Solves `U'X = B` in place for a `B` of `columns` columns, row by row. The rows of zero pivots
/// become 0.
fn solve_transposed(factor: &[f64], right: &mut [f64], columns: usize) {
    let n = right.len() / columns;
    for k in 0..n {
        let row = &factor[k * n..][..n];
        let scale = if row[k] > 0.0 { row[k].recip() } else { 0.0 };
        let (above, below) = right.split_at_mut((k + 1) * columns);
        let solved = &mut above[k * columns..];
        for entry in &mut *solved {
            *entry *= scale;
        }
        for (others, factor) in below.chunks_exact_mut(columns).zip(&row[k + 1..]) {
            for (entry, solved) in others.iter_mut().zip(&*solved) {
                *entry -= factor * solved;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use nalgebra::DMatrix;

    use super::{HALF_EXCITED, Information};

    const FORGOTTEN: f64 = 0.1;

    /// The sum of some rows `φφ'`.
    fn sum(rows: &[[f64; 3]]) -> DMatrix<f64> {
        let square = |row: &[f64; 3]| DMatrix::from_fn(3, 3, |i, j| row[i] * row[j]);
        rows.iter().map(square).fold(DMatrix::zeros(3, 3), |sum, square| sum + square)
    }

    fn information(matrix: &DMatrix<f64>) -> Information {
        let mut information = Information::new(3, FORGOTTEN);
        information.matrix.copy_from_slice(matrix.as_slice());
        information
    }

    fn matrix(information: &Information) -> DMatrix<f64> {
        DMatrix::from_column_slice(3, 3, &information.matrix)
    }

    const OLD: [[f64; 3]; 3] = [[3.0, 1.0, 0.5], [0.0, 2.0, -1.0], [1.0, -1.0, 4.0]];

    #[test]
    fn nothing_is_forgotten_across_the_directions_of_a_block() {
        let (old, block) = (sum(&OLD), sum(&[[1.0, 2.0, 0.0], [0.0, 1.0, 1.0]]));
        let mut information = information(&old);
        information.add(&block, 1.0);
        // Orthogonal to both rows of the block.
        let across = DMatrix::from_row_slice(1, 3, &[2.0, -1.0, 1.0]);
        let kept = |matrix: &DMatrix<f64>| (&across * matrix * across.transpose())[(0, 0)];
        assert!((kept(&matrix(&information)) / kept(&old) - 1.0).abs() < 1e-12);
        // Along them the information fades.
        let along = DMatrix::from_row_slice(1, 3, &[1.0, 2.0, 0.0]);
        let faded = |matrix: &DMatrix<f64>| (&along * matrix * along.transpose())[(0, 0)];
        assert!(faded(&(matrix(&information) - &block)) < 0.98 * faded(&old));
    }

    #[test]
    fn the_usual_excitation_forgets_exponentially() {
        let old = sum(&OLD);
        let mut information = information(&old);
        for _ in 0..1_000 {
            information.add(&(FORGOTTEN * &old), 1.0);
        }
        let error = (matrix(&information) - &old).norm() / old.norm();
        assert!(error < 2.0 * HALF_EXCITED, "{error}");
    }

    #[test]
    fn one_row_forgets_as_in_the_algorithm_of_kulhavy() {
        let (old, row) = (sum(&OLD), [1e3, 2e3, -5e2]);
        let mut information = information(&old);
        information.add(&sum(&[row]), 1.0);
        let column = DMatrix::from_column_slice(3, 1, &row);
        let inverse = old.clone().try_inverse().expect("regular");
        let excitation = (column.transpose() * inverse * &column)[(0, 0)];
        let expected = old + (1.0 - FORGOTTEN / excitation) * sum(&[row]);
        let error = (matrix(&information) - &expected).norm() / expected.norm();
        assert!(error < 1e-9, "{error}");
    }

    #[test]
    fn silence_forgets_nothing() {
        let old = sum(&OLD);
        let mut information = information(&old);
        for _ in 0..1_000 {
            information.add(&DMatrix::zeros(3, 3), 1.0);
        }
        let error = (matrix(&information) - &old).norm() / old.norm();
        assert!(error < 1e-9, "{error}");
    }

    #[test]
    fn variables_that_are_not_determined_have_no_variance() {
        let variances = |rows: &[[f64; 3]]| information(&sum(rows)).inverse_diagonal(1.0);
        assert!(variances(&OLD).iter().all(Option::is_some));
        // The first two have the same effect.
        let [first, second, third] = variances(&[[1.0, 1.0, 2.0], [1.0, 1.0, -3.0]])[..] else {
            panic!("three variables");
        };
        assert_eq!((first, second), (None, None));
        assert!((third.expect("determined") - 0.08).abs() < 1e-9, "{third:?}");
        assert_eq!(variances(&[]), [None; 3]);
    }
}
