//! What the code that [`filterbank!`](crate::filterbank!) generates calls.

pub use filterbank_macros::filterbank_impl;

use filterbank_core::{Band, BandLabel, DesignError, Requirement, Scalar, Section};

use crate::tunable::Param;

/// The bounds of a parameter that was given none.
pub const UNBOUNDED: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

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
        // That of all bands.
        "sample_rate" => error,
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
    parameter: &'static str,
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

/// Parameter number `index` of constants.
pub fn param<'a>(
    names: &[&'a str],
    values: &[f64],
    bounds: &[(f64, f64)],
    index: usize,
) -> Option<Param<'a>> {
    Some(Param { name: names.get(index)?, value: *values.get(index)?, bounds: *bounds.get(index)? })
}

/// A slice as an array of the length that is needed.
pub fn exactly<S, const N: usize>(params: &[S]) -> Result<&[S; N], DesignError> {
    params.try_into().map_err(|_| wrong_count(params.len(), N))
}

/// The error about a wrong number of parameters.
pub(crate) fn wrong_count(found: usize, expected: usize) -> DesignError {
    DesignError::new("params.len()", found as f64, Requirement::Count { expected })
}
