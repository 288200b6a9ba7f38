//! The words of a specification: bands, methods and their arguments.

use filterbank_core::{Band, BesselNorm, DesignError, Method, Parameter, Requirement, Width};
use proc_macro2::Ident;

use crate::errors::Errors;
use crate::parse::Value;

/// A band, with the lists of arguments that it takes.
pub(crate) struct BandWord {
    pub(crate) word: &'static str,
    /// Of a band that takes a method: the shape that does the same with a width instead.
    pub(crate) shape: Option<&'static str>,
    /// Arguments that must be there.
    pub(crate) required: &'static [&'static str],
    /// Arguments of which exactly one must be there; empty if there is no choice.
    pub(crate) one_of: &'static [&'static str],
}

const WIDTHS: &[&str] = &["q", "bandwidth"];
const SHELF_WIDTHS: &[&str] = &["q", "bandwidth", "slope"];

const fn with_method(
    word: &'static str,
    required: &'static [&'static str],
    shape: &'static str,
) -> BandWord {
    BandWord { word, shape: Some(shape), required, one_of: &[] }
}

const fn shape(
    word: &'static str,
    required: &'static [&'static str],
    one_of: &'static [&'static str],
) -> BandWord {
    BandWord { word, shape: None, required, one_of }
}

pub(crate) const BANDS: &[BandWord] = &[
    with_method("lowpass", &["cutoff"], "resonant_lowpass"),
    with_method("highpass", &["cutoff"], "resonant_highpass"),
    with_method("bandpass", &["low", "high"], "bandpass_constant_peak"),
    with_method("bandstop", &["low", "high"], "notch"),
    shape("resonant_lowpass", &["cutoff"], WIDTHS),
    shape("resonant_highpass", &["cutoff"], WIDTHS),
    shape("bandpass_constant_skirt", &["center"], WIDTHS),
    shape("bandpass_constant_peak", &["center"], WIDTHS),
    shape("notch", &["center"], WIDTHS),
    shape("allpass", &["center"], WIDTHS),
    shape("peak", &["center", "gain_db"], WIDTHS),
    shape("low_shelf", &["cutoff", "gain_db"], SHELF_WIDTHS),
    shape("high_shelf", &["cutoff", "gain_db"], SHELF_WIDTHS),
];

/// A method, with the list of arguments that it takes.
pub(crate) struct MethodWord {
    pub(crate) word: &'static str,
    pub(crate) required: &'static [&'static str],
    pub(crate) optional: &'static [&'static str],
}

