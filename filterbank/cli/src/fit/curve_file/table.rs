//! The tables of a text: rows of numbers, and the lines above them.

use super::layout::Layout;

/// Beginnings of comments.
const COMMENTS: [&str; 6] = ["#", "*", ";", "%", "//", "!"];

/// A row with its line, counted from 1.
pub struct Row<'a> {
    pub line: usize,
    pub cells: Vec<&'a str>,
}

/// Rows without a break, or with a break after which they go on.
#[derive(Default)]
pub struct Table<'a> {
    /// The lines above it, without marks of comments; empty lines are empty.
    pub heads: Vec<&'a str>,
    pub rows: Vec<Row<'a>>,
    /// Lines of text between or below the rows.
    pub texts: usize,
}

/// Whether a line is a comment.
pub fn is_comment(line: &str) -> bool {
    COMMENTS.iter().any(|comment| line.starts_with(comment))
}

/// A line without the mark of a comment.
pub fn uncommented(line: &str) -> &str {
    let mark = |rest: &str| COMMENTS.iter().find_map(|mark| rest.strip_prefix(mark).map(str::len));
    let mut rest = line;
    while let Some(length) = mark(rest) {
        rest = &rest[rest.len() - length..];
    }
    rest.trim()
}

impl<'a> Table<'a> {
    /// All tables of a text.
    pub fn all(lines: &'a [String], layout: Layout) -> Vec<Self> {
        let mut tables: Vec<Self> = Vec::new();
        // Lines since the last row, and how many are neither empty nor comments.
        let (mut heads, mut texts) = (Vec::new(), 0);
        for (line, text) in (1..).zip(lines) {
            let cells = layout.cells(text);
            if is_comment(text) || !is_row(&cells, layout) {
                heads.push(uncommented(text));
                texts += usize::from(!text.is_empty() && !is_comment(text));
                continue;
            }
            let row = Row { line, cells };
            let broken = heads.iter().any(|head| !head.is_empty());
            match tables.last_mut() {
                Some(table) if !broken || table.goes_on(&row, layout) => {
                    table.texts += texts;
                    table.rows.push(row);
                    heads.clear();
                }
                _ => {
                    let heads = std::mem::take(&mut heads);
                    tables.push(Self { heads, rows: vec![row], texts: 0 });
                }
            }
            texts = 0;
        }
        if let Some(last) = tables.last_mut() {
            last.texts += texts;
        }
        tables
    }

    /// The number of columns.
    pub fn width(&self) -> usize {
        self.rows.iter().map(|row| row.cells.len()).max().unwrap_or_default()
    }

    /// Whether a row has as many cells as the last one, and its first number goes on in the same
    /// direction.
    fn goes_on(&self, row: &Row<'_>, layout: Layout) -> bool {
        let first = |row: &Row<'_>| layout.number(row.cells[0]).map(|number| number.value);
        let [.., before, last] = &self.rows[..] else { return false };
        match (first(before), first(last), first(row)) {
            (Some(a), Some(b), Some(c)) => {
                (a < b) == (b < c) && last.cells.len() == row.cells.len()
            }
            _ => false,
        }
    }
}

/// Whether a line begins with a number, or with a missing one before another number.
fn is_row(cells: &[&str], layout: Layout) -> bool {
    let is_number = |cell: &&str| layout.number(cell).is_some();
    match cells {
        [first, ..] if is_number(first) => true,
        [first, rest @ ..] => is_missing(first) && rest.iter().any(is_number),
        [] => false,
    }
}

/// Whether a cell says that there is no value.
fn is_missing(cell: &str) -> bool {
    let word = cell.trim_start_matches(['-', '+', '#']).to_lowercase();
    !word.contains(char::is_alphanumeric)
        || ["nan", "na", "n/a", "null", "none", "nil", "inf", "infinity"].contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use super::{Table, is_missing, uncommented};
    use crate::fit::curve_file::layout::Layout;

    fn tables(text: &str) -> Vec<(usize, usize, usize)> {
        let lines: Vec<String> = text.lines().map(|line| line.trim().to_owned()).collect();
        let layout = Layout::find(&lines).expect("it is not ambiguous");
        let tables = Table::all(&lines, layout);
        tables.iter().map(|table| (table.heads.len(), table.rows.len(), table.texts)).collect()
    }

    #[test]
    fn a_table_ends_where_the_next_begins() {
        assert_eq!(tables("f,dB\n1,2\n2,3\n3,4\nend,\nof it,"), [(1, 3, 2)]);
        assert_eq!(tables("1,2\n2,3\nf,THD\n1,0.2\n2,0.3"), [(0, 2, 0), (1, 2, 0)]);
        assert_eq!(tables("48000\nf,dB\n1,2\n2,3"), [(0, 1, 0), (1, 2, 0)]);
    }

    #[test]
    fn rows_that_go_on_belong_together() {
        assert_eq!(tables("1,2\n2,3\nsecond page\n3,4\n\n4,5\n# note\n5,6"), [(0, 5, 1)]);
    }

    #[test]
    fn marks_of_comments_are_removed() {
        for text in ["# a", "* a", "// a", "## a", "%a", "a"] {
            assert_eq!(uncommented(text), "a");
        }
    }

    #[test]
    fn missing_values_are_recognised() {
        for cell in ["", "?", "--", "NaN", "N/A", "-inf", "#N/A", "null", "\u{2014}"] {
            assert!(is_missing(cell), "{cell}");
        }
        for cell in ["Ch1", "peak", "0", "Hz"] {
            assert!(!is_missing(cell), "{cell}");
        }
    }
}
