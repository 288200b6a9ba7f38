//! The standard problems, and consistency checks of solutions.

use filterbank::ad::Number;
use filterbank::fit::Fit;
use filterbank::{Dual, Scalar};
use serde_json::Value;

use crate::common::golden;
use crate::common::worst::worst;

const BARD: [f64; 15] =
    [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39];
const KOWALIK: [(f64, f64); 11] = [
    (4.0, 0.1957),
    (2.0, 0.1947),
    (1.0, 0.1735),
    (0.5, 0.1600),
    (0.25, 0.0844),
    (0.167, 0.0627),
    (0.125, 0.0456),
    (0.1, 0.0342),
    (0.0833, 0.0323),
    (0.0714, 0.0235),
    (0.0625, 0.0246),
];
const MEYER: [f64; 16] = [
    34780.0, 28610.0, 23650.0, 19630.0, 16370.0, 13720.0, 11540.0, 9744.0, 8261.0, 7030.0, 6005.0,
    5147.0, 4427.0, 3820.0, 3307.0, 2872.0,
];
const OSBORNE: [f64; 33] = [
    0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.850, 0.818, 0.784, 0.751, 0.718, 0.685,
    0.658, 0.628, 0.603, 0.580, 0.558, 0.538, 0.522, 0.506, 0.490, 0.478, 0.467, 0.457, 0.448,
    0.438, 0.431, 0.424, 0.420, 0.414, 0.411, 0.406,
];

/// The residuals of the problems in `golden/least_squares.py`, by their names.
pub fn residuals(name: &str, x: &[Number]) -> Vec<Number> {
    let count = |range: std::ops::RangeInclusive<u32>| range.map(f64::from);
    match (name, x) {
        ("rosenbrock", &[x, y]) => vec![(y - x * x).scale(10.0), -x + 1.0],
        ("freudenstein_roth", &[x, y]) => {
            vec![x - 13.0 + ((-y + 5.0) * y - 2.0) * y, x - 29.0 + ((y + 1.0) * y - 14.0) * y]
        }
        ("beale", &[x, y]) => [1.5, 2.25, 2.625]
            .iter()
            .zip(1..)
            .map(|(wanted, power)| x * (y.powi(power) - 1.0) + *wanted)
            .collect(),
        ("jennrich_sampson", &[x, y]) => count(1..=10)
            .map(|i| -(x.scale(i).exp() + y.scale(i).exp()) + (2.0 + 2.0 * i))
            .collect(),
        ("helical_valley", &[x, y, z]) => {
            let half = if x.value() < 0.0 { 0.5 } else { 0.0 };
            let turn = (y / x).atan().scale(0.5 / std::f64::consts::PI) + half;
            vec![(z - turn.scale(10.0)).scale(10.0), (x.hypot(y) - 1.0).scale(10.0), z]
        }
        ("bard", &[x, y, z]) => count(1..=15)
            .zip(BARD)
            .map(|(u, wanted)| {
                let v = 16.0 - u;
                -(x + (y.scale(v) + z.scale(u.min(v))).recip().scale(u)) + wanted
            })
            .collect(),
        ("meyer", &[x, y, z]) => count(1..=16)
            .zip(MEYER)
            .map(|(i, wanted)| x * (y / (z + (45.0 + 5.0 * i))).exp() - wanted)
            .collect(),
        ("box_3d", &[x, y, z]) => count(1..=10)
            .map(|i| {
                let t = 0.1 * i;
                x.scale(-t).exp() - y.scale(-t).exp() - z.scale((-t).exp() - (-10.0 * t).exp())
            })
            .collect(),
        ("powell_singular", &[a, b, c, d]) => vec![
            a + b.scale(10.0),
            (c - d).scale(5.0_f64.sqrt()),
            (b - c.scale(2.0)).powi(2),
            (a - d).powi(2).scale(10.0_f64.sqrt()),
        ],
        ("wood", &[a, b, c, d]) => vec![
            (b - a * a).scale(10.0),
            -a + 1.0,
            (d - c * c).scale(90.0_f64.sqrt()),
            -c + 1.0,
            (b + d - 2.0).scale(10.0_f64.sqrt()),
            (b - d).scale(10.0_f64.sqrt().recip()),
        ],
        ("kowalik_osborne", &[a, b, c, d]) => KOWALIK
            .iter()
            .map(|&(u, wanted)| -(a * (b.scale(u) + u * u) / (c.scale(u) + d + u * u)) + wanted)
            .collect(),
        ("brown_dennis", &[a, b, c, d]) => count(1..=20)
            .map(|i| {
                let t = 0.2 * i;
                (a + b.scale(t) - t.exp()).powi(2) + (c + d.scale(t.sin()) - t.cos()).powi(2)
            })
            .collect(),
        ("osborne1", &[a, b, c, d, e]) => count(0..=32)
            .zip(OSBORNE)
            .map(|(i, wanted)| {
                -(a + b * d.scale(-10.0 * i).exp() + c * e.scale(-10.0 * i).exp()) + wanted
            })
            .collect(),
        _ => panic!("no problem {name} with {} parameters", x.len()),
    }
}

pub fn file() -> Value {
    serde_json::from_str(&golden::text("least_squares.json")).expect("JSON")
}

pub fn name(problem: &Value) -> &str {
    problem["name"].as_str().expect("a name")
}

/// The largest distance of two lists, relative to the expected value or to 1e-3.
pub fn distance(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    worst(found.iter().zip(expected).map(|(a, b)| (a - b) / b.abs().max(1e-3)))
}

/// Half the sum of squares: the cost of a solution.
pub fn half_square(residuals: &[f64]) -> f64 {
    0.5 * residuals.iter().map(|r| r * r).sum::<f64>()
}

/// Asserts that the fields of a solution agree with each other.
pub fn assert_consistent(solution: &Fit, name: &str) {
    let numbers: Vec<Number> = solution.params.iter().map(|x| Number::constant(*x)).collect();
    let again: Vec<f64> = residuals(name, &numbers).iter().map(Dual::value).collect();
    assert_eq!(solution.residuals.as_slice(), again, "{name}");
    let cost = half_square(&again);
    assert!((solution.cost - cost).abs() <= 1e-15 * cost, "{name}");
    let rms = (2.0 * cost / again.len() as f64).sqrt();
    assert!((solution.rms - rms).abs() <= 1e-15 * rms, "{name}");
}

/// A straight line minus measured values.
pub fn straight(x: &[Number], measured: &[f64]) -> Vec<Number> {
    (0..).zip(measured).map(|(t, y)| x[0] + x[1].scale(f64::from(t)) - *y).collect()
}

/// The standard errors of a fit that determines all its parameters.
pub fn determined(fit: &Fit) -> Vec<f64> {
    let errors: Option<Vec<f64>> = fit.standard_errors.iter().copied().collect();
    errors.expect("determined")
}
