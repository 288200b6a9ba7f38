//! Cascades in parallel: one input, one output for each band.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::marker::PhantomData;
use core::mem;
use core::ops::Range;

use crate::biquad::{Section, SectionState};
use crate::cascade::{Cascade, part};
#[cfg(feature = "alloc")]
use crate::check;
use crate::error::ShapeError;
#[cfg(feature = "alloc")]
use crate::error::{BandLabel, DesignError, Requirement};
use crate::kernel::Lane;
use crate::scalar::Scalar;
use crate::section::{process_parallel, tick_series};
#[cfg(feature = "alloc")]
use crate::spec::Band;
use crate::store::{RuntimeEnds, RuntimeSections, RuntimeStates, SectionStore, StateStore};

/// Cascades that share an input, at one sample rate: a crossover or an analysis bank.
///
/// Blocks are flat slices, time running fastest: `[bands, time]` for one channel,
/// `[batch, bands, time]` for many.
///
/// The sections of all bands lie in one store `A`, one band after the other, as in a
/// [`Cascade`]; `E` tells where each band ends. `Bank<f64>` has as many bands as it is given at
/// run time.
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
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bank<S, A = RuntimeSections<S>, E = RuntimeEnds> {
    sections: A,
    /// For each band, the number of sections up to its last.
    ends: E,
    sample_rate: f64,
    scalar: PhantomData<S>,
}

/// What a [`Bank`] remembers between samples, for one channel: two numbers for each section of
/// each band. As with a [`CascadeState`](crate::CascadeState), an empty default will do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BankState<S, T = RuntimeStates<S>> {
    sections: T,
    scalar: PhantomData<S>,
}

/// A bank whose size is known at run time.
#[cfg(feature = "alloc")]
impl<S: Scalar> Bank<S> {
    /// From cascades.
    ///
    /// # Errors
    ///
    /// If they differ in their sample rate.
    pub fn new(bands: impl IntoIterator<Item = Cascade<S>>) -> Result<Self, DesignError> {
        let mut bank = Self::from_store(Vec::new(), Vec::new(), 0.0);
        for (index, band) in bands.into_iter().enumerate() {
            let (rate, value) = (band.sample_rate(), bank.sample_rate);
            if index == 0 {
                bank.sample_rate = rate;
            } else if rate != value {
                let requirement = Requirement::SameAsOthers { value };
                return Err(DesignError::new("sample_rate", rate, requirement)
                    .in_band(BandLabel::Index(index)));
            }
            bank.push(band.sections());
        }
        Ok(bank)
    }

    /// Designs one cascade for each band.
    ///
    /// # Errors
    ///
    /// As [`Band::sections`], for the first band that cannot be designed;
    /// [`DesignError::band`] tells which.
    pub fn from_bands(bands: &[Band<S>], sample_rate: f64) -> Result<Self, DesignError> {
        check::sample_rate(sample_rate)?;
        let mut bank = Self::from_store(Vec::new(), Vec::new(), sample_rate);
        for (index, band) in bands.iter().enumerate() {
            bank.push(
                &band
                    .sections(sample_rate)
                    .map_err(|error| error.in_band(BandLabel::Index(index)))?,
            );
        }
        Ok(bank)
    }

    fn push(&mut self, band: &[Section<S>]) {
        self.sections.extend_from_slice(band);
        self.ends.push(self.sections.len());
    }

    /// The same bank on another scalar, without tangents. See [`Section::cast`].
    #[must_use]
    pub fn cast<T: Scalar>(&self) -> Bank<T> {
        let sections = self.sections.iter().map(Section::cast).collect();
        Bank::from_store(sections, self.ends.clone(), self.sample_rate)
    }
}

impl<S, A, E> Bank<S, A, E> {
    /// From stores and a sample rate that are known to be valid: `ends` rises to the number of
    /// sections.
    #[doc(hidden)]
    pub const fn from_store(sections: A, ends: E, sample_rate: f64) -> Self {
        Self { sections, ends, sample_rate, scalar: PhantomData }
    }

    /// Samples per second (0 for a bank made of no cascades).
    pub const fn sample_rate(&self) -> f64 {
        self.sample_rate
    }
}

/// A bank whose size is known at compile time.
impl<S: Scalar, E: Copy, const N: usize> Bank<S, [Section<S>; N], E> {
    /// The same bank on another scalar, without tangents. See [`Section::cast`].
    #[must_use]
    pub fn cast<T: Scalar>(&self) -> Bank<T, [Section<T>; N], E> {
        let sections = self.sections.map(|section| section.cast());
        Bank::from_store(sections, self.ends, self.sample_rate)
    }
}

impl<S: Scalar, A: SectionStore<S>, E: AsRef<[usize]>> Bank<S, A, E> {
    /// The number of bands.
    pub fn band_count(&self) -> usize {
        self.ends.as_ref().len()
    }

    /// Band number `index`, counted from 0, as a cascade that looks into this bank; `None` if
    /// there are not so many.
    pub fn band(&self, index: usize) -> Option<Cascade<S, &[Section<S>]>> {
        let range = self.ranges().nth(index)?;
        let sections = self.sections.as_ref().get(range)?;
        Some(Cascade::from_store(sections, self.sample_rate))
    }

