//! Levels of bands, frame by frame, and their gradients.

use alloc::vec::Vec;

use filterbank_core::{AdjointScratch, Section, SectionState};

use super::error::EncoderError;
use super::frames::LevelFrames;
use crate::ad::Number;
use crate::layer::{
    Backward, BatchShape, FixedFilters, Forward, LayerError, LayerSample, Workspace,
};
use crate::sensitivity::{TunedSection, retune, tuned_sections};
use crate::tune::Tunable;

/// The number of samples that are filtered at once: one checkpoint for each.
const CHUNK: usize = AdjointScratch::<f64>::BLOCK;

/// A layer that measures the level of each band of a bank, frame by frame: a spectrogram on any scale
/// of frequency, with derivatives by the bands and by the signal.
///
/// Signals are flat slices `[batch, channels, time]` of `f32` or `f64`; levels, in dB, are
/// `[batch, channels, frames, bands]` of the same type. All arithmetic is in `f64`. Any [`Tunable`]
/// bank will do: a [`Layout`](crate::layout::Layout) makes its bands, and
/// [`Unconstrained`](crate::tune::Unconstrained) keeps them apart while they learn. A cascade counts
/// as one band.
///
/// Memory beside the signals and levels: the states of all sections for every 256 samples, and the
/// outputs of all bands for 256 samples. They are computed again in the backward pass, which so costs
/// one more forward pass than that of a [`Layer`](crate::layer::Layer).
///
/// ```
/// use filterbank::encoder::{LevelFrames, SpectralEncoder};
/// use filterbank::layer::BatchShape;
/// use filterbank::layout::{AuditoryScale, Layout};
/// use filterbank::{Method, TunableBank, Tune};
///
/// let layout = Layout::divided(AuditoryScale::Mel, 200.0..=4_000.0, 12)?;
/// let bands = layout.resonators().into_iter().enumerate();
/// let bands = bands.map(|(index, band)| (index.to_string(), band.map(|_, value| Tune::free(value))));
/// let bank = TunableBank::new(bands, 16_000.0)?;
/// let params: Vec<f64> = filterbank::Tunable::params(&bank).map(|param| param.value).collect();
/// let mut encoder = SpectralEncoder::new(bank, &params, LevelFrames::new(400, 160, -100.0)?)?;
///
/// let input: Vec<f32> = (0..1_600_u16).map(|n| (f32::from(n) * 0.4).sin()).collect();
/// let shape = BatchShape { batch: 1, channels: 1, time: 1_600 };
/// let mut levels = vec![0.0; encoder.levels(shape)]; // [1, 1, 8, 12]
/// encoder.forward(shape, &input, &mut levels)?;
/// let last = &levels[7 * 12..];
/// let loudest = (0..12).max_by(|a, b| last[*a].total_cmp(&last[*b]));
/// assert_eq!(loudest, Some(4)); // around 1019 Hz
///
/// // The derivatives of the sum of all levels.
/// let (mut input_slope, mut gradient) = (vec![0.0; 1_600], vec![0.0; params.len()]);
/// encoder.backward(&input, &vec![1.0; levels.len()], &mut input_slope, &mut gradient)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct SpectralEncoder<F> {
    filter: F,
    frames: LevelFrames,
    params: Vec<f64>,
    /// For each band, the number of sections up to its last; empty for a cascade.
    ends: Vec<usize>,
    tuned: Vec<TunedSection>,
    /// The sections of `tuned`.
    sections: Vec<Section<f64>>,
    /// The batch of the last forward pass, and what it has left: the states before each chunk
    /// `[chunks, batch, channels, sections]`, and sums of squares like the levels.
    shape: Option<BatchShape>,
    checkpoints: Vec<SectionState<f64>>,
    sums: Vec<f64>,
    states: Vec<SectionState<f64>>,
    /// Buffers for one chunk: `[signals, chunk]` and `[signals, bands, chunk]`.
    input: Vec<f64>,
    input_slope: Vec<f64>,
    output: Vec<f64>,
    by_coefficients: Vec<[f64; 5]>,
    workspace: Workspace<f64>,
    /// Scratch buffer for designs: one number for each parameter.
    numbers: Vec<Number>,
}

