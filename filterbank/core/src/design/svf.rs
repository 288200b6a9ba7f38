//! From analog sections to state-variable filters by the trapezoidal rule: see
//! [`SvfSection`](crate::SvfSection).

use super::analog::AnalogSection;
use crate::number::Scalar;
use crate::section::SvfSection;

/// The state-variable form of one section. The prewarped natural frequency and the damping pass
/// unrounded from the design: nothing is subtracted from 1 on the way.
pub(super) fn svf<S: Scalar>(section: &AnalogSection<S>) -> SvfSection<S> {
    match *section {
        AnalogSection::First { gain, numerator: [n1, n0], denominator: d0 } => {
            SvfSection::first_order(d0, [gain * n1, gain * (n0 / d0 - n1)])
        }
        AnalogSection::Second { gain, numerator: [n2, n1, n0], denominator: [d1, d0] } => {
            let g = d0.sqrt();
            let k = d1 / g;
            SvfSection::second_order(
                g,
                k,
                [gain * n2, gain * (n1 / g - k * n2), gain * (n0 / d0 - n2)],
            )
        }
        AnalogSection::Peak { numerator: n1, denominator: [d1, d0] } => {
            let g = d0.sqrt();
            SvfSection::second_order(g, d1 / g, [S::one(), (n1 - d1) / g, S::zero()])
        }
        AnalogSection::Notch { denominator: [d1, d0] } => {
            let g = d0.sqrt();
            let k = d1 / g;
            SvfSection::second_order(g, k, [S::one(), -k, S::zero()])
        }
        AnalogSection::Allpass { denominator: [d1, d0] } => {
            let g = d0.sqrt();
            let k = d1 / g;
            SvfSection::second_order(g, k, [S::one(), k.scale(-2.0), S::zero()])
        }
    }
}
