//! Filters as functions of parameters, for fits, sensitivities and gradient checks.

use filterbank_core::{DesignError, Parameter, Quantity, Requirement, Scalar, Section};

/// A filter that depends on parameters and can be designed for any values of them.
///
/// The structs of [`filterbank!`](crate::filterbank!) implement it, if their specification has a
/// sample rate. For bands chosen at run time there are [`TunableCascade`](crate::TunableCascade)
/// and [`TunableBank`](crate::TunableBank).
///
/// A model of your own needs three functions:
///
/// ```
/// use filterbank::fit::{LeastSquares, fit_response};
/// use filterbank::spec::{DesignError, Quantity};
/// use filterbank::tune::{Param, SingleOutput};
/// use filterbank::{Scalar, Section, Tunable};
///
/// /// `y = x + echo x₁`: a parameter of either sign.
/// struct Echo;
///
/// impl Tunable for Echo {
///     type Filter<S: Scalar> = [Section<S>; 1];
///
///     fn sample_rate(&self) -> f64 {
///         8_000.0
///     }
///
///     fn params(&self) -> impl ExactSizeIterator<Item = Param<'_>> {
///         [Param::free("echo", -0.1)].into_iter()
///     }
///
///     fn tuned<S: Scalar>(&self, params: &[S]) -> Result<[Section<S>; 1], DesignError> {
///         let zero = S::zero();
///         Ok([Section::from_coefficients([S::one(), params[0], zero, zero, zero])])
///     }
/// }
///
/// impl SingleOutput for Echo {}
///
/// let wanted = Section::from_coefficients([1.0, -0.4, 0.0, 0.0, 0.0]);
/// let frequencies = [500.0, 1_500.0, 3_000.0];
/// let response = frequencies.map(|f| wanted.response(f, 8_000.0));
/// let fit = fit_response(&Echo, &frequencies, &response, &LeastSquares::new())?;
/// assert!((fit.params[0] - -0.4).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Tunable {
    /// The filter on another scalar.
    type Filter<S: Scalar>: AsRef<[Section<S>]>;

    /// Samples per second.
    fn sample_rate(&self) -> f64;

    /// All parameters in order.
    fn params(&self) -> impl ExactSizeIterator<Item = Param<'_>>;

    /// The filter for other values of its parameters.
    ///
    /// The filters of this library take a value that is beyond a bound by at most 1e-6 of the bound
    /// as the bound, with the tangents that it has: values that have been `f32`, or logarithms,
    /// reach both ends.
    ///
    /// # Errors
    ///
    /// If there is not one value per parameter, if a value is out of its bounds, or if no filter
    /// can be designed from them.
    fn tuned<S: Scalar>(&self, params: &[S]) -> Result<Self::Filter<S>, DesignError>;

    /// For a bank, the number of sections up to the last of each band; empty for a cascade.
    fn ends(&self) -> &[usize] {
        &[]
    }
}

/// A borrowed filter, for what holds a filter.
impl<T: Tunable> Tunable for &T {
    type Filter<S: Scalar> = T::Filter<S>;

    fn sample_rate(&self) -> f64 {
        T::sample_rate(self)
    }

    fn params(&self) -> impl ExactSizeIterator<Item = Param<'_>> {
        T::params(self)
    }

    fn tuned<S: Scalar>(&self, params: &[S]) -> Result<Self::Filter<S>, DesignError> {
        T::tuned(self, params)
    }

    fn ends(&self) -> &[usize] {
        T::ends(self)
    }
}

impl<T: SingleOutput> SingleOutput for &T {}

/// A [`Tunable`] filter with one output: its sections run in series. Fits require it. The bands of
/// a bank run in parallel, so a bank has no single response to fit.
///
/// ```compile_fail
/// use filterbank::fit::{LeastSquares, MagnitudeTarget, fit_magnitude};
///
/// filterbank::filterbank! {
///     struct Split: bank(sample_rate = 48_000.0) {
///         low: lowpass(butterworth(order = 2), cutoff = tune(500.0)),
///         high: highpass(butterworth(order = 2), cutoff = tune(500.0)),
///     }
/// }
///
/// let target = MagnitudeTarget::new(&[100.0, 200.0, 400.0], &[0.0, 0.0, 0.0]).unwrap();
/// let _ = fit_magnitude(&Split::new(), &target, &LeastSquares::new());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has more than one output, or none that is known: it cannot be fitted",
    label = "fits take cascades: fit the bands of a bank one by one"
)]
pub trait SingleOutput: Tunable {}

/// A parameter of a [`Tunable`] filter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Param<'a> {
    /// `"band.parameter"`.
    pub name: &'a str,
    /// The quantity: it determines the unit, and the scale on which fits search.
    pub quantity: Quantity,
    /// The value in the specification.
    pub value: f64,
    /// The lowest and the highest value; infinite where none is given.
    pub bounds: (f64, f64),
}

impl<'a> Param<'a> {
    /// A parameter of either sign, without a unit and without bounds.
    pub const fn free(name: &'a str, value: f64) -> Self {
        Self { name, quantity: Quantity::Free, value, bounds: UNBOUNDED }
    }
}

/// The bounds of a parameter without bounds.
pub const UNBOUNDED: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

/// The error about a wrong number of parameters.
pub(crate) fn wrong_count(found: usize, expected: usize) -> DesignError {
    const COUNT: Parameter = Parameter::new("params.len()", Quantity::Count);
    DesignError::new(COUNT, found as f64, Requirement::Count { expected })
}
