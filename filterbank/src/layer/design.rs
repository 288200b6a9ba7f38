//! The designs of many frames, and the chain rule from their coefficients to their parameters.

use alloc::vec::Vec;
use core::ops::Range;

use filterbank_core::{Band, BandLabel, DesignError, Dual, Scalar, SvfSection};

use crate::layer::split::{Work, run_units};
use crate::tune::{Tunable, TunableCascade};

/// The number of frames that one thread takes at once.
const UNIT: usize = 16;

/// The first frame that could not be designed.
pub(super) type Failure = Option<(usize, DesignError)>;

/// The places of a band among the sections and parameters of a frame.
#[derive(Clone, Debug)]
struct BandPlace {
    sections: Range<usize>,
    params: Range<usize>,
}

/// A cascade of bands, with the places of each band.
#[derive(Clone, Debug)]
pub(super) struct FrameDesign {
    filter: TunableCascade,
    places: Vec<BandPlace>,
}

impl FrameDesign {
    pub(super) fn new(filter: TunableCascade) -> Self {
        let (mut section, mut param) = (0, 0);
        let mut places = Vec::new();
        for (index, band) in filter.tunes().iter().enumerate() {
            let sections = section..section + band.section_count();
            let count = filter.param_bands().iter().filter(|owner| **owner == index).count();
            let params = param..param + count;
            (section, param) = (sections.end, params.end);
            places.push(BandPlace { sections, params });
        }
        Self { filter, places }
    }

    pub(super) fn filter(&self) -> &TunableCascade {
        &self.filter
    }

    /// The number of sections of a frame.
    pub(super) fn sections(&self) -> usize {
        self.places.last().map_or(0, |place| place.sections.end)
    }

    /// The number of parameters of a frame.
    pub(super) fn params(&self) -> usize {
        self.places.last().map_or(0, |place| place.params.end)
    }

    /// Designs all frames: `params` is `[frames, params]`, `rows` becomes `[frames, sections]`.
    pub(super) fn design(
        &self,
        params: &[f64],
        rows: &mut [SvfSection<f64>],
        failures: &mut [Failure],
    ) -> Failure {
        let frames = rows.len() / self.sections().max(1);
        let work = DesignWork { design: self, frames: 0..frames, params, rows };
        failures.fill(None);
        run_units(work, UNIT, failures, &DesignWork::run);
        first(failures)
    }

    /// Adds the derivatives by the parameters of all frames to `gradient`, `[frames, params]`, from
    /// those by the coefficients, `[frames, sections]`.
    pub(super) fn add_gradient(
        &self,
        params: &[f64],
        by_coefficients: &[[f64; 6]],
        gradient: &mut [f64],
        failures: &mut [Failure],
    ) -> Failure {
        let frames = by_coefficients.len() / self.sections().max(1);
        let work =
            GradientWork { design: self, frames: 0..frames, params, by_coefficients, gradient };
        failures.fill(None);
        run_units(work, UNIT, failures, &GradientWork::run);
        first(failures)
    }

    fn design_frame(
        &self,
        params: &[f64],
        rows: &mut [SvfSection<f64>],
    ) -> Result<(), DesignError> {
        for (index, BandPlace { sections, params: own }) in self.places.iter().enumerate() {
            let mut own = params[own.clone()].iter().copied();
            let band = self.filter.band_at(index, &mut own)?;
            self.design_band(index, &band, &mut rows[sections.clone()])?;
        }
        Ok(())
    }

    fn design_band<S: Scalar>(
        &self,
        index: usize,
        band: &Band<S>,
        rows: &mut [SvfSection<S>],
    ) -> Result<(), DesignError> {
        band.svf_sections_into(self.filter.sample_rate(), rows)
            .map_err(|error| error.in_band(BandLabel::Index(index)))
    }

    fn add_gradient_of_frame(
        &self,
        params: &[f64],
        by_coefficients: &[[f64; 6]],
        gradient: &mut [f64],
    ) -> Result<(), DesignError> {
        for (index, BandPlace { sections, params: own }) in self.places.iter().enumerate() {
            let (params, by) = (&params[own.clone()], &by_coefficients[sections.clone()]);
            let gradient = &mut gradient[own.clone()];
            // A short list of sections, because most bands have one.
            let add = match (own.len(), by.len()) {
                (0, _) => continue,
                (1, 1) => Self::add_gradient_of_band::<1, 1>,
                (2, 1) => Self::add_gradient_of_band::<2, 1>,
                (_, 1) => Self::add_gradient_of_band::<3, 1>,
                (1, _) => Self::add_gradient_of_band::<1, MOST_SECTIONS>,
                (2, _) => Self::add_gradient_of_band::<2, MOST_SECTIONS>,
                (_, _) => Self::add_gradient_of_band::<4, MOST_SECTIONS>,
            };
            add(self, index, params, by, gradient)?;
        }
        Ok(())
    }

