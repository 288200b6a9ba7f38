//! Filters as functions of numbers: what fitting and gradient checks take.

#[cfg(feature = "alloc")]
use alloc::{format, string::String, vec::Vec};
#[cfg(feature = "alloc")]
use core::ops::RangeInclusive;

#[cfg(feature = "alloc")]
use filterbank_core::{Band, BandLabel, Cascade, Requirement};
use filterbank_core::{DesignError, Scalar, Section};

/// A filter that depends on parameters, and can be made for other values of them.
///
/// Structs that [`filterbank!`](crate::filterbank!) makes (with a sample rate in their
/// specification) implement it, and [`TunableCascade`] does for bands chosen at run time.
pub trait Tunable {
    /// The filter on another scalar.
    type Filter<S: Scalar>: AsRef<[Section<S>]>;

    /// Samples per second.
    fn sample_rate(&self) -> f64;

    /// The number of parameters.
    fn param_count(&self) -> usize;

    /// Parameter number `index`, counted from 0.
    fn param(&self, index: usize) -> Option<Param<'_>>;

    /// The filter for other values of its parameters.
    ///
    /// # Errors
    ///
    /// If there are not [`param_count`](Tunable::param_count) values, if one is out of its bounds,
    /// or if no filter can be designed from them.
    fn tuned<S: Scalar>(&self, params: &[S]) -> Result<Self::Filter<S>, DesignError>;

    /// For a bank, the number of sections up to the last of each band; for a cascade, nothing.
    fn ends(&self) -> &[usize] {
        &[]
    }

    /// All parameters in order.
    fn params(&self) -> impl Iterator<Item = Param<'_>> {
        (0..self.param_count()).filter_map(|index| self.param(index))
    }
}

/// A [`Tunable`] filter with one output: its sections run in series. This is what fits take; a
/// bank's bands run in parallel, and there is no one response to be fitted.
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
    /// Its value as the filter was specified.
    pub value: f64,
    /// Its lowest and its highest value; infinite where none is given.
    pub bounds: (f64, f64),
}

/// A number in a [`Band`]: fixed, or to be tuned. The run-time twin of the macro's `tune(…)`.
#[cfg(feature = "alloc")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tune {
    /// It stays.
    Fixed(f64),
    /// It is a parameter.
    Free {
        /// Where it starts.
        start: f64,
        /// Its lowest and its highest value; infinite where none is given.
        bounds: (f64, f64),
    },
}

#[cfg(feature = "alloc")]
impl Tune {
    /// A parameter without bounds.
    pub const fn free(start: f64) -> Self {
        Self::Free { start, bounds: (f64::NEG_INFINITY, f64::INFINITY) }
    }

    /// A parameter that stays between two values.
    pub const fn within(start: f64, bounds: RangeInclusive<f64>) -> Self {
        Self::Free { start, bounds: (*bounds.start(), *bounds.end()) }
    }

    /// Its value as it was specified.
    pub const fn start(self) -> f64 {
        match self {
            Self::Fixed(value) | Self::Free { start: value, .. } => value,
        }
    }
}

#[cfg(feature = "alloc")]
impl From<f64> for Tune {
    fn from(value: f64) -> Self {
        Self::Fixed(value)
    }
}

/// Bands in series, chosen at run time, of which some numbers are to be tuned.
///
/// ```
/// use filterbank::{Band, Tunable, Tune, TunableCascade};
///
/// let eq = TunableCascade::new(
///     [
///         ("body", Band::peak(Tune::within(250.0, 120.0..=500.0), Tune::from(1.0), Tune::free(-2.5))),
///         ("air", Band::high_shelf(Tune::from(10_000.0), Tune::from(0.7), Tune::free(1.5))),
///     ],
///     48_000.0,
/// )?;
/// let names: Vec<_> = eq.params().map(|param| param.name).collect();
/// assert_eq!(names, ["body.center", "body.gain_db", "air.gain_db"]);
/// let turned = eq.tuned(&[300.0, -6.0, 0.0])?;
/// assert!((turned.magnitude_db(300.0) - -6.0_f64).abs() < 1e-9);
/// # Ok::<(), filterbank::DesignError>(())
/// ```
#[cfg(feature = "alloc")]
#[derive(Clone, Debug, PartialEq)]
pub struct TunableCascade {
    bands: Vec<Band<Tune>>,
    params: Vec<(String, f64, (f64, f64))>,
    sample_rate: f64,
}

#[cfg(feature = "alloc")]
impl TunableCascade {
    /// From named bands.
    ///
    /// # Errors
    ///
    /// If a band cannot be designed as it is specified, or a parameter's bounds exclude its own
    /// value.
    pub fn new<N: Into<String>>(
        bands: impl IntoIterator<Item = (N, Band<Tune>)>,
        sample_rate: f64,
    ) -> Result<Self, DesignError> {
        let mut tunable = Self { bands: Vec::new(), params: Vec::new(), sample_rate };
        for (name, band) in bands {
            let name = name.into();
            for (parameter, tune) in band.params() {
                if let Tune::Free { start, bounds } = tune {
                    tunable.params.push((format!("{name}.{parameter}"), start, bounds));
                }
            }
            tunable.bands.push(band);
        }
        let start: Vec<f64> = tunable.params.iter().map(|(_, start, _)| *start).collect();
        tunable.tuned(&start)?;
        Ok(tunable)
    }

    /// The bands for given values of the parameters.
    ///
    /// # Errors
    ///
    /// If there are not [`param_count`](Tunable::param_count) values, or one is out of its bounds.
    pub fn bands<S: Scalar>(&self, params: &[S]) -> Result<Vec<Band<S>>, DesignError> {
        if params.len() != self.params.len() {
            return Err(crate::__codegen::wrong_count(params.len(), self.params.len()));
        }
        let mut params = params.iter();
        let mut bands = Vec::with_capacity(self.bands.len());
        for (index, band) in self.bands.iter().enumerate() {
            let mut outside = None;
            bands.push(band.map(|parameter, tune| match tune {
                Tune::Fixed(value) => S::from_f64(value),
                Tune::Free { start, bounds: (low, high) } => {
                    let value = params.next().copied().unwrap_or_else(|| S::from_f64(start));
                    if !(low..=high).contains(&value.primal()) {
                        let requirement = Requirement::Within { low, high };
                        let error = DesignError::new(parameter, value.primal(), requirement);
                        outside = outside.or(Some(error.in_band(BandLabel::Index(index))));
                    }
                    value
                }
            }));
            if let Some(error) = outside {
                return Err(error);
            }
        }
        Ok(bands)
    }
}

#[cfg(feature = "alloc")]
impl Tunable for TunableCascade {
    type Filter<S: Scalar> = Cascade<S>;

    fn sample_rate(&self) -> f64 {
        self.sample_rate
    }

    fn param_count(&self) -> usize {
        self.params.len()
    }

    fn param(&self, index: usize) -> Option<Param<'_>> {
        let (name, value, bounds) = self.params.get(index)?;
        Some(Param { name, value: *value, bounds: *bounds })
    }

    fn tuned<S: Scalar>(&self, params: &[S]) -> Result<Cascade<S>, DesignError> {
        Cascade::from_bands(&self.bands(params)?, self.sample_rate)
    }
}

#[cfg(feature = "alloc")]
impl SingleOutput for TunableCascade {}
