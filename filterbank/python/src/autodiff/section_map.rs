//! Coefficients of sections as functions of parameters.

use std::iter;
use std::mem;
use std::ops::Range;

use filterbank::section::SvfSection;
use filterbank::spec::BandLabel;
use filterbank::tune::StableCascade;
use filterbank::{Band, DesignError, Dual, Scalar, Section, Tunable, TunableCascade};
use numpy::{PyArray1, PyArrayMethods, PyReadonlyArray2, PyReadonlyArray3};
use pyo3::{Bound, PyResult, Python, pyclass, pymethods};

use crate::array::{ANY_RATE, cascade};
use crate::autodiff::elements::elements;
use crate::error::{argument_error, value_error};
use crate::specification::Specification;

/// The free numbers of a raw section. No band has more parameters, so that one run on dual numbers
/// differentiates every band by all of its own.
const WIDTH: usize = 5;

type Array<'py> = Bound<'py, PyArray1<f64>>;

/// The coefficients of one section.
const COLUMNS: usize = 6;

/// One row for each section.
type Rows<S> = Vec<[S; COLUMNS]>;

/// Sections as a function of parameters: those of bands, or stable ones of raw coefficients.
///
/// Parameters are arrays `[items, params]`, coefficients `[items, sections, 6]`: either the rows
/// `[b0, b1, b2, 1, a1, a2]`, or `[g, g2, k, m0, m1, m2]` of the state-variable form. All results are
/// flat arrays.
///
/// The coefficients of a band depend on its own parameters alone. So all bands are differentiated at
/// once, each by the parameters of its own, and the cost per band does not grow with their number.
#[pyclass(frozen, module = "filterbank._core")]
pub struct SectionMap {
    source: Source,
    /// For each band, the index after its last section.
    ends: Vec<usize>,
    /// For each band, the index after its last parameter.
    param_ends: Vec<usize>,
}

/// What the sections come from.
enum Source {
    /// Bands, as second-order sections.
    Bands(TunableCascade),
    /// Bands, in the state-variable form.
    StateVariable(TunableCascade),
    /// Five free numbers for each section, see [`Section::from_unconstrained`].
    Raw,
}

#[pymethods]
impl SectionMap {
    /// Of a specification, as second-order sections or in the state-variable form.
    #[new]
    fn new(specification: &Specification, state_variable: bool) -> PyResult<Self> {
        let tunable = specification.cascade.clone();
        let ends = running_sums(tunable.tunes().iter().map(Band::section_count));
        let owners = tunable.param_bands();
        let param_ends: Vec<usize> =
            (0..ends.len()).map(|band| owners.partition_point(|&owner| owner <= band)).collect();
        let source = if state_variable { Source::StateVariable } else { Source::Bands };
        if let Some(band) = ranges(&param_ends).position(|range| range.len() > WIDTH) {
            return Err(value_error(format!("band {band} has more than {WIDTH} parameters")));
        }
        Ok(Self { source: source(tunable), ends, param_ends })
    }

    /// Of so many sections: five free numbers for each, and stable for any values.
    #[staticmethod]
    fn raw(sections: usize) -> Self {
        let each = |count| running_sums(iter::repeat_n(count, sections));
        Self { source: Source::Raw, ends: each(1), param_ends: each(WIDTH) }
    }

    /// The free numbers of stable sections, `[sections, 6]`: the inverse of [`raw`](Self::raw).
    #[staticmethod]
    fn to_raw<'py>(py: Python<'py>, sos: PyReadonlyArray2<'py, f64>) -> PyResult<Array<'py>> {
        let cascade = cascade(&sos, ANY_RATE)?;
        let stable = StableCascade::new(&cascade).map_err(|error| argument_error("sos", error))?;
        let raw = stable.params().map(|param| param.value).collect();
        Ok(PyArray1::from_vec(py, raw))
    }

    /// For each band, the index after its last section.
    #[getter]
    fn ends(&self) -> Vec<usize> {
        self.ends.clone()
    }

    /// The coefficients, `items * sections * 6` numbers.
    fn forward<'py>(
        &self,
        py: Python<'py>,
        params: PyReadonlyArray2<'py, f64>,
    ) -> PyResult<Array<'py>> {
        let (items, params) = (params.dims()[0], elements("params", &params)?);
        let rows = py.detach(|| {
            let mut rows = Vec::with_capacity(items * self.coefficient_count());
            for item in 0..items {
                rows.extend(self.rows(&params[self.param_range(item)])?.as_flattened());
            }
            Ok::<_, DesignError>(rows)
        });
        Ok(PyArray1::from_vec(py, rows.map_err(value_error)?))
    }

    /// The product of `slope`, the derivative of a loss by the coefficients, and the Jacobian: the
    /// derivative by the parameters, `items * params` numbers.
    fn backward<'py>(
        &self,
        py: Python<'py>,
        slope: PyReadonlyArray3<'py, f64>,
        params: PyReadonlyArray2<'py, f64>,
    ) -> PyResult<Array<'py>> {
        let items = params.dims()[0];
        let (slope, params) = (elements("slope", &slope)?, elements("params", &params)?);
        let gradient = py.detach(|| {
            let mut gradient = vec![0.0; params.len()];
            for item in 0..items {
                let range = self.param_range(item);
                let slope = &slope[self.coefficient_range(item)];
                self.chain(slope, &params[range.clone()], |&value| value, &mut gradient[range])?;
            }
            Ok::<_, DesignError>(gradient)
        });
        Ok(PyArray1::from_vec(py, gradient.map_err(value_error)?))
    }

    /// The derivatives of the product of `direction` and [`backward`](Self::backward): by `slope`,
    /// `items * sections * 6` numbers, and by the parameters, `items * params` numbers.
    fn backward_twice<'py>(
        &self,
        py: Python<'py>,
        direction: PyReadonlyArray2<'py, f64>,
        slope: PyReadonlyArray3<'py, f64>,
        params: PyReadonlyArray2<'py, f64>,
    ) -> PyResult<(Array<'py>, Array<'py>)> {
        let (items, direction) = (params.dims()[0], elements("direction", &direction)?);
        let (slope, params) = (elements("slope", &slope)?, elements("params", &params)?);
        let both = py.detach(|| {
            let moved: Vec<Dual<f64, 1>> =
                params.iter().zip(direction).map(|(&p, &d)| Dual::new(p, [d])).collect();
            let mut by_slope = Vec::with_capacity(slope.len());
            let mut by_params = vec![0.0; params.len()];
            for item in 0..items {
                let range = self.param_range(item);
                let (moved, by_params) = (&moved[range.clone()], &mut by_params[range]);
                let slope = &slope[self.coefficient_range(item)];
                by_slope.extend(self.rows(moved)?.as_flattened().iter().map(|c| c.tangent()[0]));
                self.chain(slope, moved, |derivative| derivative.tangent()[0], by_params)?;
            }
            Ok::<_, DesignError>((by_slope, by_params))
        });
        let (by_slope, by_params) = both.map_err(value_error)?;
        Ok((PyArray1::from_vec(py, by_slope), PyArray1::from_vec(py, by_params)))
    }
}

