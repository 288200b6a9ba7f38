//! What the lines above a table say about its columns.

use super::layout::{Layout, Separator};
use super::unit::Unit;

/// Lines above a table that may name its columns.
const REACH: usize = 6;

/// Beginnings of `frequency` in several languages.
const FREQUENCY: [&str; 8] = ["freq", "fréq", "frek", "frec", "frequ", "частот", "周波数", "频率"];
/// Names of levels.
const LEVEL: [&str; 26] = [
    "spl",
    "level",
    "levels",
    "magnitude",
    "magn",
    "mag",
    "amplitude",
    "amp",
    "gain",
    "raw",
    "response",
    "left",
    "right",
    "l",
    "r",
    "target",
    "equalization",
    "equalisation",
    "smoothed",
    "average",
    "avg",
    "mean",
    "pegel",
    "niveau",
    "livello",
    "nivel",
];
/// Names of what is neither a frequency nor a level.
const OTHER: [&str; 21] = [
    "phase",
    "angle",
    "error",
    "coherence",
    "delay",
    "thd",
    "thdn",
    "distortion",
    "noise",
    "limit",
    "lower",
    "upper",
    "time",
    "real",
    "imag",
    "imaginary",
    "std",
    "sigma",
    "deviation",
    "passed",
    "failed",
];
/// The same, if they are the whole name.
const OTHER_ALONE: [&str; 9] = ["re", "im", "index", "number", "no", "nr", "id", "point", "row"];
/// Names of impedances.
const IMPEDANCE: [&str; 4] = ["impedance", "impedanz", "imp", "z"];

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Frequencies in multiples of 1 Hz.
    Frequency(f64),
    Level(Unit),
    Impedance,
    Other,
}

/// What is known about a column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Column {
    /// Its names, from the lowest line up; among them the names that it shares with columns to its
    /// left.
    pub names: Vec<String>,
    pub kind: Option<Kind>,
}

/// The columns of a table, as the lines above it describe them.
pub fn columns(heads: &[&str], layout: Layout, width: usize) -> Vec<Column> {
    let mut columns = vec![Column::default(); width];
    let mut certain = vec![false; width];
    let lines = heads.iter().rev().take(REACH);
    let aligned = lines.map(|head| aligned(head, layout, width));
    let named = aligned.skip_while(Option::is_none).map_while(|cells| cells);
    for cells in named {
        // A name belongs to the empty cells on its right, until the next level.
        let mut shared = None;
        for (index, column) in columns.iter_mut().enumerate() {
            let cell = cells.get(index).copied().unwrap_or_default();
            if cell.is_empty() {
                column.names.extend(shared.map(str::to_owned));
                continue;
            }
            shared = Some(cell);
            column.names.push(cell.to_owned());
            // Of two lines, the one with the unit counts.
            let (kind, is_unit) = kind(cell);
            if kind.is_some() && (column.kind.is_none() || is_unit && !certain[index]) {
                column.kind = kind;
                certain[index] = is_unit;
            }
        }
    }
    if columns.iter().all(|column| column.names.is_empty()) {
        for (column, kind) in columns.iter_mut().zip(loose(heads)) {
            column.kind = kind;
        }
    }
    columns
}

/// The names in a line; `None` if they do not match the columns.
fn aligned(head: &str, layout: Layout, width: usize) -> Option<Vec<&str>> {
    let is_header = |cells: &[&str]| {
        cells.iter().all(|cell| layout.number(cell).is_none() && !cell.contains('='))
    };
    if layout.separator != Separator::Spaces {
        let cells = layout.cells(head);
        if cells.len() > 1 {
            return is_header(&cells).then_some(cells);
        }
    }
    let others = [Separator::Tab, Separator::Semicolon, Separator::SpacedComma, Separator::Comma];
    let foreign = others.map(|separator| Layout { separator, ..layout }.cells(head));
    let native = [wide(head), words(head, false), words(head, true)];
    let known = |cells: &[&str]| {
        let mut cells = cells.iter().take(width);
        cells.len() > 1 && cells.all(|cell| kind(cell).0.is_some())
    };
    let valid = |cells: &&Vec<&str>| cells.len() > 1 && is_header(cells);
    let mut splits = foreign.iter().chain(&native).filter(valid);
    let exact = splits.clone().find(|cells| cells.len() == width && known(cells));
    // Names that nobody knows are names only if their number is right.
    let same = || {
        let mut splits = native.iter().filter(valid);
        splits.find(|cells| cells.len() == width && layout.separator == Separator::Spaces)
    };
    exact.or_else(|| splits.find(|cells| known(cells))).or_else(same).cloned()
}

