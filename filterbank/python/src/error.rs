//! Errors of the library as Python's `ValueError`.

use std::fmt::Display;

use pyo3::PyErr;
use pyo3::exceptions::PyValueError;

/// `ValueError` with the sentence of the library.
pub fn value_error(error: impl Display) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// `ValueError` with the name of the argument in front.
pub fn argument_error(argument: &str, error: impl Display) -> PyErr {
    PyValueError::new_err(format!("`{argument}`: {error}"))
}
