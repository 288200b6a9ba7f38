//! The arguments of one call, by name: what is there, what is missing, what is worth what.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use filterbank_core::{Band, BesselNorm, DesignError, MAX_ORDER, Requirement};
use proc_macro2::{Ident, Span};

use crate::check::Tuned;
use crate::errors::Errors;
use crate::parse::{Argument, Number, Value};
use crate::words::{self, NORMS};

/// Arguments that were written, each once.
#[derive(Default)]
pub(crate) struct Arguments {
    given: BTreeMap<String, (Ident, Value)>,
    /// Whether something is wrong with them that has been reported.
    spoilt: bool,
    /// Whether one of them has a wrong name: it may be the one that is missing.
    misnamed: bool,
}

impl Arguments {
    /// Collects arguments, and reports those that are unknown or repeated.
    pub(crate) fn collect<'a>(
        arguments: impl IntoIterator<Item = &'a Argument>,
        valid: &[&str],
        errors: &mut Errors,
    ) -> Self {
        let mut collected = Self::default();
        for argument in arguments {
            match argument {
                Argument::Broken => collected.misnamed = true,
                Argument::Call(call) => {
                    words::unknown(errors, &call.word, "argument", valid);
                    collected.misnamed = true;
                }
                Argument::Named { name, value } => {
                    collected.insert(name, value, valid, errors);
                }
            }
        }
        collected.spoilt = collected.misnamed;
        collected
    }

    fn insert(&mut self, name: &Ident, value: &Value, valid: &[&str], errors: &mut Errors) {
        let key = name.to_string();
        if !valid.contains(&key.as_str()) {
            words::unknown(errors, name, "argument", valid);
            self.misnamed = true;
            return;
        }
        match self.given.entry(key) {
            Entry::Occupied(_) => errors.push(name.span(), format!("`{name}` is given twice")),
            Entry::Vacant(place) => {
                let value = number_where_due(name, value, errors);
                place.insert((name.clone(), value));
            }
        }
    }

    /// Takes in the arguments of a nested call.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.given.extend(other.given);
        self.spoilt |= other.spoilt;
    }

    /// Remembers that something is wrong that has been reported.
    pub(crate) fn spoil(&mut self) {
        self.spoilt = true;
    }

    /// Whether every argument is there and a value.
    pub(crate) fn is_complete(&self) -> bool {
        !self.spoilt && !self.given.values().any(|(_, value)| matches!(value, Value::Broken))
    }

    /// Whether a missing argument is a mistake of its own, not the other side of a wrong name.
    pub(crate) fn may_miss(&self) -> bool {
        !self.misnamed
    }

    /// Reports which of the `required` arguments are missing.
    pub(crate) fn require(&mut self, call: &Ident, required: &[&str], errors: &mut Errors) {
        let missing: Vec<_> =
            required.iter().filter(|name| !self.given.contains_key(**name)).copied().collect();
        if !missing.is_empty() {
            self.spoilt = true;
            if self.may_miss() {
                errors.push(call.span(), format!("`{call}` needs {}", words::list(&missing)));
            }
        }
    }

    /// Which of the names was given; reports none, or several.
    pub(crate) fn one_of(
        &mut self,
        call: &Ident,
        names: &[&'static str],
        errors: &mut Errors,
    ) -> &'static str {
        let mut given = names.iter().filter_map(|name| Some((*name, self.given.get(*name)?)));
        let Some((chosen, _)) = given.next() else {
            if !names.is_empty() {
                if self.may_miss() {
                    errors
                        .push(call.span(), format!("`{call}` needs one of {}", words::list(names)));
                }
                self.spoilt = true;
            }
            return "";
        };
        for (other, (name, _)) in given {
            let message =
                format!("`{other}` contradicts `{chosen}`: give one of {}", words::list(names));
            errors.push(name.span(), message);
        }
        chosen
    }

    /// The number of an argument, with the bounds between which it may be tuned.
    fn number(&self, name: &str) -> Option<(Number, Option<Bounds>)> {
        match self.given.get(name)? {
            (_, Value::Fixed(number)) => Some((*number, None)),
            (_, Value::Tune { start, bounds }) => Some((*start, Some(*bounds))),
            (_, Value::Word(_) | Value::Broken) => None,
        }
    }

    /// The number of an argument that cannot be tuned.
    pub(crate) fn fixed(&self, name: &str, errors: &mut Errors) -> Option<Number> {
        match self.given.get(name)? {
            (_, Value::Fixed(number)) => Some(*number),
            (_, Value::Tune { start, .. }) => {
                errors.push(start.span, format!("`{name}` cannot be tuned"));
                Some(*start)
            }
            (_, Value::Word(_) | Value::Broken) => None,
        }
    }

    /// The value of an argument; a stand-in that does no harm if there is none.
    pub(crate) fn value(&self, name: &str) -> f64 {
        self.number(name).map_or_else(|| stand_in(name), |(number, _)| number.value)
    }

    /// The order of a method; 1 if it is missing or no order.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked before")]
    pub(crate) fn order(&mut self, errors: &mut Errors) -> usize {
        let Some(order) = self.fixed("order", errors) else { return 1 };
        let range = 1.0..=MAX_ORDER as f64;
        if order.value.fract() == 0.0 && range.contains(&order.value) {
            return order.value as usize;
        }
        let requirement = Requirement::Order { max: MAX_ORDER };
        errors.push(order.span, DesignError::new("order", order.value, requirement));
        self.spoilt = true;
        1
    }

    /// The norm of a Bessel filter; the default if it is missing or none.
    pub(crate) fn norm(&mut self, errors: &mut Errors) -> BesselNorm {
        let mistake = match self.given.get("norm") {
            None | Some((_, Value::Broken)) => return BesselNorm::default(),
            Some((_, Value::Word(word))) => {
                if let Some(norm) = NORMS.into_iter().find(|norm| word == norm.word()) {
                    return norm;
                }
                word.clone()
            }
            Some((name, _)) => name.clone(),
        };
        words::unknown(errors, &mistake, "norm", &NORMS.map(BesselNorm::word));
        self.spoilt = true;
        BesselNorm::default()
    }

    /// Shows a mistake of the design at the argument it is about, or at `fallback` if it is about
    /// none of them. Stand-ins make no mistakes.
    pub(crate) fn report(&self, error: &DesignError, fallback: Span, errors: &mut Errors) {
        match self.number(error.parameter()) {
            Some((number, _)) => errors.push(number.span, error),
            None if self.is_complete() => errors.push(fallback, error),
            None => {}
        }
    }

    /// What is to be tuned, in the order of the band's parameters; reports bounds that are empty,
    /// exclude their own value, or are not allowed themselves.
    pub(crate) fn tuned(&self, band: &Band<f64>, rate: f64, errors: &mut Errors) -> Vec<Tuned> {
        let mut tuned = Vec::new();
        for (parameter, start) in band.params() {
            let Some((number, Some(bounds))) = self.number(parameter) else { continue };
            let bounds = bounds.map_or((f64::NEG_INFINITY, f64::INFINITY), |(low, high)| {
                check_bounds(band, parameter, number, (low, high), rate, errors);
                (low.value, high.value)
            });
            tuned.push(Tuned { parameter, start, bounds });
        }
        tuned
    }
}

