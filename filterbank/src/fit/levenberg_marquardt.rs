//! The Levenberg-Marquardt method with bounds, on normal equations: it uses sums over residuals,
//! not the residuals themselves.
//!
//! | step | source |
//! |---|---|
//! | damped step `(J'J + λD²) h = −J'r` | Marquardt (1963); `D` as in J. J. Moré, *The Levenberg-Marquardt algorithm: implementation and theory* (1978) |
//! | update of `λ` from the gain ratio | H. B. Nielsen, *Damping parameter in Marquardt's method* (1999) |
//! | smallest gain ratio of an accepted step, 1e-4 | Moré (1978) |
//! | floor of `D`: a twentieth of `length of r / max(abs(p), 1)` | this library |
//! | bounds: an active set by the sign of the gradient, and steps clipped to the box | this library |
//! | convergence: what the Gauss-Newton step promises, not how short a damped step is | this library |
//!
//! The floor of `D` keeps a parameter in place while it has no effect. The level of a peak at 0 dB
//! does not depend on its center: the column of `J` is rounding noise, and a step without the floor
//! would send the center anywhere.
//!
//! A short or refused step does not prove a minimum: enough damping makes every step short, and
//! with a wrong Jacobian every step is refused. So each claim of convergence asks the Gauss-Newton
//! step, which has hardly any damping, how far the cost could still fall.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

use nalgebra::{Cholesky, DVector};

use crate::fit::normal_equations::NormalEquations;

/// The progress of a minimisation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress<'a> {
    /// Iterations so far.
    pub iteration: usize,
    /// Half the sum of the losses of all residuals.
    pub cost: f64,
    /// The best parameters so far.
    pub params: &'a [f64],
}

/// What sees the progress of a minimisation, and may stop it.
#[derive(Clone)]
pub(super) struct Observer(Arc<dyn Fn(Progress<'_>) -> ControlFlow<()> + Send + Sync>);

impl Observer {
    pub(super) fn new(
        observe: impl Fn(Progress<'_>) -> ControlFlow<()> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(observe))
    }

    pub(super) fn observe(&self, progress: Progress<'_>) -> ControlFlow<()> {
        (self.0)(progress)
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

/// The same observer, not one that does the same.
impl PartialEq for Observer {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// Why a minimisation has stopped.
///
/// `F` is the cost, `r` the residuals, `J` their Jacobian. The Gauss-Newton step promises to lower
/// the cost by `δ`, the decrease of the cost with linearised residuals. It is damped by `1e-12` of
/// each column of `J`, so that it exists where `J` is singular.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stop {
    /// The gradient vanishes: the cosine of the angle between `r` and each column of `J` is at most
    /// 1e-10, and the Gauss-Newton step promises nothing, as for [`Cost`](Stop::Cost).
    Gradient,
    /// The cost no longer falls: an iteration lowered it by no more than the tolerance, `1e-12 F`
    /// by default, or a step so small was refused, and `δ` is no larger. Or rounding ends the
    /// descent: all steps were refused from almost no damping to any damping, the cosines of the
    /// gradient test are at most 1e-6, and `δ` is at most `1e-4 F`.
    Cost,
    /// The parameters no longer move: a step was refused, and the Gauss-Newton step is shorter than
    /// 1e-10 of the parameters, both scaled by the columns of `J`.
    Step,
    /// The residuals are zero: `F` is below 1e-30 and by a factor of 2e31 below its start, or no
    /// step is accepted where `r` is below what the rounding of the parameters makes of it.
    Zero,
    /// No step lowers the cost, however short, although the derivatives promise it: they are wrong,
    /// or too inexact, or the residuals can be evaluated almost nowhere.
    Stalled,
    /// A parameter had an effect on the residuals and has lost it: its column of `J` is shorter
    /// than 1e-4 of its largest length, and than 1e-4 of `r` for a step by the parameter's size
    /// (at least 1). The cost no longer falls, but it may where the parameter has an effect.
    Faded,
    /// The limit of iterations was reached; a higher limit may help.
    Iterations,
    /// The observer stopped it.
    Observer,
    /// After the given number of iterations the cost was still above the limit that was set.
    Hopeless,
}

impl Stop {
    /// Whether a minimum was found: a point where the cost is stationary, up to rounding. It need
    /// not be the lowest minimum.
    pub fn converged(self) -> bool {
        matches!(self, Self::Gradient | Self::Cost | Self::Step | Self::Zero)
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gradient => "converged: the gradient vanishes",
            Self::Cost => "converged: the cost no longer falls",
            Self::Step => "converged: the parameters no longer move",
            Self::Zero => "converged: the residuals are zero",
            Self::Stalled => "not converged: no step lowers the cost as the derivatives promise",
            Self::Faded => "not converged: a parameter has lost its effect",
            Self::Iterations => "not converged: the limit of iterations was reached",
            Self::Observer => "stopped by the observer",
            Self::Hopeless => "given up: the cost is still above the limit that was set",
        })
    }
}

/// Stopping criteria.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Limits {
    pub(super) max_iterations: usize,
    pub(super) cost_tolerance: f64,
    step_tolerance: f64,
    gradient_tolerance: f64,
    /// Stops at small steps without asking what the Gauss-Newton step promises: for tries whose
    /// stop nobody sees.
    pub(super) hasty: bool,
    /// Gives up if the cost is above the second number after the first number of iterations.
    pub(super) give_up: Option<(usize, f64)>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_iterations: 1_000,
            cost_tolerance: 1e-12,
            step_tolerance: 1e-10,
            gradient_tolerance: 1e-10,
            hasty: false,
            give_up: None,
        }
    }
}

