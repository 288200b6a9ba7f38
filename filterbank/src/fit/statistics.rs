//! The accuracy of fitted parameters, for every fit: which of them are determined, their
//! covariance, and the autocorrelation of the residuals.
//!
//! `r` are the residuals, `J` their Jacobian, `ψ(r) = ρ'(r²) r` half the derivative of the loss.
//!
//! | loss | covariance | source |
//! |---|---|---|
//! | squared | `σ² (J'J)⁻¹` | Bates & Watts (1988), ch. 2 |
//! | robust | `A⁻¹ B A⁻¹`, `A = Σ ψ'(r) J'J`, `B = Σ (ψ(r)/(1 − ψ'(r) h))² J'J`, with the leverage `h = J A⁻¹ J'` of each residual | Huber (1967); leverages: MacKinnon & White (1985), HC3 |
//!
//! The sandwich is right also where outliers are more frequent in one part of the data. Huber's
//! `τ² (J'J)⁻¹` assumes residuals of one distribution, and gives intervals that are too short there.
//! The leverages make `B` a jackknife: each residual counts by the step that the parameters would take
//! without it, which matters where a few residuals decide. `tests/fit/coverage.rs` prints the coverage
//! of both kinds of data.

use nalgebra::{DMatrix, DMatrixView, DVector};

use filterbank_core::ShapeError;

use crate::fit::autocorrelation::Autocorrelation;
use crate::fit::loss::Loss;
use crate::fit::normal_equations::{NormalEquations, add_products};

/// A direction in the space of the parameters is not determined if its eigenvalue of `A` is at most
/// this. `A` is scaled by the lengths of the columns of `J`, so that it is the correlation matrix of
/// the columns for the squared loss. Rounding of the normal equations makes eigenvalues up to about
/// 1e-15 of zeros.
const RANK_TOLERANCE: f64 = 1e-13;

/// A direction has no part in another one if the cosine of their angle is at most this: the root of
/// the [`RANK_TOLERANCE`], because variances grow with its square.
const SHARE_TOLERANCE: f64 = 3e-7;

/// A residual with a robust loss has no known variance if leaving it out takes all but this share
/// from the curvature in its direction.
const LEAST_REST: f64 = 1e-9;

/// Sums over the residuals at a minimum, which tell how accurate the parameters are. Memory does not
/// grow with the number of residuals.
///
/// All residuals are added once by [`add`](Statistics::add), then with a
/// [robust](Statistics::is_robust) loss once more by [`add_scores`](Statistics::add_scores).
pub(super) struct Statistics {
    loss: Loss,
    /// The parameters that are not held at a bound.
    free: Vec<usize>,
    /// Of the squared residuals, whatever the loss.
    squares: NormalEquations,
    robust: Option<Robust>,
    autocorrelation: Autocorrelation,
}

/// The sums of a robust loss.
struct Robust {
    /// `A`
    curvature: DMatrix<f64>,
    /// `A⁻¹ B A⁻¹`, in the second pass, as a sum over the steps `A⁻¹ J'` of each residual: a
    /// product of three matrices could have negative variances by rounding.
    covariance: DMatrix<f64>,
    /// `A⁻¹`, in the second pass.
    inverse: Option<Inverse>,
    /// Whether each parameter depends on a residual of unknown variance.
    alone: Vec<bool>,
    /// A scratch buffer: derivatives or steps, times weights.
    weighted: Vec<f64>,
}

/// What the residuals tell about the parameters.
pub(super) struct Estimate {
    pub(super) unknown: Unknown,
    /// The number of residuals less the number of determined directions.
    pub(super) degrees_of_freedom: usize,
    /// `None` if the variance of the residuals is unknown.
    pub(super) covariance: Option<DMatrix<f64>>,
}

impl Statistics {
    /// No residuals yet. Parameters at a bound are taken as known.
    pub(super) fn new(at_bound: &[bool], loss: Loss) -> Self {
        let params = at_bound.len();
        let robust = || Robust {
            curvature: DMatrix::zeros(params, params),
            covariance: DMatrix::zeros(params, params),
            inverse: None,
            alone: vec![false; params],
            weighted: Vec::new(),
        };
        Self {
            loss,
            free: (0..params).filter(|index| !at_bound[*index]).collect(),
            squares: NormalEquations::zeros(params),
            robust: (loss != Loss::Squared).then(robust),
            autocorrelation: Autocorrelation::default(),
        }
    }

