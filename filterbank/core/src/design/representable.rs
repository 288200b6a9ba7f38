//! Whether rounded coefficients are still a filter, and which parameter is at fault if not.

use core::f64::consts::PI;

use crate::number::Scalar;
use crate::section::Section;
use crate::spec::{Band, DesignError, Method, Parameter, Quantity, Requirement};

/// Whether every coefficient is finite and every section is stable.
pub(super) fn representable<S: Scalar>(sections: &[Section<S>]) -> bool {
    let finite = |section: &Section<S>| section.coefficients().iter().all(|c| c.is_finite());
    sections.iter().all(|section| finite(section) && section.is_stable())
}

/// Whether the sections are representable by more than the luck of rounding: every pole is off the
/// unit circle by some units in the last place.
fn surely_representable<S: Scalar>(sections: &[Section<S>]) -> bool {
    representable(sections) && sections.iter().all(|section| section.to_unconstrained().is_some())
}

/// The error of a band that is not representable. It names the parameter that makes the band
/// representable when it is given an ordinary value: the first that does so alone, of the levels of
/// the method, the width, the gain and the frequencies; the first frequency if all frequencies
/// together do; else the order. If nothing does, the error names the first frequency.
pub(super) fn not_representable<S: Scalar>(band: &Band<S>, sample_rate: f64) -> DesignError {
    let params = band.params();
    let of_frequency = |(parameter, _): &&(Parameter, S)| is_frequency(*parameter);
    // The upper edge before the lower one: a band that is too narrow has its `high` too low.
    let frequencies = params.iter().rev().filter(of_frequency);
    let others = params.iter().filter(|param| !of_frequency(param));
    let helps = |change: &dyn Fn(Parameter) -> Option<f64>| {
        let changed = band.map(|parameter, value| change(parameter).map_or(value, S::from_f64));
        surely_representable(&changed.rounded(sample_rate))
    };

    let alone = others.chain(frequencies).find(|(parameter, _)| {
        helps(&|it| (it == *parameter).then(|| ordinary(it, band, sample_rate)))
    });
    let all_frequencies = |it: Parameter| {
        let fraction = if it == Parameter::LOW { 0.125 } else { 0.25 };
        is_frequency(it).then_some(fraction * sample_rate)
    };
    let (parameter, value) = if let Some((parameter, value)) = alone {
        (*parameter, value.primal())
    } else if let Some(method) = band.method()
        && !helps(&all_frequencies)
        && surely_representable(&first_order(band).rounded(sample_rate))
    {
        (Parameter::ORDER, method.order() as f64)
    } else {
        let first = params.iter().find(of_frequency);
        // Every band has a frequency.
        first.map_or((Parameter::FREQUENCY, f64::NAN), |(it, value)| (*it, value.primal()))
    };
    DesignError::new(parameter, value, Requirement::Representable)
}

fn is_frequency(parameter: Parameter) -> bool {
    parameter.quantity == Quantity::Frequency
}

/// A value of a parameter that is no strain on any number type, with the others as they are.
fn ordinary<S: Scalar>(parameter: Parameter, band: &Band<S>, sample_rate: f64) -> f64 {
    let value_of = |wanted: Parameter| {
        let params = band.params();
        params.iter().find(|(it, _)| *it == wanted).map(|(_, value)| value.primal())
    };
    let nyquist = sample_rate / 2.0;
    match parameter {
        Parameter::RIPPLE_DB => {
            value_of(Parameter::STOP_DB).map_or(1.0, |stop| 1_f64.min(stop / 2.0))
        }
        Parameter::STOP_DB => 40.0 + value_of(Parameter::RIPPLE_DB).unwrap_or(0.0),
        Parameter::LOW => value_of(Parameter::HIGH).unwrap_or(nyquist) / 2.0,
        Parameter::HIGH => f64::midpoint(value_of(Parameter::LOW).unwrap_or(0.0), nyquist),
        Parameter::BANDWIDTH => {
            // About a Q of 1, wherever the centre is: see `cookbook`.
            let frequency = value_of(Parameter::CENTER).or(value_of(Parameter::CUTOFF));
            let omega = 2.0 * PI / sample_rate * frequency.unwrap_or(nyquist / 2.0);
            libm::sin(omega) / omega
        }
        Parameter { quantity: Quantity::Frequency, .. } => nyquist / 2.0,
        Parameter { quantity: Quantity::Gain, .. } => 0.0,
        _ => 1.0,
    }
}

/// The same band with a method of order 1; a shape as it is.
fn first_order<S: Scalar>(band: &Band<S>) -> Band<S> {
    let order = 1;
    let mut band = *band;
    if let Band::Lowpass { method, .. }
    | Band::Highpass { method, .. }
    | Band::Bandpass { method, .. }
    | Band::Bandstop { method, .. } = &mut band
    {
        *method = match *method {
            Method::Butterworth { .. } => Method::Butterworth { order },
            Method::Chebyshev1 { ripple_db, .. } => Method::Chebyshev1 { order, ripple_db },
            Method::Chebyshev2 { stop_db, .. } => Method::Chebyshev2 { order, stop_db },
            Method::Elliptic { ripple_db, stop_db, .. } => {
                Method::Elliptic { order, ripple_db, stop_db }
            }
            Method::Bessel { norm, .. } => Method::Bessel { order, norm },
        };
    }
    band
}
