//! Fitting a filter to a curve over frequency.
//!
//! Level, complex response and group delay share one problem. A [`Measure`] gives the value and its
//! derivatives by the coefficients of sections in series, the design gives the derivatives of the
//! coefficients by the variables of the search, and the chain rule multiplies them. A parameter
//! costs only work in its own band.

mod group_delay;
mod level_errors;
mod magnitude;
mod response;
mod target;
#[cfg(test)]
mod tests;
mod weights;

use std::marker::PhantomData;
use std::ops::Range;

use filterbank_core::{CirclePoint, DesignError, Dual, Parameter, Quantity, Requirement, Section};
use nalgebra::{DMatrix, DVector};

use crate::fit::error::FitError;
use crate::fit::least_squares::{LeastSquares, Residuals, Solution};
use crate::fit::model::Model;
use crate::fit::result::Fit;
use crate::sensitivity::TunedSection;
use crate::tune::Tunable;

use weights::Weights;

pub use group_delay::{fit_group_delay, fit_weighted_group_delay};
pub(super) use magnitude::Level;
pub use magnitude::{fit_magnitude, fit_magnitude_from};
pub use response::{fit_response, fit_weighted_response};
use target::checked_penalty;
pub use target::{MagnitudeTarget, TargetError};

/// The number of values of a curve.
const COUNT: Parameter = Parameter::new("wanted.len()", Quantity::Count);

/// A measured quantity of sections in series at a frequency: `PARTS` numbers.
pub(super) trait Measure<const PARTS: usize> {
    /// The factor from the measure to the unit of the curve.
    const UNIT: f64;

    fn value(sections: &[Section<f64>], point: CirclePoint) -> [f64; PARTS];

    /// The value, and the derivatives of each part by the coefficients `[b0, b1, b2, a1, a2]` of
    /// each section.
    fn gradient(
        sections: &[TunedSection],
        point: CirclePoint,
        by_coefficients: &mut [[[f64; 5]; PARTS]],
    ) -> [f64; PARTS];
}

/// The wanted values at given frequencies. All weights are above 0.
pub(super) struct Curve<const PARTS: usize> {
    frequencies: Vec<f64>,
    wanted: [Vec<f64>; PARTS],
    weights: Weights,
    /// The penalty of a gain of 1 dB, as an error at every point.
    penalty: f64,
}

impl<const PARTS: usize> Curve<PARTS> {
    /// The curve without its points of weight 0, which may have any value.
    fn new(frequencies: &[f64], wanted: [&[f64]; PARTS], weights: &Weights) -> Self {
        let used = |values: &[f64]| weights.used().map(|point| values[point]).collect();
        Self {
            frequencies: used(frequencies),
            wanted: wanted.map(used),
            weights: weights.without_zeros(),
            penalty: 0.0,
        }
    }

    /// The residuals, part after part, without penalties.
    fn residual_count(&self) -> usize {
        PARTS * self.weights.residual_count()
    }

    /// The residuals of each part along frequency. A mean is not one of them.
    fn runs(&self) -> [Range<usize>; PARTS] {
        let length = self.weights.residual_count();
        std::array::from_fn(|part| part * length..part * length + self.weights.single_count())
    }

    /// The root-mean-square error that the fit reports. For a measure of several parts, their
    /// squares are summed.
    pub(super) fn rms(&self, residuals: &DVector<f64>) -> f64 {
        let errors = residuals.rows(0, self.residual_count());
        // A curve without points has no error.
        (errors.norm_squared() / self.weights.total().max(f64::MIN_POSITIVE)).sqrt()
    }

    /// Minimises the errors of a filter from given variables. The bounds of `method` are replaced
    /// by the filter's.
    pub(super) fn solve<M: Measure<PARTS>, T: Tunable>(
        &self,
        model: &Model<'_, T>,
        start: &[f64],
        method: &LeastSquares,
    ) -> Result<Solution, FitError<DesignError>> {
        let mut problem = CurveProblem::<M, T, PARTS>::new(model, self)?;
        let method = method.clone().bounds(model.limits());
        let params = |variables: &[f64]| model.params(variables);
        method.solve(start, &mut problem, |progress| method.observe(progress, params))
    }

