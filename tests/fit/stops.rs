//! Stop reasons of the solver, and problems that it refuses.

use filterbank::Scalar;
use filterbank::ad::Number;
use filterbank::fit::{FitError, LeastSquares, Stop};

use crate::problems::{half_square, residuals};

#[test]
fn stop_reasons_are_written_in_words() {
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

    // The looser the tolerance, the earlier the solver stops.
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
fn problems_that_cannot_start_are_refused() {
    let plain = |x: &[Number]| vec![x[0] - 1.0, x[1] + 1.0, x[0] * x[1]];
    let infinite = f64::INFINITY;
    let fails = |method: LeastSquares, start: &[f64]| {
        method.minimize_fn(start, plain).expect_err("it cannot start")
    };
    let new = LeastSquares::new;

    let count = fails(new().bounds([(0.0, 1.0)]), &[0.5, 0.5]);
    assert_eq!(count, FitError::BoundCount { expected: 2, found: 1 });
    assert_eq!(count.to_string(), "the number of bounds is 1, but the number of parameters is 2");
    let more = fails(new().bounds([(0.0, 1.0); 3]), &[0.5, 0.5]);
    assert_eq!(more, FitError::BoundCount { expected: 2, found: 3 });

    let empty = fails(new().bounds([(0.0, 1.0), (2.0, 1.0)]), &[0.5, 1.5]);
    assert_eq!(empty, FitError::EmptyBounds { name: "p[1]".into(), bounds: (2.0, 1.0) });
    assert_eq!(empty.to_string(), "the bounds 2 to 1 of `p[1]` are empty");
    for nan in [(f64::NAN, 1.0), (0.0, f64::NAN)] {
        let error = fails(new().bounds([nan, (0.0, 1.0)]), &[0.5, 0.5]);
        assert!(matches!(&error, FitError::EmptyBounds { name, .. } if name == "p[0]"), "{error}");
    }

    for outside in [-0.1, 1.1] {
        let error = fails(new().bounds([(0.0, 1.0), (0.0, 1.0)]), &[0.5, outside]);
        let bounds = (0.0, 1.0);
        assert_eq!(error, FitError::Start { name: "p[1]".into(), value: outside, bounds });
        let text = format!("`p[1]` starts at {outside}, outside its bounds 0 to 1");
        assert_eq!(error.to_string(), text);
    }
    for value in [infinite, -infinite, f64::NAN] {
        let error = fails(new(), &[value, 0.0]);
        assert!(matches!(&error, FitError::Start { name, .. } if name == "p[0]"), "{error}");
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
