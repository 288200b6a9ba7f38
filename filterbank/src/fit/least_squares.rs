//! Nonlinear least squares with bounds.

use std::fmt;
use std::ops::ControlFlow;

use nalgebra::{Cholesky, DMatrix, DVector};

/// A problem of least squares: numbers that should be zero, and how they depend on parameters.
pub trait Residuals {
    /// Why an evaluation may fail. A step into such a region is taken back and made shorter.
    type Error;

    /// The residuals at `params`.
    ///
    /// # Errors
    ///
    /// If they cannot be computed there.
    fn residuals(&mut self, params: &[f64]) -> Result<DVector<f64>, Self::Error>;

    /// The residuals and their derivatives, a row for each residual, a column for each parameter.
    ///
    /// # Errors
    ///
    /// If they cannot be computed there.
    fn linearize(&mut self, params: &[f64]) -> Result<(DVector<f64>, DMatrix<f64>), Self::Error>;
}

/// How much a large residual counts.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub enum Loss {
    /// Its square: best for noise without outliers.
    #[default]
    Squared,
    /// Its square up to this size, linearly beyond (Huber).
    Huber(f64),
    /// The logarithm of its square beyond about this size (Cauchy): outliers hardly count.
    Cauchy(f64),
}

impl Loss {
    /// The loss of a squared residual, and its derivative by that square.
    fn of(self, square: f64) -> (f64, f64) {
        match self {
            Self::Huber(size) if square > size * size => {
                let residual = square.sqrt();
                (2.0 * size * residual - size * size, size / residual)
            }
            Self::Squared | Self::Huber(_) => (square, 1.0),
            Self::Cauchy(size) => {
                let relative = square / (size * size);
                (size * size * relative.ln_1p(), 1.0 / (1.0 + relative))
            }
        }
    }
}

/// The Levenberg-Marquardt method with bounds: parameters at a bound that the cost pushes
/// outwards are held there; the others take damped Gauss-Newton steps, cut off at their bounds.
///
/// Damping follows H. B. Nielsen, *Damping Parameter in Marquardt's Method* (1999); parameters
/// are scaled by the lengths of the Jacobian's columns, as in J. J. Moré, *The
/// Levenberg-Marquardt Algorithm: Implementation and Theory* (1978).
#[derive(Clone, Debug, PartialEq)]
pub struct LeastSquares {
    bounds: Vec<(f64, f64)>,
    loss: Loss,
    max_iterations: usize,
    cost_tolerance: f64,
    step_tolerance: f64,
    gradient_tolerance: f64,
    /// After so many iterations a larger cost than this is given up.
    give_up: Option<(usize, f64)>,
}

impl Default for LeastSquares {
    fn default() -> Self {
        Self {
            bounds: Vec::new(),
            loss: Loss::Squared,
            max_iterations: 200,
            cost_tolerance: 1e-12,
            step_tolerance: 1e-10,
            gradient_tolerance: 1e-10,
            give_up: None,
        }
    }
}

/// How far a minimisation has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress<'a> {
    /// Iterations so far.
    pub iteration: usize,
    /// Half the sum of the losses of all residuals.
    pub cost: f64,
    /// The best parameters so far.
    pub params: &'a [f64],
}

/// Why a minimisation has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stop {
    /// The gradient vanishes: a minimum, as exact as the numbers allow.
    Gradient,
    /// The cost no longer falls by more than rounding.
    Cost,
    /// The parameters no longer move.
    Step,
    /// The limit of iterations was reached; more may help.
    Iterations,
    /// The observer said so.
    Observer,
    /// After the given number of iterations the cost was still above the given limit.
    Hopeless,
}

impl Stop {
    /// Whether a minimum was found.
    pub fn converged(self) -> bool {
        matches!(self, Self::Gradient | Self::Cost | Self::Step)
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gradient => "converged: the gradient vanishes",
            Self::Cost => "converged: the cost no longer falls",
            Self::Step => "converged: the parameters no longer move",
            Self::Iterations => "not converged: the limit of iterations was reached",
            Self::Observer => "stopped by the observer",
            Self::Hopeless => "given up: the cost is still above the limit that was set",
        })
    }
}