/// The parts of a line between two or more spaces.
fn wide(head: &str) -> Vec<&str> {
    head.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect()
}

/// The words of a line, each with the brackets behind it and, if asked, the unit.
fn words(head: &str, with_units: bool) -> Vec<&str> {
    let mut cells: Vec<std::ops::Range<usize>> = Vec::new();
    let mut depth = 0_usize;
    let mut at = 0;
    for word in head.split(' ') {
        let place = at..at + word.len();
        at = place.end + 1;
        if word.is_empty() {
            continue;
        }
        let inside = depth > 0 || word.starts_with(['(', '[']);
        let is_unit = with_units && Unit::of(&word.to_lowercase()).is_some();
        match cells.last_mut().filter(|_| inside || is_unit) {
            Some(last) => last.end = place.end,
            None => cells.push(place),
        }
        depth += word.matches(['(', '[']).count();
        depth = depth.saturating_sub(word.matches([')', ']']).count());
    }
    cells.into_iter().map(|place| &head[place]).collect()
}

/// What a name says, and whether it has a unit.
fn kind(name: &str) -> (Option<Kind>, bool) {
    let name = name.to_lowercase();
    let words: Vec<&str> = name
        .split(|c: char| !(c.is_alphanumeric() || ['%', '°', '\u{3bc}', '\u{b5}'].contains(&c)))
        .filter(|word| !word.is_empty())
        .collect();
    let any = |list: &[&str]| words.iter().any(|word| list.contains(word));
    let units: Vec<Unit> = words.iter().filter_map(|word| Unit::of(word)).collect();
    let hertz = units.iter().find_map(|unit| match unit {
        Unit::Hertz(scale) => Some(*scale),
        _ => None,
    });
    let is_frequency = words.iter().any(|word| FREQUENCY.iter().any(|f| word.starts_with(f)))
        || ["f", "x"].contains(&name.as_str());
    let is_db = units.contains(&Unit::Decibel);
    if any(&OTHER) || name == "#" || (words.len() == 1 && any(&OTHER_ALONE)) {
        (Some(Kind::Other), true)
    } else if is_frequency || (hertz.is_some() && !is_db) {
        (Some(Kind::Frequency(hertz.unwrap_or(1.0))), hertz.is_some())
    } else if is_db {
        (Some(Kind::Level(Unit::Decibel)), true)
    } else if any(&IMPEDANCE) || units.contains(&Unit::Ohm) {
        (Some(Kind::Impedance), true)
    } else if let Some(unit) = units.first() {
        let other = *unit == Unit::Other;
        (Some(if other { Kind::Other } else { Kind::Level(*unit) }), true)
    } else if any(&LEVEL) || name == "y" {
        (Some(Kind::Level(Unit::Decibel)), false)
    } else {
        (None, false)
    }
}

/// The kinds of the first two columns if no line names them one by one, but a line above mentions
/// their units.
fn loose(heads: &[&str]) -> [Option<Kind>; 2] {
    let words: Vec<String> = heads
        .iter()
        .rev()
        .take(REACH)
        .flat_map(|head| head.split(|c: char| !(c.is_alphanumeric() || c == '\u{b5}')))
        .map(str::to_lowercase)
        .collect();
    let units: Vec<Unit> = words.iter().filter_map(|word| Unit::of(word)).collect();
    let has = |unit: Unit| units.contains(&unit);
    let is_impedance = has(Unit::Ohm) || words.iter().any(|word| word == "impedance");
    let kilo = has(Unit::Hertz(1e3)) && !has(Unit::Hertz(1.0));
    [
        kilo.then_some(Kind::Frequency(1e3)),
        (is_impedance && !has(Unit::Decibel)).then_some(Kind::Impedance),
    ]
}

