//! Sections in series, one input and one output.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::marker::PhantomData;

use crate::kernel::Lane;
use crate::number::{Complex, Scalar};
use crate::run::{
    FilterState, RuntimeSections, Sample, SectionStore, ShapeError, process_parallel,
    process_series, tick_series,
};
use crate::section::{
    CirclePoint, Section, SectionState, group_delay_series, magnitude_db_series, phase_series,
    response_series,
};
#[cfg(feature = "alloc")]
use crate::section::{Zpk, transfer_function};
#[cfg(feature = "alloc")]
use crate::spec::{Band, BandLabel};
use crate::spec::{DesignError, check_sample_rate};

/// Sections in series at a sample rate. A cascade holds coefficients only; the state of a running
/// filter is a [`FilterState`], one for each channel.
///
/// `A` stores the sections. `Cascade<f64>` allocates them, and their number is known at run time.
/// With an array, `Cascade<f64, [Section<f64>; 4]>`, the number is part of the type and nothing is
/// allocated.
///
/// A state belongs to the coefficients that have made it. For coefficients that change while a
/// filter runs, use an [`SvfCascade`](crate::SvfCascade): see [`FilterState`].
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

/// A cascade of a size known at run time.
#[cfg(feature = "alloc")]
impl<S: Scalar> Cascade<S> {
    /// From sections in running order.
    ///
    /// Stability is not checked: see [`is_stable`](Cascade::is_stable).
    ///
    /// # Errors
    ///
    /// If `sample_rate` (in Hz) is not finite and positive.
    pub fn from_sections(
        sections: impl IntoIterator<Item = Section<S>>,
        sample_rate: f64,
    ) -> Result<Self, DesignError> {
        check_sample_rate(sample_rate)?;
        Ok(Self::from_store(sections.into_iter().collect(), sample_rate))
    }

    /// From the rows `[b0, b1, b2, a0, a1, a2]` of a second-order-section array, as in scipy and
    /// MATLAB. The inverse of [`sos`](Cascade::sos).
    ///
    /// # Errors
    ///
    /// As [`Section::from_row`], with the row's index as [`DesignError::band`]; and if
    /// `sample_rate` (in Hz) is not finite and positive.
    ///
    /// ```
    /// use filterbank_core::Cascade;
    ///
    /// // scipy.signal.butter(2, 12_000, fs=48_000, output="sos"), rounded to six decimals
    /// let rows = [[0.292_893_f64, 0.585_786, 0.292_893, 1.0, 0.0, 0.171_573]];
    /// let lowpass = Cascade::from_sos(&rows, 48_000.0)?;
    /// assert_eq!(lowpass.sos(), rows);
    /// assert!((lowpass.magnitude_db(12_000.0) - -3.01).abs() < 0.01);
    /// # Ok::<(), filterbank_core::DesignError>(())
    /// ```
    pub fn from_sos(rows: &[[S; 6]], sample_rate: f64) -> Result<Self, DesignError> {
        let mut cascade = Self::from_sections([], sample_rate)?;
        for (index, row) in rows.iter().enumerate() {
            let section = Section::from_row(*row);
            cascade.sections.push(section.map_err(|error| error.in_band(BandLabel::Index(index)))?);
        }
        Ok(cascade)
    }

    /// Designs bands in series: an equaliser.
    ///
    /// # Errors
    ///
    /// As [`sections`](Band::sections), for the first band that cannot be designed, whose index is
    /// [`DesignError::band`].
    pub fn from_bands(bands: &[Band<S>], sample_rate: f64) -> Result<Self, DesignError> {
        let mut cascade = Self::from_sections([], sample_rate)?;
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
    /// From a store and a valid sample rate.
    pub(crate) const fn from_store(sections: A, sample_rate: f64) -> Self {
        Self { sections, sample_rate, scalar: PhantomData }
    }

    /// Samples per second.
    pub const fn sample_rate(&self) -> f64 {
        self.sample_rate
    }
}

/// A cascade of fixed size, without allocation.
impl<S: Copy, const N: usize> Cascade<S, [Section<S>; N]> {
    /// From an array of sections in running order. May run at compile time.
    ///
    /// Stability is not checked: see [`is_stable`](Cascade::is_stable).
    ///
    /// # Errors
    ///
    /// If `sample_rate` (in Hz) is not finite and positive.
    ///
    /// ```
    /// use filterbank_core::{Cascade, Section};
    ///
    /// let sections = [Section::from_coefficients([0.5, 0.5, 0.0, 0.0, 0.0])];
    /// let mean = Cascade::from_array(sections, 48_000.0)?;
    /// let mut state = mean.state(); // an array too
    /// assert_eq!(mean.tick(&mut state, 1.0), 0.5);
    /// # Ok::<(), filterbank_core::DesignError>(())
    /// ```
    pub const fn from_array(
        sections: [Section<S>; N],
        sample_rate: f64,
    ) -> Result<Self, DesignError> {
        match check_sample_rate(sample_rate) {
            Ok(()) => Ok(Self::from_store(sections, sample_rate)),
            Err(error) => Err(error),
        }
    }
}

/// A cascade of borrowed sections.
impl<'a, S> Cascade<S, &'a [Section<S>]> {
    /// From borrowed sections in running order.
    ///
    /// # Errors
    ///
    /// If `sample_rate` (in Hz) is not finite and positive.
    pub const fn from_slice(
        sections: &'a [Section<S>],
        sample_rate: f64,
    ) -> Result<Self, DesignError> {
        match check_sample_rate(sample_rate) {
            Ok(()) => Ok(Self::from_store(sections, sample_rate)),
            Err(error) => Err(error),
        }
    }
}

impl<S: Scalar, const N: usize> Cascade<S, [Section<S>; N]> {
    /// The same cascade on another scalar, without tangents. See [`Section::cast`].
    #[must_use]
    pub fn cast<T: Scalar>(&self) -> Cascade<T, [Section<T>; N]> {
        Cascade::from_store(self.sections.map(|section| section.cast()), self.sample_rate)
    }
}

/// Inspection.
impl<S: Scalar, A: AsRef<[Section<S>]>> Cascade<S, A> {
    /// The sections in running order.
    pub fn sections(&self) -> &[Section<S>] {
        self.sections.as_ref()
    }