type Bounds = Option<(Number, Number)>;

/// The value, which may be a word for a norm only.
fn number_where_due(name: &Ident, value: &Value, errors: &mut Errors) -> Value {
    match value {
        Value::Word(word) if name != "norm" => {
            let message = format!(
                "`{name}` must be a number: a literal, `tune(number)` or `tune(number in low..=high)`"
            );
            errors.push(word.span(), message);
            Value::Broken
        }
        _ => value.clone(),
    }
}

fn check_bounds(
    band: &Band<f64>,
    parameter: &str,
    start: Number,
    (low, high): (Number, Number),
    rate: f64,
    errors: &mut Errors,
) {
    let range = format!("{}..={}", low.value, high.value);
    if low.value >= high.value {
        errors.push(low.span, format!("the bounds {range} of `{parameter}` are empty"));
        return;
    }
    if !(low.value..=high.value).contains(&start.value) {
        let message =
            format!("`{parameter}` = {} lies outside its own bounds {range}", start.value);
        errors.push(start.span, message);
    }
    for bound in [low, high] {
        let moved = band.map(|name, value| if name == parameter { bound.value } else { value });
        moved.check(rate, |error| {
            if error.parameter() == parameter && error.value() == bound.value {
                errors.push(bound.span, error);
            }
        });
    }
}

/// A value that is right whatever the others are.
fn stand_in(name: &str) -> f64 {
    match name {
        "high" => f64::MAX / 4.0,
        "ripple_db" => 1e-9,
        "stop_db" => 1000.0,
        "gain_db" => 0.0,
        "q" | "bandwidth" | "slope" => 1.0,
        _ => f64::MIN_POSITIVE,
    }
}
