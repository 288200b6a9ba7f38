//! Which specifications are allowed: the ranges of every parameter, decided on primals.

use crate::number::Scalar;
use crate::spec::band::Band;
use crate::spec::error::{DesignError, Requirement};
use crate::spec::method::{MAX_ORDER, Method};
use crate::spec::parameter::Parameter;
use crate::spec::width::Width;

/// The range of a passband's ripple in dB. Below it the ripple is less than a tenth of a
/// part per billion.
const RIPPLE_DB: (f64, f64) = (1e-9, 100.0);
/// The highest stopband attenuation in dB: 10^-50.
const MAX_STOP_DB: f64 = 1000.0;
/// The gain of a peak or shelf in dB.
const GAIN_DB: (f64, f64) = (-300.0, 300.0);

/// How far beyond a limit a value may be, relative to the limit, to be within it: a few roundings
/// of `f32`, in which 1e-9 is below 1e-9.
const ROUNDING: f64 = 1e-6;

/// Checks that a sample rate in Hz is finite and positive.
pub(crate) const fn sample_rate(value: f64) -> Result<(), DesignError> {
    if value.is_finite() && value > 0.0 {
        Ok(())
    } else {
        Err(DesignError::new(Parameter::SAMPLE_RATE, value, Requirement::Positive))
    }
}

impl<S: Scalar> Band<S> {
    /// Everything that is wrong with the band at this sample rate (in Hz), in the order of its
    /// parameters; nothing if it can be designed.
    ///
    /// What only the design itself can find, [`Requirement::Representable`], is not among it.
    ///
    /// ```
    /// use filterbank_core::{Band, Method};
    ///
    /// let band = Band::bandpass(Method::Butterworth { order: 0 }, 2_000.0, 1_000.0);
    /// let mut names = Vec::new();
    /// band.check(48_000.0, |error| names.push(error.parameter().name));
    /// assert_eq!(names, ["order", "high"]);
    /// ```
    #[inline(always)]
    pub fn check(&self, sample_rate: f64, mut report: impl FnMut(DesignError)) {
        if let Err(error) = self::sample_rate(sample_rate) {
            report(error);
            return;
        }
        let mut check = Check { nyquist: sample_rate / 2.0, report: &mut report };
        match *self {
            Self::Lowpass { method, cutoff } | Self::Highpass { method, cutoff } => {
                check.method(&method);
                check.frequency(Parameter::CUTOFF, cutoff);
            }
            Self::Bandpass { method, low, high } | Self::Bandstop { method, low, high } => {
                check.method(&method);
                check.edges(low, high);
            }
            Self::ResonantLowpass { cutoff, width } | Self::ResonantHighpass { cutoff, width } => {
                check.frequency(Parameter::CUTOFF, cutoff);
                check.width(&width, None);
            }
            Self::BandpassConstantSkirt { center, width }
            | Self::BandpassConstantPeak { center, width }
            | Self::Notch { center, width }
            | Self::Allpass { center, width } => {
                check.frequency(Parameter::CENTER, center);
                check.width(&width, None);
            }
            Self::Peak { center, width, gain_db } => {
                check.frequency(Parameter::CENTER, center);
                check.width(&width, None);
                check.gain(gain_db);
            }
            Self::LowShelf { cutoff, width, gain_db }
            | Self::HighShelf { cutoff, width, gain_db } => {
                check.frequency(Parameter::CUTOFF, cutoff);
                check.width(&width, Some(gain_db.primal()));
                check.gain(gain_db);
            }
        }
    }

    /// The first thing that is wrong, as an error.
    #[inline(always)]
    pub(crate) fn checked(&self, sample_rate: f64) -> Result<(), DesignError> {
        let mut first = Ok(());
        self.check(sample_rate, |error| {
            if first.is_ok() {
                first = Err(error);
            }
        });
        first
    }
}

struct Check<'a, F> {
    nyquist: f64,
    report: &'a mut F,
}

