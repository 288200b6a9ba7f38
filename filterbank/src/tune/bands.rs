//! Named bands chosen at run time, with parameters.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use filterbank_core::{Band, BandLabel, DesignError, Quantity, Requirement, Scalar};

use crate::tune::bounds::{clamp, within};
use crate::tune::tunable::{Param, wrong_count};
use crate::tune::value::Tune;

/// The bands of a [`TunableCascade`](crate::TunableCascade) or
/// [`TunableBank`](crate::TunableBank).
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TunableBands {
    bands: Vec<Band<Tune>>,
    params: Vec<OwnedParam>,
}

/// A [`Param`] that owns its name.
#[derive(Clone, Debug, PartialEq)]
struct OwnedParam {
    name: String,
    quantity: Quantity,
    value: f64,
    bounds: (f64, f64),
}

impl TunableBands {
    pub(super) fn new<N: Into<String>>(bands: impl IntoIterator<Item = (N, Band<Tune>)>) -> Self {
        let mut all = Self { bands: Vec::new(), params: Vec::new() };
        for (name, band) in bands {
            let name = name.into();
            for (parameter, tune) in band.params() {
                if let Tune::Free { start, bounds } = tune {
                    all.params.push(OwnedParam {
                        name: format!("{name}.{}", parameter.name),
                        quantity: parameter.quantity,
                        value: start,
                        bounds,
                    });
                }
            }
            all.bands.push(band);
        }
        all
    }

    pub(super) fn params(&self) -> impl ExactSizeIterator<Item = Param<'_>> {
        self.params.iter().map(|OwnedParam { name, quantity, value, bounds }| Param {
            name,
            quantity: *quantity,
            value: *value,
            bounds: *bounds,
        })
    }

    /// The bands as specified.
    pub(super) fn tunes(&self) -> &[Band<Tune>] {
        &self.bands
    }

    /// The values as specified.
    pub(super) fn start(&self) -> Vec<f64> {
        self.params.iter().map(|param| param.value).collect()
    }

    /// The nearest values within the bounds.
    pub(super) fn clamp(&self, params: &[f64]) -> Vec<f64> {
        let each = params.iter().zip(&self.params);
        each.map(|(value, param)| clamp(*value, param.bounds)).collect()
    }

    /// The bands for given values of the parameters.
    pub(super) fn at<S: Scalar>(&self, params: &[S]) -> Result<Vec<Band<S>>, DesignError> {
        if params.len() != self.params.len() {
            return Err(wrong_count(params.len(), self.params.len()));
        }
        let mut params = params.iter();
        let mut bands = Vec::with_capacity(self.bands.len());
        for (index, band) in self.bands.iter().enumerate() {
            let mut outside = None;
            bands.push(band.map(|parameter, tune| match tune {
                Tune::Fixed(value) => S::from_f64(value),
                Tune::Free { start, bounds: (low, high) } => {
                    let value = params.next().copied().unwrap_or_else(|| S::from_f64(start));
                    within(value, (low, high)).unwrap_or_else(|| {
                        let requirement = Requirement::Within { low, high };
                        let error = DesignError::new(parameter, value.primal(), requirement);
                        outside = outside.or(Some(error.in_band(BandLabel::Index(index))));
                        value
                    })
                }
            }));
            if let Some(error) = outside {
                return Err(error);
            }
        }
        Ok(bands)
    }
}
