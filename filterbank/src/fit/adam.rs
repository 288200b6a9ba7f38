//! Adam: gradient descent with a step size for each parameter.

#[cfg(feature = "serde")]
mod saved;

use core::{fmt, iter};

/// The largest derivative whose square is accumulated without overflow.
const MAX_GRADIENT: f64 = 1e150;

/// The Adam optimiser, for noisy objectives.
///
/// Source: D. P. Kingma and J. Ba, *Adam: A Method for Stochastic Optimization* (2015),
/// algorithm 1, in the form of `torch.optim.Adam`.
///
/// ```
/// use filterbank::fit::Adam;
///
/// let mut params = [3.0, -2.0];
/// let mut adam = Adam::new(0.1);
/// for _ in 0..500 {
///     let gradient = params.map(|p| 2.0 * p);
///     adam.step(&mut params, &gradient)?;
/// }
/// assert!(params.iter().all(|p| p.abs() < 1e-3));
/// # Ok::<(), filterbank::fit::StepError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Adam {
    learning_rate: f64,
    beta1: f64,
    beta2: f64,
    epsilon: f64,
    steps: i32,
    /// Running means of each parameter's gradient and of its square.
    moments: Vec<(f64, f64)>,
}

impl Adam {
    /// With the usual decay rates (0.9 and 0.999) and `epsilon` 1e-8. `learning_rate` is about
    /// the largest change of a parameter in one step. It must be finite and at least 0; otherwise
    /// [`step`](Adam::step) returns an error.
    pub fn new(learning_rate: f64) -> Self {
        Self {
            learning_rate,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            steps: 0,
            moments: Vec::new(),
        }
    }

    /// Sets the decay rates of the running means, each in [0, 1). For any other rate
    /// [`step`](Adam::step) returns an error.
    #[must_use]
    pub fn with_betas(self, beta1: f64, beta2: f64) -> Self {
        Self { beta1, beta2, ..self }
    }

    /// Sets `epsilon`, which is added to the root of the mean square: parameters with much smaller
    /// gradients hardly move. It must be finite and above 0, so that a parameter without gradient
    /// stays where it is; otherwise [`step`](Adam::step) returns an error.
    #[must_use]
    pub fn with_epsilon(self, epsilon: f64) -> Self {
        Self { epsilon, ..self }
    }

    /// Changes the learning rate, for schedules. The running means are kept.
    pub fn set_learning_rate(&mut self, learning_rate: f64) {
        self.learning_rate = learning_rate;
    }

    /// Moves `params` one step against `gradient`, element by element.
    ///
    /// # Errors
    ///
    /// If the lengths differ from each other or from the length in the first step, if a derivative
    /// is NaN or beyond ±1e150, if the learning rate, a decay rate or `epsilon` is outside its
    /// range, or if a parameter is not finite or would not be after the step. Nothing has been
    /// changed then.
    pub fn step(&mut self, params: &mut [f64], gradient: &[f64]) -> Result<(), StepError> {
        let expected = if self.steps == 0 { params.len() } else { self.moments.len() };
        for found in [params.len(), gradient.len()] {
            if found != expected {
                return Err(StepError::Length { expected, found });
            }
        }
        let usable = |gradient: f64| gradient.abs() <= MAX_GRADIENT;
        if let Some((index, value)) = gradient.iter().enumerate().find(|(_, g)| !usable(**g)) {
            return Err(StepError::Gradient { index, value: *value });
        }
        self.check_rates()?;

        let Self { learning_rate, beta1, beta2, epsilon, .. } = *self;
        let steps = self.steps.saturating_add(1);
        let step_size = learning_rate / (1.0 - beta1.powi(steps));
        let correction = (1.0 - beta2.powi(steps)).sqrt();
        let moved = |param: f64, gradient: f64, (mean, square): (f64, f64)| {
            let mean = beta1 * mean + (1.0 - beta1) * gradient;
            let square = beta2 * square + (1.0 - beta2) * gradient * gradient;
            let param = param - step_size * mean / (square.sqrt() / correction + epsilon);
            (param, (mean, square))
        };
        let known = self.moments.iter().copied().chain(iter::repeat((0.0, 0.0)));
        let mut values = params.iter().zip(gradient).zip(known);
        let lost = values.position(|((p, g), moments)| !moved(*p, *g, moments).0.is_finite());
        if let Some(index) = lost {
            return Err(StepError::Param { index, value: params[index] });
        }
        self.moments.resize(expected, (0.0, 0.0));
        self.steps = steps;
        for ((param, gradient), moments) in params.iter_mut().zip(gradient).zip(&mut self.moments) {
            (*param, *moments) = moved(*param, *gradient, *moments);
        }
        Ok(())
    }
}

impl Adam {
    /// Whether learning rate, decay rates and `epsilon` are in their ranges.
    fn check_rates(&self) -> Result<(), StepError> {
        if let Some(value) = [self.beta1, self.beta2].into_iter().find(|b| !(0.0..1.0).contains(b))
        {
            return Err(StepError::DecayRate { value });
        }
        if !(self.learning_rate.is_finite() && self.learning_rate >= 0.0) {
            return Err(StepError::LearningRate { value: self.learning_rate });
        }
        if !(self.epsilon.is_finite() && self.epsilon > 0.0) {
            return Err(StepError::Epsilon { value: self.epsilon });
        }
        Ok(())
    }
}

/// The error of a rejected step.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum StepError {
    /// Parameters or gradient have the wrong length.
    Length {
        /// The length of the parameters at the first step.
        expected: usize,
        /// The length in this step.
        found: usize,
    },
    /// A decay rate is outside [0, 1).
    DecayRate {
        /// The decay rate.
        value: f64,
    },
    /// The learning rate is negative, infinite or NaN.
    LearningRate {
        /// The learning rate.
        value: f64,
    },
    /// `epsilon` is not positive, infinite or NaN.
    Epsilon {
        /// Its value.
        value: f64,
    },
    /// A parameter is not finite, or would not be after the step.
    Param {
        /// The parameter's position.
        index: usize,
        /// Its value before the step.
        value: f64,
    },
    /// A derivative is NaN or beyond ±1e150.
    Gradient {
        /// The parameter's position.
        index: usize,
        /// Its derivative.
        value: f64,
    },
}

impl fmt::Display for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { expected, found } => {
                write!(f, "expected {expected} parameters with as many derivatives, found {found}")
            }
            Self::DecayRate { value } => {
                write!(f, "the decay rate {value} must be at least 0 and below 1")
            }
            Self::LearningRate { value } => {
                write!(f, "the learning rate {value} must be finite and at least 0")
            }
            Self::Epsilon { value } => write!(f, "`epsilon` = {value} must be finite and above 0"),
            Self::Param { index, value } if value.is_finite() => write!(
                f,
                "parameter {index}, {value}, would not be finite after the step: the learning rate \
                 is too large"
            ),
            Self::Param { index, value } => {
                write!(f, "parameter {index} is {value}; it must be finite")
            }
            Self::Gradient { index, value } => {
                let most = MAX_GRADIENT;
                write!(
                    f,
                    "the derivative by parameter {index} is {value}; it must lie within ±{most:e}"
                )
            }
        }
    }
}

impl core::error::Error for StepError {}
