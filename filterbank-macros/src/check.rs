//! A syntax tree to a checked specification: every rule, every range, each mistake at its span.

use std::collections::HashSet;

use filterbank_core::{Band, DesignError, Method, Requirement, Section};
use proc_macro2::Ident;
use syn::{Attribute, Visibility};

use crate::arguments::Arguments;
use crate::errors::Errors;
use crate::parse::{Argument, Call, NamedBand, Spec};
use crate::words::{self, BANDS, BandWord, METHODS, MethodWord};

/// A specification from which code can be made. Bands with mistakes are in it with stand-ins for
/// what was wrong, so that the rest of the user's crate still finds its names.
pub(crate) struct Checked {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    pub(crate) arrangement: Arrangement,
    /// In Hz; `None` if it is given when the filter is made.
    pub(crate) sample_rate: Option<f64>,
    pub(crate) bands: Vec<CheckedBand>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrangement {
    Cascade,
    Bank,
}

pub(crate) struct CheckedBand {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) name: Ident,
    pub(crate) band: Band<f64>,
    /// What is tuned: parameter names with their bounds, in the order of `Band::params`.
    pub(crate) tuned: Vec<Tuned>,
    /// Rows `[b0, b1, b2, a1, a2]`; empty without a sample rate.
    pub(crate) coefficients: Vec<[f64; 5]>,
}

pub(crate) struct Tuned {
    pub(crate) parameter: &'static str,
    pub(crate) start: f64,
    /// Lowest and highest value; infinite if none were given.
    pub(crate) bounds: (f64, f64),
}

/// Names that the generated code has already given away.
const TAKEN: &[&str] = &[
    "new",
    "new_f32",
    "cast",
    "from_params",
    "sections",
    "sample_rate",
    "state",
    "tick",
    "process",
    "process_batch",
    "response",
    "magnitude_db",
    "phase",
    "group_delay",
    "impulse_response",
    "is_stable",
    "band",
    "bands",
    "band_count",
    "zpk",
    "part",
    "clone",
    "default",
    "deref",
    "eq",
    "fmt",
    "params",
    "tuned",
];

pub(crate) fn check(spec: Spec, errors: &mut Errors) -> Checked {
    let arrangement = arrangement(&spec.arrangement, errors);
    let sample_rate = sample_rate(&spec.settings, errors);
    if spec.bands.is_empty() && errors.is_empty() {
        errors.push(spec.braces, "expected at least one band: `name: peak(…)`");
    }
    let mut seen = HashSet::new();
    let mut bands = Vec::new();
    for band in spec.bands {
        let named = check_name(&band.name, &mut seen, errors);
        let band = check_band(band, sample_rate, errors);
        // A band that cannot have its name has been checked for its own sake.
        bands.extend(named.then_some(band));
    }
    Checked {
        attributes: spec.attributes,
        visibility: spec.visibility,
        name: spec.name,
        arrangement,
        sample_rate,
        bands,
    }
}

fn arrangement(word: &Ident, errors: &mut Errors) -> Arrangement {
    match word.to_string().as_str() {
        "cascade" => Arrangement::Cascade,
        "bank" => Arrangement::Bank,
        _ => {
            words::unknown(errors, word, "arrangement", &["cascade", "bank"]);
            Arrangement::Cascade
        }
    }
}

/// The sample rate, `None` if it is left to the run time.
fn sample_rate(settings: &[Argument], errors: &mut Errors) -> Option<f64> {
    if settings.is_empty() {
        return None;
    }
    let arguments = Arguments::collect(settings, &["sample_rate"], errors);
    match arguments.fixed("sample_rate", errors) {
        Some(rate) if rate.value.is_finite() && rate.value > 0.0 => return Some(rate.value),
        Some(rate) => {
            let error = DesignError::new("sample_rate", rate.value, Requirement::Positive);
            errors.push(rate.span, error);
        }
        None => {}
    }
    // One was meant to be there. No frequency is too high for this one.
    Some(f64::MAX)
}

/// Whether a band can have this name.
fn check_name(name: &Ident, seen: &mut HashSet<String>, errors: &mut Errors) -> bool {
    let text = name.to_string();
    let mistake = if syn::parse_str::<Ident>(&text).is_err() {
        format!("`{text}` is a Rust keyword and cannot name a band")
    } else if TAKEN.contains(&text.as_str()) {
        format!("`{text}` is the name of a generated function: choose another for the band")
    } else if !seen.insert(text.clone()) {
        format!("there already is a band `{text}`")
    } else {
        return true;
    };
    errors.push(name.span(), mistake);
    false
}