impl<F: FnMut(DesignError)> Check<'_, F> {
    #[inline(always)]
    fn fail(&mut self, parameter: Parameter, value: f64, requirement: Requirement) {
        (self.report)(DesignError::new(parameter, value, requirement));
    }

    /// Reports `parameter` unless `allowed`; says whether it was.
    #[inline(always)]
    fn require<S: Scalar>(
        &mut self,
        parameter: Parameter,
        value: S,
        requirement: Requirement,
        allowed: impl Fn(f64) -> bool,
    ) -> bool {
        let allowed = allowed(value.primal());
        if !allowed {
            self.fail(parameter, value.primal(), requirement);
        }
        allowed
    }

    #[inline(always)]
    fn frequency<S: Scalar>(&mut self, parameter: Parameter, value: S) -> bool {
        let nyquist = self.nyquist;
        let requirement = Requirement::InsideNyquist { nyquist };
        self.require(parameter, value, requirement, |f| f > 0.0 && f < nyquist)
    }

    #[inline(always)]
    fn edges<S: Scalar>(&mut self, low: S, high: S) {
        let both = self.frequency(Parameter::LOW, low) & self.frequency(Parameter::HIGH, high);
        if both {
            let requirement = Requirement::Above { parameter: Parameter::LOW, value: low.primal() };
            self.require(Parameter::HIGH, high, requirement, |high| high > low.primal());
        }
    }

    #[inline(always)]
    fn gain<S: Scalar>(&mut self, gain_db: S) {
        self.within(Parameter::GAIN_DB, gain_db, GAIN_DB);
    }

    #[inline(always)]
    fn within<S: Scalar>(
        &mut self,
        parameter: Parameter,
        value: S,
        (low, high): (f64, f64),
    ) -> bool {
        let requirement = Requirement::Within { low, high };
        self.require(parameter, value, requirement, |x| is_within(x, (low, high)))
    }

    #[inline(always)]
    fn method<S: Scalar>(&mut self, method: &Method<S>) {
        let order = method.order();
        if !(1..=MAX_ORDER).contains(&order) {
            self.fail(Parameter::ORDER, order as f64, Requirement::Order { max: MAX_ORDER });
        }
        match *method {
            Method::Butterworth { .. } | Method::Bessel { .. } => {}
            Method::Chebyshev1 { ripple_db, .. } => {
                self.within(Parameter::RIPPLE_DB, ripple_db, RIPPLE_DB);
            }
            Method::Chebyshev2 { stop_db, .. } => {
                self.within(Parameter::STOP_DB, stop_db, (RIPPLE_DB.0, MAX_STOP_DB));
            }
            Method::Elliptic { ripple_db, stop_db, .. } => {
                let both = self.within(Parameter::RIPPLE_DB, ripple_db, RIPPLE_DB)
                    & self.within(Parameter::STOP_DB, stop_db, (RIPPLE_DB.0, MAX_STOP_DB));
                if both {
                    let ripple = ripple_db.primal();
                    let requirement =
                        Requirement::Above { parameter: Parameter::RIPPLE_DB, value: ripple };
                    self.require(Parameter::STOP_DB, stop_db, requirement, |stop| stop > ripple);
                }
            }
        }
    }

    /// `shelf_gain_db` is the gain of the shelf whose width this is, `None` for other shapes.
    #[inline(always)]
    fn width<S: Scalar>(&mut self, width: &Width<S>, shelf_gain_db: Option<f64>) {
        let (parameter, value) = width.param();
        let positive = |x: f64| x.is_finite() && x > 0.0;
        match (width, shelf_gain_db) {
            (Width::Slope(_), None) => self.fail(parameter, value.primal(), Requirement::ShelfOnly),
            (Width::Slope(_), Some(gain_db)) if gain_db != 0.0 && is_within(gain_db, GAIN_DB) => {
                let limit = steepest_slope(gain_db);
                self.require(parameter, value, Requirement::Below { limit }, |slope| {
                    slope > 0.0 && (slope <= 1.0 || slope < limit)
                });
            }
            _ => {
                self.require(parameter, value, Requirement::Positive, positive);
            }
        }
    }
}

/// Whether a value lies within limits, up to rounding.
fn is_within(value: f64, (low, high): (f64, f64)) -> bool {
    let (least, most) = (low - ROUNDING * low.abs(), high + ROUNDING * high.abs());
    (least..=most).contains(&value)
}

/// The shelf slope at which Q becomes infinite, always above 1: where `(A + 1/A)(1/S − 1) + 2 = 0`
/// (see [`Width::Slope`]), with `A + 1/A − 2 = (√A − 1/√A)²`.
fn steepest_slope(gain_db: f64) -> f64 {
    let half_log_amplitude = gain_db * (core::f64::consts::LN_10 / 80.0);
    let excess = 4.0 * half_log_amplitude.sinh().powi(2);
    1.0 + 2.0 / excess
}
