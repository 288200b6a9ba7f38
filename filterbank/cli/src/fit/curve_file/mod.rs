//! Curves as measurement programs, equalisers and spreadsheets write them.
//!
//! The separator, the decimal mark and the columns are decided for the whole file. What may be read
//! in two ways is refused; what is left out or converted is told in notes.
//!
//! ```text
//! bytes ─► encoding ─► formats ─┬─► layout ─► table ─► header ─► choice ─► points
//!                               └─► equalizer
//! ```

mod choice;
mod encoding;
mod equalizer;
mod formats;
mod header;
mod layout;
mod number;
mod points;
mod table;
mod unit;

use std::path::Path;

use super::curve::Curve;
use crate::shared::failure::Failure;
use crate::shared::input;
use layout::Layout;
use table::Table;

pub use choice::Role;

const NEEDED: &str = "two columns are needed, frequency in Hz and level in dB";

/// How to read a file.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub role: Role,
    /// The name or the number of the column of levels.
    pub column: Option<&'a str>,
    /// Samples per second of an equaliser in a file.
    pub sample_rate: f64,
}

/// A curve from a file.
#[derive(Debug)]
pub struct Reading {
    pub curve: Curve,
    /// What was left out, sorted, averaged or converted, with the name of the file.
    pub notes: Vec<String>,
}

/// A curve without its name, or the problem.
type Found = Result<(Vec<(f64, f64)>, Vec<String>), String>;

/// Reads a file, or standard input.
pub fn read(path: &Path, request: Request<'_>) -> Result<Reading, Failure> {
    let bytes = input::read(path)?;
    let text = encoding::decoded(&bytes);
    let name = input::name(path);
    if let Some(advice) = formats::binary(path, &bytes, &text).or_else(|| formats::markup(&text)) {
        return Err(Failure::usage(format!("{name} {advice}")));
    }
    let is_impedance = path.extension().is_some_and(|name| name.eq_ignore_ascii_case("zma"));
    if is_impedance {
        return Err(Failure::usage(format!(
            "{name} is an impedance in ohms, not a level: export the frequency response in dB (.frd)"
        )));
    }
    parse(&name, &text, request)
}

/// Reads the text of a file with a name for messages.
pub fn parse(name: &str, text: &str, request: Request<'_>) -> Result<Reading, Failure> {
    let lines = encoding::lines(text);
    let found = match equalizer::find(&lines, request) {
        Some(found) => found,
        None => curve(&lines, request),
    };
    let named = |text: String| format!("{name}: {text}");
    let (points, notes) = found.map_err(|problem| Failure::usage(named(problem)))?;
    let notes = notes.into_iter().map(named).collect();
    Ok(Reading { curve: Curve { name: name.into(), points }, notes })
}

/// The curve in the first table that has one.
fn curve(lines: &[String], request: Request<'_>) -> Found {
    if lines.iter().all(String::is_empty) {
        return Err(format!("it is empty: {NEEDED}"));
    }
    let layout = Layout::find(lines)?;
    let tables = Table::all(lines, layout);
    // A number above a header is no table, unless there is nothing else.
    let longest = tables.iter().map(|table| table.rows.len()).max().unwrap_or_default();
    let mut first_problem = None;
    for (index, table) in tables.iter().enumerate() {
        if table.rows.len() < longest.min(3) {
            continue;
        }
        match from_table(table, layout, request) {
            Ok((points, mut notes)) => {
                if let Some(next) = tables.get(index + 1) {
                    let line = next.rows[0].line;
                    notes.push(format!("another table, from line {line} on, is not read"));
                }
                return Ok((points, notes));
            }
            Err(problem) => first_problem = first_problem.or(Some(problem)),
        }
    }
    Err(first_problem.unwrap_or_else(|| format!("it has no numbers: {NEEDED}")))
}

fn from_table(table: &Table<'_>, layout: Layout, request: Request<'_>) -> Found {
    let columns = header::columns(&table.heads, layout, table.width());
    let choice = choice::Choice::new(table, &columns, layout, request.column, request.role)?;
    let (points, notes) = points::points(table, layout, &choice)?;
    if points.is_empty() {
        return Err(format!("no row has a level: {NEEDED}"));
    }
    Ok((points, [choice.notes, notes].concat()))
}