impl SectionMap {
    /// The number of parameters of one item.
    fn param_count(&self) -> usize {
        self.param_ends.last().copied().unwrap_or(0)
    }

    /// The number of sections of one item.
    fn section_count(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    /// The number of coefficients of one item.
    fn coefficient_count(&self) -> usize {
        COLUMNS * self.section_count()
    }

    /// Where the parameters of an item are.
    fn param_range(&self, item: usize) -> Range<usize> {
        let count = self.param_count();
        item * count..(item + 1) * count
    }

    /// Where the coefficients of an item are.
    fn coefficient_range(&self, item: usize) -> Range<usize> {
        let count = self.coefficient_count();
        item * count..(item + 1) * count
    }

    /// The coefficients of all sections.
    fn rows<S: Scalar>(&self, params: &[S]) -> Result<Rows<S>, DesignError> {
        match &self.source {
            Source::Bands(tunable) => {
                let cascade = tunable.tuned(params)?;
                Ok(cascade.sections().iter().map(Section::row).collect())
            }
            Source::StateVariable(tunable) => {
                let mut sections = vec![SvfSection::identity(); self.section_count()];
                let bands = tunable.bands(params)?;
                for ((index, band), range) in bands.iter().enumerate().zip(ranges(&self.ends)) {
                    band.svf_sections_into(tunable.sample_rate(), &mut sections[range])
                        .map_err(|error| error.in_band(BandLabel::Index(index)))?;
                }
                Ok(sections.iter().map(SvfSection::coefficients).collect())
            }
            Source::Raw => {
                let (raw, _) = params.as_chunks::<WIDTH>();
                raw.iter().map(|raw| Ok(Section::from_unconstrained(*raw).row())).collect()
            }
        }
    }

    /// For each parameter, `read` of the derivatives of all coefficients by it, weighted by `slope`
    /// and summed.
    fn chain<S: Scalar>(
        &self,
        slope: &[f64],
        params: &[S],
        read: impl Fn(&S) -> f64,
        gradient: &mut [f64],
    ) -> Result<(), DesignError> {
        // As many tangents as the largest band needs.
        match ranges(&self.param_ends).map(|range| range.len()).max().unwrap_or(0) {
            0 => Ok(()),
            1 => self.chain_of::<S, 1>(slope, params, read, gradient),
            2 => self.chain_of::<S, 2>(slope, params, read, gradient),
            3 => self.chain_of::<S, 3>(slope, params, read, gradient),
            _ => self.chain_of::<S, WIDTH>(slope, params, read, gradient),
        }
    }

    fn chain_of<S: Scalar, const N: usize>(
        &self,
        slope: &[f64],
        params: &[S],
        read: impl Fn(&S) -> f64,
        gradient: &mut [f64],
    ) -> Result<(), DesignError> {
        let mut seeded = Vec::with_capacity(params.len());
        for range in ranges(&self.param_ends) {
            let values = params[range].iter().enumerate();
            seeded.extend(values.map(|(place, &value)| Dual::<S, N>::variable(value, place)));
        }
        let rows = self.rows(&seeded)?;
        for (sections, params) in ranges(&self.ends).zip(ranges(&self.param_ends)) {
            let slope = &slope[COLUMNS * sections.start..COLUMNS * sections.end];
            let coefficients = rows[sections].as_flattened();
            for (place, sum) in gradient[params].iter_mut().enumerate() {
                let terms = slope.iter().zip(coefficients);
                *sum = terms.map(|(s, c)| s * read(&c.tangent()[place])).sum();
            }
        }
        Ok(())
    }
}

/// Sums up to each entry.
fn running_sums(counts: impl Iterator<Item = usize>) -> Vec<usize> {
    counts
        .scan(0, |sum, count| {
            *sum += count;
            Some(*sum)
        })
        .collect()
}

/// The ranges that end at `ends`.
fn ranges(ends: &[usize]) -> impl Iterator<Item = Range<usize>> + '_ {
    ends.iter().scan(0, |start, &end| Some(mem::replace(start, end)..end))
}
