//! Filtering signals, as `scipy.signal.sosfilt` does.

use filterbank::run::{FilterState, Padding, Sample, ShapeError};
use filterbank::section::SectionState;
use filterbank::{Cascade, Section};
use numpy::{
    Element, PyArray2, PyArray3, PyReadonlyArray2, PyReadonlyArray3, PyUntypedArrayMethods,
};
use pyo3::{Bound, PyResult, Python, pyfunction};

use crate::array::{ANY_RATE, array, cascade, in_c_order};
use crate::error::{argument_error, value_error};

type Filtered<'py, T> = (Bound<'py, PyArray2<T>>, Bound<'py, PyArray3<T>>);

/// Filters each row of `x`. `zi` and the final states have the shape `(rows, n_sections, 2)`.
#[pyfunction]
pub fn sosfilt_f64<'py>(
    py: Python<'py>,
    sos: PyReadonlyArray2<'py, f64>,
    x: PyReadonlyArray2<'py, f64>,
    zi: PyReadonlyArray3<'py, f64>,
) -> PyResult<Filtered<'py, f64>> {
    filter(py, &sos, &x, &zi)
}

/// [`sosfilt_f64`] in single precision.
#[pyfunction]
pub fn sosfilt_f32<'py>(
    py: Python<'py>,
    sos: PyReadonlyArray2<'py, f64>,
    x: PyReadonlyArray2<'py, f32>,
    zi: PyReadonlyArray3<'py, f32>,
) -> PyResult<Filtered<'py, f32>> {
    filter(py, &sos, &x, &zi)
}

fn filter<'py, T: Sample + Element + Copy>(
    py: Python<'py>,
    sos: &PyReadonlyArray2<'py, f64>,
    x: &PyReadonlyArray2<'py, T>,
    zi: &PyReadonlyArray3<'py, T>,
) -> PyResult<Filtered<'py, T>> {
    let cascade: Cascade<T> = cascade(sos, ANY_RATE)?.cast();
    let [rows, time] = [x.shape()[0], x.shape()[1]];
    let sections = cascade.sections().len();
    let expected = [rows, sections, 2];
    if zi.shape() != expected {
        let found = zi.shape();
        return Err(argument_error(
            "zi",
            format!("must have the shape {expected:?}, not {found:?}"),
        ));
    }
    let (x, zi) = (x.as_array(), zi.as_array());
    let (x, zi) = (in_c_order(&x), in_c_order(&zi));
    let (y, zf) = py.detach(|| run(&cascade, &x, &zi, rows)).map_err(value_error)?;
    Ok((array(py, y, [rows, time])?, array(py, zf, expected)?))
}

/// The steady state of each section for a constant input of 1: an array of the shape
/// `(n_sections, 2)`.
#[pyfunction]
pub fn sosfilt_zi<'py>(
    py: Python<'py>,
    sos: PyReadonlyArray2<'py, f64>,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let cascade = cascade(&sos, ANY_RATE)?;
    let state = cascade.steady_state(1.0);
    let zi: Vec<f64> = state.sections().iter().flat_map(|state| [state.s1, state.s2]).collect();
    if all_finite(&zi) {
        array(py, zi, [cascade.sections().len(), 2])
    } else {
        Err(argument_error("sos", "has no steady state: a section has a pole at z = 1"))
    }
}

/// The usual length of the padding of [`sosfiltfilt_f64`].
#[pyfunction]
pub fn default_padlen(sos: PyReadonlyArray2<'_, f64>) -> PyResult<usize> {
    Ok(cascade(&sos, ANY_RATE)?.padding_length())
}

/// Filters each row of `x` forwards and backwards.
#[pyfunction]
pub fn sosfiltfilt_f64<'py>(
    py: Python<'py>,
    sos: PyReadonlyArray2<'py, f64>,
    x: PyReadonlyArray2<'py, f64>,
    padtype: &str,
    padlen: usize,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    zero_phase(py, &sos, &x, padtype, padlen)
}

