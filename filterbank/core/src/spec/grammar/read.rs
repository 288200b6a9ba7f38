//! A syntax tree to a band: the rules about words and arguments.

use alloc::vec::Vec;

use crate::spec::band::Band;
use crate::spec::error::{DesignError, Requirement};
use crate::spec::family::Family;
use crate::spec::grammar::error::{GrammarError, Kind, Mistake, Needed};
use crate::spec::grammar::tree::{Argument, Bounds, Call, Number, Setting, Tuning, Value, Word};
use crate::spec::method::{BesselNorm, MAX_ORDER, Method};
use crate::spec::parameter::Parameter;
use crate::spec::shape::Shape;
use crate::spec::signature::{Fields, NORM, Signature};
use crate::spec::width::{Width, WidthKind};
use crate::spec::words::words;

words! {
    /// How bands are connected.
    pub enum Arrangement {
        /// In series, with one output.
        Cascade => "cascade",
        /// In parallel, with one output for each.
        Bank => "bank",
    }
}

/// Reads a band and reports every mistake in it. A number that is missing or mistaken is `None`.
/// Without a report, every number is there.
///
/// The result is `None` if the word is not a band.
///
/// Only the ranges of orders and bounds are checked. The others depend on the sample rate: see
/// [`Band::check`].
pub fn read_band<P: Copy>(
    call: &Call<P>,
    mut report: impl FnMut(Mistake<P>),
) -> Option<Band<Option<Setting<P>>>> {
    let Some(shape) = Shape::from_word(&call.word.text) else {
        report(unknown(Kind::Band, &call.word, Shape::ALL.iter().map(|shape| shape.word())));
        return None;
    };
    Some(Reader { report: &mut report, strays: Vec::new() }.band(shape, call))
}

/// Reads how bands are connected, as in `cascade(sample_rate = 48000)`, and reports every mistake.
/// The sample rate is `None` if it is missing or mistaken.
pub fn read_arrangement<P: Copy>(
    call: &Call<P>,
    mut report: impl FnMut(Mistake<P>),
) -> (Option<Arrangement>, Option<Number<P>>) {
    let arrangement = Arrangement::from_word(&call.word.text);
    if arrangement.is_none() {
        let valid = Arrangement::ALL.iter().map(|arrangement| arrangement.word());
        report(unknown(Kind::Arrangement, &call.word, valid));
    }
    let mut signature = Signature::default();
    signature.number(Parameter::SAMPLE_RATE);
    let mut reader = Reader { report: &mut report, strays: Vec::new() };
    let given = reader.given(call, signature, |_| false, |_, _| None);
    let sample_rate = reader.fixed(&given, Parameter::SAMPLE_RATE);
    let sample_rate = sample_rate.filter(|rate| {
        let positive = rate.value > 0.0;
        if !positive {
            let requirement = Requirement::Positive;
            let error = DesignError::new(Parameter::SAMPLE_RATE, rate.value, requirement);
            reader.report(rate.place, error);
        }
        positive
    });
    (arrangement, sample_rate)
}

fn unknown<P: Copy>(
    kind: Kind,
    word: &Word<P>,
    valid: impl Iterator<Item = &'static str>,
) -> Mistake<P> {
    let error = GrammarError::Unknown { kind, word: word.text.clone(), valid: valid.collect() };
    Mistake::new(word.place, error)
}

struct Reader<'r, 'c, P> {
    report: &'r mut dyn FnMut(Mistake<P>),
    /// Names of arguments that are given in the wrong place: they are not missing.
    strays: Vec<&'c str>,
}

/// The arguments of one call that it takes, each once.
struct Given<'c, P> {
    call: &'c Word<P>,
    signature: Signature,
    /// In the order in which they were written; without a value where it is mistaken.
    values: Vec<(&'c Word<P>, Option<&'c Value<P>>)>,
    /// Whether every argument is known: an unknown one may be a missing one, misspelt.
    known: bool,
}

