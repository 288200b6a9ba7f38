//! Which columns are the curve.

use super::header::{Column, Kind};
use super::layout::Layout;
use super::table::Table;
use super::unit::Unit;

/// What a curve is for: of several columns with levels, the name decides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Role {
    /// The gain wanted.
    Gain,
    Measurement,
    Target,
}

/// The two columns of a curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub frequency: usize,
    /// Hertz in a unit of the frequencies.
    pub scale: f64,
    pub level: usize,
    pub unit: Unit,
    pub notes: Vec<String>,
}

impl Role {
    /// The names of this role's columns in files that hold everything about a headphone.
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Gain => &["equalization", "raw"],
            Self::Measurement => &["raw"],
            Self::Target => &["target", "raw"],
        }
    }

    /// The option that chooses another column.
    pub fn option(self) -> &'static str {
        if self == Self::Target { "--target-column" } else { "--column" }
    }
}

impl Choice {
    /// Chooses the columns, the level by `wanted` if that is given.
    pub fn new(
        table: &Table<'_>,
        columns: &[Column],
        layout: Layout,
        wanted: Option<&str>,
        role: Role,
    ) -> Result<Self, String> {
        let is_frequency = |column: &Column| matches!(column.kind, Some(Kind::Frequency(_)));
        let mut notes = Vec::new();
        let mut columns = columns.to_vec();
        let first = match columns.iter().position(is_frequency) {
            Some(first) => first,
            None => default_frequency(table, &columns, layout, &mut notes)?,
        };
        if matches!(columns[first].kind, Some(Kind::Level(_))) {
            // The line is no header, whatever it says.
            columns.fill(Column::default());
        }
        let columns = &columns[..];
        let level = match wanted {
            Some(wanted) => find(columns, wanted, role)?,
            None => default_level(columns, first, role, &mut notes)?,
        };
        if level == first || is_frequency(&columns[level]) {
            return Err(format!("column {} holds frequencies, not levels", named(columns, level)));
        }
        // In a file of pairs, each level has its own frequencies on its left.
        let frequency = (0..level).rev().find(|index| is_frequency(&columns[*index]));
        let frequency = frequency.unwrap_or(first);
        let scale = match columns[frequency].kind {
            Some(Kind::Frequency(scale)) => scale,
            _ => 1.0,
        };
        let unit = match columns[level].kind {
            Some(Kind::Impedance) => return Err(impedance(columns, level)),
            Some(Kind::Level(unit)) => unit,
            _ => Unit::Decibel,
        };
        if let Some(conversion) = unit.conversion() {
            notes.push(format!("column {} is {conversion}", named(columns, level)));
        }
        Ok(Self { frequency, scale, level, unit, notes })
    }
}

/// The column of frequencies that no header names.
fn default_frequency(
    table: &Table<'_>,
    columns: &[Column],
    layout: Layout,
    notes: &mut Vec<String>,
) -> Result<usize, String> {
    let is_possible = |index: &usize| matches!(columns[*index].kind, None | Some(Kind::Level(_)));
    let possible: Vec<usize> = (0..columns.len()).filter(is_possible).collect();
    let values = |column: usize| -> Vec<f64> {
        let numbers = table.rows.iter().filter_map(|row| layout.number(row.cells.get(column)?));
        numbers.map(|number| number.value).collect()
    };
    let is_ordered = |values: &[f64]| {
        let rises = values.windows(2).filter(|pair| pair[0] <= pair[1]).count();
        let falls = values.windows(2).filter(|pair| pair[0] >= pair[1]).count();
        rises.max(falls) + 1 >= values.len() && values.iter().all(|value| *value >= 0.0)
    };
    let Some(&first) = possible.first() else {
        let list = list(columns);
        return Err(format!("no column holds frequencies in Hz; its columns are {list}"));
    };
    let values_of_first = values(first);
    let counts = values_of_first.windows(2).all(|pair| pair[1] - pair[0] == 1.0)
        && values_of_first.first().is_some_and(|first| [0.0, 1.0].contains(first))
        && columns.len() > 2;
    if is_ordered(&values_of_first) && !counts {
        return Ok(first);
    }
    // Levels may rise too, but not by octaves.
    let spans_octaves = |values: &[f64]| {
        let (first, last) = (values[0], values[values.len() - 1]);
        first.max(last) >= 2.0 * first.min(last)
    };
    let other = possible[1..].iter().copied().find(|column| {
        let values = values(*column);
        values.len() > 2 && is_ordered(&values) && spans_octaves(&values)
    });
    if let Some(column) = other {
        notes.push(format!("column {} rises: taken as the frequency", column + 1));
    }
    Ok(other.unwrap_or(first))
}

