//! The values that a free number can reach.

use filterbank_core::{Quantity, Scalar, Scale};

use crate::tune::bounds::moved;
use crate::tune::tunable::Param;

/// The highest frequency, as a fraction of the sample rate, where no bound below the Nyquist
/// frequency is given.
const HIGHEST: f64 = 0.49;

/// What a parameter without a bound of its own may reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Interval {
    /// Any number: the parameter is the free number.
    Real,
    /// Above a bound.
    Above(f64),
    /// Below a bound.
    Below(f64),
    /// Between two bounds, on the scale of the quantity.
    Between(f64, f64),
}

impl Interval {
    /// From the bounds; where one is missing, from the quantity.
    pub(super) fn new(param: &Param<'_>, sample_rate: f64) -> Self {
        match param.quantity {
            Quantity::Frequency => {
                let (low, high) = ends(param);
                Self::Between(low, below_nyquist(param, high, sample_rate))
            }
            Quantity::Q
            | Quantity::Bandwidth
            | Quantity::Slope
            | Quantity::Gain
            | Quantity::Attenuation => {
                let (low, high) = ends(param);
                Self::Between(low, high)
            }
            _ => match param.bounds {
                (f64::NEG_INFINITY, f64::INFINITY) => Self::Real,
                (low, f64::INFINITY) => Self::Above(low),
                (f64::NEG_INFINITY, high) => Self::Below(high),
                (low, high) => Self::Between(low, high),
            },
        }
    }
}

/// The bounds. A missing one is the end of the [range](Param::range) of a knob, or further out, so
/// that the value in the specification is not at the end.
fn ends(param: &Param<'_>) -> (f64, f64) {
    let Param { quantity, value, bounds: (low, high), .. } = *param;
    let positive = quantity != Quantity::Gain;
    let is_given = |bound: f64| bound.is_finite() && (!positive || bound > 0.0);
    let usual =
        Param { bounds: (if is_given(low) { low } else { f64::NEG_INFINITY }, high), ..*param };
    let (mut lowest, mut highest) = usual.range();
    if !is_given(low) && value <= lowest {
        lowest = if positive { value / 2.0 } else { value - 12.0 };
    }
    if !is_given(high) && value >= highest {
        highest = if positive { value * 2.0 } else { value + 12.0 };
    }
    (lowest, highest)
}

/// A bound at the Nyquist frequency or above it becomes 0.49 of the sample rate; for a value above
/// that, the middle between the value and the Nyquist frequency.
fn below_nyquist(param: &Param<'_>, high: f64, sample_rate: f64) -> f64 {
    let nyquist = sample_rate / 2.0;
    if high < nyquist {
        return high;
    }
    (HIGHEST * sample_rate).max(f64::midpoint(param.value, nyquist).min(nyquist))
}

/// A point between two ends, at the logistic function of a free number.
pub(super) fn between<S: Scalar>(scale: Scale, low: S, high: f64, free: S) -> S {
    let part = free.logistic();
    let end = S::from_f64(high);
    at_most(
        match scale {
            Scale::Linear => low + (end - low) * part,
            Scale::Logarithmic => low * ((end / low).ln() * part).exp(),
        },
        high,
    )
}

/// A value that is beyond an end by rounding becomes the end, and keeps its tangents.
pub(super) fn at_most<S: Scalar>(value: S, end: f64) -> S {
    if value.primal() > end { moved(value, end) } else { value }
}

/// The inverse of [`between`]; `None` if the point is not strictly between the ends.
pub(super) fn free_between(scale: Scale, low: f64, high: f64, point: f64) -> Option<f64> {
    if low >= high {
        // Nothing is free.
        return (point == low).then_some(0.0);
    }
    let (below, above) = match scale {
        Scale::Linear => (point - low, high - point),
        Scale::Logarithmic => {
            (Scalar::ln_1p((point - low) / low), Scalar::ln_1p((high - point) / point))
        }
    };
    (below > 0.0 && above > 0.0).then(|| Scalar::ln(below) - Scalar::ln(above))
}

/// The derivatives of [`between`] by its lower end and by the free number.
pub(super) fn slopes(scale: Scale, low: f64, high: f64, free: f64, point: f64) -> (f64, f64) {
    let (part, rest) = (free.logistic(), (-free).logistic());
    match scale {
        Scale::Linear => (rest, (high - low) * part * rest),
        Scale::Logarithmic => (point / low * rest, point * Scalar::ln(high / low) * part * rest),
    }
}

/// The inverse of [`Scalar::softplus`]; `None` if the value is not above 0.
pub(super) fn inverse_softplus(value: f64) -> Option<f64> {
    (value > 0.0).then(|| value + Scalar::ln(-Scalar::exp_m1(-value)))
}