    /// The rows `[b0, b1, b2, 1, a1, a2]` of a second-order-section array.
    #[cfg(feature = "alloc")]
    pub fn sos(&self) -> Vec<[S; 6]> {
        self.sections().iter().map(Section::row).collect()
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
    /// At a zero of the response the level is −∞ and its tangents are not finite.
    pub fn magnitude_db(&self, frequency: f64) -> S {
        magnitude_db_series(self.sections(), CirclePoint::at(frequency, self.sample_rate))
    }

    /// The phase at `frequency` (in Hz) in radians, wrapped to −π to π.
    ///
    /// At a zero of the response the tangents are NaN.
    pub fn phase(&self, frequency: f64) -> S {
        phase_series(self.sections(), CirclePoint::at(frequency, self.sample_rate))
    }

    /// The group delay at `frequency` (in Hz), in samples.
    ///
    /// A zero exactly on the unit circle makes the phase jump at its frequency. There the group
    /// delay is the limit from both sides, without the jump; the tangents are NaN by a parameter that
    /// moves the zero off the circle.
    #[doc(alias = "grpdelay")]
    pub fn group_delay(&self, frequency: f64) -> S {
        group_delay_series(self.sections(), CirclePoint::at(frequency, self.sample_rate))
    }

    /// How far the level at `frequency` (in Hz) may lie from that of the exact design, in dB,
    /// because the coefficients are rounded to `S`.
    ///
    /// It finds designs that the type does not carry: a steep highpass at the lowest frequencies,
    /// whose poles are close to z = 1, or a narrow band, whose poles are close to the unit circle.
    /// Each coefficient may be off by `S::EPSILON/2` times the largest coefficient of its
    /// polynomial; the result is the worst that such errors can do to the level. Coefficients that
    /// are exact but for their rounding to `S`, as after [`cast`](Cascade::cast) to `f32`, are
    /// never further off. A design in `f64`, whose arithmetic is rounded too, is off by at most
    /// four times as much, or 1e-9 dB.
    ///
    /// The result is infinite where the coefficients leave the level undetermined. It is large at a
    /// zero of the response, whatever the design; next to zeros at z = ±1, which designs keep
    /// exactly, it is pessimistic.
    ///
    /// [`Band::rounding_db`](crate::Band::rounding_db) asks at the edges of a band.
    ///
    /// ```
    /// use filterbank_core::{Band, Method};
    ///
    /// let highpass = Band::highpass(Method::Butterworth { order: 4 }, 5.0).design(48_000.0)?;
    /// assert!(highpass.rounding_db(5.0) < 1e-6);
    /// assert!(highpass.cast::<f32>().rounding_db(5.0) > 1.0);
    /// # Ok::<(), filterbank_core::DesignError>(())
    /// ```
    pub fn rounding_db(&self, frequency: f64) -> f64 {
        let point = CirclePoint::at(frequency, self.sample_rate);
        self.sections().iter().map(|section| section.rounding_db_at(point)).sum()
    }

    /// Zeros, poles and gain of the sections, computed from their rounded coefficients.
    ///
    /// Where two real roots of a section are equal, they have no derivatives of their own; both get
    /// the derivative of their midpoint.
    #[doc(alias = "sos2zpk")]
    #[cfg(feature = "alloc")]
    pub fn zpk(&self) -> Zpk<S> {
        Zpk::of_series(self.sections())
    }

    /// Numerator and denominator of the whole cascade, lowest power of `z⁻¹` first, without zeros
    /// that both have at the end.
    ///
    /// The roots of a polynomial of high degree depend on its last digits: design and run filters
    /// above an order of about 6 as sections.
    ///
    /// ```
    /// use filterbank_core::{Band, Method};
    ///
    /// let lowpass = Band::lowpass(Method::Butterworth { order: 3 }, 12_000.0).design(48_000.0)?;
    /// let (b, a) = lowpass.transfer_function();
    /// assert_eq!((b.len(), a.len(), a[0]), (4, 4, 1.0));
    /// // scipy.signal.butter(3, 0.5)
    /// let expected = [1.0 / 6.0, 0.5, 0.5, 1.0 / 6.0];
    /// assert!(b.iter().zip(expected).all(|(b, expected): (&f64, f64)| (b - expected).abs() < 1e-15));
    /// # Ok::<(), filterbank_core::DesignError>(())
    /// ```
    #[doc(alias = "sos2tf")]
    #[cfg(feature = "alloc")]
    pub fn transfer_function(&self) -> (Vec<S>, Vec<S>) {
        transfer_function(self.sections())
    }
}

impl<S: Scalar, A: SectionStore<S>> Cascade<S, A> {
    /// A state at rest, for one channel. It belongs to these coefficients: see [`FilterState`].
    pub fn state(&self) -> FilterState<S, A::States> {
        FilterState::new(self.sections.states())
    }

