//! Figures and tables.

/// The median of some numbers.
pub fn median(mut numbers: Vec<f64>) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    let upper = numbers.get(numbers.len() / 2)?;
    let lower = numbers.get((numbers.len() - 1) / 2)?;
    Some(f64::midpoint(*lower, *upper))
}

/// A time in nanoseconds, with three significant digits below 100.
pub fn figure(ns: f64) -> String {
    let decimals = if ns < 10.0 { 2 } else { usize::from(ns < 100.0) };
    format!("{ns:.decimals$}")
}

/// Prints rows of cells as a Markdown table; the first row is the head.
pub fn print(rows: &[Vec<String>]) {
    let columns = 0..rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = columns
        .map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0))
        .collect();
    for (index, row) in rows.iter().enumerate() {
        print!("| {:1$} |", row[0], widths[0]);
        for (cell, width) in row.iter().zip(&widths).skip(1) {
            print!(" {cell:>width$} |");
        }
        println!();
        if index == 0 {
            print!("| {} |", "-".repeat(widths[0]));
            for width in &widths[1..] {
                print!(" {}: |", "-".repeat(width - 1));
            }
            println!();
        }
    }
}
