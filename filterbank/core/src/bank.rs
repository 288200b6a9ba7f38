//! Cascades in parallel: one input, one output for each band.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::marker::PhantomData;
use core::mem;
use core::ops::Range;

use crate::cascade::Cascade;
use crate::kernel::Lane;
use crate::number::Scalar;
use crate::run::{
    FilterState, RuntimeEnds, RuntimeSections, Sample, SectionStore, ShapeError, process_parallel,
    tick_series,
};
use crate::section::{Section, SectionState};
#[cfg(feature = "alloc")]
use crate::spec::{Band, BandLabel};
use crate::spec::{DesignError, Parameter, Quantity, Requirement, check_sample_rate};

/// The `ends` of a bank, as errors name them.
const ENDS: Parameter = Parameter::new("ends", Quantity::Count);

/// Cascades that share an input, at one sample rate: a crossover or an analysis bank.
///
/// Blocks are flat slices, time running fastest: `[bands, time]` for one channel,
/// `[channels, bands, time]` for many.
///
/// One store `A`, as in a [`Cascade`], holds the sections of all bands, band after band; `E` holds
/// the end of each band. `Bank<f64>` allocates both, and the number of bands is known at run time.
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

/// A bank of a size known at run time.
#[cfg(feature = "alloc")]
impl<S: Scalar> Bank<S> {
    /// From cascades, one for each band.
    ///
    /// # Errors
    ///
    /// If the sample rates differ.
    pub fn from_cascades(bands: impl IntoIterator<Item = Cascade<S>>) -> Result<Self, DesignError> {
        let mut bank = Self::from_store(Vec::new(), Vec::new(), 0.0);
        for (index, band) in bands.into_iter().enumerate() {
            let (rate, value) = (band.sample_rate(), bank.sample_rate);
            if index == 0 {
                bank.sample_rate = rate;
            } else if rate != value {
                let requirement = Requirement::SameAsOthers { value };
                return Err(DesignError::new(Parameter::SAMPLE_RATE, rate, requirement)
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
    /// As [`Band::sections`], for the first band that cannot be designed, whose index is
    /// [`DesignError::band`].
    pub fn from_bands(bands: &[Band<S>], sample_rate: f64) -> Result<Self, DesignError> {
        check_sample_rate(sample_rate)?;
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
    /// From valid stores and a valid sample rate.
    pub(crate) const fn from_store(sections: A, ends: E, sample_rate: f64) -> Self {
        Self { sections, ends, sample_rate, scalar: PhantomData }
    }

    /// Samples per second; 0 for a bank without cascades.
    pub const fn sample_rate(&self) -> f64 {
        self.sample_rate
    }
}

/// Checks that `ends` does not decrease and that its last item is the number of sections.
const fn check_ends(ends: &[usize], sections: usize) -> Result<(), DesignError> {
    let (mut last, mut index) = (0, 0);
    while index < ends.len() {
        if ends[index] < last {
            last = ends[index];
            break;
        }
        last = ends[index];
        index += 1;
    }
    if index == ends.len() && last == sections {
        return Ok(());
    }
    Err(DesignError::new(ENDS, last as f64, Requirement::RisingTo { last: sections }))
}

/// A bank of fixed size, without allocation.
impl<S: Copy, const N: usize, const BANDS: usize> Bank<S, [Section<S>; N], [usize; BANDS]> {
    /// From the sections of all bands, band after band. `ends` gives, for each band, the number of
    /// sections up to its last.
    ///
    /// # Errors
    ///
    /// If `sample_rate` (in Hz) is not finite and positive, if `ends` decreases, or if its last
    /// item is not the number of sections.
    ///
    /// ```
    /// use filterbank_core::{Bank, Section};
    ///
    /// let (mean, difference) = ([0.5, 0.5, 0.0, 0.0, 0.0], [0.5, -0.5, 0.0, 0.0, 0.0]);
    /// let sections = [mean, difference].map(Section::from_coefficients);
    /// let split = Bank::from_arrays(sections, [1, 2], 48_000.0)?;
    /// let mut output = [0.0; 2];
    /// split.tick(&mut split.state(), 1.0, &mut output)?;
    /// assert_eq!(output, [0.5, 0.5]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn from_arrays(
        sections: [Section<S>; N],
        ends: [usize; BANDS],
        sample_rate: f64,
    ) -> Result<Self, DesignError> {
        match (check_sample_rate(sample_rate), check_ends(&ends, N)) {
            (Ok(()), Ok(())) => Ok(Self::from_store(sections, ends, sample_rate)),
            (Err(error), _) | (_, Err(error)) => Err(error),
        }
    }
}

/// A bank of borrowed sections.
impl<'a, S> Bank<S, &'a [Section<S>], &'a [usize]> {
    /// From the sections of all bands, band after band. `ends` gives, for each band, the number of
    /// sections up to its last.
    ///
    /// # Errors
    ///
    /// As [`from_arrays`](Bank::from_arrays).
    pub const fn from_slices(
        sections: &'a [Section<S>],
        ends: &'a [usize],
        sample_rate: f64,
    ) -> Result<Self, DesignError> {
        match (check_sample_rate(sample_rate), check_ends(ends, sections.len())) {
            (Ok(()), Ok(())) => Ok(Self::from_store(sections, ends, sample_rate)),
            (Err(error), _) | (_, Err(error)) => Err(error),
        }
    }
}

impl<S: Scalar, E: Copy, const N: usize> Bank<S, [Section<S>; N], E> {
    /// The same bank on another scalar, without tangents. See [`Section::cast`].
    #[must_use]
    pub fn cast<T: Scalar>(&self) -> Bank<T, [Section<T>; N], E> {
        let sections = self.sections.map(|section| section.cast());
        Bank::from_store(sections, self.ends, self.sample_rate)
    }
}

/// Inspection.
impl<S: Scalar, A: AsRef<[Section<S>]>, E: AsRef<[usize]>> Bank<S, A, E> {
    /// The number of bands.
    pub fn band_count(&self) -> usize {
        self.ends.as_ref().len()
    }

    /// The band with this index, from 0, as a borrowed cascade; `None` if there are fewer bands.
    pub fn band(&self, index: usize) -> Option<Cascade<S, &[Section<S>]>> {
        let range = self.ranges().nth(index)?;
        let sections = self.sections.as_ref().get(range)?;
        Some(Cascade::from_store(sections, self.sample_rate))
    }

    /// The bands in order, as borrowed cascades.
    pub fn bands(&self) -> impl ExactSizeIterator<Item = Cascade<S, &[Section<S>]>> {
        let nothing = Cascade::from_store(&[] as &[Section<S>], self.sample_rate);
        (0..self.band_count()).map(move |index| self.band(index).unwrap_or(nothing))
    }

    /// The sections of all bands, band after band.
    pub fn sections(&self) -> &[Section<S>] {
        self.sections.as_ref()
    }

    /// For each band, the number of sections up to its last.
    pub fn ends(&self) -> &[usize] {
        self.ends.as_ref()
    }

    /// The range of sections of each band.
    fn ranges(&self) -> impl Iterator<Item = Range<usize>> {
        let ends = self.ends.as_ref();
        let starts = core::iter::once(&0).chain(ends);
        starts.zip(ends).map(|(&start, &end)| start..end)
    }

    /// Whether every band is stable.
    pub fn is_stable(&self) -> bool {
        self.sections.as_ref().iter().all(Section::is_stable)
    }
}

impl<S: Scalar, A: SectionStore<S>, E> Bank<S, A, E> {
    /// A state at rest, for one channel. It belongs to these coefficients: see [`FilterState`].
    pub fn state(&self) -> FilterState<S, A::States> {
        FilterState::new(self.sections.states())
    }
}

/// Processing.
impl<S: Sample, A: SectionStore<S>, E: AsRef<[usize]>> Bank<S, A, E> {
    /// Filters one sample: `output` receives one value for each band.
    ///
    /// The state is reset as in [`Cascade::tick`].
    ///
    /// # Errors
    ///
    /// If the length of `output` is not the number of bands. Nothing has been filtered then.
    pub fn tick(
        &self,
        state: &mut FilterState<S, A::States>,
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
    /// The state is reset as in [`Cascade::process`].
    ///
    /// # Errors
    ///
    /// If the length of `output` is not the number of bands times the length of `input`. Nothing
    /// has been filtered then.
    pub fn process(
        &self,
        state: &mut FilterState<S, A::States>,
        input: &[S],
        output: &mut [S],
    ) -> Result<(), ShapeError> {
        ShapeError::check("output", self.band_count() * input.len(), output.len())?;
        self.process_rows(state, input, output);
        Ok(())
    }

    /// Filters a block of many channels, one state for each: `input` is `[channels, time]`,
    /// `output` becomes `[channels, bands, time]`.
    ///
    /// # Errors
    ///
    /// If the length of `input` is not a multiple of the number of states, or the length of
    /// `output` is not the number of bands times the length of `input`. Nothing has been filtered
    /// then.
    pub fn process_channels(
        &self,
        states: &mut [FilterState<S, A::States>],
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

    /// Filters one channel; the lengths have been checked.
    fn process_rows(&self, state: &mut FilterState<S, A::States>, input: &[S], output: &mut [S]) {
        if !input.is_empty() {
            let rows = output.chunks_exact_mut(input.len());
            process_parallel(Some(input), self.lanes(state, rows));
        }
    }

    /// The sections, states and output block of each band.
    #[inline(always)]
    fn lanes<'a>(
        &'a self,
        state: &'a mut FilterState<S, A::States>,
        blocks: impl Iterator<Item = &'a mut [S]>,
    ) -> impl Iterator<Item = Lane<'a, S>> {
        let store = state.store_mut();
        self.sections.match_states(store);
        let mut sections = self.sections.as_ref();
        let mut states = store.as_mut();
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
