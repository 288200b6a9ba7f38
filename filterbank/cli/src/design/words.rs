//! A band in words: its description and its option on the command line.

use filterbank::spec::{BesselNorm, Parameter};
use filterbank::{Band, DesignError, Method, Width};

use crate::shared::format::six_digits;

/// The name of a method.
pub fn family(method: &Method<f64>) -> &'static str {
    match method {
        Method::Butterworth { .. } => "Butterworth",
        Method::Chebyshev1 { .. } => "Chebyshev I",
        Method::Chebyshev2 { .. } => "Chebyshev II",
        Method::Elliptic { .. } => "elliptic",
        Method::Bessel { .. } => "Bessel",
    }
}

/// The option that selects a band.
pub fn flag(band: &Band<f64>) -> String {
    option(band.word())
}

/// A word of the grammar as an option.
fn option(word: &str) -> String {
    format!("--{}", word.replace('_', "-"))
}

/// The library's message, with options in place of parameter names.
pub fn explain(error: &DesignError, band: &Band<f64>) -> String {
    let mut sentence = error.to_string();
    let params = band.params();
    let fixed = [Parameter::ORDER, Parameter::SAMPLE_RATE];
    for parameter in params.iter().map(|(parameter, _)| *parameter).chain(fixed) {
        let typed = match parameter {
            Parameter::CUTOFF | Parameter::CENTER => flag(band),
            Parameter::LOW => format!("{} LO", flag(band)),
            Parameter::HIGH => format!("{} HI", flag(band)),
            _ => option(parameter.name),
        };
        sentence = sentence.replace(&format!("`{parameter}`"), &format!("`{typed}`"));
    }
    sentence
}

/// A band in one line.
pub fn describe(band: &Band<f64>) -> String {
    match band {
        Band::Lowpass { method, cutoff } => with_method("lowpass", method, &[*cutoff]),
        Band::Highpass { method, cutoff } => with_method("highpass", method, &[*cutoff]),
        Band::Bandpass { method, low, high } => with_method("bandpass", method, &[*low, *high]),
        Band::Bandstop { method, low, high } => with_method("bandstop", method, &[*low, *high]),
        Band::Peak { center, width, gain_db } => {
            format!("Peak of {gain_db:+} dB at {center} Hz, {}", of_width(width))
        }
        Band::LowShelf { cutoff, width, gain_db } => {
            format!("Low shelf of {gain_db:+} dB below {cutoff} Hz, {}", of_width(width))
        }
        Band::HighShelf { cutoff, width, gain_db } => {
            format!("High shelf of {gain_db:+} dB above {cutoff} Hz, {}", of_width(width))
        }
        Band::Notch { center, width } => format!("Notch at {center} Hz, {}", of_width(width)),
        other => other.to_string(),
    }
}

fn with_method(kind: &str, method: &Method<f64>, edges: &[f64]) -> String {
    let mut name = family(method).to_owned();
    name[..1].make_ascii_uppercase();
    let place = match edges {
        [low, high] => format!("{low} to {high} Hz"),
        _ => format!("{} Hz", edges[0]),
    };
    let order = method.order();
    let levels = match method {
        Method::Butterworth { .. } => String::new(),
        Method::Chebyshev1 { ripple_db, .. } => format!(", ripple {ripple_db} dB"),
        Method::Chebyshev2 { stop_db, .. } => format!(", stopband -{stop_db} dB"),
        Method::Elliptic { ripple_db, stop_db, .. } => {
            format!(", ripple {ripple_db} dB, stopband -{stop_db} dB")
        }
        Method::Bessel { norm, .. } => match norm {
            BesselNorm::Phase => ", edge by phase".to_owned(),
            BesselNorm::Delay => ", edge by delay".to_owned(),
            BesselNorm::Magnitude => ", edge by magnitude".to_owned(),
        },
    };
    format!("{name} {kind} of order {order}, {place}{levels}")
}

fn of_width(width: &Width<f64>) -> String {
    match width {
        Width::Q(q) => format!("Q {}", six_digits(*q)),
        Width::Bandwidth(octaves) => format!("{} octaves wide", six_digits(*octaves)),
        Width::Slope(slope) => format!("slope {}", six_digits(*slope)),
    }
}
