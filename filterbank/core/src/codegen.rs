//! The functions that generated code calls, through the `filterbank` crate. Not part of the public
//! interface.

#![allow(clippy::missing_errors_doc, reason = "called by generated code only")]

use crate::bank::Bank;
use crate::cascade::Cascade;
use crate::design::{known_sections, known_svf_sections};
use crate::number::Scalar;
use crate::section::{Section, SvfSection};
use crate::spec::{Band, BandLabel, DesignError, Parameter};

/// Sections from rows `[b0, b1, b2, a1, a2]`, in a constant.
macro_rules! baked {
    ($($name:ident: $t:ident),*) => {$(
        /// Sections from rows of coefficients designed at compile time.
        #[allow(clippy::cast_possible_truncation, reason = "rounding to f32 is the purpose")]
        pub const fn $name<const N: usize>(rows: &[[f64; 5]; N]) -> [Section<$t>; N] {
            let mut sections = [Section::from_coefficients([0.0; 5]); N];
            let mut index = 0;
            while index < N {
                let [b0, b1, b2, a1, a2] = rows[index];
                sections[index] =
                    Section::from_coefficients([b0 as $t, b1 as $t, b2 as $t, a1 as $t, a2 as $t]);
                index += 1;
            }
            sections
        }
    )*};
}

baked!(baked_f32: f32, baked_f64: f64);

/// A cascade; the macro has checked the sample rate.
pub const fn cascade<S, const N: usize>(
    sections: [Section<S>; N],
    sample_rate: f64,
) -> Cascade<S, [Section<S>; N]> {
    Cascade::from_store(sections, sample_rate)
}

/// A bank; the macro has checked ends and sample rate.
pub const fn bank<S, const N: usize, const BANDS: usize>(
    sections: [Section<S>; N],
    ends: [usize; BANDS],
    sample_rate: f64,
) -> Bank<S, [Section<S>; N], [usize; BANDS]> {
    Bank::from_store(sections, ends, sample_rate)
}

/// One band of a filter as a cascade of its own: `LEN` sections from index `START` on.
#[must_use]
pub fn part<S: Scalar, const START: usize, const LEN: usize>(
    sections: &[Section<S>],
    sample_rate: f64,
) -> Cascade<S, [Section<S>; LEN]> {
    let section = |i| sections.get(START + i).copied().unwrap_or_else(Section::identity);
    Cascade::from_store(core::array::from_fn(section), sample_rate)
}

/// Designs a band into its place among `sections`, from index `start` on.
#[inline(always)]
pub fn design<S: Scalar>(
    sections: &mut [Section<S>],
    start: usize,
    name: &'static str,
    band: &Band<S>,
    sample_rate: f64,
) -> Result<(), DesignError> {
    let places = sections.get_mut(start..).unwrap_or_default();
    known_sections(band, sample_rate, places).map_err(|error| in_band(error, name))
}

/// Designs a band into its place among state-variable `sections`, from index `start` on.
#[inline(always)]
pub fn design_svf<S: Scalar>(
    sections: &mut [SvfSection<S>],
    start: usize,
    name: &'static str,
    band: &Band<S>,
    sample_rate: f64,
) -> Result<(), DesignError> {
    let places = sections.get_mut(start..).unwrap_or_default();
    known_svf_sections(band, sample_rate, places).map_err(|error| in_band(error, name))
}

/// The error with the name of the band. All bands share the sample rate.
fn in_band(error: DesignError, name: &'static str) -> DesignError {
    match error.parameter() {
        Parameter::SAMPLE_RATE => error,
        _ => error.in_band(BandLabel::Name(name)),
    }
}
