//! Octave bands and fractions of them.
//!
//! Source: IEC 61260-1:2014, *Octave-band and fractional-octave-band filters*, section 5: octave
//! ratio, reference frequency, midband frequencies and bandedge frequencies.

use filterbank_core::Scalar;

/// The octave ratio, `10^(3/10)`.
const RATIO: f64 = 1.995_262_314_968_879_6;
/// The reference frequency in Hz.
const REFERENCE: f64 = 1_000.0;

/// The exact midband frequency with index `x`, for `1/b` octaves.
fn midband(x: f64, b: u32) -> f64 {
    let b = f64::from(b);
    let steps = if b % 2.0 == 1.0 { x / b } else { (2.0 * x + 1.0) / (2.0 * b) };
    REFERENCE * Scalar::powf(RATIO, steps)
}

/// `[lower edge, midband frequency, upper edge]` of every `1/b` octave band whose midband frequency
/// lies between two frequencies.
pub(super) fn bands(b: u32, low: f64, high: f64) -> impl Iterator<Item = [f64; 3]> {
    let half = Scalar::powf(RATIO, 0.5 / f64::from(b));
    // A nominal frequency such as 31.5 Hz or 16 kHz stands for the exact one: 1 % is allowed, but less
    // than the distance of two bands.
    let allowed = (1.0 + (half - 1.0) / 2.0).min(1.01);
    let index = |frequency: f64| {
        let steps = Scalar::ln(frequency / REFERENCE) / Scalar::ln(RATIO);
        steps * f64::from(b)
    };
    // One index more on either side, so that the comparison below decides.
    let (first, last) = (floor(index(low)) - 1, floor(index(high)) + 1);
    (first..=last)
        .map(move |x| midband(f64::from(x), b))
        .filter(move |center| low / allowed <= *center && *center <= high * allowed)
        .map(move |center| [center / half, center, center * half])
}

/// The largest integer that is not above a number of ordinary size.
#[allow(clippy::cast_possible_truncation, reason = "indices of bands are small")]
fn floor(number: f64) -> i32 {
    let truncated = number as i32;
    if f64::from(truncated) > number { truncated - 1 } else { truncated }
}
