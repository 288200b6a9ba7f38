//! Nonlinear least squares with bounds.

use std::iter;
use std::ops::{ControlFlow, Range};

use nalgebra::{DMatrix, DVector};

use crate::ad::{Number, Outputs, jacobian, jacobian_vector};
use crate::fit::error::{FitError, check_within, closure_name};
use crate::fit::levenberg_marquardt::{Limits, Minimum, Objective, Observer, Progress, minimize};
use crate::fit::loss::{Loss, SIZES};
use crate::fit::normal_equations::NormalEquations;
use crate::fit::result::Fit;
use crate::fit::statistics::Statistics;

/// A least-squares problem: residuals and their derivatives by parameters.
pub trait Residuals {
    /// The error of a failed evaluation. If an evaluation fails, the step is rejected and a shorter
    /// one is tried.
    type Error;

    /// The residuals at `params`.
    ///
    /// # Errors
    ///
    /// If they cannot be computed at `params`.
    fn residuals(&mut self, params: &[f64]) -> Result<DVector<f64>, Self::Error>;

    /// The residuals and their derivatives, a row for each residual, a column for each parameter.
    ///
    /// # Errors
    ///
    /// If they cannot be computed at `params`.
    fn linearize(&mut self, params: &[f64]) -> Result<(DVector<f64>, DMatrix<f64>), Self::Error>;
}

/// The Levenberg-Marquardt method with bounds. A parameter at a bound is held there while the
/// gradient pushes it outwards; the others take damped Gauss-Newton steps, clipped to their bounds.
///
/// [`Stop`](crate::fit::Stop) says what each end means, and which of them are minima.
///
/// Damping follows H. B. Nielsen, *Damping Parameter in Marquardt's Method* (1999). Parameters
/// are scaled by the lengths of the columns of the Jacobian, as in J. J. Moré, *The
/// Levenberg-Marquardt Algorithm: Implementation and Theory* (1978), but never by so little that a
/// parameter without effect could run away.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeastSquares {
    bounds: Vec<(f64, f64)>,
    loss: Loss,
    noise: Option<f64>,
    limits: Limits,
    observer: Option<Observer>,
}

impl LeastSquares {
    /// Without bounds, with squared loss and at most 1,000 iterations.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps each parameter between two values, which may be infinite.
    #[must_use]
    pub fn bounds(self, bounds: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Self { bounds: bounds.into_iter().collect(), ..self }
    }

    /// Uses another loss. The [covariance](Fit::covariance) is that of the loss.
    #[must_use]
    pub fn loss(self, loss: Loss) -> Self {
        Self { loss, ..self }
    }

