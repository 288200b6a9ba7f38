//! From a measurement and a target to the curve for an EQ.

use std::f64::consts::FRAC_PI_2;

use super::curve::{Curve, POINTS};
use crate::shared::failure::Failure;
use crate::shared::format::hertz;
use crate::shared::numbers::LevelRange;

/// The range in which curves are set to 0 dB on average: their overall level carries no information.
const MIDRANGE: (f64, f64) = (500.0, 2_000.0);
/// The least part of that range, in octaves, that is enough.
const LEAST: f64 = 1.0;
/// Width of the smoothing before levels are compared, in octaves.
const LEVEL: f64 = 1.0 / 3.0;
/// Width of the smoothing in octaves: narrower dips are specific to one ear or one position, and
/// must not be filled.
const FINE: f64 = 1.0 / 12.0;
/// The same at high frequencies, where the curve changes each time the headphone is put on.
const COARSE: f64 = 1.0;
/// The width changes from fine to coarse between these frequencies.
const TRANSITION: (f64, f64) = (6_000.0, 12_000.0);
/// Width of the smoothing of a limited boost's corners.
const ROUNDED: f64 = 1.0 / 5.0;

/// Curves on a common grid, at the same level.
#[derive(Clone, Debug)]
pub struct Difference {
    pub measurement: Curve,
    pub target: Curve,
    /// Target minus measurement.
    pub exact: Curve,
    /// The same smoothed, and nowhere above the largest boost.
    pub wanted: Curve,
    /// Where both curves are 0 dB.
    pub level: String,
    /// How the level was found, if not as asked.
    pub notes: Vec<String>,
}

impl Difference {
    /// Compares two curves where both have points, within a range in Hz.
    pub fn new(
        measurement: &Curve,
        target: &Curve,
        range: (f64, f64),
        max_boost: f64,
        level: Option<LevelRange>,
    ) -> Result<Self, Failure> {
        let (first, second) = (measurement.span(), target.span());
        let common = (first.0.max(second.0), first.1.min(second.1));
        let ends = (common.0.max(range.0), common.1.min(range.1));
        if ends.0 > ends.1 {
            let (low, high) = (hertz(range.0), hertz(range.1));
            return Err(Failure::usage(format!(
                "{} and {} have no common frequencies from {low} to {high}: they go from {} to {} \
                 and from {} to {}",
                measurement.name,
                target.name,
                hertz(first.0),
                hertz(first.1),
                hertz(second.0),
                hertz(second.1),
            )));
        }
        let Place { low, high, notes } = place(level, common, ends, &measurement.name)?;
        let levelled = |curve: &Curve| -> Result<Curve, Failure> {
            // One point may be the bottom of a dip.
            let smooth = smoothed(&curve.on_grid(widened((low, high), common), POINTS), |_| LEVEL);
            let level = smooth.on_grid((low, high), POINTS).mean()?;
            Ok(curve.on_grid(ends, POINTS).map(|_, decibels| decibels - level))
        };
        let (measurement, target) = (levelled(measurement)?, levelled(target)?);
        let mut exact = target.map(|frequency, level| level - measurement.level(frequency));
        exact.name = format!("{} minus {}", target.name, measurement.name);
        let limited = smoothed(&exact, width).map(|_, level| level.min(max_boost));
        let rounded = smoothed(&limited, |frequency| width(frequency).max(ROUNDED));
        let wanted = rounded.map(|_, level| level.min(max_boost));
        let level = if low == high {
            format!("0 dB at {}", hertz(low))
        } else {
            format!("0 dB on average from {} to {}", hertz(low), hertz(high))
        };
        Ok(Self { measurement, target, exact, wanted, level, notes })
    }
}

/// Where curves are set to 0 dB.
struct Place {
    low: f64,
    high: f64,
    notes: Vec<String>,
}

/// The range in which the levels are compared: as asked, or where there are points.
fn place(
    level: Option<LevelRange>,
    common: (f64, f64),
    ends: (f64, f64),
    name: &str,
) -> Result<Place, Failure> {
    let (low, high) = match level {
        None => MIDRANGE,
        Some(LevelRange::Within(low, high)) => (low, high),
        Some(LevelRange::Free) => {
            return Ok(Place { low: ends.0, high: ends.1, notes: Vec::new() });
        }
    };
    let (from, to) = (low.max(common.0), high.min(common.1));
    if (from, to) == (low, high) {
        return Ok(Place { low, high, notes: Vec::new() });
    }
    let least = if level.is_none() { LEAST } else { 0.0 };
    let (low, high) = if from <= to && (to / from).log2() >= least {
        (from, to)
    } else if level.is_none() {
        common
    } else {
        return Err(Failure::usage(format!(
            "`--level` is outside the common range of {name} and the target, {} to {}",
            hertz(common.0),
            hertz(common.1),
        )));
    };
    let note = format!(
        "{name}: the level is compared from {} to {}, where both curves have points",
        hertz(low),
        hertz(high),
    );
    Ok(Place { low, high, notes: vec![note] })
}

/// A range with what its smoothing needs on both sides.
fn widened((low, high): (f64, f64), (least, most): (f64, f64)) -> (f64, f64) {
    let factor = 2_f64.powf(LEVEL);
    ((low / factor).max(least), (high * factor).min(most))
}

/// Width of the smoothing around a frequency, in octaves.
fn width(frequency: f64) -> f64 {
    let (from, to) = TRANSITION;
    let part = ((frequency / from).ln() / (to / from).ln()).clamp(0.0, 1.0);
    // Geometric interpolation.
    FINE * (COARSE / FINE).powf(part)
}

