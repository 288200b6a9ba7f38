//! Levels between the points of a curve.
//!
//! Cubic Hermite interpolation over the logarithm of frequency. The slope at a point is that of the
//! parabola through it and its neighbours, at most three times the smaller slope on either side, so
//! that steps do not overshoot.
//!
//! Source: J. M. Hyman, "Accurate Monotonicity Preserving Cubic Interpolation", SIAM J. Sci. Stat.
//! Comput. 4 (1983), 645-654, equation 2.6 with the limit that R. L. Dougherty, A. Edelman and
//! J. M. Hyman (Math. Comp. 52, 1989) allow at extrema.

/// A frequency in Hz and a level in dB.
type Point = (f64, f64);

/// The level at a frequency above 0; constant beyond the ends.
pub fn level(points: &[Point], frequency: f64) -> f64 {
    let above = points.partition_point(|point| point.0 < frequency);
    let left = above.checked_sub(1).and_then(|below| points.get(below));
    match (left, points.get(above)) {
        (_, Some(right)) if right.0 == frequency => right.1,
        // A point at 0 Hz is infinitely far away.
        (Some(left), Some(right)) if left.0 > 0.0 => {
            let width = octaves(*left, *right);
            let part = (frequency / left.0).log2() / width;
            let (from, to) = (slope(points, above - 1) * width, slope(points, above) * width);
            let rest = 1.0 - part;
            // Hermite's basis, as the chord and what the slopes add to it.
            let rise = right.1 - left.1;
            left.1 + part * rise + part * rest * (rest * (from - rise) - part * (to - rise))
        }
        (_, Some(right)) => right.1,
        (Some(left), None) => left.1,
        (None, None) => 0.0,
    }
}

/// The mean level over the octaves from `low` to `high`, in Hz, by the trapezoidal rule.
pub fn mean(points: &[Point], low: f64, high: f64) -> f64 {
    let end = |frequency: f64| (frequency, level(points, frequency));
    if low >= high {
        return level(points, low);
    }
    let from = points.partition_point(|point| point.0 <= low);
    let inside = points[from..].iter().copied().take_while(|point| point.0 < high);
    let (mut sum, mut last) = (0.0, end(low));
    for point in inside.chain([end(high)]) {
        sum += octaves(last, point) * 0.5 * (last.1 + point.1);
        last = point;
    }
    sum / (high / low).log2()
}

/// The slope at a point, in dB per octave.
fn slope(points: &[Point], index: usize) -> f64 {
    let chord = |left: usize, right: usize| {
        let (left, right) = (*points.get(left)?, *points.get(right)?);
        let width = (left.0 > 0.0).then(|| octaves(left, right))?;
        Some((width, (right.1 - left.1) / width))
    };
    let below = index.checked_sub(1).and_then(|below| chord(below, index));
    match (below, chord(index, index + 1)) {
        (Some((width, slope)), Some((other_width, other_slope))) => {
            let parabola = (other_width * slope + width * other_slope) / (width + other_width);
            let most = 3.0 * slope.abs().min(other_slope.abs());
            parabola.clamp(-most, most)
        }
        (Some((_, slope)), None) | (None, Some((_, slope))) => slope,
        (None, None) => 0.0,
    }
}

fn octaves(left: Point, right: Point) -> f64 {
    (right.0 / left.0).log2()
}

#[cfg(test)]
mod tests {
    use super::{level, mean};

    fn points(level: impl Fn(f64) -> f64, per_octave: i32) -> Vec<(f64, f64)> {
        let octaves = (0..=10 * per_octave).map(|i| f64::from(i) / f64::from(per_octave));
        octaves.map(|octave| (20.0 * octave.exp2(), level(octave))).collect()
    }

    #[test]
    fn smooth_curves_are_followed() {
        let wave = |octave: f64| 5.0 * (2.0 * octave).sin();
        let (sparse, dense) = (points(wave, 6), points(wave, 100));
        let error = |of: &dyn Fn(f64) -> f64| {
            let errors = dense.iter().map(|point| (of(point.0) - point.1).abs());
            errors.fold(
                0.0,
                |worst: f64, error| if error.is_nan() { error } else { worst.max(error) },
            )
        };
        assert!(error(&|frequency| level(&sparse, frequency)) < 0.05);
        // Points are met.
        for point in &sparse {
            assert_eq!(level(&sparse, point.0), point.1);
        }
    }

    #[test]
    fn steps_do_not_overshoot() {
        let step = [(20.0, 0.0), (200.0, 0.0), (201.0, 10.0), (20_000.0, 10.0)];
        for (frequency, _) in points(|octave| octave, 100) {
            let found = level(&step, frequency);
            assert!((0.0..=10.0).contains(&found), "{found} dB at {frequency} Hz");
        }
    }

    #[test]
    fn beyond_the_ends_the_level_is_constant() {
        let curve = [(0.0, 1.0), (100.0, 2.0), (200.0, 3.0)];
        assert_eq!([level(&curve, 50.0), level(&curve, 300.0)], [2.0, 3.0]);
        assert_eq!(level(&[], 1.0), 0.0);
    }

    #[test]
    fn means_are_over_octaves() {
        let slope = points(|octave| octave, 7);
        assert!((mean(&slope, 40.0, 160.0) - 2.0).abs() < 1e-9);
        assert_eq!(mean(&slope, 40.0, 40.0), level(&slope, 40.0));
        // Many points on one side do not count more.
        let crowded: Vec<_> = (0..100)
            .map(|i| (100.0 + f64::from(i), 0.0))
            .chain([(200.0, 0.0), (200.001, 6.0), (400.0, 6.0)])
            .collect();
        assert!((mean(&crowded, 100.0, 400.0) - 3.0).abs() < 0.01);
    }
}
