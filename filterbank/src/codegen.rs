//! What the code that [`filterbank!`](crate::filterbank!) generates calls. Not part of the public
//! interface.

#![allow(clippy::missing_errors_doc, reason = "called by generated code only")]

pub use filterbank_core::__codegen_0_1_0::{baked_f32, baked_f64, bank, cascade, part};
pub use filterbank_macros::filterbank_impl;

use filterbank_core::{
    Band, BandLabel, DesignError, Parameter, Quantity, Requirement, Scalar, Section,
};

use crate::tune::{Param, wrong_count};

pub use crate::tune::UNBOUNDED;

/// Rows `[b0, b1, b2, a1, a2]` as sections without tangents.
pub fn constants<S: Scalar, const N: usize>(rows: &[[f64; 5]; N]) -> [Section<S>; N] {
    rows.map(|row| Section::from_coefficients(row.map(S::from_f64)))
}

/// Designs a band into its place among `sections`.
pub fn design<S: Scalar>(
    sections: &mut [Section<S>],
    start: usize,
    name: &'static str,
    band: &Band<S>,
    sample_rate: f64,
) -> Result<(), DesignError> {
    let designed = band.sections(sample_rate).map_err(|error| match error.parameter() {
        // It is that of all bands.
        Parameter::SAMPLE_RATE => error,
        _ => error.in_band(BandLabel::Name(name)),
    })?;
    for (place, section) in sections.iter_mut().skip(start).zip(designed.iter()) {
        *place = *section;
    }
    Ok(())
}

/// Refuses a parameter that is out of its bounds.
pub fn within<S: Scalar>(
    band: &'static str,
    parameter: Parameter,
    value: S,
    low: f64,
    high: f64,
) -> Result<(), DesignError> {
    let value = value.primal();
    if (low..=high).contains(&value) {
        return Ok(());
    }
    let error = DesignError::new(parameter, value, Requirement::Within { low, high });
    Err(error.in_band(BandLabel::Name(band)))
}

/// The parameters of a struct, from its constants.
pub fn params<'a, const N: usize>(
    names: &'a [&'a str; N],
    quantities: &'a [Quantity; N],
    values: &'a [f64; N],
    bounds: &'a [(f64, f64); N],
) -> impl ExactSizeIterator<Item = Param<'a>> {
    (0..N).map(|index| Param {
        name: names[index],
        quantity: quantities[index],
        value: values[index],
        bounds: bounds[index],
    })
}

/// A slice as an array of the length that is needed.
pub fn exactly<S, const N: usize>(params: &[S]) -> Result<&[S; N], DesignError> {
    params.try_into().map_err(|_| wrong_count(params.len(), N))
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use alloc::format;

    /// The macro makes the name of the module from its version, which is that of the library.
    #[test]
    fn the_module_that_generated_code_calls_carries_the_version() {
        let version = env!("CARGO_PKG_VERSION").split(['-', '+']).next().unwrap_or("");
        let module = format!("__codegen_{}", version.replace('.', "_"));
        for (file, source) in [
            ("lib.rs", include_str!("lib.rs")),
            ("macros.rs", include_str!("macros.rs")),
            ("codegen.rs", include_str!("codegen.rs")),
        ] {
            assert!(source.contains(&module), "{file} does not name {module}");
        }
    }
}
