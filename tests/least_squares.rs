//! The least-squares solver against MINPACK, scipy and closed forms.

#[allow(dead_code, reason = "the designs are for other tests")]
#[path = "common/golden.rs"]
mod golden;

use filterbank::fit::{FitError, LeastSquares, Loss, Solution, Stop};
use filterbank::{Dual, Number, Scalar};
use golden::{items, number, numbers};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand_distr::{Distribution, StandardNormal};
use serde_json::Value;

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
fn residuals(name: &str, x: &[Number]) -> Vec<Number> {
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

fn file() -> Value {
    serde_json::from_str(&golden::text("least_squares.json")).expect("JSON")
}

fn name(problem: &Value) -> &str {
    problem["name"].as_str().expect("a name")
}

/// The largest distance of two lists, each relative to the expected value or to 1e-3.
fn distance(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    found.iter().zip(expected).map(|(a, b)| (a - b).abs() / b.abs().max(1e-3)).fold(0.0, f64::max)
}

/// Half the sum of squares, as it should be in a solution.
fn half_square(residuals: &[f64]) -> f64 {
    0.5 * residuals.iter().map(|r| r * r).sum::<f64>()
}

/// What a solution says about itself is so.
fn assert_consistent(solution: &Solution, name: &str) {
    let numbers: Vec<Number> = solution.params.iter().map(|x| Number::constant(*x)).collect();
    let again: Vec<f64> = residuals(name, &numbers).iter().map(Dual::value).collect();
    assert_eq!(solution.residuals.as_slice(), again, "{name}");
    let cost = half_square(&again);
    assert!((solution.cost - cost).abs() <= 1e-15 * cost, "{name}");
    assert_eq!(solution.jacobian.shape(), (again.len(), numbers.len()), "{name}");
    let rms = (2.0 * cost / again.len() as f64).sqrt();
    assert!((solution.rms() - rms).abs() <= 1e-15 * rms, "{name}");
}

#[test]
fn standard_problems_end_where_minpack_ends() {
    for problem in items(&file()["standard"]) {
        let (name, cost) = (name(problem), number(&problem["cost"]));
        let start = numbers(&problem["start"]);
        // Brown and Dennis's large residuals slow Gauss-Newton down: MINPACK takes 393.
        let solution = LeastSquares::new()
            .max_iterations(500)
            .minimize_fn(&start, |x| residuals(name, x))
            .expect("a problem that can be started");
        let params = numbers(&problem["params"]);
        // Where all slopes vanish, every step only halves the distance, to no end.
        let singular = name == "powell_singular";
        assert!(solution.stop.converged() || singular, "{name}: {}", solution.stop);
        if cost == 0.0 {
            assert!(solution.cost < 1e-21, "{name}: {:e}", solution.cost);
        } else {
            assert!((solution.cost / cost - 1.0).abs() < 1e-11, "{name}: {:e}", solution.cost);
        }
        let near = match name {
            "powell_singular" => 1e-3,
            "brown_dennis" => 1e-5,
            _ => 5e-7,
        };
        assert!(distance(&solution.params, &params) < near, "{name}: {:?}", solution.params);
        assert_consistent(&solution, name);
    }
}

fn bounds(problem: &Value) -> Vec<(f64, f64)> {
    let bound = |value: &Value, otherwise: f64| value.as_f64().unwrap_or(otherwise);
    let pairs = items(&problem["bounds"]).iter();
    pairs.map(|pair| (bound(&pair[0], f64::NEG_INFINITY), bound(&pair[1], f64::INFINITY))).collect()
}

#[test]
fn bounded_problems_end_where_scipy_ends() {
    for problem in items(&file()["bounded"]) {
        let (name, cost) = (name(problem), number(&problem["cost"]));
        let bounds = bounds(problem);
        let solution = LeastSquares::new()
            .bounds(bounds.clone())
            .minimize_fn(&numbers(&problem["start"]), |x| {
                let inside =
                    |(x, (low, high)): (&Number, &(f64, f64))| (*low..=*high).contains(&x.value());
                assert!(x.iter().zip(&bounds).all(inside), "{name} is evaluated out of bounds");
                residuals(name, x)
            })
            .expect("a problem that can be started");
        let params = numbers(&problem["params"]);
        let held: Vec<bool> =
            items(&problem["held"]).iter().map(|held| held == &Value::Bool(true)).collect();
        assert!(solution.stop.converged(), "{name}: {}", solution.stop);
        assert!((solution.cost / cost - 1.0).abs() < 2e-13, "{name}: {:e}", solution.cost);
        assert!(distance(&solution.params, &params) < 1e-5, "{name}: {:?}", solution.params);
        assert_eq!(solution.at_bound, held, "{name}");
        for ((x, (low, high)), held) in solution.params.iter().zip(&bounds).zip(&held) {
            assert_eq!(x == low || x == high, *held, "{name}: {x}");
        }
        assert_consistent(&solution, name);
    }
}

#[test]
fn robust_losses_end_where_scipy_ends() {
    let file = file();
    let line = numbers(&file["line"]);
    for problem in items(&file["robust"]) {
        let scale = number(&problem["scale"]);
        let loss = match problem["loss"].as_str() {
            Some("huber") => Loss::Huber(scale),
            Some("cauchy") => Loss::Cauchy(scale),
            _ => panic!("{problem}"),
        };
        let solution = LeastSquares::new()
            .loss(loss)
            .minimize_fn(&numbers(&problem["start"]), |x| straight(x, &line))
            .expect("a problem that can be started");
        let (params, cost) = (numbers(&problem["params"]), number(&problem["cost"]));
        assert!(solution.stop.converged(), "{loss:?}: {}", solution.stop);
        assert!((solution.cost / cost - 1.0).abs() < 1e-14, "{loss:?}: {:e}", solution.cost);
        assert!(distance(&solution.params, &params) < 1e-8, "{loss:?}: {:?}", solution.params);
    }
}

/// A straight line minus what was measured.
fn straight(x: &[Number], measured: &[f64]) -> Vec<Number> {
    (0..).zip(measured).map(|(t, y)| x[0] + x[1].scale(f64::from(t)) - *y).collect()
}

/// The line was 2 + 0.5 t before three of its fifteen points were ruined.
#[test]
fn outliers_count_less_with_a_robust_loss() {
    let line = numbers(&file()["line"]);
    let error = |loss| {
        let method = LeastSquares::new().loss(loss);
        let solution =
            method.minimize_fn(&[0.0, 1.0], |x| straight(x, &line)).expect("it can be started");
        assert!(solution.stop.converged());
        let off = |t: f64| (solution.params[0] - 2.0 + t * (solution.params[1] - 0.5)).abs();
        off(0.0).max(off(14.0))
    };
    let (squared, huber, cauchy) =
        (error(Loss::Squared), error(Loss::Huber(0.1)), error(Loss::Cauchy(0.1)));
    assert!(squared > 1.4 && huber < 0.016 && cauchy < 0.005, "{squared} {huber} {cauchy}");
    // With no residual beyond its size, a robust loss is the square.
    let start = [0.0, 1.0];
    let [plain, wide] = [Loss::Squared, Loss::Huber(100.0)].map(|loss| {
        let method = LeastSquares::new().loss(loss);
        method.minimize_fn(&start, |x| straight(x, &line)).expect("it can be started")
    });
    assert_eq!(plain.params, wide.params);
}

/// Straight-line regression in the closed form of textbooks.
#[test]
fn covariance_is_the_closed_form_of_linear_regression() {
    let y = [1.1, 1.4, 2.3, 2.2, 3.1, 3.9, 3.6, 4.8];
    // To the last digits, not only until the cost no longer falls.
    let exact = LeastSquares::new().cost_tolerance(0.0);
    let solution = exact.minimize_fn(&[0.0, 0.0], |x| straight(x, &y)).expect("it starts");
    let n = y.len() as f64;
    let times = || (0..8).map(f64::from);
    let mean = 3.5;
    let spread: f64 = times().map(|t| (t - mean).powi(2)).sum();
    let slope = times().zip(y).map(|(t, y)| (t - mean) * y).sum::<f64>() / spread;
    let offset = y.iter().sum::<f64>() / n - slope * mean;
    let variance = times().zip(y).map(|(t, y)| (offset + slope * t - y).powi(2)).sum::<f64>() / 6.0;
    let expected = [
        variance * (1.0 / n + mean * mean / spread),
        -variance * mean / spread,
        -variance * mean / spread,
        variance / spread,
    ];
    let covariance = solution.covariance().expect("determined");
    assert!(distance(&solution.params, &[offset, slope]) < 1e-11);
    assert!(distance(covariance.as_slice(), &expected) < 5e-15);
    let errors = solution.standard_errors().expect("determined");
    assert_eq!(errors, [covariance[(0, 0)].sqrt(), covariance[(1, 1)].sqrt()]);

    // A parameter at its bound is taken as known: then the slope's variance is that of a line
    // through a given point.
    let held = LeastSquares::new()
        .bounds([(1.2, 2.0), (-5.0, 5.0)])
        .minimize_fn(&[1.5, 0.0], |x| straight(x, &y))
        .expect("it starts");
    assert_eq!(held.at_bound, [true, false]);
    let squares: f64 = times().map(|t| t * t).sum();
    let variance = 2.0 * held.cost / 7.0;
    let covariance = held.covariance().expect("determined");
    let expected = [0.0, 0.0, 0.0, variance / squares];
    assert!(distance(covariance.as_slice(), &expected) < 1e-13);
    assert_eq!(held.standard_errors().expect("determined")[0], 0.0);
}

#[test]
fn what_is_not_determined_has_no_covariance() {
    // As many residuals as parameters: nothing tells the noise.
    let exact = LeastSquares::new().minimize_fn(&[0.0, 0.0], |x| straight(x, &[1.0, 2.0]));
    assert_eq!(exact.expect("it starts").covariance(), None);
    // A sum only.
    let sum = LeastSquares::new()
        .minimize_fn(&[0.0, 0.0], |x| [x[0] + x[1] - 1.0, x[0] + x[1] - 2.0, x[0] + x[1]])
        .expect("it starts");
    assert!((sum.params[0] + sum.params[1] - 1.0).abs() < 1e-9, "{sum:?}");
    assert!(sum.stop.converged());
    assert_eq!(sum.covariance(), None);
    assert_eq!(sum.standard_errors(), None);
}

/// A decaying exponential with a little noise, many times: how often the truth is within two
/// standard errors. For 12 surplus points that should be so in 93.1 % (Student's t).
#[test]
fn standard_errors_cover_the_truth_as_often_as_they_should() {
    const RUNS: usize = 4_000;
    let truth = [2.0, 0.3, 0.5];
    let mut noise = StandardNormal.sample_iter(StdRng::seed_from_u64(7));
    let mut covered = [0_usize; 3];
    for _ in 0..RUNS {
        let measured: Vec<f64> = (0..15)
            .map(|t| truth[0] * (-truth[1] * f64::from(t)).exp() + truth[2])
            .zip(&mut noise)
            .map(|(y, noise): (f64, f64)| y + 0.01 * noise)
            .collect();
        let solution = LeastSquares::new()
            .minimize_fn(&[1.0, 0.5, 0.0], |x| {
                (0..)
                    .zip(&measured)
                    .map(|(t, y)| x[0] * x[1].scale(-f64::from(t)).exp() + x[2] - *y)
                    .collect::<Vec<_>>()
            })
            .expect("it starts");
        assert!(solution.stop.converged());
        let errors = solution.standard_errors().expect("determined");
        for (index, error) in errors.iter().enumerate() {
            covered[index] +=
                usize::from((solution.params[index] - truth[index]).abs() <= 2.0 * error);
        }
    }
    for covered in covered {
        let share = covered as f64 / RUNS as f64;
        // Three standard deviations of a binomial count are 1.2 %.
        assert!((share - COVERAGE).abs() < 0.012, "{share}");
    }
}

/// The probability that Student's t with 12 degrees of freedom lies within ±2.
const COVERAGE: f64 = 0.93134;

#[test]
fn stop_reasons_are_said_in_words() {
    let words = [
        (Stop::Gradient, true, "converged: the gradient vanishes"),
        (Stop::Cost, true, "converged: the cost no longer falls"),
        (Stop::Step, true, "converged: the parameters no longer move"),
        (Stop::Iterations, false, "not converged: the limit of iterations was reached"),
        (Stop::Observer, false, "stopped by the observer"),
        (Stop::Hopeless, false, "given up: the cost is still above the limit that was set"),
    ];
    for (stop, converged, text) in words {
        assert_eq!((stop.converged(), stop.to_string().as_str()), (converged, text));
    }
}

#[test]
fn every_limit_stops() {
    let rosenbrock = |x: &[Number]| residuals("rosenbrock", x);
    let start = [-1.2, 1.0];
    let run = |method: LeastSquares| method.minimize_fn(&start, rosenbrock).expect("it starts");
    let free = run(LeastSquares::new());
    assert!(free.iterations > 6 && free.stop.converged());

    let short = run(LeastSquares::new().max_iterations(3));
    assert_eq!((short.stop, short.iterations), (Stop::Iterations, 3));
    assert!(short.cost < half_square(&[-4.4, 2.2]) && short.cost > 1e-6);
    let none = run(LeastSquares::new().max_iterations(0));
    assert_eq!((none.stop, none.iterations), (Stop::Iterations, 0));
    assert_eq!(none.params, start);
    // One iteration more than the method needs is enough.
    let enough = run(LeastSquares::new().max_iterations(free.iterations + 1));
    assert_eq!(enough, free);

    let hopeless = run(LeastSquares::new().give_up(4, 1e-6));
    assert_eq!((hopeless.stop, hopeless.iterations), (Stop::Hopeless, 4));
    let hopeful = run(LeastSquares::new().give_up(4, 100.0));
    assert_eq!(hopeful, free);

    let at_minimum = LeastSquares::new().minimize_fn(&[1.0, 1.0], rosenbrock).expect("it starts");
    assert_eq!((at_minimum.stop, at_minimum.iterations), (Stop::Gradient, 0));

    // The looser the tolerance, the earlier the end.
    let slow = |tolerance| {
        LeastSquares::new()
            .cost_tolerance(tolerance)
            .minimize_fn(&[25.0, 5.0, -5.0, -1.0], |x| residuals("brown_dennis", x))
            .expect("it starts")
    };
    let (loose, tight) = (slow(1e-2), slow(1e-12));
    assert_eq!(loose.stop, Stop::Cost);
    assert!(loose.iterations < tight.iterations && loose.cost > tight.cost);
}

#[test]
fn problems_that_cannot_be_started() {
    let plain = |x: &[Number]| vec![x[0] - 1.0, x[1] + 1.0, x[0] * x[1]];
    let infinite = f64::INFINITY;
    let fails = |method: LeastSquares, start: &[f64]| {
        method.minimize_fn(start, plain).expect_err("it cannot be started")
    };
    let new = LeastSquares::new;

    let count = fails(new().bounds([(0.0, 1.0)]), &[0.5, 0.5]);
    assert_eq!(count, FitError::BoundCount { expected: 2, found: 1 });
    assert_eq!(count.to_string(), "the number of bounds is 1, that of parameters 2");
    let more = fails(new().bounds([(0.0, 1.0); 3]), &[0.5, 0.5]);
    assert_eq!(more, FitError::BoundCount { expected: 2, found: 3 });

    let empty = fails(new().bounds([(0.0, 1.0), (2.0, 1.0)]), &[0.5, 1.5]);
    assert_eq!(empty, FitError::EmptyBounds { index: 1, bounds: (2.0, 1.0) });
    assert_eq!(empty.to_string(), "the bounds 2 to 1 of parameter 1 are empty");
    for nan in [(f64::NAN, 1.0), (0.0, f64::NAN)] {
        let error = fails(new().bounds([nan, (0.0, 1.0)]), &[0.5, 0.5]);
        assert!(matches!(error, FitError::EmptyBounds { index: 0, .. }), "{error}");
    }

    for outside in [-0.1, 1.1] {
        let error = fails(new().bounds([(0.0, 1.0), (0.0, 1.0)]), &[0.5, outside]);
        let bounds = (0.0, 1.0);
        assert_eq!(error, FitError::Start { index: 1, value: outside, bounds });
        let text = format!("parameter 1 starts at {outside}, outside its bounds 0 to 1");
        assert_eq!(error.to_string(), text);
    }
    for value in [infinite, -infinite, f64::NAN] {
        let error = fails(new(), &[value, 0.0]);
        assert!(matches!(error, FitError::Start { index: 0, .. }), "{error}");
    }

    let nan = new().minimize_fn(&[-1.0], |x| [x[0], x[0].sqrt()]).expect_err("NaN");
    assert_eq!(nan, FitError::NotFinite { index: 1 });
    assert_eq!(nan.to_string(), "residual 1 or its derivatives are not finite at the start");
    // The residual is finite, its derivative is not.
    let slope = new().minimize_fn(&[0.0], |x| [x[0], x[0].sqrt()]).expect_err("infinite");
    assert_eq!(slope, FitError::NotFinite { index: 1 });

    let few = new().minimize_fn(&[1.0; 3], |x| [x[0], x[1]]).expect_err("underdetermined");
    assert_eq!(few, FitError::Underdetermined { params: 3, residuals: 2 });
    assert_eq!(few.to_string(), "2 residuals cannot determine 3 parameters");

    let refused = new().minimize_fn(&[1.0], |_| Err::<Number, _>("not here"));
    let refused = refused.expect_err("refused");
    assert_eq!(refused, FitError::Evaluation("not here"));
    assert_eq!(refused.to_string(), "not here");
}

/// The way to the minimum leads past a region without values.
#[test]
fn regions_that_cannot_be_evaluated_are_stepped_around() {
    // A step of Gauss-Newton from 10 would land at -13: the logarithm's minimum is at 1.
    let mut refused = 0;
    let logarithm = LeastSquares::new()
        .minimize_fn(&[10.0], |x| {
            if x[0].value() <= 0.0 {
                refused += 1;
                return Err("no logarithm");
            }
            Ok(x[0].ln())
        })
        .expect("it starts");
    assert!(refused > 0 && logarithm.stop.converged());
    assert!((logarithm.params[0] - 1.0).abs() < 1e-9, "{:?}", logarithm.params);
    // The same where there is NaN instead of an error.
    let silent = LeastSquares::new().minimize_fn(&[10.0], |x| x[0].ln()).expect("it starts");
    assert_eq!(silent.params, logarithm.params);

    // Rosenbrock's valley with a hole beside it.
    let mut refused = 0;
    let valley = LeastSquares::new()
        .minimize_fn(&[-1.2, 1.0], |x| {
            if x[1].value() < -0.5 {
                refused += 1;
                return Err("a hole");
            }
            Ok(residuals("rosenbrock", x))
        })
        .expect("it starts");
    assert!(refused > 0 && valley.stop.converged());
    assert!(distance(&valley.params, &[1.0, 1.0]) < 1e-9);
}

/// The first step lands on the bound, where the root has no slope; the minimum is inside.
#[test]
fn a_point_without_slopes_is_no_minimum() {
    let solution = LeastSquares::new()
        .bounds([(0.0, 10.0)])
        .minimize_fn(&[9.0], |x| [x[0].sqrt() - 1.0, x[0].scale(0.5)])
        .expect("it starts");
    // The root s solves s - 1 + s^3 / 2 = 0.
    let root = 0.770_916_997_059_248_1_f64;
    let found = (solution.params[0] - root * root).abs() < 1e-6;
    assert!(found || !solution.stop.converged(), "{:?}: {}", solution.params, solution.stop);
}

#[test]
fn a_start_on_a_bound_leaves_it_where_the_cost_falls() {
    let solution = LeastSquares::new()
        .bounds([(-1.2, 5.0), (-5.0, 1.0)])
        .minimize_fn(&[-1.2, 1.0], |x| residuals("rosenbrock", x))
        .expect("it starts");
    assert!(distance(&solution.params, &[1.0, 1.0]) < 1e-6, "{:?}", solution.params);
}

#[test]
fn equal_bounds_fix_a_parameter() {
    let solution = LeastSquares::new()
        .bounds([(0.25, 0.25), (-9.0, 9.0)])
        .minimize_fn(&[0.25, 5.0], |x| residuals("rosenbrock", x))
        .expect("it starts");
    assert_eq!(solution.params[0], 0.25);
    assert!((solution.params[1] - 0.0625).abs() < 1e-9);
    assert_eq!(solution.at_bound, [true, false]);
}
