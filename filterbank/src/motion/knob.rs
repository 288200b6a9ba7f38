//! A parameter that moves to its target on a ramp.
//!
//! The ramp is a cubic in time on the parameter's axis: it begins with the value and the slope of
//! now, and ends at the target with slope 0 (cubic Hermite interpolation). So a knob that is dragged,
//! with a new target in every block, moves without corners.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::f64::consts::LN_2;

use filterbank_core::{BandLabel, DesignError, Parameter, Requirement};

use crate::tune::{Axis, Param, within};

/// One parameter: where it is, and where it goes.
#[derive(Clone, Debug)]
pub(super) struct Knob {
    pub(super) name: String,
    /// The band to which it belongs.
    pub(super) band: usize,
    parameter: Parameter,
    axis: Axis,
    /// On the axis.
    start: f64,
    /// On the axis, for each sample.
    start_slope: f64,
    end: f64,
    /// The end, as the parameter's value.
    target: f64,
    /// Samples since the ramp's start, and its length.
    position: usize,
    length: usize,
}

impl Knob {
    /// A parameter at rest at its start value; `parameter` is what it is in its band.
    ///
    /// # Errors
    ///
    /// If a bound or the value is not on a logarithmic axis.
    pub(super) fn new(
        param: &Param<'_>,
        parameter: Parameter,
        band: usize,
    ) -> Result<Self, DesignError> {
        let not_positive = |value| {
            let error = DesignError::new(parameter, value, Requirement::Positive);
            error.in_band(BandLabel::Index(band))
        };
        let axis = Axis::new(param).map_err(not_positive)?;
        if !axis.holds(param.value) {
            return Err(not_positive(param.value));
        }
        let start = axis.variable(param.value);
        Ok(Self {
            name: param.name.to_owned(),
            band,
            parameter,
            axis,
            start,
            start_slope: 0.0,
            end: start,
            target: param.value,
            position: 0,
            length: 0,
        })
    }

    /// The lowest and the highest value.
    pub(super) fn bounds(&self) -> (f64, f64) {
        self.axis.bounds()
    }

    /// A value that the parameter may take: within its bounds up to rounding, and on its axis.
    pub(super) fn allowed(&self, value: f64) -> Result<f64, DesignError> {
        let (low, high) = self.bounds();
        let requirement = if low > f64::NEG_INFINITY || high < f64::INFINITY {
            Requirement::Within { low, high }
        } else if self.axis.is_logarithmic() {
            Requirement::Positive
        } else {
            Requirement::Finite
        };
        let within = within(value, (low, high));
        within
            .filter(|value| value.is_finite() && self.axis.holds(*value))
            .ok_or_else(|| self.in_band(DesignError::new(self.parameter, value, requirement)))
    }

    /// An error about its band.
    pub(super) fn in_band(&self, error: DesignError) -> DesignError {
        error.in_band(BandLabel::Index(self.band))
    }

    /// The value to which it moves.
    pub(super) fn target(&self) -> f64 {
        self.target
    }

    /// How many ramps it takes from the value of now to another, if a ramp goes as far as a number of
    /// octaves, or 10 dB.
    pub(super) fn steps_to(&self, value: f64, octaves: f64) -> f64 {
        let way = (self.axis.variable(value) - self.variable_after(0)).abs();
        if self.axis.is_logarithmic() { way / (octaves * LN_2) } else { way / 10.0 }
    }

    /// The value now.
    pub(super) fn value(&self) -> f64 {
        self.value_after(0)
    }

    /// The value a number of samples from now.
    pub(super) fn value_after(&self, samples: usize) -> f64 {
        let arrived = self.position + samples >= self.length;
        if arrived { self.target } else { self.axis.param(self.variable_after(samples)) }
    }

    /// The value a number of samples from now, moved by an offset on the axis and kept within its
    /// bounds: in octaves on a logarithmic axis, in the parameter's unit on a linear one.
    pub(super) fn modulated(&self, samples: usize, offset: f64) -> f64 {
        let unit = if self.axis.is_logarithmic() { LN_2 } else { 1.0 };
        self.axis.param(self.variable_after(samples) + offset * unit)
    }

    fn variable_after(&self, samples: usize) -> f64 {
        let position = self.position + samples;
        if position >= self.length {
            return self.end;
        }
        let (t, length) = (position as f64 / self.length as f64, self.length as f64);
        let rest = 1.0 - t;
        let way = self.start - self.end;
        self.end + rest * rest * (way * (1.0 + 2.0 * t) + self.start_slope * length * t)
    }

    /// The derivative of the variable by time in samples.
    fn slope(&self) -> f64 {
        if !self.is_moving() {
            return 0.0;
        }
        let (t, length) = (self.position as f64 / self.length as f64, self.length as f64);
        let rest = 1.0 - t;
        let way = self.start - self.end;
        rest * (self.start_slope * (1.0 - 3.0 * t) - 6.0 * way * t / length)
    }

    pub(super) fn is_moving(&self) -> bool {
        self.position < self.length
    }

    /// Starts a ramp to an allowed value.
    pub(super) fn move_to(&mut self, value: f64, length: usize) {
        let (now, slope) = (self.variable_after(0), self.slope());
        let end = self.axis.variable(value);
        let length = if now == end && slope == 0.0 { 0 } else { length };
        (self.start, self.start_slope) = (now, slope);
        (self.end, self.target) = (end, value);
        (self.position, self.length) = (0, length);
    }

    /// Ends the ramp.
    pub(super) fn finish(&mut self) {
        self.position = self.length;
    }

    pub(super) fn advance(&mut self, samples: usize) {
        self.position = self.length.min(self.position.saturating_add(samples));
    }
}
