//! Sections as zeros, poles and gain, as polynomials, and back.

use filterbank::number::Complex;
use filterbank::section::{Pairing, Root, Zpk};
use numpy::{Complex64, PyArray1, PyArray2, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::{Bound, PyResult, Python, pyfunction};

use crate::array::{ANY_RATE, cascade, sos};
use crate::error::argument_error;

type Roots<'py> = Bound<'py, PyArray1<Complex64>>;

/// Zeros, poles and gain of sections in series. As in scipy, each section has two of each: those of
/// a section of first order are at z = 0 too, where they cancel.
#[pyfunction]
pub fn sos2zpk<'py>(
    py: Python<'py>,
    sos: PyReadonlyArray2<'py, f64>,
) -> PyResult<(Roots<'py>, Roots<'py>, f64)> {
    let cascade = cascade(&sos, ANY_RATE)?;
    let Zpk { zeros, poles, gain } = cascade.zpk();
    let (mut zeros, mut poles) = (list(&zeros), list(&poles));
    let cancelled = 2 * cascade.sections().len() - poles.len();
    for roots in [&mut zeros, &mut poles] {
        roots.resize(roots.len() + cancelled, Complex64::default());
    }
    Ok((PyArray1::from_vec(py, zeros), PyArray1::from_vec(py, poles), gain))
}

/// Sections in series of zeros, poles and gain.
#[pyfunction]
pub fn zpk2sos<'py>(
    py: Python<'py>,
    zeros: PyReadonlyArray1<'py, Complex64>,
    poles: PyReadonlyArray1<'py, Complex64>,
    gain: f64,
    keep_odd: bool,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let (zeros, poles) = (roots("z", &zeros)?, roots("p", &poles)?);
    let pairing = if keep_odd { Pairing::KeepOdd } else { Pairing::Nearest };
    sos(py, &Zpk { zeros, poles, gain }.sections(pairing))
}

/// Numerator and denominator of sections in series.
#[pyfunction]
#[allow(clippy::type_complexity, reason = "two plain arrays")]
pub fn sos2tf<'py>(
    py: Python<'py>,
    sos: PyReadonlyArray2<'py, f64>,
) -> PyResult<(Bound<'py, PyArray1<f64>>, Bound<'py, PyArray1<f64>>)> {
    let (b, a) = cascade(&sos, ANY_RATE)?.transfer_function();
    Ok((PyArray1::from_vec(py, b), PyArray1::from_vec(py, a)))
}

fn roots(argument: &str, list: &PyReadonlyArray1<'_, Complex64>) -> PyResult<Vec<Root<f64>>> {
    let list: Vec<_> = list.as_array().iter().map(|z| Complex::new(z.re, z.im)).collect();
    Root::from_list(&list).map_err(|error| argument_error(argument, error))
}

/// Every root one by one, of a pair the one below the real axis after the other.
pub fn list(roots: &[Root<f64>]) -> Vec<Complex64> {
    let each = |root: &Root<f64>| match *root {
        Root::Real(root) => vec![Complex64::new(root, 0.0)],
        Root::Pair(root) => {
            let upper = Complex64::new(root.re, root.im);
            vec![upper, upper.conj()]
        }
    };
    roots.iter().flat_map(each).collect()
}
