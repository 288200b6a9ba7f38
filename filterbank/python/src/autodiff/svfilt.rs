//! Sections that move, in the state-variable form, on batches of signals.
//!
//! Shapes: `svf` is `[filters, frames, sections, 6]` with 1 filter or one for each item of the batch,
//! `x` and the output are `[batch, channels, time]`, states are `[batch, channels, sections, 3]`.

use std::cell::RefCell;

use filterbank::Scalar;
use filterbank::layer::{
    BatchShape, LayerError, LayerSample, MovingBackward, MovingFilters, MovingForward, Workspace,
};
use filterbank::run::Sample;
use filterbank::section::{Interpolation, SvfSection, SvfState};
use numpy::{
    Element, PyArray1, PyReadonlyArray1, PyReadonlyArray3, PyReadonlyArray4, PyUntypedArrayMethods,
};
use pyo3::{Bound, PyResult, Python, pyfunction};

use crate::autodiff::direction::{Moved, constant, moved, tangents};
use crate::autodiff::elements::{check_shape, elements};
use crate::error::argument_error;

thread_local! {
    /// The buffers of this thread, kept from call to call.
    static WORKSPACE: RefCell<Workspace<f64>> = RefCell::new(Workspace::new());
}

type Array<'py, T> = Bound<'py, PyArray1<T>>;

/// The number of samples from one checkpoint to the next.
#[pyfunction]
pub fn svfilt_block(hop: usize) -> PyResult<usize> {
    let rows = [SvfSection::<f64>::identity()];
    let filters = MovingFilters::new(1, &rows, 1, hop, Interpolation::Held);
    Ok(filters.map_err(|error| argument_error("hop", error))?.block())
}

/// Filters a batch. Returns the output, the final states, and the checkpoints that
/// [`svfilt_backward_f64`] needs, each as a flat array.
#[pyfunction]
pub fn svfilt_forward_f64<'py>(
    py: Python<'py>,
    svf: PyReadonlyArray4<'py, f64>,
    x: PyReadonlyArray3<'py, f64>,
    zi: PyReadonlyArray4<'py, f64>,
    hop: usize,
    linear: bool,
) -> PyResult<(Array<'py, f64>, Array<'py, f64>, Array<'py, f64>)> {
    forward(py, &svf, &x, &zi, Path::new(hop, linear))
}

/// [`svfilt_forward_f64`] of signals in single precision. All arithmetic is in `f64`.
#[pyfunction]
pub fn svfilt_forward_f32<'py>(
    py: Python<'py>,
    svf: PyReadonlyArray4<'py, f64>,
    x: PyReadonlyArray3<'py, f32>,
    zi: PyReadonlyArray4<'py, f64>,
    hop: usize,
    linear: bool,
) -> PyResult<(Array<'py, f32>, Array<'py, f64>, Array<'py, f64>)> {
    forward(py, &svf, &x, &zi, Path::new(hop, linear))
}

fn forward<'py, T: LayerSample<Number = f64> + Element + Default>(
    py: Python<'py>,
    svf: &PyReadonlyArray4<'py, f64>,
    x: &PyReadonlyArray3<'py, T>,
    zi: &PyReadonlyArray4<'py, f64>,
    path: Path,
) -> PyResult<(Array<'py, T>, Array<'py, f64>, Array<'py, f64>)> {
    let batch = Batch::new(svf, x)?;
    check_shape("zi", zi, &batch.states())?;
    let (svf, x, zi) = (elements("svf", svf)?, elements("x", x)?, elements("zi", zi)?);
    let result = py.detach(|| {
        let sections = sections_of(svf);
        let filters = batch.filters(&sections, path)?;
        let mut output = vec![T::default(); x.len()];
        let mut states = states_of(zi);
        let mut checkpoints = vec![SvfState::default(); filters.checkpoints(batch.shape)];
        let forward = MovingForward {
            input: x,
            output: &mut output,
            states: &mut states,
            checkpoints: Some(&mut checkpoints),
        };
        WORKSPACE.with_borrow_mut(|workspace| filters.forward(batch.shape, forward, workspace))?;
        Ok((output, numbers_of(&states), numbers_of(&checkpoints)))
    });
    let (output, states, checkpoints) =
        result.map_err(|error: LayerError| argument_error("svf", error))?;
    Ok((
        PyArray1::from_vec(py, output),
        PyArray1::from_vec(py, states),
        PyArray1::from_vec(py, checkpoints),
    ))
}

