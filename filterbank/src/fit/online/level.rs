//! The level of the prediction error, and whether the filter has lost the system.

use std::mem;

use crate::fit::online::BLOCK;

/// A block is a pause if its energy is this far below the energy of the loudest block: 40 dB.
const PAUSE: f64 = 1e-4;
/// The exponent of the forgetting factor with which the loudest energy decays: 1 dB in one memory.
const LOUDEST_DECAY: f64 = 0.25;
/// A block with this many times the mean energy has a weight below 1.
const GLITCH: f64 = 100.0;
/// The shortest window, in blocks.
const SHORTEST_WINDOW: f64 = 16.0;
/// The energy of the error counts as at least this part of the output's: 40 dB below.
const SMALLEST_ERROR: f64 = 1e-4;
/// A window is bad if its error is this far above the usual error, in dB.
const RISE_DB: f64 = 10.0;
/// Steps that lower the error by this much from window to window still lead back, in dB.
const IMPROVEMENT_DB: f64 = 3.0;
/// The usual error follows the error of good windows with this factor.
const ADAPTATION: f64 = 0.25;

/// The energies of a block.
#[derive(Clone, Copy)]
pub(super) struct Energies {
    /// Of the input and the output of the filter.
    pub(super) signals: f64,
    /// Of the output of the system.
    pub(super) wanted: f64,
    /// Of the error.
    pub(super) error: f64,
}

/// How much a block counts.
#[derive(Clone, Copy)]
pub(super) struct Share {
    /// Its weight, at most 1.
    pub(super) weight: f64,
    /// Whether it is a pause, which does not count for levels.
    pub(super) pause: bool,
    /// The energy of the input and the output of the filter over the memory.
    pub(super) signals: f64,
}

/// Sums over the memory, and the errors of successive windows.
///
/// A window is one memory long. Pauses do not count: neither sums nor windows change in them.
pub(super) struct Levels {
    /// The forgetting factor of a block.
    fading: f64,
    loudest_fading: f64,
    /// The length of a window, in blocks.
    window: f64,
    sums: Sums,
    current: Window,
    /// The relative error of the last window, in dB.
    last: f64,
    /// The mean error of good windows.
    usual: Option<WindowError>,
    lost: bool,
}

/// Sums over the memory.
#[derive(Default)]
struct Sums {
    /// The energy of the loudest block, decaying slowly.
    loudest: f64,
    signals: f64,
    wanted: f64,
    error: f64,
    /// Weights of the samples, and their squares.
    weights: f64,
    squared_weights: f64,
}

/// Sums over the current window.
#[derive(Default)]
struct Window {
    blocks: f64,
    wanted: f64,
    error: f64,
}

/// The error of a window, in dB.
#[derive(Clone, Copy)]
struct WindowError {
    absolute: f64,
    /// To the output of the system.
    relative: f64,
}

impl Levels {
    pub(super) fn new(memory: f64) -> Self {
        let fading = (-(BLOCK as f64) / memory).exp();
        Self {
            fading,
            loudest_fading: fading.powf(LOUDEST_DECAY),
            window: (memory / BLOCK as f64).ceil().max(SHORTEST_WINDOW),
            sums: Sums::default(),
            current: Window::default(),
            last: f64::INFINITY,
            usual: None,
            lost: false,
        }
    }

    /// The length of a window, in blocks.
    pub(super) fn window(&self) -> f64 {
        self.window
    }

    pub(super) fn is_lost(&self) -> bool {
        self.lost
    }

    /// The energy of the input and the output of the filter over the memory.
    pub(super) fn signals(&self) -> f64 {
        self.sums.signals
    }

    /// The error relative to the output, in dB, over the memory.
    pub(super) fn error_db(&self) -> Option<f64> {
        let Sums { wanted, error, .. } = self.sums;
        (error > 0.0 || wanted > 0.0).then(|| decibels(error / wanted))
    }

    /// The variance of a parameter for a unit of the inverse of its information: the mean square of
    /// the error, times the mean weight of a sample, because exponential weights average over more
    /// samples than their sum.
    pub(super) fn unit_variance(&self) -> Option<f64> {
        let Sums { error, weights, squared_weights, .. } = self.sums;
        (weights > 0.0).then(|| error / weights * (squared_weights / weights))
    }

    /// Adds a block.
    pub(super) fn add(&mut self, block: Energies) -> Share {
        let weight = self.weight(block);
        let pause = !self.add_weighted(block, weight);
        Share { weight, pause, signals: self.sums.signals }
    }

    /// The weight of a block. A glitch counts as much as a block 20 dB above the mean energy; a
    /// lasting rise soon raises the mean.
    fn weight(&self, block: Energies) -> f64 {
        let mean = self.sums.signals / self.sums.weights * BLOCK as f64;
        if block.signals > GLITCH * mean { GLITCH * mean / block.signals } else { 1.0 }
    }

    /// Adds a block unless it is a pause. Returns whether it has been added.
    fn add_weighted(&mut self, block: Energies, weight: f64) -> bool {
        let [signals, wanted, error] =
            [block.signals, block.wanted, block.error].map(|energy| weight * energy);
        if !(signals + wanted + error).is_finite() {
            self.clear();
            return false;
        }
        let sums = &mut self.sums;
        sums.loudest = signals.max(self.loudest_fading * sums.loudest);
        if signals <= PAUSE * sums.loudest {
            return false;
        }
        let length = weight * BLOCK as f64;
        sums.signals = self.fading * sums.signals + signals;
        sums.wanted = self.fading * sums.wanted + wanted;
        sums.error = self.fading * sums.error + error;
        sums.weights = self.fading * sums.weights + length;
        sums.squared_weights = self.fading.powi(2) * sums.squared_weights + weight * length;
        if !(sums.signals + sums.wanted + sums.error).is_finite() {
            self.clear();
            return false;
        }
        self.current.blocks += 1.0;
        self.current.wanted += wanted;
        self.current.error += error;
        if self.current.blocks >= self.window {
            self.finish_window();
        }
        true
    }

    fn clear(&mut self) {
        self.sums = Sums::default();
        self.current = Window::default();
    }

    fn finish_window(&mut self) {
        let Window { wanted, error, .. } = mem::take(&mut self.current);
        let error = error.max(SMALLEST_ERROR * wanted);
        if error == 0.0 {
            return;
        }
        let found = WindowError {
            absolute: decibels(error),
            // An error larger than the output is as bad as no output.
            relative: decibels(error / wanted).min(0.0),
        };
        let last = mem::replace(&mut self.last, found.relative);
        let usual = self.usual.get_or_insert(found);
        let threshold = usual.relative + RISE_DB;
        if found.relative <= threshold {
            usual.absolute += ADAPTATION * (found.absolute - usual.absolute);
            usual.relative += ADAPTATION * (found.relative - usual.relative);
            self.lost = false;
        } else if found.absolute > usual.absolute + RISE_DB {
            // If only the relative error has risen, the output has fallen towards its noise.
            let improves = found.relative <= last - IMPROVEMENT_DB;
            self.lost |= last > threshold && !improves;
        }
    }
}

/// Of a ratio of energies.
fn decibels(energy: f64) -> f64 {
    10.0 * energy.log10()
}
