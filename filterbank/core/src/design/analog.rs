//! Analog sections: the input of the bilinear transform.

use arrayvec::ArrayVec;

use crate::number::Scalar;
use crate::spec::MAX_ORDER;

/// An analog section: a gain times a numerator over a denominator whose leading coefficient is
/// 1, highest power of `s` first.
///
/// The gain is kept apart, so that rounding it cannot move a zero.
pub(super) enum AnalogSection<S> {
    /// `gain (n1 s + n0) / (s + d0)`.
    First { gain: S, numerator: [S; 2], denominator: S },
    /// `gain (n2 s² + n1 s + n0) / (s² + d1 s + d0)`.
    Second { gain: S, numerator: [S; 3], denominator: [S; 2] },
    /// `(s² + n1 s + d0) / (s² + d1 s + d0)`.
    Peak { numerator: S, denominator: [S; 2] },
    /// `(s² + d0) / (s² + d1 s + d0)`.
    Notch { denominator: [S; 2] },
    /// `(s² − d1 s + d0) / (s² + d1 s + d0)`.
    Allpass { denominator: [S; 2] },
}

pub(super) type AnalogSections<S> = ArrayVec<AnalogSection<S>, MAX_ORDER>;

impl<S: Scalar> AnalogSection<S> {
    /// A second-order section given at 1 rad/s, scaled to `omega` rad/s: `s` becomes `s/omega`.
    pub(super) fn second_at(omega: S, gain: S, [n2, n1, n0]: [S; 3], [d1, d0]: [S; 2]) -> Self {
        let omega_sqr = omega * omega;
        Self::Second {
            gain,
            numerator: [n2, n1 * omega, n0 * omega_sqr],
            denominator: [d1 * omega, d0 * omega_sqr],
        }
    }

    /// Multiplies the section by a factor. (Band transforms make the first two kinds only.)
    pub(super) fn amplify(&mut self, factor: S) {
        match self {
            Self::First { gain, .. } | Self::Second { gain, .. } => *gain *= factor,
            Self::Peak { .. } | Self::Notch { .. } | Self::Allpass { .. } => {}
        }
    }
}
