//! Second-order sections on batches of signals.
//!
//! Shapes: `sos` is `[filters, sections, 6]` with 1 filter or one for each item of the batch, `x` is
//! `[batch, channels, time]`, states are `[batch, channels, sections, 2]`. The output is
//! `[batch, channels, bands, time]`; a cascade has one band. `ends` gives the number of sections up to
//! the last of each band.

use std::cell::RefCell;

use filterbank::Scalar;
use filterbank::layer::{
    Backward, BatchShape, FixedFilters, Forward, LayerError, LayerSample, Workspace,
};
use filterbank::run::{AdjointScratch, Sample};
use filterbank::section::SectionState;
use numpy::{
    Element, PyArray1, PyReadonlyArray1, PyReadonlyArray3, PyReadonlyArray4, PyUntypedArrayMethods,
};
use pyo3::{Bound, PyErr, PyResult, Python, pyfunction};

use crate::autodiff::direction::{Moved, constant, moved, tangents};
use crate::autodiff::elements::{check_shape, elements};
use crate::autodiff::rows::{Row, RowError, by_row, sections};
use crate::error::argument_error;

/// The number of samples from one checkpoint to the next.
#[pyfunction]
pub fn block() -> usize {
    AdjointScratch::<f64>::BLOCK
}

thread_local! {
    /// The buffers of this thread, kept from call to call.
    static WORKSPACE: RefCell<Workspace<f64>> = RefCell::new(Workspace::new());
}

type Array<'py, T> = Bound<'py, PyArray1<T>>;

/// Filters a batch. Returns the output, the final states, and the checkpoints that
/// [`sosfilt_backward_f64`] needs, each as a flat array.
#[pyfunction]
pub fn sosfilt_forward_f64<'py>(
    py: Python<'py>,
    sos: PyReadonlyArray3<'py, f64>,
    ends: Vec<usize>,
    x: PyReadonlyArray3<'py, f64>,
    zi: PyReadonlyArray4<'py, f64>,
) -> PyResult<(Array<'py, f64>, Array<'py, f64>, Array<'py, f64>)> {
    forward(py, &sos, &ends, &x, &zi)
}

/// [`sosfilt_forward_f64`] of signals in single precision. All arithmetic is in `f64`.
#[pyfunction]
pub fn sosfilt_forward_f32<'py>(
    py: Python<'py>,
    sos: PyReadonlyArray3<'py, f64>,
    ends: Vec<usize>,
    x: PyReadonlyArray3<'py, f32>,
    zi: PyReadonlyArray4<'py, f64>,
) -> PyResult<(Array<'py, f32>, Array<'py, f64>, Array<'py, f64>)> {
    forward(py, &sos, &ends, &x, &zi)
}

fn forward<'py, T: LayerSample<Number = f64> + Element + Default>(
    py: Python<'py>,
    sos: &PyReadonlyArray3<'py, f64>,
    ends: &[usize],
    x: &PyReadonlyArray3<'py, T>,
    zi: &PyReadonlyArray4<'py, f64>,
) -> PyResult<(Array<'py, T>, Array<'py, f64>, Array<'py, f64>)> {
    let batch = Batch::new(sos, x)?;
    check_shape("zi", zi, &batch.states())?;
    let (sos, x, zi) = (elements("sos", sos)?, elements("x", x)?, elements("zi", zi)?);
    let result = py.detach(|| {
        let sections = sections(sos.as_chunks().0, batch.sections).map_err(Fault::Row)?;
        let filters = FixedFilters::banks(batch.filters, &sections, ends).map_err(Fault::Layer)?;
        let mut output = vec![T::default(); filters.outputs() * batch.shape.samples()];
        let mut states = states_of(zi);
        let mut checkpoints = vec![SectionState::default(); filters.checkpoints(batch.shape)];
        let forward = Forward {
            input: x,
            output: &mut output,
            states: &mut states,
            checkpoints: Some(&mut checkpoints),
        };
        WORKSPACE
            .with_borrow_mut(|workspace| filters.forward(batch.shape, forward, workspace))
            .map_err(Fault::Layer)?;
        Ok((output, numbers_of(&states), numbers_of(&checkpoints)))
    });
    let (output, states, checkpoints) = result.map_err(Fault::raise)?;
    Ok((
        PyArray1::from_vec(py, output),
        PyArray1::from_vec(py, states),
        PyArray1::from_vec(py, checkpoints),
    ))
}

/// From the derivatives of a loss by the output (`slope`) and the final states (`zf_slope`) to those
/// by the rows of `sos`, by the input and by the initial states.
#[pyfunction]
pub fn sosfilt_backward_f64<'py>(
    py: Python<'py>,
    slope: PyReadonlyArray4<'py, f64>,
    zf_slope: PyReadonlyArray4<'py, f64>,
    sos: PyReadonlyArray3<'py, f64>,
    ends: Vec<usize>,
    x: PyReadonlyArray3<'py, f64>,
    checkpoints: PyReadonlyArray1<'py, f64>,
) -> PyResult<(Array<'py, f64>, Array<'py, f64>, Array<'py, f64>)> {
    backward(py, &slope, &zf_slope, &sos, &ends, &x, &checkpoints)
}