/// Where a minimisation has ended.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Solution {
    /// The best parameters.
    pub params: Vec<f64>,
    /// Half the sum of the losses of all residuals there.
    pub cost: f64,
    /// The residuals there.
    pub residuals: DVector<f64>,
    /// Their derivatives there.
    pub jacobian: DMatrix<f64>,
    /// Which parameters are held at a bound.
    pub at_bound: Vec<bool>,
    /// Iterations that were made.
    pub iterations: usize,
    /// Why it ended.
    pub stop: Stop,
}

/// A problem that cannot be started.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum FitError<E> {
    /// There are not as many bounds as parameters.
    BoundCount {
        /// Number of parameters.
        expected: usize,
        /// Number of bounds.
        found: usize,
    },
    /// The lower bound lies above the upper one, or one of them is NaN.
    EmptyBounds {
        /// The parameter's position.
        index: usize,
        /// Its bounds.
        bounds: (f64, f64),
    },
    /// The start lies outside the bounds or is not finite.
    Start {
        /// The parameter's position.
        index: usize,
        /// Where it starts.
        value: f64,
        /// Its bounds.
        bounds: (f64, f64),
    },
    /// A residual or derivative at the start is infinite or NaN.
    NotFinite {
        /// The residual's position.
        index: usize,
    },
    /// There are more parameters than residuals.
    Underdetermined {
        /// Number of parameters.
        params: usize,
        /// Number of residuals.
        residuals: usize,
    },
    /// The residuals cannot be computed at the start.
    Evaluation(E),
}

impl<E: fmt::Display> fmt::Display for FitError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BoundCount { expected, found } => {
                write!(f, "there are {found} bounds for {expected} parameters")
            }
            Self::EmptyBounds { index, bounds: (low, high) } => {
                write!(f, "the bounds {low} to {high} of parameter {index} are empty")
            }
            Self::Start { index, value, bounds: (low, high) } => {
                write!(f, "parameter {index} starts at {value}, outside its bounds {low} to {high}")
            }
            Self::NotFinite { index } => {
                write!(f, "residual {index} or its derivatives are not finite at the start")
            }
            Self::Underdetermined { params, residuals } => {
                write!(f, "{residuals} residuals cannot determine {params} parameters")
            }
            Self::Evaluation(error) => write!(f, "{error}"),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> std::error::Error for FitError<E> {}

impl LeastSquares {
    /// Without bounds, with squared loss and at most 200 iterations.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps each parameter between two values, which may be infinite.
    #[must_use]
    pub fn bounds(self, bounds: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Self { bounds: bounds.into_iter().collect(), ..self }
    }

    /// Uses another loss.
    #[must_use]
    pub fn loss(self, loss: Loss) -> Self {
        Self { loss, ..self }
    }

    /// Stops after so many iterations.
    #[must_use]
    pub fn max_iterations(self, max_iterations: usize) -> Self {
        Self { max_iterations, ..self }
    }

    /// Stops when an iteration lowers the cost by less than this fraction of it.
    #[must_use]
    pub fn cost_tolerance(self, cost_tolerance: f64) -> Self {
        Self { cost_tolerance, ..self }
    }

    /// Gives up if the cost is still above `limit` after so many iterations: for searches that
    /// try many starts.
    #[must_use]
    pub fn give_up(self, iterations: usize, limit: f64) -> Self {
        Self { give_up: Some((iterations, limit)), ..self }
    }

    /// Minimises from `start`.
    ///
    /// # Errors
    ///
    /// If the problem cannot be started: see [`FitError`].
    ///
    /// ```
    /// use filterbank::fit::{LeastSquares, Stop};
    /// use filterbank::Scalar;
    ///
    /// // Rosenbrock's valley.
    /// let solution = LeastSquares::new().minimize_fn(&[-1.2, 1.0], |p| {
    ///     let [x, y] = [p[0], p[1]];
    ///     vec![(y - x * x).scale(10.0), -x + 1.0]
    /// })?;
    /// assert!(solution.stop.converged(), "{}", solution.stop);
    /// assert!((solution.params[0] - 1.0).abs() < 1e-8);
    /// # Ok::<(), filterbank::fit::FitError<std::convert::Infallible>>(())
    /// ```
    pub fn minimize<R: Residuals>(
        &self,
        start: &[f64],
        problem: &mut R,
    ) -> Result<Solution, FitError<R::Error>> {
        self.minimize_observed(start, problem, |_| ControlFlow::Continue(()))
    }

