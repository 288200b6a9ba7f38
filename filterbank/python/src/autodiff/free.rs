//! Parameters as functions of free numbers, for training without bounds.

use filterbank::tune::Unconstrained;
use filterbank::{DesignError, Dual, TunableCascade};
use numpy::{PyArray1, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::{Bound, PyResult, Python, pyclass, pymethods};

use crate::autodiff::elements::elements;
use crate::error::{argument_error, value_error};
use crate::specification::Specification;

/// The number of free numbers that are differentiated in one run.
const WIDTH: usize = 4;

type Array<'py> = Bound<'py, PyArray1<f64>>;

/// A map from free numbers to parameters within their bounds, both `[items, params]`. All results are
/// flat arrays.
#[pyclass(frozen, module = "filterbank._core")]
pub struct FreeMap {
    map: Unconstrained<TunableCascade>,
    count: usize,
}

#[pymethods]
impl FreeMap {
    /// Of a specification. Each list in `ordered` has the names of parameters that stay in rising
    /// order.
    #[new]
    fn new(specification: &Specification, ordered: Vec<Vec<String>>) -> PyResult<Self> {
        let mut map = Unconstrained::new(specification.cascade.clone()).map_err(value_error)?;
        for names in ordered {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            map = map.ordered(&names).map_err(|error| argument_error("ordered", error))?;
        }
        let count = map.start().len();
        Ok(Self { map, count })
    }

    /// The free numbers of the values in the specification.
    #[getter]
    fn start(&self) -> Vec<f64> {
        self.map.start()
    }

    /// The inverse of [`forward`](Self::forward).
    fn inverse<'py>(
        &self,
        py: Python<'py>,
        params: PyReadonlyArray2<'py, f64>,
    ) -> PyResult<Array<'py>> {
        let mut free = Vec::with_capacity(params.len());
        for item in self.items(elements("params", &params)?) {
            free.extend(self.map.to_free(item).map_err(value_error)?);
        }
        Ok(PyArray1::from_vec(py, free))
    }

    /// The parameters.
    fn forward<'py>(
        &self,
        py: Python<'py>,
        free: PyReadonlyArray2<'py, f64>,
    ) -> PyResult<Array<'py>> {
        let mut params = Vec::with_capacity(free.len());
        for item in self.items(elements("free", &free)?) {
            params.extend(self.map.to_params(item).map_err(value_error)?);
        }
        Ok(PyArray1::from_vec(py, params))
    }

    /// From the derivatives of a loss by the parameters to those by the free numbers.
    fn backward<'py>(
        &self,
        py: Python<'py>,
        slope: PyReadonlyArray2<'py, f64>,
        free: PyReadonlyArray2<'py, f64>,
    ) -> PyResult<Array<'py>> {
        let (slope, free) = (elements("slope", &slope)?, elements("free", &free)?);
        let mut gradient = Vec::with_capacity(free.len());
        for (slope, item) in self.items(slope).zip(self.items(free)) {
            gradient.extend(self.map.gradient(item, slope).map_err(value_error)?);
        }
        Ok(PyArray1::from_vec(py, gradient))
    }

    /// The derivatives of the product of `direction` and [`backward`](Self::backward), by `slope` and
    /// by the free numbers.
    fn backward_twice<'py>(
        &self,
        py: Python<'py>,
        direction: PyReadonlyArray2<'py, f64>,
        slope: PyReadonlyArray2<'py, f64>,
        free: PyReadonlyArray2<'py, f64>,
    ) -> PyResult<(Array<'py>, Array<'py>)> {
        let direction = elements("direction", &direction)?;
        let (slope, free) = (elements("slope", &slope)?, elements("free", &free)?);
        let mut by_slope = Vec::with_capacity(free.len());
        let mut by_free = Vec::with_capacity(free.len());
        let items = self.items(direction).zip(self.items(slope)).zip(self.items(free));
        for ((direction, slope), item) in items {
            let moved: Vec<Dual<f64, 1>> =
                item.iter().zip(direction).map(|(&x, &d)| Dual::new(x, [d])).collect();
            let params = self.map.to_params(&moved).map_err(value_error)?;
            by_slope.extend(params.iter().map(|param| param.tangent()[0]));
            by_free.extend(self.chain(slope, &moved).map_err(value_error)?);
        }
        Ok((PyArray1::from_vec(py, by_slope), PyArray1::from_vec(py, by_free)))
    }
}

impl FreeMap {
    /// The numbers of each item.
    fn items<'a>(&self, numbers: &'a [f64]) -> impl Iterator<Item = &'a [f64]> {
        numbers.chunks_exact(self.count.max(1))
    }

    /// The derivatives of the sum of all parameters, weighted by `slope`, by each free number, in the
    /// direction in which `free` moves.
    fn chain(&self, slope: &[f64], free: &[Dual<f64, 1>]) -> Result<Vec<f64>, DesignError> {
        let mut gradient = vec![0.0; free.len()];
        for (first, sums) in gradient.chunks_mut(WIDTH).enumerate() {
            let place = |index: usize| index.wrapping_sub(first * WIDTH);
            let seeded: Vec<Dual<Dual<f64, 1>, WIDTH>> =
                free.iter().enumerate().map(|(i, &x)| Dual::variable(x, place(i))).collect();
            let params = self.map.to_params(&seeded)?;
            for (index, sum) in sums.iter_mut().enumerate() {
                let terms = slope.iter().zip(&params);
                *sum = terms.map(|(s, param)| s * param.tangent()[index].tangent()[0]).sum();
            }
        }
        Ok(gradient)
    }
}