/// From the derivatives of a loss by the output (`slope`) and the final states (`zf_slope`) to those
/// by the coefficients, by the input and by the initial states.
#[pyfunction]
#[allow(clippy::too_many_arguments, reason = "two slopes, and the arguments of the forward pass")]
pub fn svfilt_backward_f64<'py>(
    py: Python<'py>,
    slope: PyReadonlyArray3<'py, f64>,
    zf_slope: PyReadonlyArray4<'py, f64>,
    svf: PyReadonlyArray4<'py, f64>,
    x: PyReadonlyArray3<'py, f64>,
    checkpoints: PyReadonlyArray1<'py, f64>,
    hop: usize,
    linear: bool,
) -> PyResult<(Array<'py, f64>, Array<'py, f64>, Array<'py, f64>)> {
    backward(py, &slope, &zf_slope, &svf, &x, &checkpoints, Path::new(hop, linear))
}

/// [`svfilt_backward_f64`] of signals in single precision.
#[pyfunction]
#[allow(clippy::too_many_arguments, reason = "two slopes, and the arguments of the forward pass")]
pub fn svfilt_backward_f32<'py>(
    py: Python<'py>,
    slope: PyReadonlyArray3<'py, f32>,
    zf_slope: PyReadonlyArray4<'py, f64>,
    svf: PyReadonlyArray4<'py, f64>,
    x: PyReadonlyArray3<'py, f32>,
    checkpoints: PyReadonlyArray1<'py, f64>,
    hop: usize,
    linear: bool,
) -> PyResult<(Array<'py, f64>, Array<'py, f32>, Array<'py, f64>)> {
    backward(py, &slope, &zf_slope, &svf, &x, &checkpoints, Path::new(hop, linear))
}

fn backward<'py, T: LayerSample<Number = f64> + Element + Default>(
    py: Python<'py>,
    slope: &PyReadonlyArray3<'py, T>,
    zf_slope: &PyReadonlyArray4<'py, f64>,
    svf: &PyReadonlyArray4<'py, f64>,
    x: &PyReadonlyArray3<'py, T>,
    checkpoints: &PyReadonlyArray1<'py, f64>,
    path: Path,
) -> PyResult<(Array<'py, f64>, Array<'py, T>, Array<'py, f64>)> {
    let batch = Batch::new(svf, x)?;
    check_shape("slope", slope, x.shape())?;
    check_shape("zf_slope", zf_slope, &batch.states())?;
    let (slope, zf_slope) = (elements("slope", slope)?, elements("zf_slope", zf_slope)?);
    let (svf, x) = (elements("svf", svf)?, elements("x", x)?);
    let checkpoints = states_of(elements("checkpoints", checkpoints)?);
    let result = py.detach(|| {
        let sections = sections_of(svf);
        let filters = batch.filters(&sections, path)?;
        let mut input_slope = vec![T::default(); x.len()];
        let mut state_slope = states_of(zf_slope);
        let mut gradient = vec![[0.0; 6]; sections.len()];
        let backward = MovingBackward {
            input: x,
            checkpoints: &checkpoints,
            slope,
            input_slope: &mut input_slope,
            state_slope: &mut state_slope,
            gradient: &mut gradient,
        };
        WORKSPACE
            .with_borrow_mut(|workspace| filters.backward(batch.shape, backward, workspace))?;
        Ok((gradient.into_flattened(), input_slope, numbers_of(&state_slope)))
    });
    let (by_svf, by_x, by_zi) = result.map_err(|error: LayerError| argument_error("svf", error))?;
    Ok((
        PyArray1::from_vec(py, by_svf),
        PyArray1::from_vec(py, by_x),
        PyArray1::from_vec(py, by_zi),
    ))
}