#[cfg(test)]
mod tests {
    use super::{Kind, columns, kind};
    use crate::fit::curve_file::layout::{Layout, Separator};
    use crate::fit::curve_file::number::Mark;
    use crate::fit::curve_file::unit::Unit;

    const DB: Kind = Kind::Level(Unit::Decibel);
    const HZ: Kind = Kind::Frequency(1.0);

    fn kinds(heads: &[&str], separator: Separator, width: usize) -> Vec<Option<Kind>> {
        let layout = Layout { separator, mark: Mark::Point };
        columns(heads, layout, width).into_iter().map(|column| column.kind).collect()
    }

    #[test]
    fn names_tell_what_a_column_holds() {
        for (name, expected) in [
            ("Freq(Hz)", Some(HZ)),
            ("Frequency (kHz)", Some(Kind::Frequency(1e3))),
            ("f [Hz]", Some(HZ)),
            ("Frequenz", Some(HZ)),
            ("SPL(dB)", Some(DB)),
            ("dBSPL", Some(DB)),
            ("Level re 1 kHz (dB)", Some(DB)),
            ("raw", Some(DB)),
            ("Right", Some(DB)),
            ("Pa", Some(Kind::Level(Unit::Pascal(1.0)))),
            ("dB re 20 µPa", Some(DB)),
            ("Z(Ohms)", Some(Kind::Impedance)),
            ("Magn [\u{2126}]", Some(Kind::Impedance)),
            ("Phase(degrees)", Some(Kind::Other)),
            ("error (dB)", Some(Kind::Other)),
            ("THD (%)", Some(Kind::Other)),
            ("index", Some(Kind::Other)),
            ("Model A", None),
        ] {
            assert_eq!(kind(name).0, expected, "{name}");
        }
    }

    #[test]
    fn headers_of_any_separator_are_aligned() {
        let three = [Some(HZ), Some(DB), Some(Kind::Other)];
        for head in [
            "Freq(Hz) SPL(dB) Phase(degrees)",
            "Freq [Hz] SPL [dB] Phase [deg]",
            "Frequency Hz  Level dB  Phase deg",
            "Frequency Hz Level dB Phase deg",
            "Freq(Hz), SPL(dB), Phase(degrees)",
            "Frequency\tdB\tPhase",
            "freq spl phase",
        ] {
            assert_eq!(kinds(&[head], Separator::Spaces, 3), three, "{head}");
        }
        assert_eq!(kinds(&["Freq SPL"], Separator::Spaces, 3), [Some(HZ), Some(DB), None]);
    }

    #[test]
    fn several_lines_describe_columns_together() {
        let heads =
            ["Frequency Response,,,", "Left (94 dB),,Right,", "X,Y,X,Y", "Hz,dBSPL,Hz,dBSPL"];
        let layout = Layout { separator: Separator::Comma, mark: Mark::Point };
        let columns = columns(&heads, layout, 4);
        let kinds: Vec<_> = columns.iter().map(|column| column.kind).collect();
        assert_eq!(kinds, [Some(HZ), Some(DB), Some(HZ), Some(DB)]);
        assert!(columns[1].names.contains(&"Left (94 dB)".to_owned()));
        assert!(columns[3].names.contains(&"Right".to_owned()), "{columns:?}");
        assert!(!columns[3].names.contains(&"Left (94 dB)".to_owned()));
    }

    #[test]
    fn a_preamble_names_no_columns() {
        let heads = ["Sample rate,48000 Hz", "Date,today", "", "frequency,raw", ""];
        assert_eq!(kinds(&heads, Separator::Comma, 2), [Some(HZ), Some(DB)]);
        let heads = ["Start Frequency: 20.0 Hz", "", "Freq SPL"];
        assert_eq!(kinds(&heads, Separator::Spaces, 2), [Some(HZ), Some(DB)]);
    }

    #[test]
    fn a_title_may_tell_the_units() {
        let heads = ["Impedance of a driver in ohms over hertz"];
        assert_eq!(kinds(&heads, Separator::Tab, 2)[1], Some(Kind::Impedance));
        assert_eq!(
            kinds(&["all frequencies are kHz"], Separator::Tab, 2)[0],
            Some(Kind::Frequency(1e3))
        );
    }
}
