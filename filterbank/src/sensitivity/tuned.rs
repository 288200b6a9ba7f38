//! Sections and the derivatives of their coefficients by parameters.

use alloc::vec::Vec;

use filterbank_core::{DesignError, Dual, Section};

use crate::ad::Number;
use crate::tune::Tunable;

/// The number of parameters per design: the number of tangents of a [`Number`].
const PARAMS: usize = 8;

/// A section and the derivatives of its coefficients by parameters.
#[derive(Clone, Debug)]
pub(crate) struct TunedSection {
    pub(crate) section: Section<f64>,
    /// For each parameter that the section depends on, in order: its index, and the derivatives of
    /// `[b0, b1, b2, a1, a2]` by it.
    pub(crate) slopes: Vec<(usize, [f64; 5])>,
}

impl TunedSection {
    /// Adds the derivatives of a loss by the parameters to `gradient`, from those by the coefficients.
    pub(crate) fn add_gradient(&self, by_coefficients: [f64; 5], gradient: &mut [f64]) {
        for (param, slopes) in &self.slopes {
            let products = slopes.iter().zip(by_coefficients).map(|(a, b)| a * b);
            gradient[*param] += products.sum::<f64>();
        }
    }

    /// Whether the section depends on a parameter.
    pub(super) fn depends_on(&self, param: usize) -> bool {
        self.slopes.iter().any(|(index, _)| *index == param)
    }
}

/// Sections whose coefficients are all parameters; `first` is the index of the first section.
pub(crate) fn by_coefficients(sections: &[Section<f64>], first: usize) -> Vec<TunedSection> {
    let tuned = |(index, section): (usize, &Section<f64>)| {
        let slope = |place: usize| {
            let mut slope = [0.0; 5];
            slope[place] = 1.0;
            (5 * (first + index) + place, slope)
        };
        TunedSection { section: *section, slopes: (0..5).map(slope).collect() }
    };
    sections.iter().enumerate().map(tuned).collect()
}

/// Sections with their tangents as derivatives. Zero tangents are left out.
pub(crate) fn by_tangents<const N: usize>(
    sections: &[Section<Dual<f64, N>>],
) -> impl Iterator<Item = TunedSection> {
    sections.iter().map(|section| {
        let slope = |tangent| section.coefficients().map(|c| c.tangent()[tangent]);
        let slopes = (0..N).map(|tangent| (tangent, slope(tangent)));
        let slopes = slopes.filter(|(_, slope)| slope.iter().any(|entry| *entry != 0.0));
        TunedSection { section: section.map(|c| c.value()), slopes: slopes.collect() }
    })
}

/// The sections of a filter and their derivatives, each multiplied by the `factor` of its
/// parameter. One design differentiates eight parameters. Zero derivatives are left out.
pub(crate) fn tuned_sections<T: Tunable>(
    filter: &T,
    params: &[f64],
    factor: impl Fn(usize) -> f64,
) -> Result<Vec<TunedSection>, DesignError> {
    let mut tuned: Vec<TunedSection> = Vec::new();
    let mut numbers = alloc::vec![Number::default(); params.len()];
    for start in (0..params.len().max(1)).step_by(PARAMS) {
        seed(&mut numbers, params, start);
        let designed = filter.tuned(&numbers)?;
        let sections: &[Section<Number>] = designed.as_ref();
        if start == 0 {
            let plain = |section: &Section<Number>| section.map(|c| c.value());
            let whole = |section| TunedSection { section: plain(section), slopes: Vec::new() };
            tuned = sections.iter().map(whole).collect();
        }
        for (tuned, section) in tuned.iter_mut().zip(sections) {
            for (offset, param) in (start..params.len().min(start + PARAMS)).enumerate() {
                let slopes = section.coefficients().map(|c| c.tangent()[offset]);
                if slopes.iter().any(|slope| *slope != 0.0) {
                    tuned.slopes.push((param, slopes.map(|slope| slope * factor(param))));
                }
            }
        }
    }
    Ok(tuned)
}

/// Designs a filter again, in place. `numbers` is a scratch buffer, one number for each parameter.
/// Returns whether a section depends on more parameters than before: derivatives that were zero
/// and no longer are. Only these allocate.
pub(crate) fn retune<T: Tunable>(
    filter: &T,
    params: &[f64],
    factor: impl Fn(usize) -> f64,
    numbers: &mut [Number],
    tuned: &mut [TunedSection],
) -> Result<bool, DesignError> {
    // The filter rejects a wrong number of parameters itself.
    if params.len() != numbers.len() {
        return filter.tuned(params).map(|_| false);
    }
    let mut grown = false;
    for start in (0..params.len().max(1)).step_by(PARAMS) {
        seed(numbers, params, start);
        let designed = filter.tuned(numbers)?;
        for (tuned, section) in tuned.iter_mut().zip(designed.as_ref()) {
            tuned.section = section.map(|c| c.value());
            for (offset, param) in (start..params.len().min(start + PARAMS)).enumerate() {
                let slopes = section.coefficients().map(|c| c.tangent()[offset]);
                let scaled = slopes.map(|slope| slope * factor(param));
                match tuned.slopes.binary_search_by_key(&param, |(index, _)| *index) {
                    Ok(place) => tuned.slopes[place].1 = scaled,
                    Err(place) if slopes.iter().any(|slope| *slope != 0.0) => {
                        tuned.slopes.insert(place, (param, scaled));
                        grown = true;
                    }
                    Err(_) => {}
                }
            }
        }
    }
    Ok(grown)
}

/// The parameters as numbers; the eight from `start` on are seeded with unit tangents.
fn seed(numbers: &mut [Number], params: &[f64], start: usize) {
    for (index, (number, &value)) in numbers.iter_mut().zip(params).enumerate() {
        *number = Number::variable(value, index.wrapping_sub(start));
    }
}
