//! Fits: of a parametric EQ to a curve, of bands to curves and to recordings.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use filterbank::fit::{
    Fit, FitError, LeastSquares, Loss, MagnitudeTarget, ParametricEq, Recording, Recordings,
    fit_group_delay, fit_magnitude, fit_response, fit_weighted_group_delay, fit_weighted_response,
};
use filterbank::number::Complex;
use filterbank::{Cascade, Tunable, Tune};
use numpy::ndarray::ArrayView1;
use numpy::{Complex64, PyReadonlyArray1};
use pyo3::types::{PyAnyMethods, PyDict};
use pyo3::{Bound, FromPyObject, Py, PyAny, PyErr, PyResult, Python, pyfunction};

use crate::array::{array, sos};
use crate::error::value_error;
use crate::specification::Specification;

/// How a fit is made: the options of `LeastSquares`.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Options {
    loss: String,
    loss_size: f64,
    noise: Option<f64>,
    max_iterations: usize,
}

/// Looks for Ctrl-C and calls the user's function, between the steps of a fit that runs without the
/// interpreter.
#[derive(Clone)]
struct Watch {
    progress: Option<Arc<Py<PyAny>>>,
    error: Arc<Mutex<Option<PyErr>>>,
}

impl Watch {
    fn new(progress: Option<Py<PyAny>>) -> Self {
        Self { progress: progress.map(Arc::new), error: Arc::default() }
    }

    /// Goes on unless there was a signal or an error, or the user's function returned `True`.
    fn step(&self, arguments: (usize, f64)) -> ControlFlow<()> {
        let stopped = Python::attach(|py| {
            py.check_signals()?;
            let Some(progress) = &self.progress else { return Ok(false) };
            let answer = progress.bind(py).call1(arguments)?;
            if answer.is_none() { Ok(false) } else { answer.is_truthy() }
        });
        match stopped {
            Ok(false) => ControlFlow::Continue(()),
            Ok(true) => ControlFlow::Break(()),
            Err(error) => {
                if let Ok(mut first) = self.error.lock() {
                    first.get_or_insert(error);
                }
                ControlFlow::Break(())
            }
        }
    }

    /// The error that has stopped the fit.
    fn check(&self) -> PyResult<()> {
        let error = self.error.lock().ok().and_then(|mut error| error.take());
        error.map_or(Ok(()), Err)
    }
}

impl Options {
    fn method(&self, watch: &Watch) -> PyResult<LeastSquares> {
        let loss = match self.loss.as_str() {
            "squared" => Loss::Squared,
            "huber" => Loss::Huber(self.loss_size),
            "cauchy" => Loss::Cauchy(self.loss_size),
            word => {
                let words = "must be 'squared', 'huber' or 'cauchy'";
                return Err(value_error(format!("`loss` {words}, not {word:?}")));
            }
        };
        let watch = watch.clone();
        let method = LeastSquares::new()
            .loss(loss)
            .max_iterations(self.max_iterations)
            .observer(move |progress| watch.step((progress.iteration, progress.cost)));
        Ok(match self.noise {
            Some(noise) => method.noise(noise),
            None => method,
        })
    }
}

/// Fits without the interpreter; an error of the user's function, or Ctrl-C, comes first.
fn watched<R: Send, E: std::fmt::Display + Send>(
    py: Python<'_>,
    watch: &Watch,
    fit: impl FnOnce() -> Result<R, E> + Send,
) -> PyResult<R> {
    let fit = py.detach(fit);
    watch.check()?;
    fit.map_err(value_error)
}

/// The fields of a fit, for the dataclass `Fit`.
fn fields<'py>(py: Python<'py>, fit: &Fit) -> PyResult<Bound<'py, PyDict>> {
    let count = fit.params.len();
    let fields = PyDict::new(py);
    let errors = fit.standard_errors.iter().map(|error| error.unwrap_or(f64::NAN)).collect();
    let covariance = fit.covariance.as_ref();
    let covariance = covariance.map(|c| array(py, c.as_slice().to_vec(), [count, count]));
    fields.set_item("names", &fit.names)?;
    fields.set_item("units", fit.quantities.iter().map(|q| q.unit()).collect::<Vec<_>>())?;
    fields.set_item("values", array(py, fit.params.clone(), [count])?)?;
    fields.set_item("standard_errors", array(py, errors, [count])?)?;
    fields.set_item("covariance", covariance.transpose()?)?;
    fields.set_item("determined", array(py, fit.determined.clone(), [count])?)?;
    fields.set_item("at_bound", array(py, fit.at_bound.clone(), [count])?)?;
    fields.set_item(
        "residuals",
        array(py, fit.residuals.as_slice().to_vec(), [fit.residuals.len()])?,
    )?;
    fields.set_item("count", fit.count)?;
    fields.set_item("degrees_of_freedom", fit.degrees_of_freedom)?;
    fields.set_item("autocorrelation", fit.autocorrelation)?;
    fields.set_item("rms", fit.rms)?;
    fields.set_item("cost", fit.cost)?;
    fields.set_item("iterations", fit.iterations)?;
    fields.set_item("converged", fit.stop.converged())?;
    fields.set_item("stop", fit.stop.to_string())?;
    fields.set_item("warning", fit.warning())?;
    fields.set_item("chi_square", fit.chi_square())?;
    fields.set_item("aic", fit.aic())?;
    fields.set_item("bic", fit.bic())?;
    fields.set_item("table", fit.to_string())?;
    Ok(fields)
}

