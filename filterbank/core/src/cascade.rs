//! Sections in series, one input and one output.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::marker::PhantomData;

use crate::biquad::{Section, SectionState};
#[cfg(feature = "alloc")]
use crate::check;
use crate::complex::Complex;
use crate::error::ShapeError;
#[cfg(feature = "alloc")]
use crate::error::{BandLabel, DesignError};
use crate::kernel::Lane;
use crate::response::{CirclePoint, group_delay_series, magnitude_db_series, response_series};
use crate::scalar::Scalar;
use crate::section::{process_parallel, process_series, tick_series};
#[cfg(feature = "alloc")]
use crate::spec::Band;
use crate::store::{RuntimeSections, RuntimeStates, SectionStore, StateStore};
#[cfg(feature = "alloc")]
use crate::zpk::Zpk;

/// Sections in series at a sample rate. Coefficients only: what a running filter remembers is in
/// a [`CascadeState`], one for each channel.
///
/// `A` keeps the sections. `Cascade<f64>` has as many as it is given at run time; in an array,
/// `Cascade<f64, [Section<f64>; 4]>`, their number is part of the type and nothing is allocated.
///
/// ```
/// use filterbank_core::{Band, Cascade, Method};
///
/// let eq = Cascade::from_bands(
///     &[
///         Band::highpass(Method::Butterworth { order: 4 }, 80.0),
///         Band::peak(250.0_f64, 1.0, -2.5),
///         Band::high_shelf(10_000.0, 0.7, 1.5),
///     ],
///     48_000.0,
/// )?;
/// let mut state = eq.state();
/// let mut block = [1.0; 512];
/// eq.process(&mut state, &mut block);
/// assert!((eq.magnitude_db(250.0) - -2.5).abs() < 0.1);
/// # Ok::<(), filterbank_core::DesignError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cascade<S, A = RuntimeSections<S>> {
    sections: A,
    sample_rate: f64,
    scalar: PhantomData<S>,
}

/// What a [`Cascade`] remembers between samples: two numbers a section.
///
/// `T` keeps the states as the cascade's `A` keeps the sections. If their number is not that of
/// the cascade it runs with, the state is put to rest first (the only case in which processing
/// allocates); so an empty default will do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CascadeState<S, T = RuntimeStates<S>> {
    sections: T,
    scalar: PhantomData<S>,
}

#[cfg(feature = "alloc")]
impl<S: Scalar> Band<S> {
    /// Designs the band as a cascade for a `sample_rate` in Hz.
    ///
    /// # Errors
    ///
    /// As [`sections`](Band::sections).
    pub fn design(&self, sample_rate: f64) -> Result<Cascade<S>, DesignError> {
        let sections = self.sections(sample_rate)?.to_vec();
        Ok(Cascade::from_store(sections, sample_rate))
    }
}

/// A cascade whose size is known at run time.
#[cfg(feature = "alloc")]
impl<S: Scalar> Cascade<S> {
    /// From sections as they are.
    ///
    /// # Errors
    ///
    /// If `sample_rate` (in Hz) is not finite and above 0. The sections are not judged: see
    /// [`is_stable`](Cascade::is_stable).
    pub fn new(
        sections: impl IntoIterator<Item = Section<S>>,
        sample_rate: f64,
    ) -> Result<Self, DesignError> {
        check::sample_rate(sample_rate)?;
        Ok(Self::from_store(sections.into_iter().collect(), sample_rate))
    }

    /// Designs bands in series: an equaliser.
    ///
    /// # Errors
    ///
    /// As [`sections`](Band::sections), for the first band that cannot be designed;
    /// [`DesignError::band`] tells which.
    pub fn from_bands(bands: &[Band<S>], sample_rate: f64) -> Result<Self, DesignError> {
        let mut cascade = Self::new([], sample_rate)?;
        for (index, band) in bands.iter().enumerate() {
            let sections = band
                .sections(sample_rate)
                .map_err(|error| error.in_band(BandLabel::Index(index)))?;
            cascade.sections.extend_from_slice(&sections);
        }
        Ok(cascade)
    }

    /// The same cascade on another scalar, without tangents. See [`Section::cast`].
    #[must_use]
    pub fn cast<T: Scalar>(&self) -> Cascade<T> {
        let sections = self.sections.iter().map(Section::cast).collect();
        Cascade::from_store(sections, self.sample_rate)
    }

