//! The axis on which a parameter is searched and moved: linear or logarithmic.

#[cfg(not(feature = "fit"))]
#[allow(
    unused_imports,
    reason = "where a dependency links `std`, its methods of `f64` come first"
)]
use filterbank_core::Scalar as _;
use filterbank_core::Scale;

use crate::tune::tunable::Param;

/// A parameter's scale and bounds. The variable of a search or a ramp is the parameter, or its
/// logarithm.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Axis {
    scale: Scale,
    /// Of the parameter.
    bounds: (f64, f64),
    /// Of the variable.
    limits: (f64, f64),
}

impl Axis {
    /// The axis of a parameter.
    ///
    /// # Errors
    ///
    /// The invalid bound: on a logarithmic axis, a negative lower bound or an upper bound that is
    /// not positive. (A lower bound of 0 is never reached, so it is the same as no bound.)
    pub(crate) fn new(param: &Param<'_>) -> Result<Self, f64> {
        let (scale, bounds) = (param.quantity.scale(), param.bounds);
        let (low, high) = bounds;
        let limits = match scale {
            Scale::Linear => bounds,
            Scale::Logarithmic if low < 0.0 && low.is_finite() => return Err(low),
            Scale::Logarithmic if high <= 0.0 => return Err(high),
            Scale::Logarithmic => (low.max(0.0).ln(), high.ln()),
        };
        Ok(Self { scale, bounds, limits })
    }

    /// The bounds of the parameter.
    pub(crate) fn bounds(self) -> (f64, f64) {
        self.bounds
    }

    /// The bounds of the variable.
    #[cfg(feature = "fit")]
    pub(crate) fn limits(self) -> (f64, f64) {
        self.limits
    }

    /// Whether the variable is the logarithm of the parameter.
    pub(crate) fn is_logarithmic(self) -> bool {
        self.scale == Scale::Logarithmic
    }

    /// Whether a value of the parameter lies on the axis.
    pub(crate) fn holds(self, param: f64) -> bool {
        self.scale == Scale::Linear || param > 0.0
    }

    /// From the parameter to the variable.
    pub(crate) fn variable(self, param: f64) -> f64 {
        match self.scale {
            Scale::Linear => param,
            Scale::Logarithmic => param.ln(),
        }
    }

    /// From the variable to the parameter; at a limit of the variable, exactly the bound of the
    /// parameter.
    pub(crate) fn param(self, variable: f64) -> f64 {
        let ((low, high), (lowest, highest)) = (self.bounds, self.limits);
        if variable <= lowest {
            return low;
        }
        if variable >= highest {
            return high;
        }
        let param = match self.scale {
            Scale::Linear => variable,
            Scale::Logarithmic => variable.exp(),
        };
        param.max(low).min(high)
    }

    /// The derivative of the parameter by the variable.
    #[cfg(feature = "fit")]
    pub(crate) fn slope(self, param: f64) -> f64 {
        match self.scale {
            Scale::Linear => 1.0,
            Scale::Logarithmic => param,
        }
    }
}