const fn method(word: &'static str, required: &'static [&'static str]) -> MethodWord {
    MethodWord { word, required, optional: &[] }
}

pub(crate) const METHODS: &[MethodWord] = &[
    method("butterworth", &["order"]),
    method("chebyshev1", &["order", "ripple_db"]),
    method("chebyshev2", &["order", "stop_db"]),
    method("elliptic", &["order", "ripple_db", "stop_db"]),
    MethodWord { optional: &["norm"], ..method("bessel", &["order"]) },
];

pub(crate) const NORMS: [BesselNorm; 3] =
    [BesselNorm::Phase, BesselNorm::Delay, BesselNorm::Magnitude];

impl MethodWord {
    /// What to say of an argument of the band.
    pub(crate) fn misplaced(&self, name: &str) -> Option<String> {
        let of_band = BANDS.iter().any(|band| band.takes_method() && band.required.contains(&name));
        let method = self.word;
        of_band.then(|| format!("`{name}` belongs to the band, behind `{method}(…)`"))
    }

    /// The method with the values that `value` gives for its arguments.
    pub(crate) fn build(
        &self,
        order: usize,
        norm: BesselNorm,
        value: impl Fn(&str) -> f64,
    ) -> Method<f64> {
        match self.word {
            "chebyshev1" => Method::Chebyshev1 { order, ripple_db: value("ripple_db") },
            "chebyshev2" => Method::Chebyshev2 { order, stop_db: value("stop_db") },
            "elliptic" => {
                Method::Elliptic { order, ripple_db: value("ripple_db"), stop_db: value("stop_db") }
            }
            "bessel" => Method::Bessel { order, norm },
            _ => Method::Butterworth { order },
        }
    }
}

impl BandWord {
    /// Whether it takes a method.
    pub(crate) fn takes_method(&self) -> bool {
        self.shape.is_some()
    }

    /// What to say of an argument that belongs to the method or to another band.
    pub(crate) fn misplaced(&self, name: &str, value: Option<&Value>) -> Option<String> {
        let Some(shape) = self.shape else {
            let value = value?.number().filter(|_| name == "slope")?.value;
            return Some(
                DesignError::new(Parameter::SLOPE, value, Requirement::ShelfOnly).to_string(),
            );
        };
        if WIDTHS.contains(&name) {
            let band = self.word;
            return Some(format!("`{name}` belongs to `{shape}(…)`: `{band}` takes a method"));
        }
        let method = METHODS
            .iter()
            .find(|method| method.required.contains(&name) || method.optional.contains(&name))?;
        Some(format!("`{name}` belongs to the method, as in `{}({name} = …)`", method.word))
    }

    /// The band with the values that `value` gives for its arguments; `width` is the name of the
    /// width that was chosen, `method` is there if the band takes one.
    pub(crate) fn build(
        &self,
        method: Method<f64>,
        width: &str,
        value: impl Fn(&str) -> f64,
    ) -> Band<f64> {
        let cutoff = || value("cutoff");
        let center = || value("center");
        let gain_db = || value("gain_db");
        let width = || match width {
            "bandwidth" => Width::Bandwidth(value(width)),
            "slope" => Width::Slope(value(width)),
            _ => Width::Q(value("q")),
        };
        match self.word {
            "lowpass" => Band::lowpass(method, cutoff()),
            "highpass" => Band::highpass(method, cutoff()),
            "bandpass" => Band::bandpass(method, value("low"), value("high")),
            "bandstop" => Band::bandstop(method, value("low"), value("high")),
            "resonant_lowpass" => Band::ResonantLowpass { cutoff: cutoff(), width: width() },
            "resonant_highpass" => Band::ResonantHighpass { cutoff: cutoff(), width: width() },
            "bandpass_constant_skirt" => {
                Band::BandpassConstantSkirt { center: center(), width: width() }
            }
            "bandpass_constant_peak" => {
                Band::BandpassConstantPeak { center: center(), width: width() }
            }
            "notch" => Band::notch(center(), width()),
            "allpass" => Band::Allpass { center: center(), width: width() },
            "low_shelf" => Band::low_shelf(cutoff(), width(), gain_db()),
            "high_shelf" => Band::high_shelf(cutoff(), width(), gain_db()),
            _ => Band::peak(center(), width(), gain_db()),
        }
    }
}

/// Reports a word that is not among the `valid` ones, with the one it was probably meant to be.
pub(crate) fn unknown(errors: &mut Errors, word: &Ident, what: &str, valid: &[&str]) {
    let written = word.to_string();
    let near = valid
        .iter()
        .map(|valid| (likeness(&written, valid), valid))
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .filter(|(likeness, _)| *likeness > 0.5)
        .map_or_else(String::new, |(_, valid)| format!("; did you mean `{valid}`?"));
    errors.push(word.span(), format!("unknown {what}: `{written}`{near} (valid: {})", list(valid)));
}

/// From 0 for nothing in common to 1 for the same.
fn likeness(written: &str, valid: &str) -> f64 {
    let abbreviates = written.len() > 2 && valid.starts_with(written);
    if abbreviates { 1.0 } else { strsim::normalized_damerau_levenshtein(written, valid) }
}

/// `` `a`, `b` ``.
pub(crate) fn list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