/// The function that the method minimises.
pub(super) trait Objective {
    type Error;

    fn cost(&mut self, params: &[f64]) -> Result<f64, Self::Error>;

    fn normal_equations(&mut self, params: &[f64]) -> Result<NormalEquations, Self::Error>;
}

/// The result of a minimisation.
pub(super) struct Minimum {
    pub(super) params: Vec<f64>,
    pub(super) sums: NormalEquations,
    pub(super) at_bound: Vec<bool>,
    pub(super) iterations: usize,
    pub(super) stop: Stop,
}

/// A cost of zero, if it has also fallen by the square of the rounding error of its start.
const ZERO: f64 = 1e-30;

/// The largest cosine of the gradient test at which refused steps are blamed on rounding: costs
/// that differ by less than 1e-16 look the same, and the cosine is of the order of the root.
const REFUSED_COSINE: f64 = 1e-6;

/// The largest promise of the Gauss-Newton step, as a share of the cost, at which refused steps are
/// blamed on rounding. More is promised along a curved canyon that is too narrow for its steps: a
/// peak so sharp that it holds a single point, and whose Q and center compensate each other.
const REFUSED_PROMISE: f64 = 1e-4;

/// Minimises from a start with its normal equations.
pub(super) fn minimize<O: Objective>(
    limits: &Limits,
    bounds: &[(f64, f64)],
    start: Vec<f64>,
    sums: NormalEquations,
    objective: &mut O,
    mut observer: impl FnMut(Progress<'_>) -> ControlFlow<()>,
) -> Minimum {
    let zero = ZERO.min(f64::EPSILON * f64::EPSILON * sums.cost);
    let mut at = Point { params: start, sums };
    let mut damping = Damping::default();
    let mut columns = DVector::zeros(at.params.len());
    for iteration in 0..limits.max_iterations {
        let cost = at.sums.cost;
        at.raise_columns(&mut columns);
        if observer(Progress { iteration, cost, params: &at.params }).is_break() {
            return at.end(bounds, &columns, iteration, Stop::Observer);
        }
        if limits.give_up.is_some_and(|(limit, hopeless)| iteration >= limit && cost > hopeless) {
            return at.end(bounds, &columns, iteration, Stop::Hopeless);
        }
        let free = at.free(bounds);
        if at.gradient_vanishes(&free, limits.gradient_tolerance)
            && at.settled(&free, bounds, limits).is_some()
        {
            return at.end(bounds, &columns, iteration, Stop::Gradient);
        }
        if cost <= zero {
            return at.end(bounds, &columns, iteration, Stop::Zero);
        }
        let scales = at.scales(&columns, SCALE_FLOOR);
        let mut restarted = false;
        // Raise the damping until a step lowers the cost and has finite normal equations.
        at = loop {
            if let Some(step) = at.step(&free, bounds, &scales, damping.lambda) {
                let reached = objective.cost(&step.params).unwrap_or(f64::INFINITY);
                let gain = (cost - reached) / step.predicted;
                if gain > 1e-4
                    && let Ok(sums) = objective.normal_equations(&step.params)
                    && sums.is_finite()
                {
                    damping.lower(gain);
                    break Point { params: step.params, sums };
                }
                let tiny = step.predicted <= limits.cost_tolerance * cost
                    || step.length <= limits.step_tolerance * at.length(&scales);
                if tiny && let Some(stop) = at.settled(&free, bounds, limits) {
                    return at.end(bounds, &columns, iteration, stop);
                }
            }
            if damping.raise() {
                continue;
            }
            if restarted {
                let rounding = at.gradient_vanishes(&free, REFUSED_COSINE)
                    && at.promised(&free, bounds) <= REFUSED_PROMISE * cost;
                let settled = || at.settled(&free, bounds, limits).unwrap_or(Stop::Stalled);
                let stop = if rounding { Stop::Cost } else { settled() };
                return at.end(bounds, &columns, iteration, stop);
            }
            // The steps may have been too short, not too long.
            restarted = true;
            damping = Damping::least();
        };
        if cost - at.sums.cost <= limits.cost_tolerance * cost
            && at.settled(&at.free(bounds), bounds, limits) == Some(Stop::Cost)
        {
            return at.end(bounds, &columns, iteration + 1, Stop::Cost);
        }
    }
    at.end(bounds, &columns, limits.max_iterations, Stop::Iterations)
}

/// The smallest damping of steps: none, even for columns that have shrunk by
/// 15 decades on the way to residuals of zero.
const FREE: f64 = 1e-32;

/// The damping of the Gauss-Newton step: about the rounding error of normal equations.
const LEAST_DAMPING: f64 = 1e-12;

/// The damping of Gauss-Newton steps, updated as in Nielsen (1999).
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
    fn least() -> Self {
        Self { lambda: LEAST_DAMPING, factor: 2.0 }
    }

    /// After an accepted step with gain ratio `gain`, actual over predicted decrease of the cost:
    /// `λ ← λ max(1/3, 1 − (2 gain − 1)³)`.
    fn lower(&mut self, gain: f64) {
        self.lambda = (self.lambda * (1.0 - (2.0 * gain - 1.0).powi(3)).max(1.0 / 3.0)).max(FREE);
        self.factor = 2.0;
    }

    /// After a rejected step: `λ ← νλ`, `ν ← 2ν`. Returns whether a shorter step is worth a try.
    fn raise(&mut self) -> bool {
        self.lambda *= self.factor;
        self.factor *= 2.0;
        self.lambda < 1e16
    }
}

