//! The classic designs with the arguments of scipy.

use std::f64::consts::{PI, TAU};

use filterbank::section::Zpk;
use filterbank::spec::{BesselNorm, Parameter};
use filterbank::{Band, Cascade, DesignError, Method, Section};
use numpy::{Complex64, PyArray1, PyArray2};
use pyo3::{Bound, PyErr, PyResult, Python, pyfunction};

use crate::array::sos;
use crate::convert::list;
use crate::error::{argument_error, value_error};

type Roots<'py> = Bound<'py, PyArray1<Complex64>>;
type Polynomial<'py> = Bound<'py, PyArray1<f64>>;

/// A design in the three forms of scipy.
#[pyo3::pyclass(frozen, module = "filterbank._core")]
pub struct Designed(Cascade<f64>);

#[pyo3::pymethods]
impl Designed {
    fn sos<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        sos(py, self.0.sections())
    }

    fn zpk<'py>(&self, py: Python<'py>) -> (Roots<'py>, Roots<'py>, f64) {
        let Zpk { zeros, poles, gain } = self.0.zpk();
        let (mut zeros, poles) = (list(&zeros), list(&poles));
        // As in scipy: of a bandpass, the zeros at z = 1 come before those at z = −1.
        zeros.sort_by(|a, b| b.re.total_cmp(&a.re));
        (PyArray1::from_vec(py, zeros), PyArray1::from_vec(py, poles), gain)
    }

    fn ba<'py>(&self, py: Python<'py>) -> (Polynomial<'py>, Polynomial<'py>) {
        let (b, a) = self.0.transfer_function();
        (PyArray1::from_vec(py, b), PyArray1::from_vec(py, a))
    }
}

/// The band `shape` of a prototype family, between the `edges`.
#[pyfunction]
#[pyo3(signature = (family, order, shape, edges, fs, *, rp=0.0, rs=0.0, norm="phase"))]
#[allow(clippy::too_many_arguments, reason = "those of scipy")]
pub fn classic(
    family: &str,
    order: usize,
    shape: &str,
    edges: Vec<f64>,
    fs: f64,
    rp: f64,
    rs: f64,
    norm: &str,
) -> PyResult<Designed> {
    if order == 0 {
        return gain(family, rp, fs);
    }
    let method = match family {
        "butter" => Method::Butterworth { order },
        "cheby1" => Method::Chebyshev1 { order, ripple_db: rp },
        "cheby2" => Method::Chebyshev2 { order, stop_db: rs },
        "ellip" => Method::Elliptic { order, ripple_db: rp, stop_db: rs },
        "bessel" => Method::Bessel { order, norm: bessel_norm(norm)? },
        _ => return Err(value_error(format!("unknown family: {family}"))),
    };
    let band = match (shape, edges.as_slice()) {
        ("lowpass", [edge]) => Band::lowpass(method, *edge),
        ("highpass", [edge]) => Band::highpass(method, *edge),
        ("bandpass", [low, high]) => Band::bandpass(method, *low, *high),
        ("bandstop", [low, high]) => Band::bandstop(method, *low, *high),
        _ => {
            let count = if shape.starts_with("band") { "two edges" } else { "one edge" };
            let found = edges.len();
            return Err(argument_error("Wn", format!("a {shape} has {count}, not {found}")));
        }
    };
    band.design(fs).map(Designed).map_err(named_as_in_scipy)
}

/// A filter of order 0, as scipy has it: the ripple of an even order starts at its minimum.
fn gain(family: &str, rp: f64, fs: f64) -> PyResult<Designed> {
    let level_db = if matches!(family, "cheby1" | "ellip") { -rp } else { 0.0 };
    let gain = Section::identity().with_gain(10.0_f64.powf(level_db / 20.0));
    Cascade::from_sections([gain], fs).map(Designed).map_err(value_error)
}

fn bessel_norm(word: &str) -> PyResult<BesselNorm> {
    match word {
        "phase" => Ok(BesselNorm::Phase),
        "delay" => Ok(BesselNorm::Delay),
        "mag" => Ok(BesselNorm::Magnitude),
        _ => {
            Err(argument_error("norm", format!("must be 'phase', 'delay' or 'mag', not {word:?}")))
        }
    }
}

/// The notch of `scipy.signal.iirnotch`.
#[pyfunction]
pub fn notch(w0: f64, q: f64, fs: f64) -> PyResult<Designed> {
    let band = Band::notch(w0, analog_q(w0, q, fs)?);
    band.design(fs).map(Designed).map_err(named_as_in_scipy)
}

/// The peak of `scipy.signal.iirpeak`.
#[pyfunction]
pub fn constant_peak(w0: f64, q: f64, fs: f64) -> PyResult<Designed> {
    let band = Band::bandpass_constant_peak(w0, analog_q(w0, q, fs)?);
    band.design(fs).map(Designed).map_err(named_as_in_scipy)
}

/// The Q of the analog prototype for scipy's `Q = w0/Δf`, with the distance `Δf` of the −3 dB points:
/// see [`Band::Notch`].
fn analog_q(w0: f64, q: f64, fs: f64) -> PyResult<f64> {
    // Wider than everything there is below the Nyquist frequency, or NaN.
    let least = 2.0 * w0 / fs;
    if !(q > least && q.is_finite()) && w0 > 0.0 && w0 < fs / 2.0 {
        let range = format!("must be finite and above {least}, not {q}");
        return Err(argument_error("Q", format!("{range}: the -3 dB points must lie below fs/2")));
    }
    Ok((TAU * w0 / fs).sin() / (2.0 * (PI * w0 / (q * fs)).tan()))
}

/// The library's sentence, with scipy's name of the argument in front.
fn named_as_in_scipy(error: DesignError) -> PyErr {
    let parameter = error.parameter();
    let argument = match parameter {
        Parameter::ORDER => "N",
        Parameter::RIPPLE_DB => "rp",
        Parameter::STOP_DB => "rs",
        Parameter::CUTOFF | Parameter::LOW | Parameter::HIGH => "Wn",
        Parameter::CENTER => "w0",
        Parameter::Q => "Q",
        _ => "fs",
    };
    argument_error(argument, error)
}
