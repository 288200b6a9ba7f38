//! Sections in files. A section is a row of a second-order-section array, as in scipy and MATLAB.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::number::Scalar;
use crate::section::{Section, SvfSection};
use crate::spec::{DesignError, Parameter, Quantity, Requirement};

/// The row `[b0, b1, b2, 1, a1, a2]`.
impl<S: Scalar + Serialize> Serialize for Section<S> {
    fn serialize<Z: Serializer>(&self, to: Z) -> Result<Z::Ok, Z::Error> {
        self.row().serialize(to)
    }
}

/// From a row `[b0, b1, b2, a0, a1, a2]`: see [`Section::from_row`].
impl<'de, S: Scalar + Deserialize<'de>> Deserialize<'de> for Section<S> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::from_row(Deserialize::deserialize(from)?).map_err(D::Error::custom)
    }
}

/// The coefficients of an [`SvfSection`], by name.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Coefficients<S> {
    g: S,
    g2: S,
    k: S,
    m0: S,
    m1: S,
    m2: S,
}

/// The [coefficients](SvfSection::coefficients) by name.
impl<S: Scalar + Serialize> Serialize for SvfSection<S> {
    fn serialize<Z: Serializer>(&self, to: Z) -> Result<Z::Ok, Z::Error> {
        let [g, g2, k, m0, m1, m2] = self.coefficients();
        Coefficients { g, g2, k, m0, m1, m2 }.serialize(to)
    }
}

/// From [coefficients](SvfSection::coefficients) by name, each of which must be finite.
impl<'de, S: Scalar + Deserialize<'de>> Deserialize<'de> for SvfSection<S> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Coefficients { g, g2, k, m0, m1, m2 } = Deserialize::deserialize(from)?;
        let coefficients: [S; 6] = [g, g2, k, m0, m1, m2];
        for (name, value) in ["g", "g2", "k", "m0", "m1", "m2"].iter().zip(coefficients) {
            if !value.is_finite() {
                let parameter = Parameter::new(name, Quantity::Coefficient);
                let error = DesignError::new(parameter, value.primal(), Requirement::Finite);
                return Err(D::Error::custom(error));
            }
        }
        Ok(Self::from_coefficients(coefficients))
    }
}