/// The column of levels, if nobody chose one.
fn default_level(
    columns: &[Column],
    frequency: usize,
    role: Role,
    notes: &mut Vec<String>,
) -> Result<usize, String> {
    let of_kind = |is_level: fn(&Option<Kind>) -> bool| -> Vec<usize> {
        let others = (0..columns.len()).filter(|index| *index != frequency);
        others.filter(|index| is_level(&columns[*index].kind)).collect()
    };
    let mut levels = of_kind(|kind| matches!(kind, Some(Kind::Level(_))));
    if levels.is_empty() {
        levels = of_kind(Option::is_none);
        // An index may stand on the left of the frequency.
        let right = levels.partition_point(|index| *index < frequency);
        levels.rotate_left(right);
    }
    let Some(&first) = levels.first() else {
        let impedances = of_kind(|kind| *kind == Some(Kind::Impedance));
        return Err(match impedances.first() {
            Some(&column) => impedance(columns, column),
            None if columns.len() < 2 => {
                "there is one column only: frequency in Hz and level in dB are needed".into()
            }
            None => format!("no column holds levels in dB; its columns are {}", list(columns)),
        });
    };
    let is_called = |index: &usize, word: &str| {
        columns[*index].names.iter().any(|name| words(name).any(|other| other == word))
    };
    let called = |word: &str| levels.iter().copied().find(|index| is_called(index, word));
    let left = || ["left", "l"].into_iter().find_map(called);
    let chosen = role.names().iter().copied().find_map(called).or_else(left).unwrap_or(first);
    let is_named = columns.iter().any(|column| !column.names.is_empty());
    if levels.len() > 1 && is_named {
        let others = levels.iter().filter(|index| **index != chosen);
        let others: Vec<String> = others.map(|index| named(columns, *index)).collect();
        notes.push(format!(
            "column {} is read; `{}` chooses another one: {}",
            named(columns, chosen),
            role.option(),
            others.join(", "),
        ));
    }
    Ok(chosen)
}

/// The column with a name or a number.
fn find(columns: &[Column], wanted: &str, role: Role) -> Result<usize, String> {
    let lower = wanted.trim().to_lowercase();
    let is_level = |index: &usize| {
        let kind = columns[*index].kind;
        !matches!(kind, Some(Kind::Frequency(_) | Kind::Other))
    };
    let having = |matches: &dyn Fn(&str) -> bool| -> Vec<usize> {
        let has = |index: &usize| columns[*index].names.iter().any(|name| matches(name));
        (0..columns.len()).filter(has).collect()
    };
    let exact = having(&|name| name.to_lowercase() == lower);
    let by_word = having(&|name| words(name).any(|word| word == lower));
    let by_part = having(&|name| name.to_lowercase().contains(&lower));
    for found in [exact, by_word, by_part] {
        let levels: Vec<usize> = found.iter().copied().filter(is_level).collect();
        if let [column] = levels[..] {
            return Ok(column);
        }
        if levels.len() > 1 {
            let list: Vec<String> = levels.iter().map(|index| named(columns, *index)).collect();
            return Err(format!(
                "`{} {wanted}` names several columns: {}",
                role.option(),
                list.join(", "),
            ));
        }
        if let [column] = found[..] {
            return Ok(column);
        }
    }
    match lower.parse::<usize>() {
        Ok(number) if (1..=columns.len()).contains(&number) => Ok(number - 1),
        _ => Err(format!(
            "there is no column `{wanted}` (`{}`); its columns are {}",
            role.option(),
            list(columns),
        )),
    }
}

fn impedance(columns: &[Column], column: usize) -> String {
    format!(
        "column {} is an impedance in ohms, not a level: export the frequency response in dB",
        named(columns, column),
    )
}

/// All columns with their numbers and names.
fn list(columns: &[Column]) -> String {
    let each: Vec<String> = (0..columns.len()).map(|index| named(columns, index)).collect();
    each.join(", ")
}

/// A column's number and names.
fn named(columns: &[Column], index: usize) -> String {
    // Highest first, and no axes.
    let names = columns[index].names.iter().rev();
    let names: Vec<&str> = names.map(String::as_str).filter(|name| !is_axis(name)).collect();
    if names.is_empty() {
        format!("{}", index + 1)
    } else {
        format!("{} (`{}`)", index + 1, names.join(" "))
    }
}

