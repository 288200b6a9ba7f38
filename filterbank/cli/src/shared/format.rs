//! Numbers for people.

/// A frequency with its unit.
pub fn hertz(frequency: f64) -> String {
    if frequency >= 1_000.0 {
        format!("{} kHz", four_digits(frequency / 1_000.0))
    } else {
        format!("{} Hz", four_digits(frequency))
    }
}

/// A number with four digits if it is at least 1, else with three decimals.
fn four_digits(value: f64) -> String {
    let digits = if value >= 1_000.0 {
        0
    } else if value >= 100.0 {
        1
    } else if value >= 10.0 {
        2
    } else {
        3
    };
    trimmed(format!("{value:.digits$}"))
}

/// A number without trailing zeros in its decimals.
pub fn trimmed(number: String) -> String {
    if number.contains('.') {
        number.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        number
    }
}

/// A number with six digits, without trailing zeros.
pub fn six_digits(value: f64) -> String {
    let magnitude = if value == 0.0 { 0.0 } else { value.abs().log10().floor() };
    if !(-5.0..15.0).contains(&magnitude) {
        return format!("{value:.5e}");
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 10")]
    let decimals = (5.0 - magnitude).max(0.0) as usize;
    trimmed(format!("{value:.decimals$}"))
}

/// A count with its noun, in the plural unless it is 1.
pub fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::{counted, hertz, six_digits, trimmed};

    #[test]
    fn numbers_are_short() {
        assert_eq!(trimmed("10.500".into()), "10.5");
        assert_eq!(trimmed("100".into()), "100");
        assert_eq!(trimmed("7.000".into()), "7");
        assert_eq!(
            [hertz(20.0), hertz(999.96), hertz(1_234.56)],
            ["20 Hz", "1000 Hz", "1.235 kHz"]
        );
        for (value, text) in [
            (0.0, "0"),
            (0.123_456_78, "0.123457"),
            (-0.5, "-0.5"),
            (48_000.0, "48000"),
            (1_234_567.8, "1234568"),
            (1.5e-7, "1.50000e-7"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(six_digits(value), text);
        }
        assert_eq!([counted(1, "section"), counted(2, "section")], ["1 section", "2 sections"]);
    }
}
