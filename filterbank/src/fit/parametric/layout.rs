//! The bands of a parametric EQ as a filter with parameters.

use std::ops::RangeInclusive;

use filterbank_core::{Band, BandLabel, Cascade, DesignError, Parameter, Requirement, Scalar};

use crate::fit::parametric::ParametricEq;
use crate::fit::parametric::levels::Shelf;
use crate::tune::{Param, SingleOutput, Tunable, wrong_count};

/// The parameters of a peak.
const PEAK: [Parameter; 3] = [Parameter::CENTER, Parameter::Q, Parameter::GAIN_DB];

/// The bands of an EQ with their values: a filter that starts from them.
#[derive(Clone)]
pub(super) struct Layout<'a> {
    eq: &'a ParametricEq,
    names: &'a [String],
    /// The gain of each shelf, then the centre, Q and gain of each peak.
    params: Vec<f64>,
}

impl ParametricEq {
    pub(super) fn shelf_count(&self) -> usize {
        [self.low_shelf, self.high_shelf].iter().flatten().count()
    }

    /// The names of all parameters of a layout with every peak.
    pub(super) fn names(&self) -> Vec<String> {
        let shelves = [("low_shelf", self.low_shelf), ("high_shelf", self.high_shelf)];
        let shelves = shelves.into_iter().filter(|(_, frequency)| frequency.is_some());
        let peak = |number: usize| PEAK.map(|part| format!("peak{number}.{}", part.name));
        let gains = shelves.map(|(name, _)| format!("{name}.{}", Parameter::GAIN_DB.name));
        gains.chain((1..=self.peaks).flat_map(peak)).collect()
    }
}

impl<'a> Layout<'a> {
    /// Shelves without gain, and no peaks. `names` are the names of the EQ's parameters.
    pub(super) fn flat(eq: &'a ParametricEq, names: &'a [String]) -> Self {
        Self { eq, names, params: vec![0.0; eq.shelf_count()] }
    }

    /// The same bands with other values.
    pub(super) fn with_params(&self, params: Vec<f64>) -> Self {
        Self { params, ..*self }
    }

    /// Whether the start can be designed.
    pub(super) fn check(&self) -> Result<(), DesignError> {
        let start: Vec<f64> = self.params().map(|param| param.value).collect();
        self.tuned(&start).map(|_| ())
    }