impl<F: Tunable> SpectralEncoder<F> {
    /// An encoder at given values of the parameters of its bank.
    ///
    /// # Errors
    ///
    /// If the bank cannot be designed, see [`Tunable::tuned`], or the [`ends`](Tunable::ends) of a
    /// [`Tunable`] of your own do not fit its sections.
    pub fn new(filter: F, params: &[f64], frames: LevelFrames) -> Result<Self, EncoderError> {
        let tuned = tuned_sections(&filter, params, |_| 1.0).map_err(designed)?;
        let (ends, sections) = (filter.ends().to_vec(), tuned.len());
        if !ends.is_sorted() || ends.last().is_some_and(|last| *last != sections) {
            return Err(LayerError::Ends { sections }.into());
        }
        Ok(Self {
            sections: tuned.iter().map(|tuned| tuned.section).collect(),
            by_coefficients: alloc::vec![[0.0; 5]; tuned.len()],
            numbers: alloc::vec![Number::default(); params.len()],
            params: params.to_vec(),
            ends,
            filter,
            frames,
            tuned,
            shape: None,
            checkpoints: Vec::new(),
            sums: Vec::new(),
            states: Vec::new(),
            input: Vec::new(),
            input_slope: Vec::new(),
            output: Vec::new(),
            workspace: Workspace::new(),
        })
    }

    /// The bank that was passed to [`new`](SpectralEncoder::new).
    pub fn filter(&self) -> &F {
        &self.filter
    }

    /// The frames.
    pub fn frames(&self) -> LevelFrames {
        self.frames
    }

    /// The values of the parameters.
    pub fn params(&self) -> &[f64] {
        &self.params
    }

    /// The number of bands.
    pub fn bands(&self) -> usize {
        self.ends.len().max(1)
    }

    /// The number of levels of a batch: `[batch, channels, frames, bands]`.
    pub fn levels(&self, shape: BatchShape) -> usize {
        let levels = self.frames.count(shape.time).saturating_mul(self.bands());
        shape.signals().saturating_mul(levels)
    }

    /// Changes the values of the parameters. What the last forward pass has left is forgotten.
    ///
    /// # Errors
    ///
    /// If the number of values is another one than before, or the bank cannot be designed. Nothing
    /// has changed then.
    pub fn retune(&mut self, params: &[f64]) -> Result<(), EncoderError> {
        let length =
            LayerError::check_length("params", "[params]", self.params.len(), params.len());
        length?;
        let redesign = |params: &[f64], encoder: &mut Self| {
            let Self { filter, numbers, tuned, .. } = encoder;
            retune(filter, params, |_| 1.0, numbers, tuned)
        };
        if let Err(error) = redesign(params, self) {
            let before = self.params.clone();
            let restored = redesign(&before, self);
            debug_assert!(restored.is_ok(), "it had these parameters");
            return Err(designed(error));
        }
        self.params.copy_from_slice(params);
        for (section, tuned) in self.sections.iter_mut().zip(&self.tuned) {
            *section = tuned.section;
        }
        self.shape = None;
        Ok(())
    }

    /// Encodes a batch from rest: `input` is `[batch, channels, time]`, `levels` becomes
    /// `[batch, channels, frames, bands]` in dB.
    ///
    /// From the first sample on that is infinite or NaN, all levels of that signal are NaN.
    ///
    /// # Errors
    ///
    /// If a signal is shorter than a frame, or a length is wrong. Nothing has changed then.
    pub fn forward<T: LayerSample<Number = f64>>(
        &mut self,
        shape: BatchShape,
        input: &[T],
        levels: &mut [T],
    ) -> Result<(), EncoderError> {
        let (time, size) = (shape.time, self.frames.size());
        if time < size {
            return Err(EncoderError::Time { time, size });
        }
        LayerError::check_length("input", INPUT, shape.samples(), input.len())?;
        LayerError::check_length("levels", LEVELS, self.levels(shape), levels.len())?;
        self.shape = None;
        let states = shape.signals() * self.sections.len();
        self.states.clear();
        self.states.resize(states, SectionState::default());
        self.checkpoints.clear();
        self.sums.clear();
        self.sums.resize(levels.len(), 0.0);
        let bands = self.bands();
        let count = self.frames.count(time);
        for start in (0..time).step_by(CHUNK) {
            self.checkpoints.extend_from_slice(&self.states);
            let chunk = self.filter_chunk(shape, start, input)?;
            for (row, outputs) in self.output.chunks_exact(chunk.time).enumerate() {
                let (signal, band) = (row / bands, row % bands);
                for (samples, frames) in self.frames.pieces(start..start + chunk.time, count) {
                    let piece = &outputs[samples.start - start..samples.end - start];
                    let sum: f64 = piece.iter().map(|y| y * y).sum();
                    for frame in frames {
                        self.sums[(signal * count + frame) * bands + band] += sum;
                    }
                }
            }
        }
        for (level, sum) in levels.iter_mut().zip(&self.sums) {
            *level = T::narrow(self.frames.level(*sum).0);
        }
        self.shape = Some(shape);
        Ok(())
    }