/// Smooths by local linear regression over octaves, with raised-cosine weights (one half at half
/// the width). Unlike a moving average, the regression keeps slopes at the ends of the curve.
fn smoothed(curve: &Curve, width: impl Fn(f64) -> f64) -> Curve {
    curve.map(|frequency, level| {
        let width = width(frequency);
        let octaves = |point: &(f64, f64)| (point.0 / frequency).log2();
        let from = curve.points.partition_point(|point| octaves(point) <= -width);
        let neighbours = curve.points[from..].iter().take_while(|point| octaves(point) < width);
        // Weighted sums of the normal equations.
        let (mut w, mut wx, mut wxx, mut wy, mut wxy) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for point in neighbours {
            let x = octaves(point) / width;
            let weight = (FRAC_PI_2 * x).cos().powi(2);
            let y = point.1 - level;
            w += weight;
            wx += weight * x;
            wxx += weight * x * x;
            wy += weight * y;
            wxy += weight * x * y;
        }
        let spread = w * wxx - wx * wx;
        if spread > 1e-9 * w * w { level + (wxx * wy - wx * wxy) / spread } else { level }
    })
}

#[cfg(test)]
mod tests {
    use super::Difference;
    use crate::fit::curve::Curve;
    use crate::shared::numbers::LevelRange;

    const ALL: (f64, f64) = (20.0, 20_000.0);

    fn curve(level: impl Fn(f64) -> f64) -> Curve {
        let frequencies = (0..200).map(|index| 20.0 * 1.036_f64.powi(index));
        Curve { name: "curve".into(), points: frequencies.map(|f| (f, level(f))).collect() }
    }

    fn octaves(frequency: f64) -> f64 {
        (frequency / 1_000.0).log2()
    }

    fn difference(a: &Curve, b: &Curve, level: Option<LevelRange>) -> Difference {
        Difference::new(a, b, ALL, 12.0, level).expect("they meet")
    }

    #[test]
    fn smoothing_keeps_slopes() {
        for (frequency, level) in difference(&curve(|_| 70.0), &curve(octaves), None).wanted.points
        {
            assert!((level - octaves(frequency)).abs() < 1e-3, "{level} dB at {frequency} Hz");
        }
    }

    #[test]
    fn boosts_are_limited() {
        let (flat, bump) = (curve(|_| 0.0), curve(|f| if f < 200.0 { 20.0 } else { 0.0 }));
        let difference = Difference::new(&flat, &bump, ALL, 6.0, None).expect("they meet");
        let levels: Vec<f64> = difference.wanted.points.iter().map(|point| point.1).collect();
        assert!(levels.iter().all(|level| *level <= 6.0));
        assert!((levels[0] - 6.0).abs() < 1e-9);
    }

    #[test]
    fn a_dip_at_one_frequency_does_not_move_the_level() {
        let dip = curve(|f| if (f / 1_000.0).log2().abs() < 0.03 { 60.0 } else { 80.0 });
        let level = |level| {
            let difference = difference(&dip, &curve(|_| 0.0), level);
            difference.measurement.level(5_000.0)
        };
        assert!(level(None).abs() < 0.7, "{}", level(None));
        assert!(level(Some(LevelRange::Within(1_000.0, 1_000.0))) < 8.0);
        assert!(level(Some(LevelRange::Within(3_000.0, 4_000.0))).abs() < 1e-9);
    }

    #[test]
    fn the_level_is_found_where_there_are_points() {
        let part = |from: f64, to: f64| {
            let mut part = curve(octaves);
            part.points.retain(|point| from <= point.0 && point.0 <= to);
            part
        };
        let flat = curve(|_| 0.0);
        // At the middle of the range the slope is 0 dB.
        let zero = |difference: &Difference| {
            let first = difference.measurement.points[0];
            octaves(first.0) - first.1
        };
        let bass = difference(&part(20.0, 200.0), &flat, None);
        assert!((zero(&bass) - octaves(63.0)).abs() < 0.05);
        assert!(
            bass.notes[0].contains("the level is compared from 20 Hz to 1"),
            "{:?}",
            bass.notes
        );
        let treble = difference(&part(900.0, 20_000.0), &flat, None);
        assert!((zero(&treble) - octaves(1_345.0)).abs() < 0.05 && treble.notes.len() == 1);
        let all = difference(&part(20.0, 20_000.0), &flat, None);
        assert!(zero(&all).abs() < 0.01 && all.notes.is_empty());
        let free = difference(&part(20.0, 200.0), &flat, Some(LevelRange::Free));
        assert!((zero(&free) - zero(&bass)).abs() < 1e-9 && free.notes.is_empty());
        // A point at 0 Hz is on no grid.
        let with_zero = |curve: &Curve| {
            let points = [&[(0.0, 1.0)], &curve.points[..]].concat();
            Curve { points, ..curve.clone() }
        };
        let (part_at_0, flat_at_0) = (with_zero(&part(20.0, 200.0)), with_zero(&flat));
        let at_0 = difference(&part_at_0, &flat_at_0, None);
        assert!((zero(&at_0) - zero(&bass)).abs() < 1e-9);
        let outside = Some(LevelRange::Within(500.0, 2_000.0));
        assert!(Difference::new(&part(20.0, 200.0), &flat, ALL, 12.0, outside).is_err());
    }
}
