//! Reads the golden files.

use std::collections::HashMap;
use std::path::Path;

use filterbank::number::Complex;
use filterbank::spec::BesselNorm;
use filterbank::{Band, Method, Width};
use serde_json::Value;

use super::worst::worst;

/// A band with its exact response and derivatives at some frequencies.
#[derive(Debug)]
pub struct Specification {
    pub band: Band<f64>,
    pub sample_rate: f64,
    pub frequencies: Vec<f64>,
    pub response: Vec<Complex<f64>>,
    /// Derivatives, by the name of the parameter.
    pub tangents: HashMap<String, Vec<Complex<f64>>>,
    /// The largest magnitude of the response.
    pub peak: f64,
}

/// The text of a file in `tests/golden`.
pub fn text(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The specifications of a `.jsonl` file: all lines but the first.
pub fn specifications(file: &str) -> Vec<Specification> {
    let parse = |line: &str| {
        let line: Value = serde_json::from_str(line).expect("a golden line is JSON");
        if line["kind"].is_string() { shape(&line) } else { method(&line) }
    };
    text(file).lines().skip(1).map(parse).collect()
}

pub fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is not a number"))
}

pub fn numbers(value: &Value) -> Vec<f64> {
    items(value).iter().map(number).collect()
}

pub fn items(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is not a list"))
}

fn complexes(value: &Value) -> Vec<Complex<f64>> {
    items(value).iter().map(|pair| Complex::new(number(&pair[0]), number(&pair[1]))).collect()
}

fn specification(line: &Value, band: Band<f64>, peak: f64) -> Specification {
    let tangents = line["tangents"].as_object().expect("tangents by name");
    Specification {
        band,
        sample_rate: number(&line["sample_rate"]),
        frequencies: numbers(&line["frequencies"]),
        response: complexes(&line["response"]),
        tangents: tangents.iter().map(|(name, t)| (name.clone(), complexes(t))).collect(),
        peak,
    }
}

/// A line of `design.jsonl`.
fn method(line: &Value) -> Specification {
    let order = usize::try_from(line["order"].as_u64().expect("order")).expect("small");
    let (ripple_db, stop_db) = (&line["ripple_db"], &line["stop_db"]);
    let method = match line["method"].as_str() {
        Some("butterworth") => Method::Butterworth { order },
        Some("chebyshev1") => Method::Chebyshev1 { order, ripple_db: number(ripple_db) },
        Some("chebyshev2") => Method::Chebyshev2 { order, stop_db: number(stop_db) },
        Some("elliptic") => {
            Method::Elliptic { order, ripple_db: number(ripple_db), stop_db: number(stop_db) }
        }
        Some("bessel") => {
            let norm = match line["norm"].as_str() {
                Some("phase") => BesselNorm::Phase,
                Some("delay") => BesselNorm::Delay,
                Some("magnitude") => BesselNorm::Magnitude,
                other => panic!("norm {other:?}"),
            };
            Method::Bessel { order, norm }
        }
        other => panic!("method {other:?}"),
    };
    let edges = numbers(&line["edges"]);
    let band = match (line["band"].as_str(), edges.as_slice()) {
        (Some("lowpass"), &[cutoff]) => Band::lowpass(method, cutoff),
        (Some("highpass"), &[cutoff]) => Band::highpass(method, cutoff),
        (Some("bandpass"), &[low, high]) => Band::bandpass(method, low, high),
        (Some("bandstop"), &[low, high]) => Band::bandstop(method, low, high),
        other => panic!("band {other:?}"),
    };
    specification(line, band, 1.0)
}

/// A line of `cookbook.jsonl`.
fn shape(line: &Value) -> Specification {
    let frequency = number(&line["frequency"]);
    let (name, width) = line["width"].as_object().expect("width").iter().next().expect("one");
    let width = match name.as_str() {
        "q" => Width::Q(number(width)),
        "octaves" => Width::Bandwidth(number(width)),
        "slope" => Width::Slope(number(width)),
        other => panic!("width {other}"),
    };
    let gain_db = line["gain_db"].as_f64().unwrap_or(0.0);
    let (center, cutoff) = (frequency, frequency);
    let band = match line["kind"].as_str() {
        Some("lowpass") => Band::ResonantLowpass { cutoff, width },
        Some("highpass") => Band::ResonantHighpass { cutoff, width },
        Some("bandpass_skirt") => Band::BandpassConstantSkirt { center, width },
        Some("bandpass_peak") => Band::BandpassConstantPeak { center, width },
        Some("notch") => Band::Notch { center, width },
        Some("allpass") => Band::Allpass { center, width },
        Some("peak") => Band::Peak { center, width, gain_db },
        Some("low_shelf") => Band::LowShelf { cutoff, width, gain_db },
        Some("high_shelf") => Band::HighShelf { cutoff, width, gain_db },
        other => panic!("kind {other:?}"),
    };
    let response = complexes(&line["response"]);
    let peak = worst(response.iter().map(|h| h.norm()).chain([1.0]));
    let mut specification = specification(line, band, peak);
    // The file names the centre or cutoff `frequency` and the bandwidth `octaves`.
    for (theirs, ours) in
        [("frequency", "center"), ("frequency", "cutoff"), ("octaves", "bandwidth")]
    {
        if let Some(tangents) = specification.tangents.get(theirs).cloned() {
            specification.tangents.insert(ours.to_owned(), tangents);
        }
    }
    specification
}
