//! Bands and methods in files: one map with the words of the grammar.
//!
//! ```text
//! shape = "bandpass"
//! method = "elliptic"
//! order = 4
//! ripple_db = 0.5
//! stop_db = 60
//! low = 300
//! high = 3000
//! ```

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::spec::band::Band;
use crate::spec::error::{DesignError, Requirement};
use crate::spec::family::Family;
use crate::spec::method::{BesselNorm, MAX_ORDER, Method};
use crate::spec::parameter::{Parameter, Params};
use crate::spec::shape::Shape;
use crate::spec::signature::{Fields, NORM};
use crate::spec::width::{Width, WidthKind};

const SHAPE: &str = "shape";
const METHOD: &str = "method";

/// A map with its shape, its method and every parameter under its name.
impl<S: Serialize + Copy> Serialize for Band<S> {
    fn serialize<Z: Serializer>(&self, to: Z) -> Result<Z::Ok, Z::Error> {
        let params = self.params();
        let mut map = to.serialize_map(Some(1 + method_entries(self.method()) + params.len()))?;
        map.serialize_entry(SHAPE, self.word())?;
        write_method(&mut map, self.method())?;
        write_params(&mut map, &params)?;
        map.end()
    }
}

/// A map with its word, its order and every parameter under its name.
impl<S: Serialize + Copy> Serialize for Method<S> {
    fn serialize<Z: Serializer>(&self, to: Z) -> Result<Z::Ok, Z::Error> {
        let params = self.params();
        let mut map = to.serialize_map(Some(method_entries(Some(self)) + params.len()))?;
        write_method(&mut map, Some(self))?;
        write_params(&mut map, &params)?;
        map.end()
    }
}

/// How many entries [`write_method`] makes.
fn method_entries<S: Copy>(method: Option<&Method<S>>) -> usize {
    method.map_or(0, |method| if method.norm().is_some() { 3 } else { 2 })
}

fn write_method<M: SerializeMap, S: Copy>(
    map: &mut M,
    method: Option<&Method<S>>,
) -> Result<(), M::Error> {
    let Some(method) = method else { return Ok(()) };
    map.serialize_entry(METHOD, method.word())?;
    map.serialize_entry(Parameter::ORDER.name, &method.order())?;
    method.norm().map_or(Ok(()), |norm| map.serialize_entry(NORM, &norm))
}

fn write_params<M: SerializeMap, S: Serialize>(
    map: &mut M,
    params: &Params<S>,
) -> Result<(), M::Error> {
    params.iter().try_for_each(|(parameter, value)| map.serialize_entry(parameter.name, value))
}

impl<'de, S: Deserialize<'de> + Copy> Deserialize<'de> for Band<S> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Entries("a band: a map with a shape and its parameters", PhantomData))?
            .band()
    }
}

impl<'de, S: Deserialize<'de> + Copy> Deserialize<'de> for Method<S> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Entries("a method: a map with its word and its order", PhantomData))?
            .method()
    }
}

/// What stands in a map.
struct Given<S> {
    shape: Option<Shape>,
    family: Option<Family>,
    order: Option<usize>,
    norm: Option<BesselNorm>,
    numbers: Vec<(String, S)>,
}

/// Reads a map; the text says what was expected.
struct Entries<S>(&'static str, PhantomData<S>);

impl<'de, S: Deserialize<'de>> Visitor<'de> for Entries<S> {
    type Value = Given<S>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Given<S>, A::Error> {
        let mut given =
            Given { shape: None, family: None, order: None, norm: None, numbers: Vec::new() };
        while let Some(name) = map.next_key::<String>()? {
            match &*name {
                SHAPE => once(&mut given.shape, SHAPE, map.next_value()?)?,
                METHOD => once(&mut given.family, METHOD, map.next_value()?)?,
                NORM => once(&mut given.norm, NORM, map.next_value()?)?,
                "order" => once(&mut given.order, Parameter::ORDER.name, map.next_value()?)?,
                _ if given.numbers.iter().any(|(known, _)| *known == name) => {
                    return Err(given_twice(&name));
                }
                // A word that is no number is unknown, whatever stands there.
                _ if is_number(&name) => given.numbers.push((name, map.next_value()?)),
                _ => return Err(A::Error::custom(format_args!("unknown parameter `{name}`"))),
            }
        }
        Ok(given)
    }
}

fn once<T, E: Error>(place: &mut Option<T>, name: &str, value: T) -> Result<(), E> {
    if place.replace(value).is_some() { Err(given_twice(name)) } else { Ok(()) }
}

fn given_twice<E: Error>(name: &str) -> E {
    E::custom(format_args!("`{name}` is given twice"))
}

/// Whether any shape or method has a number of this name.
fn is_number(name: &str) -> bool {
    Shape::ALL.iter().any(|shape| shape.signature().takes(name))
        || Family::ALL.iter().any(|family| family.signature().takes(name))
}

