//! A syntax tree to a checked specification: the rules about names, rates and ranges, each mistake
//! at its span. The rules about words and arguments are the library's.

use std::collections::HashSet;

use filterbank_core::grammar::{
    Arrangement, GrammarError, Mistake, Number, Setting, read_arrangement, read_band,
};
use filterbank_core::{Band, DesignError, Parameter, Quantity, Section};
use proc_macro2::Ident;
use syn::Attribute;
use syn::ext::IdentExt;

use crate::bounds;
use crate::checked::{Checked, CheckedBand};
use crate::errors::{Errors, Place};
use crate::index::refuse_collisions;
use crate::parse::{NamedBand, Spec};
use crate::rate::Rate;

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
    "at",
    "band",
    "band_count",
    "bands",
    "cast",
    "clamp_params",
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
    "padding_length",
    "params",
    "phase",
    "process",
    "process_channels",
    "response",
    "rounding_db",
    "sample_rate",
    "sections",
    "sos",
    "state",
    "steady_state",
    "svf_from_params",
    "tick",
    "transfer_function",
    "tuned",
    "zero_phase",
    "zpk",
];

pub(crate) fn check(mut spec: Spec, errors: &mut Errors) -> Checked {
    refuse(&mut spec.attributes, "cfg", "put it in front of `filterbank!`", errors);
    refuse(&mut spec.attributes, "deprecated", "the generated functions use the struct", errors);
    let read_bands: Vec<ReadBand> = spec.bands.into_iter().map(read).collect();
    let mut mistakes = Errors::default();
    let (arrangement, sample_rate) =
        read_arrangement(&spec.arrangement, |mistake| push(&mut mistakes, mistake));
    let rate = match sample_rate {
        Some(number) => rate(number, &read_bands, &mut mistakes),
        None if spec.arrangement.arguments.is_empty() => Rate::Later,
        None => Rate::Broken,
    };
    errors.append(mistakes);
    let mut seen = HashSet::new();
    let mut bands = Vec::new();
    for mut band in read_bands {
        refuse(&mut band.attributes, "cfg", "the number of bands is part of the type", errors);
        let named = check_name(&band.name, &mut seen, errors);
        let band = check_band(band, rate, errors);
        // A band that cannot have its name has been checked for its own sake.
        bands.extend(named.then_some(band));
    }
    refuse_collisions(&mut bands, errors);
    Checked {
        attributes: spec.attributes,
        visibility: spec.visibility,
        name: spec.name,
        arrangement: arrangement.unwrap_or(Arrangement::Cascade),
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

/// Reports a mistake of the grammar.
fn push(errors: &mut Errors, Mistake { place, error }: Mistake<Place>) {
    match &error {
        GrammarError::NotANumber { name, word } => errors.push(
            place,
            format!("`{name}` must be a number literal: the macro cannot evaluate `{word}`"),
        ),
        _ => errors.push(place, error),
    }
}

/// A band whose words and arguments have been read.
struct ReadBand {
    attributes: Vec<Attribute>,
    name: Ident,
    /// The band's word, or its name if there is none.
    place: Place,
    /// `None` if the word is not a band; a number is `None` if it is missing or mistaken.
    band: Option<Band<Option<Setting<Place>>>>,
    mistakes: Errors,
}

fn read(named: NamedBand) -> ReadBand {
    let mut mistakes = Errors::default();
    let call = mistakes.keep(named.call);
    let place = call.as_ref().map_or(named.name.span().into(), |call| call.word.place);
    let band = call.and_then(|call| read_band(&call, |mistake| push(&mut mistakes, mistake)));
    ReadBand { attributes: named.attributes, name: named.name, place, band, mistakes }
}

/// The sample rate by which frequencies are judged. One wrong rate is one mistake, not one for
/// each band.
fn rate(rate: Number<Place>, bands: &[ReadBand], errors: &mut Errors) -> Rate {
    let Number { value, place } = rate;
    if bands.len() < 2 || !bands.iter().all(|band| lies_above(band, value / 2.0)) {
        return Rate::Baked(value);
    }
    let message =
        format!("`sample_rate` = {value} Hz is too low for every band: it is given in Hz");
    errors.push(place, message);
    Rate::Broken
}

/// Whether a band has frequencies, and all of them reach a limit.
fn lies_above(band: &ReadBand, limit: f64) -> bool {
    let Some(band) = band.band else { return false };
    let frequencies = band.params().into_iter().filter_map(|(parameter, setting)| {
        setting.filter(|_| parameter.quantity == Quantity::Frequency)
    });
    let mut frequencies = frequencies.peekable();
    frequencies.peek().is_some() && frequencies.all(|setting| setting.start.value >= limit)
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

fn check_band(named: ReadBand, rate: Rate, errors: &mut Errors) -> CheckedBand {
    let ReadBand { attributes, name, place, band, mut mistakes } = named;
    let band = band.unwrap_or_else(|| Band::peak(1.0, 1.0, 0.0).map(|_, _| None));
    let numbers = band.map(|_, setting| setting.map_or(f64::NAN, |setting| setting.start.value));
    rate.check(&numbers, |error| report(&band, error, place, &mut mistakes));
    let sound = mistakes.is_empty();
    bounds::check(&band, sound, rate, &mut mistakes);
    let exclusions = if mistakes.is_empty() { bounds::exclusions(&band, rate) } else { Vec::new() };

    let mut coefficients = Vec::new();
    if rate.baked().is_some() {
        coefficients = vec![[1.0, 0.0, 0.0, 0.0, 0.0]; band.section_count()];
    }
    if let (Rate::Baked(rate), true) = (rate, sound) {
        match numbers.sections(rate) {
            Ok(sections) => coefficients = sections.iter().map(Section::coefficients).collect(),
            Err(error) => report(&band, error, place, &mut mistakes),
        }
    }
    errors.append(mistakes);
    // With mistakes, the generated code is there for its names alone: any number will do.
    let stand_in = Setting { start: Number { value: 1.0, place }, tuning: None };
    let band = band.map(|_, setting| setting.unwrap_or(stand_in));
    CheckedBand { attributes, name, band, coefficients, exclusions }
}

/// Shows a mistake of the design at the number it is about, or at the band if it is about none of
/// them. A number that is missing has been reported.
fn report(
    band: &Band<Option<Setting<Place>>>,
    error: DesignError,
    place: Place,
    errors: &mut Errors,
) {
    let about = |(parameter, _): &(Parameter, _)| *parameter == error.parameter();
    match band.params().into_iter().find(about) {
        Some((_, Some(setting))) => errors.push(setting.start.place, error),
        Some((_, None)) => {}
        None => errors.push(place, error),
    }
}
