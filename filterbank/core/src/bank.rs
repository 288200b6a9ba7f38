//! Cascades in parallel: one input, one output for each band.

use alloc::vec::Vec;

use crate::cascade::{Cascade, CascadeState};
use crate::error::{DesignError, Requirement, ShapeError};
use crate::scalar::Scalar;
use crate::spec::Band;

/// Cascades that share an input, at one sample rate: a crossover or an analysis bank.
///
/// Blocks are flat slices, time running fastest: `[bands, time]` for one channel,
/// `[batch, bands, time]` for many.
///
/// ```
/// use filterbank_core::{Band, Bank, Method};
///
/// let method = Method::Butterworth { order: 2 };
/// let bank = Bank::from_bands(
///     &[
///         Band::lowpass(method, 200.0),
///         Band::bandpass(method, 200.0, 2_000.0),
///         Band::highpass(method, 2_000.0),
///     ],
///     48_000.0,
/// )?;
/// let mut state = bank.state();
/// let input = [1.0, 0.0, 0.0, 0.0];
/// let mut output = [0.0; 3 * 4];
/// bank.process(&mut state, &input, &mut output)?;
/// let [low, mid, high] = [&output[..4], &output[4..8], &output[8..]];
/// assert!(high[0] > mid[0] && mid[0] > low[0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Bank<S> {
    bands: Vec<Cascade<S>>,
}

/// What a [`Bank`] remembers between samples, for one channel: a [`CascadeState`] for each band.
#[derive(Clone, Debug, PartialEq)]
pub struct BankState<S> {
    bands: Vec<CascadeState<S>>,
}

impl<S: Scalar> Bank<S> {
    /// From cascades.
    ///
    /// # Errors
    ///
    /// If they differ in their sample rate.
    pub fn new(bands: impl IntoIterator<Item = Cascade<S>>) -> Result<Self, DesignError> {
        let bands: Vec<_> = bands.into_iter().collect();
        if let Some((first, others)) = bands.split_first() {
            let expected = first.sample_rate();
            for (index, band) in others.iter().enumerate() {
                let rate = band.sample_rate();
                if rate != expected {
                    let requirement = Requirement::SameAsOthers { value: expected };
                    let error = DesignError::new("sample_rate", rate, requirement);
                    return Err(error.in_band(index + 1));
                }
            }
        }
        Ok(Self { bands })
    }

    /// Designs one cascade for each band.
    ///
    /// # Errors
    ///
    /// As [`Band::sections`], for the first band that cannot be designed;
    /// [`DesignError::band`] tells which.
    pub fn from_bands(bands: &[Band<S>], sample_rate: f64) -> Result<Self, DesignError> {
        let design = |(index, band): (usize, &Band<S>)| {
            band.design(sample_rate).map_err(|error| error.in_band(index))
        };
        let bands = bands.iter().enumerate().map(design).collect::<Result<_, _>>()?;
        Ok(Self { bands })
    }

    /// The bands in order.
    pub fn bands(&self) -> &[Cascade<S>] {
        &self.bands
    }

    /// The same bank on another scalar, without tangents. See
    /// [`Section::cast`](crate::Section::cast).
    #[must_use]
    pub fn cast<T: Scalar>(&self) -> Bank<T> {
        Bank { bands: self.bands.iter().map(Cascade::cast).collect() }
    }

    /// Whether every band is stable.
    pub fn is_stable(&self) -> bool {
        self.bands.iter().all(Cascade::is_stable)
    }

    /// A state at rest, for one channel.
    pub fn state(&self) -> BankState<S> {
        BankState { bands: self.bands.iter().map(Cascade::state).collect() }
    }

    /// Filters one sample: `output` gets one value for each band.
    ///
    /// # Errors
    ///
    /// If `output` is not as long as there are bands. Nothing has been filtered then.
    pub fn tick(&self, state: &mut BankState<S>, x: S, output: &mut [S]) -> Result<(), ShapeError> {
        ShapeError::check("output", self.bands.len(), output.len())?;
        for ((band, state), y) in self.bands.iter().zip(state.fit(self)).zip(output) {
            *y = band.tick(state, x);
        }
        Ok(())
    }

    /// Filters a block of one channel: `input` is `[time]`, `output` becomes `[bands, time]`.
    ///
    /// The state is looked after as in [`Cascade::process`].
    ///
    /// # Errors
    ///
    /// If `output` is not as long as the number of bands times the length of `input`. Nothing
    /// has been filtered then.
    pub fn process(
        &self,
        state: &mut BankState<S>,
        input: &[S],
        output: &mut [S],
    ) -> Result<(), ShapeError> {
        ShapeError::check("output", self.bands.len() * input.len(), output.len())?;
        self.process_rows(state, input, output);
        Ok(())
    }

    /// Filters a block of many channels, one state for each: `input` is `[batch, time]`,
    /// `output` becomes `[batch, bands, time]`.
    ///
    /// # Errors
    ///
    /// If `input` cannot be cut into one row for each state, or `output` has not the length of
    /// `input` for each band. Nothing has been filtered then.
    pub fn process_batch(
        &self,
        states: &mut [BankState<S>],
        input: &[S],
        output: &mut [S],
    ) -> Result<(), ShapeError> {
        let time = input.len() / states.len().max(1);
        ShapeError::check("input", states.len() * time, input.len())?;
        ShapeError::check("output", self.bands.len() * input.len(), output.len())?;
        if time == 0 || self.bands.is_empty() {
            return Ok(());
        }
        let rows = input.chunks_exact(time).zip(output.chunks_exact_mut(self.bands.len() * time));
        for (state, (input, output)) in states.iter_mut().zip(rows) {
            self.process_rows(state, input, output);
        }
        Ok(())
    }

    /// The lengths have been checked.
    fn process_rows(&self, state: &mut BankState<S>, input: &[S], output: &mut [S]) {
        if input.is_empty() {
            return;
        }
        let rows = output.chunks_exact_mut(input.len());
        for ((band, state), row) in self.bands.iter().zip(state.fit(self)).zip(rows) {
            row.copy_from_slice(input);
            band.process(state, row);
        }
    }
}

impl<S> Default for BankState<S> {
    fn default() -> Self {
        Self { bands: Vec::new() }
    }
}

impl<S: Scalar> BankState<S> {
    /// Back to rest: as new.
    pub fn reset(&mut self) {
        self.bands.iter_mut().for_each(CascadeState::reset);
    }

    /// Drops the tangents and keeps the values. See [`CascadeState::detach`].
    pub fn detach(&mut self) {
        self.bands.iter_mut().for_each(CascadeState::detach);
    }

    /// The state of each band.
    pub fn bands(&self) -> &[CascadeState<S>] {
        &self.bands
    }

    /// The state of each band, to be set.
    pub fn bands_mut(&mut self) -> &mut [CascadeState<S>] {
        &mut self.bands
    }

    /// One state for each band, as a [`CascadeState`] does for its sections.
    fn fit(&mut self, bank: &Bank<S>) -> &mut [CascadeState<S>] {
        if self.bands.len() != bank.bands.len() {
            self.bands.resize(bank.bands.len(), CascadeState::default());
        }
        &mut self.bands
    }
}
