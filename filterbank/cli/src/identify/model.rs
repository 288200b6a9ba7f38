//! A resonator as a function of its modes: a sum of second-order sections, on any scalar.

use std::f64::consts::PI;

use filterbank::ad::Number;
use filterbank::section::SectionState;
use filterbank::{Scalar, Section};

use super::recording::Recording;

/// Parameters of a mode.
pub const PER_MODE: usize = 4;

/// A decaying sinusoid, `amplitude · 10^(−3 t/decay) · cos(2π frequency t + phase)`.
#[derive(Clone, Copy)]
pub struct Mode<S> {
    /// In Hz.
    pub frequency: S,
    /// Time of a decay by 60 dB, in s.
    pub decay: S,
    /// Linear.
    pub amplitude: S,
    /// In radians.
    pub phase: S,
}

impl Mode<f64> {
    /// The parameters to fit.
    pub fn params(&self) -> [f64; PER_MODE] {
        [self.frequency, self.decay, self.amplitude, self.phase]
    }

    /// Bounds of the parameters.
    pub fn bounds(sample_rate: f64) -> [(f64, f64); PER_MODE] {
        let any = (f64::NEG_INFINITY, f64::INFINITY);
        [(1.0, 0.499 * sample_rate), (1e-4, 1e3), (0.0, f64::INFINITY), any]
    }
}

impl<S: Scalar> Mode<S> {
    /// The mode with these parameters.
    pub fn from_params(params: &[S]) -> Option<Self> {
        let [frequency, decay, amplitude, phase] = *params else { return None };
        Some(Self { frequency, decay, amplitude, phase })
    }

    /// The section whose impulse response this mode is: the z transforms of `rⁿ cos ωn` and
    /// `rⁿ sin ωn`.
    pub fn section(&self, sample_rate: f64) -> Section<S> {
        let omega = self.frequency.scale(2.0 * PI / sample_rate);
        let radius = self.decay.recip().scale(-3.0 * std::f64::consts::LN_10 / sample_rate).exp();
        let (cos, sin) = (self.amplitude * self.phase.cos(), -self.amplitude * self.phase.sin());
        let (re, im) = (radius * omega.cos(), radius * omega.sin());
        Section::from_coefficients([
            cos,
            sin * im - cos * re,
            S::zero(),
            -re.scale(2.0),
            radius * radius,
        ])
    }
}

/// Output of a sum of modes.
pub fn respond<S: Scalar>(modes: &[Mode<S>], sample_rate: f64, input: &[f64]) -> Vec<S> {
    let sections: Vec<Section<S>> = modes.iter().map(|mode| mode.section(sample_rate)).collect();
    let mut states = vec![SectionState::default(); sections.len()];
    let tick = |&x: &f64| {
        let each = sections.iter().zip(&mut states);
        each.map(|(section, state)| section.tick(state, S::from_f64(x))).sum()
    };
    input.iter().map(tick).collect()
}

/// Output of the modes with these parameters, minus the recorded output.
pub fn residuals(params: &[Number], recording: &Recording) -> Vec<Number> {
    let modes: Vec<_> = params.chunks_exact(PER_MODE).filter_map(Mode::from_params).collect();
    let mut response = respond(&modes, recording.sample_rate, &recording.input);
    for (sample, wanted) in response.iter_mut().zip(&recording.output) {
        *sample -= *wanted;
    }
    response
}
