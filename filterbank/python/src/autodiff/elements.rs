//! Arrays in C order as slices.

use numpy::ndarray::Dimension;
use numpy::{Element, PyReadonlyArray, PyUntypedArrayMethods};
use pyo3::PyResult;

use crate::error::argument_error;

/// The elements of an array in C order. An array in Fortran order is contiguous too, and its elements
/// would be taken in the wrong order.
pub fn elements<'a, T: Element, D: Dimension>(
    argument: &str,
    array: &'a PyReadonlyArray<'_, T, D>,
) -> PyResult<&'a [T]> {
    if array.is_c_contiguous() {
        Ok(array.as_slice()?)
    } else {
        Err(argument_error(argument, "must be contiguous, in C order"))
    }
}

/// Checks the shape of an array.
pub fn check_shape<T: Element, D: Dimension>(
    argument: &str,
    array: &PyReadonlyArray<'_, T, D>,
    expected: &[usize],
) -> PyResult<()> {
    if array.shape() == expected {
        return Ok(());
    }
    let found = array.shape();
    Err(argument_error(argument, format!("must have the shape {expected:?}, not {found:?}")))
}