/// [`sosfilt_backward_f64`] of signals in single precision.
#[pyfunction]
pub fn sosfilt_backward_f32<'py>(
    py: Python<'py>,
    slope: PyReadonlyArray4<'py, f32>,
    zf_slope: PyReadonlyArray4<'py, f64>,
    sos: PyReadonlyArray3<'py, f64>,
    ends: Vec<usize>,
    x: PyReadonlyArray3<'py, f32>,
    checkpoints: PyReadonlyArray1<'py, f64>,
) -> PyResult<(Array<'py, f64>, Array<'py, f32>, Array<'py, f64>)> {
    backward(py, &slope, &zf_slope, &sos, &ends, &x, &checkpoints)
}

fn backward<'py, T: LayerSample<Number = f64> + Element + Default>(
    py: Python<'py>,
    slope: &PyReadonlyArray4<'py, T>,
    zf_slope: &PyReadonlyArray4<'py, f64>,
    sos: &PyReadonlyArray3<'py, f64>,
    ends: &[usize],
    x: &PyReadonlyArray3<'py, T>,
    checkpoints: &PyReadonlyArray1<'py, f64>,
) -> PyResult<(Array<'py, f64>, Array<'py, T>, Array<'py, f64>)> {
    let batch = Batch::new(sos, x)?;
    check_shape("slope", slope, &batch.output(ends))?;
    check_shape("zf_slope", zf_slope, &batch.states())?;
    let (slope, zf_slope) = (elements("slope", slope)?, elements("zf_slope", zf_slope)?);
    let (sos, x) = (elements("sos", sos)?, elements("x", x)?);
    let checkpoints = states_of(elements("checkpoints", checkpoints)?);
    let result = py.detach(|| {
        let rows: &[Row<f64>] = sos.as_chunks().0;
        let mut input_slope = vec![T::default(); x.len()];
        let mut state_slope = states_of(zf_slope);
        let backward = Adjoint {
            rows,
            slope,
            input: x,
            checkpoints: &checkpoints,
            input_slope: &mut input_slope,
            state_slope: &mut state_slope,
        };
        let by_rows =
            WORKSPACE.with_borrow_mut(|workspace| backward.run(&batch, ends, workspace))?;
        Ok((by_rows.as_flattened().to_vec(), input_slope, numbers_of(&state_slope)))
    });
    let (by_sos, by_x, by_zi) = result.map_err(Fault::raise)?;
    Ok((
        PyArray1::from_vec(py, by_sos),
        PyArray1::from_vec(py, by_x),
        PyArray1::from_vec(py, by_zi),
    ))
}

