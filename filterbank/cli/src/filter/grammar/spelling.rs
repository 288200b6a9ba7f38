//! Suggestions for unknown words.

use std::fmt::Write;

/// The message about a word that is not in `valid`.
pub fn unknown(kind: &str, word: &str, valid: &[&str]) -> String {
    let mut sentence = format!("unknown {kind} \"{word}\"");
    if let Some(near) = nearest(word, valid) {
        // Writing to a string does not fail.
        let _ = write!(sentence, ", did you mean \"{near}\"?");
    }
    let _ = write!(sentence, " (valid: {})", valid.join(", "));
    sentence
}

/// The valid word that was probably meant.
fn nearest<'a>(word: &str, valid: &[&'a str]) -> Option<&'a str> {
    let word = word.to_lowercase();
    let abbreviated = |candidate: &str| word.len() >= 3 && candidate.starts_with(&word);
    let typos = |candidate: &str| distance(&word, candidate);
    let nearest = valid.iter().copied().min_by_key(|candidate| typos(candidate))?;
    if typos(nearest) * 5 <= nearest.len() * 2 {
        return Some(nearest);
    }
    valid.iter().copied().find(|candidate| abbreviated(candidate))
}

/// Levenshtein distance: the number of letters to change, add or remove.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        row[0] = left;
        for (to, above) in b.chars().zip(&mut row[1..]) {
            let changed = diagonal + usize::from(from != to);
            diagonal = *above;
            left = changed.min(left + 1).min(*above + 1);
            *above = left;
        }
    }
    row.last().copied().unwrap_or(0)
}
