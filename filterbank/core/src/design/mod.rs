//! From a specification to second-order sections.
//!
//! ```text
//! band ── prototype ──► poles and zeros of an analog lowpass, edge at 1 rad/s
//!      ── transform ──► analog sections at the prewarped edges
//!      ── bilinear  ──► digital sections: biquads
//!      ── svf       ──► the same sections as state-variable filters
//! ```
//!
//! Every step is a closed form in the scalar type (the elliptic functions take a fixed number of
//! Landen steps), so the tangent of every continuous parameter is exact. Each file names its
//! source; the page `formulas` of the `filterbank` crate lists every equation.
//!
//! # Accuracy
//!
//! Polynomials are never expanded. A prototype holds its poles in conjugate pairs, each with its
//! zero pair; a band transform turns a pair directly into the quadratic factors of one or two
//! analog sections, by formulas without cancellation. A band transform turns a real pole into one
//! quadratic factor, whether the two roots of that factor are real, equal or complex. So the
//! coefficients and their tangents are smooth where the two roots meet. Zeros on the unit circle
//! are on it exactly. What the rounding of the final coefficients costs is told by
//! [`Band::rounding_db`].
//!
//! # Section order and gain
//!
//! Each pole pair is combined with the nearest zeros: a pair next to a band edge has the stopband
//! zero next to that edge. Sections are in order of rising Q, the lower edge before the upper
//! edge. Each has gain 1 at the reference frequency of the band (0 Hz, the Nyquist frequency or
//! the centre). In a bandstop, the gains of a section at 0 Hz and at the Nyquist frequency are
//! reciprocals of each other.
//!
//! scipy's `zpk2sos` differs in two ways: it leaves the whole gain in the first section, where
//! `f32` may underflow, and it pairs zeros by distance, which for the zeros at z = 1 and z = −1
//! of an all-pole bandpass depends on rounding. Here the sections of the lower edge take the
//! zeros at z = 1, those of the upper edge the zeros at z = −1.

mod analog;
mod bessel;
mod bessel_table;
mod bilinear;
mod chebyshev;
mod cookbook;
mod elliptic;
mod known;
mod prewarp;
mod prototype;
mod representable;
mod rounding;
mod svf;
mod transform;

use core::ops::Deref;

use arrayvec::ArrayVec;

use crate::number::Scalar;
use crate::section::{Section, SvfSection};
use crate::spec::{Band, DesignError, MAX_ORDER, Method};

use analog::AnalogSections;
use bessel::bessel;
use bilinear::bilinear;
use chebyshev::{butterworth, chebyshev1, chebyshev2};
use elliptic::elliptic;
use prewarp::edges;
pub use prewarp::prewarp;
use prototype::Prototype;
use representable::{not_representable, representable};
use transform::{bandpass, bandstop, highpass, lowpass};

pub(crate) use known::{known_sections, known_svf_sections};

impl<S: Scalar> Band<S> {
    /// Designs the band for a `sample_rate` in Hz, without allocation.
    ///
    /// The coefficients carry the tangents of every parameter of the band. Design in `f64` (or
    /// duals over it) and [`cast`](Section::cast) to `f32` for running.
    ///
    /// # Errors
    ///
    /// The first of the mistakes that [`check`](Band::check) reports, or
    /// [`Requirement::Representable`](crate::Requirement::Representable) if the rounded coefficients
    /// would not be finite and stable; it names the parameter at fault. Coefficients that are finite
    /// and stable may still be too rough: see [`rounding_db`](Band::rounding_db).
    ///
    /// ```
    /// use filterbank_core::{Band, Method};
    ///
    /// let band = Band::lowpass(Method::Butterworth { order: 2 }, 12_000.0_f64);
    /// let sections = band.sections(48_000.0)?;
    /// let expected = [0.292_893_218_813_452, 0.585_786_437_626_905, 0.292_893_218_813_452];
    /// for (b, expected) in sections[0].coefficients().iter().zip(expected) {
    ///     assert!((b - expected).abs() < 1e-15);
    /// }
    /// # Ok::<(), filterbank_core::DesignError>(())
    /// ```
    pub fn sections(&self, sample_rate: f64) -> Result<Sections<S>, DesignError> {
        self.checked(sample_rate)?;
        let sections = self.rounded(sample_rate);
        if representable(&sections) {
            Ok(sections)
        } else {
            Err(not_representable(self, sample_rate))
        }
    }