/// The derivatives of what [`sosfilt_backward_f64`] returns, summed with the weights `sos_direction`,
/// `x_direction` and `zi_direction`: by `slope`, `zf_slope`, `sos`, `x` and `zi`.
///
/// The sum is the derivative, in the given direction, of the loss that `slope` and `zf_slope` weight.
/// So its derivatives by those two are the derivatives of the outputs in that direction; its
/// derivatives by the others are the derivatives of the gradient in that direction. Both come from one
/// run of the filter and its adjoint on dual numbers.
#[pyfunction]
#[allow(
    clippy::too_many_arguments,
    clippy::type_complexity,
    reason = "five arrays, three directions"
)]
pub fn sosfilt_backward_twice<'py>(
    py: Python<'py>,
    sos_direction: PyReadonlyArray3<'py, f64>,
    x_direction: PyReadonlyArray3<'py, f64>,
    zi_direction: PyReadonlyArray4<'py, f64>,
    slope: PyReadonlyArray4<'py, f64>,
    zf_slope: PyReadonlyArray4<'py, f64>,
    sos: PyReadonlyArray3<'py, f64>,
    ends: Vec<usize>,
    x: PyReadonlyArray3<'py, f64>,
    zi: PyReadonlyArray4<'py, f64>,
) -> PyResult<(Array<'py, f64>, Array<'py, f64>, Array<'py, f64>, Array<'py, f64>, Array<'py, f64>)>
{
    let batch = Batch::new(&sos, &x)?;
    check_shape("sos_direction", &sos_direction, sos.shape())?;
    check_shape("x_direction", &x_direction, x.shape())?;
    check_shape("zi_direction", &zi_direction, &batch.states())?;
    check_shape("slope", &slope, &batch.output(&ends))?;
    check_shape("zf_slope", &zf_slope, &batch.states())?;
    check_shape("zi", &zi, &batch.states())?;
    let sos = moved(elements("sos", &sos)?, elements("sos_direction", &sos_direction)?);
    let x = moved(elements("x", &x)?, elements("x_direction", &x_direction)?);
    let zi = moved(elements("zi", &zi)?, elements("zi_direction", &zi_direction)?);
    let slope = constant(elements("slope", &slope)?);
    let zf_slope = constant(elements("zf_slope", &zf_slope)?);
    let result = py.detach(|| {
        let rows: &[Row<Moved>] = sos.as_chunks().0;
        let sections = sections(rows, batch.sections).map_err(Fault::Row)?;
        let filters = FixedFilters::banks(batch.filters, &sections, &ends).map_err(Fault::Layer)?;
        let mut workspace = Workspace::new();
        let mut output = vec![Moved::default(); slope.len()];
        let mut states = states_of(&zi);
        let mut checkpoints = vec![SectionState::default(); filters.checkpoints(batch.shape)];
        let forward = Forward {
            input: &x,
            output: &mut output,
            states: &mut states,
            checkpoints: Some(&mut checkpoints),
        };
        filters.forward(batch.shape, forward, &mut workspace).map_err(Fault::Layer)?;
        let mut input_slope = vec![Moved::default(); x.len()];
        let mut state_slope = states_of(&zf_slope);
        let backward = Adjoint {
            rows,
            slope: &slope,
            input: &x,
            checkpoints: &checkpoints,
            input_slope: &mut input_slope,
            state_slope: &mut state_slope,
        };
        let by_rows = backward.run(&batch, &ends, &mut workspace)?;
        Ok([
            tangents(&output),
            tangents(&numbers_of(&states)),
            tangents(by_rows.as_flattened()),
            tangents(&input_slope),
            tangents(&numbers_of(&state_slope)),
        ])
    });
    let [by_slope, by_zf_slope, by_sos, by_x, by_zi] =
        result.map_err(Fault::raise)?.map(|numbers| PyArray1::from_vec(py, numbers));
    Ok((by_slope, by_zf_slope, by_sos, by_x, by_zi))
}

/// The sizes of a call.
struct Batch {
    filters: usize,
    sections: usize,
    shape: BatchShape,
}

impl Batch {
    fn new<T: Element>(
        sos: &PyReadonlyArray3<'_, f64>,
        x: &PyReadonlyArray3<'_, T>,
    ) -> PyResult<Self> {
        let (filters, sections, columns) = (sos.shape()[0], sos.shape()[1], sos.shape()[2]);
        let (batch, channels, time) = (x.shape()[0], x.shape()[1], x.shape()[2]);
        if columns != 6 {
            let found = sos.shape();
            let error = format!("must have the shape [filters, sections, 6], not {found:?}");
            return Err(argument_error("sos", error));
        }
        if filters != 1 && filters != batch {
            let error =
                format!("has {filters} filters for {batch} items: one for all, or one for each");
            return Err(argument_error("sos", error));
        }
        Ok(Self { filters, sections, shape: BatchShape { batch, channels, time } })
    }

    /// The shape of states.
    fn states(&self) -> [usize; 4] {
        [self.shape.batch, self.shape.channels, self.sections, 2]
    }

    /// The shape of the output.
    fn output(&self, ends: &[usize]) -> [usize; 4] {
        [self.shape.batch, self.shape.channels, ends.len().max(1), self.shape.time]
    }
}

/// The adjoint of a call by the rows of its sections.
struct Adjoint<'a, T: LayerSample> {
    rows: &'a [Row<T::Number>],
    slope: &'a [T],
    input: &'a [T],
    checkpoints: &'a [SectionState<T::Number>],
    input_slope: &'a mut [T],
    state_slope: &'a mut [SectionState<T::Number>],
}

impl<T: LayerSample> Adjoint<'_, T> {
    /// Returns the derivatives by the rows.
    fn run(
        self,
        batch: &Batch,
        ends: &[usize],
        workspace: &mut Workspace<T::Number>,
    ) -> Result<Vec<Row<T::Number>>, Fault> {
        let sections = sections(self.rows, batch.sections).map_err(Fault::Row)?;
        let filters = FixedFilters::banks(batch.filters, &sections, ends).map_err(Fault::Layer)?;
        let mut gradient = vec![[T::Number::from_f64(0.0); 5]; sections.len()];
        let backward = Backward {
            input: self.input,
            checkpoints: self.checkpoints,
            slope: self.slope,
            input_slope: self.input_slope,
            state_slope: self.state_slope,
            gradient: &mut gradient,
        };
        filters.backward(batch.shape, backward, workspace).map_err(Fault::Layer)?;
        let each = self.rows.iter().zip(&sections).zip(gradient);
        Ok(each.map(|((row, section), by)| by_row(row[3], section, by)).collect())
    }
}

/// What is wrong with a call.
enum Fault {
    Row(RowError),
    Layer(LayerError),
}

impl Fault {
    fn raise(self) -> PyErr {
        match self {
            Self::Row(error) => argument_error("sos", error),
            Self::Layer(error) => argument_error("sos", error),
        }
    }
}

fn states_of<S: Scalar>(numbers: &[S]) -> Vec<SectionState<S>> {
    numbers.as_chunks().0.iter().map(|&[s1, s2]| SectionState { s1, s2 }).collect()
}

fn numbers_of<S: Sample>(states: &[SectionState<S>]) -> Vec<S> {
    states.iter().flat_map(|state| [state.s1, state.s2]).collect()
}