/// The fields of a fit of bands, with the bands and sections found.
fn fields_of_bands<'py>(
    py: Python<'py>,
    spec: &Specification,
    fit: &Fit,
) -> PyResult<Bound<'py, PyDict>> {
    let own = &fit.params[..spec.cascade.params().len()];
    let bands = spec.cascade.bands(own).map_err(value_error)?;
    let fields = fields(py, fit)?;
    fields.set_item("bands", bands.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    fields.set_item("sos", sos(py, spec.cascade.tuned(own).map_err(value_error)?.sections())?)?;
    Ok(fields)
}

/// Fits bands to a level curve in dB.
#[pyfunction]
#[allow(clippy::too_many_arguments, reason = "keywords of Python")]
pub fn fit_levels<'py>(
    py: Python<'py>,
    spec: &Specification,
    frequencies: PyReadonlyArray1<'py, f64>,
    levels_db: PyReadonlyArray1<'py, f64>,
    weights: Option<PyReadonlyArray1<'py, f64>>,
    mean_above: Option<f64>,
    gain_penalty: f64,
    options: Options,
    progress: Option<Py<PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let watch = Watch::new(progress);
    let method = options.method(&watch)?;
    let target = target(&frequencies, &levels_db, weights.as_ref(), mean_above)?;
    let target = target.gain_penalty(gain_penalty);
    let fit = watched(py, &watch, || fit_magnitude(&spec.cascade, &target, &method))?;
    fields_of_bands(py, spec, &fit)
}

/// Fits bands to a complex response.
#[pyfunction]
#[pyo3(name = "fit_response")]
#[allow(clippy::too_many_arguments, reason = "keywords of Python")]
pub fn fit_complex_response<'py>(
    py: Python<'py>,
    spec: &Specification,
    frequencies: PyReadonlyArray1<'py, f64>,
    response: PyReadonlyArray1<'py, Complex64>,
    weights: Option<PyReadonlyArray1<'py, f64>>,
    options: Options,
    progress: Option<Py<PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let watch = Watch::new(progress);
    let method = options.method(&watch)?;
    let frequencies = list(&frequencies);
    let wanted: Vec<_> = response.as_array().iter().map(|h| Complex::new(h.re, h.im)).collect();
    let weights = weights.as_ref().map(list);
    let fit = watched(py, &watch, || match &weights {
        None => fit_response(&spec.cascade, &frequencies, &wanted, &method),
        Some(w) => fit_weighted_response(&spec.cascade, &frequencies, &wanted, w, &method),
    })?;
    fields_of_bands(py, spec, &fit)
}

/// Fits bands to a group delay in samples.
#[pyfunction]
#[allow(clippy::too_many_arguments, reason = "keywords of Python")]
pub fn fit_delays<'py>(
    py: Python<'py>,
    spec: &Specification,
    frequencies: PyReadonlyArray1<'py, f64>,
    delays: PyReadonlyArray1<'py, f64>,
    weights: Option<PyReadonlyArray1<'py, f64>>,
    options: Options,
    progress: Option<Py<PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let watch = Watch::new(progress);
    let method = options.method(&watch)?;
    let (frequencies, wanted) = (list(&frequencies), list(&delays));
    let weights = weights.as_ref().map(list);
    let fit = watched(py, &watch, || match &weights {
        None => fit_group_delay(&spec.cascade, &frequencies, &wanted, &method),
        Some(w) => fit_weighted_group_delay(&spec.cascade, &frequencies, &wanted, w, &method),
    })?;
    fields_of_bands(py, spec, &fit)
}

/// What lies between the filter and its recording: a number is fixed; a tuple of start, lowest and
/// highest value is found.
#[derive(FromPyObject)]
pub enum ChainValue {
    /// Fixed.
    #[pyo3(transparent)]
    Fixed(f64),
    /// Found.
    Free(f64, f64, f64),
}

