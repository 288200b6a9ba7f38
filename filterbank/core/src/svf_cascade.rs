//! State-variable filters in series, of fixed size: for coefficients that move.

use crate::number::Scalar;
use crate::run::Sample;
use crate::section::{Section, SvfSection, SvfState};
use crate::spec::{Band, BandLabel, DesignError, Parameter, Quantity, Requirement};

/// `N` state-variable sections in series. It holds coefficients only, like a
/// [`Cascade`](crate::Cascade); the state of a running filter is an array of [`SvfState`], one
/// array for each channel. Nothing is allocated.
///
/// Replace it by another of the same size whenever parameters change, as often as every sample: the
/// states go on safely.
///
/// ```
/// use filterbank_core::{Band, SvfCascade};
///
/// let at = |cutoff: f64| {
///     let bands = [Band::resonant_lowpass(cutoff, 4.0), Band::peak(2_000.0, 1.0, 6.0)];
///     SvfCascade::<f64, 2>::from_bands(&bands, 48_000.0)
/// };
/// let mut states = at(200.0)?.states();
/// for n in 0..1_000 {
///     let y = at(200.0 + 5.0 * f64::from(n))?.tick(&mut states, 1.0);
///     assert!(y.abs() < 4.0);
/// }
/// # Ok::<(), filterbank_core::DesignError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SvfCascade<S, const N: usize> {
    sections: [SvfSection<S>; N],
}

/// The number of sections that bands have together.
const SECTIONS: Parameter = Parameter::new("sections", Quantity::Count);

impl<S, const N: usize> SvfCascade<S, N> {
    /// From sections in running order.
    pub const fn new(sections: [SvfSection<S>; N]) -> Self {
        Self { sections }
    }

    /// The sections in running order.
    pub const fn sections(&self) -> &[SvfSection<S>; N] {
        &self.sections
    }
}

impl<S: Scalar, const N: usize> SvfCascade<S, N> {
    /// Designs bands in series.
    ///
    /// # Errors
    ///
    /// As [`Band::svf_sections`], with the band's index as [`DesignError::band`]; and if the bands
    /// do not have `N` sections together.
    pub fn from_bands(bands: &[Band<S>], sample_rate: f64) -> Result<Self, DesignError> {
        let found = bands.iter().map(Band::section_count).sum::<usize>();
        if found != N {
            let requirement = Requirement::Count { expected: N };
            return Err(DesignError::new(SECTIONS, found as f64, requirement));
        }
        let mut sections = [SvfSection::identity(); N];
        let mut places = sections.iter_mut();
        for (index, band) in bands.iter().enumerate() {
            let designed = band.svf_sections(sample_rate);
            let designed = designed.map_err(|error| error.in_band(BandLabel::Index(index)))?;
            // The sections first: when they end, no place has been taken.
            for (section, place) in designed.into_iter().zip(&mut places) {
                *place = section;
            }
        }
        Ok(Self { sections })
    }

    /// States at rest, for one channel.
    pub fn states(&self) -> [SvfState<S>; N] {
        [SvfState::default(); N]
    }

    /// The same cascade on another scalar, without tangents.
    #[must_use]
    pub fn cast<T: Scalar>(&self) -> SvfCascade<T, N> {
        SvfCascade { sections: self.sections.map(|section| section.cast()) }
    }

    /// The same sections as biquads: for responses, and for running at rest.
    pub fn biquads(&self) -> [Section<S>; N] {
        core::array::from_fn(|index| Section::from(&self.sections[index]))
    }

    /// Whether every pole lies inside the unit circle.
    pub fn is_stable(&self) -> bool {
        self.sections.iter().all(SvfSection::is_stable)
    }

    /// Filters one sample. The states are not settled: see [`process`](SvfCascade::process).
    #[inline(always)]
    pub fn tick(&self, states: &mut [SvfState<S>; N], x: S) -> S {
        self.sections.iter().zip(states).fold(x, |x, (section, state)| section.tick(state, x))
    }
}

impl<S: Sample, const N: usize> SvfCascade<S, N> {
    /// Filters a block in place, and settles the states after it: a state that is infinite or NaN,
    /// or has decayed to almost zero, is set to rest.
    pub fn process(&self, states: &mut [SvfState<S>; N], block: &mut [S]) {
        for sample in block {
            *sample = self.tick(states, *sample);
        }
        for state in states {
            state.settle();
        }
    }
}

impl<S: Sample> SvfState<S> {
    /// Sets the state to rest if it is not finite or has decayed, see [`Sample::settle`].
    #[inline(always)]
    pub fn settle(&mut self) {
        S::settle(&mut self.s1, &mut self.s2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Method;

    #[test]
    fn bands_follow_each_other_without_gaps() {
        let bands = [
            Band::highpass(Method::Butterworth { order: 3 }, 80.0),
            Band::peak(1_000.0, 1.0, 6.0),
            Band::bandpass(Method::Butterworth { order: 2 }, 200.0, 2_000.0),
        ];
        let cascade = SvfCascade::<f64, 5>::from_bands(&bands, 48_000.0).expect("designable");
        let sections = bands.map(|band| band.svf_sections(48_000.0).expect("designable"));
        assert!(cascade.sections().iter().eq(sections.iter().flatten()));
    }
}