    /// The same cascade with its output multiplied by a linear `gain`.
    #[must_use]
    pub fn with_gain(mut self, gain: S) -> Self {
        match self.sections.first_mut() {
            Some(first) => *first = first.with_gain(gain),
            None => self.sections.push(Section::identity().with_gain(gain)),
        }
        self
    }
}

impl<S, A> Cascade<S, A> {
    /// From a store and a sample rate that is known to be valid.
    #[doc(hidden)]
    pub const fn from_store(sections: A, sample_rate: f64) -> Self {
        Self { sections, sample_rate, scalar: PhantomData }
    }

    /// Samples per second.
    pub const fn sample_rate(&self) -> f64 {
        self.sample_rate
    }
}

/// A cascade whose size is known at compile time.
impl<S: Scalar, const N: usize> Cascade<S, [Section<S>; N]> {
    /// The same cascade on another scalar, without tangents. See [`Section::cast`].
    #[must_use]
    pub fn cast<T: Scalar>(&self) -> Cascade<T, [Section<T>; N]> {
        Cascade::from_store(self.sections.map(|section| section.cast()), self.sample_rate)
    }
}

/// Looking.
impl<S: Scalar, A: AsRef<[Section<S>]>> Cascade<S, A> {
    /// The sections in running order.
    pub fn sections(&self) -> &[Section<S>] {
        self.sections.as_ref()
    }

    /// A copy of `LEN` sections from number `START` on.
    #[doc(hidden)]
    #[must_use]
    pub fn part<const START: usize, const LEN: usize>(&self) -> Cascade<S, [Section<S>; LEN]> {
        Cascade::from_store(part::<S, START, LEN>(self.sections()), self.sample_rate)
    }

    /// Whether every pole lies inside the unit circle.
    pub fn is_stable(&self) -> bool {
        self.sections().iter().all(Section::is_stable)
    }

    /// The complex response at `frequency` in Hz.
    #[doc(alias = "freqz_sos")]
    pub fn response(&self, frequency: f64) -> Complex<S> {
        response_series(self.sections(), CirclePoint::at(frequency, self.sample_rate))
    }

    /// The level at `frequency` (in Hz) in dB.
    ///
    /// At a zero of the response it is −∞ and its tangents are not finite.
    pub fn magnitude_db(&self, frequency: f64) -> S {
        magnitude_db_series(self.sections(), CirclePoint::at(frequency, self.sample_rate))
    }

    /// The phase at `frequency` (in Hz) in radians, wrapped to −π to π.
    ///
    /// At a zero of the response its tangents are NaN.
    pub fn phase(&self, frequency: f64) -> S {
        self.response(frequency).arg()
    }

    /// The group delay at `frequency` (in Hz), in samples.
    ///
    /// A zero exactly on the unit circle makes the phase jump at its frequency; the jump is left
    /// out there.
    #[doc(alias = "grpdelay")]
    pub fn group_delay(&self, frequency: f64) -> S {
        group_delay_series(self.sections(), CirclePoint::at(frequency, self.sample_rate))
    }

    /// Zeros, poles and gain of the sections as they are, rounded coefficients and all.
    ///
    /// Where two real roots of a section meet, how they part has no derivative; they get that of
    /// their midpoint.
    #[doc(alias = "sos2zpk")]
    #[cfg(feature = "alloc")]
    pub fn zpk(&self) -> Zpk<S> {
        Zpk::of_series(self.sections())
    }
}

/// Running.
impl<S: Scalar, A: SectionStore<S>> Cascade<S, A> {
    /// A state at rest, for one channel.
    pub fn state(&self) -> CascadeState<S, A::States> {
        CascadeState { sections: self.sections.states(), scalar: PhantomData }
    }

    /// Filters one sample.
    ///
    /// The state is set to rest by itself, section by section, when it has become infinite or
    /// NaN (the next sample is filtered afresh) or has decayed to nothing.
    #[inline]
    pub fn tick(&self, state: &mut CascadeState<S, A::States>, x: S) -> S {
        self.sections.fit(&mut state.sections);
        let states = state.sections.as_mut();
        let y = tick_series(self.sections(), states, x);
        for state in states {
            state.settle();
        }
        y
    }