fn is_axis(name: &str) -> bool {
    ["x", "y"].contains(&name.to_lowercase().as_str())
}

/// The words of a name, in lower case.
fn words(name: &str) -> impl Iterator<Item = String> {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::{Choice, Role};
    use crate::fit::curve_file::header::columns;
    use crate::fit::curve_file::layout::Layout;
    use crate::fit::curve_file::table::Table;

    fn choice(text: &str, wanted: Option<&str>, role: Role) -> Result<Choice, String> {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let layout = Layout::find(&lines)?;
        let table = Table::all(&lines, layout).pop().ok_or("no table")?;
        let columns = columns(&table.heads, layout, table.width());
        Choice::new(&table, &columns, layout, wanted, role)
    }

    /// The columns, counted from 1.
    fn chosen(text: &str, wanted: Option<&str>, role: Role) -> (usize, usize) {
        let choice = choice(text, wanted, role).unwrap_or_else(|problem| panic!("{problem}"));
        (choice.frequency + 1, choice.level + 1)
    }

    const STEREO: &str = "Hz,Left (dB),Right (dB)\n20,70,71\n30,72,73\n40,70,70";
    const PAIRS: &str = "Left,,Right,\nX,Y,X,Y\nHz,dB,Hz,dB\n20,70,20,71\n30,72,30,73\n40,7,40,7";

    #[test]
    fn headers_choose_the_columns() {
        for (text, expected) in [
            ("frequency,raw\n20,70\n30,71", (1, 2)),
            ("raw,frequency\n70,20\n71,30", (2, 1)),
            ("error,frequency,raw\n1,20,70\n1,30,71", (2, 3)),
            ("index,frequency,raw\n0,20,70\n1,30,71", (2, 3)),
            ("Freq,Phase,SPL\n20,10,70\n30,11,71", (1, 3)),
            ("20,70.5,10\n30,71,11", (1, 2)),
            (STEREO, (1, 2)),
            (PAIRS, (1, 2)),
        ] {
            assert_eq!(chosen(text, None, Role::Measurement), expected, "{text}");
        }
    }

    #[test]
    fn values_choose_where_there_is_no_header() {
        assert_eq!(chosen("70,20\n72,30\n71,40", None, Role::Measurement), (2, 1));
        assert_eq!(chosen("0,20,70.5\n1,30,72\n2,40,71", None, Role::Measurement), (2, 3));
        assert_eq!(chosen("1,20\n2,30\n3,10", None, Role::Measurement), (1, 2));
    }

    #[test]
    fn a_role_prefers_its_own_column() {
        let all = "frequency,raw,smoothed,target,equalization\n20,1,2,3,4\n30,1,2,3,4";
        for (role, level) in [(Role::Measurement, 2), (Role::Target, 4), (Role::Gain, 5)] {
            assert_eq!(chosen(all, None, role), (1, level), "{role:?}");
        }
    }

    #[test]
    fn other_columns_are_chosen_by_name_or_number() {
        for wanted in ["right", "Right (dB)", "3", "righ"] {
            assert_eq!(chosen(STEREO, Some(wanted), Role::Measurement), (1, 3), "{wanted}");
        }
        assert_eq!(chosen(PAIRS, Some("right"), Role::Measurement), (3, 4));
        for (wanted, problem) in [
            ("middle", "there is no column `middle` (`--column`); its columns are 1 (`Hz`), 2"),
            ("db", "names several columns"),
            ("1", "column 1 (`Hz`) holds frequencies"),
            ("4", "there is no column `4`"),
        ] {
            let found = choice(STEREO, Some(wanted), Role::Measurement).expect_err(wanted);
            assert!(found.contains(problem), "{found}");
        }
    }

    #[test]
    fn columns_without_levels_are_refused() {
        for (text, problem) in [
            ("* Freq(Hz) Z(Ohms) Phase(degrees)\n20 8 3\n30 9 3", "2 (`Z(Ohms)`) is an impedance"),
            ("Freq,Phase\n20,8\n30,9", "no column holds levels in dB; its columns are 1 (`Freq`)"),
            ("20 Hz\n30 Hz", "one column only"),
        ] {
            let found = choice(text, None, Role::Measurement).expect_err(text);
            assert!(found.contains(problem), "{found}");
        }
    }
}
