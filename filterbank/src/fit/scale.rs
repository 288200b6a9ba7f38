//! The variables in which a filter's parameters are searched: logarithms of frequencies and
//! widths, for which a factor is a step, and levels in dB as they are.

use filterbank_core::{DesignError, Quantity, Scale};

use crate::ad::Number;
use crate::fit::least_squares::{FitError, check_within};
use crate::sensitivity::{TunedSection, retune, tuned_sections};
use crate::tune::{Param, Tunable};

/// A filter as a function of the variables of a search.
pub(super) struct Scaled<'a, T> {
    filter: &'a T,
    params: Vec<Param<'a>>,
    scales: Vec<Scale>,
}

/// Room for redesigning a filter without allocation.
pub(super) struct Scratch {
    params: Vec<f64>,
    numbers: Vec<Number>,
}

impl Scratch {
    pub(super) fn new(count: usize) -> Self {
        Self { params: vec![0.0; count], numbers: vec![Number::default(); count] }
    }

    /// The parameters of the last design.
    pub(super) fn params(&self) -> &[f64] {
        &self.params
    }
}

impl<'a, T: Tunable> Scaled<'a, T> {
    pub(super) fn new(filter: &'a T) -> Self {
        let params: Vec<Param> = filter.params().collect();
        let scales = params.iter().map(|param| param.quantity.scale()).collect();
        Self { filter, params, scales }
    }

    pub(super) fn sample_rate(&self) -> f64 {
        self.filter.sample_rate()
    }

    /// Positions of the variables that are gains in dB.
    pub(super) fn gains(&self) -> Vec<usize> {
        let is_gain = |index: &usize| self.params[*index].quantity == Quantity::Gain;
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
        let mut params = vec![0.0; variables.len()];
        self.outward_into(variables, &mut params);
        params
    }

    fn outward_into(&self, variables: &[f64], params: &mut [f64]) {
        let each = self.scales.iter().zip(variables).zip(&self.params);
        for (((scale, &variable), Param { bounds, .. }), value) in each.zip(params) {
            let (lowest, highest) = scale.bounds(*bounds);
            *value = if variable <= lowest {
                bounds.0
            } else if variable >= highest {
                bounds.1
            } else {
                scale.outward(variable).max(bounds.0).min(bounds.1)
            };
        }
    }

    /// From parameters that have been the filter's to variables.
    pub(super) fn inward_into(&self, params: &[f64], variables: &mut [f64]) {
        for ((scale, param), variable) in self.scales.iter().zip(params).zip(variables) {
            *variable = scale.inward(*param);
        }
    }

    /// Designs the filter again, in place: which tangents are not zero stays as in
    /// [`design`](Scaled::design).
    pub(super) fn retune(
        &self,
        variables: &[f64],
        scratch: &mut Scratch,
        tuned: &mut [TunedSection],
    ) -> Result<(), DesignError> {
        self.outward_into(variables, &mut scratch.params);
        let Scratch { params, numbers } = scratch;
        let factor = |index: usize| self.scales[index].slope(params[index]);
        retune(self.filter, params, factor, numbers, tuned)
    }

    /// The derivative of each parameter by its variable.
    pub(super) fn slopes(&self, params: &[f64]) -> Vec<f64> {
        self.scales.iter().zip(params).map(|(scale, param)| scale.slope(*param)).collect()
    }

    /// The filter for given variables.
    pub(super) fn filter(&self, variables: &[f64]) -> Result<T::Filter<f64>, DesignError> {
        self.filter.tuned(&self.outward(variables))
    }

    /// The filter's sections with their derivatives by the variables.
    pub(super) fn design(&self, variables: &[f64]) -> Result<Vec<TunedSection>, DesignError> {
        let params = self.outward(variables);
        tuned_sections(self.filter, &params, |index| self.scales[index].slope(params[index]))
    }
}

/// From parameters to variables and back.
trait Search: Copy {
    fn inward(self, value: f64) -> f64;

    fn outward(self, value: f64) -> f64;

    /// The derivative of the parameter by the variable of the search.
    fn slope(self, param: f64) -> f64;

    fn bounds(self, bounds: (f64, f64)) -> (f64, f64);
}

impl Search for Scale {
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