/// The floor of the scales of steps, as a share of the residuals. It was chosen by scans over flat
/// starts and NIST's problems: below 0.01, parameters without effect run away; from 0.2 on, one more
/// of NIST's problems is lost. In between it decides only which of many minima is found.
const SCALE_FLOOR: f64 = 0.05;

/// The floor of the scales of convergence: a column shorter than this share of the residuals, for
/// a step by the parameter's size, has no effect.
const NOISE_FLOOR: f64 = 1e-6;

/// A column has faded if it is shorter than this share of its largest length and, for a step by the
/// parameter's size, of the residuals.
const FADED: f64 = 1e-4;

/// The current parameters and their normal equations.
struct Point {
    params: Vec<f64>,
    sums: NormalEquations,
}

/// A trial step.
struct Step {
    params: Vec<f64>,
    /// The decrease of the linearised cost.
    predicted: f64,
    /// The length in scaled parameters.
    length: f64,
}

impl Point {
    /// Raises lengths to those of the columns of the Jacobian. They never fall, so that a parameter
    /// does not run away where its column vanishes for a while.
    fn raise_columns(&self, columns: &mut DVector<f64>) {
        for (column, square) in columns.iter_mut().zip(self.sums.matrix.diagonal().iter()) {
            *column = column.max(square.sqrt());
        }
    }

    /// The scales of the parameters: the lengths of columns, but so large that a step by the
    /// parameter's size, at least 1, weighs the share `floor` of the residuals.
    fn scales(&self, columns: &DVector<f64>, floor: f64) -> DVector<f64> {
        let share = floor * self.residual();
        let sizes = self.params.iter().map(|param| param.abs().max(1.0));
        let scales = columns.iter().zip(sizes).map(|(column, size)| column.max(share / size));
        DVector::from_iterator(self.params.len(), scales)
    }

    /// The scales by the columns of this point alone.
    fn own_scales(&self) -> DVector<f64> {
        let mut columns = DVector::zeros(self.params.len());
        self.raise_columns(&mut columns);
        self.scales(&columns, NOISE_FLOOR)
    }

    /// The length of the residuals.
    fn residual(&self) -> f64 {
        (2.0 * self.sums.cost).sqrt()
    }

    /// The parameters that are not held at a bound by the gradient.
    fn free(&self, bounds: &[(f64, f64)]) -> Vec<usize> {
        let held = |index: usize| {
            let (value, (low, high)) = (self.params[index], bounds[index]);
            let slope = self.sums.gradient[index];
            (value <= low && slope >= 0.0) || (value >= high && slope <= 0.0)
        };
        (0..self.params.len()).filter(|index| !held(*index)).collect()
    }

