//! The result of a fit.

use std::fmt;

use filterbank_core::Quantity;
use nalgebra::{DMatrix, DVector};

use crate::fit::error::closure_name;
use crate::fit::levenberg_marquardt::{Minimum, Stop};
use crate::fit::normal_equations::NormalEquations;
use crate::fit::statistics;

/// The result of a fit: parameters in their own units (Hz, dB, …), their accuracy, and the
/// remaining residuals.
///
/// It is displayed as a table of the parameters with their standard errors:
///
/// ```
/// use filterbank::fit::{LeastSquares, fit_response};
/// use filterbank::number::Complex;
/// use filterbank::{Band, Tune, TunableCascade};
///
/// // A measured response: a resonance, and a small error.
/// let truth = Band::peak(1_500.0, 4.0, 9.0).design(16_000.0)?;
/// let frequencies: Vec<f64> = (1..40).map(|i| 100.0 * f64::from(i)).collect();
/// let error = |f: f64| Complex::new(0.01 * (0.1 * f).sin(), 0.01 * (0.17 * f).cos());
/// let measured: Vec<_> = frequencies.iter().map(|f| truth.response(*f) + error(*f)).collect();
///
/// let band = Band::peak(Tune::free(1_000.0), Tune::free(1.0), Tune::within(3.0, -6.0..=8.5));
/// let model = TunableCascade::new([("mode", band)], 16_000.0)?;
/// let fit = fit_response(&model, &frequencies, &measured, &LeastSquares::new())?;
/// println!("{fit}");
/// # assert_eq!(fit.names, ["mode.center", "mode.q", "mode.gain_db"]);
/// # let lines: Vec<String> = fit.to_string().lines().map(str::to_owned).collect();
/// # assert_eq!(lines.len(), 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Fit {
    /// The parameters' names, in the order of [`Tunable::params`](crate::Tunable::params);
    /// `p[0]`, `p[1]`, … for the parameters of a closure.
    pub names: Vec<String>,
    /// The quantity of each parameter, which determines its unit.
    pub quantities: Vec<Quantity>,
    /// The best parameters.
    pub params: Vec<f64>,
    /// The standard error of each parameter in the parameter's unit: the square roots of the
    /// diagonal of the [`covariance`](Fit::covariance), 0 for a parameter at a bound. `None` where
    /// the covariance is `None`.
    pub standard_errors: Option<Vec<f64>>,
    /// The covariance of the parameters, in the products of their units: `σ² (J'J)⁻¹`, with `σ²`
    /// estimated from the remaining residuals. Parameters at a bound are taken as known: their rows
    /// and columns are 0.
    ///
    /// It assumes that the weighted residuals are independent, have equal variance, and are linear
    /// in the parameters over a few standard errors. It ignores the [`Loss`](crate::fit::Loss), and
    /// the penalty of a gain counts as a residual. `None` if the residuals do not determine the
    /// parameters, or if there are no more residuals than parameters.
    pub covariance: Option<DMatrix<f64>>,
    /// Whether each parameter is held at a bound.
    pub at_bound: Vec<bool>,
    /// The weighted residuals, in the order documented with the fit. Empty for recordings.
    pub residuals: DVector<f64>,
    /// The root of the (weighted) mean squared error, in the unit documented with the fit.
    pub rms: f64,
    /// The minimised cost: half the sum of the losses of all residuals.
    pub cost: f64,
    /// The number of iterations.
    pub iterations: usize,
    /// Why the method stopped.
    pub stop: Stop,
}

impl Fit {
    /// A fit of a closure's parameters: `squares` are the normal equations of the squared
    /// residuals.
    pub(super) fn new(
        minimum: Minimum,
        squares: &NormalEquations,
        residuals: DVector<f64>,
        rms: f64,
    ) -> Self {
        let covariance = statistics::covariance(squares, &minimum.at_bound);
        let Minimum { params, sums, at_bound, iterations, stop } = minimum;
        Self {
            names: (0..params.len()).map(closure_name).collect(),
            quantities: vec![Quantity::Free; params.len()],
            params,
            standard_errors: covariance.as_ref().map(statistics::standard_errors),
            covariance,
            at_bound,
            residuals,
            rms,
            cost: sums.cost,
            iterations,
            stop,
        }
    }

    /// The same fit with its parameters in another order: `order` holds their old positions.
    pub(super) fn reordered(self, order: &[usize]) -> Self {
        fn taken<T: Clone>(list: &[T], order: &[usize]) -> Vec<T> {
            order.iter().map(|index| list[*index].clone()).collect()
        }
        let errors = self.standard_errors.map(|errors| taken(&errors, order));
        let covariance =
            self.covariance.map(|matrix| matrix.select_rows(order).select_columns(order));
        Self {
            names: taken(&self.names, order),
            quantities: taken(&self.quantities, order),
            params: taken(&self.params, order),
            standard_errors: errors,
            covariance,
            at_bound: taken(&self.at_bound, order),
            ..self
        }
    }
}

/// A table: a line for each parameter, then a line for the fit.
impl fmt::Display for Fit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        for (index, (name, value)) in self.names.iter().zip(&self.params).enumerate() {
            write!(f, "{name:width$} = ")?;
            match self.standard_errors.as_ref().map(|errors| errors[index]) {
                Some(error) if error > 0.0 => write!(f, "{}", Measured { value: *value, error })?,
                _ => write!(f, "{value}")?,
            }
            let unit = self.quantities[index].unit();
            if !unit.is_empty() {
                write!(f, " {unit}")?;
            }
            writeln!(f, "{}", if self.at_bound[index] { ", at its bound" } else { "" })?;
        }
        let Self { rms, iterations, stop, .. } = self;
        write!(f, "rms error {rms:.3e}, {iterations} iterations, {stop}")
    }
}

/// A value with its standard error: both to the error's second digit.
struct Measured {
    value: f64,
    error: f64,
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { value, error } = *self;
        let digits = (1.0 - error.log10().floor()).max(0.0);
        if digits <= 12.0 {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 12")]
            let digits = digits as usize;
            write!(f, "{value:.digits$} ± {error:.digits$}")
        } else {
            write!(f, "{value} ± {error:.1e}")
        }
    }
}