    /// Takes the standard deviation of the weighted residuals as known, instead of estimating it
    /// from them: for repeated measurements, or an instrument whose noise is known. If the weight of
    /// each point is the inverse of its variance, it is 1. It scales the standard errors, and
    /// [`Fit::chi_square`] tells whether the model explains the data. The best parameters do not
    /// depend on it, and the standard errors of a robust loss do not need it.
    ///
    /// It must lie between 1e-150 and 1e150: a fit with another one is refused.
    ///
    /// ```
    /// use filterbank::fit::LeastSquares;
    ///
    /// // The mean of four values, each with a standard deviation of 0.2.
    /// let values = [1.1, 0.7, 1.0, 1.2];
    /// let mean = LeastSquares::new().noise(0.2);
    /// let fit = mean.minimize_fn(&[0.0], |p| values.map(|value| p[0] - value))?;
    /// assert!((fit.standard_errors[0].ok_or("not determined")? - 0.1).abs() < 1e-12);
    /// // Σ (value − 1)² / 0.2²
    /// assert!((fit.chi_square().ok_or("unknown noise")? - 3.5).abs() < 1e-12);
    /// assert_eq!(fit.degrees_of_freedom, 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn noise(self, standard_deviation: f64) -> Self {
        Self { noise: Some(standard_deviation), ..self }
    }

    /// Stops after this number of iterations.
    #[must_use]
    pub fn max_iterations(mut self, max_iterations: usize) -> Self {
        self.limits.max_iterations = max_iterations;
        self
    }

    /// Stops when an iteration lowers the cost by less than this fraction, from 0 to below 1. A fit with
    /// another tolerance is refused.
    #[must_use]
    pub fn cost_tolerance(mut self, cost_tolerance: f64) -> Self {
        self.limits.cost_tolerance = cost_tolerance;
        self
    }

    /// Calls `observer` in every iteration of a fit. If it breaks, the fit stops, and returns the best
    /// parameters so far with [`Stop::Observer`](crate::fit::Stop::Observer).
    ///
    /// A fitted delay is tried from several starts, whose iterations are counted one by one. (The search
    /// of a [`ParametricEq`](crate::fit::ParametricEq) has an observer of its own.)
    ///
    /// ```
    /// use std::ops::ControlFlow;
    ///
    /// use filterbank::fit::{LeastSquares, Stop, fit_response};
    /// use filterbank::{Band, Tune, TunableCascade};
    ///
    /// let wanted = Band::resonant_lowpass(900.0, 2.0).design(8_000.0)?;
    /// let frequencies: Vec<f64> = (1..40).map(|i| 100.0 * f64::from(i)).collect();
    /// let response: Vec<_> = frequencies.iter().map(|f| wanted.response(*f)).collect();
    /// let band = Band::resonant_lowpass(Tune::free(700.0), Tune::from(2.0));
    /// let model = TunableCascade::new([("low", band)], 8_000.0)?;
    ///
    /// let method = LeastSquares::new().observer(|progress| {
    ///     println!("{}: {} Hz", progress.iteration, progress.params[0]);
    ///     if progress.iteration < 2 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    /// });
    /// let fit = fit_response(&model, &frequencies, &response, &method)?;
    /// assert_eq!((fit.stop, fit.iterations), (Stop::Observer, 2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn observer(
        self,
        observer: impl Fn(Progress<'_>) -> ControlFlow<()> + Send + Sync + 'static,
    ) -> Self {
        Self { observer: Some(Observer::new(observer)), ..self }
    }

    /// Shows the observer the progress, with the parameters that `params` makes of the variables.
    pub(super) fn observe(
        &self,
        progress: Progress<'_>,
        params: impl FnOnce(&[f64]) -> Vec<f64>,
    ) -> ControlFlow<()> {
        match &self.observer {
            None => ControlFlow::Continue(()),
            Some(observer) => {
                let params = params(progress.params);
                observer.observe(Progress { params: &params, ..progress })
            }
        }
    }

    /// Stops at small steps, minimum or not: for tries whose stop nobody sees.
    #[must_use]
    pub(super) fn hasty(mut self) -> Self {
        self.limits.hasty = true;
        self
    }

    /// Gives up if the cost is above `limit` after this number of iterations, for searches from
    /// many starts.
    #[must_use]
    pub fn give_up(mut self, iterations: usize, limit: f64) -> Self {
        self.limits.give_up = Some((iterations, limit));
        self
    }

    /// Minimises from `start`.
    ///
    /// # Errors
    ///
    /// If the fit cannot start: see [`FitError`].
    ///
    /// ```
    /// use filterbank::fit::{LeastSquares, Stop};
    /// use filterbank::Scalar;
    ///
    /// // Rosenbrock's valley.
    /// let fit = LeastSquares::new().minimize_fn(&[-1.2, 1.0], |p| {
    ///     let [x, y] = [p[0], p[1]];
    ///     vec![(y - x * x).scale(10.0), -x + 1.0]
    /// })?;
    /// assert!(fit.stop.converged(), "{}", fit.stop);
    /// assert!((fit.params[0] - 1.0).abs() < 1e-8);
    /// # Ok::<(), filterbank::fit::FitError<std::convert::Infallible>>(())
    /// ```
    pub fn minimize<R: Residuals>(
        &self,
        start: &[f64],
        problem: &mut R,
    ) -> Result<Fit, FitError<R::Error>> {
        self.minimize_observed(start, problem, |_| ControlFlow::Continue(()))
    }

    /// Minimises with the outputs of a closure as residuals, differentiated by
    /// [`jacobian`](fn@crate::jacobian). Every run must return as many outputs as the first.
    ///
    /// # Errors
    ///
    /// As [`minimize`](LeastSquares::minimize).
    pub fn minimize_fn<F, O>(&self, start: &[f64], f: F) -> Result<Fit, FitError<O::Error>>
    where
        F: FnMut(&[Number]) -> O,
        O: Outputs,
    {
        let mut problem = Closure { f, count: None, changed: None };
        let fit = self.minimize(start, &mut problem);
        match problem.changed {
            Some((expected, found)) => Err(FitError::ResidualCount { expected, found }),
            None => fit,
        }
    }

    /// Minimises, and calls `observer` in every iteration. The observer may stop the method.
    ///
    /// # Errors
    ///
    /// As [`minimize`](LeastSquares::minimize).
    pub fn minimize_observed<R: Residuals>(
        &self,
        start: &[f64],
        problem: &mut R,
        mut observer: impl FnMut(Progress<'_>) -> ControlFlow<()>,
    ) -> Result<Fit, FitError<R::Error>> {
        let solution = self.solve(start, problem, |progress| {
            self.observe(progress, <[f64]>::to_vec)?;
            observer(progress)
        })?;
        let (run, rms) = (solution.residuals.len(), rms(&solution.residuals));
        Ok(solution.into_fit(iter::once(0..run), rms))
    }

    /// As [`minimize_observed`](LeastSquares::minimize_observed), without statistics.
    pub(super) fn solve<R: Residuals>(
        &self,
        start: &[f64],
        problem: &mut R,
        observer: impl FnMut(Progress<'_>) -> ControlFlow<()>,
    ) -> Result<Solution, FitError<R::Error>> {
        let (limits, bounds) = (self.checked_limits()?, self.checked_bounds(start)?);
        let (loss, noise) = (self.checked_loss()?, self.checked_noise()?);
        let (residuals, jacobian) = problem.linearize(start).map_err(FitError::Evaluation)?;
        check_shape(&residuals, &jacobian, (residuals.len(), start.len()))?;
        check_start(&residuals, &jacobian)?;
        let sums = sums(loss, &residuals, &jacobian);
        let lost = sums.cost < f64::MIN_POSITIVE && residuals.iter().any(|r| *r != 0.0);
        if lost || !sums.is_finite() {
            return Err(FitError::Range { cost: sums.cost });
        }
        let mut all = Kept { problem, loss, latest: (residuals, jacobian), changed: None };
        let minimum = minimize(limits, &bounds, start.to_vec(), sums, &mut all, observer);
        if let Some(error) = all.changed {
            return Err(error);
        }
        let (residuals, jacobian) = all.latest;
        Ok(Solution { minimum, residuals, jacobian, loss, noise })
    }

    /// The limits of the method.
    ///
    /// # Errors
    ///
    /// If the tolerance of the cost is no fraction.
    pub(super) fn checked_limits<E>(&self) -> Result<&Limits, FitError<E>> {
        let tolerance = self.limits.cost_tolerance;
        if (0.0..1.0).contains(&tolerance) {
            Ok(&self.limits)
        } else {
            Err(FitError::Tolerance { tolerance })
        }
    }

    /// The loss.
    ///
    /// # Errors
    ///
    /// If its size makes no loss.
    pub(super) fn checked_loss<E>(&self) -> Result<Loss, FitError<E>> {
        self.loss.checked()
    }

    /// The known standard deviation of the residuals.
    ///
    /// # Errors
    ///
    /// If it makes no variance.
    pub(super) fn checked_noise<E>(&self) -> Result<Option<f64>, FitError<E>> {
        match self.noise {
            Some(noise) if !SIZES.contains(&noise) => Err(FitError::Noise { noise }),
            noise => Ok(noise),
        }
    }

    pub(super) fn checked_bounds<E>(&self, start: &[f64]) -> Result<Vec<(f64, f64)>, FitError<E>> {
        let bounds = if self.bounds.is_empty() {
            vec![(f64::NEG_INFINITY, f64::INFINITY); start.len()]
        } else {
            self.bounds.clone()
        };
        if bounds.len() != start.len() {
            return Err(FitError::BoundCount { expected: start.len(), found: bounds.len() });
        }
        check_within(start, &bounds, closure_name)?;
        Ok(bounds)
    }
}

/// A minimum, with the residuals and the Jacobian there.
pub(super) struct Solution {
    pub(super) minimum: Minimum,
    pub(super) residuals: DVector<f64>,
    jacobian: DMatrix<f64>,
    loss: Loss,
    noise: Option<f64>,
}

impl Solution {
    /// The fit. `runs` are the places of residuals in the order of time or frequency.
    pub(super) fn into_fit(self, runs: impl IntoIterator<Item = Range<usize>>, rms: f64) -> Fit {
        let Self { minimum, residuals, jacobian, loss, noise } = self;
        let mut statistics = Statistics::new(&minimum.at_bound, loss);
        let (all, derivatives) = (residuals.as_slice(), jacobian.as_slice());
        let added = statistics.add(all, derivatives);
        let scored = statistics.add_scores(all, derivatives);
        debug_assert!(added.is_ok() && scored.is_ok(), "the shape was checked");
        for run in runs {
            statistics.follow(&residuals.as_slice()[run]);
            statistics.end_run();
        }
        Fit::new(minimum, &statistics, noise, residuals, rms)
    }
}

/// The root mean square; 0 if there are no residuals.
fn rms(residuals: &DVector<f64>) -> f64 {
    (residuals.norm_squared() / residuals.len().max(1) as f64).sqrt()
}

/// A closure as a least-squares problem.
struct Closure<F> {
    f: F,
    /// The number of outputs of the first run.
    count: Option<usize>,
    /// The same, and another number of outputs of a later run.
    changed: Option<(usize, usize)>,
}

impl<F> Closure<F> {
    /// The outputs of a run, whose number is compared with that of the first.
    fn run<O>(&mut self, params: &[Number]) -> Result<Vec<Number>, O::Error>
    where
        F: FnMut(&[Number]) -> O,
        O: Outputs,
    {
        let outputs = (self.f)(params).numbers()?;
        let (expected, found) = (*self.count.get_or_insert(outputs.len()), outputs.len());
        if found != expected {
            self.changed.get_or_insert((expected, found));
        }
        Ok(outputs)
    }
}

impl<F, O> Residuals for Closure<F>
where
    F: FnMut(&[Number]) -> O,
    O: Outputs,
{
    type Error = O::Error;

    fn residuals(&mut self, params: &[f64]) -> Result<DVector<f64>, O::Error> {
        // A single run without tangents: no parameter is seeded.
        let (values, _) = jacobian_vector(params, &[], |params| self.run(params))?;
        Ok(DVector::from_vec(values))
    }

    fn linearize(&mut self, params: &[f64]) -> Result<(DVector<f64>, DMatrix<f64>), O::Error> {
        let (values, jacobian) = jacobian(params, |params: &[Number]| self.run(params))?;
        Ok((DVector::from_vec(values), jacobian.to_matrix()))
    }
}

/// A problem, with the residuals and the Jacobian at the last accepted parameters.
struct Kept<'a, R: Residuals> {
    problem: &'a mut R,
    loss: Loss,
    latest: (DVector<f64>, DMatrix<f64>),
    /// What is wrong with residuals of another shape than at the start.
    changed: Option<FitError<R::Error>>,
}

