//! Warnings about bands that coefficients of 64 bits do not carry.

use filterbank::Band;

use super::format::six_digits;
use super::output::warn;

/// The rounding error of a band's level, in dB, above which a warning is given.
const WARNING_DB: f64 = 0.1;

/// How far the level at a band's edges may be off, in dB, because its coefficients are rounded.
/// Infinite if they leave it undetermined.
pub fn rounding_db(band: &Band<f64>, sample_rate: f64) -> f64 {
    // A band that cannot be designed is reported where it is designed.
    band.rounding_db::<f64>(sample_rate).unwrap_or(f64::INFINITY)
}

/// Warns of each band whose level may be off by more than 0.1 dB; the bands come with their names.
pub fn warn_of_rounding<'a>(
    bands: impl IntoIterator<Item = (String, &'a Band<f64>)>,
    sample_rate: f64,
) {
    for (name, band) in bands {
        if let Some(warning) = warning(&name, rounding_db(band, sample_rate)) {
            warn(&warning);
        }
    }
}

/// The warning, if the level may be off by so much that it needs one.
fn warning(name: &str, rounding_db: f64) -> Option<String> {
    // NaN must warn too.
    if rounding_db <= WARNING_DB {
        return None;
    }
    let effect = if rounding_db.is_finite() {
        format!("may move its level by {} dB at the edge", six_digits(rounding_db))
    } else {
        "leaves its level at the edge undetermined".to_owned()
    };
    Some(format!(
        "{name}: rounding of the coefficients {effect}; a lower order, a wider band or a lower \
         sample rate helps"
    ))
}

#[cfg(test)]
mod tests {
    use super::warning;

    #[test]
    fn a_warning_tells_the_size() {
        assert_eq!(warning("band", 0.1), None);
        assert!(warning("band", 0.101).is_some_and(|line| line.contains(" 0.101 dB ")));
        for undetermined in [f64::INFINITY, f64::NAN] {
            let line = warning("band", undetermined);
            assert!(line.is_some_and(|line| line.contains("undetermined")));
        }
    }
}
