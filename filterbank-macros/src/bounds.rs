//! Bounds of parameters: whether they can be reached, and which values within them exclude each
//! other.
//!
//! Each limit of one parameter by another is monotone: `high` above `low`, `stop_db` above
//! `ripple_db`, a slope below what the size of the gain allows. So what holds at the ends of the
//! bounds (and at a gain of 0 dB) holds between them.

use filterbank_core::grammar::Setting;
use filterbank_core::{Band, DesignError, Parameter, Requirement};

use crate::errors::{Errors, Place};
use crate::rate::Rate;

type Settings = Band<Option<Setting<Place>>>;

/// Reports bounds that are not allowed themselves, or with no values of the other parameters. With
/// a start that is not `sound`, the other parameters do not matter.
pub(crate) fn check(band: &Settings, sound: bool, rate: Rate, errors: &mut Errors) {
    for (parameter, setting) in band.params() {
        let Some(bounds) = setting.and_then(|setting| setting.tuning?.bounds) else { continue };
        for bound in [bounds.low, bounds.high] {
            let obstacle = |numbers: &Band<f64>| {
                let about = |error: &DesignError| {
                    error.parameter() == parameter && error.value() == bound.value
                        || sound && is_limit(error) && involves(error, parameter)
                };
                first(numbers, rate, about)
            };
            let choices = |other: Parameter, setting: Option<Setting<Place>>| {
                if other == parameter { vec![bound.value] } else { reachable(setting) }
            };
            let obstacles: Option<Vec<_>> =
                combinations(band, choices).iter().map(obstacle).collect();
            let smallest = |a: &DesignError, b: &DesignError| lack(a).total_cmp(&lack(b));
            if let Some(error) = obstacles.and_then(|all| all.into_iter().min_by(smallest)) {
                errors.push(bound.place, error);
            }
        }
    }
}

/// What keeps values within their bounds from being designed together: one example for each
/// parameter that is at fault.
pub(crate) fn exclusions(band: &Settings, rate: Rate) -> Vec<DesignError> {
    let ends = |_, setting: Option<Setting<Place>>| match setting {
        Some(Setting { start, tuning }) => match tuning.and_then(|tuning| tuning.bounds) {
            Some(bounds) => vec![bounds.low.value, bounds.high.value],
            None => vec![start.value],
        },
        None => vec![f64::NAN],
    };
    let mut found: Vec<DesignError> = Vec::new();
    for numbers in combinations(band, ends) {
        rate.check(&numbers, |error| {
            if is_limit(&error) && found.iter().all(|it| it.parameter() != error.parameter()) {
                found.push(error);
            }
        });
    }
    found
}

/// Whether an error is about two parameters together.
fn is_limit(error: &DesignError) -> bool {
    matches!(error.requirement(), Requirement::Above { .. } | Requirement::Below { .. })
}

/// Whether an error about two parameters is about this one.
fn involves(error: &DesignError, parameter: Parameter) -> bool {
    let other = match error.requirement() {
        Requirement::Above { parameter, .. } => parameter,
        _ => Parameter::GAIN_DB,
    };
    [error.parameter(), other].contains(&parameter)
}

/// By how much a limit is missed.
fn lack(error: &DesignError) -> f64 {
    match error.requirement() {
        Requirement::Above { value, .. } => value - error.value(),
        Requirement::Below { limit } => error.value() - limit,
        _ => 0.0,
    }
}

/// The first error of a certain kind.
fn first(
    numbers: &Band<f64>,
    rate: Rate,
    is_wanted: impl Fn(&DesignError) -> bool,
) -> Option<DesignError> {
    let mut found = None;
    rate.check(numbers, |error| {
        if found.is_none() && is_wanted(&error) {
            found = Some(error);
        }
    });
    found
}

/// Values that a parameter can take: the written one, its ends, and the gain of 0 dB.
fn reachable(setting: Option<Setting<Place>>) -> Vec<f64> {
    let Some(Setting { start, tuning }) = setting else { return vec![f64::NAN] };
    let Some(tuning) = tuning else { return vec![start.value] };
    let (low, high) = match tuning.bounds {
        Some(bounds) => (bounds.low.value, bounds.high.value),
        None => (f64::MIN_POSITIVE, f64::MAX),
    };
    vec![start.value, low, high, 0.0_f64.max(low).min(high)]
}

/// The bands with every combination of values that are to choose from.
fn combinations(
    band: &Settings,
    choices: impl Fn(Parameter, Option<Setting<Place>>) -> Vec<f64>,
) -> Vec<Band<f64>> {
    let mut all = vec![Vec::new()];
    for (parameter, setting) in band.params() {
        let values = choices(parameter, setting);
        let longer = |so_far: &Vec<f64>| -> Vec<Vec<f64>> {
            values.iter().map(|value| [so_far.as_slice(), &[*value]].concat()).collect()
        };
        all = all.iter().flat_map(longer).collect();
    }
    let with = |values: Vec<f64>| {
        let mut values = values.into_iter();
        band.map(|_, _| values.next().unwrap_or(f64::NAN))
    };
    all.into_iter().map(with).collect()
}
