//! A running filter whose parameters move.

use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use filterbank_core::{AudioSample, Plan, ShapeError, SvfState};

use crate::DesignError;
use crate::motion::band::{GRID, MovingBand, Path};
use crate::motion::fade::Fade;
use crate::motion::knob::Knob;
use crate::motion::layout::Layout;
use crate::motion::modulation::{Modulation, Offsets};
use crate::motion::remote::{Receiver, Remote};
use crate::tune::{Tunable, TunableCascade, Tune, clamp};

/// The time of a ramp in seconds, unless another is set.
const RAMP: f64 = 0.02;
/// The shortest ramp in seconds.
const SHORTEST_RAMP: f64 = 0.001;
/// The longest ramp in seconds: a day.
const LONGEST_RAMP: f64 = 86_400.0;
/// The number of samples that are filtered at a time while nothing moves.
const CHUNK: usize = 64;

/// A running filter: bands in series on any number of channels, with parameters that move.
///
/// Samples are `f32` or `f64`. Coefficients and states are `f64` in both cases, so `f32` audio keeps
/// what the design says at the lowest frequencies.
///
/// ```
/// use filterbank::motion::Processor;
/// use filterbank::{Band, Tune, TunableCascade};
///
/// let eq = TunableCascade::new(
///     [
///         ("rumble", Band::resonant_highpass(Tune::within(30.0, 10.0..=200.0), Tune::from(0.707))),
///         ("body", Band::peak(Tune::from(250.0), Tune::from(1.0), Tune::within(0.0, -12.0..=12.0))),
///     ],
///     48_000.0,
/// )?;
/// let mut processor = Processor::<f32>::new(&eq, 2)?;
/// let gain = processor.knob("body.gain_db").ok_or("no such knob")?;
///
/// // In the callback:
/// processor.set(gain, -4.5)?;
/// let (mut left, mut right) = ([0.1; 128], [0.2; 128]);
/// processor.process(&mut [&mut left, &mut right])?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Processor<T> {
    sample_rate: f64,
    /// The length of a ramp in samples.
    ramp: usize,
    bands: Vec<MovingBand>,
    /// The sections of all bands, prepared for running at rest.
    plan: Plan<T>,
    knobs: Vec<Knob>,
    channels: usize,
    sections: usize,
    /// `[channels, sections]`.
    states: Vec<SvfState<f64>>,
    /// How much of the filter is heard.
    wet: Fade,
    receiver: Receiver,
    buffers: Buffers<T>,
}

/// Where a chunk is filtered.
#[derive(Clone, Debug)]
struct Buffers<T> {
    /// `[channels, CHUNK]`.
    signal: Vec<f64>,
    /// What comes in and goes out, of one channel.
    samples: [T; CHUNK],
    path: Path,
}

/// Why a knob cannot be set.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SetError {
    /// There is no such knob.
    Knob {
        /// The index.
        index: usize,
        /// The number of knobs.
        count: usize,
    },
    /// The value is NaN or out of its bounds, or no filter can be designed with it beside the targets
    /// of the band's other knobs.
    Value(DesignError),
}

impl fmt::Display for SetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Knob { index, count } => {
                write!(f, "knob {index} does not exist: there are {count}")
            }
            Self::Value(error) => write!(f, "{error}"),
        }
    }
}

impl core::error::Error for SetError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Value(error) => Some(error),
            Self::Knob { .. } => None,
        }
    }
}

/// Construction, and settings outside the audio callback.
impl<T: AudioSample> Processor<T> {
    /// The filter at rest, as it is specified, for a number of channels.
    ///
    /// # Errors
    ///
    /// If a parameter on a logarithmic scale, or its bound, is not positive.
    pub fn new(filter: &TunableCascade, channels: usize) -> Result<Self, DesignError> {
        let sample_rate = filter.sample_rate();
        let mut params = filter.params();
        let (mut bands, mut knobs) = (Vec::new(), Vec::new());
        for (index, band) in filter.tunes().iter().enumerate() {
            bands.push(MovingBand::new(band, knobs.len(), sample_rate)?);
            for (parameter, tune) in band.params() {
                if let Tune::Free { .. } = tune
                    && let Some(param) = params.next()
                {
                    knobs.push(Knob::new(&param, parameter, index)?);
                }
            }
        }
        let all: Vec<_> = bands.iter().flat_map(MovingBand::sections).copied().collect();
        let sections = all.len();
        let most = bands.iter().map(MovingBand::section_count).max().unwrap_or(0);
        let buffers = Buffers {
            signal: alloc::vec![0.0; channels * CHUNK],
            samples: [T::zero(); CHUNK],
            path: Path::new(most),
        };
        let mut processor = Self {
            sample_rate,
            ramp: 0,
            bands,
            plan: Plan::new(&all),
            knobs,
            channels,
            sections,
            states: alloc::vec![SvfState::default(); channels * sections],
            wet: Fade::at(1.0),
            receiver: Receiver::default(),
            buffers,
        };
        processor.set_ramp(RAMP);
        Ok(processor)
    }

