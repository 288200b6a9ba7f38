//! The normal equations of Gauss-Newton, as sums over any number of residuals.

use filterbank_core::ShapeError;
use nalgebra::{DMatrix, DVector};

use crate::fit::loss::Loss;
use crate::rows::dots;

/// The normal equations of residuals `r` with the Jacobian `J`, as sums over all residuals. Memory
/// does not grow with the number of residuals.
///
/// ```
/// use filterbank::fit::NormalEquations;
///
/// // r = p₀ x + p₁ − y at p = (0, 0), for y = 3 x + 2: one step of Gauss-Newton finds p.
/// let x = [0.0, 1.0, 2.0, 3.0];
/// let residuals = x.map(|x| -(3.0 * x + 2.0));
/// let derivatives = [0.0, 1.0, 2.0, 3.0, /* by p₁ */ 1.0, 1.0, 1.0, 1.0];
/// let mut sums = NormalEquations::zeros(2);
/// sums.add(&residuals, &derivatives)?;
/// let step = sums.matrix().clone().cholesky().ok_or("singular")?.solve(&-sums.gradient());
/// assert!((step[0] - 3.0).abs() < 1e-12 && (step[1] - 2.0).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct NormalEquations {
    pub(super) cost: f64,
    pub(super) matrix: DMatrix<f64>,
    pub(super) gradient: DVector<f64>,
    pub(super) count: usize,
}

impl NormalEquations {
    /// No residuals yet, for this number of parameters.
    pub fn zeros(params: usize) -> Self {
        Self {
            cost: 0.0,
            matrix: DMatrix::zeros(params, params),
            gradient: DVector::zeros(params),
            count: 0,
        }
    }

    /// Removes all residuals.
    pub(super) fn clear(&mut self) {
        self.cost = 0.0;
        self.matrix.fill(0.0);
        self.gradient.fill(0.0);
        self.count = 0;
    }

    /// Half the sum of the squared residuals (of their losses, if another loss is used).
    pub fn cost(&self) -> f64 {
        self.cost
    }

    /// `J'J`.
    pub fn matrix(&self) -> &DMatrix<f64> {
        &self.matrix
    }

    /// `J'r`: the gradient of the cost.
    pub fn gradient(&self) -> &DVector<f64> {
        &self.gradient
    }

    /// The number of residuals.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Adds residuals, `[time]`, and their derivatives, `[params, time]`, as
    /// [`Sensitivities::process`](crate::Sensitivities::process) returns them for a cascade.
    ///
    /// # Errors
    ///
    /// If the number of derivatives is not the number of parameters times the number of residuals.
    /// Nothing has been added then.
    pub fn add(&mut self, residuals: &[f64], derivatives: &[f64]) -> Result<(), ShapeError> {
        let (params, time) = (self.gradient.len(), residuals.len());
        ShapeError::check("derivatives", params * time, derivatives.len())?;
        if time > 0 {
            for (gradient, column) in self.gradient.iter_mut().zip(derivatives.chunks_exact(time)) {
                *gradient += dots(column, [residuals])[0];
            }
            add_products(&mut self.matrix, derivatives, derivatives, time);
        }
        self.cost += 0.5 * dots(residuals, [residuals])[0];
        self.count += time;
        Ok(())
    }

    /// As [`add`](NormalEquations::add), with another loss: the sums are `J'WJ` and `J'Wr`, with
    /// `W` the derivatives of the loss by the squared residuals. Overwrites its arguments.
    pub(super) fn add_with_loss(
        &mut self,
        loss: Loss,
        residuals: &mut [f64],
        derivatives: &mut [f64],
    ) -> Result<(), ShapeError> {
        if loss == Loss::Squared {
            return self.add(residuals, derivatives);
        }
        let time = residuals.len();
        ShapeError::check("derivatives", self.gradient.len() * time, derivatives.len())?;
        let mut cost = self.cost;
        for (index, residual) in residuals.iter_mut().enumerate() {
            let (value, weight) = loss.of(*residual * *residual);
            let root = weight.sqrt();
            cost += 0.5 * value;
            *residual *= root;
            derivatives.iter_mut().skip(index).step_by(time).for_each(|entry| *entry *= root);
        }
        self.add(residuals, derivatives)?;
        self.cost = cost;
        Ok(())
    }

    /// Adds sums over other residuals, which depend on some of the parameters: `places` are the
    /// positions of theirs among these.
    pub(super) fn add_sums(&mut self, other: &Self, places: &[usize]) {
        for (i, &row) in places.iter().enumerate() {
            self.gradient[row] += other.gradient[i];
            for (j, &column) in places.iter().enumerate() {
                self.matrix[(row, column)] += other.matrix[(i, j)];
            }
        }
        self.cost += other.cost;
        self.count += other.count;
    }

    /// Sums of which none is a number.
    pub(super) fn not_finite(params: usize) -> Self {
        Self { cost: f64::NAN, ..Self::zeros(params) }
    }

    pub(super) fn is_finite(&self) -> bool {
        let mut entries = self.matrix.iter().chain(self.gradient.iter());
        self.cost.is_finite() && entries.all(|entry| entry.is_finite())
    }
}

/// Adds `L'R` to a symmetric matrix: the products of the columns of `left` and `right`, which have
/// length `time`. `L` is `R`, or `R` with weighted rows.
pub(super) fn add_products(matrix: &mut DMatrix<f64>, left: &[f64], right: &[f64], time: usize) {
    let column = |index: usize| &right[index * time..][..time];
    for i in 0..matrix.nrows() {
        let row = &left[i * time..][..time];
        // Four columns at a time read the row only once.
        let mut j = 0;
        while j + 4 <= i + 1 {
            let four = dots(row, [column(j), column(j + 1), column(j + 2), column(j + 3)]);
            for (offset, sum) in four.into_iter().enumerate() {
                matrix[(i, j + offset)] += sum;
            }
            j += 4;
        }
        for j in j..=i {
            matrix[(i, j)] += dots(row, [column(j)])[0];
        }
    }
    matrix.fill_upper_triangle_with_lower_triangle();
}