    /// Whether the residuals are orthogonal to every column of the Jacobian, up to `tolerance` in
    /// the cosine of the angle. A column that is rounding noise counts as longer than it is.
    fn gradient_vanishes(&self, free: &[usize], tolerance: f64) -> bool {
        let scales = self.own_scales();
        free.iter().all(|&index| {
            self.sums.gradient[index].abs() <= tolerance * scales[index] * self.residual()
        })
    }

    /// The reason why this is a minimum: the Gauss-Newton step lowers the cost by too little, or
    /// is too short. `None` if it is neither.
    fn settled(&self, free: &[usize], bounds: &[(f64, f64)], limits: &Limits) -> Option<Stop> {
        if limits.hasty {
            return Some(Stop::Cost);
        }
        let scales = self.own_scales();
        let step = self.any_step(free, bounds, &scales, LEAST_DAMPING);
        if !free.is_empty() && step.as_ref().is_some_and(|step| step.params == self.params) {
            // The step is lost in the rounding of the parameters.
            return Some(Stop::Step);
        }
        let Some(step) = step.filter(|step| step.predicted > 0.0) else {
            return self.gradient_vanishes(free, REFUSED_COSINE).then_some(Stop::Cost);
        };
        if step.predicted <= limits.cost_tolerance * self.sums.cost {
            return Some(Stop::Cost);
        }
        let length = self.length(&scales);
        if step.length <= limits.step_tolerance * length {
            return Some(Stop::Step);
        }
        (self.residual() <= 4.0 * f64::EPSILON * length).then_some(Stop::Zero)
    }

    /// What the Gauss-Newton step promises: by how much it lowers the linearised cost.
    fn promised(&self, free: &[usize], bounds: &[(f64, f64)]) -> f64 {
        let step = self.step(free, bounds, &self.own_scales(), LEAST_DAMPING);
        step.map_or(0.0, |step| step.predicted)
    }

    fn length(&self, scales: &DVector<f64>) -> f64 {
        let squares = self.params.iter().zip(scales.iter()).map(|(x, s)| (x * s).powi(2));
        squares.sum::<f64>().sqrt().max(f64::MIN_POSITIVE)
    }

    /// The damped step in the free parameters, clipped to the bounds. `None` if the matrix is
    /// singular or the linearised cost does not fall.
    fn step(
        &self,
        free: &[usize],
        bounds: &[(f64, f64)],
        scales: &DVector<f64>,
        lambda: f64,
    ) -> Option<Step> {
        self.any_step(free, bounds, scales, lambda).filter(|step| step.predicted > 0.0)
    }

    /// As [`step`](Point::step), also if the linearised cost does not fall.
    fn any_step(
        &self,
        free: &[usize],
        bounds: &[(f64, f64)],
        scales: &DVector<f64>,
        lambda: f64,
    ) -> Option<Step> {
        let NormalEquations { matrix, gradient, .. } = &self.sums;
        let mut damped = matrix.select_rows(free).select_columns(free);
        for (position, &index) in free.iter().enumerate() {
            let scale = scales[index].max(1e-150);
            damped[(position, position)] += lambda * scale * scale;
        }
        let wanted = Cholesky::new(damped)?.solve(&-gradient.select_rows(free));
        let mut params = self.params.clone();
        let mut step = DVector::zeros(params.len());
        for (position, &index) in free.iter().enumerate() {
            let (low, high) = bounds[index];
            params[index] = (params[index] + wanted[position]).clamp(low, high);
            step[index] = params[index] - self.params[index];
        }
        let predicted = -(gradient.dot(&step) + 0.5 * step.dot(&(matrix * &step)));
        let length = step.component_mul(scales).norm();
        Some(Step { params, predicted, length })
    }

    /// Whether a parameter that had an effect on the residuals has none left.
    fn has_faded(&self, free: &[usize], columns: &DVector<f64>) -> bool {
        free.iter().any(|&index| {
            let column = self.sums.matrix[(index, index)].sqrt();
            let size = self.params[index].abs().max(1.0);
            column * size < FADED * self.residual() && column < FADED * columns[index]
        })
    }

    fn end(
        self,
        bounds: &[(f64, f64)],
        columns: &DVector<f64>,
        iterations: usize,
        stop: Stop,
    ) -> Minimum {
        let free = self.free(bounds);
        let claimed = stop.converged() && stop != Stop::Zero;
        let stop = if claimed && self.has_faded(&free, columns) { Stop::Faded } else { stop };
        let at_bound = (0..self.params.len()).map(|index| !free.contains(&index)).collect();
        let Self { params, sums } = self;
        Minimum { params, sums, at_bound, iterations, stop }
    }
}
