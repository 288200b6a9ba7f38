//! Adam in files, so that a training can go on.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::fit::adam::Adam;

/// An [`Adam`]. Without steps and moments, it is a new one.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Adam")]
struct Saved {
    learning_rate: f64,
    #[serde(default = "beta1")]
    beta1: f64,
    #[serde(default = "beta2")]
    beta2: f64,
    #[serde(default = "epsilon")]
    epsilon: f64,
    #[serde(default)]
    steps: i32,
    #[serde(default)]
    moments: Vec<Moments>,
}

/// Running means of a parameter's gradient and of its square.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Moments {
    mean: f64,
    square: f64,
}

fn beta1() -> f64 {
    Adam::new(0.0).beta1
}

fn beta2() -> f64 {
    Adam::new(0.0).beta2
}

fn epsilon() -> f64 {
    Adam::new(0.0).epsilon
}

/// A map with `learning_rate`, `beta1`, `beta2`, `epsilon`, the number of `steps`, and for each
/// parameter its `moments`, `mean` and `square`. Training goes on from it bit for bit, if the format
/// writes numbers exactly.
impl Serialize for Adam {
    fn serialize<Z: Serializer>(&self, to: Z) -> Result<Z::Ok, Z::Error> {
        let Self { learning_rate, beta1, beta2, epsilon, steps, ref moments } = *self;
        let moments = moments.iter().map(|&(mean, square)| Moments { mean, square }).collect();
        Saved { learning_rate, beta1, beta2, epsilon, steps, moments }.serialize(to)
    }
}

/// From a map; only `learning_rate` is required. Values that no optimiser can reach are errors.
impl<'de> Deserialize<'de> for Adam {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Saved { learning_rate, beta1, beta2, epsilon, steps, moments } =
            Deserialize::deserialize(from)?;
        if steps < 0 || (steps == 0 && !moments.is_empty()) {
            let count = moments.len();
            return Err(D::Error::custom(format_args!(
                "`steps` = {steps} must be at least 0, and above 0 with {count} `moments`"
            )));
        }
        for (index, Moments { mean, square }) in moments.iter().enumerate() {
            if !(mean.is_finite() && square.is_finite() && *square >= 0.0) {
                return Err(D::Error::custom(format_args!(
                    "`moments` of parameter {index}: `mean` = {mean} must be finite, `square` = \
                     {square} finite and at least 0"
                )));
            }
        }
        let moments = moments.into_iter().map(|Moments { mean, square }| (mean, square)).collect();
        let adam = Self { learning_rate, beta1, beta2, epsilon, steps, moments };
        adam.check_rates().map_err(D::Error::custom)?;
        Ok(adam)
    }
}
