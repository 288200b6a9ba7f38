//! The variables in which a filter's parameters are searched: logarithms of frequencies and
//! widths, for which a factor is a step, and levels in dB as they are.

use filterbank_core::{DesignError, Section};

use crate::fit::least_squares::{FitError, check_within};
use crate::jacobian::Number;
use crate::tunable::{Param, Tunable};

/// Parameters that are differentiated in one design.
const CHUNK: usize = 8;

/// A filter as a function of the variables of a search.
pub(super) struct Scaled<'a, T> {
    filter: &'a T,
    params: Vec<Param<'a>>,
    scales: Vec<Scale>,
}

/// A section, and how its coefficients depend on the variables of a search.
pub(super) struct TunedSection {
    pub(super) section: Section<f64>,
    /// Positions of variables, with the derivatives of `[b0, b1, b2, a1, a2]`.
    pub(super) slopes: Vec<(usize, [f64; 5])>,
}

impl<'a, T: Tunable> Scaled<'a, T> {
    pub(super) fn new(filter: &'a T) -> Self {
        let params: Vec<Param> = filter.params().collect();
        let scales = params.iter().map(|param| Scale::of(param.name)).collect();
        Self { filter, params, scales }
    }

    pub(super) fn sample_rate(&self) -> f64 {
        self.filter.sample_rate()
    }

    /// Positions of the variables that are gains in dB.
    pub(super) fn gains(&self) -> Vec<usize> {
        let is_gain = |index: &usize| self.params[*index].name.ends_with("gain_db");
        (0..self.params.len()).filter(is_gain).collect()
    }

    /// The bounds of each variable.
    pub(super) fn bounds(&self) -> Vec<(f64, f64)> {
        let each = self.params.iter().zip(&self.scales);
        each.map(|(param, scale)| scale.bounds(param.bounds)).collect()
    }

    /// From parameters to variables.
    ///
    /// # Errors
    ///
    /// If there are not as many as the filter has, or one is out of its bounds.
    pub(super) fn start<E>(&self, params: &[f64]) -> Result<Vec<f64>, FitError<E>> {
        let (expected, found) = (self.params.len(), params.len());
        if expected != found {
            return Err(FitError::StartLength { expected, found });
        }
        let bounds: Vec<_> = self.params.iter().map(|param| param.bounds).collect();
        check_within(params, &bounds)?;
        Ok(self.scales.iter().zip(params).map(|(scale, param)| scale.inward(*param)).collect())
    }

    /// From variables to parameters; at a bound, the bound as it was given.
    pub(super) fn outward(&self, variables: &[f64]) -> Vec<f64> {
        let each = self.scales.iter().zip(variables).zip(&self.params);
        each.map(|((scale, &variable), param)| {
            let (lowest, highest) = scale.bounds(param.bounds);
            if variable <= lowest {
                param.bounds.0
            } else if variable >= highest {
                param.bounds.1
            } else {
                scale.outward(variable).max(param.bounds.0).min(param.bounds.1)
            }
        })
        .collect()
    }

    /// The derivative of each parameter by its variable.
    pub(super) fn slopes(&self, params: &[f64]) -> Vec<f64> {
        self.scales.iter().zip(params).map(|(scale, param)| scale.slope(*param)).collect()
    }

    /// The filter for given variables.
    pub(super) fn filter(&self, variables: &[f64]) -> Result<T::Filter<f64>, DesignError> {
        self.filter.tuned(&self.outward(variables))
    }

    /// The filter's sections with their derivatives: designed once for each eight parameters, and
    /// only the tangents kept that are not zero.
    pub(super) fn design(&self, variables: &[f64]) -> Result<Vec<TunedSection>, DesignError> {
        let params = self.outward(variables);
        let factors = self.slopes(&params);
        let mut tuned: Vec<TunedSection> = Vec::new();
        for start in (0..params.len().max(1)).step_by(CHUNK) {
            let number =
                |(index, &value): (usize, &f64)| Number::variable(value, index.wrapping_sub(start));
            let numbers: Vec<Number> = params.iter().enumerate().map(number).collect();
            let filter = self.filter.tuned(&numbers)?;
            let sections: &[Section<Number>] = filter.as_ref();
            if start == 0 {
                let plain = |section: &Section<Number>| section.map(|c| c.value());
                tuned = sections
                    .iter()
                    .map(|section| TunedSection { section: plain(section), slopes: Vec::new() })
                    .collect();
            }
            for (tuned, section) in tuned.iter_mut().zip(sections) {
                for (offset, index) in (start..params.len().min(start + CHUNK)).enumerate() {
                    let slopes = section.coefficients().map(|c| c.tangent()[offset]);
                    if slopes.iter().any(|slope| *slope != 0.0) {
                        tuned.slopes.push((index, slopes.map(|slope| slope * factors[index])));
                    }
                }
            }
        }
        Ok(tuned)
    }
}

/// How a parameter is searched.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scale {
    /// As it is: levels.
    Linear,
    /// In its logarithm: frequencies and widths, for which a factor is a step.
    Logarithmic,
}

impl Scale {
    /// By the name of a parameter: `"band.parameter"`.
    fn of(name: &str) -> Self {
        let parameter = name.rsplit('.').next().unwrap_or(name);
        if parameter.ends_with("_db") { Self::Linear } else { Self::Logarithmic }
    }

    fn inward(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Logarithmic => value.ln(),
        }
    }

    fn outward(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Logarithmic => value.exp(),
        }
    }

    /// The derivative of the parameter by the variable of the search.
    fn slope(self, param: f64) -> f64 {
        match self {
            Self::Linear => 1.0,
            Self::Logarithmic => param,
        }
    }

    fn bounds(self, (low, high): (f64, f64)) -> (f64, f64) {
        match self {
            Self::Linear => (low, high),
            Self::Logarithmic if low > 0.0 => (low.ln(), high.ln()),
            Self::Logarithmic => (f64::NEG_INFINITY, high.ln()),
        }
    }
}