    pub(super) fn eq(&self) -> &'a ParametricEq {
        self.eq
    }

    pub(super) fn band_count(&self) -> usize {
        self.eq.shelf_count() + self.peak_count()
    }

    /// The band of a parameter.
    pub(super) fn band_of(&self, param: usize) -> usize {
        self.parameter(param).1
    }

    pub(super) fn peak_count(&self) -> usize {
        (self.params.len() - self.eq.shelf_count()) / PEAK.len()
    }

    pub(super) fn push_peak(&mut self, peak: [f64; 3]) {
        self.params.extend(peak);
    }

    /// Removes a peak and moves the last one to its place.
    pub(super) fn swap_remove_peak(&mut self, index: usize) {
        let last = self.params.split_off(self.params.len() - PEAK.len());
        if index < self.peak_count() {
            let start = self.eq.shelf_count() + PEAK.len() * index;
            self.params[start..start + PEAK.len()].copy_from_slice(&last);
        }
    }

    /// The positions of all parameters if the peaks are taken in the order of frequency.
    pub(super) fn order_by_frequency(&self) -> Vec<usize> {
        let shelves = self.eq.shelf_count();
        let start = |peak: &usize| shelves + PEAK.len() * peak;
        let mut peaks: Vec<usize> = (0..self.peak_count()).collect();
        peaks.sort_by(|a, b| self.params[start(a)].total_cmp(&self.params[start(b)]));
        let peaks =
            peaks.iter().flat_map(|peak| (0..PEAK.len()).map(move |part| start(peak) + part));
        (0..shelves).chain(peaks).collect()
    }

    /// The bands with their current values.
    pub(super) fn bands(&self) -> Vec<Band<f64>> {
        self.bands_at(&self.params)
    }

    /// The bands for given values of the parameters.
    fn bands_at<S: Scalar>(&self, params: &[S]) -> Vec<Band<S>> {
        let (gains, peaks) = params.split_at(self.eq.shelf_count());
        let mut gains = gains.iter();
        let mut gain = || gains.next().copied().unwrap_or_else(S::zero);
        let q = S::from_f64(self.eq.shelf_q);
        let mut bands = Vec::with_capacity(2 + peaks.len() / PEAK.len());
        let low = self.eq.low_shelf.map(S::from_f64);
        bands.extend(low.map(|cutoff| Band::low_shelf(cutoff, q, gain())));
        let high = self.eq.high_shelf.map(S::from_f64);
        bands.extend(high.map(|cutoff| Band::high_shelf(cutoff, q, gain())));
        bands.extend(peaks.chunks_exact(PEAK.len()).map(|p| Band::peak(p[0], p[1], p[2])));
        bands
    }

    /// The shelves, and the parameters of each peak, for given values of the parameters.
    pub(super) fn cookbook<'p>(
        &self,
        params: &'p [f64],
    ) -> (impl Iterator<Item = Shelf> + use<>, &'p [[f64; 3]]) {
        let ParametricEq { low_shelf, high_shelf, shelf_q: q, sample_rate: rate, .. } = *self.eq;
        let (gains, peaks) = params.split_at(self.eq.shelf_count());
        let mut gains = gains.iter();
        let mut gain = || gains.next().copied().unwrap_or_default();
        let low = low_shelf.map(|cutoff| Shelf::low(cutoff, q, gain(), rate));
        let high = high_shelf.map(|cutoff| Shelf::high(cutoff, q, gain(), rate));
        ([low, high].into_iter().flatten(), peaks.as_chunks().0)
    }

    /// The kind, band and range of a parameter.
    fn parameter(&self, index: usize) -> (Parameter, usize, &'a RangeInclusive<f64>) {
        let (eq, shelves) = (self.eq, self.eq.shelf_count());
        match index.checked_sub(shelves) {
            None => (Parameter::GAIN_DB, index, &eq.gain_db),
            Some(index) => {
                let part = index % PEAK.len();
                let ranges = [&eq.frequency, &eq.q, &eq.gain_db];
                (PEAK[part], shelves + index / PEAK.len(), ranges[part])
            }
        }
    }
}

impl Tunable for Layout<'_> {
    type Filter<S: Scalar> = Cascade<S>;

    fn sample_rate(&self) -> f64 {
        self.eq.sample_rate
    }

    fn params(&self) -> impl ExactSizeIterator<Item = Param<'_>> {
        (0..self.params.len()).map(|index| {
            let (Parameter { quantity, .. }, _, range) = self.parameter(index);
            let value = clamp(self.params[index], range);
            let bounds = (*range.start(), *range.end());
            Param { name: &self.names[index], quantity, value, bounds }
        })
    }

    fn tuned<S: Scalar>(&self, params: &[S]) -> Result<Cascade<S>, DesignError> {
        if params.len() != self.params.len() {
            return Err(wrong_count(params.len(), self.params.len()));
        }
        for (index, value) in params.iter().enumerate() {
            let (parameter, band, range) = self.parameter(index);
            if !range.contains(&value.primal()) {
                let requirement = Requirement::Within { low: *range.start(), high: *range.end() };
                let error = DesignError::new(parameter, value.primal(), requirement);
                return Err(error.in_band(BandLabel::Index(band)));
            }
        }
        Cascade::from_bands(&self.bands_at(params), self.eq.sample_rate)
    }
}

impl SingleOutput for Layout<'_> {}

/// The nearest value in a range.
pub(super) fn clamp(value: f64, range: &RangeInclusive<f64>) -> f64 {
    value.max(*range.start()).min(*range.end())
}