/// The derivatives of what [`svfilt_backward_f64`] returns, summed with the weights `svf_direction`,
/// `x_direction` and `zi_direction`: by `slope`, `zf_slope`, `svf`, `x` and `zi`. See
/// [`sosfilt_backward_twice`](crate::autodiff::sosfilt_backward_twice).
#[pyfunction]
#[allow(
    clippy::too_many_arguments,
    clippy::type_complexity,
    reason = "five arrays, three directions"
)]
pub fn svfilt_backward_twice<'py>(
    py: Python<'py>,
    svf_direction: PyReadonlyArray4<'py, f64>,
    x_direction: PyReadonlyArray3<'py, f64>,
    zi_direction: PyReadonlyArray4<'py, f64>,
    slope: PyReadonlyArray3<'py, f64>,
    zf_slope: PyReadonlyArray4<'py, f64>,
    svf: PyReadonlyArray4<'py, f64>,
    x: PyReadonlyArray3<'py, f64>,
    zi: PyReadonlyArray4<'py, f64>,
    hop: usize,
    linear: bool,
) -> PyResult<(Array<'py, f64>, Array<'py, f64>, Array<'py, f64>, Array<'py, f64>, Array<'py, f64>)>
{
    let (batch, path) = (Batch::new(&svf, &x)?, Path::new(hop, linear));
    check_shape("svf_direction", &svf_direction, svf.shape())?;
    check_shape("x_direction", &x_direction, x.shape())?;
    check_shape("zi_direction", &zi_direction, &batch.states())?;
    check_shape("slope", &slope, x.shape())?;
    check_shape("zf_slope", &zf_slope, &batch.states())?;
    check_shape("zi", &zi, &batch.states())?;
    let svf = moved(elements("svf", &svf)?, elements("svf_direction", &svf_direction)?);
    let x = moved(elements("x", &x)?, elements("x_direction", &x_direction)?);
    let zi = moved(elements("zi", &zi)?, elements("zi_direction", &zi_direction)?);
    let slope = constant(elements("slope", &slope)?);
    let zf_slope = constant(elements("zf_slope", &zf_slope)?);
    let result = py.detach(|| {
        let sections = sections_of(&svf);
        let filters = batch.filters(&sections, path)?;
        let mut workspace = Workspace::new();
        let mut output = vec![Moved::default(); x.len()];
        let mut states = states_of(&zi);
        let mut checkpoints = vec![SvfState::default(); filters.checkpoints(batch.shape)];
        let forward = MovingForward {
            input: &x,
            output: &mut output,
            states: &mut states,
            checkpoints: Some(&mut checkpoints),
        };
        filters.forward(batch.shape, forward, &mut workspace)?;
        let mut input_slope = vec![Moved::default(); x.len()];
        let mut state_slope = states_of(&zf_slope);
        let mut gradient = vec![[Moved::default(); 6]; sections.len()];
        let backward = MovingBackward {
            input: &x,
            checkpoints: &checkpoints,
            slope: &slope,
            input_slope: &mut input_slope,
            state_slope: &mut state_slope,
            gradient: &mut gradient,
        };
        filters.backward(batch.shape, backward, &mut workspace)?;
        Ok([
            tangents(&output),
            tangents(&numbers_of(&states)),
            tangents(gradient.as_flattened()),
            tangents(&input_slope),
            tangents(&numbers_of(&state_slope)),
        ])
    });
    let [by_slope, by_zf_slope, by_svf, by_x, by_zi] = result
        .map_err(|error: LayerError| argument_error("svf", error))?
        .map(|numbers| PyArray1::from_vec(py, numbers));
    Ok((by_slope, by_zf_slope, by_svf, by_x, by_zi))
}

/// Where frames lie, and what happens between them.
#[derive(Clone, Copy)]
struct Path {
    hop: usize,
    interpolation: Interpolation,
}

impl Path {
    fn new(hop: usize, linear: bool) -> Self {
        let interpolation = if linear { Interpolation::Linear } else { Interpolation::Held };
        Self { hop, interpolation }
    }
}

/// The sizes of a call.
struct Batch {
    filters: usize,
    sections: usize,
    shape: BatchShape,
}

impl Batch {
    fn new<T: Element>(
        svf: &PyReadonlyArray4<'_, f64>,
        x: &PyReadonlyArray3<'_, T>,
    ) -> PyResult<Self> {
        let (filters, sections) = (svf.shape()[0], svf.shape()[2]);
        if svf.shape()[3] != 6 {
            let found = svf.shape();
            let error =
                format!("must have the shape [filters, frames, sections, 6], not {found:?}");
            return Err(argument_error("svf", error));
        }
        let (batch, channels, time) = (x.shape()[0], x.shape()[1], x.shape()[2]);
        Ok(Self { filters, sections, shape: BatchShape { batch, channels, time } })
    }

    /// The shape of states.
    fn states(&self) -> [usize; 4] {
        [self.shape.batch, self.shape.channels, self.sections, 3]
    }

    fn filters<'a, S: Sample + Send + Sync>(
        &self,
        sections: &'a [SvfSection<S>],
        path: Path,
    ) -> Result<MovingFilters<'a, S>, LayerError> {
        MovingFilters::new(self.filters, sections, self.sections, path.hop, path.interpolation)
    }
}

fn sections_of<S: Scalar>(numbers: &[S]) -> Vec<SvfSection<S>> {
    numbers.as_chunks().0.iter().map(|row| SvfSection::from_coefficients(*row)).collect()
}

fn states_of<S: Scalar>(numbers: &[S]) -> Vec<SvfState<S>> {
    numbers.as_chunks().0.iter().map(|&[s1, s2, k]| SvfState { s1, s2, k }).collect()
}

fn numbers_of<S: Scalar>(states: &[SvfState<S>]) -> Vec<S> {
    states.iter().flat_map(|state| [state.s1, state.s2, state.k]).collect()
}
