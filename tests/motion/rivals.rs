//! What a filter in motion is usually made of: the forms beside which ours is measured.
//!
//! Sources: transposed direct form II as in the library's `Section`; the state-variable filter as in
//! A. Simper, *Linear Trapezoidal State Variable Filter* (2013), with the bell of his page 10.

use std::f64::consts::PI;

/// A second-order shape: a cutoff or centre in Hz, Q, and a gain in dB.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    Lowpass { cutoff: f64, q: f64 },
    Peak { center: f64, q: f64, gain_db: f64 },
}

/// Transposed direct form II.
#[derive(Default)]
pub struct DirectForm {
    pub state: [f64; 2],
}

impl DirectForm {
    pub fn tick(&mut self, [b0, b1, b2, a1, a2]: [f64; 5], x: f64) -> f64 {
        let [s1, s2] = self.state;
        let y = b0 * x + s1;
        self.state = [b1 * x - a1 * y + s2, b2 * x - a2 * y];
        y
    }
}

/// The coefficients of the Audio EQ Cookbook.
pub fn cookbook(shape: Shape, sample_rate: f64) -> [f64; 5] {
    let (frequency, q) = match shape {
        Shape::Lowpass { cutoff, q } => (cutoff, q),
        Shape::Peak { center, q, .. } => (center, q),
    };
    let omega = 2.0 * PI * frequency / sample_rate;
    let (cos, alpha) = (omega.cos(), omega.sin() / (2.0 * q));
    let (b, a) = match shape {
        Shape::Lowpass { .. } => (
            [(1.0 - cos) / 2.0, 1.0 - cos, (1.0 - cos) / 2.0],
            [1.0 + alpha, -2.0 * cos, 1.0 - alpha],
        ),
        Shape::Peak { gain_db, .. } => {
            let a = 10_f64.powf(gain_db / 40.0);
            (
                [1.0 + alpha * a, -2.0 * cos, 1.0 - alpha * a],
                [1.0 + alpha / a, -2.0 * cos, 1.0 - alpha / a],
            )
        }
    };
    [b[0] / a[0], b[1] / a[0], b[2] / a[0], a[1] / a[0], a[2] / a[0]]
}

/// The textbook's trapezoidal state-variable filter.
#[derive(Default)]
pub struct StateVariable {
    pub state: [f64; 2],
}

impl StateVariable {
    pub fn tick(&mut self, shape: Shape, sample_rate: f64, x: f64) -> f64 {
        let (frequency, k, mix) = match shape {
            Shape::Lowpass { cutoff, q } => (cutoff, 1.0 / q, [0.0, 0.0, 1.0]),
            Shape::Peak { center, q, gain_db } => {
                let a = 10_f64.powf(gain_db / 40.0);
                let k = 1.0 / (q * a);
                (center, k, [1.0, k * (a * a - 1.0), 0.0])
            }
        };
        let g = (PI * frequency / sample_rate).tan();
        let a1 = 1.0 / (1.0 + g * (g + k));
        let (a2, a3) = (g * a1, g * g * a1);
        let [ic1, ic2] = self.state;
        let v3 = x - ic2;
        let v1 = a1 * ic1 + a2 * v3;
        let v2 = ic2 + a2 * ic1 + a3 * v3;
        self.state = [2.0 * v1 - ic1, 2.0 * v2 - ic2];
        mix[0] * x + mix[1] * v1 + mix[2] * v2
    }
}
