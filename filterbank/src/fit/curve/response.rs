//! Fitting a filter's complex response.

use filterbank_core::{CirclePoint, Complex, DesignError, Section};

use crate::fit::curve::target::checked_weights;
use crate::fit::curve::weights::Weights;
use crate::fit::curve::{Curve, Measure, check_count, seeded};
use crate::fit::error::FitError;
use crate::fit::least_squares::LeastSquares;
use crate::fit::model::Model;
use crate::fit::result::Fit;
use crate::sensitivity::TunedSection;
use crate::tune::SingleOutput;

/// Fits the parameters of a filter so that its complex response follows the `wanted` one at
/// `frequencies` in Hz. The fit starts from the values in the specification. The filter's bounds
/// replace the bounds of `method`.
///
/// Frequencies and widths are searched on a logarithmic scale, all other parameters on a linear
/// scale. [`Fit::rms`] is the root of the mean squared modulus of the error, on the linear scale of
/// the response. The residuals are the real parts of all errors, then the imaginary parts.
///
/// # Errors
///
/// If `wanted` and `frequencies` differ in length, or there are fewer residuals than parameters; if
/// a frequency is not between 0 and the Nyquist frequency, or a value is not finite; if the start
/// cannot be designed, or a parameter on a logarithmic scale is not above 0.
///
/// ```
/// use filterbank::fit::{LeastSquares, fit_response};
/// use filterbank::{Band, Tune, TunableCascade};
///
/// let wanted = Band::resonant_lowpass(900.0, 2.0).design(8_000.0)?;
/// let frequencies: Vec<f64> = (1..40).map(|i| 100.0 * f64::from(i)).collect();
/// let response: Vec<_> = frequencies.iter().map(|f| wanted.response(*f)).collect();
///
/// let band = Band::resonant_lowpass(Tune::free(700.0), Tune::free(1.0));
/// let model = TunableCascade::new([("mode", band)], 8_000.0)?;
/// let fit = fit_response(&model, &frequencies, &response, &LeastSquares::new())?;
/// assert!((fit.params[0] - 900.0).abs() < 1e-6 && (fit.params[1] - 2.0).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fit_response<T: SingleOutput>(
    filter: &T,
    frequencies: &[f64],
    wanted: &[Complex<f64>],
    method: &LeastSquares,
) -> Result<Fit, FitError<DesignError>> {
    fit_parts(filter, frequencies, wanted, &Weights::even(frequencies.len()), method)
}

/// [`fit_response`] with a weight for each frequency, which multiplies the squared modulus of the
/// error. The inverse variance of each point gives the best parameters. The residuals are the errors
/// times the roots of their weights; a point of weight 0 has none, and its response may be anything,
/// even NaN. [`Fit::rms`] is the root of the weighted mean.
///
/// # Errors
///
/// As [`fit_response`], and if the number of weights is not the number of frequencies, if a weight is
/// neither 0 nor from 1e-100 to 1e100, or if all are 0.
///
/// ```
/// use filterbank::fit::{LeastSquares, fit_weighted_response};
/// use filterbank::{Band, Tune, TunableCascade};
///
/// let wanted = Band::resonant_lowpass(900.0, 2.0).design(8_000.0)?;
/// let frequencies: Vec<f64> = (1..40).map(|i| 100.0 * f64::from(i)).collect();
/// let mut response: Vec<_> = frequencies.iter().map(|f| wanted.response(*f)).collect();
/// // A point that was disturbed does not count.
/// response[7].re += 5.0;
/// let mut weights = vec![1.0; frequencies.len()];
/// weights[7] = 0.0;
///
/// let band = Band::resonant_lowpass(Tune::free(700.0), Tune::free(1.0));
/// let model = TunableCascade::new([("mode", band)], 8_000.0)?;
/// let method = LeastSquares::new();
/// let fit = fit_weighted_response(&model, &frequencies, &response, &weights, &method)?;
/// assert!((fit.params[0] - 900.0).abs() < 1e-6 && (fit.params[1] - 2.0).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fit_weighted_response<T: SingleOutput>(
    filter: &T,
    frequencies: &[f64],
    wanted: &[Complex<f64>],
    weights: &[f64],
    method: &LeastSquares,
) -> Result<Fit, FitError<DesignError>> {
    let weights = checked_weights(frequencies.len(), weights).map_err(FitError::Target)?;
    fit_parts(filter, frequencies, wanted, &weights, method)
}

/// The fit of the real and the imaginary part.
fn fit_parts<T: SingleOutput>(
    filter: &T,
    frequencies: &[f64],
    wanted: &[Complex<f64>],
    weights: &Weights,
    method: &LeastSquares,
) -> Result<Fit, FitError<DesignError>> {
    check_count(frequencies, wanted.len())?;
    let re: Vec<f64> = wanted.iter().map(|h| h.re).collect();
    let im: Vec<f64> = wanted.iter().map(|h| h.im).collect();
    let curve = Curve::new(frequencies, [&re, &im], weights);
    let model = Model::new(filter)?;
    curve.fit::<Response, T>(&model, &model.start()?, method)
}

/// The real and the imaginary part of the response.
pub(super) struct Response;

impl Measure<2> for Response {
    const UNIT: f64 = 1.0;

    fn value(sections: &[Section<f64>], point: CirclePoint) -> [f64; 2] {
        let each = sections.iter().map(|section| section.response_at(point));
        let h = each.fold(Complex::from_real(1.0), |product, h| product * h);
        [h.re, h.im]
    }

    /// The derivative of a product: the derivative of each factor times all other factors. (The
    /// other factors are multiplied, because a division of the whole product fails where it is
    /// zero.)
    fn gradient(
        sections: &[TunedSection],
        point: CirclePoint,
        by_coefficients: &mut [[[f64; 5]; 2]],
    ) -> [f64; 2] {
        let mut before = Complex::from_real(1.0);
        for (tuned, by_coefficients) in sections.iter().zip(&mut *by_coefficients) {
            let h = seeded(&tuned.section).response_at(point);
            *by_coefficients = times([*h.re.tangent(), *h.im.tangent()], before);
            before = before * Complex::new(h.re.value(), h.im.value());
        }
        let mut behind = Complex::from_real(1.0);
        for (tuned, by_coefficients) in sections.iter().zip(by_coefficients).rev() {
            *by_coefficients = times(*by_coefficients, behind);
            behind = tuned.section.response_at(point) * behind;
        }
        [before.re, before.im]
    }
}

/// The real and the imaginary parts times a complex factor.
fn times([re, im]: [[f64; 5]; 2], factor: Complex<f64>) -> [[f64; 5]; 2] {
    let product = |i: usize| Complex::new(re[i], im[i]) * factor;
    [std::array::from_fn(|i| product(i).re), std::array::from_fn(|i| product(i).im)]
}