impl From<ChainValue> for Tune {
    fn from(value: ChainValue) -> Self {
        match value {
            ChainValue::Fixed(value) => Self::Fixed(value),
            ChainValue::Free(start, low, high) => Self::Free { start, bounds: (low, high) },
        }
    }
}

/// Fits bands to a recording of input and output.
#[pyfunction]
#[allow(clippy::too_many_arguments, reason = "keywords of Python")]
pub fn fit_recording<'py>(
    py: Python<'py>,
    spec: &Specification,
    input: PyReadonlyArray1<'py, f64>,
    output: PyReadonlyArray1<'py, f64>,
    weights: Option<PyReadonlyArray1<'py, f64>>,
    gain: ChainValue,
    delay: ChainValue,
    offset: ChainValue,
    running: bool,
    options: Options,
    progress: Option<Py<PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let watch = Watch::new(progress);
    let method = options.method(&watch)?;
    let (input, output) = (list(&input), list(&output));
    let weights = weights.as_ref().map(list);
    let [gain, delay, offset] = [gain, delay, offset].map(Tune::from);
    let (fit, residuals) = watched(py, &watch, || {
        let recording = match &weights {
            None => Recording::new(&input, &output),
            Some(weights) => Recording::weighted(&input, &output, weights),
        };
        let recording = recording.gain(gain).delay(delay).offset(offset);
        let recording = if running { recording.running() } else { recording };
        let mut recordings = Recordings::new(&spec.cascade).with(recording);
        let fit = recordings.fit(&method)?;
        let mut residuals = vec![f64::NAN; output.len()];
        recordings.residuals(&fit.params, |_, sample, residual| residuals[sample] = residual)?;
        Ok::<_, FitError<_>>((fit, residuals))
    })?;
    let fields = fields_of_bands(py, spec, &fit)?;
    let samples = residuals.len();
    fields.set_item("residuals", array(py, residuals, [samples])?)?;
    Ok(fields)
}

/// The layout of a parametric EQ, and its search.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Layout {
    peaks: usize,
    low_shelf: Option<f64>,
    high_shelf: Option<f64>,
    shelf_q: f64,
    frequency: (f64, f64),
    q: (f64, f64),
    gain_db: (f64, f64),
    gain_penalty: f64,
    fs: f64,
    starts: usize,
    seed: u64,
}

/// Searches for a parametric EQ that follows a level curve in dB.
#[pyfunction]
pub fn fit_eq<'py>(
    py: Python<'py>,
    frequencies: PyReadonlyArray1<'py, f64>,
    levels_db: PyReadonlyArray1<'py, f64>,
    weights: Option<PyReadonlyArray1<'py, f64>>,
    mean_above: Option<f64>,
    layout: Layout,
    progress: Option<Py<PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let watch = Watch::new(progress);
    let target = target(&frequencies, &levels_db, weights.as_ref(), mean_above)?;
    let range = |(low, high): (f64, f64)| low..=high;
    let eq = ParametricEq {
        peaks: layout.peaks,
        low_shelf: layout.low_shelf,
        high_shelf: layout.high_shelf,
        shelf_q: layout.shelf_q,
        frequency: range(layout.frequency),
        q: range(layout.q),
        gain_db: range(layout.gain_db),
        gain_penalty: layout.gain_penalty,
        sample_rate: layout.fs,
        starts: layout.starts,
        seed: layout.seed,
    };
    let found = watched(py, &watch, || {
        eq.fit_observed(&target, |progress| watch.step((progress.tried, progress.rms_db)))
    })?;
    let cascade = Cascade::from_bands(&found.bands, eq.sample_rate).map_err(value_error)?;
    let fields = fields(py, &found.fit)?;
    fields.set_item("bands", found.bands.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    fields.set_item("sos", sos(py, cascade.sections())?)?;
    Ok(fields)
}

fn list(array: &PyReadonlyArray1<'_, f64>) -> Vec<f64> {
    let array: ArrayView1<'_, f64> = array.as_array();
    array.to_vec()
}

fn target(
    frequencies: &PyReadonlyArray1<'_, f64>,
    levels_db: &PyReadonlyArray1<'_, f64>,
    weights: Option<&PyReadonlyArray1<'_, f64>>,
    mean_above: Option<f64>,
) -> PyResult<MagnitudeTarget> {
    let target = MagnitudeTarget::new(&list(frequencies), &list(levels_db)).map_err(value_error)?;
    let target = match weights {
        Some(weights) => target.weighted(&list(weights)).map_err(value_error)?,
        None => target,
    };
    Ok(match mean_above {
        Some(frequency) => target.mean_above(frequency),
        None => target,
    })
}
