//! The Levenberg-Marquardt method with bounds, on normal equations: it uses sums over residuals,
//! not the residuals themselves.
//!
//! | step | source |
//! |---|---|
//! | damped step `(J'J + λD²) h = −J'r` | Marquardt (1963); `D` as in J. J. Moré, *The Levenberg-Marquardt algorithm: implementation and theory* (1978) |
//! | update of `λ` from the gain ratio | H. B. Nielsen, *Damping parameter in Marquardt's method* (1999) |
//! | smallest gain ratio of an accepted step, 1e-4 | Moré (1978) |
//! | bounds: an active set by the sign of the gradient, and steps clipped to the box | this library |

use std::fmt;
use std::ops::ControlFlow;

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

/// Why a minimisation has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stop {
    /// The gradient is zero up to rounding.
    Gradient,
    /// The cost no longer falls by more than rounding.
    Cost,
    /// The parameters no longer move.
    Step,
    /// The limit of iterations was reached; a higher limit may help.
    Iterations,
    /// The observer stopped it.
    Observer,
    /// After the given number of iterations the cost was still above the limit that was set.
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

/// Stopping criteria.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Limits {
    pub(super) max_iterations: usize,
    pub(super) cost_tolerance: f64,
    step_tolerance: f64,
    gradient_tolerance: f64,
    /// Gives up if the cost is above the second number after the first number of iterations.
    pub(super) give_up: Option<(usize, f64)>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_iterations: 200,
            cost_tolerance: 1e-12,
            step_tolerance: 1e-10,
            gradient_tolerance: 1e-10,
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

/// Minimises from a start with its normal equations.
pub(super) fn minimize<O: Objective>(
    limits: &Limits,
    bounds: &[(f64, f64)],
    start: Vec<f64>,
    sums: NormalEquations,
    objective: &mut O,
    mut observer: impl FnMut(Progress<'_>) -> ControlFlow<()>,
) -> Minimum {
    let mut at = Point { params: start, sums };
    let mut damping = Damping::default();
    let mut scales = DVector::zeros(at.params.len());
    for iteration in 0..limits.max_iterations {
        let cost = at.sums.cost;
        if observer(Progress { iteration, cost, params: &at.params }).is_break() {
            return at.end(bounds, iteration, Stop::Observer);
        }
        if limits.give_up.is_some_and(|(limit, hopeless)| iteration >= limit && cost > hopeless) {
            return at.end(bounds, iteration, Stop::Hopeless);
        }
        at.raise_scales(&mut scales);
        let free = at.free(bounds);
        if at.gradient_vanishes(&free, limits.gradient_tolerance) {
            return at.end(bounds, iteration, Stop::Gradient);
        }
        // Raise the damping until a step lowers the cost and has finite normal equations.
        at = loop {
            if let Some(step) = at.step(&free, bounds, &scales, damping.lambda) {
                if step.length <= limits.step_tolerance * at.length(&scales) {
                    return at.end(bounds, iteration, Stop::Step);
                }
                let reached = objective.cost(&step.params).unwrap_or(f64::INFINITY);
                let gain = (cost - reached) / step.predicted;
                if gain > 1e-4
                    && let Ok(sums) = objective.normal_equations(&step.params)
                    && sums.is_finite()
                {
                    damping.lower(gain);
                    break Point { params: step.params, sums };
                }
                if step.predicted <= limits.cost_tolerance * cost {
                    return at.end(bounds, iteration, Stop::Cost);
                }
            }
            if !damping.raise() {
                return at.end(bounds, iteration, Stop::Step);
            }
        };
        if cost - at.sums.cost <= limits.cost_tolerance * cost {
            return at.end(bounds, iteration + 1, Stop::Cost);
        }
    }
    at.end(bounds, limits.max_iterations, Stop::Iterations)
}

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
    /// After an accepted step with gain ratio `gain`, actual over predicted decrease of the cost:
    /// `λ ← λ max(1/3, 1 − (2 gain − 1)³)`.
    fn lower(&mut self, gain: f64) {
        self.lambda = (self.lambda * (1.0 - (2.0 * gain - 1.0).powi(3)).max(1.0 / 3.0)).max(1e-12);
        self.factor = 2.0;
    }

    /// After a rejected step: `λ ← νλ`, `ν ← 2ν`. Returns whether a shorter step is worth a try.
    fn raise(&mut self) -> bool {
        self.lambda *= self.factor;
        self.factor *= 2.0;
        self.lambda < 1e16
    }
}

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
    /// Raises the scales to the lengths of the columns of the Jacobian. A scale never decreases:
    /// otherwise a parameter could diverge while its column is nearly zero.
    fn raise_scales(&self, scales: &mut DVector<f64>) {
        for (scale, square) in scales.iter_mut().zip(self.sums.matrix.diagonal().iter()) {
            *scale = scale.max(square.sqrt());
        }
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
    /// the cosine of the angle.
    fn gradient_vanishes(&self, free: &[usize], tolerance: f64) -> bool {
        let length = (2.0 * self.sums.cost).sqrt();
        free.iter().all(|&index| {
            let column = self.sums.matrix[(index, index)].sqrt();
            self.sums.gradient[index].abs() <= tolerance * column * length
        })
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
        (predicted > 0.0).then_some(Step { params, predicted, length })
    }

    fn end(self, bounds: &[(f64, f64)], iterations: usize, stop: Stop) -> Minimum {
        let free = self.free(bounds);
        let at_bound = (0..self.params.len()).map(|index| !free.contains(&index)).collect();
        let Self { params, sums } = self;
        Minimum { params, sums, at_bound, iterations, stop }
    }
}
