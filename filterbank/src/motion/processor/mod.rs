//! A running filter whose parameters move.

//!
//! ```text
//! turn      knobs, ramps, bypass
//! process   the calls of the audio callback
//! run       what they do with each chunk of samples
//! ```

mod error;
mod process;
mod run;
mod turn;

use alloc::vec;
use alloc::vec::Vec;

use filterbank_core::{AudioSample, DesignError, Plan, SvfState};

pub use error::SetError;

use crate::motion::band::MovingBand;
use crate::motion::fade::Fade;
use crate::motion::knob::Knob;
use crate::motion::path::Path;
use crate::motion::remote::Receiver;
#[cfg(target_has_atomic = "64")]
use crate::motion::remote::Remote;
use crate::tune::{Tunable, TunableCascade, Tune};

/// The time of a ramp in seconds, unless another is set.
const RAMP: f64 = 0.02;
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
            signal: vec![0.0; channels * CHUNK],
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
            states: vec![SvfState::default(); channels * sections],
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
        self.states = vec![SvfState::default(); channels * self.sections];
        self.buffers.signal = vec![0.0; channels * CHUNK];
    }

    /// A handle by which other threads turn the knobs. Allocates when it is called first. (Only on
    /// processors with atomic numbers of 64 bits.)
    #[cfg(target_has_atomic = "64")]
    pub fn remote(&mut self) -> Remote {
        self.receiver.remote(self.knobs.len())
    }
}