    /// Designs the band as [state-variable filters](SvfSection), whose coefficients may move while
    /// they run: the same sections in the same order as [`sections`](Band::sections). They are
    /// made straight from the analog sections, so in `f32` too they keep what the parameters say:
    /// design in `f32`, or in `f64` and [`cast`](SvfSection::cast).
    ///
    /// # Errors
    ///
    /// As [`sections`](Band::sections). More designs are representable: a lowpass at 1 Hz in `f32`.
    ///
    /// ```
    /// use filterbank_core::{Band, Section};
    ///
    /// let band = Band::peak(1_000.0_f64, 2.0, 6.0);
    /// let (svf, biquad) = (band.svf_sections(48_000.0)?[0], band.sections(48_000.0)?[0]);
    /// assert!((Section::from(&svf).a1 - biquad.a1).abs() < 1e-14);
    /// # Ok::<(), filterbank_core::DesignError>(())
    /// ```
    pub fn svf_sections(&self, sample_rate: f64) -> Result<SvfSections<S>, DesignError> {
        self.checked(sample_rate)?;
        let sections: SvfSections<S> =
            SectionList(self.analog(sample_rate).iter().map(svf::svf).collect());
        if sections.iter().all(SvfSection::is_stable) {
            Ok(sections)
        } else {
            Err(not_representable(self, sample_rate))
        }
    }

    /// [`svf_sections`](Band::svf_sections), written into `places`: for designs at every sample, because
    /// no list is moved. There should be [`section_count`](Band::section_count) places; sections
    /// beyond the last place are left out, and places beyond the last section stay as they are.
    ///
    /// # Errors
    ///
    /// As [`svf_sections`](Band::svf_sections). Then what is written is not to be used.
    ///
    /// ```
    /// use filterbank_core::{Band, SvfSection};
    ///
    /// let band = Band::peak(1_000.0_f64, 2.0, 6.0);
    /// let mut sections = [SvfSection::identity()];
    /// band.svf_sections_into(48_000.0, &mut sections)?;
    /// assert_eq!(sections[..], band.svf_sections(48_000.0)?[..]);
    /// # Ok::<(), filterbank_core::DesignError>(())
    /// ```
    pub fn svf_sections_into(
        &self,
        sample_rate: f64,
        places: &mut [SvfSection<S>],
    ) -> Result<(), DesignError> {
        known_svf_sections(self, sample_rate, places)
    }

    /// The sections of a checked band, representable or not.
    fn rounded(&self, sample_rate: f64) -> Sections<S> {
        SectionList(self.analog(sample_rate).iter().map(bilinear).collect())
    }

    /// The analog sections of a checked band.
    #[inline(always)]
    fn analog(&self, sample_rate: f64) -> AnalogSections<S> {
        match self {
            Self::Lowpass { method, cutoff } => {
                lowpass(&prototype(method), prewarp(*cutoff, sample_rate))
            }
            Self::Highpass { method, cutoff } => {
                highpass(&prototype(method), prewarp(*cutoff, sample_rate))
            }
            Self::Bandpass { method, low, high } => {
                bandpass(&prototype(method), edges(*low, *high, sample_rate))
            }
            Self::Bandstop { method, low, high } => {
                bandstop(&prototype(method), edges(*low, *high, sample_rate))
            }
            shape => cookbook::section(shape, sample_rate).into_iter().collect(),
        }
    }
}

/// The analog lowpass prototype of a method.
#[inline(always)]
fn prototype<S: Scalar>(method: &Method<S>) -> Prototype<S> {
    match *method {
        Method::Butterworth { order } => butterworth(order),
        Method::Chebyshev1 { order, ripple_db } => chebyshev1(order, ripple_db),
        Method::Chebyshev2 { order, stop_db } => chebyshev2(order, stop_db),
        Method::Elliptic { order, ripple_db, stop_db } => elliptic(order, ripple_db, stop_db),
        Method::Bessel { order, norm } => bessel(order, norm),
    }
}

/// The sections of one band in running order, held in place: at most [`MAX_ORDER`] of them.
/// Dereferences to a slice.
#[derive(Clone, Debug, PartialEq)]
pub struct SectionList<T>(ArrayVec<T, MAX_ORDER>);

/// The sections of one band as biquads.
#[doc(alias = "sos")]
pub type Sections<S> = SectionList<Section<S>>;

/// The sections of one band as state-variable filters.
pub type SvfSections<S> = SectionList<SvfSection<S>>;

impl<T> Deref for SectionList<T> {
    type Target = [T];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<'a, T> IntoIterator for &'a SectionList<T> {
    type Item = &'a T;
    type IntoIter = core::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T> IntoIterator for SectionList<T> {
    type Item = T;
    type IntoIter = SectionsIter<T>;

    fn into_iter(self) -> SectionsIter<T> {
        SectionsIter(self.0.into_iter())
    }
}

/// The iterator over a [`SectionList`].
#[derive(Clone, Debug)]
pub struct SectionsIter<T>(arrayvec::IntoIter<T, MAX_ORDER>);

impl<T> Iterator for SectionsIter<T> {
    type Item = T;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<T> ExactSizeIterator for SectionsIter<T> {}
