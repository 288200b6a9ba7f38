//! Fitting a filter's group delay.

use filterbank_core::{CirclePoint, DesignError, Dual, Section};

use crate::fit::curve::target::checked_weights;
use crate::fit::curve::weights::Weights;
use crate::fit::curve::{Curve, Measure, check_count, seeded};
use crate::fit::error::FitError;
use crate::fit::least_squares::LeastSquares;
use crate::fit::model::Model;
use crate::fit::result::Fit;
use crate::sensitivity::TunedSection;
use crate::tune::SingleOutput;

/// Fits the parameters of a filter so that its group delay in samples follows the `wanted` one at
/// `frequencies` in Hz. The fit starts from the values in the specification. The filter's bounds
/// replace the bounds of `method`.
///
/// Frequencies and widths are searched on a logarithmic scale, all other parameters on a linear
/// scale. [`Fit::rms`] is the root of the mean squared error in samples; the residuals are the
/// errors in samples.
///
/// # Errors
///
/// As [`fit_response`](crate::fit::fit_response).
///
/// ```
/// use filterbank::fit::{LeastSquares, fit_group_delay};
/// use filterbank::{Band, Tune, TunableCascade};
///
/// let wanted = Band::allpass(1_500.0, 3.0).design(8_000.0)?;
/// let frequencies: Vec<f64> = (1..40).map(|i| 100.0 * f64::from(i)).collect();
/// let delays: Vec<_> = frequencies.iter().map(|f| wanted.group_delay(*f)).collect();
///
/// let model = TunableCascade::new([("phase", Band::allpass(Tune::free(1_300.0), Tune::free(2.0)))], 8_000.0)?;
/// let fit = fit_group_delay(&model, &frequencies, &delays, &LeastSquares::new())?;
/// assert!((fit.params[0] - 1_500.0).abs() < 1e-6 && (fit.params[1] - 3.0).abs() < 1e-8);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fit_group_delay<T: SingleOutput>(
    filter: &T,
    frequencies: &[f64],
    wanted: &[f64],
    method: &LeastSquares,
) -> Result<Fit, FitError<DesignError>> {
    fit_delays(filter, frequencies, wanted, &Weights::even(frequencies.len()), method)
}

/// [`fit_group_delay`] with a weight for each frequency, which multiplies the squared error. The
/// residuals are the errors times the roots of their weights; a point of weight 0 has none, and its
/// delay may be anything, even NaN. [`Fit::rms`] is the root of the weighted mean.
///
/// # Errors
///
/// As [`fit_weighted_response`](crate::fit::fit_weighted_response).
///
/// ```
/// use filterbank::fit::{LeastSquares, fit_weighted_group_delay};
/// use filterbank::{Band, Tune, TunableCascade};
///
/// let wanted = Band::allpass(1_500.0, 3.0).design(8_000.0)?;
/// let frequencies: Vec<f64> = (1..40).map(|i| 100.0 * f64::from(i)).collect();
/// let mut delays: Vec<_> = frequencies.iter().map(|f| wanted.group_delay(*f)).collect();
/// // The delay could not be measured at the lowest frequency.
/// delays[0] = f64::NAN;
/// let mut weights = vec![1.0; frequencies.len()];
/// weights[0] = 0.0;
///
/// let band = Band::allpass(Tune::free(1_300.0), Tune::free(2.0));
/// let model = TunableCascade::new([("phase", band)], 8_000.0)?;
/// let method = LeastSquares::new();
/// let fit = fit_weighted_group_delay(&model, &frequencies, &delays, &weights, &method)?;
/// assert!((fit.params[0] - 1_500.0).abs() < 1e-6 && (fit.params[1] - 3.0).abs() < 1e-8);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fit_weighted_group_delay<T: SingleOutput>(
    filter: &T,
    frequencies: &[f64],
    wanted: &[f64],
    weights: &[f64],
    method: &LeastSquares,
) -> Result<Fit, FitError<DesignError>> {
    let weights = checked_weights(frequencies.len(), weights).map_err(FitError::Target)?;
    fit_delays(filter, frequencies, wanted, &weights, method)
}

fn fit_delays<T: SingleOutput>(
    filter: &T,
    frequencies: &[f64],
    wanted: &[f64],
    weights: &Weights,
    method: &LeastSquares,
) -> Result<Fit, FitError<DesignError>> {
    check_count(frequencies, wanted.len())?;
    let curve = Curve::new(frequencies, [wanted], weights);
    let model = Model::new(filter)?;
    curve.fit::<GroupDelay, T>(&model, &model.start()?, method)
}

/// The group delay in samples.
pub(super) struct GroupDelay;

impl Measure<1> for GroupDelay {
    const UNIT: f64 = 1.0;

    fn value(sections: &[Section<f64>], point: CirclePoint) -> [f64; 1] {
        [sections.iter().map(|section| section.group_delay_at(point)).sum()]
    }

    fn gradient(
        sections: &[TunedSection],
        point: CirclePoint,
        by_coefficients: &mut [[[f64; 5]; 1]],
    ) -> [f64; 1] {
        let mut sum = 0.0;
        for (tuned, by_coefficients) in sections.iter().zip(by_coefficients) {
            let delay = seeded(&tuned.section).group_delay_at(point);
            sum += delay.value();
            *by_coefficients = [*delay.tangent()];
            if delay.tangent()[0].is_nan() && keeps_zero(tuned, point) {
                *by_coefficients = [of_poles(&tuned.section, point)];
            }
        }
        [sum]
    }
}

/// Whether the point is a zero on the unit circle for every value of the variables. The delay has no
/// derivative by single coefficients there, because they move the zero off the circle; but if they
/// move together, the delay of the numerator is constant.
fn keeps_zero(tuned: &TunedSection, point: CirclePoint) -> bool {
    let [b0, b1, b2, ..] = tuned.section.coefficients();
    tuned.slopes.iter().all(|(_, [by_b0, by_b1, by_b2, ..])| {
        let numerator = [(b0, by_b0), (b1, by_b1), (b2, by_b2)];
        let [b0, b1, b2] = numerator.map(|(value, slope)| Dual::new(value, [*slope]));
        let zero = Dual::from(0.0);
        let delay = Section::from_coefficients([b0, b1, b2, zero, zero]).group_delay_at(point);
        *delay.tangent() == [0.0]
    })
}

/// The derivatives of the delay by the coefficients, if the delay of the numerator is constant.
fn of_poles(section: &Section<f64>, point: CirclePoint) -> [f64; 5] {
    let [_, _, _, a1, a2] = section.coefficients();
    let poles = Section::from_coefficients([1.0, 0.0, 0.0, a1, a2]);
    let [_, _, _, by_a1, by_a2] = *seeded(&poles).group_delay_at(point).tangent();
    [0.0, 0.0, 0.0, by_a1, by_a2]
}