    /// Changes the number of channels. All channels start from rest. Allocates.
    pub fn set_channels(&mut self, channels: usize) {
        self.channels = channels;
        self.states = alloc::vec![SvfState::default(); channels * self.sections];
        self.buffers.signal = alloc::vec![0.0; channels * CHUNK];
    }

    /// A handle by which other threads turn the knobs. Allocates when it is called first.
    pub fn remote(&mut self) -> Remote {
        self.receiver.remote(self.knobs.len())
    }
}

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
    pub(super) fn samples(&self, seconds: f64) -> usize {
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
    /// ramp. A filter that is off costs nothing; switched on, it starts from rest.
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

/// Processing. Nothing here allocates, locks or panics.
impl<T: AudioSample> Processor<T> {
    /// Filters a block in place: a slice for each channel.
    ///
    /// An infinite or NaN sample makes the output of its channel not finite for at most 64 samples;
    /// then the channel starts from rest.
    ///
    /// # Errors
    ///
    /// If the number of slices is not the number of channels, or they differ in length. Nothing has
    /// been filtered then.
    pub fn process(&mut self, channels: &mut [&mut [T]]) -> Result<(), ShapeError> {
        self.run_all(Layout::Separate(channels), &[])
    }

    /// Filters a block in place: `[channels, time]`, time running fastest.
    ///
    /// # Errors
    ///
    /// If the length is not a multiple of the number of channels.
    pub fn process_contiguous(&mut self, block: &mut [T]) -> Result<(), ShapeError> {
        let time = block.len() / self.channels.max(1);
        self.run_all(Layout::Contiguous { block, time }, &[])
    }

    /// Filters a block in place: `[time, channels]`, channels running fastest.
    ///
    /// # Errors
    ///
    /// If the length is not a multiple of the number of channels.
    pub fn process_interleaved(&mut self, frames: &mut [T]) -> Result<(), ShapeError> {
        let channels = self.channels;
        self.run_all(Layout::Interleaved { frames, channels }, &[])
    }

    /// Filters one input to many outputs, one for each channel.
    ///
    /// # Errors
    ///
    /// If the number of outputs is not the number of channels, or the lengths differ. Nothing has
    /// been filtered then.
    pub fn process_shared(
        &mut self,
        input: &[T],
        outputs: &mut [&mut [T]],
    ) -> Result<(), ShapeError> {
        self.run_all(Layout::Shared { input, outputs }, &[])
    }

    /// Filters a block in place while signals modulate parameters, sample by sample: an envelope or
    /// an oscillator on a cutoff. The band is designed exactly for each sample.
    ///
    /// The modulated value is kept within the parameter's bounds. Where an offset is infinite or NaN,
    /// or no filter can be designed, the band keeps the coefficients of the sample before. Knobs that
    /// do not exist are passed over. Two modulations of one knob add up.
    ///
    /// # Errors
    ///
    /// As [`process`](Processor::process), and if a signal is not as long as the block.
    ///
    /// ```
    /// use filterbank::motion::{Modulation, Processor};
    /// use filterbank::{Band, Tune, TunableCascade};
    ///
    /// let voice = TunableCascade::new(
    ///     [("filter", Band::resonant_lowpass(Tune::within(200.0, 20.0..=20e3), Tune::from(4.0)))],
    ///     48_000.0,
    /// )?;
    /// let mut processor = Processor::<f32>::new(&voice, 1)?;
    /// // An envelope that opens the filter by five octaves and decays.
    /// let envelope: Vec<f32> = (0..256).map(|n| 5.0 * (-0.01 * n as f32).exp()).collect();
    /// let mut saw: Vec<f32> = (0..256).map(|n| (n % 100) as f32 / 50.0 - 1.0).collect();
    /// let modulation = Modulation { knob: 0, offsets: &envelope };
    /// processor.process_modulated(&mut [&mut saw], &[modulation])?;
    /// assert!(saw.iter().all(|sample| sample.abs() < 8.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn process_modulated(
        &mut self,
        channels: &mut [&mut [T]],
        modulations: &[Modulation<'_, T>],
    ) -> Result<(), ShapeError> {
        let time = channels.first().map_or(0, |channel| channel.len());
        for modulation in modulations {
            ShapeError::check("offsets", time, modulation.offsets.len())?;
        }
        self.run_all(Layout::Separate(channels), modulations)
    }

    fn run_all(
        &mut self,
        mut layout: Layout<'_, '_, T>,
        modulations: &[Modulation<'_, T>],
    ) -> Result<(), ShapeError> {
        let time = layout.time(self.channels)?;
        self.run(&mut layout, 0..time, modulations);
        Ok(())
    }

    /// Filters a part of a block whose shape has been checked.
    pub(super) fn run(
        &mut self,
        layout: &mut Layout<'_, '_, T>,
        range: Range<usize>,
        modulations: &[Modulation<'_, T>],
    ) {
        self.take_remote_values();
        let mut start = range.start;
        while start < range.end {
            if modulations.is_empty() && self.rests() {
                self.filter_at_rest(layout, start..range.end);
                return;
            }
            let samples = self.next_chunk(range.end - start, modulations);
            if self.wet.is_off() {
                self.pass(layout, start..start + samples);
            } else {
                self.filter(layout, start, samples, modulations);
            }
            for knob in &mut self.knobs {
                knob.advance(samples);
            }
            start += samples;
        }
    }

    fn take_remote_values(&mut self) {
        let receiver = core::mem::take(&mut self.receiver);
        receiver.take(|knob, value| {
            // What cannot be set leaves the knob where it is.
            let _ = self.set_clamped(knob, value);
        });
        self.receiver = receiver;
    }

    /// Starts the motion of bands whose knobs move; returns how many samples go on before the next change.
    fn next_chunk(&mut self, most: usize, modulations: &[Modulation<'_, T>]) -> usize {
        let mut samples = most.min(CHUNK);
        let offsets = Offsets { modulations, start: 0 };
        for (index, band) in self.bands.iter_mut().enumerate() {
            if offsets.modulate_band(index, &self.knobs) {
                samples = samples.min(GRID);
            } else {
                band.start(&self.knobs, self.sample_rate);
                samples = samples.min(band.left());
            }
        }
        samples
    }

    /// Whether nothing moves, and the filter is on.
    fn rests(&self) -> bool {
        let on = !self.wet.is_moving() && !self.wet.is_off();
        on && self.bands.iter().all(|band| band.rests(&self.knobs))
    }

    fn filter_at_rest(&mut self, layout: &mut Layout<'_, '_, T>, range: Range<usize>) {
        let Self { bands, plan, states, buffers, sections, .. } = self;
        let mut first = 0;
        for band in bands {
            let count = band.section_count();
            for (index, section) in band.take_moved().into_iter().flatten().enumerate() {
                let placed = plan.set(first + index, section);
                debug_assert!(placed.is_ok(), "the plan has all sections");
            }
            first += count;
        }
        if *sections == 0 {
            self.pass(layout, range);
            return;
        }
        for (channel, states) in states.chunks_exact_mut(*sections).enumerate() {
            if let Some(block) = layout.in_place(channel, range.clone()) {
                let done = plan.process(states, block);
                debug_assert!(done.is_ok(), "a state for each section");
                continue;
            }
            for start in range.clone().step_by(CHUNK) {
                let buffer = &mut buffers.samples[..CHUNK.min(range.end - start)];
                layout.read(channel, start, buffer);
                let done = plan.process(states, buffer);
                debug_assert!(done.is_ok(), "a state for each section");
                layout.write(channel, start, buffer);
            }
        }
    }

    /// Passes the input on: the filter is off.
    fn pass(&mut self, layout: &mut Layout<'_, '_, T>, range: Range<usize>) {
        for band in &mut self.bands {
            band.advance(range.len());
        }
        for channel in 0..self.channels {
            // What is filtered in place has its input there.
            let _ = layout.in_place(channel, range.clone());
        }
    }

    fn filter(
        &mut self,
        layout: &mut Layout<'_, '_, T>,
        start: usize,
        samples: usize,
        modulations: &[Modulation<'_, T>],
    ) {
        let Self { bands, knobs, states, buffers, sections, sample_rate, .. } = self;
        let Buffers { signal, samples: buffer, path } = buffers;
        let buffer = &mut buffer[..samples];
        for (channel, signal) in signal.chunks_exact_mut(CHUNK).enumerate() {
            layout.read(channel, start, buffer);
            for (value, sample) in signal.iter_mut().zip(&*buffer) {
                *value = sample.primal();
            }
        }
        let offsets = Offsets { modulations, start };
        let mut first = 0;
        for (index, band) in bands.iter_mut().enumerate() {
            let count = band.section_count();
            if offsets.modulate_band(index, knobs) {
                band.modulate(knobs, *sample_rate, samples, &offsets, path);
            } else {
                band.follow(samples, path);
            }
            for (signal, states) in
                signal.chunks_exact_mut(CHUNK).zip(states.chunks_exact_mut((*sections).max(1)))
            {
                let (signal, states) = (&mut signal[..samples], &mut states[first..first + count]);
                band.run(path, states, signal);
            }
            first += count;
        }
        for state in states {
            state.settle();
        }
        for (channel, signal) in signal.chunks_exact(CHUNK).enumerate() {
            if self.wet.is_moving() {
                layout.read(channel, start, buffer);
                for (index, (sample, wet)) in buffer.iter_mut().zip(signal).enumerate() {
                    let part = self.wet.value_after(index + 1);
                    let dry = sample.primal();
                    *sample = T::from_f64(dry + (wet - dry) * part);
                }
            } else {
                for (sample, wet) in buffer.iter_mut().zip(signal) {
                    *sample = T::from_f64(*wet);
                }
            }
            layout.write(channel, start, buffer);
        }
        self.wet.advance(samples);
        if self.wet.is_off() {
            self.states.fill(SvfState::default());
        }
    }
}
