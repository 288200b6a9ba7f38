//! Frequency responses of sections in series.

use numpy::{Complex64, PyArray1, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::{Bound, PyResult, Python, pyfunction};

use crate::array::cascade;

/// The complex response at frequencies in the unit of `fs`.
#[pyfunction]
pub fn freqz_sos<'py>(
    py: Python<'py>,
    sos: PyReadonlyArray2<'py, f64>,
    frequencies: PyReadonlyArray1<'py, f64>,
    fs: f64,
) -> PyResult<Bound<'py, PyArray1<Complex64>>> {
    let cascade = cascade(&sos, fs)?;
    let frequencies = frequencies.as_array().to_vec();
    let response = py.detach(|| {
        let at = |frequency: &f64| {
            let h = cascade.response(*frequency);
            Complex64::new(h.re, h.im)
        };
        frequencies.iter().map(at).collect()
    });
    Ok(PyArray1::from_vec(py, response))
}

/// The group delay in samples at frequencies in the unit of `fs`.
#[pyfunction]
pub fn group_delay<'py>(
    py: Python<'py>,
    sos: PyReadonlyArray2<'py, f64>,
    frequencies: PyReadonlyArray1<'py, f64>,
    fs: f64,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let cascade = cascade(&sos, fs)?;
    let frequencies = frequencies.as_array().to_vec();
    let delays = py.detach(|| frequencies.iter().map(|f| cascade.group_delay(*f)).collect());
    Ok(PyArray1::from_vec(py, delays))
}
