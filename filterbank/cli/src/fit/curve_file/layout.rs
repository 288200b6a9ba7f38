//! The separator and the decimal mark of a table, decided for the whole file.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;

use super::number::{Mark, Number};
use super::table::{is_comment, uncommented};
use super::unit::Unit;

/// What stands between two cells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Separator {
    Tab,
    Semicolon,
    /// A comma before a space: other commas may be decimal marks.
    SpacedComma,
    Comma,
    Spaces,
}

/// How the lines of a file are read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layout {
    pub separator: Separator,
    pub mark: Mark,
}

/// The preferred one is first, among those that read the same numbers.
const SEPARATORS: [Separator; 5] = [
    Separator::Tab,
    Separator::Semicolon,
    Separator::SpacedComma,
    Separator::Comma,
    Separator::Spaces,
];

impl Separator {
    /// Whether a line has this separator.
    fn is_in(self, lines: &[String]) -> bool {
        let texts: &[&str] = match self {
            Self::Tab => &["\t"],
            Self::Semicolon => &[";"],
            Self::SpacedComma => &[", ", ",\t"],
            Self::Comma => &[","],
            Self::Spaces => &[" ", "\t"],
        };
        lines.iter().any(|line| texts.iter().any(|text| line.contains(text)))
    }
}

const AMBIGUOUS: &str = "its commas may be decimal marks or separate columns: save it with decimal \
                         points, or with semicolons between columns";

/// A way to read a file, with what speaks for and against it.
struct Reading {
    layout: Layout,
    /// Lines that begin with two numbers.
    pairs: usize,
    /// Lines with at least two numbers.
    rows: usize,
    /// Lines that begin with a number.
    starts: usize,
    /// How often columns change their direction: numbers that are read wrongly jump.
    turns: usize,
    /// Whether columns and decimals cannot be told apart.
    doubtful: bool,
    /// Whether thousands are set apart, but no number has decimals.
    odd: bool,
    /// A hash of all numbers: two readings with the same one are the same.
    numbers: u64,
}

impl Layout {
    /// The layout of a file. The first line of a spreadsheet's export may tell: `sep=;`.
    pub fn find(lines: &[String]) -> Result<Self, String> {
        let told = lines.iter().find(|line| !line.is_empty()).and_then(|line| told(line));
        let mut separators: Vec<Separator> = match told {
            Some(told) => vec![told],
            None => SEPARATORS.into_iter().filter(|separator| separator.is_in(lines)).collect(),
        };
        if separators.is_empty() {
            // One column.
            separators.push(Separator::Spaces);
        }
        let mut readings: Vec<Reading> = separators
            .into_iter()
            .flat_map(|separator| [Mark::Point, Mark::Comma].map(|mark| Self { separator, mark }))
            .filter(|layout| layout.is_possible())
            .map(|layout| Reading::new(layout, lines))
            .collect();
        // Stable: among equals the preferred separator stays first.
        readings.sort_by_key(|reading| {
            let Reading { pairs, rows, starts, turns, doubtful, odd, .. } = *reading;
            let most = |count: usize| usize::MAX - count;
            (most(pairs), most(rows), most(starts), doubtful, turns, odd)
        });
        let Some(best) = readings.first() else { return Err(AMBIGUOUS.into()) };
        let rival = readings[1..]
            .iter()
            .any(|other| best.pairs > 0 && best.ranks_as(other) && best.numbers != other.numbers);
        if best.doubtful || rival { Err(AMBIGUOUS.into()) } else { Ok(best.layout) }
    }

    /// A comma cannot be both the separator and the decimal mark.
    fn is_possible(self) -> bool {
        !(self.separator == Separator::Comma && self.mark == Mark::Comma)
    }

    /// The cells of a line.
    pub fn cells(self, line: &str) -> Vec<&str> {
        // A line may be quoted as a whole.
        let inner = line.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let line = inner.filter(|inner| !inner.contains('"')).unwrap_or(line);
        let is_separator: fn(&str) -> bool = match self.separator {
            Separator::Tab => |rest| rest.starts_with('\t'),
            Separator::Semicolon => |rest| rest.starts_with(';'),
            Separator::Comma => |rest| rest.starts_with(','),
            Separator::SpacedComma => |rest| {
                let after = rest.strip_prefix(',');
                after.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
            },
            Separator::Spaces => return self.words(line),
        };
        split(line, is_separator).into_iter().map(|cell| unquoted(&line[cell])).collect()
    }

