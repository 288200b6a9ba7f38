//! Covariance and standard errors of fitted parameters, for every fit.

use nalgebra::{Cholesky, DMatrix};

use crate::fit::normal_equations::NormalEquations;

/// `σ² (J'J)⁻¹` of the parameters that are not held at a bound, with `σ²` estimated from the
/// squared residuals; 0 for the others. `None` if the residuals do not determine the parameters.
pub(super) fn covariance(sums: &NormalEquations, at_bound: &[bool]) -> Option<DMatrix<f64>> {
    let free: Vec<usize> = (0..at_bound.len()).filter(|index| !at_bound[*index]).collect();
    let surplus = sums.count.checked_sub(free.len()).filter(|n| *n > 0)?;
    let variance = 2.0 * sums.cost / surplus as f64;
    let matrix = sums.matrix.select_rows(&free).select_columns(&free);
    let inverse = Cholesky::new(matrix)?.inverse() * variance;
    let mut covariance = DMatrix::zeros(at_bound.len(), at_bound.len());
    for (row, &i) in free.iter().enumerate() {
        for (column, &j) in free.iter().enumerate() {
            covariance[(i, j)] = inverse[(row, column)];
        }
    }
    Some(covariance)
}

/// The standard error of each parameter.
pub(super) fn standard_errors(covariance: &DMatrix<f64>) -> Vec<f64> {
    covariance.diagonal().iter().map(|variance| variance.sqrt()).collect()
}

/// The standard errors of parameters from the standard errors of variables, by the derivative of
/// each parameter by its variable.
pub(super) fn scale_errors(errors: &mut [f64], slopes: &[f64]) {
    for (error, slope) in errors.iter_mut().zip(slopes) {
        *error *= slope;
    }
}

/// The covariance of parameters from the covariance of variables.
pub(super) fn scale_covariance(covariance: &mut DMatrix<f64>, slopes: &[f64]) {
    for (i, row) in slopes.iter().enumerate() {
        for (j, column) in slopes.iter().enumerate() {
            covariance[(i, j)] *= row * column;
        }
    }
}