    /// One design of at most `M` sections for each `N` parameters.
    fn add_gradient_of_band<const N: usize, const M: usize>(
        &self,
        index: usize,
        params: &[f64],
        by_coefficients: &[[f64; 6]],
        gradient: &mut [f64],
    ) -> Result<(), DesignError> {
        let mut rows = [SvfSection::<Dual<f64, N>>::identity(); M];
        for start in (0..params.len()).step_by(N) {
            let seed = |(index, value): (usize, &f64)| {
                Dual::<f64, N>::variable(*value, index.wrapping_sub(start))
            };
            let band = self.filter.band_at(index, &mut params.iter().enumerate().map(seed))?;
            let rows = &mut rows[..by_coefficients.len()];
            self.design_band(index, &band, rows)?;
            for (row, by) in rows.iter().zip(by_coefficients) {
                for (coefficient, by) in row.coefficients().iter().zip(by) {
                    let sums = gradient[start..].iter_mut().zip(coefficient.tangent());
                    sums.for_each(|(sum, tangent)| *sum += tangent * by);
                }
            }
        }
        Ok(())
    }
}

/// The failure of the first frame.
fn first(failures: &[Failure]) -> Failure {
    failures.iter().flatten().min_by_key(|(frame, _)| *frame).copied()
}

/// Designs of some frames.
struct DesignWork<'a> {
    design: &'a FrameDesign,
    frames: Range<usize>,
    params: &'a [f64],
    rows: &'a mut [SvfSection<f64>],
}

impl Work for DesignWork<'_> {
    fn signals(&self) -> usize {
        self.frames.len()
    }

    fn split(self, frames: usize) -> (Self, Self) {
        let Self { design, frames: all, params, rows } = self;
        let middle = all.start + frames;
        let (params, other_params) = params.split_at(frames * design.params());
        let (rows, other_rows) = rows.split_at_mut(frames * design.sections());
        let first = Self { design, frames: all.start..middle, params, rows };
        let second =
            Self { design, frames: middle..all.end, params: other_params, rows: other_rows };
        (first, second)
    }
}

impl DesignWork<'_> {
    fn run(self, failure: &mut Failure) {
        let sections = self.design.sections();
        for (index, frame) in self.frames.enumerate() {
            let params = &self.params[index * self.design.params()..][..self.design.params()];
            let rows = &mut self.rows[index * sections..][..sections];
            if let Err(error) = self.design.design_frame(params, rows) {
                *failure = failure.or(Some((frame, error)));
                return;
            }
        }
    }
}

/// Gradients of some frames.
struct GradientWork<'a> {
    design: &'a FrameDesign,
    frames: Range<usize>,
    params: &'a [f64],
    by_coefficients: &'a [[f64; 6]],
    gradient: &'a mut [f64],
}

impl Work for GradientWork<'_> {
    fn signals(&self) -> usize {
        self.frames.len()
    }

    fn split(self, frames: usize) -> (Self, Self) {
        let Self { design, frames: all, params, by_coefficients, gradient } = self;
        let middle = all.start + frames;
        let (params, other_params) = params.split_at(frames * design.params());
        let (gradient, gradients) = gradient.split_at_mut(frames * design.params());
        let (by, others) = by_coefficients.split_at(frames * design.sections());
        let first =
            Self { design, frames: all.start..middle, params, by_coefficients: by, gradient };
        let second = Self {
            design,
            frames: middle..all.end,
            params: other_params,
            by_coefficients: others,
            gradient: gradients,
        };
        (first, second)
    }
}

impl GradientWork<'_> {
    fn run(self, failure: &mut Failure) {
        let (params, sections) = (self.design.params(), self.design.sections());
        for (index, frame) in self.frames.enumerate() {
            let added = self.design.add_gradient_of_frame(
                &self.params[index * params..][..params],
                &self.by_coefficients[index * sections..][..sections],
                &mut self.gradient[index * params..][..params],
            );
            if let Err(error) = added {
                *failure = failure.or(Some((frame, error)));
                return;
            }
        }
    }
}

/// The largest number of sections of a band: a bandpass of the highest order.
const MOST_SECTIONS: usize = filterbank_core::MAX_ORDER;