    /// Minimises a closure's outputs, differentiated as by [`jacobian`](crate::jacobian).
    ///
    /// # Errors
    ///
    /// As [`minimize`](LeastSquares::minimize).
    pub fn minimize_fn<F, O>(&self, start: &[f64], f: F) -> Result<Solution, FitError<O::Error>>
    where
        F: FnMut(&[crate::Number]) -> O,
        O: crate::Outputs,
    {
        self.minimize(start, &mut Closure(f))
    }

    /// Minimises, and shows `observer` every iteration; it may stop it.
    ///
    /// # Errors
    ///
    /// As [`minimize`](LeastSquares::minimize).
    pub fn minimize_observed<R: Residuals>(
        &self,
        start: &[f64],
        problem: &mut R,
        mut observer: impl FnMut(Progress<'_>) -> ControlFlow<()>,
    ) -> Result<Solution, FitError<R::Error>> {
        let bounds = self.checked_bounds(start)?;
        let mut at =
            Linearization::new(self.loss, start.to_vec(), problem).map_err(FitError::Evaluation)?;
        at.check_start()?;
        let mut damping = Damping::default();
        let mut scales = DVector::zeros(start.len());

        for iteration in 0..self.max_iterations {
            let progress = Progress { iteration, cost: at.cost, params: &at.params };
            if observer(progress).is_break() {
                return Ok(at.into_solution(&bounds, iteration, Stop::Observer));
            }
            if self.give_up.is_some_and(|(limit, cost)| iteration >= limit && at.cost > cost) {
                return Ok(at.into_solution(&bounds, iteration, Stop::Hopeless));
            }
            at.raise_scales(&mut scales);
            let free = at.free(&bounds);
            if at.gradient_vanishes(&free, self.gradient_tolerance) {
                return Ok(at.into_solution(&bounds, iteration, Stop::Gradient));
            }
            // Shorter steps until one lowers the cost.
            let accepted = loop {
                let Some(step) = at.step(&free, &bounds, &scales, damping.lambda) else {
                    if !damping.raise() {
                        break None;
                    }
                    continue;
                };
                if step.length <= self.step_tolerance * at.length(&scales) {
                    return Ok(at.into_solution(&bounds, iteration, Stop::Step));
                }
                let cost = at.cost_at(&step.params, problem);
                let gain = (at.cost - cost) / step.predicted;
                if gain > 1e-4 {
                    damping.lower(gain);
                    break Some((step, cost));
                }
                if step.predicted <= self.cost_tolerance * at.cost {
                    return Ok(at.into_solution(&bounds, iteration, Stop::Cost));
                }
                if !damping.raise() {
                    break None;
                }
            };
            let Some((step, cost)) = accepted else {
                return Ok(at.into_solution(&bounds, iteration, Stop::Step));
            };
            let settled = at.cost - cost <= self.cost_tolerance * at.cost;
            match Linearization::new(self.loss, step.params, problem) {
                Ok(next) => at = next,
                Err(_) => return Ok(at.into_solution(&bounds, iteration, Stop::Step)),
            }
            if settled {
                return Ok(at.into_solution(&bounds, iteration + 1, Stop::Cost));
            }
        }
        Ok(at.into_solution(&bounds, self.max_iterations, Stop::Iterations))
    }

    fn checked_bounds<E>(&self, start: &[f64]) -> Result<Vec<(f64, f64)>, FitError<E>> {
        let bounds = if self.bounds.is_empty() {
            vec![(f64::NEG_INFINITY, f64::INFINITY); start.len()]
        } else {
            self.bounds.clone()
        };
        if bounds.len() != start.len() {
            return Err(FitError::BoundCount { expected: start.len(), found: bounds.len() });
        }
        for (index, (&value, &(low, high))) in start.iter().zip(&bounds).enumerate() {
            if low.is_nan() || high.is_nan() || low > high {
                return Err(FitError::EmptyBounds { index, bounds: (low, high) });
            }
            if !value.is_finite() || value < low || value > high {
                return Err(FitError::Start { index, value, bounds: (low, high) });
            }
        }
        Ok(bounds)
    }
}

/// A closure as a problem.
struct Closure<F>(F);

impl<F, O> Residuals for Closure<F>
where
    F: FnMut(&[crate::Number]) -> O,
    O: crate::Outputs,
{
    type Error = O::Error;

    fn residuals(&mut self, params: &[f64]) -> Result<DVector<f64>, O::Error> {
        // One run: no parameter is seeded.
        let (values, _) = crate::jacobian_vector(params, &[], &mut self.0)?;
        Ok(DVector::from_vec(values))
    }

    fn linearize(&mut self, params: &[f64]) -> Result<(DVector<f64>, DMatrix<f64>), O::Error> {
        let (values, jacobian) = crate::jacobian(params, &mut self.0)?;
        Ok((DVector::from_vec(values), jacobian.to_matrix()))
    }
}

/// The damping of Gauss-Newton steps.
struct Damping {
    lambda: f64,
    factor: f64,
}

impl Default for Damping {
    fn default() -> Self {
        Self { lambda: 1e-3, factor: 2.0 }
    }
}

impl Damping {
    /// After a step whose gain was this fraction of the predicted one.
    fn lower(&mut self, gain: f64) {
        self.lambda = (self.lambda * (1.0 - (2.0 * gain - 1.0).powi(3)).max(1.0 / 3.0)).max(1e-12);
        self.factor = 2.0;
    }

