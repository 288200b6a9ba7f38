//! From one running filter to another.

use alloc::vec::Vec;
use core::fmt;

use filterbank_core::{AudioSample, ShapeError};

use crate::motion::fade::Fade;
use crate::motion::layout::Layout;
use crate::motion::processor::Processor;

/// The number of samples that both filters take at a time.
const CHUNK: usize = 64;

/// A running filter that can be exchanged for another of any specification: for a while both run,
/// the new one from rest, and the output goes over from one to the other. It never exceeds the
/// larger of what either filter can reach.
///
/// Build the new [`Processor`] where allocation is allowed, and send it to the audio callback. The
/// old one comes back from [`retired`](Crossfade::retired), so that it need not be freed there.
///
/// ```
/// use filterbank::motion::{Crossfade, Processor};
/// use filterbank::{Band, Method, Tune, TunableCascade};
///
/// let lowpass = |order| {
///     let method = Method::Butterworth { order };
///     TunableCascade::new([("low", Band::lowpass(method, Tune::free(500.0)))], 48_000.0)
/// };
/// let mut filter = Crossfade::new(Processor::<f32>::new(&lowpass(2)?, 1)?);
/// filter.change_to(Processor::new(&lowpass(8)?, 1)?, 0.02)?;
/// let mut block = [0.5; 1_024];
/// filter.process(&mut [&mut block])?;
/// let old = filter.retired(); // send it back to be freed
/// assert!(old.is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Crossfade<T> {
    running: Processor<T>,
    /// The filter that fades out, and then waits to be taken.
    old: Option<Processor<T>>,
    /// The weight of the running filter.
    weight: Fade,
    /// What the old filter takes and gives: `[channels, CHUNK]`.
    faded: Vec<T>,
}

/// The error of [`Crossfade::change_to`]: it holds the filter that was refused.
#[derive(Clone, Debug)]
pub struct ChangeError<T>(pub Processor<T>);

impl<T> fmt::Display for ChangeError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the filter cannot be exchanged: the last one is still there, or the numbers of channels differ"
        )
    }
}

impl<T: fmt::Debug> core::error::Error for ChangeError<T> {}

impl<T: AudioSample> Crossfade<T> {
    /// A filter that runs alone.
    pub fn new(running: Processor<T>) -> Self {
        let faded = alloc::vec![T::zero(); running.channels() * CHUNK];
        Self { running, old: None, weight: Fade::at(1.0), faded }
    }

    /// The filter that runs, or to which the output goes over.
    pub fn running(&self) -> &Processor<T> {
        &self.running
    }

    /// The filter that runs, to turn its knobs. (Its number of channels must stay.)
    pub fn running_mut(&mut self) -> &mut Processor<T> {
        &mut self.running
    }

    /// Goes over to another filter within a time in seconds.
    ///
    /// # Errors
    ///
    /// The new filter, if the last one has not been [taken back](Crossfade::retired), or if the
    /// numbers of channels differ. The old filter goes on.
    #[allow(clippy::result_large_err, reason = "the caller gets the filter back")]
    pub fn change_to(&mut self, new: Processor<T>, seconds: f64) -> Result<(), ChangeError<T>> {
        if self.old.is_some() || new.channels() != self.running.channels() {
            return Err(ChangeError(new));
        }
        let length = new.samples(seconds);
        self.old = Some(core::mem::replace(&mut self.running, new));
        self.weight = Fade::at(0.0);
        self.weight.go_to(1.0, length);
        Ok(())
    }

    /// The filter that has faded out.
    pub fn retired(&mut self) -> Option<Processor<T>> {
        if self.weight.is_moving() { None } else { self.old.take() }
    }

    /// Filters a block in place: a slice for each channel.
    ///
    /// # Errors
    ///
    /// As [`Processor::process`].
    pub fn process(&mut self, channels: &mut [&mut [T]]) -> Result<(), ShapeError> {
        self.run(&mut Layout::Separate(channels))
    }

    /// Filters a block in place: `[channels, time]`, time running fastest.
    ///
    /// # Errors
    ///
    /// As [`Processor::process_contiguous`].
    pub fn process_contiguous(&mut self, block: &mut [T]) -> Result<(), ShapeError> {
        let time = block.len() / self.running.channels().max(1);
        self.run(&mut Layout::Contiguous { block, time })
    }

    /// Filters a block in place: `[time, channels]`, channels running fastest.
    ///
    /// # Errors
    ///
    /// As [`Processor::process_interleaved`].
    pub fn process_interleaved(&mut self, frames: &mut [T]) -> Result<(), ShapeError> {
        let channels = self.running.channels();
        self.run(&mut Layout::Interleaved { frames, channels })
    }

    fn run(&mut self, layout: &mut Layout<'_, '_, T>) -> Result<(), ShapeError> {
        let Self { running, old, weight, faded } = self;
        let channels = running.channels();
        let time = layout.time(channels)?;
        let mut start = 0;
        while let Some(old) = old.as_mut().filter(|_| weight.is_moving() && start < time) {
            let samples = CHUNK.min(time - start);
            let faded = &mut faded[..channels * samples];
            for (channel, block) in faded.chunks_exact_mut(samples).enumerate() {
                layout.read(channel, start, block);
            }
            old.run(&mut Layout::Contiguous { block: &mut *faded, time: samples }, 0..samples, &[]);
            running.run(layout, start..start + samples, &[]);
            for (channel, block) in faded.chunks_exact_mut(samples).enumerate() {
                let mut output = [T::zero(); CHUNK];
                let output = &mut output[..samples];
                layout.read_output(channel, start, output);
                for (index, (new, old)) in output.iter_mut().zip(block).enumerate() {
                    let (from, to) = (old.primal(), new.primal());
                    *new = T::from_f64(from + (to - from) * weight.value_after(index + 1));
                }
                layout.write(channel, start, output);
            }
            weight.advance(samples);
            start += samples;
        }
        running.run(layout, start..time, &[]);
        Ok(())
    }
}