    /// As [`solve`](Curve::solve), with the result in terms of the filter's parameters.
    fn fit<M: Measure<PARTS>, T: Tunable>(
        &self,
        model: &Model<'_, T>,
        start: &[f64],
        method: &LeastSquares,
    ) -> Result<Fit, FitError<DesignError>> {
        let solution = self.solve::<M, T>(model, start, method)?;
        let rms = self.rms(&solution.residuals);
        Ok(model.describe(solution.into_fit(self.runs(), rms)))
    }
}

/// The errors of a filter as a problem of least squares in the variables of its model.
struct CurveProblem<'a, M, T, const PARTS: usize> {
    model: &'a Model<'a, T>,
    curve: &'a Curve<PARTS>,
    points: Vec<CirclePoint>,
    /// Positions of the penalized gains.
    gains: Vec<usize>,
    /// The residual of a gain of 1 dB.
    penalty: f64,
    measure: PhantomData<M>,
}

impl<'a, M, T: Tunable, const PARTS: usize> CurveProblem<'a, M, T, PARTS> {
    fn new(
        model: &'a Model<'a, T>,
        curve: &'a Curve<PARTS>,
    ) -> Result<Self, FitError<DesignError>> {
        let points =
            points(&curve.frequencies, model.sample_rate()).map_err(FitError::Evaluation)?;
        let (params, residuals) = (model.count(), curve.residual_count());
        if params > residuals {
            return Err(FitError::Underdetermined { params, residuals });
        }
        let penalty = checked_penalty(curve.penalty).map_err(FitError::Target)?;
        let gains = if penalty == 0.0 { Vec::new() } else { model.gains() };
        let penalty = penalty * curve.weights.total().sqrt();
        Ok(Self { model, curve, points, gains, penalty, measure: PhantomData })
    }

    /// From errors, part after part, to residuals, and likewise for a column of derivatives.
    fn reduce(&self, errors: &[f64], residuals: &mut [f64]) {
        let weights = &self.curve.weights;
        // A curve may have no points, but chunks must not have length 0.
        let errors = errors.chunks_exact(self.points.len().max(1));
        let residuals = residuals.chunks_exact_mut(weights.residual_count().max(1));
        for (errors, residuals) in errors.zip(residuals) {
            weights.reduce(errors, residuals);
        }
    }

    /// From errors to residuals, followed by the residuals of the penalized gains.
    fn residuals_of(&self, errors: &[f64], variables: &[f64]) -> DVector<f64> {
        let count = self.curve.residual_count();
        let mut residuals = DVector::zeros(count + self.gains.len());
        self.reduce(errors, &mut residuals.as_mut_slice()[..count]);
        for (row, &gain) in (count..).zip(&self.gains) {
            residuals[row] = self.penalty * variables[gain];
        }
        residuals
    }
}

