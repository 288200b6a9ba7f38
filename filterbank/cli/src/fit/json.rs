//! The result as JSON.

use serde_json::{Value, json};

use super::search::Found;
use super::values::{Values, kind};

/// One object with `sample_rate`, `rms_db`, `filters` (rows `[kind, hz, q, gain_db]`) and
/// `seconds`, the duration of the search.
pub fn json(found: &Found) -> Value {
    let row = |band| {
        let [_, kind, _] = kind(band);
        let Values { frequency, q, gain_db } = Values::of(band);
        json!([kind, frequency, q, gain_db])
    };
    json!({
        "sample_rate": found.cascade.sample_rate(),
        "rms_db": found.rms_db,
        "filters": found.bands.iter().map(row).collect::<Vec<_>>(),
        "seconds": found.elapsed.as_secs_f64(),
    })
}
