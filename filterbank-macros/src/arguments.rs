//! The arguments of one call, by name: what is there, what is missing, what is worth what.

use filterbank_core::{Band, BesselNorm, DesignError, MAX_ORDER, Parameter, Requirement};
use proc_macro2::{Ident, Span};

use crate::checked::Tuned;
use crate::errors::{Errors, Place};
use crate::parse::{ArgumentList, Number, Value};
use crate::rate::Rate;
use crate::words::{self, NORMS};

/// Arguments that were written, each once: those of a band and those of its method.
#[derive(Default)]
pub(crate) struct Arguments {
    /// In the order in which they were written; without a value where it is a mistake that has
    /// been reported.
    given: Vec<(Ident, Option<Value>)>,
    /// Names of arguments that were given where they do not belong.
    strays: Vec<String>,
    /// Whether something is wrong with them that has been reported.
    spoilt: bool,
}

/// What may stand in the parentheses of a call.
pub(crate) struct Signature<'a> {
    pub(crate) call: &'a Ident,
    pub(crate) required: &'a [&'static str],
    pub(crate) optional: &'a [&'static str],
    /// What to say of an argument that belongs elsewhere.
    pub(crate) misplaced: &'a dyn Fn(&str, Option<&Value>) -> Option<String>,
}

impl Signature<'_> {
    pub(crate) fn takes(&self, name: &Ident) -> bool {
        self.required.iter().chain(self.optional).any(|valid| name == valid)
    }

    fn unknown(&self, name: &Ident, errors: &mut Errors) {
        let valid = [self.required, self.optional].concat();
        words::unknown(errors, name, &format!("argument of `{}`", self.call), &valid);
    }
}

impl Arguments {
    /// Those of a call of which nothing is known.
    pub(crate) fn spoilt() -> Self {
        Self { spoilt: true, ..Self::default() }
    }

    /// Takes in the arguments of a call, and reports those that are unknown or repeated. Whether
    /// all are known: otherwise, one with a wrong name may be one that is missing.
    pub(crate) fn collect(
        &mut self,
        signature: &Signature,
        list: ArgumentList,
        errors: &mut Errors,
    ) -> bool {
        let mut known = !list.broken;
        for (name, value) in list.named {
            let value = errors.keep(value);
            known &= self.insert(signature, name, value, errors);
        }
        for call in list.calls {
            if signature.takes(&call.word) {
                errors.push(call.word.span(), format!("expected `{} = …`", call.word));
            } else {
                signature.unknown(&call.word, errors);
            }
            known = false;
        }
        self.spoilt |= !known;
        known
    }

    fn insert(
        &mut self,
        signature: &Signature,
        name: Ident,
        value: Option<Value>,
        errors: &mut Errors,
    ) -> bool {
        let text = name.to_string();
        if !signature.takes(&name) {
            if let Some(message) = (signature.misplaced)(&text, value.as_ref()) {
                errors.push(name.span(), message);
                self.strays.push(text);
            } else {
                signature.unknown(&name, errors);
            }
            return false;
        }
        if self.is_given(&text) {
            errors.push(name.span(), format!("`{name}` is given twice"));
        } else {
            let value = value.and_then(|value| number_where_due(&name, value, errors));
            self.given.push((name, value));
        }
        true
    }

    /// Reports what is missing of the `required` arguments, and the `others`, which are written
    /// out.
    pub(crate) fn require(
        &mut self,
        signature: &Signature,
        others: impl IntoIterator<Item = String>,
        errors: &mut Errors,
    ) {
        let there =
            |name: &str| self.is_given(name) || self.strays.iter().any(|stray| stray == name);
        let required = signature.required.iter().filter(|name| !there(name));
        let mut missing: Vec<String> = required.map(|name| format!("`{name}`")).collect();
        missing.extend(others);
        let Some((last, first)) = missing.split_last() else { return };
        let call = signature.call;
        let and = if first.is_empty() { "" } else { " and " };
        errors.push(call.span(), format!("`{call}` needs {}{and}{last}", first.join(", ")));
        self.spoilt = true;
    }

    fn is_given(&self, name: &str) -> bool {
        self.given.iter().any(|(given, _)| given == name)
    }

    /// The value of an argument, if it is there and not broken.
    fn get(&self, name: &str) -> Option<&Value> {
        self.given.iter().find(|(given, _)| given == name)?.1.as_ref()
    }

    /// Remembers that something is wrong that has been reported.
    pub(crate) fn spoil(&mut self) {
        self.spoilt = true;
    }

    /// Whether every argument is there and a value.
    pub(crate) fn is_complete(&self) -> bool {
        !self.spoilt && self.given.iter().all(|(_, value)| value.is_some())
    }

