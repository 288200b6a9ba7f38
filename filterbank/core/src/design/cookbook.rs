//! The second-order shapes of the Audio EQ Cookbook.
//!
//! Source: R. Bristow-Johnson, *Audio EQ Cookbook* (W3C Working Group Note, 8 June 2021). The
//! shapes are its analog prototypes `H(s)`, passed through the same bilinear transform as all
//! other bands. That gives the coefficients of the cookbook without the cancellation in
//! `1 − cos ω₀` at low frequencies.

use core::f64::consts::{LN_2, LN_10, PI};

use super::analog::AnalogSection;
use super::prewarp::prewarp;
use crate::number::Scalar;
use crate::spec::{Band, Width};

/// The analog section of a checked shape; `None` for the four bands with a
/// [`Method`](crate::Method).
#[inline(always)]
pub(super) fn section<S: Scalar>(band: &Band<S>, sample_rate: f64) -> Option<AnalogSection<S>> {
    let (zero, one) = (S::zero(), S::one());
    let section = match *band {
        Band::Lowpass { .. }
        | Band::Highpass { .. }
        | Band::Bandpass { .. }
        | Band::Bandstop { .. } => return None,
        Band::ResonantLowpass { cutoff, width } => {
            let at = Center::new(cutoff, sample_rate);
            at.section(one, [zero, zero, one], [at.damping(width), one])
        }
        Band::ResonantHighpass { cutoff, width } => {
            let at = Center::new(cutoff, sample_rate);
            at.section(one, [one, zero, zero], [at.damping(width), one])
        }
        Band::BandpassConstantSkirt { center, width } => {
            let at = Center::new(center, sample_rate);
            at.section(one, [zero, one, zero], [at.damping(width), one])
        }
        Band::BandpassConstantPeak { center, width } => {
            let at = Center::new(center, sample_rate);
            let d1 = at.damping(width);
            at.section(one, [zero, d1, zero], [d1, one])
        }
        Band::Notch { center, width } => {
            let at = Center::new(center, sample_rate);
            AnalogSection::Notch { denominator: at.denominator(at.damping(width)) }
        }
        Band::Allpass { center, width } => {
            let at = Center::new(center, sample_rate);
            AnalogSection::Allpass { denominator: at.denominator(at.damping(width)) }
        }
        Band::Peak { center, width, gain_db } => {
            let at = Center::new(center, sample_rate);
            let (d1, a) = (at.damping(width), amplitude(gain_db));
            AnalogSection::Peak {
                numerator: d1 * a * at.warped,
                denominator: at.denominator(d1 / a),
            }
        }
        Band::LowShelf { cutoff, width, gain_db } => {
            let at = Center::new(cutoff, sample_rate);
            let a = amplitude(gain_db);
            let (d1, root) = (at.shelf_damping(width, gain_db), a.sqrt());
            // A (s² + (√A/Q) s + A) / (A s² + (√A/Q) s + 1), divided through by A.
            at.section(one, [one, d1 * root, a], [d1 / root, a.recip()])
        }
        Band::HighShelf { cutoff, width, gain_db } => {
            let at = Center::new(cutoff, sample_rate);
            let a = amplitude(gain_db);
            let (d1, root) = (at.shelf_damping(width, gain_db), a.sqrt());
            // A (A s² + (√A/Q) s + 1) / (s² + (√A/Q) s + A).
            at.section(a, [a, d1 * root, one], [d1 * root, a])
        }
    };
    Some(section)
}

/// The cookbook's `A = 10^(gain/40)`: the square root of the linear gain.
fn amplitude<S: Scalar>(gain_db: S) -> S {
    gain_db.scale(LN_10 / 40.0).exp()
}

/// The centre or corner frequency of a shape.
pub(super) struct Center<S> {
    /// In rad/sample.
    omega: S,
    /// Prewarped, in rad/s.
    pub(super) warped: S,
}

impl<S: Scalar> Center<S> {
    pub(super) fn new(frequency: S, sample_rate: f64) -> Self {
        Self {
            omega: frequency.scale(2.0 * PI / sample_rate),
            warped: prewarp(frequency, sample_rate),
        }
    }

    #[inline(always)]
    fn section(&self, gain: S, numerator: [S; 3], denominator: [S; 2]) -> AnalogSection<S> {
        AnalogSection::second_at(self.warped, gain, numerator, denominator)
    }

    /// The coefficients of `s² + d1 s + 1` at the centre.
    #[inline(always)]
    fn denominator(&self, d1: S) -> [S; 2] {
        [d1 * self.warped, self.warped * self.warped]
    }

    /// `1/Q` of a shape that is not a shelf, from Q or from a bandwidth in octaves.
    #[inline(always)]
    pub(super) fn damping(&self, width: Width<S>) -> S {
        match width {
            Width::Q(q) | Width::Slope(q) => q.recip(),
            // 1/Q = 2 sinh(ln 2/2 · BW · ω₀/sin ω₀)
            Width::Bandwidth(octaves) => {
                let warping = self.omega / self.omega.sin();
                (octaves * warping).scale(LN_2 / 2.0).sinh().scale(2.0)
            }
        }
    }

    /// `1/Q` of a shelf, from its slope, Q or bandwidth.
    #[inline(always)]
    fn shelf_damping(&self, width: Width<S>, gain_db: S) -> S {
        match width {
            // 1/Q = sqrt((A + 1/A)(1/S − 1) + 2), with A + 1/A = 2 cosh(ln A)
            Width::Slope(slope) => {
                let sum = gain_db.scale(LN_10 / 40.0).cosh().scale(2.0);
                let two = S::from_f64(2.0);
                (sum * (slope.recip() - S::one()) + two).sqrt()
            }
            Width::Q(_) | Width::Bandwidth(_) => self.damping(width),
        }
    }
}
