//! Values of options: numbers and ranges. Errors say what is expected.

use std::str::FromStr;

use filterbank::spec::MAX_ORDER;

/// Any number; the design checks its range.
pub fn any(text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| "not a number".into())
}

/// A finite number.
pub fn finite(text: &str) -> Result<f64, String> {
    let number = f64::from_str(text.trim()).ok().filter(|number| number.is_finite());
    number.ok_or_else(|| format!("`{text}` is not a number"))
}

/// A whole number.
pub fn whole<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| "not a whole number of at least 0".into())
}

/// The order of a lowpass prototype.
pub fn order(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(order @ 1..=MAX_ORDER) => Ok(order),
        _ => Err(format!("must be a whole number from 1 to {MAX_ORDER}")),
    }
}

/// An overall gain in dB.
pub fn decibels(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(gain_db) if (-1000.0..=1000.0).contains(&gain_db) => Ok(gain_db),
        _ => Err("must be a number of dB from -1000 to 1000".into()),
    }
}

/// A number above 0.
pub fn positive(text: &str) -> Result<f64, String> {
    let number = finite(text)?;
    if number > 0.0 { Ok(number) } else { Err("it must be above 0".into()) }
}

/// A number that is not negative.
pub fn at_least_0(text: &str) -> Result<f64, String> {
    let number = finite(text)?;
    if number >= 0.0 { Ok(number) } else { Err("it must be at least 0".into()) }
}

/// Two numbers, the second not below the first, with two dots between them.
fn range(text: &str) -> Result<(f64, f64), String> {
    let hint = "two numbers with two dots between them are needed, as in 0.5..6";
    let (low, high) = text.split_once("..").ok_or(hint)?;
    let (low, high) = (finite(low)?, finite(high)?);
    if low > high {
        return Err(format!("the range is empty; did you mean {high}..{low}?"));
    }
    Ok((low, high))
}

/// Two frequencies with a comma between them.
pub fn pair(text: &str) -> Result<(f64, f64), String> {
    let hint = "two frequencies with a comma between them are needed, as in 300,3400";
    let (low, high) = text.split_once(',').ok_or(hint)?;
    let number = |text: &str| text.trim().parse().map_err(|_| hint.to_owned());
    Ok((number(low)?, number(high)?))
}

/// A range of frequencies or Q.
pub fn positive_range(text: &str) -> Result<(f64, f64), String> {
    let range = range(text)?;
    if range.0 > 0.0 { Ok(range) } else { Err("both ends must be above 0".into()) }
}

/// A range of gains in dB, with 0 in it.
pub fn gain_range(text: &str) -> Result<(f64, f64), String> {
    let (low, high) = range(text)?;
    if !(low..=high).contains(&0.0) {
        return Err("the range must contain 0: a band that is not needed has no gain".into());
    }
    if low < -200.0 || high > 200.0 {
        return Err("the range must lie within -200..200".into());
    }
    Ok((low, high))
}

/// Where the levels of curves are compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LevelRange {
    /// On average from one frequency to another, in Hz; both may be the same.
    Within(f64, f64),
    /// On average wherever they are fitted.
    Free,
}

/// A range of frequencies, one frequency, or `free`.
pub fn level_range(text: &str) -> Result<LevelRange, String> {
    if text.trim() == "free" {
        return Ok(LevelRange::Free);
    }
    let hint = "a range such as 500..2000, a frequency in Hz, or `free` is needed";
    if text.contains("..") {
        positive_range(text).map(|(low, high)| LevelRange::Within(low, high))
    } else {
        let number = positive(text).map_err(|problem| format!("{problem}; {hint}"))?;
        Ok(LevelRange::Within(number, number))
    }
}

#[cfg(test)]
mod tests {
    use super::{LevelRange, gain_range, level_range, order, pair, positive_range, whole};

    #[test]
    fn ranges_have_two_ends_in_order() {
        assert_eq!(positive_range("0.5..6"), Ok((0.5, 6.0)));
        assert_eq!(positive_range("6 .. 6"), Ok((6.0, 6.0)));
        assert_eq!(gain_range("-12..6"), Ok((-12.0, 6.0)));
        for text in ["6..0.5", "0..6", "-1..6", "6", "a..b", "1..inf", "nan..6", "1..2..3"] {
            assert!(positive_range(text).is_err(), "{text}");
        }
        for text in ["1..6", "-6..-1", "-300..0", "-1..NaN"] {
            assert!(gain_range(text).is_err(), "{text}");
        }
    }

    #[test]
    fn levels_are_ranges_frequencies_or_free() {
        assert_eq!(level_range("500..2000"), Ok(LevelRange::Within(500.0, 2_000.0)));
        assert_eq!(level_range("1000"), Ok(LevelRange::Within(1_000.0, 1_000.0)));
        assert_eq!(level_range("free"), Ok(LevelRange::Free));
        for text in ["", "fre", "0", "2000..500", "-1"] {
            assert!(level_range(text).is_err(), "{text}");
        }
    }

    #[test]
    fn pairs_have_a_comma() {
        assert_eq!(pair("300, 3400"), Ok((300.0, 3_400.0)));
        for text in ["300", "300;3400", "300,", "1,2,3"] {
            assert!(pair(text).is_err(), "{text}");
        }
    }

    #[test]
    fn whole_numbers_are_not_negative() {
        assert_eq!(whole("7"), Ok(7_usize));
        assert!(whole::<usize>("-1").is_err() && whole::<usize>("1.5").is_err());
        assert_eq!(order("24"), Ok(24));
        assert!(order("0").is_err() && order("25").is_err());
    }
}