impl<R: Residuals> Kept<'_, R> {
    fn count(&self) -> usize {
        self.latest.0.len()
    }

    /// Whether the shape is still the one of the start; notes what has changed.
    fn keeps_shape(&mut self, shape: Result<(), FitError<R::Error>>) -> bool {
        self.changed = self.changed.take().or(shape.err());
        self.changed.is_none()
    }
}

impl<R: Residuals> Objective for Kept<'_, R> {
    type Error = R::Error;

    fn cost(&mut self, params: &[f64]) -> Result<f64, R::Error> {
        let residuals = self.problem.residuals(params)?;
        let shape = check_count(&residuals, self.count());
        let same = self.keeps_shape(shape);
        // No step is accepted after a change: the method ends, and the fit fails.
        Ok(if same { total_cost(self.loss, &residuals) } else { f64::INFINITY })
    }

    fn normal_equations(&mut self, params: &[f64]) -> Result<NormalEquations, R::Error> {
        let linearized = self.problem.linearize(params)?;
        let shape = check_shape(&linearized.0, &linearized.1, (self.count(), params.len()));
        if !self.keeps_shape(shape) {
            return Ok(NormalEquations::not_finite(params.len()));
        }
        let sums = sums(self.loss, &linearized.0, &linearized.1);
        if sums.is_finite() {
            self.latest = linearized;
        }
        Ok(sums)
    }
}

