//! Filters and their states in files.

use alloc::vec::Vec;
use core::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::bank::Bank;
use crate::cascade::Cascade;
use crate::number::Scalar;
use crate::run::{FilterState, StateStore};
use crate::section::{Section, SvfSection};
use crate::spec::{DesignError, Parameter, Quantity, Requirement};
use crate::svf_cascade::SvfCascade;

/// A [`Cascade`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Cascade")]
struct SavedCascade<T> {
    sample_rate: f64,
    /// A second-order-section array.
    sos: T,
}

/// A [`Bank`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Bank")]
struct SavedBank<S> {
    sample_rate: f64,
    /// A second-order-section array for each band.
    bands: Vec<Vec<S>>,
}

/// A map with its `sample_rate` and its [`sos`](Cascade::sos).
impl<S: Scalar + Serialize, A: AsRef<[Section<S>]>> Serialize for Cascade<S, A> {
    fn serialize<Z: Serializer>(&self, to: Z) -> Result<Z::Ok, Z::Error> {
        SavedCascade { sample_rate: self.sample_rate(), sos: self.sections() }.serialize(to)
    }
}

/// From a map with `sample_rate` and `sos`: see [`from_sos`](Cascade::from_sos).
impl<'de, S: Scalar + Deserialize<'de>> Deserialize<'de> for Cascade<S> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let SavedCascade { sample_rate, sos }: SavedCascade<Vec<Section<S>>> =
            Deserialize::deserialize(from)?;
        Self::from_sections(sos, sample_rate).map_err(D::Error::custom)
    }
}

/// From a map with `sample_rate` and `sos`, which must have `N` rows.
impl<'de, S: Scalar + Deserialize<'de>, const N: usize> Deserialize<'de>
    for Cascade<S, [Section<S>; N]>
{
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let SavedCascade { sample_rate, sos }: SavedCascade<Vec<Section<S>>> =
            Deserialize::deserialize(from)?;
        Self::from_array(exactly("sos.len()", sos)?, sample_rate).map_err(D::Error::custom)
    }
}

/// A map with its `sample_rate` and its `bands`, each of them the rows of its sections.
impl<S: Scalar + Serialize, A, E> Serialize for Bank<S, A, E>
where
    A: AsRef<[Section<S>]>,
    E: AsRef<[usize]>,
{
    fn serialize<Z: Serializer>(&self, to: Z) -> Result<Z::Ok, Z::Error> {
        let bands = self.bands().map(|band| band.sections().to_vec()).collect();
        SavedBank { sample_rate: self.sample_rate(), bands }.serialize(to)
    }
}

/// From a map with `sample_rate` and `bands`.
impl<'de, S: Scalar + Deserialize<'de>> Deserialize<'de> for Bank<S> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let SavedBank { sample_rate, bands } = Deserialize::deserialize(from)?;
        let cascades: Result<Vec<_>, _> =
            bands.into_iter().map(|band| Cascade::from_sections(band, sample_rate)).collect();
        cascades.and_then(Self::from_cascades).map_err(D::Error::custom)
    }
}

/// The states of the sections.
impl<S: Scalar + Serialize, T: StateStore<S>> Serialize for FilterState<S, T> {
    fn serialize<Z: Serializer>(&self, to: Z) -> Result<Z::Ok, Z::Error> {
        self.sections().serialize(to)
    }
}

/// From the states of the sections.
impl<'de, S, T: Deserialize<'de>> Deserialize<'de> for FilterState<S, T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Deserialize::deserialize(from).map(Self::new)
    }
}

/// The sections.
impl<S: Scalar + Serialize, const N: usize> Serialize for SvfCascade<S, N> {
    fn serialize<Z: Serializer>(&self, to: Z) -> Result<Z::Ok, Z::Error> {
        self.sections().as_slice().serialize(to)
    }
}

/// From `N` sections.
impl<'de, S: Scalar + Deserialize<'de>, const N: usize> Deserialize<'de> for SvfCascade<S, N> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let sections: Vec<SvfSection<S>> = Deserialize::deserialize(from)?;
        exactly("sections", sections).map(Self::new)
    }
}

/// A vector as an array.
fn exactly<T: fmt::Debug, E: Error, const N: usize>(
    name: &'static str,
    items: Vec<T>,
) -> Result<[T; N], E> {
    items.try_into().map_err(|items: Vec<T>| {
        let parameter = Parameter::new(name, Quantity::Count);
        let requirement = Requirement::Count { expected: N };
        E::custom(DesignError::new(parameter, items.len() as f64, requirement))
    })
}
