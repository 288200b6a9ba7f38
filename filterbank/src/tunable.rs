//! Filters as functions of numbers: what fitting and gradient checks take.

use filterbank_core::{DesignError, Scalar};

/// A filter that depends on parameters, and can be made for other values of them.
///
/// Structs that [`filterbank!`](crate::filterbank) makes (with a sample rate in their
/// specification) implement it.
pub trait Tunable {
    /// The filter on another scalar.
    type Filter<S: Scalar>;

    /// The number of parameters.
    fn param_count(&self) -> usize;

    /// Parameter number `index`, counted from 0.
    fn param(&self, index: usize) -> Option<Param<'_>>;

    /// The filter for other values of its parameters.
    ///
    /// # Errors
    ///
    /// If there are not [`param_count`](Tunable::param_count) values, if one is out of its bounds,
    /// or if no filter can be designed from them.
    fn tuned<S: Scalar>(&self, params: &[S]) -> Result<Self::Filter<S>, DesignError>;
}

/// A parameter of a [`Tunable`] filter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Param<'a> {
    /// `"band.parameter"`.
    pub name: &'a str,
    /// Its value as the filter was specified.
    pub value: f64,
    /// Its lowest and its highest value; infinite where none is given.
    pub bounds: (f64, f64),
}
