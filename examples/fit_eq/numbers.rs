//! Numbers and ranges on the command line; errors say what is wrong with them.

use std::str::FromStr;

/// A finite number.
fn number(text: &str) -> Result<f64, String> {
    let finite = f64::from_str(text.trim()).ok().filter(|number| number.is_finite());
    finite.ok_or_else(|| format!("`{text}` is not a number"))
}

/// A number above 0.
pub fn positive(text: &str) -> Result<f64, String> {
    let number = number(text)?;
    if number > 0.0 { Ok(number) } else { Err("it must be above 0".into()) }
}

/// A number that is not negative.
pub fn at_least_0(text: &str) -> Result<f64, String> {
    let number = number(text)?;
    if number >= 0.0 { Ok(number) } else { Err("it must be at least 0".into()) }
}

/// Two numbers, the second not below the first, with two dots between them.
fn range(text: &str) -> Result<(f64, f64), String> {
    let hint = "two numbers with two dots between them are needed, as in 0.5..6";
    let (low, high) = text.split_once("..").ok_or(hint)?;
    let (low, high) = (number(low)?, number(high)?);
    if low > high {
        return Err(format!("the range is empty; was {high}..{low} meant?"));
    }
    Ok((low, high))
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
        return Err("0 must be in it: a band that is not needed has no gain".into());
    }
    if low < -200.0 || high > 200.0 {
        return Err("it must stay within -200..200".into());
    }
    Ok((low, high))
}