impl<S: Copy> Given<S> {
    fn band<E: Error>(self) -> Result<Band<S>, E> {
        let Some(shape) = self.shape else { return Err(E::missing_field(SHAPE)) };
        let signature = shape.signature();
        let family = self.family_of(signature.takes_method(), shape.word())?;
        let of_family = |name: &str| family.is_some_and(|family| family.signature().takes(name));
        self.only(shape.word(), |name| signature.takes(name) || of_family(name))?;
        let mut widths = signature.widths().iter().filter(|kind| self.has(kind.word()));
        let width = widths.next().copied();
        if signature.widths().is_empty() == width.is_some() || widths.next().is_some() {
            let words: Vec<_> = signature.widths().iter().map(|kind| kind.word()).collect();
            let (shape, words) = (shape.word(), words.join(", "));
            return Err(E::custom(format_args!("`{shape}` takes exactly one of: {words}")));
        }
        let method = family.map(|family| self.built(family)).transpose()?;
        let mut fields = Values { given: &self, method, width };
        let band = shape.build(&mut fields);
        let value = complete(band.params())?;
        Ok(band.map(|_, number| number.unwrap_or(value)))
    }

    fn method<E: Error>(self) -> Result<Method<S>, E> {
        if self.shape.is_some() {
            return Err(E::custom("a method has no `shape`"));
        }
        let Some(family) = self.family_of(true, "a method")? else {
            return Err(E::missing_field(METHOD));
        };
        self.only(family.word(), |name| family.signature().takes(name))?;
        let method = self.built(family)?;
        match method {
            Method::Butterworth { order } => return Ok(Method::Butterworth { order }),
            Method::Bessel { order, norm } => return Ok(Method::Bessel { order, norm }),
            Method::Chebyshev1 { .. } | Method::Chebyshev2 { .. } | Method::Elliptic { .. } => {}
        }
        let value = complete(method.params())?;
        Ok(method.map(&mut |_, number: Option<S>| number.unwrap_or(value)))
    }

    /// The family, which is needed or not allowed.
    fn family_of<E: Error>(&self, needed: bool, what: &str) -> Result<Option<Family>, E> {
        match self.family {
            None if needed => Err(E::missing_field(METHOD)),
            Some(_) if !needed => Err(E::custom(format_args!("`{what}` takes no method"))),
            family => Ok(family),
        }
    }

    /// A method with its order.
    fn built<E: Error>(&self, family: Family) -> Result<Method<Option<S>>, E> {
        let order = self.order.ok_or_else(|| E::missing_field(Parameter::ORDER.name))?;
        if !(1..=MAX_ORDER).contains(&order) {
            let requirement = Requirement::Order { max: MAX_ORDER };
            return Err(E::custom(DesignError::new(Parameter::ORDER, order as f64, requirement)));
        }
        Ok(family.build(&mut Values { given: self, method: None, width: None }))
    }

    fn has(&self, name: &str) -> bool {
        self.numbers.iter().any(|(given, _)| given == name)
    }

    /// Nothing but what is taken.
    fn only<E: Error>(&self, what: &str, takes: impl Fn(&str) -> bool) -> Result<(), E> {
        let names = self.numbers.iter().map(|(name, _)| &**name);
        let order = self.order.map(|_| Parameter::ORDER.name);
        let mut others = names.chain(order).chain(self.norm.map(|_| NORM));
        match others.find(|name| !takes(name)) {
            Some(name) => Err(E::custom(format_args!("`{what}` does not take `{name}`"))),
            None => Ok(()),
        }
    }
}

/// Any of the numbers, if none is missing.
fn complete<S: Copy, E: Error>(params: Params<Option<S>>) -> Result<S, E> {
    for (parameter, value) in &params {
        if value.is_none() {
            return Err(E::missing_field(parameter.name));
        }
    }
    let first = params.into_iter().find_map(|(_, value)| value);
    first.ok_or_else(|| E::custom("no parameter"))
}

/// A map as the fields of a band.
struct Values<'a, S> {
    given: &'a Given<S>,
    method: Option<Method<Option<S>>>,
    width: Option<WidthKind>,
}

impl<S: Copy> Fields<Option<S>> for Values<'_, S> {
    fn method(&mut self) -> Method<Option<S>> {
        self.method.unwrap_or(Method::Butterworth { order: 1 })
    }

    fn order(&mut self) -> usize {
        self.given.order.unwrap_or(1)
    }

    fn norm(&mut self) -> BesselNorm {
        self.given.norm.unwrap_or_default()
    }

    fn number(&mut self, parameter: Parameter) -> Option<S> {
        let mut numbers = self.given.numbers.iter();
        numbers.find(|(name, _)| name == parameter.name).map(|(_, value)| *value)
    }

    fn width(&mut self, _kinds: &'static [WidthKind]) -> Width<Option<S>> {
        let kind = self.width.unwrap_or(WidthKind::Q);
        let value = self.number(kind.parameter());
        kind.with(value)
    }
}
