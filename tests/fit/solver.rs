//! The least-squares solver against MINPACK and scipy.

use filterbank::Scalar;
use filterbank::ad::Number;
use filterbank::fit::{LeastSquares, Loss};
use serde_json::Value;

use crate::common::golden::{items, number, numbers};
use crate::common::worst::larger;
use crate::problems::{assert_consistent, distance, file, name, residuals, straight};

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
        // Where the Jacobian is singular at the minimum, every step only halves the distance.
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

/// The line is 2 + 0.5 t, with outliers in three of fifteen points.
#[test]
fn outliers_weigh_less_with_a_robust_loss() {
    let line = numbers(&file()["line"]);
    let error = |loss| {
        let method = LeastSquares::new().loss(loss);
        let solution =
            method.minimize_fn(&[0.0, 1.0], |x| straight(x, &line)).expect("it can be started");
        assert!(solution.stop.converged());
        let off = |t: f64| (solution.params[0] - 2.0 + t * (solution.params[1] - 0.5)).abs();
        larger(off(0.0), off(14.0))
    };
    let (squared, huber, cauchy) =
        (error(Loss::Squared), error(Loss::Huber(0.1)), error(Loss::Cauchy(0.1)));
    assert!(squared > 1.4 && huber < 0.016 && cauchy < 0.005, "{squared} {huber} {cauchy}");
    // If no residual exceeds its scale, a robust loss is the square.
    let start = [0.0, 1.0];
    let [plain, wide] = [Loss::Squared, Loss::Huber(100.0)].map(|loss| {
        let method = LeastSquares::new().loss(loss);
        method.minimize_fn(&start, |x| straight(x, &line)).expect("it can be started")
    });
    assert_eq!(plain.params, wide.params);
}

/// The path to the minimum passes a region without values.
#[test]
fn regions_that_cannot_be_evaluated_are_stepped_around() {
    // A Gauss-Newton step from 10 would end at -13; the minimum is at 1.
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
    // The same with NaN instead of an error.
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

/// The first step ends on the bound, where the derivative of the root is not finite; the minimum is
/// inside.
#[test]
fn a_point_without_derivatives_is_not_a_minimum() {
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
