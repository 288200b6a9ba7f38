//! A filter as a function of the variables in which a fit searches.

use filterbank_core::{DesignError, Quantity};

use crate::ad::Number;
use crate::fit::error::{FitError, check_within};
use crate::fit::result::Fit;
use crate::sensitivity::{TunedSection, retune, tuned_sections};
use crate::tune::Axis;
use crate::tune::{Param, Tunable, within};

/// A filter with the axis of each parameter: logarithmic for frequencies and widths, linear for all
/// others. Parameters that are not the filter's may follow.
pub(super) struct Model<'a, T> {
    filter: &'a T,
    /// The number of parameters of the filter.
    own: usize,
    params: Vec<Param<'a>>,
    axes: Vec<Axis>,
}

/// Buffers with which a filter is redesigned without allocation.
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

impl<'a, T: Tunable> Model<'a, T> {
    /// # Errors
    ///
    /// If a bound does not lie on the axis of its parameter.
    pub(super) fn new<E>(filter: &'a T) -> Result<Self, FitError<E>> {
        Self::with(filter, [])
    }

    /// A filter, and parameters beside its own.
    ///
    /// # Errors
    ///
    /// As [`new`](Model::new).
    pub(super) fn with<E>(
        filter: &'a T,
        others: impl IntoIterator<Item = Param<'a>>,
    ) -> Result<Self, FitError<E>> {
        let mut params: Vec<Param> = filter.params().collect();
        let own = params.len();
        params.extend(others);
        let axis = |param: &Param| {
            Axis::new(param).map_err(|bound| FitError::not_positive(param.name, bound))
        };
        let axes = params.iter().map(axis).collect::<Result<_, _>>()?;
        Ok(Self { filter, own, params, axes })
    }

    pub(super) fn sample_rate(&self) -> f64 {
        self.filter.sample_rate()
    }

    /// The number of parameters.
    pub(super) fn count(&self) -> usize {
        self.params.len()
    }

    /// The number of parameters of the filter. They come first.
    pub(super) fn own(&self) -> usize {
        self.own
    }

    /// Positions of the parameters that are gains in dB.
    pub(super) fn gains(&self) -> Vec<usize> {
        let is_gain = |index: &usize| self.params[*index].quantity == Quantity::Gain;
        (0..self.count()).filter(is_gain).collect()
    }

    /// The name of each parameter.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.params.iter().map(|param| param.name)
    }

    /// The quantity of each parameter.
    pub(super) fn quantities(&self) -> impl Iterator<Item = Quantity> {
        self.params.iter().map(|param| param.quantity)
    }

    /// The bounds of each variable.
    pub(super) fn limits(&self) -> Vec<(f64, f64)> {
        self.axes.iter().map(|axis| axis.limits()).collect()
    }

    /// The variables of the values in the specification.
    ///
    /// # Errors
    ///
    /// As [`variables`](Model::variables).
    pub(super) fn start<E>(&self) -> Result<Vec<f64>, FitError<E>> {
        let values: Vec<f64> = self.params.iter().map(|param| param.value).collect();
        self.variables(&values)
    }

    /// From parameters to variables.
    ///
    /// # Errors
    ///
    /// If the number of values is not the number of parameters, or a value is outside its bounds or
    /// not on its axis.
    pub(super) fn variables<E>(&self, params: &[f64]) -> Result<Vec<f64>, FitError<E>> {
        let (expected, found) = (self.count(), params.len());
        if expected != found {
            return Err(FitError::StartLength { expected, found });
        }
        let bounds: Vec<_> = self.axes.iter().map(|axis| axis.bounds()).collect();
        // As for designs, a bound is reached within rounding.
        let each = params.iter().zip(&bounds);
        let params: Vec<f64> =
            each.map(|(param, bounds)| within(*param, *bounds).unwrap_or(*param)).collect();
        check_within(&params, &bounds, |index| self.params[index].name.to_owned())?;
        for ((axis, &value), param) in self.axes.iter().zip(&params).zip(&self.params) {
            if !axis.holds(value) {
                return Err(FitError::not_positive(param.name, value));
            }
        }
        let mut variables = vec![0.0; expected];
        self.variables_into(&params, &mut variables);
        Ok(variables)
    }

    /// From parameters to variables, without checks: the filter has had these parameters.
    pub(super) fn variables_into(&self, params: &[f64], variables: &mut [f64]) {
        for ((axis, param), variable) in self.axes.iter().zip(params).zip(variables) {
            *variable = axis.variable(*param);
        }
    }

    /// From variables to parameters.
    pub(super) fn params(&self, variables: &[f64]) -> Vec<f64> {
        let mut params = vec![0.0; variables.len()];
        self.params_into(variables, &mut params);
        params
    }

    fn params_into(&self, variables: &[f64], params: &mut [f64]) {
        for ((axis, variable), param) in self.axes.iter().zip(variables).zip(params) {
            *param = axis.param(*variable);
        }
    }

    /// The derivative of each parameter by its variable.
    pub(super) fn slopes(&self, params: &[f64]) -> impl Iterator<Item = f64> {
        self.axes.iter().zip(params).map(|(axis, param)| axis.slope(*param))
    }

    /// The filter for given variables.
    pub(super) fn filter(&self, variables: &[f64]) -> Result<T::Filter<f64>, DesignError> {
        self.filter.tuned(&self.params(&variables[..self.own]))
    }

    /// The filter's sections with their derivatives by the variables.
    pub(super) fn sections(&self, variables: &[f64]) -> Result<Vec<TunedSection>, DesignError> {
        let params = self.params(&variables[..self.own]);
        tuned_sections(self.filter, &params, |index| self.axes[index].slope(params[index]))
    }

    /// Redesigns the [`sections`](Model::sections) in place. Returns whether one of them depends
    /// on more variables than before.
    pub(super) fn retune(
        &self,
        variables: &[f64],
        scratch: &mut Scratch,
        sections: &mut [TunedSection],
    ) -> Result<bool, DesignError> {
        self.params_into(variables, &mut scratch.params);
        let Scratch { params, numbers } = scratch;
        let factor = |index: usize| self.axes[index].slope(params[index]);
        retune(self.filter, params, factor, numbers, sections)
    }

    /// Converts a fit from variables to parameters in their own units.
    pub(super) fn describe(&self, fit: Fit) -> Fit {
        let params = self.params(&fit.params);
        let slopes: Vec<f64> = self.slopes(&params).collect();
        Fit {
            names: self.names().map(str::to_owned).collect(),
            quantities: self.quantities().collect(),
            ..fit.in_params(params, &slopes)
        }
    }
}
