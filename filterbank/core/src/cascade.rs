//! Sections in series, one input and one output.

use alloc::vec::Vec;

use crate::complex::Complex;
use crate::error::{DesignError, Requirement};
use crate::response::{CirclePoint, group_delay_series, magnitude_db_series, response_series};
use crate::scalar::Scalar;
use crate::section::{Section, SectionState, process_series, tick_series};
use crate::spec::Band;
use crate::zpk::Zpk;

/// Sections in series at a sample rate. Coefficients only: what a running filter remembers is in
/// a [`CascadeState`], one for each channel.
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
#[derive(Clone, Debug, PartialEq)]
pub struct Cascade<S> {
    sections: Vec<Section<S>>,
    sample_rate: f64,
}

/// What a [`Cascade`] remembers between samples: two numbers a section.
///
/// A state, the empty default too, runs with any cascade. If the cascade has more sections than the state was made for,
/// the new ones start at rest (the only case in which processing allocates); if fewer, the rest
/// is forgotten.
#[derive(Clone, Debug, PartialEq)]
pub struct CascadeState<S> {
    sections: Vec<SectionState<S>>,
}

impl<S: Scalar> Band<S> {
    /// Designs the band as a cascade for a `sample_rate` in Hz.
    ///
    /// # Errors
    ///
    /// As [`sections`](Band::sections).
    pub fn design(&self, sample_rate: f64) -> Result<Cascade<S>, DesignError> {
        let sections = self.sections(sample_rate)?.to_vec();
        Ok(Cascade { sections, sample_rate })
    }
}

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
        if !(sample_rate.is_finite() && sample_rate > 0.0) {
            return Err(DesignError::new("sample_rate", sample_rate, Requirement::Positive));
        }
        Ok(Self { sections: sections.into_iter().collect(), sample_rate })
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
            let sections = band.sections(sample_rate).map_err(|error| error.in_band(index))?;
            cascade.sections.extend_from_slice(&sections);
        }
        Ok(cascade)
    }

    /// The sections in running order.
    pub fn sections(&self) -> &[Section<S>] {
        &self.sections
    }

    /// Samples per second.
    pub fn sample_rate(&self) -> f64 {
        self.sample_rate
    }

    /// The same cascade on another scalar, without tangents. See [`Section::cast`].
    #[must_use]
    pub fn cast<T: Scalar>(&self) -> Cascade<T> {
        Cascade {
            sections: self.sections.iter().map(Section::cast).collect(),
            sample_rate: self.sample_rate,
        }
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

    /// Whether every pole lies inside the unit circle.
    pub fn is_stable(&self) -> bool {
        self.sections.iter().all(Section::is_stable)
    }

    /// A state at rest, for one channel.
    pub fn state(&self) -> CascadeState<S> {
        CascadeState { sections: alloc::vec![SectionState::default(); self.sections.len()] }
    }

    /// Filters one sample.
    ///
    /// The state is set to rest by itself, section by section, when it has become infinite or
    /// NaN (the next sample is filtered afresh) or has decayed to nothing.
    #[inline]
    pub fn tick(&self, state: &mut CascadeState<S>, x: S) -> S {
        let states = state.fit(self.sections.len());
        let y = tick_series(&self.sections, states, x);
        for state in states {
            state.settle();
        }
        y
    }

    /// Filters a block in place: the same values as [`tick`](Cascade::tick) sample by sample,
    /// however the signal is cut into blocks.
    ///
    /// After an infinite or NaN input the output is not finite for at most 64 samples; then the
    /// sections it reached start again from rest. A decayed tail is set to rest likewise before
    /// it becomes subnormal, so silence is never slow. To start afresh at once, call
    /// [`CascadeState::reset`].
    pub fn process(&self, state: &mut CascadeState<S>, block: &mut [S]) {
        let states = state.fit(self.sections.len());
        process_series(&self.sections, states, block);
    }

    /// The complex response at `frequency` in Hz.
    #[doc(alias = "freqz_sos")]
    pub fn response(&self, frequency: f64) -> Complex<S> {
        response_series(&self.sections, CirclePoint::at(frequency, self.sample_rate))
    }

    /// The level at `frequency` (in Hz) in dB.
    ///
    /// At a zero of the response it is −∞ and its tangents are not finite.
    pub fn magnitude_db(&self, frequency: f64) -> S {
        magnitude_db_series(&self.sections, CirclePoint::at(frequency, self.sample_rate))
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
        group_delay_series(&self.sections, CirclePoint::at(frequency, self.sample_rate))
    }

    /// The first `length` samples of the impulse response.
    pub fn impulse_response(&self, length: usize) -> Vec<S> {
        let mut samples = alloc::vec![S::zero(); length];
        if let Some(first) = samples.first_mut() {
            *first = S::one();
        }
        self.process(&mut self.state(), &mut samples);
        samples
    }

    /// Zeros, poles and gain of the sections as they are, rounded coefficients and all.
    ///
    /// Where two real roots of a section meet, how they part has no derivative; they get that of
    /// their midpoint.
    #[doc(alias = "sos2zpk")]
    pub fn zpk(&self) -> Zpk<S> {
        Zpk::of_series(&self.sections)
    }
}

impl<S> Default for CascadeState<S> {
    fn default() -> Self {
        Self { sections: Vec::new() }
    }
}

impl<S: Scalar> CascadeState<S> {
    /// Back to rest: as new.
    pub fn reset(&mut self) {
        self.sections.fill(SectionState::default());
    }

    /// Drops the tangents and keeps the values: what follows no longer depends on how the state
    /// came about. Truncated back-propagation's `detach()`.
    pub fn detach(&mut self) {
        for section in &mut self.sections {
            *section = section.detach();
        }
    }

    /// The state of each section.
    pub fn sections(&self) -> &[SectionState<S>] {
        &self.sections
    }

    /// The state of each section, to be set.
    pub fn sections_mut(&mut self) -> &mut [SectionState<S>] {
        &mut self.sections
    }

    /// One state for each of `count` sections.
    #[inline(always)]
    fn fit(&mut self, count: usize) -> &mut [SectionState<S>] {
        if self.sections.len() != count {
            self.sections.resize(count, SectionState::default());
        }
        &mut self.sections
    }
}