fn check_band(named: NamedBand, sample_rate: Option<f64>, errors: &mut Errors) -> CheckedBand {
    let (band, arguments) = match &named.call {
        Some(call) => build(call, errors),
        None => (Band::peak(1.0, 1.0, 0.0), Arguments::default()),
    };
    // Without a sample rate no frequency is too high.
    let rate = sample_rate.unwrap_or(f64::MAX);
    let span = named.call.as_ref().map_or(named.name.span(), |call| call.word.span());
    let mut sound = arguments.is_complete();
    band.check(rate, |error| {
        sound = false;
        arguments.report(&error, span, errors);
    });
    let tuned = arguments.tuned(&band, rate, errors);

    let mut coefficients = Vec::new();
    if sample_rate.is_some() {
        coefficients = vec![[1.0, 0.0, 0.0, 0.0, 0.0]; band.section_count()];
        if sound && errors.is_empty() {
            match band.sections(rate) {
                Ok(sections) => {
                    coefficients = sections.iter().map(Section::coefficients).collect();
                }
                Err(error) => arguments.report(&error, span, errors),
            }
        }
    }
    CheckedBand { attributes: named.attributes, name: named.name, band, tuned, coefficients }
}

/// The band that a call asks for, with stand-ins where something is wrong.
fn build(call: &Call, errors: &mut Errors) -> (Band<f64>, Arguments) {
    let Some(word) = BANDS.iter().find(|band| call.word == band.word) else {
        words::unknown(
            errors,
            &call.word,
            "band",
            &BANDS.iter().map(|b| b.word).collect::<Vec<_>>(),
        );
        return (Band::peak(1.0, 1.0, 0.0), Arguments::default());
    };
    let is_call = |argument: &&Argument| matches!(argument, Argument::Call(_));
    let (methods, named): (Vec<_>, Vec<_>) = call.arguments.iter().partition(is_call);
    let valid: Vec<_> = word.required.iter().chain(word.one_of).copied().collect();
    let mut arguments = Arguments::collect(named, &valid, errors);
    arguments.require(&call.word, word.required, errors);
    let width = arguments.one_of(&call.word, word.one_of, errors);
    let method = if word.method {
        build_method(&call.word, &methods, &mut arguments, errors)
    } else {
        refuse_methods(word, &methods, &mut arguments, errors);
        Method::Butterworth { order: 1 }
    };
    (word.build(method, width, |name| arguments.value(name)), arguments)
}

fn refuse_methods(
    band: &BandWord,
    methods: &[&Argument],
    arguments: &mut Arguments,
    errors: &mut Errors,
) {
    for method in methods {
        if let Argument::Call(call) = method {
            arguments.spoil();
            let message = format!(
                "`{}` takes no method: it is of second order (expected {})",
                band.word,
                words::list(band.required),
            );
            errors.push(call.word.span(), message);
        }
    }
}

/// The method of a band that takes one; its arguments join those of the band.
fn build_method(
    band: &Ident,
    methods: &[&Argument],
    arguments: &mut Arguments,
    errors: &mut Errors,
) -> Method<f64> {
    let placeholder = Method::Butterworth { order: 1 };
    let valid: Vec<_> = METHODS.iter().map(|method| method.word).collect();
    let mut calls = methods.iter().filter_map(|argument| match argument {
        Argument::Call(call) => Some(call),
        _ => None,
    });
    let Some(call) = calls.next() else {
        if arguments.may_miss() {
            errors.push(
                band.span(),
                format!("`{band}` needs a method (one of {})", words::list(&valid)),
            );
        }
        arguments.spoil();
        return placeholder;
    };
    for other in calls {
        errors.push(other.word.span(), format!("`{band}` takes one method only"));
    }
    let Some(method) = METHODS.iter().find(|method| call.word == method.word) else {
        words::unknown(errors, &call.word, "method", &valid);
        arguments.spoil();
        return placeholder;
    };
    let MethodWord { required, norm, .. } = *method;
    let valid: Vec<_> =
        ["order"].iter().chain(required).chain(norm.then_some(&"norm")).copied().collect();
    let mut own = Arguments::collect(&call.arguments, &valid, errors);
    own.require(&call.word, &["order"], errors);
    own.require(&call.word, required, errors);
    let (order, norm) = (own.order(errors), own.norm(errors));
    arguments.absorb(own);
    method.build(order, norm, |name| arguments.value(name))
}
