//! The positions of all knobs, for every thread.

use std::sync::atomic::{AtomicU64, Ordering};

use clack_plugin::plugin::PluginShared;
use filterbank::tune::Param;
use filterbank::{DesignError, Tunable, TunableCascade};

use crate::ChannelStrip;

/// The number of knobs.
pub(crate) const COUNT: usize = ChannelStrip::PARAMS.len();

/// A sample rate at which every frequency of the specification is possible. A knob has the same
/// range at every sample rate of the host.
const REFERENCE_RATE: f64 = 192_000.0;

/// The positions of all knobs, from 0 to 1, and what they mean.
pub struct Knobs {
    reference: TunableCascade,
    /// The bits of the positions.
    positions: [AtomicU64; COUNT],
}

impl PluginShared<'_> for Knobs {}

impl Knobs {
    /// All knobs as in the specification.
    pub(crate) fn new() -> Result<Self, DesignError> {
        let reference = ChannelStrip::at(REFERENCE_RATE)?;
        let knobs = Self { reference, positions: Default::default() };
        knobs.reset();
        Ok(knobs)
    }

    /// Turns all knobs to the positions of the specification.
    pub(crate) fn reset(&self) {
        for (knob, param) in self.params().enumerate() {
            self.turn(knob, param.to_unit(param.value));
        }
    }

    pub(crate) fn params(&self) -> impl ExactSizeIterator<Item = Param<'_>> {
        self.reference.params()
    }

    pub(crate) fn param(&self, knob: usize) -> Option<Param<'_>> {
        self.params().nth(knob)
    }

    /// From 0 to 1.
    pub(crate) fn position(&self, knob: usize) -> Option<f64> {
        let position = self.positions.get(knob)?;
        Some(f64::from_bits(position.load(Ordering::Relaxed)))
    }

    /// In the parameter's unit.
    pub(crate) fn value(&self, knob: usize) -> Option<f64> {
        Some(self.param(knob)?.from_unit(self.position(knob)?))
    }

    /// Turns a knob. NaN, and a knob that does not exist, change nothing.
    pub(crate) fn turn(&self, knob: usize, position: f64) {
        if let Some(place) = self.positions.get(knob)
            && !position.is_nan()
        {
            place.store(position.clamp(0.0, 1.0).to_bits(), Ordering::Relaxed);
        }
    }
}