    /// From the derivatives of a loss by the levels of the last forward pass (`slope`) to those by its
    /// input and by the parameters of the bank. `input` is the same as then. The derivatives by the
    /// input are written to `input_slope`; those by the parameters are added to `gradient`.
    ///
    /// # Errors
    ///
    /// If there has been no forward pass since the last [`retune`](SpectralEncoder::retune), or a
    /// length is wrong. Nothing has changed then.
    pub fn backward<T: LayerSample<Number = f64>>(
        &mut self,
        input: &[T],
        slope: &[T],
        input_slope: &mut [T],
        gradient: &mut [f64],
    ) -> Result<(), EncoderError> {
        let shape = self.shape.ok_or(LayerError::NoForward)?;
        LayerError::check_length("input", INPUT, shape.samples(), input.len())?;
        LayerError::check_length("slope", LEVELS, self.sums.len(), slope.len())?;
        LayerError::check_length("input_slope", INPUT, shape.samples(), input_slope.len())?;
        LayerError::check_length("gradient", "[params]", self.params.len(), gradient.len())?;
        let states = shape.signals() * self.sections.len();
        let mut state_slope = alloc::vec![SectionState::default(); states];
        self.by_coefficients.fill([0.0; 5]);
        for (index, start) in (0..shape.time).step_by(CHUNK).enumerate().rev() {
            let before = index * states..(index + 1) * states;
            self.states.copy_from_slice(&self.checkpoints[before.clone()]);
            let chunk = self.filter_chunk(shape, start, input)?;
            self.weigh(shape, start, chunk, slope);
            self.input_slope.resize(self.input.len(), 0.0);
            let backward = Backward {
                input: &self.input[..],
                checkpoints: &self.checkpoints[before],
                slope: &self.output[..],
                input_slope: &mut self.input_slope[..],
                state_slope: &mut state_slope,
                gradient: &mut self.by_coefficients,
            };
            let filters = FixedFilters::unchecked(1, &self.sections, &self.ends);
            filters.backward(chunk, backward, &mut self.workspace)?;
            let rows = self.input_slope.chunks_exact(chunk.time);
            for (row, signal) in rows.zip(input_slope.chunks_exact_mut(shape.time)) {
                for (value, place) in row.iter().zip(&mut signal[start..]) {
                    *place = T::narrow(*value);
                }
            }
        }
        for (tuned, by_coefficients) in self.tuned.iter().zip(&self.by_coefficients) {
            tuned.add_gradient(*by_coefficients, gradient);
        }
        Ok(())
    }

    /// Filters the chunk from `start` on, from `states` to those after it. Returns its shape.
    fn filter_chunk<T: LayerSample<Number = f64>>(
        &mut self,
        shape: BatchShape,
        start: usize,
        input: &[T],
    ) -> Result<BatchShape, LayerError> {
        let chunk = BatchShape { time: CHUNK.min(shape.time - start), ..shape };
        self.input.clear();
        for signal in input.chunks_exact(shape.time) {
            self.input.extend(signal[start..start + chunk.time].iter().map(|x| x.widen()));
        }
        self.output.resize(self.input.len() * self.bands(), 0.0);
        let forward = Forward {
            input: &self.input[..],
            output: &mut self.output[..],
            states: &mut self.states,
            checkpoints: None,
        };
        let filters = FixedFilters::unchecked(1, &self.sections, &self.ends);
        filters.forward(chunk, forward, &mut self.workspace)?;
        Ok(chunk)
    }

    /// Turns the outputs of a chunk into the derivatives of the loss by them.
    fn weigh<T: LayerSample<Number = f64>>(
        &mut self,
        shape: BatchShape,
        start: usize,
        chunk: BatchShape,
        slope: &[T],
    ) {
        let (bands, count) = (self.bands(), self.frames.count(shape.time));
        for (row, outputs) in self.output.chunks_exact_mut(chunk.time).enumerate() {
            let (signal, band) = (row / bands, row % bands);
            for (samples, frames) in self.frames.pieces(start..start + chunk.time, count) {
                let by_square = frames.map(|frame| {
                    let place = (signal * count + frame) * bands + band;
                    slope[place].widen() * self.frames.level(self.sums[place]).1
                });
                let factor = 2.0 * by_square.sum::<f64>();
                for y in &mut outputs[samples.start - start..samples.end - start] {
                    *y *= factor;
                }
            }
        }
    }
}

const INPUT: &str = "[batch, channels, time]";
const LEVELS: &str = "[batch, channels, frames, bands]";

/// The error of a design.
fn designed(error: filterbank_core::DesignError) -> EncoderError {
    EncoderError::Layer(LayerError::Design { filter: 0, error })
}
