//! Named bands chosen at run time, with parameters.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use filterbank_core::{Band, BandLabel, DesignError, Quantity, Requirement, Scalar};

use crate::tune::bounds::{clamp, within};
use crate::tune::tunable::{Param, wrong_count};
use crate::tune::value::Tune;

/// The highest value of a tuned frequency in a clipped specification, as a fraction of the sample
/// rate.
const HIGHEST: f64 = 0.49;

/// The bands of a [`TunableCascade`](crate::TunableCascade) or
/// [`TunableBank`](crate::TunableBank).
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TunableBands {
    names: Vec<String>,
    bands: Vec<Band<Tune>>,
    params: Vec<OwnedParam>,
    /// For each parameter, the index of its band.
    owners: Vec<usize>,
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
        let mut all =
            Self { names: Vec::new(), bands: Vec::new(), params: Vec::new(), owners: Vec::new() };
        for (index, (name, band)) in bands.into_iter().enumerate() {
            let name = name.into();
            for (parameter, tune) in band.params() {
                if let Tune::Free { start, bounds } = tune {
                    all.owners.push(index);
                    all.params.push(OwnedParam {
                        name: format!("{name}.{}", parameter.name),
                        quantity: parameter.quantity,
                        value: start,
                        bounds,
                    });
                }
            }
            all.names.push(name);
            all.bands.push(band);
        }
        all
    }

    /// The bands with every tuned frequency, and its bounds, between 0 and 0.49 of the sample rate.
    pub(super) fn clipped<N: Into<String>>(
        bands: impl IntoIterator<Item = (N, Band<Tune>)>,
        sample_rate: f64,
    ) -> Self {
        let highest = HIGHEST * sample_rate;
        Self::new(bands.into_iter().map(|(name, band)| {
            let band = band.map(|parameter, tune| match tune {
                // A sample rate that is none is the mistake to report, not the frequencies.
                Tune::Free { start, bounds: (low, high) }
                    if parameter.quantity == Quantity::Frequency && highest > 0.0 =>
                {
                    let clip = |value: f64| if value > highest { highest } else { value };
                    Tune::Free { start: clip(start), bounds: (clip(low).max(0.0), clip(high)) }
                }
                tune => tune,
            });
            (name, band)
        }))
    }

    /// The names of the bands.
    pub(super) fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// For each parameter, the index of its band.
    pub(super) fn owners(&self) -> &[usize] {
        &self.owners
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
        let mut params = params.iter().copied();
        (0..self.bands.len()).map(|index| self.band_at(index, &mut params)).collect()
    }

    /// One band for given values of its parameters.
    pub(super) fn band_at<S: Scalar>(
        &self,
        index: usize,
        params: &mut impl Iterator<Item = S>,
    ) -> Result<Band<S>, DesignError> {
        let mut outside = None;
        let band = self.bands[index].map(|parameter, tune| match tune {
            Tune::Fixed(value) => S::from_f64(value),
            Tune::Free { start, bounds: (low, high) } => {
                let value = params.next().unwrap_or_else(|| S::from_f64(start));
                within(value, (low, high)).unwrap_or_else(|| {
                    let requirement = Requirement::Within { low, high };
                    let error = DesignError::new(parameter, value.primal(), requirement);
                    outside = outside.or(Some(error.in_band(BandLabel::Index(index))));
                    value
                })
            }
        });
        outside.map_or(Ok(band), Err)
    }
}
