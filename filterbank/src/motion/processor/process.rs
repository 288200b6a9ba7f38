//! The calls of the audio callback.

use filterbank_core::{AudioSample, ShapeError};

use crate::motion::layout::Layout;
use crate::motion::modulation::Modulation;
use crate::motion::processor::Processor;

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
}
