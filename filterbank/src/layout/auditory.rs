//! Frequency scales of hearing.

use core::f64::consts::LN_10;

use filterbank_core::Scalar;

/// A frequency scale of hearing: equal steps on it are about equally far apart for the ear.
///
/// ```
/// use filterbank::layout::AuditoryScale;
///
/// assert!((AuditoryScale::Mel.position(1_000.0_f64) - 1_000.0).abs() < 0.1);
/// assert!((AuditoryScale::Erb.frequency(15.62_f64) - 1_000.0).abs() < 1.0);
/// assert!((AuditoryScale::Bark.position(920.0_f64) - 8.03).abs() < 0.01);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum AuditoryScale {
    /// The number of equivalent rectangular bandwidths (ERB) of the auditory filters below a
    /// frequency: `21.4 log₁₀(1 + 4.37 f)`, with `f` in kHz.
    ///
    /// Source: B. R. Glasberg and B. C. J. Moore, *Derivation of auditory filter shapes from
    /// notched-noise data*, Hearing Research 47 (1990), equation (4). (The factor is rounded there:
    /// the bandwidth of equation (3) is within 0.4 % of a step of 1.)
    Erb,
    /// Mel: `2595 log₁₀(1 + f/700)`.
    ///
    /// Source: D. O'Shaughnessy, *Speech Communication* (1987); the scale of HTK.
    Mel,
    /// Mel: linear up to 1 kHz, `3f/200`, and logarithmic above, `15 + 27 ln(f/1000)/ln 6.4`. The
    /// slope falls by 3.0 % at 1 kHz; at the kink the derivative is that above.
    ///
    /// Source: M. Slaney, *Auditory Toolbox*, version 2 (1998); the default of librosa.
    MelSlaney,
    /// Bark: `26.81 f/(1960 + f) − 0.53`, corrected below 2 and above 20.1, where the slope
    /// changes by factors of 0.85 and 1.22. At a kink the derivative is that of the middle part.
    ///
    /// Source: H. Traunmüller, *Analytical expressions for the tonotopic sensory scale*, J. Acoustical
    /// Society of America 88 (1990), equation (6) and the corrections after it.
    Bark,
}

/// The corner of Slaney's mel scale in Hz, its slope below, and its position at the corner.
const CORNER: f64 = 1_000.0;
const SLOPE: f64 = 3.0 / 200.0;
const AT_CORNER: f64 = 15.0;
/// Steps per factor of e above the corner: 27 steps for a factor of 6.4.
const STEPS: f64 = 27.0 / 1.856_297_990_365_626_3;

/// Where the corrections of the Bark scale begin, and how much they add.
const LOW_BARK: (f64, f64) = (2.0, 0.15);
const HIGH_BARK: (f64, f64) = (20.1, 0.22);

impl AuditoryScale {
    /// The position on the scale of a frequency in Hz, at least 0.
    pub fn position<S: Scalar>(self, frequency: S) -> S {
        match self {
            Self::Erb => frequency.scale(4.37e-3).ln_1p().scale(21.4 / LN_10),
            Self::Mel => frequency.scale(1.0 / 700.0).ln_1p().scale(2_595.0 / LN_10),
            Self::MelSlaney if frequency.primal() < CORNER => frequency.scale(SLOPE),
            Self::MelSlaney => {
                frequency.scale(1.0 / CORNER).ln().scale(STEPS) + S::from_f64(AT_CORNER)
            }
            Self::Bark => {
                let shifted = frequency + S::from_f64(1_960.0);
                let position = frequency.scale(26.81) / shifted - S::from_f64(0.53);
                let ((low, add_low), (high, add_high)) = (LOW_BARK, HIGH_BARK);
                if position.primal() < low {
                    position + (S::from_f64(low) - position).scale(add_low)
                } else if position.primal() > high {
                    position + (position - S::from_f64(high)).scale(add_high)
                } else {
                    position
                }
            }
        }
    }

    /// The frequency in Hz at a position on the scale: the inverse of
    /// [`position`](AuditoryScale::position). The Bark scale ends at 27.86.
    pub fn frequency<S: Scalar>(self, position: S) -> S {
        match self {
            Self::Erb => position.scale(LN_10 / 21.4).exp_m1().scale(1.0 / 4.37e-3),
            Self::Mel => position.scale(LN_10 / 2_595.0).exp_m1().scale(700.0),
            Self::MelSlaney if position.primal() < AT_CORNER => position.scale(1.0 / SLOPE),
            Self::MelSlaney => {
                (position - S::from_f64(AT_CORNER)).scale(1.0 / STEPS).exp().scale(CORNER)
            }
            Self::Bark => {
                let ((low, add_low), (high, add_high)) = (LOW_BARK, HIGH_BARK);
                let uncorrected = if position.primal() < low {
                    (position - S::from_f64(low * add_low)).scale(1.0 / (1.0 - add_low))
                } else if position.primal() > high {
                    (position + S::from_f64(high * add_high)).scale(1.0 / (1.0 + add_high))
                } else {
                    position
                };
                let shifted = uncorrected + S::from_f64(0.53);
                shifted.scale(1_960.0) / (S::from_f64(26.81) - shifted)
            }
        }
    }
}
