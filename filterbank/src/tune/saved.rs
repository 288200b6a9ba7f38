//! Parameters and bands with parameters in files.
//!
//! ```text
//! sample_rate = 48000
//!
//! [[bands]]
//! name = "body"
//! shape = "peak"
//! center = { start = 250, low = 120, high = 500 }
//! q = 1
//! gain_db = { start = -2.5 }
//! ```

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use filterbank_core::{Band, Quantity};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::tune::{Param, TunableBank, TunableCascade, Tune};

/// A parameter in a specification. A missing bound is infinite.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Free {
    start: f64,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    low: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    high: Option<f64>,
}

/// The bounds that are finite.
fn finite((low, high): (f64, f64)) -> (Option<f64>, Option<f64>) {
    (
        Some(low).filter(|low| *low != f64::NEG_INFINITY),
        Some(high).filter(|high| *high != f64::INFINITY),
    )
}

/// A number, or a map with the `start` of a parameter and those of its bounds `low` and `high` that
/// are finite.
impl Serialize for Tune {
    fn serialize<Z: Serializer>(&self, to: Z) -> Result<Z::Ok, Z::Error> {
        match *self {
            Self::Fixed(value) => to.serialize_f64(value),
            Self::Free { start, bounds } => {
                let (low, high) = finite(bounds);
                Free { start, low, high }.serialize(to)
            }
        }
    }
}

/// From a number or a map. The format must be self-describing, as JSON and TOML are.
impl<'de> Deserialize<'de> for Tune {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(NumberOrParameter)
    }
}

struct NumberOrParameter;

impl<'de> Visitor<'de> for NumberOrParameter {
    type Value = Tune;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or a map with `start` and its bounds `low` and `high`")
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Tune, E> {
        Ok(Tune::Fixed(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Tune, E> {
        Ok(Tune::Fixed(value as f64))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Tune, E> {
        Ok(Tune::Fixed(value as f64))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Tune, A::Error> {
        let Free { start, low, high } = Free::deserialize(MapAccessDeserializer::new(map))?;
        let bounds = (low.unwrap_or(f64::NEG_INFINITY), high.unwrap_or(f64::INFINITY));
        Ok(Tune::Free { start, bounds })
    }
}

/// A [`Param`].
#[derive(Serialize)]
#[serde(rename = "Param")]
struct SavedParam<'a> {
    name: &'a str,
    quantity: Quantity,
    value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    low: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    high: Option<f64>,
}

/// A map with `name`, `quantity`, `value`, and the bounds `low` and `high` that are finite.
impl Serialize for Param<'_> {
    fn serialize<Z: Serializer>(&self, to: Z) -> Result<Z::Ok, Z::Error> {
        let Param { name, quantity, value, bounds } = *self;
        let (low, high) = finite(bounds);
        SavedParam { name, quantity, value, low, high }.serialize(to)
    }
}

/// A [`TunableCascade`] or a [`TunableBank`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bands {
    sample_rate: f64,
    bands: Vec<Named>,
}

#[derive(Serialize, Deserialize)]
struct Named {
    name: String,
    #[serde(flatten)]
    band: Band<Tune>,
}

impl Bands {
    fn new<'a>(
        sample_rate: f64,
        names: impl Iterator<Item = &'a str>,
        bands: &[Band<Tune>],
    ) -> Self {
        let named = names.zip(bands).map(|(name, band)| Named { name: name.into(), band: *band });
        Self { sample_rate, bands: named.collect() }
    }

    fn named(self) -> impl Iterator<Item = (String, Band<Tune>)> {
        self.bands.into_iter().map(|Named { name, band }| (name, band))
    }
}

/// Both filters are maps with their `sample_rate` and their `bands`: each the map of its
/// [`Band`], with its `name`.
macro_rules! saved {
    ($($filter:ident),*) => {$(
        /// A map with the `sample_rate` and the `bands`, each the map of a [`Band`] with a `name`.
        impl Serialize for $filter {
            fn serialize<Z: Serializer>(&self, to: Z) -> Result<Z::Ok, Z::Error> {
                let rate = crate::Tunable::sample_rate(self);
                Bands::new(rate, self.band_names(), self.tunes()).serialize(to)
            }
        }

        /// From a map with `sample_rate` and `bands`, with the errors of `new`. The format must be
        /// self-describing, as JSON and TOML are.
        impl<'de> Deserialize<'de> for $filter {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let bands = Bands::deserialize(from)?;
                let sample_rate = bands.sample_rate;
                Self::new(bands.named(), sample_rate).map_err(D::Error::custom)
            }
        }
    )*};
}

saved!(TunableCascade, TunableBank);
