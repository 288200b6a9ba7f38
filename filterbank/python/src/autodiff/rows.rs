//! Rows `[b0, b1, b2, a0, a1, a2]` as sections, and the chain rule of the division by `a0`.

use std::fmt;

use filterbank::{DesignError, Scalar, Section};

/// A row of an array of second-order sections.
pub type Row<S> = [S; 6];

/// The sections of filters, `[filters, sections]`, with `count` sections each.
pub fn sections<S: Scalar>(rows: &[Row<S>], count: usize) -> Result<Vec<Section<S>>, RowError> {
    let each = rows.iter().enumerate();
    each.map(|(index, row)| {
        let (filter, section) = (index / count, index % count);
        Section::from_row(*row).map_err(|error| RowError { filter, section, error })
    })
    .collect()
}

/// A row that is no section.
#[derive(Debug)]
pub struct RowError {
    filter: usize,
    section: usize,
    error: DesignError,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { filter, section, error } = self;
        write!(f, "filter {filter}, section {section}: {error}")
    }
}

/// From the derivatives of a loss by the coefficients of a section to those by its row. Each
/// coefficient is `c = r/a0`, so `∂c/∂r = 1/a0` and `∂c/∂a0 = −c/a0`.
pub fn by_row<S: Scalar>(a0: S, section: &Section<S>, by_coefficients: [S; 5]) -> Row<S> {
    let terms = section.coefficients().into_iter().zip(by_coefficients);
    let by_scale = terms.fold(S::from_f64(0.0), |sum, (c, by)| sum + c * by);
    let [b0, b1, b2, a1, a2] = by_coefficients;
    [b0, b1, b2, -by_scale, a1, a2].map(|by| by / a0)
}
