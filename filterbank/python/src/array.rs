//! Arrays of any layout as plain lists, and back.

use std::borrow::Cow;

use filterbank::{Cascade, Section};
use numpy::ndarray::{ArrayView, Dim, Dimension, IntoDimension};
use numpy::{Element, PyArray, PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray2};
use pyo3::{Bound, PyResult, Python};

use crate::error::argument_error;

/// The sample rate of cascades that only filter: it has no effect.
pub const ANY_RATE: f64 = 1.0;

/// The elements in C order, whatever the layout of the array: Fortran, strided or reversed.
pub fn in_c_order<'a, T: Copy, D: Dimension>(array: &'a ArrayView<'_, T, D>) -> Cow<'a, [T]> {
    // `as_slice` of ndarray is for C order only; that of rust-numpy takes Fortran order for it.
    array.as_slice().map_or_else(|| array.iter().copied().collect(), Cow::Borrowed)
}

/// The cascade of an array of second-order sections.
pub fn cascade(sos: &PyReadonlyArray2<'_, f64>, fs: f64) -> PyResult<Cascade<f64>> {
    let sos = sos.as_array();
    let rows: Option<Vec<[f64; 6]>> =
        sos.rows().into_iter().map(|row| <[f64; 6]>::try_from(row.to_vec()).ok()).collect();
    let rows = rows.ok_or_else(|| {
        let shape = (sos.nrows(), sos.ncols());
        argument_error("sos", format!("must have the shape (n_sections, 6), not {shape:?}"))
    })?;
    Cascade::from_sos(&rows, fs).map_err(|error| argument_error("sos", error))
}

/// The array of second-order sections of sections.
pub fn sos<'py>(py: Python<'py>, sections: &[Section<f64>]) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let rows: Vec<f64> = sections.iter().flat_map(Section::row).collect();
    array(py, rows, [sections.len(), 6])
}

/// An array from its elements in C order.
pub fn array<T: Element, const N: usize>(
    py: Python<'_>,
    elements: Vec<T>,
    shape: [usize; N],
) -> PyResult<Bound<'_, PyArray<T, Dim<[usize; N]>>>>
where
    [usize; N]: IntoDimension<Dim = Dim<[usize; N]>>,
    Dim<[usize; N]>: Dimension,
{
    PyArray1::from_vec(py, elements).reshape(shape)
}
