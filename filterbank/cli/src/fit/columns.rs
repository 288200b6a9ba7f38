//! One line of a measurement program's file with columns.

/// The content of a line.
#[derive(Debug, PartialEq)]
pub enum Line {
    /// Nothing, or a comment.
    Blank,
    /// A header: words in place of a frequency.
    Words,
    /// The first two columns: a frequency in Hz and a level in dB.
    Point(f64, f64),
    /// A frequency without a valid level: the problem.
    Wrong(String),
}

/// Beginnings of comments.
const COMMENTS: [&str; 5] = ["#", "*", ";", "%", "//"];

/// Separators of columns, in the order of trial; spaces are last.
const SEPARATORS: [char; 3] = [';', '\t', ','];

/// Largest magnitude of a level in dB.
const LARGEST: f64 = 1_000.0;

impl Line {
    /// Reads a line.
    pub fn parse(line: &str) -> Self {
        let line = line.trim();
        if line.is_empty() || COMMENTS.iter().any(|comment| line.starts_with(comment)) {
            return Self::Blank;
        }
        let mut splits = SEPARATORS
            .into_iter()
            .filter(|separator| line.contains(*separator))
            .map(|separator| fields(line.split(separator), separator != ','))
            .chain([fields(line.split_whitespace(), true)]);
        let fitting = splits.clone().find_map(|fields| match fields[..] {
            [Ok(frequency), Ok(level), ..] => Some((frequency, level)),
            _ => None,
        });
        match fitting {
            Some((frequency, level)) if level.abs() <= LARGEST => Self::Point(frequency, level),
            Some((_, level)) => Self::Wrong(format!(
                "the level {level:?} dB must be a number from -{LARGEST} to {LARGEST}"
            )),
            // The first separator is the most likely.
            None => match &splits.next().unwrap_or_default()[..] {
                [Ok(_), Err(""), ..] => Self::Wrong("the level is missing".into()),
                [Ok(_), Err(text), ..] => {
                    Self::Wrong(format!("the level `{text}` is not a number"))
                }
                [Ok(_)] => Self::Wrong("the level is missing, there is one column only".into()),
                // Quoted words are a comment too.
                _ if line.starts_with('"') => Self::Blank,
                _ => Self::Words,
            },
        }
    }
}

/// The number in each column, or the text of an invalid one.
fn fields<'a>(
    columns: impl Iterator<Item = &'a str>,
    decimal_comma: bool,
) -> Vec<Result<f64, &'a str>> {
    let number = |column: &'a str| {
        let text = column.trim().trim_matches('"').trim();
        let plain = text.replace('−', "-");
        let plain = if decimal_comma { plain.replace(',', ".") } else { plain };
        plain.parse().map_err(|_| text)
    };
    columns.map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::Line;

    #[test]
    fn columns_are_separated_as_programs_do() {
        for text in [
            "100,-1.5",
            "100, -1.5, 30.0",
            "100;-1,5;30,0",
            "100,0\t-1,5",
            "  1e2   -1.5   anything",
            "\"100\",\"-1.5\"",
            "100 \u{2212}1.5",
        ] {
            assert_eq!(Line::parse(text), Line::Point(100.0, -1.5), "{text}");
        }
    }

    #[test]
    fn comments_and_headers_are_skipped() {
        for text in ["", "  ", "# 100 1", "* 100 1", "; 100 1", "% 100 1", "// 100 1"] {
            assert_eq!(Line::parse(text), Line::Blank, "{text}");
        }
        for text in ["Freq(Hz) SPL(dB)", "frequency,level"] {
            assert_eq!(Line::parse(text), Line::Words, "{text}");
        }
    }

    #[test]
    fn points_without_a_level_are_wrong() {
        for (text, problem) in [
            ("100", "missing"),
            ("100,", "missing"),
            ("100,loud", "`loud` is not a number"),
            ("100,1001", "must be a number from -1000 to 1000"),
            ("100,NaN", "must be a number from -1000 to 1000"),
        ] {
            let Line::Wrong(message) = Line::parse(text) else { panic!("{text}") };
            assert!(message.contains(problem), "{text}: {message}");
        }
    }
}
