//! Bands in series with parameters, for designs with derivatives and for fits.

use std::collections::HashMap;

use filterbank::tune::parse_band;
use filterbank::{Band, Tunable, TunableCascade, Tune, jacobian};
use numpy::{PyArray2, PyArray3};
use pyo3::{Bound, PyResult, Python, pyclass, pymethods};

use crate::array::{array, sos};
use crate::error::{argument_error, value_error};

/// Bands in series at a sample rate, some or all of whose numbers are parameters.
#[pyclass(frozen, module = "filterbank._core")]
pub struct Specification {
    pub cascade: TunableCascade,
}

#[pymethods]
impl Specification {
    /// From bands in the grammar of `filterbank!`. Without names, a band has its word as name, and
    /// its number among the bands of that word if there are several. If no number is marked by
    /// `tune(…)`, all are parameters.
    #[new]
    #[pyo3(signature = (bands, fs, names=None))]
    fn new(bands: Vec<String>, fs: f64, names: Option<Vec<String>>) -> PyResult<Self> {
        let mut tunes = Vec::with_capacity(bands.len());
        for (index, text) in bands.iter().enumerate() {
            let band = parse_band(text);
            tunes.push(band.map_err(|error| argument_error(&format!("bands[{index}]"), error))?);
        }
        let names = match names {
            Some(names) if names.len() == tunes.len() => names,
            Some(names) => {
                let (names, bands) = (names.len(), tunes.len());
                return Err(argument_error("names", format!("{names} names for {bands} bands")));
            }
            None => default_names(&tunes),
        };
        let tunes = if tunes.iter().any(is_tuned) { tunes } else { all_free(&tunes) };
        let cascade = TunableCascade::new(names.into_iter().zip(tunes), fs);
        Ok(Self { cascade: cascade.map_err(value_error)? })
    }

    /// Samples per second.
    #[getter]
    fn fs(&self) -> f64 {
        self.cascade.sample_rate()
    }

    /// The bands with their `tune(…)`.
    #[getter]
    fn bands(&self) -> Vec<String> {
        self.cascade.tunes().iter().map(ToString::to_string).collect()
    }

    /// The name of each band.
    #[getter]
    fn band_names(&self) -> Vec<String> {
        self.cascade.band_names().map(str::to_owned).collect()
    }

    /// The name of each parameter: `"peak.center"`.
    #[getter]
    fn names(&self) -> Vec<String> {
        self.cascade.params().map(|param| param.name.to_owned()).collect()
    }

    /// The value of each parameter in the specification.
    #[getter]
    fn values(&self) -> Vec<f64> {
        self.cascade.params().map(|param| param.value).collect()
    }

    /// The bounds of each parameter, infinite where there is none.
    #[getter]
    fn bounds(&self) -> Vec<(f64, f64)> {
        self.cascade.params().map(|param| param.bounds).collect()
    }

    /// The unit of each parameter: `"Hz"`, `"dB"`, `"oct"` or `""`.
    #[getter]
    fn units(&self) -> Vec<&'static str> {
        self.cascade.params().map(|param| param.quantity.unit()).collect()
    }

    /// The bands for given values of the parameters.
    fn bands_at(&self, values: Vec<f64>) -> PyResult<Vec<String>> {
        let bands = self.cascade.bands(&values).map_err(value_error)?;
        Ok(bands.iter().map(ToString::to_string).collect())
    }

    /// The second-order sections for given values of the parameters.
    fn sos<'py>(&self, py: Python<'py>, values: Vec<f64>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        sos(py, self.cascade.tuned(&values).map_err(value_error)?.sections())
    }

    /// The second-order sections, and their derivatives by the parameters: an array of the shape
    /// `(n_sections, 6, n_params)`.
    #[allow(clippy::type_complexity, reason = "two plain arrays")]
    fn jacobian<'py>(
        &self,
        py: Python<'py>,
        values: Vec<f64>,
    ) -> PyResult<(Bound<'py, PyArray2<f64>>, Bound<'py, PyArray3<f64>>)> {
        let (rows, derivatives) = jacobian(&values, |params| {
            let sections = self.cascade.tuned(params)?.sos();
            Ok(sections.into_iter().flatten().collect::<Vec<_>>())
        })
        .map_err(|error: filterbank::DesignError| value_error(error))?;
        let sections = rows.len() / 6;
        let by_params = derivatives.as_slice().to_vec();
        Ok((array(py, rows, [sections, 6])?, array(py, by_params, [sections, 6, values.len()])?))
    }
}

fn is_tuned(band: &Band<Tune>) -> bool {
    band.params().iter().any(|(_, tune)| matches!(tune, Tune::Free { .. }))
}

/// The bands with every number as a parameter.
fn all_free(bands: &[Band<Tune>]) -> Vec<Band<Tune>> {
    bands.iter().map(|band| band.map(|_, tune| Tune::free(tune.start()))).collect()
}

/// The word of each band, with its number among the bands of that word if there are several.
fn default_names(bands: &[Band<Tune>]) -> Vec<String> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for band in bands {
        *counts.entry(band.word()).or_default() += 1;
    }
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let name = |band: &Band<Tune>| {
        let (word, number) = (band.word(), numbers.entry(band.word()).or_default());
        *number += 1;
        if counts[word] == 1 { word.to_owned() } else { format!("{word}{number}") }
    };
    bands.iter().map(name).collect()
}