    /// The words of a line; a unit stays with its number.
    fn words(self, line: &str) -> Vec<&str> {
        let mut words: Vec<Range<usize>> = Vec::new();
        for word in split(line, |rest| rest.starts_with([' ', '\t'])) {
            let number = words.last().and_then(|last| self.number(&line[last.clone()]));
            let is_unit = number.is_some_and(|number| number.unit.is_none())
                && Unit::of(&line[word.clone()].to_lowercase()).is_some();
            match words.last_mut().filter(|_| is_unit) {
                Some(last) => last.end = word.end,
                None if !word.is_empty() => words.push(word),
                None => {}
            }
        }
        words.into_iter().map(|word| unquoted(&line[word])).collect()
    }

    /// The number in a cell.
    pub fn number(self, cell: &str) -> Option<Number> {
        // Spaces set thousands apart only where they do not separate columns.
        let spaced = matches!(self.separator, Separator::Tab | Separator::Semicolon);
        let number = Number::parse(cell.trim_end_matches([';', ',']), self.mark)?;
        let digits = cell.trim().trim_end_matches(|c: char| !c.is_ascii_digit());
        (spaced || !digits.contains(' ')).then_some(number)
    }
}

impl Reading {
    fn new(layout: Layout, lines: &[String]) -> Self {
        let (mut pairs, mut starts, mut decimals, mut grouped) = (0, 0, false, false);
        let (mut numbers, mut turns) = (DefaultHasher::new(), Turns::default());
        let mut widths = Vec::new();
        // The width of the line above the first row, which may name the columns.
        let mut names = 0;
        for line in lines.iter().filter(|line| !line.is_empty()) {
            let is_comment = is_comment(line);
            let cells = layout.cells(uncommented(line));
            let found: Vec<_> = cells.iter().map(|cell| layout.number(cell)).collect();
            let values: Vec<f64> = found.iter().flatten().map(|number| number.value).collect();
            starts += usize::from(!is_comment && matches!(found[..], [Some(_), ..]));
            if is_comment || values.len() < 2 {
                if widths.is_empty() {
                    names = cells.len();
                }
                continue;
            }
            pairs += usize::from(matches!(found[..], [Some(_), Some(_), ..]));
            decimals |= found.iter().flatten().any(|number| number.has_decimals);
            grouped |= found.iter().flatten().any(|number| number.is_grouped);
            widths.push(cells.len());
            turns.add(&values);
            for value in &values {
                value.to_bits().hash(&mut numbers);
            }
            numbers.write_u8(b'\n');
        }
        // Commas only, and no decimals: 20,0,75,2 may be two numbers or four.
        let doubtful = layout.separator == Separator::Comma
            && !decimals
            && widths.iter().any(|width| *width > 2)
            && widths.iter().any(|width| *width != names);
        Self {
            layout,
            pairs,
            rows: widths.len(),
            starts,
            turns: turns.count,
            doubtful,
            odd: grouped && !decimals,
            numbers: numbers.finish(),
        }
    }

    fn ranks_as(&self, other: &Self) -> bool {
        let rank = |reading: &Self| {
            (reading.pairs, reading.rows, reading.turns, reading.doubtful, reading.odd)
        };
        rank(self) == rank(other)
    }
}

/// How often columns change between rising and falling.
#[derive(Default)]
struct Turns {
    count: usize,
    /// The last value of each column, and the sign of its last step.
    columns: Vec<(f64, f64)>,
}

impl Turns {
    fn add(&mut self, row: &[f64]) {
        for ((last, direction), value) in self.columns.iter_mut().zip(row) {
            if value != last {
                let step = (value - *last).signum();
                self.count += usize::from(*direction == -step);
                (*last, *direction) = (*value, step);
            }
        }
        let known = self.columns.len().min(row.len());
        self.columns.extend(row[known..].iter().map(|value| (*value, 0.0)));
    }
}

/// The separator that a line such as `sep=;` tells.
fn told(line: &str) -> Option<Separator> {
    match line.to_lowercase().trim_matches('"').strip_prefix("sep=")? {
        "" | "\t" | "\\t" => Some(Separator::Tab),
        ";" => Some(Separator::Semicolon),
        "," => Some(Separator::Comma),
        _ => None,
    }
}