    /// After a step that was refused; whether a shorter one makes sense.
    fn raise(&mut self) -> bool {
        self.lambda *= self.factor;
        self.factor *= 2.0;
        self.lambda < 1e16
    }
}

/// The problem around one point.
struct Linearization {
    loss: Loss,
    params: Vec<f64>,
    cost: f64,
    residuals: DVector<f64>,
    jacobian: DMatrix<f64>,
    /// `J'WJ` and `J'Wr`, `W` being the weights of the loss.
    normal: DMatrix<f64>,
    gradient: DVector<f64>,
}

/// A step that could be made.
struct Step {
    params: Vec<f64>,
    /// By how much the linearized cost would fall.
    predicted: f64,
    /// In scaled parameters.
    length: f64,
}

impl Linearization {
    fn new<R: Residuals>(loss: Loss, params: Vec<f64>, problem: &mut R) -> Result<Self, R::Error> {
        let (residuals, jacobian) = problem.linearize(&params)?;
        let cost = total_cost(loss, &residuals);
        let (normal, gradient) = if loss == Loss::Squared {
            (jacobian.tr_mul(&jacobian), jacobian.tr_mul(&residuals))
        } else {
            let mut weighted = jacobian.clone();
            for (mut row, residual) in weighted.row_iter_mut().zip(&residuals) {
                row *= loss.of(residual * residual).1;
            }
            (weighted.tr_mul(&jacobian), weighted.tr_mul(&residuals))
        };
        Ok(Self { loss, params, cost, residuals, jacobian, normal, gradient })
    }

    fn check_start<E>(&self) -> Result<(), FitError<E>> {
        let (residuals, params) = self.jacobian.shape();
        if params > residuals {
            return Err(FitError::Underdetermined { params, residuals });
        }
        let finite = |index: usize| {
            let row = self.jacobian.row(index);
            self.residuals[index].is_finite() && row.iter().all(|entry| entry.is_finite())
        };
        match (0..residuals).find(|index| !finite(*index)) {
            Some(index) => Err(FitError::NotFinite { index }),
            None => Ok(()),
        }
    }

    fn cost_at<R: Residuals>(&self, params: &[f64], problem: &mut R) -> f64 {
        match problem.residuals(params) {
            Ok(residuals) => {
                let cost = total_cost(self.loss, &residuals);
                if cost.is_nan() { f64::INFINITY } else { cost }
            }
            Err(_) => f64::INFINITY,
        }
    }

    /// The scale of a parameter never falls: a column of the Jacobian that vanishes for a while
    /// must not let its parameter run away.
    fn raise_scales(&self, scales: &mut DVector<f64>) {
        for (scale, square) in scales.iter_mut().zip(self.normal.diagonal().iter()) {
            *scale = scale.max(square.sqrt());
        }
    }

