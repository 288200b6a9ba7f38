//! The knobs of a processor.

use filterbank_core::{AudioSample, SvfState};

use crate::motion::knob::Knob;
use crate::motion::processor::{Processor, SetError};
use crate::tune::clamp;

/// The shortest ramp in seconds.
const SHORTEST_RAMP: f64 = 0.001;
/// The longest ramp in seconds: a day.
const LONGEST_RAMP: f64 = 86_400.0;

/// Knobs. Nothing here allocates.
impl<T: AudioSample> Processor<T> {
    /// Samples per second.
    pub fn sample_rate(&self) -> f64 {
        self.sample_rate
    }

    /// The number of channels.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// The names of the knobs in order: `"band.parameter"`.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.knobs.iter().map(|knob| knob.name.as_str())
    }

    /// The index of a knob, by its name.
    pub fn knob(&self, name: &str) -> Option<usize> {
        self.names().position(|it| it == name)
    }

    /// The value of a knob now, on its way to the target.
    pub fn value(&self, knob: usize) -> Option<f64> {
        self.knobs.get(knob).map(Knob::value)
    }

    /// The value to which a knob moves.
    pub fn target(&self, knob: usize) -> Option<f64> {
        self.knobs.get(knob).map(Knob::target)
    }

    /// Sets the time in which a parameter moves to a new value: 20 ms if it is never set. At least
    /// 1 ms, because faster motion clicks; NaN is 1 ms. Bands with a [`Method`](crate::Method) take
    /// longer for long ways: see [the module](crate::motion#what-motion-promises).
    pub fn set_ramp(&mut self, seconds: f64) {
        self.ramp = self.samples(seconds);
    }

    /// The length of a ramp in samples.
    pub(in crate::motion) fn samples(&self, seconds: f64) -> usize {
        let seconds = if seconds.is_nan() { SHORTEST_RAMP } else { seconds };
        let seconds = seconds.clamp(SHORTEST_RAMP, LONGEST_RAMP);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
        let samples = (seconds * self.sample_rate) as usize;
        samples.max(1)
    }

    /// Moves a knob to a value, from where it is now.
    ///
    /// # Errors
    ///
    /// If there is no such knob, if the value is NaN or out of its bounds (by more than rounding),
    /// or if no filter can be designed with it. The filter goes on as it was.
    pub fn set(&mut self, knob: usize, value: f64) -> Result<(), SetError> {
        let count = self.knobs.len();
        let Some(turned) = self.knobs.get(knob) else {
            return Err(SetError::Knob { index: knob, count });
        };
        let value = turned.allowed(value).map_err(SetError::Value)?;
        let band = &self.bands[turned.band];
        let knobs = &self.knobs;
        let target = band.at(|other| if other == knob { value } else { knobs[other].target() });
        let designed = target.svf_sections(self.sample_rate);
        designed.map_err(|error| SetError::Value(turned.in_band(error)))?;
        self.move_to(knob, value);
        Ok(())
    }

    /// Starts the ramp of a knob. The knobs of a band with a [`Method`](crate::Method) move together,
    /// so that its edges never cross, and slowly: see [`MovingBand::octaves_in_a_ramp`].
    fn move_to(&mut self, knob: usize, value: f64) {
        let band = &self.bands[self.knobs[knob].band];
        let Some(octaves) = band.octaves_in_a_ramp() else {
            self.knobs[knob].move_to(value, self.ramp);
            return;
        };
        let knobs = &mut self.knobs[band.knobs()];
        let turned = knob - band.knobs().start;
        let target = |index: usize, it: &Knob| if index == turned { value } else { it.target() };
        let each = knobs.iter().enumerate();
        let steps = each.map(|(index, it)| it.steps_to(target(index, it), octaves));
        let steps = steps.fold(1.0, f64::max);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
        let length = (self.ramp as f64 * steps) as usize;
        for (index, it) in knobs.iter_mut().enumerate() {
            it.move_to(target(index, it), length);
        }
    }

    /// Moves a knob to the nearest value within its bounds; NaN changes nothing.
    ///
    /// # Errors
    ///
    /// If there is no such knob, or no filter can be designed with the value.
    pub fn set_clamped(&mut self, knob: usize, value: f64) -> Result<(), SetError> {
        match self.knobs.get(knob) {
            Some(turned) if !value.is_nan() => self.set(knob, clamp(value, turned.bounds())),
            Some(_) => Ok(()),
            None => Err(SetError::Knob { index: knob, count: self.knobs.len() }),
        }
    }

    /// Switches the filter off (`true`) or on, by a crossfade between input and output as long as a
    /// ramp. A filter that is off filters nothing; switched on, it starts from rest.
    pub fn bypass(&mut self, bypass: bool) {
        self.wet.go_to(if bypass { 0.0 } else { 1.0 }, self.ramp);
    }

    /// Sets all states to rest and ends all motion: knobs and bypass are at their targets.
    pub fn reset(&mut self) {
        self.states.fill(SvfState::default());
        self.knobs.iter_mut().for_each(Knob::finish);
        for band in &mut self.bands {
            band.finish(&self.knobs, self.sample_rate);
        }
        self.wet.finish();
    }
}