    /// The bands in order, as cascades that look into this bank.
    pub fn bands(&self) -> impl ExactSizeIterator<Item = Cascade<S, &[Section<S>]>> {
        let nothing = Cascade::from_store(&[] as &[Section<S>], self.sample_rate);
        (0..self.band_count()).map(move |index| self.band(index).unwrap_or(nothing))
    }

    /// A copy of `LEN` sections from number `START` on.
    #[doc(hidden)]
    #[must_use]
    pub fn part<const START: usize, const LEN: usize>(&self) -> Cascade<S, [Section<S>; LEN]> {
        Cascade::from_store(part::<S, START, LEN>(self.sections()), self.sample_rate)
    }

    /// The sections of all bands, band after band.
    pub fn sections(&self) -> &[Section<S>] {
        self.sections.as_ref()
    }

    /// For each band, the number of sections up to its last.
    pub fn ends(&self) -> &[usize] {
        self.ends.as_ref()
    }

    /// Where each band's sections lie.
    fn ranges(&self) -> impl Iterator<Item = Range<usize>> {
        let ends = self.ends.as_ref();
        let starts = core::iter::once(&0).chain(ends);
        starts.zip(ends).map(|(&start, &end)| start..end)
    }

    /// Whether every band is stable.
    pub fn is_stable(&self) -> bool {
        self.sections.as_ref().iter().all(Section::is_stable)
    }

    /// A state at rest, for one channel.
    pub fn state(&self) -> BankState<S, A::States> {
        BankState { sections: self.sections.states(), scalar: PhantomData }
    }

    /// Filters one sample: `output` gets one value for each band.
    ///
    /// The state is looked after as in [`Cascade::tick`].
    ///
    /// # Errors
    ///
    /// If `output` is not as long as there are bands. Nothing has been filtered then.
    pub fn tick(
        &self,
        state: &mut BankState<S, A::States>,
        x: S,
        output: &mut [S],
    ) -> Result<(), ShapeError> {
        ShapeError::check("output", self.band_count(), output.len())?;
        for Lane { sections, states, block } in self.lanes(state, output.chunks_exact_mut(1)) {
            block[0] = tick_series(sections, states, x);
            states.iter_mut().for_each(SectionState::settle);
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
        state: &mut BankState<S, A::States>,
        input: &[S],
        output: &mut [S],
    ) -> Result<(), ShapeError> {
        ShapeError::check("output", self.band_count() * input.len(), output.len())?;
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
        states: &mut [BankState<S, A::States>],
        input: &[S],
        output: &mut [S],
    ) -> Result<(), ShapeError> {
        let time = input.len() / states.len().max(1);
        ShapeError::check("input", states.len() * time, input.len())?;
        ShapeError::check("output", self.band_count() * input.len(), output.len())?;
        if output.is_empty() {
            return Ok(());
        }
        let rows = input.chunks_exact(time).zip(output.chunks_exact_mut(self.band_count() * time));
        for (state, (input, output)) in states.iter_mut().zip(rows) {
            self.process_rows(state, input, output);
        }
        Ok(())
    }

    /// The lengths have been checked.
    fn process_rows(&self, state: &mut BankState<S, A::States>, input: &[S], output: &mut [S]) {
        if !input.is_empty() {
            let rows = output.chunks_exact_mut(input.len());
            process_parallel(Some(input), self.lanes(state, rows));
        }
    }

    /// The sections and states of each band, with the block that its output goes to.
    #[inline(always)]
    fn lanes<'a>(
        &'a self,
        state: &'a mut BankState<S, A::States>,
        blocks: impl Iterator<Item = &'a mut [S]>,
    ) -> impl Iterator<Item = Lane<'a, S>> {
        self.sections.fit(&mut state.sections);
        let mut sections = self.sections.as_ref();
        let mut states = state.sections.as_mut();
        self.ranges().zip(blocks).map(move |(range, block)| {
            let (band, others) = sections.split_at(range.len().min(sections.len()));
            let (band_states, other_states) = mem::take(&mut states).split_at_mut(band.len());
            (sections, states) = (others, other_states);
            Lane { sections: band, states: band_states, block }
        })
    }
}

impl<S, A: AsRef<[Section<S>]>, E> AsRef<[Section<S>]> for Bank<S, A, E> {
    fn as_ref(&self) -> &[Section<S>] {
        self.sections.as_ref()
    }
}

impl<S, T: StateStore<S>> Default for BankState<S, T> {
    fn default() -> Self {
        Self { sections: T::initial(), scalar: PhantomData }
    }
}

impl<S: Scalar, T: StateStore<S>> BankState<S, T> {
    /// Back to rest: as new.
    pub fn reset(&mut self) {
        self.sections_mut().fill(SectionState::default());
    }

    /// Drops the tangents and keeps the values. See
    /// [`CascadeState::detach`](crate::CascadeState::detach).
    pub fn detach(&mut self) {
        for section in self.sections_mut() {
            *section = section.detach();
        }
    }

    /// The state of each section, band after band.
    pub fn sections(&self) -> &[SectionState<S>] {
        self.sections.as_ref()
    }

    /// The state of each section, band after band, to be set.
    pub fn sections_mut(&mut self) -> &mut [SectionState<S>] {
        self.sections.as_mut()
    }
}