    /// The parameters that are not held at a bound by the gradient.
    fn free(&self, bounds: &[(f64, f64)]) -> Vec<usize> {
        let held = |index: usize| {
            let (value, (low, high)) = (self.params[index], bounds[index]);
            (value <= low && self.gradient[index] >= 0.0)
                || (value >= high && self.gradient[index] <= 0.0)
        };
        (0..self.params.len()).filter(|index| !held(*index)).collect()
    }

    /// Whether the residuals are orthogonal to every column of the Jacobian.
    fn gradient_vanishes(&self, free: &[usize], tolerance: f64) -> bool {
        let length = (2.0 * self.cost).sqrt();
        free.iter().all(|&index| {
            let column = self.normal[(index, index)].sqrt();
            self.gradient[index].abs() <= tolerance * column * length
        })
    }

    fn length(&self, scales: &DVector<f64>) -> f64 {
        let squares = self.params.iter().zip(scales.iter()).map(|(x, s)| (x * s).powi(2));
        squares.sum::<f64>().sqrt().max(f64::MIN_POSITIVE)
    }

    /// The damped step in the free parameters, cut off at the bounds; `None` if it cannot be
    /// computed or promises nothing.
    fn step(
        &self,
        free: &[usize],
        bounds: &[(f64, f64)],
        scales: &DVector<f64>,
        lambda: f64,
    ) -> Option<Step> {
        let mut damped = self.normal.select_rows(free).select_columns(free);
        for (position, &index) in free.iter().enumerate() {
            let scale = scales[index].max(1e-150);
            damped[(position, position)] += lambda * scale * scale;
        }
        let wanted = Cholesky::new(damped)?.solve(&-self.gradient.select_rows(free));
        let mut params = self.params.clone();
        let mut step = DVector::zeros(params.len());
        for (position, &index) in free.iter().enumerate() {
            let (low, high) = bounds[index];
            params[index] = (params[index] + wanted[position]).clamp(low, high);
            step[index] = params[index] - self.params[index];
        }
        let predicted = -(self.gradient.dot(&step) + 0.5 * step.dot(&(&self.normal * &step)));
        let length = step.component_mul(scales).norm();
        (predicted > 0.0).then_some(Step { params, predicted, length })
    }

    fn into_solution(self, bounds: &[(f64, f64)], iterations: usize, stop: Stop) -> Solution {
        let free = self.free(bounds);
        let at_bound = (0..self.params.len()).map(|index| !free.contains(&index)).collect();
        let Self { params, cost, residuals, jacobian, .. } = self;
        Solution { params, cost, residuals, jacobian, at_bound, iterations, stop }
    }
}

fn total_cost(loss: Loss, residuals: &DVector<f64>) -> f64 {
    0.5 * residuals.iter().map(|residual| loss.of(residual * residual).0).sum::<f64>()
}

impl Solution {
    /// The covariance of the parameters, if the residuals are independent and equally noisy:
    /// `σ² (J'J)⁻¹`, with `σ²` from what is left of the residuals. Parameters at a bound are taken
    /// as known. `None` if the residuals do not determine the parameters.
    pub fn covariance(&self) -> Option<DMatrix<f64>> {
        let count = self.params.len();
        let free: Vec<usize> = (0..count).filter(|index| !self.at_bound[*index]).collect();
        let surplus = self.residuals.len().checked_sub(free.len()).filter(|n| *n > 0)?;
        let variance = self.residuals.norm_squared() / surplus as f64;
        let columns = self.jacobian.select_columns(&free);
        let inverse = Cholesky::new(columns.tr_mul(&columns))?.inverse() * variance;
        let mut covariance = DMatrix::zeros(count, count);
        for (row, &i) in free.iter().enumerate() {
            for (column, &j) in free.iter().enumerate() {
                covariance[(i, j)] = inverse[(row, column)];
            }
        }
        Some(covariance)
    }

    /// The standard error of each parameter; 0 for one at a bound. `None` as for
    /// [`covariance`](Solution::covariance).
    pub fn standard_errors(&self) -> Option<Vec<f64>> {
        Some(self.covariance()?.diagonal().iter().map(|variance| variance.sqrt()).collect())
    }

    /// The root of the mean squared residual.
    pub fn rms(&self) -> f64 {
        (self.residuals.norm_squared() / self.residuals.len().max(1) as f64).sqrt()
    }
}
