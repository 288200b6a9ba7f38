//! A syntax tree to a checked specification: every rule, every range, each mistake at its span.

use std::collections::HashSet;

use filterbank_core::{Band, DesignError, Method, Parameter, Requirement, Section};
use proc_macro2::Ident;
use syn::Attribute;
use syn::ext::IdentExt;

use crate::arguments::{Arguments, Signature};
use crate::checked::{Arrangement, Checked, CheckedBand};
use crate::errors::{Errors, Place};
use crate::parse::{self, Call, NamedBand, Number, Spec};
use crate::rate::Rate;
use crate::words::{self, BANDS, BandWord, METHODS};

/// Names that bands cannot have: of what is generated, and of the cascade's or bank's own
/// functions, which a band of that name would hide.
pub(crate) const TAKEN: &[&str] = &[
    "BAKED",
    "as_ref",
    "BANDS",
    "BOUNDS",
    "PARAMS",
    "PARAM_NAMES",
    "QUANTITIES",
    "SAMPLE_RATE",
    "SECTIONS",
    "band",
    "band_count",
    "bands",
    "cast",
    "clone",
    "default",
    "deref",
    "ends",
    "eq",
    "fmt",
    "from_params",
    "group_delay",
    "impulse_response",
    "is_stable",
    "magnitude_db",
    "new",
    "new_f32",
    "params",
    "phase",
    "process",
    "process_channels",
    "response",
    "sample_rate",
    "sections",
    "sos",
    "state",
    "tick",
    "tuned",
    "zpk",
];

pub(crate) fn check(mut spec: Spec, errors: &mut Errors) -> Checked {
    refuse(&mut spec.attributes, "cfg", "put it in front of `filterbank!`", errors);
    refuse(&mut spec.attributes, "deprecated", "the generated functions use the struct", errors);
    let arrangement = arrangement(&spec.arrangement, errors);
    let rate = sample_rate(&spec, errors);
    let mut seen = HashSet::new();
    let mut bands = Vec::new();
    for mut band in spec.bands {
        refuse(&mut band.attributes, "cfg", "the number of bands is part of the type", errors);
        let named = check_name(&band.name, &mut seen, errors);
        let band = check_band(band, rate, errors);
        // A band that cannot have its name has been checked for its own sake.
        bands.extend(named.then_some(band));
    }
    Checked {
        attributes: spec.attributes,
        visibility: spec.visibility,
        name: spec.name,
        arrangement,
        sample_rate: rate.baked(),
        bands,
    }
}

/// Refuses an attribute that cannot be carried through.
fn refuse(attributes: &mut Vec<Attribute>, word: &str, reason: &str, errors: &mut Errors) {
    attributes.retain(|attribute| {
        let refused = attribute.path().is_ident(word);
        if refused {
            let end = attribute.bracket_token.span.close();
            let place = Place::between(attribute.pound_token.span, end);
            errors.push(place, format!("`{word}` cannot stand here: {reason}"));
        }
        !refused
    });
}

fn arrangement(word: &Ident, errors: &mut Errors) -> Arrangement {
    if word == "bank" {
        return Arrangement::Bank;
    }
    if word != "cascade" {
        words::unknown(errors, word, "arrangement", &["cascade", "bank"]);
    }
    Arrangement::Cascade
}

/// What stands in parentheses behind the arrangement.
fn sample_rate(spec: &Spec, errors: &mut Errors) -> Rate {
    if spec.settings.as_ref().is_none_or(|group| group.stream().is_empty()) {
        return Rate::Later;
    }
    let settings = parse::arguments(spec.settings.as_ref(), errors);
    let signature = Signature {
        call: &spec.arrangement,
        required: &["sample_rate"],
        optional: &[],
        misplaced: &|_, _| None,
    };
    let mut arguments = Arguments::default();
    arguments.collect(&signature, settings, errors);
    let Some(Number { value, place }) = arguments.fixed("sample_rate", errors) else {
        return Rate::Broken;
    };
    if value <= 0.0 {
        errors.push(place, DesignError::new(Parameter::SAMPLE_RATE, value, Requirement::Positive));
        return Rate::Broken;
    }
    // One wrong rate is one mistake, not one for each band.
    if spec.bands.len() > 1 && spec.bands.iter().all(|band| lies_above(band, value / 2.0)) {
        let message =
            format!("`sample_rate` = {value} Hz is too low for every band: it is given in Hz");
        errors.push(place, message);
        return Rate::Broken;
    }
    Rate::Baked(value)
}

/// Whether all frequencies of a band reach a limit.
fn lies_above(band: &NamedBand, limit: f64) -> bool {
    let built = band.call.as_ref().ok().and_then(|call| build(call, &mut Errors::default()));
    built.is_some_and(|(_, arguments)| arguments.lie_above(limit))
}