impl<M: Measure<PARTS>, T: Tunable, const PARTS: usize> Residuals
    for CurveProblem<'_, M, T, PARTS>
{
    type Error = DesignError;

    fn residuals(&mut self, variables: &[f64]) -> Result<DVector<f64>, DesignError> {
        let filter = self.model.filter(variables)?;
        let points = self.points.len();
        let mut errors = vec![0.0; PARTS * points];
        for (index, point) in self.points.iter().enumerate() {
            let value = M::value(filter.as_ref(), *point);
            for part in 0..PARTS {
                let wanted = self.curve.wanted[part][index];
                errors[part * points + index] = value[part] * M::UNIT - wanted;
            }
        }
        Ok(self.residuals_of(&errors, variables))
    }

    fn linearize(
        &mut self,
        variables: &[f64],
    ) -> Result<(DVector<f64>, DMatrix<f64>), DesignError> {
        let sections = self.model.sections(variables)?;
        let points = self.points.len();
        let mut errors = vec![0.0; PARTS * points];
        // One column for each variable, in the order of the errors.
        let mut slopes = vec![0.0; variables.len() * errors.len()];
        let mut has_effect = vec![false; variables.len()];
        let mut by_coefficients = vec![[[0.0; 5]; PARTS]; sections.len()];
        for (index, point) in self.points.iter().enumerate() {
            let value = M::gradient(&sections, *point, &mut by_coefficients);
            for part in 0..PARTS {
                let row = part * points + index;
                errors[row] = value[part] * M::UNIT - self.curve.wanted[part][index];
                for (tuned, by_coefficient) in sections.iter().zip(&by_coefficients) {
                    for (variable, by_variable) in &tuned.slopes {
                        let (slope, is_noise) = chain(&by_coefficient[part], by_variable);
                        slopes[variable * errors.len() + row] += M::UNIT * slope;
                        has_effect[*variable] |= !is_noise;
                    }
                }
            }
        }
        let columns = slopes.chunks_exact_mut(errors.len().max(1));
        columns.zip(has_effect).filter(|(_, any)| !any).for_each(|(column, _)| column.fill(0.0));
        let residuals = self.residuals_of(&errors, variables);
        let (rows, count) = (residuals.len(), self.curve.residual_count());
        let mut jacobian = DMatrix::zeros(rows, variables.len());
        let columns = jacobian.as_mut_slice().chunks_exact_mut(rows.max(1));
        for (column, slopes) in columns.zip(slopes.chunks_exact(errors.len().max(1))) {
            self.reduce(slopes, &mut column[..count]);
        }
        for (row, &gain) in (count..).zip(&self.gains) {
            jacobian[(row, gain)] = self.penalty;
        }
        Ok((residuals, jacobian))
    }
}

/// A derivative is rounding noise if it is at most this part of the terms that it is a sum of. The
/// frequency of a band at 0 dB has no effect, but the terms cancel only up to rounding: for a shelf
/// at 35 Hz and a sample rate of 48 kHz, to 6e-14.
const CHAIN_NOISE: f64 = 1e-10;

/// The chain rule: the derivative by a variable, and whether it is rounding noise.
fn chain(by_coefficients: &[f64; 5], by_variable: &[f64; 5]) -> (f64, bool) {
    let products = by_coefficients.iter().zip(by_variable).map(|(a, b)| a * b);
    let size: f64 = products.clone().map(f64::abs).sum();
    let slope: f64 = products.sum();
    (slope, slope.abs() <= CHAIN_NOISE * size)
}

/// The points of frequencies on the unit circle.
fn points(frequencies: &[f64], sample_rate: f64) -> Result<Vec<CirclePoint>, DesignError> {
    let nyquist = sample_rate / 2.0;
    let outside = |frequency: &&f64| !(0.0..=nyquist).contains(*frequency);
    if let Some(&frequency) = frequencies.iter().find(outside) {
        let requirement = Requirement::InsideNyquist { nyquist };
        return Err(DesignError::new(Parameter::FREQUENCY, frequency, requirement));
    }
    Ok(frequencies.iter().map(|f| CirclePoint::at(*f, sample_rate)).collect())
}

/// Checks that there is a value for each frequency.
fn check_count(frequencies: &[f64], values: usize) -> Result<(), FitError<DesignError>> {
    let expected = frequencies.len();
    if values == expected {
        return Ok(());
    }
    let requirement = Requirement::Count { expected };
    Err(FitError::Evaluation(DesignError::new(COUNT, values as f64, requirement)))
}

/// A section whose coefficients are the variables of differentiation.
fn seeded(section: &Section<f64>) -> Section<Dual<f64, 5>> {
    Section::from_coefficients(Dual::seed(section.coefficients()))
}
