//! The design as JSON.

use filterbank::{Band, DesignError, Dual, Scalar as _, Section};
use serde_json::{Map, Value, json};

use crate::shared::rounding::rounding_db;

/// A coefficient and its derivatives by the parameters of a band, at most four.
type Number = Dual<f64, 4>;

/// One object with `sample_rate`, `sections` (rows `[b0, b1, b2, a0, a1, a2]`), `rounding_db` (of
/// the level at the edges; `null` if rounding leaves it undetermined), `params`, and `tangents`:
/// for the name of each parameter, the derivatives of the rows.
pub fn json(band: &Band<f64>, sample_rate: f64) -> Result<Value, DesignError> {
    let mut index = 0..;
    let seeded = band.map(|_, value| Number::variable(value, index.next().unwrap_or(usize::MAX)));
    let sections = seeded.sections(sample_rate)?;
    let rows = |number: &dyn Fn(Number) -> f64| -> Vec<[f64; 6]> {
        sections.iter().map(|section: &Section<Number>| section.row().map(number)).collect()
    };

    let mut params = Map::new();
    let mut tangents = Map::new();
    for (index, (parameter, value)) in band.params().into_iter().enumerate() {
        params.insert(parameter.to_string(), json!(value));
        tangents.insert(parameter.to_string(), json!(rows(&|number| number.tangent()[index])));
    }
    Ok(json!({
        "sample_rate": sample_rate,
        "sections": rows(&|number| number.primal()),
        "rounding_db": rounding_db(band, sample_rate),
        "params": params,
        "tangents": tangents,
    }))
}