/// Whether a band can have this name.
fn check_name(name: &Ident, seen: &mut HashSet<String>, errors: &mut Errors) -> bool {
    let text = name.unraw().to_string();
    // Of the 2024 edition, which `syn` does not know about.
    let keyword = syn::parse_str::<Ident>(&name.to_string()).is_err() || name == "gen";
    let mistake = if keyword {
        format!("`{text}` is a Rust keyword and cannot name a band")
    } else if TAKEN.contains(&text.as_str()) {
        format!("`{text}` names something that is generated: choose another name for the band")
    } else if !seen.insert(text.clone()) {
        format!("there already is a band `{text}`")
    } else {
        return true;
    };
    errors.push(name.span(), mistake);
    false
}

fn check_band(named: NamedBand, rate: Rate, errors: &mut Errors) -> CheckedBand {
    let call = errors.keep(named.call);
    let span = call.as_ref().map_or(named.name.span(), |call| call.word.span());
    // A stand-in for a band of which nothing is known.
    let unknown = || (Band::peak(1.0, 1.0, 0.0), Arguments::spoilt());
    let (band, arguments) = call.and_then(|call| build(&call, errors)).unwrap_or_else(unknown);
    let mut sound = arguments.is_complete();
    rate.check(&band, |error| {
        sound = false;
        arguments.report(&error, span, errors);
    });
    let tuned = arguments.tuned(&band, rate, errors);

    let mut coefficients = Vec::new();
    if rate.baked().is_some() {
        coefficients = vec![[1.0, 0.0, 0.0, 0.0, 0.0]; band.section_count()];
    }
    if let (Rate::Baked(rate), true) = (rate, sound) {
        match band.sections(rate) {
            Ok(sections) => coefficients = sections.iter().map(Section::coefficients).collect(),
            Err(error) => arguments.report(&error, span, errors),
        }
    }
    CheckedBand { attributes: named.attributes, name: named.name, band, tuned, coefficients }
}

/// The band that a call asks for, with stand-ins where something is wrong; `None` if it is none.
fn build(call: &Call, errors: &mut Errors) -> Option<(Band<f64>, Arguments)> {
    let Some(word) = BANDS.iter().find(|band| call.word == band.word) else {
        let valid: Vec<_> = BANDS.iter().map(|band| band.word).collect();
        words::unknown(errors, &call.word, "band", &valid);
        return None;
    };
    let signature = Signature {
        call: &call.word,
        required: word.required,
        optional: word.one_of,
        misplaced: &|name, value| word.misplaced(name, value),
    };
    let mut list = parse::arguments(call.arguments.as_ref(), errors);
    let is_method = |nested: &Call| METHODS.iter().any(|method| nested.word == method.word);
    let mut methods: Vec<Call> = list.calls.extract_if(.., |nested| is_method(nested)).collect();
    if word.takes_method() && methods.is_empty() {
        // A call that is nothing else was meant for the method.
        methods = list.calls.extract_if(.., |nested| !signature.takes(&nested.word)).collect();
    }

    let mut arguments = Arguments::default();
    let known = arguments.collect(&signature, list, errors);
    let width = arguments.one_of(word.one_of, errors);
    let method = if word.takes_method() {
        method(&call.word, &methods, &mut arguments, errors)
    } else {
        refuse_methods(word, &methods, &mut arguments, errors);
        None
    };
    if known {
        let mut others = Vec::new();
        if width.is_empty() && !word.one_of.is_empty() {
            others.push(format!("one of {}", words::list(word.one_of)));
        }
        if word.takes_method() && methods.is_empty() {
            others.push("a method such as `butterworth(order = 4)`".to_owned());
        }
        arguments.require(&signature, others, errors);
    }
    let method = method.unwrap_or(Method::Butterworth { order: 1 });
    Some((word.build(method, width, |name| arguments.value(name)), arguments))
}

fn refuse_methods(
    band: &BandWord,
    methods: &[Call],
    arguments: &mut Arguments,
    errors: &mut Errors,
) {
    for method in methods {
        arguments.spoil();
        let message = format!("`{}` takes no method: it always is of second order", band.word);
        errors.push(method.word.span(), message);
    }
}

/// The method of a band that takes one. Its arguments join those of the band.
fn method(
    band: &Ident,
    methods: &[Call],
    arguments: &mut Arguments,
    errors: &mut Errors,
) -> Option<Method<f64>> {
    let (call, others) = methods.split_first()?;
    for other in others {
        errors.push(other.word.span(), format!("`{band}` takes one method only"));
    }
    let Some(method) = METHODS.iter().find(|method| call.word == method.word) else {
        let valid: Vec<_> = METHODS.iter().map(|method| method.word).collect();
        words::unknown(errors, &call.word, "method", &valid);
        arguments.spoil();
        return None;
    };
    let signature = Signature {
        call: &call.word,
        required: method.required,
        optional: method.optional,
        misplaced: &|name, _| method.misplaced(name),
    };
    let own = parse::arguments(call.arguments.as_ref(), errors);
    if arguments.collect(&signature, own, errors) {
        arguments.require(&signature, [], errors);
    }
    let (order, norm) = (arguments.order(errors), arguments.norm(errors));
    Some(method.build(order, norm, |name| arguments.value(name)))
}
