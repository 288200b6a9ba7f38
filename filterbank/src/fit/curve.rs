//! Fitting a filter's complex response or group delay to a curve.

use filterbank_core::{
    CirclePoint, Complex, DesignError, Parameter, Quantity, Requirement, Section,
};
use nalgebra::{DMatrix, DVector};

use crate::ad::{Number, jacobian, jacobian_vector};
use crate::fit::least_squares::{FitError, LeastSquares, Residuals, Solution};
use crate::fit::scale::Scaled;
use crate::tune::{SingleOutput, Tunable};

/// The number of values of a curve.
const COUNT: Parameter = Parameter::new("wanted.len()", Quantity::Count);

/// A filter that was fitted to a complex response or a group delay.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CurveFit {
    /// The parameters, in the order of [`Tunable::params`].
    pub params: Vec<f64>,
    /// How the search ended. Its parameters are logarithms of frequencies and widths; its
    /// residuals are those of the curve, real before imaginary parts.
    pub solution: Solution,
}

/// Fits the parameters of a filter so that its complex response follows the `wanted` one at
/// `frequencies` in Hz: from the values that it was specified with, within its bounds.
///
/// # Errors
///
/// If there are not as many values as frequencies, a frequency is not between 0 and the Nyquist
/// frequency, a value is not finite, there are fewer of them than parameters, or the start cannot
/// be designed.
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
) -> Result<CurveFit, FitError<DesignError>> {
    let points = points(filter, frequencies, wanted.len())?;
    let errors = |sections: &[Section<Number>]| -> Vec<Number> {
        let error = |(point, wanted): (&CirclePoint, &Complex<f64>)| {
            let each = sections.iter().map(|section| section.response_at(*point));
            let h = each.reduce(|product, h| product * h);
            let h = h.unwrap_or(Complex::from_real(Number::constant(1.0)));
            [h.re - wanted.re, h.im - wanted.im]
        };
        points.iter().zip(wanted).flat_map(error).collect()
    };
    fit(filter, errors, method)
}

/// Fits the parameters of a filter so that its group delay in samples follows the `wanted` one at
/// `frequencies` in Hz: from the values that it was specified with, within its bounds.
///
/// # Errors
///
/// As [`fit_response`].
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
) -> Result<CurveFit, FitError<DesignError>> {
    let points = points(filter, frequencies, wanted.len())?;
    let errors = |sections: &[Section<Number>]| -> Vec<Number> {
        let error = |(point, wanted): (&CirclePoint, &f64)| {
            let each = sections.iter().map(|section| section.group_delay_at(*point));
            each.sum::<Number>() - *wanted
        };
        points.iter().zip(wanted).map(error).collect()
    };
    fit(filter, errors, method)
}

/// The frequencies made ready for evaluating responses.
fn points<T: Tunable>(
    filter: &T,
    frequencies: &[f64],
    values: usize,
) -> Result<Vec<CirclePoint>, FitError<DesignError>> {
    let (rate, expected) = (filter.sample_rate(), frequencies.len());
    let refuse = |error| Err(FitError::Evaluation(error));
    if values != expected {
        let requirement = Requirement::Count { expected };
        return refuse(DesignError::new(COUNT, values as f64, requirement));
    }
    let nyquist = rate / 2.0;
    if let Some(beyond) = frequencies.iter().find(|f| !(0.0..=nyquist).contains(*f)) {
        return refuse(DesignError::new(
            Parameter::FREQUENCY,
            *beyond,
            Requirement::InsideNyquist { nyquist },
        ));
    }
    Ok(frequencies.iter().map(|f| CirclePoint::at(*f, rate)).collect())
}

fn fit<T: Tunable>(
    filter: &T,
    errors: impl Fn(&[Section<Number>]) -> Vec<Number>,
    method: &LeastSquares,
) -> Result<CurveFit, FitError<DesignError>> {
    let scaled = Scaled::new(filter);
    let start: Vec<f64> = filter.params().map(|param| param.value).collect();
    let start = scaled.start(&start)?;
    let method = method.clone().bounds(scaled.bounds());
    let mut problem = CurveProblem { filter, scaled, errors };
    let solution = method.minimize(&start, &mut problem)?;
    Ok(CurveFit { params: problem.scaled.outward(&solution.params), solution })
}

/// What a filter's sections should have and have not, as a problem of least squares.
struct CurveProblem<'a, T, F> {
    filter: &'a T,
    scaled: Scaled<'a, T>,
    errors: F,
}

impl<T: Tunable, F: Fn(&[Section<Number>]) -> Vec<Number>> CurveProblem<'_, T, F> {
    fn at(&self, variables: &[Number]) -> Result<Vec<Number>, DesignError> {
        let plain: Vec<f64> = variables.iter().map(Number::value).collect();
        let params = self.scaled.outward(&plain);
        let slopes = self.scaled.slopes(&params);
        let numbers: Vec<Number> = variables
            .iter()
            .zip(params.iter().zip(&slopes))
            .map(|(variable, (param, slope))| {
                Number::new(*param, variable.tangent().map(|t| t * slope))
            })
            .collect();
        Ok((self.errors)(self.filter.tuned(&numbers)?.as_ref()))
    }
}

impl<T: Tunable, F: Fn(&[Section<Number>]) -> Vec<Number>> Residuals for CurveProblem<'_, T, F> {
    type Error = DesignError;

    fn residuals(&mut self, variables: &[f64]) -> Result<DVector<f64>, DesignError> {
        let (values, _) = jacobian_vector(variables, &[], |numbers| self.at(numbers))?;
        Ok(DVector::from_vec(values))
    }

    fn linearize(
        &mut self,
        variables: &[f64],
    ) -> Result<(DVector<f64>, DMatrix<f64>), DesignError> {
        let (values, slopes) = jacobian(variables, |numbers| self.at(numbers))?;
        Ok((DVector::from_vec(values), slopes.to_matrix()))
    }
}