    /// Whether the loss is robust, so that the scores are needed.
    pub(super) fn is_robust(&self) -> bool {
        self.robust.is_some()
    }

    /// Adds residuals, `[time]`, and their derivatives, `[params, time]`.
    ///
    /// # Errors
    ///
    /// As [`NormalEquations::add`].
    pub(super) fn add(&mut self, residuals: &[f64], derivatives: &[f64]) -> Result<(), ShapeError> {
        self.squares.add(residuals, derivatives)?;
        if let Some(robust) = &mut self.robust {
            let slopes = residuals.iter().map(|residual| self.loss.influence(*residual).1);
            weigh(&mut robust.weighted, derivatives, &slopes.collect::<Vec<_>>());
            add_products(&mut robust.curvature, &robust.weighted, derivatives, residuals.len());
        }
        Ok(())
    }

    /// Adds the same residuals again, for a robust loss. Does nothing for the squared loss.
    ///
    /// # Errors
    ///
    /// As [`NormalEquations::add`].
    pub(super) fn add_scores(
        &mut self,
        residuals: &[f64],
        derivatives: &[f64],
    ) -> Result<(), ShapeError> {
        let (params, time) = (self.squares.gradient.len(), residuals.len());
        ShapeError::check("derivatives", params * time, derivatives.len())?;
        let Some(robust) = &mut self.robust else { return Ok(()) };
        let inverse = robust
            .inverse
            .get_or_insert_with(|| Inverse::new(&robust.curvature, &self.squares, &self.free));
        let jacobian = DMatrixView::from_slice(derivatives, time, params);
        // The step of the parameters by each residual.
        let steps = jacobian * &inverse.matrix;
        let mut scores = Vec::with_capacity(time);
        for ((row, step), residual) in jacobian.row_iter().zip(steps.row_iter()).zip(residuals) {
            let (score, slope) = self.loss.influence(*residual);
            let rest = 1.0 - slope * row.dot(&step);
            if rest > LEAST_REST {
                scores.push(score / rest);
            } else {
                scores.push(0.0);
                for (param, alone) in robust.alone.iter_mut().enumerate() {
                    let deviation = inverse.matrix[(param, param)].sqrt();
                    *alone |= step[param].abs() > SHARE_TOLERANCE * deviation;
                }
            }
        }
        weigh(&mut robust.weighted, steps.as_slice(), &scores);
        add_products(&mut robust.covariance, &robust.weighted, &robust.weighted, time);
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

    /// The accuracy of the parameters. `noise` is the standard deviation of the residuals, if it is
    /// known.
    pub(super) fn estimate(&self, noise: Option<f64>) -> Estimate {
        let curvature = self.robust.as_ref().map_or(&self.squares.matrix, |r| &r.curvature);
        let Inverse { matrix: inverse, rank, mut unknown } =
            Inverse::new(curvature, &self.squares, &self.free);
        let surplus = self.count().saturating_sub(rank);
        let covariance = if let Some(robust) = &self.robust {
            let alone = robust.alone.iter().enumerate().filter(|(_, alone)| **alone);
            alone.for_each(|(param, _)| unknown.add_param(param));
            (surplus > 0).then(|| robust.covariance.clone())
        } else {
            let estimated = || (surplus > 0).then(|| self.sum_of_squares() / surplus as f64);
            let variance = noise.map(|noise| noise * noise).or_else(estimated);
            variance.map(|variance| inverse * variance)
        };
        Estimate { unknown, degrees_of_freedom: surplus, covariance }
    }
}

/// Replaces `weighted` by columns, each entry times the weight of its residual.
fn weigh(weighted: &mut Vec<f64>, columns: &[f64], weights: &[f64]) {
    weighted.clear();
    let products = columns.iter().zip(weights.iter().cycle()).map(|(entry, w)| entry * w);
    weighted.extend(products);
}

/// The directions in the space of the parameters of which the residuals tell nothing.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Unknown {
    /// From parameters to scaled ones: the inverse lengths of the columns of `J`, 0 for parameters
    /// at a bound.
    scales: DVector<f64>,
    /// In scaled parameters, each of length 1, one a column.
    directions: DMatrix<f64>,
}

