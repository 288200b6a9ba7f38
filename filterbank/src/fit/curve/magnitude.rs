//! Fitting a filter's level to a curve in dB.

use std::f64::consts::LN_10;

use filterbank_core::{CirclePoint, DesignError, Section};

use crate::fit::curve::Measure;
use crate::fit::curve::target::MagnitudeTarget;
use crate::fit::error::FitError;
use crate::fit::least_squares::LeastSquares;
use crate::fit::model::Model;
use crate::fit::result::Fit;
use crate::sensitivity::TunedSection;
use crate::tune::SingleOutput;

/// Fits the parameters of a filter so that its level follows the target. The fit starts from the
/// values in the specification. The filter's bounds replace the bounds of `method`.
///
/// Frequencies and widths are searched on a logarithmic scale, all other parameters on a linear
/// scale. The derivatives are exact, and a parameter costs only work in its own band.
///
/// [`Fit::rms`] is the root of the weighted mean squared error in dB. The residuals are the errors
/// in dB times the roots of their weights, then the residual of the
/// [mean](MagnitudeTarget::mean_above) if there is one, then the residuals of
/// [penalized](MagnitudeTarget::gain_penalty) gains.
///
/// # Errors
///
/// If the start cannot be designed, or a parameter on a logarithmic scale is not above 0; if the
/// target has fewer points than the filter has parameters, or a point above the Nyquist frequency.
///
/// ```
/// use filterbank::fit::{LeastSquares, MagnitudeTarget, fit_magnitude};
/// use filterbank::{Band, filterbank};
///
/// filterbank! {
///     struct Eq: cascade(sample_rate = 48_000.0) {
///         bump: peak(center = tune(500.0 in 20.0..=20e3), q = tune(1.0 in 0.1..=10.0), gain_db = tune(1.0)),
///     }
/// }
///
/// // A curve that this filter can follow exactly.
/// let frequencies: Vec<f64> = (0..100).map(|i| 20.0 * 1.07_f64.powi(i)).collect();
/// let wanted = Band::peak(1_200.0, 3.0, -6.0).design(48_000.0)?;
/// let levels: Vec<f64> = frequencies.iter().map(|f| wanted.magnitude_db(*f)).collect();
///
/// let target = MagnitudeTarget::new(&frequencies, &levels)?;
/// let fit = fit_magnitude(&Eq::new(), &target, &LeastSquares::new())?;
/// assert!(fit.rms < 1e-9, "{fit}");
/// assert!((fit.params[0] - 1_200.0).abs() < 1e-6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fit_magnitude<T: SingleOutput>(
    filter: &T,
    target: &MagnitudeTarget,
    method: &LeastSquares,
) -> Result<Fit, FitError<DesignError>> {
    let model = Model::new(filter)?;
    target.curve().fit::<Level, T>(&model, &model.start()?, method)
}

/// [`fit_magnitude`] from another start.
///
/// # Errors
///
/// As [`fit_magnitude`], and if the number of start values is not the number of parameters, or a
/// value is outside its bounds.
pub fn fit_magnitude_from<T: SingleOutput>(
    filter: &T,
    start: &[f64],
    target: &MagnitudeTarget,
    method: &LeastSquares,
) -> Result<Fit, FitError<DesignError>> {
    let model = Model::new(filter)?;
    let start = model.variables(start)?;
    target.curve().fit::<Level, T>(&model, &start, method)
}

/// The level: the logarithm of the squared magnitude. The unit of its curves is dB.
pub(super) struct Level;

impl Measure<1> for Level {
    const UNIT: f64 = 10.0 / LN_10;

    fn value(sections: &[Section<f64>], point: CirclePoint) -> [f64; 1] {
        let mut power = LogProduct::default();
        for section in sections {
            power.times(section.power(point));
        }
        [power.ln()]
    }

    fn gradient(
        sections: &[TunedSection],
        point: CirclePoint,
        by_coefficients: &mut [[[f64; 5]; 1]],
    ) -> [f64; 1] {
        let mut power = LogProduct::default();
        for (tuned, by_coefficients) in sections.iter().zip(by_coefficients) {
            let (factor, gradient) = tuned.section.log_power_gradient(point);
            power.times(factor);
            *by_coefficients = [gradient];
        }
        [power.ln()]
    }
}

/// The logarithm of a product that may underflow or overflow.
#[derive(Clone, Copy)]
struct LogProduct {
    product: f64,
    log: f64,
}

impl Default for LogProduct {
    fn default() -> Self {
        Self { product: 1.0, log: 0.0 }
    }
}

impl LogProduct {
    fn times(&mut self, factor: f64) {
        self.product *= factor;
        // Logarithms are slow: factors are multiplied first, as long as the product stays in range.
        if !(1e-100..1e100).contains(&self.product) {
            self.log += self.product.ln();
            self.product = 1.0;
        }
    }

    fn ln(self) -> f64 {
        self.log + self.product.ln()
    }
}