    /// The state in which a constant input of `level` has a constant output: a filter that starts
    /// in it begins without a transient. Not finite if a section has a pole at z = 1.
    ///
    /// ```
    /// use filterbank_core::{Band, Method};
    ///
    /// let lowpass = Band::lowpass(Method::Butterworth { order: 4 }, 1_000.0).design(48_000.0)?;
    /// let mut state = lowpass.steady_state(0.3);
    /// assert!((lowpass.tick(&mut state, 0.3) - 0.3_f64).abs() < 1e-12);
    /// # Ok::<(), filterbank_core::DesignError>(())
    /// ```
    #[doc(alias = "sosfilt_zi")]
    pub fn steady_state(&self, level: S) -> FilterState<S, A::States> {
        let mut state = self.state();
        let mut level = level;
        for (section, state) in self.sections().iter().zip(state.sections_mut()) {
            *state = section.steady_state(level);
            level *= section.dc_gain();
        }
        state
    }
}

/// Processing.
impl<S: Sample, A: SectionStore<S>> Cascade<S, A> {
    /// The states of the sections, first replaced by states at rest if their number is wrong.
    #[inline(always)]
    fn matched<'a>(&self, state: &'a mut FilterState<S, A::States>) -> &'a mut [SectionState<S>] {
        let states = state.store_mut();
        self.sections.match_states(states);
        states.as_mut()
    }

    /// Filters one sample.
    ///
    /// The state of a section is reset when it is infinite or NaN, so that the next sample is
    /// filtered from rest, and when it has decayed to almost zero.
    #[inline]
    pub fn tick(&self, state: &mut FilterState<S, A::States>, x: S) -> S {
        let states = self.matched(state);
        let y = tick_series(self.sections(), states, x);
        for state in states {
            state.settle();
        }
        y
    }

    /// Filters a block in place.
    ///
    /// On dual numbers the result equals [`tick`](Cascade::tick) sample by sample, for any division
    /// of the signal into blocks (except where a state is so small that it is set to rest). On
    /// `f32` and `f64`, blocks of 64 samples or more are filtered by vector kernels (with the
    /// feature `simd`) and agree with `tick` up to rounding. Their errors are usually smaller than
    /// the errors of `tick`, but can be many times larger for quiet tones and for a constant input
    /// into a resonance of very high Q at a low frequency. `process` and `tick` may alternate on
    /// one state.
    ///
    /// After an infinite or NaN input the output is not finite for at most 64 samples; then the
    /// affected sections restart from rest. A decayed tail is also set to rest, so subnormal
    /// numbers do not slow down silence. To restart at once, call [`FilterState::reset`].
    pub fn process(&self, state: &mut FilterState<S, A::States>, block: &mut [S]) {
        process_series(self.sections(), self.matched(state), block);
    }

    /// Filters a block of many channels in place, one state for each: `block` is
    /// `[channels, time]`, time running fastest.
    ///
    /// Each channel is filtered as by [`process`](Cascade::process), up to rounding; many channels
    /// at once are faster than one after the other.
    ///
    /// # Errors
    ///
    /// If the length of `block` is not a multiple of the number of states. Nothing has been
    /// filtered then.
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
        states: &mut [FilterState<S, A::States>],
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
                let states = self.matched(state);
                Lane { sections: self.sections(), states, block }
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

impl<S, A: AsRef<[Section<S>]>> AsRef<[Section<S>]> for Cascade<S, A> {
    fn as_ref(&self) -> &[Section<S>] {
        self.sections.as_ref()
    }
}