/// [`sosfiltfilt_f64`] in single precision.
#[pyfunction]
pub fn sosfiltfilt_f32<'py>(
    py: Python<'py>,
    sos: PyReadonlyArray2<'py, f64>,
    x: PyReadonlyArray2<'py, f32>,
    padtype: &str,
    padlen: usize,
) -> PyResult<Bound<'py, PyArray2<f32>>> {
    zero_phase(py, &sos, &x, padtype, padlen)
}

fn zero_phase<'py, T: Sample + Element + Copy>(
    py: Python<'py>,
    sos: &PyReadonlyArray2<'py, f64>,
    x: &PyReadonlyArray2<'py, T>,
    padtype: &str,
    padlen: usize,
) -> PyResult<Bound<'py, PyArray2<T>>> {
    let cascade: Cascade<T> = cascade(sos, ANY_RATE)?.cast();
    let padding = match padtype {
        "odd" => Padding::Odd,
        "even" => Padding::Even,
        "constant" => Padding::Constant,
        _ => {
            let words = "must be 'odd', 'even', 'constant' or None";
            return Err(argument_error("padtype", format!("{words}, not {padtype:?}")));
        }
    };
    let [rows, time] = [x.shape()[0], x.shape()[1]];
    if time <= padlen && rows > 0 {
        let found = format!("the signal has {time} samples");
        return Err(argument_error(
            "x",
            format!("{found}, and must be longer than `padlen` = {padlen}"),
        ));
    }
    let view = x.as_array();
    let x = in_c_order(&view);
    let filtered = py.detach(|| {
        let rows = x.chunks_exact(time.max(1));
        rows.map(|row| cascade.zero_phase(row, padding, padlen)).collect::<Result<Vec<_>, _>>()
    });
    array(py, filtered.map_err(value_error)?.concat(), [rows, time])
}

/// The rows of a signal filtered, and the final states.
fn run<T: Sample>(
    cascade: &Cascade<T>,
    x: &[T],
    zi: &[T],
    rows: usize,
) -> Result<(Vec<T>, Vec<T>), ShapeError> {
    let width = 2 * cascade.sections().len();
    let start = |row: usize| {
        let mut state = cascade.state();
        for (section, pair) in
            state.sections_mut().iter_mut().zip(zi[row * width..].chunks_exact(2))
        {
            *section = SectionState { s1: pair[0], s2: pair[1] };
        }
        state
    };
    let mut states: Vec<_> = (0..rows).map(start).collect();
    let mut y = x.to_vec();
    cascade.process_channels(&mut states, &mut y)?;
    let time = y.len() / rows.max(1);
    if time > 0 {
        let each = x.chunks_exact(time).zip(y.chunks_exact_mut(time)).zip(&mut states);
        for (row, ((x, y), state)) in each.enumerate() {
            // A running filter recovers from a value that is not finite, and would hide it.
            if !(all_finite(x) && all_finite(y)) {
                *state = start(row);
                plain(cascade.sections(), state.sections_mut(), x, y);
            }
        }
    }
    let zf = states.iter().flat_map(FilterState::sections).flat_map(|s| [s.s1, s.s2]);
    Ok((y, zf.collect()))
}

/// The recursion itself: what is not finite stays in the states.
fn plain<T: Sample>(sections: &[Section<T>], states: &mut [SectionState<T>], x: &[T], y: &mut [T]) {
    for (x, y) in x.iter().zip(y) {
        let each = sections.iter().zip(&mut *states);
        *y = each.fold(*x, |x, (section, state)| section.tick(state, x));
    }
}

fn all_finite<T: Sample>(samples: &[T]) -> bool {
    // Without a branch for each sample, the compiler uses vectors.
    let finite = |chunk: &[T]| chunk.iter().fold(true, |finite, x| finite & x.is_finite());
    samples.chunks(256).all(finite)
}