    /// Filters a block in place.
    ///
    /// On dual numbers these are the values of [`tick`](Cascade::tick) sample by sample, however
    /// the signal is cut into blocks (apart from values so close to the subnormal numbers that the
    /// state is set to rest). On `f32` and `f64`, blocks of 64 samples or more run through the
    /// processor's vectors (with the feature `simd`), and are the same up to rounding: measured
    /// against twice the digits their errors are mostly smaller than those of `tick`, and at most
    /// about twice as large, unless the input hardly changes and those of `tick` cancel. A state
    /// can go from one to the other at any sample.
    ///
    /// After an infinite or NaN input the output is not finite for at most 64 samples; then the
    /// sections it reached start again from rest. A tail that has decayed to nothing is set to
    /// rest likewise, so silence is never slow for long. To start afresh at once, call
    /// [`CascadeState::reset`].
    pub fn process(&self, state: &mut CascadeState<S, A::States>, block: &mut [S]) {
        self.sections.fit(&mut state.sections);
        process_series(self.sections(), state.sections.as_mut(), block);
    }

    /// Filters a block of many channels in place, one state for each: `block` is
    /// `[channels, time]`, time running fastest.
    ///
    /// Each channel gets what [`process`](Cascade::process) gives; many together are faster than
    /// one after the other.
    ///
    /// # Errors
    ///
    /// If `block` cannot be cut into one row for each state. Nothing has been filtered then.
    ///
    /// ```
    /// use filterbank_core::{Band, Method};
    ///
    /// let lowpass = Band::lowpass(Method::Butterworth { order: 4 }, 500.0).design(48_000.0)?;
    /// let mut states = [lowpass.state(), lowpass.state()];
    /// let mut block = [1.0, 0.0, 0.0, /* the other channel */ 0.0, 1.0, 0.0];
    /// lowpass.process_channels(&mut states, &mut block)?;
    /// assert_eq!(block[..2], block[4..]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn process_channels(
        &self,
        states: &mut [CascadeState<S, A::States>],
        block: &mut [S],
    ) -> Result<(), ShapeError> {
        let time = block.len() / states.len().max(1);
        ShapeError::check("block", states.len() * time, block.len())?;
        if time == 0 {
            return Ok(());
        }
        let channels = states.iter_mut().zip(block.chunks_exact_mut(time));
        process_parallel(
            None,
            channels.map(|(state, block)| {
                self.sections.fit(&mut state.sections);
                Lane { sections: self.sections(), states: state.sections.as_mut(), block }
            }),
        );
        Ok(())
    }

    /// The first `length` samples of the impulse response.
    #[cfg(feature = "alloc")]
    pub fn impulse_response(&self, length: usize) -> Vec<S> {
        let mut samples = alloc::vec![S::zero(); length];
        if let Some(first) = samples.first_mut() {
            *first = S::one();
        }
        self.process(&mut self.state(), &mut samples);
        samples
    }
}

impl<S, T: StateStore<S>> Default for CascadeState<S, T> {
    fn default() -> Self {
        Self { sections: T::initial(), scalar: PhantomData }
    }
}

impl<S: Scalar, T: StateStore<S>> CascadeState<S, T> {
    /// Back to rest: as new.
    pub fn reset(&mut self) {
        self.sections_mut().fill(SectionState::default());
    }

    /// Drops the tangents and keeps the values: what follows no longer depends on how the state
    /// came about. Truncated back-propagation's `detach()`.
    pub fn detach(&mut self) {
        for section in self.sections_mut() {
            *section = section.detach();
        }
    }

    /// The state of each section.
    pub fn sections(&self) -> &[SectionState<S>] {
        self.sections.as_ref()
    }

    /// The state of each section, to be set.
    pub fn sections_mut(&mut self) -> &mut [SectionState<S>] {
        self.sections.as_mut()
    }
}

impl<S, A: AsRef<[Section<S>]>> AsRef<[Section<S>]> for Cascade<S, A> {
    fn as_ref(&self) -> &[Section<S>] {
        self.sections.as_ref()
    }
}

/// `LEN` sections from number `START` on; what is not there changes nothing.
pub(crate) fn part<S: Scalar, const START: usize, const LEN: usize>(
    sections: &[Section<S>],
) -> [Section<S>; LEN] {
    core::array::from_fn(|i| sections.get(START + i).copied().unwrap_or_else(Section::identity))
}