impl Unknown {
    /// Whether a number is determined, from its gradient by the parameters: it has no part in the
    /// unknown directions.
    pub(super) fn spares(&self, gradient: &DVector<f64>) -> bool {
        if gradient.len() != self.scales.len() {
            return false;
        }
        let scaled = gradient.component_mul(&self.scales);
        self.directions.tr_mul(&scaled).norm() <= SHARE_TOLERANCE * scaled.norm()
    }

    /// Whether each parameter is determined.
    pub(super) fn determined(&self) -> Vec<bool> {
        let params = self.scales.len();
        let only = |param| DVector::from_fn(params, |row, _| f64::from(u8::from(row == param)));
        (0..params).map(|param| self.spares(&only(param))).collect()
    }

    /// For other parameters, with the derivative of each by its old one.
    pub(super) fn in_params(&mut self, slopes: &[f64]) {
        for (scale, slope) in self.scales.iter_mut().zip(slopes) {
            *scale *= slope;
        }
    }

    /// In another order: `order` holds the old positions.
    pub(super) fn reordered(&self, order: &[usize]) -> Self {
        Self {
            scales: self.scales.select_rows(order),
            directions: self.directions.select_rows(order),
        }
    }

    fn add_param(&mut self, param: usize) {
        let directions = std::mem::take(&mut self.directions);
        let column = directions.ncols();
        self.directions = directions.insert_column(column, 0.0);
        self.directions[(param, column)] = 1.0;
    }
}

/// The inverse of a curvature where it has one: the generalised inverse of Moore and Penrose, in
/// scaled parameters. Rows and columns of parameters at a bound are 0.
struct Inverse {
    matrix: DMatrix<f64>,
    rank: usize,
    unknown: Unknown,
}

impl Inverse {
    /// Of a curvature in the `free` parameters, scaled by the lengths of the columns of `J`.
    fn new(curvature: &DMatrix<f64>, squares: &NormalEquations, free: &[usize]) -> Self {
        let params = curvature.nrows();
        let mut scales = DVector::zeros(params);
        for &index in free {
            let length = squares.matrix[(index, index)].sqrt();
            // A parameter without effect keeps its zeros.
            scales[index] = if length > 0.0 { length.recip() } else { 1.0 };
        }
        let scaled = curvature.select_rows(free).select_columns(free);
        let scaled = DMatrix::from_fn(free.len(), free.len(), |i, j| {
            scaled[(i, j)] * scales[free[i]] * scales[free[j]]
        });
        let (mut matrix, mut rank) = (DMatrix::zeros(params, params), 0);
        let mut directions = Vec::new();
        for (value, vector) in eigenvectors(scaled) {
            let mut direction = DVector::zeros(params);
            for (&index, entry) in free.iter().zip(vector.iter()) {
                direction[index] = *entry;
            }
            if value > RANK_TOLERANCE {
                let step = direction.component_mul(&scales);
                matrix.ger(value.recip(), &step, &step, 1.0);
                rank += 1;
            } else {
                directions.push(direction);
            }
        }
        let mut unknown = Unknown { scales, directions: DMatrix::zeros(params, directions.len()) };
        for (mut column, direction) in unknown.directions.column_iter_mut().zip(&directions) {
            column.copy_from(direction);
        }
        Self { matrix, rank, unknown }
    }
}

/// The eigenvalues and eigenvectors of a symmetric matrix; zeros if it has entries that are not
/// finite.
fn eigenvectors(matrix: DMatrix<f64>) -> Vec<(f64, DVector<f64>)> {
    let count = matrix.nrows();
    let finite = matrix.iter().all(|entry| entry.is_finite());
    let matrix = if finite { matrix } else { DMatrix::zeros(count, count) };
    if count == 0 {
        return Vec::new();
    }
    let eigen = matrix.symmetric_eigen();
    let vectors = eigen.eigenvectors.column_iter().map(nalgebra::Matrix::into_owned);
    eigen.eigenvalues.iter().copied().zip(vectors).collect()
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