impl<'c, P: Copy> Reader<'_, 'c, P> {
    fn report(&mut self, place: P, error: impl Into<GrammarError>) {
        (self.report)(Mistake::new(place, error));
    }

    fn band(&mut self, shape: Shape, call: &'c Call<P>) -> Band<Option<Setting<P>>> {
        let signature = shape.signature();
        let takes_method = signature.takes_method();
        let methods = methods(call, &signature);
        let is_method =
            |nested: &Call<P>| methods.iter().any(|method| core::ptr::eq(*method, nested));
        let mut given =
            self.given(call, signature, is_method, |name, value| misplaced(shape, name, value));
        let width = self.width(&mut given);
        let method = if takes_method {
            self.method(shape, &methods)
        } else {
            for method in &methods {
                self.report(method.word.place, GrammarError::NoMethod(shape));
            }
            None
        };
        let mut others = Vec::new();
        if let (None, [_, ..]) = (width, given.signature.widths()) {
            let names = given.signature.widths().iter().map(|kind| kind.word());
            others.push(Needed::OneOf(names.collect()));
        }
        if takes_method && methods.is_empty() {
            others.push(Needed::Method);
        }
        self.require(shape.word(), &given, others);
        shape.build(&mut Values {
            settings: self.settings(&given),
            width: width.unwrap_or(WidthKind::Q),
            method: method.unwrap_or(Method::Butterworth { order: 1 }),
            order: 1,
            norm: BesselNorm::default(),
        })
    }

    /// The method of a shape that takes one, if there is one.
    fn method(
        &mut self,
        shape: Shape,
        methods: &[&'c Call<P>],
    ) -> Option<Method<Option<Setting<P>>>> {
        let (call, others) = methods.split_first()?;
        for other in others {
            self.report(other.word.place, GrammarError::OneMethod(shape));
        }
        let Some(family) = Family::from_word(&call.word.text) else {
            let valid = Family::ALL.iter().map(|family| family.word());
            (self.report)(unknown(Kind::Method, &call.word, valid));
            return None;
        };
        let given = self.given(
            call,
            family.signature(),
            |_| false,
            |name, _| {
                let takes = |shape: &Shape| {
                    let signature = shape.signature();
                    signature.takes_method() && signature.takes(name)
                };
                let of_band = Shape::ALL.iter().any(takes);
                of_band.then(|| GrammarError::BelongsToBand { name: name.into(), family })
            },
        );
        self.require(family.word(), &given, Vec::new());
        let order = self.order(&given);
        let norm = self.norm(&given);
        Some(family.build(&mut Values {
            settings: self.settings(&given),
            order,
            norm,
            width: WidthKind::Q,
            method: Method::Butterworth { order: 1 },
        }))
    }

    /// Collects the arguments of a call, and reports those that are unknown, repeated, or belong
    /// elsewhere, of which `misplaced` knows.
    fn given(
        &mut self,
        call: &'c Call<P>,
        signature: Signature,
        is_method: impl Fn(&Call<P>) -> bool,
        misplaced: impl Fn(&str, Option<&Value<P>>) -> Option<GrammarError>,
    ) -> Given<'c, P> {
        let mut given = Given { call: &call.word, signature, values: Vec::new(), known: true };
        for argument in &call.arguments {
            match argument {
                Argument::Named { name, value } => {
                    let value = match value {
                        Ok(value) => Some(value),
                        Err(mistake) => {
                            (self.report)(mistake.clone());
                            None
                        }
                    };
                    if given.signature.takes(&name.text) {
                        self.insert(&mut given, name, value);
                        continue;
                    }
                    given.known = false;
                    if let Some(error) = misplaced(&name.text, value) {
                        self.strays.push(&name.text);
                        self.report(name.place, error);
                    } else {
                        (self.report)(given.unknown(name));
                    }
                }
                Argument::Call(nested) if is_method(nested) => {}
                Argument::Call(Call { word, .. }) => {
                    given.known = false;
                    if given.signature.takes(&word.text) {
                        self.report(word.place, GrammarError::NoValue(word.text.clone()));
                    } else {
                        (self.report)(given.unknown(word));
                    }
                }
                Argument::Mistake(mistake) => {
                    given.known = false;
                    (self.report)(mistake.clone());
                }
            }
        }
        given
    }

    fn insert(&mut self, given: &mut Given<'c, P>, name: &'c Word<P>, value: Option<&'c Value<P>>) {
        if given.has(&name.text) {
            self.report(name.place, GrammarError::GivenTwice(name.text.clone()));
            return;
        }
        let value = match value {
            Some(Value::Word(word)) if name.text != NORM => {
                let (name, text) = (name.text.clone(), word.text.clone());
                self.report(word.place, GrammarError::NotANumber { name, word: text });
                None
            }
            value => value,
        };
        given.values.push((name, value));
    }

    /// Reports what is missing: the required arguments, and the `others`.
    fn require(&mut self, call: &'static str, given: &Given<P>, others: Vec<Needed>) {
        if !given.known {
            return;
        }
        let required = given.signature.required().iter().map(|parameter| parameter.name);
        let missing = required.filter(|name| !given.has(name) && !self.strays.contains(name));
        let needed: Vec<Needed> = missing.map(Needed::Argument).chain(others).collect();
        if !needed.is_empty() {
            self.report(given.call.place, GrammarError::Missing { call, needed });
        }
    }

    /// Which width is given; reports several, whose values are forgotten then.
    fn width(&mut self, given: &mut Given<P>) -> Option<WidthKind> {
        let kinds = given.signature.widths();
        let kind = |name: &Word<P>| kinds.iter().copied().find(|kind| kind.word() == name.text);
        let mut chosen = given.values.iter().filter_map(|(name, _)| kind(name));
        let first = chosen.next()?;
        if chosen.next().is_none() {
            return Some(first);
        }
        for (name, value) in &mut given.values {
            let Some(kind) = kind(name) else { continue };
            *value = None;
            if kind != first {
                let choice = kinds.iter().map(|kind| kind.word()).collect();
                let (name, first, place) = (kind.word(), first.word(), name.place);
                self.report(place, GrammarError::Contradiction { name, first, choice });
            }
        }
        Some(first)
    }

    /// The numbers that are given; reports bounds that are empty or exclude their own value.
    fn settings(&mut self, given: &Given<P>) -> Vec<(Parameter, Setting<P>)> {
        let required = given.signature.required().iter().copied();
        let widths = given.signature.widths().iter().map(|kind| kind.parameter());
        let mut settings = Vec::new();
        for parameter in required.chain(widths) {
            if let Some(Value::Setting(setting)) = given.value(parameter.name) {
                settings.push((parameter, self.bounded(parameter, *setting)));
            }
        }
        settings
    }

    fn bounded(&mut self, parameter: Parameter, mut setting: Setting<P>) -> Setting<P> {
        let Some(Tuning { bounds, .. }) = &mut setting.tuning else { return setting };
        let Some(Bounds { low, high, place }) = *bounds else { return setting };
        let (low, high, name) = (low.value, high.value, parameter.name);
        let Number { value, place: of_start } = setting.start;
        if low >= high {
            *bounds = None;
            self.report(place, GrammarError::EmptyBounds { name, low, high });
        } else if !(low..=high).contains(&value) {
            let error = DesignError::new(parameter, value, Requirement::Within { low, high });
            self.report(of_start, error);
        }
        setting
    }

    /// The number of an argument that cannot be tuned.
    fn fixed(&mut self, given: &Given<P>, parameter: Parameter) -> Option<Number<P>> {
        let Value::Setting(setting) = given.value(parameter.name)? else { return None };
        if let Some(tuning) = &setting.tuning {
            self.report(tuning.place, GrammarError::NotTunable(parameter.name));
        }
        Some(setting.start)
    }

    /// The order of a method; 1 if it is missing or no order.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked before")]
    fn order(&mut self, given: &Given<P>) -> usize {
        let Some(Number { value, place }) = self.fixed(given, Parameter::ORDER) else { return 1 };
        if value % 1.0 == 0.0 && (1.0..=MAX_ORDER as f64).contains(&value) {
            return value as usize;
        }
        let requirement = Requirement::Order { max: MAX_ORDER };
        self.report(place, DesignError::new(Parameter::ORDER, value, requirement));
        1
    }

    /// The norm of a Bessel filter; the default if it is missing or mistaken.
    fn norm(&mut self, given: &Given<P>) -> BesselNorm {
        let valid = || BesselNorm::ALL.iter().map(|norm| norm.word());
        match given.value(NORM) {
            None => {}
            Some(Value::Word(word)) => match BesselNorm::from_word(&word.text) {
                Some(norm) => return norm,
                None => (self.report)(unknown(Kind::Norm, word, valid())),
            },
            Some(Value::Setting(setting)) => {
                let error = GrammarError::NotAWord { name: NORM, valid: valid().collect() };
                self.report(setting.start.place, error);
            }
        }
        BesselNorm::default()
    }
}

