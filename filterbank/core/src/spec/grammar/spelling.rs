//! Words that were probably meant.

use alloc::vec::Vec;

/// The word among `valid` that is most like the one that was written: an abbreviation of it, or
/// the same in more than half of its letters.
pub fn nearest<'a>(written: &str, valid: &[&'a str]) -> Option<&'a str> {
    let likeness = |valid: &&'a str| (likeness(written, valid), *valid);
    let (likeness, nearest) = valid.iter().map(likeness).max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (likeness > 0.5).then_some(nearest)
}

/// From 0 for nothing in common to 1 for the same.
fn likeness(written: &str, valid: &str) -> f64 {
    if written.len() > 2 && valid.starts_with(written) {
        return 1.0;
    }
    let longest = written.chars().count().max(valid.chars().count());
    1.0 - distance(written, valid) as f64 / longest.max(1) as f64
}

/// How many letters must be added, removed, replaced or swapped with their neighbour to make one
/// word of the other: the optimal string alignment distance. (Crates that offer it need the
/// standard library.)
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut next = Vec::with_capacity(row.len());
        next.push(i);
        for j in 1..=b.len() {
            let replaced = row[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(row[j] + 1).min(next[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            next.push(least);
        }
        before = core::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn distances() {
        for (a, b, expected) in [
            ("", "", 0),
            ("", "peak", 4),
            ("peak", "", 4),
            ("peak", "peak", 0),
            ("paek", "peak", 1),
            ("pek", "peak", 1),
            ("peaks", "peak", 1),
            ("beak", "peak", 1),
            ("bnak", "bank", 1),
            ("kitten", "sitting", 3),
            ("höhe", "hohe", 1),
        ] {
            assert_eq!(distance(a, b), expected, "{a} {b}");
            assert_eq!(distance(b, a), expected, "{b} {a}");
        }
    }

    #[test]
    fn abbreviations_and_slips_are_recognised_and_others_are_not() {
        let valid = ["phase", "delay", "magnitude"];
        assert_eq!(nearest("mag", &valid), Some("magnitude"));
        assert_eq!(nearest("pahse", &valid), Some("phase"));
        assert_eq!(nearest("linear", &valid), None);
        assert_eq!(nearest("", &valid), None);
        assert_eq!(nearest("phase", &[]), None);
    }
}
