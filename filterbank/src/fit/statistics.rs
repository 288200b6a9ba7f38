//! The accuracy of fitted parameters, for every fit: which of them are determined, their
//! covariance, and the autocorrelation of the residuals.
//!
//! `r` are the residuals, `J` their Jacobian, `ψ(r) = ρ'(r²) r` half the derivative of the loss.
//!
//! | loss | covariance | source |
//! |---|---|---|
//! | squared | `σ² (J'J)⁻¹` | Bates & Watts (1988), ch. 2 |
//! | robust | `n/(n − k) A⁻¹ B A⁻¹`, `A = Σ ψ'(r) J'J`, `B = Σ ψ(r)² J'J` | Huber (1967); White (1982); factor: Hinkley (1977) |
//!
//! The sandwich holds also where outliers are more frequent or larger in one part of the data.
//! Huber's simpler `τ² (J'J)⁻¹` of identically distributed residuals does not: in a trial with
//! outliers near one feature of the curve, its nominal 95 % held the truth in 85 %, those of the
//! sandwich in 92 to 96 %.

use nalgebra::{DMatrix, DVector};

use filterbank_core::ShapeError;

use crate::fit::autocorrelation::Autocorrelation;
use crate::fit::loss::Loss;
use crate::fit::normal_equations::{NormalEquations, add_products};

/// A direction in the space of the parameters is not determined if its eigenvalue of `A` is at most
/// this. `A` is scaled by the lengths of the columns of `J`, so that it is the correlation matrix of
/// the columns for the squared loss. Rounding of the normal equations makes eigenvalues up to about
/// 1e-15 of zeros.
const RANK_TOLERANCE: f64 = 1e-13;

/// Sums over the residuals at a minimum, which tell how accurate the parameters are. Memory does not
/// grow with the number of residuals.
pub(super) struct Statistics {
    loss: Loss,
    /// Of the squared residuals, whatever the loss.
    squares: NormalEquations,
    /// Of a robust loss.
    robust: Option<Robust>,
    autocorrelation: Autocorrelation,
}

/// The two matrices of the sandwich.
struct Robust {
    /// `Σ ψ'(r) J'J`
    curvature: DMatrix<f64>,
    /// `Σ ψ(r)² J'J`
    scores: DMatrix<f64>,
    /// The derivatives times weights.
    weighted: Vec<f64>,
}

/// What the residuals tell about the parameters.
pub(super) struct Estimate {
    pub(super) determined: Vec<bool>,
    /// The number of residuals less the number of determined directions.
    pub(super) degrees_of_freedom: usize,
    /// NaN in the rows and columns of parameters that are not determined. `None` if the variance of
    /// the residuals is unknown.
    pub(super) covariance: Option<DMatrix<f64>>,
}

impl Statistics {
    /// No residuals yet, for this number of parameters.
    pub(super) fn new(params: usize, loss: Loss) -> Self {
        let robust = || Robust {
            curvature: DMatrix::zeros(params, params),
            scores: DMatrix::zeros(params, params),
            weighted: Vec::new(),
        };
        Self {
            loss,
            squares: NormalEquations::zeros(params),
            robust: (loss != Loss::Squared).then(robust),
            autocorrelation: Autocorrelation::default(),
        }
    }

    /// Adds residuals, `[time]`, and their derivatives, `[params, time]`.
    ///
    /// # Errors
    ///
    /// As [`NormalEquations::add`].
    pub(super) fn add(&mut self, residuals: &[f64], derivatives: &[f64]) -> Result<(), ShapeError> {
        self.squares.add(residuals, derivatives)?;
        if let Some(robust) = &mut self.robust {
            let influence = || residuals.iter().map(|residual| self.loss.influence(*residual));
            let slopes: Vec<f64> = influence().map(|(_, slope)| slope).collect();
            robust.weighted.clear();
            robust.weighted.extend(weighted(derivatives, &slopes));
            add_products(&mut robust.curvature, &robust.weighted, derivatives, residuals.len());
            let scores: Vec<f64> = influence().map(|(score, _)| score).collect();
            robust.weighted.clear();
            robust.weighted.extend(weighted(derivatives, &scores));
            add_products(&mut robust.scores, &robust.weighted, &robust.weighted, residuals.len());
        }
        Ok(())
    }

    /// Continues a run of residuals whose order is time or frequency. Outliers count as little as in
    /// the fit.
    pub(super) fn follow(&mut self, residuals: &[f64]) {
        for residual in residuals {
            self.autocorrelation.push(self.loss.influence(*residual).0);
        }
    }

    pub(super) fn end_run(&mut self) {
        self.autocorrelation.end_run();
    }

    pub(super) fn loss(&self) -> Loss {
        self.loss
    }

    /// The number of residuals.
    pub(super) fn count(&self) -> usize {
        self.squares.count
    }

    /// The sum of the squared residuals.
    pub(super) fn sum_of_squares(&self) -> f64 {
        2.0 * self.squares.cost
    }

