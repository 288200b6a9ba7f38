//! What has been checked: the specification from which code is made.

use filterbank_core::grammar::{Arrangement, Setting};
use filterbank_core::{Band, DesignError, Parameter, Section, SvfSection};
use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::{Attribute, Visibility};

use crate::errors::Place;

/// A specification from which code can be made. Bands with mistakes are in it with stand-ins for
/// what was wrong, so that the rest of the user's crate still finds its names.
pub(crate) struct Checked {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    pub(crate) arrangement: Arrangement,
    /// In Hz; `None` if it is given when the filter is made.
    pub(crate) sample_rate: Option<f64>,
    pub(crate) bands: Vec<CheckedBand>,
}

/// A band of it.
pub(crate) struct CheckedBand {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) name: Ident,
    pub(crate) band: Band<Setting<Place>>,
    /// Rows `[b0, b1, b2, a1, a2]`; empty without a sample rate.
    pub(crate) coefficients: Vec<[f64; 5]>,
    /// What keeps values within their bounds from being designed together, by examples.
    pub(crate) exclusions: Vec<DesignError>,
}

impl CheckedBand {
    /// What is tuned, in the order of `Band::params`.
    pub(crate) fn tuned(&self) -> impl Iterator<Item = Tuned> {
        self.band.params().into_iter().filter_map(|(parameter, setting)| {
            let bounds = setting.tuning?.bounds;
            let bounds = bounds.map(|bounds| (bounds.low.value, bounds.high.value));
            Some(Tuned { parameter, start: setting.start.value, bounds })
        })
    }

    /// Its sections as designed; none without a sample rate.
    pub(crate) fn sections(&self) -> impl Iterator<Item = Section<f64>> {
        self.coefficients.iter().map(|row| Section::from_coefficients(*row))
    }

    /// Its sections as state-variable filters; none without a sample rate, or with mistakes.
    pub(crate) fn svf_sections(&self, sample_rate: Option<f64>) -> Vec<SvfSection<f64>> {
        let band = self.band.map(|_, setting| setting.start.value);
        let designed = sample_rate.and_then(|rate| band.svf_sections(rate).ok());
        designed.into_iter().flatten().collect()
    }

    /// Its name in strings and documentation.
    pub(crate) fn label(&self) -> String {
        self.name.unraw().to_string()
    }
}

/// A parameter that is to be tuned.
pub(crate) struct Tuned {
    pub(crate) parameter: Parameter,
    pub(crate) start: f64,
    /// Lowest and highest value, if they are given.
    pub(crate) bounds: Option<(f64, f64)>,
}
