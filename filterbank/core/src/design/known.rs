//! Designs of bands whose shape is written in the source: what generated code calls.
//!
//! The functions are inlined where the variant of [`Band`] is a constant, so the compiler decides
//! the `match` on it, and a program contains the designs of its own bands only. In
//! [`Band::sections`] the variant is known at run time, and every design must be there.
//!
//! The search for the parameter at fault needs every design, too: 30 kB of code. Without an
//! allocator, where programs are small, the error of a design that is not representable names the
//! band's frequency instead.

use super::analog::AnalogSection;
use super::bilinear::bilinear;
use super::cookbook;
#[cfg(feature = "alloc")]
use super::representable::not_representable;
use super::representable::representable;
use super::svf::svf;
use crate::number::Scalar;
use crate::section::{Section, SvfSection};
use crate::spec::{Band, DesignError};
#[cfg(not(feature = "alloc"))]
use crate::spec::{Parameter, Requirement};

/// [`Band::sections`], written into `places`.
#[inline(always)]
pub(crate) fn known_sections<S: Scalar>(
    band: &Band<S>,
    sample_rate: f64,
    places: &mut [Section<S>],
) -> Result<(), DesignError> {
    let sound = |section: &Section<S>| representable(core::slice::from_ref(section));
    realise(band, sample_rate, bilinear, sound, places)
}

/// [`Band::svf_sections`], written into `places`.
#[inline(always)]
pub(crate) fn known_svf_sections<S: Scalar>(
    band: &Band<S>,
    sample_rate: f64,
    places: &mut [SvfSection<S>],
) -> Result<(), DesignError> {
    realise(band, sample_rate, svf, SvfSection::is_stable, places)
}

#[inline(always)]
fn realise<S: Scalar, T>(
    band: &Band<S>,
    sample_rate: f64,
    section: impl Fn(&AnalogSection<S>) -> T,
    sound: impl Fn(&T) -> bool,
    places: &mut [T],
) -> Result<(), DesignError> {
    band.checked(sample_rate)?;
    let mut places = places.iter_mut();
    let mut all_sound = true;
    let mut put = |analog: &AnalogSection<S>| {
        let section = section(analog);
        all_sound &= sound(&section);
        if let Some(place) = places.next() {
            *place = section;
        }
    };
    match cookbook::section(band, sample_rate) {
        Some(analog) => put(&analog),
        None => band.analog(sample_rate).iter().for_each(put),
    }
    if all_sound { Ok(()) } else { Err(not_representable(band, sample_rate)) }
}

/// The error of a band that is not representable. It names the first frequency.
#[cfg(not(feature = "alloc"))]
#[inline(always)]
fn not_representable<S: Scalar>(band: &Band<S>, _sample_rate: f64) -> DesignError {
    let (parameter, value) = match *band {
        Band::Lowpass { cutoff, .. }
        | Band::Highpass { cutoff, .. }
        | Band::ResonantLowpass { cutoff, .. }
        | Band::ResonantHighpass { cutoff, .. }
        | Band::LowShelf { cutoff, .. }
        | Band::HighShelf { cutoff, .. } => (Parameter::CUTOFF, cutoff),
        Band::Bandpass { low, .. } | Band::Bandstop { low, .. } => (Parameter::LOW, low),
        Band::BandpassConstantSkirt { center, .. }
        | Band::BandpassConstantPeak { center, .. }
        | Band::Notch { center, .. }
        | Band::Allpass { center, .. }
        | Band::Peak { center, .. } => (Parameter::CENTER, center),
    };
    DesignError::new(parameter, value.primal(), Requirement::Representable)
}
