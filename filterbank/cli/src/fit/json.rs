//! The result as JSON.

use serde_json::{Value, json};

use super::errors::Errors;
use super::job::{Distance, Problem};
use super::rounded::Rounded;
use super::search::Found;
use super::values::{Values, kind};

/// One object: the filters are rows `[kind, hz, q, gain_db]`, `seconds` is the duration of the
/// search.
pub fn json(problem: &Problem, found: &Found, eq: &Rounded, distance: &Distance) -> Value {
    let row = |band| {
        let [_, kind, _] = kind(band);
        let Values { frequency, q, gain_db } = Values::of(band);
        json!([kind, frequency, q, gain_db])
    };
    json!({
        "sample_rate": found.cascade.sample_rate(),
        "preamp_db": eq.preamp_db,
        "rms_db": found.rms_db,
        "largest_error": largest(&found.errors),
        "opposition_db": found.opposition_db,
        "before": errors(&distance.before),
        "after": errors(&distance.after),
        "filters": found.bands.iter().map(row).collect::<Vec<_>>(),
        "notes": problem.notes,
        "seconds": found.elapsed.as_secs_f64(),
    })
}

/// A distance to the target.
fn errors(errors: &Errors) -> Value {
    json!({ "rms_db": errors.rms_db, "largest_error": largest(errors) })
}

/// The largest error; null if only the mean counts.
fn largest(errors: &Errors) -> Value {
    errors.worst.map_or(Value::Null, |(hz, db)| json!({ "hz": hz, "db": db }))
}