impl<P: Copy> Given<'_, P> {
    fn has(&self, name: &str) -> bool {
        self.values.iter().any(|(given, _)| given.text == name)
    }

    /// The value of an argument, if it is there and not mistaken.
    fn value(&self, name: &str) -> Option<&Value<P>> {
        self.values.iter().find(|(given, _)| given.text == name)?.1
    }

    fn unknown(&self, word: &Word<P>) -> Mistake<P> {
        unknown(Kind::ArgumentOf(self.call.text.clone()), word, self.signature.names())
    }
}

/// The nested calls that are methods. If a method is needed and none is known, a call that is
/// nothing else was meant for it.
fn methods<'c, P>(call: &'c Call<P>, signature: &Signature) -> Vec<&'c Call<P>> {
    let nested = || {
        call.arguments.iter().filter_map(|argument| match argument {
            Argument::Call(nested) => Some(nested),
            Argument::Named { .. } | Argument::Mistake(_) => None,
        })
    };
    let known = |nested: &&Call<P>| Family::from_word(&nested.word.text).is_some();
    let methods: Vec<_> = nested().filter(known).collect();
    if methods.is_empty() && signature.takes_method() {
        return nested().filter(|nested| !signature.takes(&nested.word.text)).collect();
    }
    methods
}

/// What to say of an argument that belongs to the method or to another shape.
fn misplaced<P>(shape: Shape, name: &str, value: Option<&Value<P>>) -> Option<GrammarError> {
    let Some(second_order) = shape.second_order() else {
        if name != Parameter::SLOPE.name || shape.signature().widths().is_empty() {
            return None;
        }
        let value = value?.number()?.value;
        return Some(DesignError::new(Parameter::SLOPE, value, Requirement::ShelfOnly).into());
    };
    if second_order.signature().widths().iter().any(|kind| kind.word() == name) {
        return Some(GrammarError::BelongsToShape { name: name.into(), shape, second_order });
    }
    let family = Family::ALL.iter().copied().find(|family| family.signature().takes(name))?;
    Some(GrammarError::BelongsToMethod { name: name.into(), family })
}

/// What has been read, for the builders.
struct Values<P> {
    settings: Vec<(Parameter, Setting<P>)>,
    method: Method<Option<Setting<P>>>,
    width: WidthKind,
    order: usize,
    norm: BesselNorm,
}

impl<P: Copy> Fields<Option<Setting<P>>> for Values<P> {
    fn method(&mut self) -> Method<Option<Setting<P>>> {
        self.method
    }

    fn order(&mut self) -> usize {
        self.order
    }

    fn norm(&mut self) -> BesselNorm {
        self.norm
    }

    fn number(&mut self, parameter: Parameter) -> Option<Setting<P>> {
        self.settings.iter().find(|(given, _)| *given == parameter).map(|(_, setting)| *setting)
    }

    fn width(&mut self, _kinds: &'static [WidthKind]) -> Width<Option<Setting<P>>> {
        let value = self.number(self.width.parameter());
        self.width.with(value)
    }
}