/// The places of cells, cut at separators of one byte outside quotes.
fn split(line: &str, is_separator: impl Fn(&str) -> bool) -> Vec<Range<usize>> {
    let (mut cells, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, c) in line.char_indices() {
        if c == '"' {
            quoted = !quoted && line[start..at].trim().is_empty();
        } else if !quoted && is_separator(&line[at..]) {
            cells.push(start..at);
            start = at + 1;
        }
    }
    cells.push(start..line.len());
    cells
}

fn unquoted(cell: &str) -> &str {
    cell.trim().trim_matches('"').trim()
}

#[cfg(test)]
mod tests {
    use super::{Layout, Separator};
    use crate::fit::curve_file::number::Mark;

    fn find(text: &str) -> Result<Layout, String> {
        Layout::find(&text.lines().map(str::to_owned).collect::<Vec<_>>())
    }

    fn numbers(text: &str) -> Vec<Vec<f64>> {
        let layout = find(text).unwrap_or_else(|problem| panic!("{text}: {problem}"));
        let values = |line: &str| -> Vec<f64> {
            let cells = layout.cells(line);
            cells.iter().filter_map(|cell| layout.number(cell)).map(|number| number.value).collect()
        };
        text.lines().map(values).filter(|values| values.len() > 1).collect()
    }

    #[test]
    fn separators_and_marks_are_found() {
        let rows = [[20.0, 75.25], [1_000.5, -3.0]];
        for text in [
            "20,75.25\n1000.5,-3",
            "20, 75.25\n1000.5, -3",
            "20;75,25\n1000,5;-3",
            "20;75.25\n1000.5;-3",
            "20\t75,25\n1000,5\t-3",
            "20 75.25\n1000.5   -3",
            "20 75,25\n1000,5 -3",
            "\"20\",\"75.25\"\n\"1,000.50\",\"-3\"",
            "\"20;75,25\"\n\"1000,5;-3\"",
            "20 \t75.25\n1000.5 -3",
            "20,0, 75,25\n1000,5, -3",
            "sep=;\n20;75,25\n1000,5;-3",
        ] {
            assert_eq!(numbers(text), rows, "{text}");
        }
        assert_eq!(numbers("20.0 Hz 75.25 dB\n1.0005 kHz -3 dB")[1], [1.0005, -3.0]);
    }

    #[test]
    fn commas_are_decimal_marks_only_where_that_is_certain() {
        let header = "* Freq(Hz), SPL(dB), Phase(degrees)";
        let spaced = format!("{header}\n20,0, 75,24, 64,2\n21,2, 75,3, 64,2");
        assert_eq!(numbers(&spaced)[0], [20.0, 75.24, 64.2]);
        for text in [
            "20,0,75,24,64,2\n21,2,75,3,64,2",
            "20,75,24\n25,75,31",
            "20,75,24\n21,2,75,3",
            &format!("{header}\n20,0,75,24,64,2\n21,2,75,3,64,2"),
        ] {
            let problem = find(text).expect_err(text);
            assert!(problem.contains("decimal points"), "{problem}");
        }
        assert_eq!(
            numbers("Hz,dB,deg\n20,75,24\n25,75,31"),
            [[20.0, 75.0, 24.0], [25.0, 75.0, 31.0]]
        );
        assert_eq!(numbers("20,75\n25,76"), [[20.0, 75.0], [25.0, 76.0]]);
    }

    #[test]
    fn thousands_are_told_from_decimals() {
        // Decimals of three digits look like thousands.
        assert_eq!(numbers("20,000\t75,240\n900,000\t75,100")[0], [20.0, 75.24]);
        assert_eq!(numbers("20.000;75.240\n900.000;75.100")[0], [20.0, 75.24]);
        assert_eq!(numbers("20.000;75\n900.000;75")[0], [20.0, 75.0]);
        assert_eq!(numbers("900\t75\n1,000\t76\n1,100\t77")[1], [1_000.0, 76.0]);
        assert_eq!(numbers("900;75,5\n1.000;76,5")[1], [1_000.0, 76.5]);
    }

    #[test]
    fn quotes_hold_separators() {
        let layout = Layout { separator: Separator::Comma, mark: Mark::Point };
        assert_eq!(layout.cells("\"Left, \",,x"), ["Left,", "", "x"]);
        assert_eq!(layout.cells("5\" driver,2"), ["5\" driver", "2"]);
    }
}
