//! From a measurement and a target to the curve for an EQ.

use std::f64::consts::FRAC_PI_2;
use std::iter;

use super::curve::Curve;
use crate::shared::failure::Failure;
use crate::shared::format::hertz;

/// Points per octave of the grid on which curves are compared.
const POINTS: f64 = 48.0;
/// The frequency at which curves are set to 0 dB: their overall level carries no information.
const CENTER: f64 = 1_000.0;
/// Width of the smoothing in octaves: narrower dips are specific to one ear or one position, and
/// must not be filled.
const FINE: f64 = 1.0 / 12.0;
/// The same at high frequencies, where the curve changes each time the headphone is put on.
const COARSE: f64 = 1.0;
/// The width changes from fine to coarse between these frequencies.
const TRANSITION: (f64, f64) = (6_000.0, 12_000.0);
/// Width of the smoothing of a limited boost's corners.
const ROUNDED: f64 = 1.0 / 5.0;

/// Curves on a common grid, 0 dB at 1 kHz.
#[derive(Clone, Debug)]
pub struct Difference {
    pub measurement: Curve,
    pub target: Curve,
    /// Target minus measurement, smoothed, and nowhere above the largest boost.
    pub wanted: Curve,
}

impl Difference {
    /// Compares two curves where both have points, within a range in Hz.
    pub fn new(
        measurement: &Curve,
        target: &Curve,
        (low, high): (f64, f64),
        max_boost: f64,
    ) -> Result<Self, Failure> {
        let (spans, mut ends) = ([measurement.span(), target.span()], (low, high));
        for (curve, span) in [measurement, target].into_iter().zip(spans) {
            if !(span.0 <= CENTER && CENTER <= span.1) {
                return Err(Failure::usage(format!(
                    "{} goes from {} to {}, but {} must be in it: there curves are set to 0 dB",
                    curve.name,
                    hertz(span.0),
                    hertz(span.1),
                    hertz(CENTER),
                )));
            }
            ends = (ends.0.max(span.0), ends.1.min(span.1));
        }
        let step = 2_f64.powf(1.0 / POINTS);
        // Rounding must not drop the last point.
        let grid: Vec<f64> = iter::successors(Some(ends.0), |frequency| Some(frequency * step))
            .take_while(|frequency| *frequency <= ends.1 * (1.0 + 1e-9))
            .map(|frequency| frequency.min(ends.1))
            .collect();
        if grid.is_empty() {
            return Err(Failure::usage(format!(
                "{} and {} have no common frequencies from {} to {}",
                measurement.name,
                target.name,
                hertz(low),
                hertz(high),
            )));
        }
        let on_grid = |curve: &Curve| Curve {
            name: curve.name.clone(),
            points: grid.iter().map(|f| (*f, curve.level(*f) - curve.level(CENTER))).collect(),
        };
        let (measurement, target) = (on_grid(measurement), on_grid(target));
        let difference = target.map(|frequency, level| level - measurement.level(frequency));
        let limited = smoothed(&difference, width).map(|_, level| level.min(max_boost));
        let rounded = smoothed(&limited, |frequency| width(frequency).max(ROUNDED));
        let mut wanted = rounded.map(|_, level| level.min(max_boost));
        wanted.name = format!("{} minus {}", target.name, measurement.name);
        Ok(Self { measurement, target, wanted })
    }
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

    fn curve(level: impl Fn(f64) -> f64) -> Curve {
        let frequencies = (0..200).map(|index| 20.0 * 1.036_f64.powi(index));
        Curve { name: "curve".into(), points: frequencies.map(|f| (f, level(f))).collect() }
    }

    #[test]
    fn smoothing_keeps_slopes() {
        let octaves = |frequency: f64| (frequency / 1_000.0).log2();
        let (flat, slope) = (curve(|_| 70.0), curve(octaves));
        let difference = Difference::new(&flat, &slope, (20.0, 20_000.0), 12.0).expect("they meet");
        for (frequency, level) in difference.wanted.points {
            assert!((level - octaves(frequency)).abs() < 1e-9, "{level} dB at {frequency} Hz");
        }
    }

    #[test]
    fn boosts_are_limited() {
        let (flat, bump) = (curve(|_| 0.0), curve(|f| if f < 200.0 { 20.0 } else { 0.0 }));
        let difference = Difference::new(&flat, &bump, (20.0, 20_000.0), 6.0).expect("they meet");
        let levels: Vec<f64> = difference.wanted.points.iter().map(|point| point.1).collect();
        assert!(levels.iter().all(|level| *level <= 6.0));
        assert!((levels[0] - 6.0).abs() < 1e-9);
    }
}
