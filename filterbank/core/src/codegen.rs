//! The functions that generated code calls, through the `filterbank` crate. Not part of the public
//! interface.

use crate::bank::Bank;
use crate::cascade::Cascade;
use crate::number::Scalar;
use crate::section::Section;

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
