//! Designed specifications, and the effect of rounding on them.

use std::f64::consts::{LN_10, PI, TAU};

use filterbank::number::Complex;
use filterbank::section::{CirclePoint, Root};
use filterbank::{Band, Cascade, Method, Section};
use proptest::test_runner::TestCaseError;

use crate::common::worst::worst;
use crate::strategies::Spec;
use crate::tally::{Outcome, Tally};

/// The error allowed, as a multiple of the effect of one unit in the last place.
pub const SMALL_FACTOR: f64 = 8.0;

/// −3.01 dB.
pub const HALF_POWER_DB: f64 = -3.010_299_956_639_812;

/// A designed specification.
pub struct Designed {
    pub cascade: Cascade<f64>,
    pub spec: Spec,
}

impl Designed {
    pub fn new(spec: Spec) -> Result<Self, TestCaseError> {
        let cascade = spec.band.design(spec.sample_rate);
        let cascade = cascade.map_err(|error| TestCaseError::fail(error.to_string()))?;
        Ok(Self { cascade, spec })
    }

    pub fn nyquist(&self) -> f64 {
        self.spec.sample_rate / 2.0
    }

    pub fn sections(&self) -> &[Section<f64>] {
        self.cascade.sections()
    }

    /// Level and allowed error at a frequency, both in dB.
    pub fn level(&self, frequency: f64) -> (f64, f64) {
        let omega = self.omega(frequency);
        (self.cascade.magnitude_db(frequency), SMALL_FACTOR * rounding_db(self.sections(), omega))
    }

    pub fn omega(&self, frequency: f64) -> f64 {
        TAU * (frequency / self.spec.sample_rate)
    }

    /// Compares the level at a frequency.
    pub fn level_is(&self, tally: &Tally, what: &'static str, frequency: f64, db: f64) -> Outcome {
        let (level, allowed) = self.level(frequency);
        tally.level_near(what, level, db, allowed)
    }

    /// The prewarped frequency in rad/s.
    pub fn warped(&self, frequency: f64) -> f64 {
        (PI * (frequency / self.spec.sample_rate)).tan()
    }

    /// The frequency in Hz that is prewarped to `warped`.
    pub fn unwarped(&self, warped: f64) -> f64 {
        self.spec.sample_rate / PI * warped.atan()
    }

    /// The frequency to which the prototype's frequency `x` is mapped; for a bandpass or bandstop,
    /// above or below the centre.
    pub fn place(&self, x: f64, above: bool) -> f64 {
        let warped = match self.spec.band {
            Band::Lowpass { cutoff, .. } => self.warped(cutoff) * x,
            Band::Highpass { cutoff, .. } => self.warped(cutoff) / x,
            Band::Bandpass { low, high, .. } | Band::Bandstop { low, high, .. } => {
                let (low, high) = (self.warped(low), self.warped(high));
                let x = if matches!(self.spec.band, Band::Bandpass { .. }) { x } else { 1.0 / x };
                let half = (high - low) / 2.0 * x;
                let upper = half + half.hypot((low * high).sqrt());
                if above { upper } else { low * high / upper }
            }
            shape => unreachable!("{shape:?} has no method"),
        };
        self.unwarped(warped)
    }

    /// The edges in Hz.
    pub fn edges(&self) -> Vec<f64> {
        match self.spec.band {
            Band::Lowpass { cutoff, .. } | Band::Highpass { cutoff, .. } => vec![cutoff],
            Band::Bandpass { low, high, .. } | Band::Bandstop { low, high, .. } => vec![low, high],
            shape => unreachable!("{shape:?} has no method"),
        }
    }

    pub fn method(&self) -> Method<f64> {
        match self.spec.band {
            Band::Lowpass { method, .. }
            | Band::Highpass { method, .. }
            | Band::Bandpass { method, .. }
            | Band::Bandstop { method, .. } => method,
            shape => unreachable!("{shape:?} has no method"),
        }
    }

    /// The frequencies with the gain of the prototype at 0: one, or two for a bandstop.
    pub fn references(&self) -> Vec<f64> {
        match self.spec.band {
            Band::Lowpass { .. } => vec![0.0],
            Band::Highpass { .. } => vec![self.nyquist()],
            Band::Bandpass { low, high, .. } => {
                vec![self.unwarped((self.warped(low) * self.warped(high)).sqrt())]
            }
            _ => vec![0.0, self.nyquist()],
        }
    }
}

/// The root-mean-square change of the level in dB when every coefficient, the frequency, and the
/// level of every section move by one unit in the last place. Values exact by construction, zeros
/// at z = ±1 and on the unit circle, do not move.
pub fn rounding_db(sections: &[Section<f64>], omega: f64) -> f64 {
    let (mut sum, mut slope, mut levels) = (0.0, 0.0, 0.0);
    for section in sections {
        let [b0, b1, b2, a1, a2] = section.coefficients();
        let (numerator, denominator) = ([b0, b1, b2], [1.0, a1, a2]);
        // `b1` and `a1` are differences: small ones are no more exact than large ones.
        let outer = if b0.abs() == b2.abs() || b2 == 0.0 { 0.0 } else { ulp(b0).hypot(ulp(b2)) };
        let exact = b1 == 0.0 || b1.abs() == b0.abs() || b1.abs() == 2.0 * b0.abs();
        let inner = if exact { 0.0 } else { ulp(b1.abs().max(b0.abs())) };
        sum += outer.hypot(inner).powi(2) / polynomial(numerator, omega).norm_sqr();
        let poles = ulp(a1.abs().max(1.0)).hypot(ulp(a2));
        sum += poles.powi(2) / polynomial(denominator, omega).norm_sqr();
        slope += log_slope(numerator, omega) - log_slope(denominator, omega);
        let level = section.response_at(CirclePoint::from_omega(omega)).norm().ln().abs();
        // Numerator and denominator are rounded, and their logarithms.
        sum += (2.0 * f64::EPSILON).powi(2);
        levels += level.min(1e3);
    }
    sum += (slope * omega * f64::EPSILON).powi(2) + (levels * f64::EPSILON).powi(2);
    20.0 / LN_10 * sum.sqrt()
}

fn ulp(x: f64) -> f64 {
    x.abs().next_up() - x.abs()
}

fn polynomial([c0, c1, c2]: [f64; 3], omega: f64) -> Complex<f64> {
    let z = Complex::new(omega.cos(), -omega.sin());
    Complex::from_real(c0) + z.scale(c1) + (z * z).scale(c2)
}

/// The derivative of the logarithm of a polynomial's magnitude by `omega`.
fn log_slope([c0, c1, c2]: [f64; 3], omega: f64) -> f64 {
    let derivative = polynomial([0.0, c1, 2.0 * c2], omega) * Complex::new(0.0, -1.0);
    (derivative / polynomial([c0, c1, c2], omega)).re
}

pub fn decibels(gain: f64) -> f64 {
    20.0 * gain.log10()
}

/// A root and, for a pair, its conjugate.
pub fn both(root: &Root<f64>) -> impl Iterator<Item = Complex<f64>> {
    let (first, second) = match *root {
        Root::Real(x) => (Complex::from_real(x), None),
        Root::Pair(z) => (z, Some(z.conj())),
    };
    std::iter::once(first).chain(second)
}

/// The largest magnitude of a pole.
pub fn radius(cascade: &Cascade<f64>) -> f64 {
    worst(cascade.zpk().poles.iter().flat_map(both).map(Complex::norm))
}
