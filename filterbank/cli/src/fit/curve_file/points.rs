//! From rows to the points of a curve.

use super::Found;
use super::choice::Choice;
use super::layout::Layout;
use super::table::{Row, Table};
use super::unit::Unit;
use crate::shared::format::counted;

/// Largest magnitude of a level in dB.
const LARGEST: f64 = 1_000.0;

/// The points of a table by frequency, in Hz and dB, and what was done to its rows.
pub fn points(table: &Table<'_>, layout: Layout, choice: &Choice) -> Found {
    let mut points = Vec::new();
    let mut missing: Option<(u64, &Row<'_>)> = None;
    let mut converted = None;
    for row in &table.rows {
        if let Some((point, unit)) = point(row, layout, choice)? {
            points.push(point);
            converted = converted.or_else(|| unit?.conversion());
        } else {
            let (count, first) = missing.unwrap_or((0, row));
            missing = Some((count + 1, first));
        }
    }
    let mut notes: Vec<String> = Vec::new();
    notes.extend(converted.map(|conversion| format!("each level is {conversion}")));
    if let Some((count, row)) = missing {
        let cell = row.cells.get(choice.level).copied().unwrap_or_default();
        let cell: String = cell.chars().take(20).collect();
        let rows = counted(count, "row");
        notes.push(format!(
            "{rows} without a level left out, the first in line {}: `{cell}`",
            row.line
        ));
    }
    if table.texts > 0 {
        let lines = counted(table.texts as u64, "line");
        notes.push(format!("{lines} of text between or below the points left out"));
    }
    if !points.is_sorted_by(|a, b| a.0 <= b.0) {
        notes.push("rows sorted by frequency".into());
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    let mean = |same: &[(f64, f64)]| {
        let sum: f64 = same.iter().map(|point| point.1).sum();
        (same[0].0, sum / same.len() as f64)
    };
    let repeated = |same: &&[(f64, f64)]| same.len() > 1;
    let groups = || points.chunk_by(|a, b| a.0 == b.0);
    let repetitions = groups().filter(repeated).count() as u64;
    if repetitions > 0 {
        let frequencies = if repetitions == 1 { "frequency" } else { "frequencies" };
        notes.push(format!("{repetitions} repeated {frequencies}: levels averaged"));
    }
    Ok((groups().map(mean).collect(), notes))
}

/// A point, and the unit of its level if it stands in the cell.
type Point = ((f64, f64), Option<Unit>);

/// The point in a row; `None` without a frequency or level.
fn point(row: &Row<'_>, layout: Layout, choice: &Choice) -> Result<Option<Point>, String> {
    let number = |column: usize| row.cells.get(column).and_then(|cell| layout.number(cell));
    let (Some(frequency), Some(level)) = (number(choice.frequency), number(choice.level)) else {
        return Ok(None);
    };
    let scale = match frequency.unit {
        Some(Unit::Hertz(scale)) => scale,
        _ => choice.scale,
    };
    let line = row.line;
    let hertz = frequency.value * scale;
    if hertz < 0.0 {
        return Err(format!("line {line}: the frequency {hertz} Hz must be at least 0"));
    }
    let unit = match level.unit {
        Some(Unit::Ohm) => {
            return Err(format!(
                "line {line}: `{}` is an impedance, not a level: export the frequency response in dB",
                row.cells[choice.level],
            ));
        }
        Some(Unit::Hertz(_) | Unit::Other) => return Ok(None),
        Some(unit) => unit,
        None => choice.unit,
    };
    let Some(decibels) = unit.decibels(level.value) else { return Ok(None) };
    if decibels.abs() > LARGEST {
        return Err(format!(
            "line {line}: the level {decibels} dB must lie from -{LARGEST} to {LARGEST}; if levels \
             are in another column, name them in a header, or use `--column`"
        ));
    }
    Ok(Some(((hertz, decibels), level.unit)))
}