/// The normal equations, each residual weighted by the derivative of its loss: iteratively
/// reweighted least squares.
fn sums(loss: Loss, residuals: &DVector<f64>, jacobian: &DMatrix<f64>) -> NormalEquations {
    let (matrix, gradient) = if loss == Loss::Squared {
        (jacobian.tr_mul(jacobian), jacobian.tr_mul(residuals))
    } else {
        let mut weighted = jacobian.clone();
        for (mut row, residual) in weighted.row_iter_mut().zip(residuals) {
            row *= loss.of(residual * residual).1;
        }
        (weighted.tr_mul(jacobian), weighted.tr_mul(residuals))
    };
    let cost = total_cost(loss, residuals);
    NormalEquations { cost, matrix, gradient, count: residuals.len() }
}

fn total_cost(loss: Loss, residuals: &DVector<f64>) -> f64 {
    0.5 * residuals.iter().map(|residual| loss.of(residual * residual).0).sum::<f64>()
}

fn check_count<E>(residuals: &DVector<f64>, expected: usize) -> Result<(), FitError<E>> {
    let found = residuals.len();
    if found == expected { Ok(()) } else { Err(FitError::ResidualCount { expected, found }) }
}

fn check_shape<E>(
    residuals: &DVector<f64>,
    jacobian: &DMatrix<f64>,
    expected: (usize, usize),
) -> Result<(), FitError<E>> {
    check_count(residuals, expected.0)?;
    let found = jacobian.shape();
    if found == expected { Ok(()) } else { Err(FitError::JacobianShape { expected, found }) }
}

fn check_start<E>(residuals: &DVector<f64>, jacobian: &DMatrix<f64>) -> Result<(), FitError<E>> {
    let (count, params) = jacobian.shape();
    if params > count {
        return Err(FitError::Underdetermined { params, residuals: count });
    }
    let finite = |index: usize| {
        let row = jacobian.row(index);
        residuals[index].is_finite() && row.iter().all(|entry| entry.is_finite())
    };
    match (0..count).find(|index| !finite(*index)) {
        Some(index) => Err(FitError::NotFinite { index }),
        None => Ok(()),
    }
}