    /// Which of the `names` was given, empty if none was; reports several, whose values are
    /// forgotten then.
    pub(crate) fn one_of(&mut self, names: &[&'static str], errors: &mut Errors) -> &'static str {
        let given = |name: &Ident| names.iter().copied().find(|known| name == known);
        let mut chosen = self.given.iter().filter_map(|(name, _)| given(name));
        let first = chosen.next().unwrap_or("");
        if chosen.next().is_none() {
            return first;
        }
        for (name, value) in self.given.iter_mut().filter(|(name, _)| given(name).is_some()) {
            *value = None;
            if name != first {
                let choice = words::list(names);
                let message = format!("`{name}` contradicts `{first}`: give one of {choice}");
                errors.push(name.span(), message);
            }
        }
        first
    }

    /// The number of an argument, with the bounds between which it may be tuned.
    fn number(&self, name: &str) -> Option<(Number, Option<Bounds>)> {
        match self.get(name)? {
            Value::Fixed(number) => Some((*number, None)),
            Value::Tune { start, bounds, .. } => Some((*start, Some(*bounds))),
            Value::Word(_) => None,
        }
    }

    /// The number of an argument that cannot be tuned.
    pub(crate) fn fixed(&self, name: &str, errors: &mut Errors) -> Option<Number> {
        match self.get(name)? {
            Value::Fixed(number) => Some(*number),
            Value::Tune { word, start, .. } => {
                errors.push(*word, format!("`{name}` cannot be tuned"));
                Some(*start)
            }
            Value::Word(_) => None,
        }
    }

    /// Whether there are frequencies, and all of them reach a limit.
    pub(crate) fn lie_above(&self, limit: f64) -> bool {
        let names = ["cutoff", "center", "low", "high"];
        let mut frequencies = names.iter().filter_map(|name| self.number(name)).peekable();
        frequencies.peek().is_some() && frequencies.all(|(number, _)| number.value >= limit)
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
        errors.push(order.place, DesignError::new(Parameter::ORDER, order.value, requirement));
        self.spoilt = true;
        1
    }

    /// The norm of a Bessel filter; the default if it is missing or none.
    pub(crate) fn norm(&mut self, errors: &mut Errors) -> BesselNorm {
        let words = NORMS.map(BesselNorm::word);
        match self.get("norm") {
            None => return BesselNorm::default(),
            Some(Value::Word(word)) => match NORMS.into_iter().find(|norm| word == norm.word()) {
                Some(norm) => return norm,
                None => words::unknown(errors, word, "norm", &words),
            },
            Some(Value::Fixed(number) | Value::Tune { start: number, .. }) => {
                let message = format!("`norm` must be one of {}", words::list(&words));
                errors.push(number.place, message);
            }
        }
        self.spoilt = true;
        BesselNorm::default()
    }

    /// Shows a mistake of the design at the argument it is about, or at `fallback` if it is about
    /// none of them. Stand-ins make no mistakes.
    pub(crate) fn report(&self, error: &DesignError, fallback: Span, errors: &mut Errors) {
        match self.number(error.parameter().name) {
            Some((number, _)) => errors.push(number.place, error),
            None if self.is_complete() => errors.push(fallback, error),
            None => {}
        }
    }

    /// What is to be tuned, in the order of the band's parameters; reports bounds that are empty,
    /// exclude their own value, or are not allowed themselves.
    pub(crate) fn tuned(&self, band: &Band<f64>, rate: Rate, errors: &mut Errors) -> Vec<Tuned> {
        let mut tuned = Vec::new();
        for (parameter, start) in band.params() {
            let Some((number, Some(bounds))) = self.number(parameter.name) else { continue };
            let bounds = bounds.map(|(low, high)| {
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
fn number_where_due(name: &Ident, value: Value, errors: &mut Errors) -> Option<Value> {
    match value {
        Value::Word(word) if name != "norm" => {
            let message = format!(
                "`{name}` must be a number literal: the macro cannot see what `{word}` is worth"
            );
            errors.push(word.span(), message);
            None
        }
        _ => Some(value),
    }
}

fn check_bounds(
    band: &Band<f64>,
    parameter: Parameter,
    start: Number,
    (low, high): (Number, Number),
    rate: Rate,
    errors: &mut Errors,
) {
    let within = Requirement::Within { low: low.value, high: high.value };
    if low.value >= high.value {
        let message = format!(
            "the lower bound {} of `{}` must be below its upper bound {}",
            low.value, parameter.name, high.value,
        );
        errors.push(Place::between(low.place, high.place), message);
        return;
    }
    if !(low.value..=high.value).contains(&start.value) {
        errors.push(start.place, DesignError::new(parameter, start.value, within));
    }
    for bound in [low, high] {
        let moved = band.map(|other, value| if other == parameter { bound.value } else { value });
        rate.check(&moved, |error| {
            if error.parameter() == parameter && error.value() == bound.value {
                errors.push(bound.place, error);
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