    pub(super) fn autocorrelation(&self) -> Option<f64> {
        self.autocorrelation.value()
    }

    /// The accuracy of the parameters; those at a bound are taken as known. `noise` is the standard
    /// deviation of the residuals, if it is known.
    pub(super) fn estimate(&self, at_bound: &[bool], noise: Option<f64>) -> Estimate {
        let free: Vec<usize> = (0..at_bound.len()).filter(|index| !at_bound[*index]).collect();
        let of_free = |matrix: &DMatrix<f64>| matrix.select_rows(&free).select_columns(&free);
        let lengths = of_free(&self.squares.matrix).diagonal().map(f64::sqrt);
        let curvature = self.robust.as_ref().map_or(&self.squares.matrix, |r| &r.curvature);
        let inverse = Inverse::new(&of_free(curvature), &lengths);
        let surplus = self.count().saturating_sub(inverse.rank);
        let matrix = match &self.robust {
            Some(_) if surplus == 0 => None,
            Some(robust) => {
                let factor = self.count() as f64 / surplus as f64;
                Some(&inverse.matrix * of_free(&robust.scores) * &inverse.matrix * factor)
            }
            None => {
                let estimated = || (surplus > 0).then(|| self.sum_of_squares() / surplus as f64);
                let variance = noise.map(|noise| noise * noise).or_else(estimated);
                variance.map(|variance| &inverse.matrix * variance)
            }
        };
        let mut determined = vec![true; at_bound.len()];
        for (&index, &of_free) in free.iter().zip(&inverse.determined) {
            determined[index] = of_free;
        }
        let covariance = matrix.map(|matrix| {
            let mut covariance = DMatrix::zeros(at_bound.len(), at_bound.len());
            for (row, &i) in free.iter().enumerate() {
                for (column, &j) in free.iter().enumerate() {
                    let known = determined[i] && determined[j];
                    covariance[(i, j)] = if known { matrix[(row, column)] } else { f64::NAN };
                }
            }
            covariance
        });
        Estimate { determined, degrees_of_freedom: surplus, covariance }
    }
}

/// The columns of derivatives, each entry times the weight of its residual.
fn weighted(derivatives: &[f64], weights: &[f64]) -> impl Iterator<Item = f64> {
    derivatives.iter().zip(weights.iter().cycle()).map(|(entry, weight)| entry * weight)
}

/// The inverse of a symmetric matrix where it has one: the generalised inverse of Moore and Penrose,
/// in scaled parameters.
struct Inverse {
    matrix: DMatrix<f64>,
    rank: usize,
    /// Whether each parameter has no part in the directions without an inverse.
    determined: Vec<bool>,
}

impl Inverse {
    /// Of a matrix whose parameters are scaled by `lengths`.
    fn new(matrix: &DMatrix<f64>, lengths: &DVector<f64>) -> Self {
        let count = lengths.len();
        // A parameter without effect keeps its zeros.
        let scales = lengths.map(|length| if length > 0.0 { length.recip() } else { 1.0 });
        let scale = |row: usize, column: usize| scales[row] * scales[column];
        let scaled = DMatrix::from_fn(count, count, |i, j| matrix[(i, j)] * scale(i, j));
        // An eigenvalue decomposition needs numbers, and at least one.
        if count == 0 || !scaled.iter().all(|entry| entry.is_finite()) {
            let matrix = DMatrix::zeros(count, count);
            return Self { matrix, rank: 0, determined: vec![false; count] };
        }
        let eigen = scaled.symmetric_eigen();
        let (mut inverse, mut rank) = (DMatrix::zeros(count, count), 0);
        let mut undetermined = DVector::zeros(count);
        for (value, vector) in eigen.eigenvalues.iter().zip(eigen.eigenvectors.column_iter()) {
            if *value > RANK_TOLERANCE {
                inverse.ger(value.recip(), &vector, &vector, 1.0);
                rank += 1;
            } else {
                undetermined += vector.component_mul(&vector);
            }
        }
        // The direction adds at least this share over the tolerance to a variance.
        let adds_little =
            |index: usize| undetermined[index] / RANK_TOLERANCE <= inverse[(index, index)];
        let determined = (0..count).map(adds_little).collect();
        let matrix = DMatrix::from_fn(count, count, |i, j| inverse[(i, j)] * scale(i, j));
        Self { matrix, rank, determined }
    }
}

/// The standard error of each parameter: `None` where the variance is NaN.
pub(super) fn standard_errors(covariance: &DMatrix<f64>) -> Vec<Option<f64>> {
    let error = |variance: &f64| (*variance >= 0.0).then(|| variance.sqrt());
    covariance.diagonal().iter().map(error).collect()
}

/// The covariance of parameters from the covariance of variables, by the derivative of each
/// parameter by its variable.
pub(super) fn scale_covariance(covariance: &mut DMatrix<f64>, slopes: &[f64]) {
    for (i, row) in slopes.iter().enumerate() {
        for (j, column) in slopes.iter().enumerate() {
            covariance[(i, j)] *= row * column;
        }
    }
}
