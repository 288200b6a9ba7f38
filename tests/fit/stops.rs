//! Stop reasons of the solver, and problems that it refuses.

use filterbank::Scalar;
use filterbank::ad::Number;
use filterbank::fit::nalgebra::{DMatrix, DVector};
use filterbank::fit::{FitError, LeastSquares, Residuals, Stop};

use crate::problems::{half_square, residuals};

#[test]
fn stop_reasons_are_written_in_words() {
    let words = [
        (Stop::Gradient, true, "converged: the gradient vanishes"),
        (Stop::Cost, true, "converged: the cost no longer falls"),
        (Stop::Step, true, "converged: the parameters no longer move"),
        (Stop::Zero, true, "converged: the residuals are zero"),
        (Stop::Stalled, false, "not converged: no step lowers the cost as the derivatives promise"),
        (Stop::Faded, false, "not converged: a parameter has lost its effect"),
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

/// Residuals with derivatives of the caller's choice.
struct Custom<F>(F);

impl<F: FnMut(f64) -> (f64, f64)> Residuals for Custom<F> {
    type Error = std::convert::Infallible;

    fn residuals(&mut self, params: &[f64]) -> Result<DVector<f64>, Self::Error> {
        Ok(DVector::from_element(1, (self.0)(params[0]).0))
    }

    fn linearize(&mut self, params: &[f64]) -> Result<(DVector<f64>, DMatrix<f64>), Self::Error> {
        let (residual, slope) = (self.0)(params[0]);
        Ok((DVector::from_element(1, residual), DMatrix::from_element(1, 1, slope)))
    }
}

#[test]
fn refused_steps_are_no_minimum() {
    let run = |start: f64, f: &mut dyn FnMut(f64) -> (f64, f64)| {
        LeastSquares::new().minimize(&[start], &mut Custom(f)).expect("it starts")
    };
    // A derivative of the wrong sign.
    let wrong = run(3.0, &mut |x| (x - 1.0, -1.0));
    assert_eq!((wrong.stop, wrong.params[0]), (Stop::Stalled, 3.0));
    // One that is exact only at the start, and elsewhere has the wrong sign.
    let later = run(3.0, &mut |x| (x * x - 1.0, if x == 3.0 { 6.0 } else { -2.0 * x }));
    assert!(!later.stop.converged(), "{later}");
    // NaN everywhere but at the start.
    let lonely = run(3.0, &mut |x| if x == 3.0 { (2.0, 1.0) } else { (f64::NAN, f64::NAN) });
    assert_eq!((lonely.stop, lonely.params[0]), (Stop::Stalled, 3.0));
    // The right derivative.
    let right = run(3.0, &mut |x| (x - 1.0, 1.0));
    assert!(right.stop.converged() && right.params[0] == 1.0, "{right}");
}

#[test]
fn residuals_that_vanish_slowly_are_zero_in_the_end() {
    let fourth = LeastSquares::new().minimize_fn(&[1.0], |x| [x[0] * x[0]]).expect("it starts");
    assert_eq!(fourth.stop, Stop::Zero);
    assert!(fourth.iterations < 100 && fourth.params[0].abs() < 1e-7, "{fourth}");
    let start = [3.0, -1.0, 0.0, 1.0];
    let powell = LeastSquares::new().minimize_fn(&start, |x| residuals("powell_singular", x));
    let powell = powell.expect("it starts");
    assert!(powell.stop == Stop::Zero && powell.iterations < 100, "{powell}");
    // Small residuals are not zero.
    let small = LeastSquares::new().minimize_fn(&[3.0], |x| [(x[0] - 1.0).scale(1e-40)]);
    assert_eq!(small.expect("it starts").params, [1.0]);
}

/// Powell's badly scaled function: at the start one derivative is 4e-44. Beyond 40 in the second
/// parameter its valley descends for ever, away from the minimum: from there no fit converges.
#[test]
fn a_badly_scaled_start_is_no_minimum() {
    let fit = LeastSquares::new().minimize_fn(&[0.0, 100.0], |x| {
        [(x[0] * x[1]).scale(1e4) - 1.0, (-x[0]).exp() + (-x[1]).exp() - 1.000_1]
    });
    let fit = fit.expect("it starts");
    assert!(!fit.stop.converged() || fit.cost < 1e-20, "{fit}");
    let near = LeastSquares::new().minimize_fn(&[0.0, 1.0], |x| {
        [(x[0] * x[1]).scale(1e4) - 1.0, (-x[0]).exp() + (-x[1]).exp() - 1.000_1]
    });
    let near = near.expect("it starts");
    assert!(near.stop.converged() && near.cost < 1e-20, "{near}");
    assert!((near.params[1] - 9.106_146_74).abs() < 1e-6, "{near}");
}

/// A step too far, to where the model is flat.
#[test]
fn a_parameter_that_fades_is_no_minimum() {
    let measured = [1.0, 0.6, 0.4, 0.2];
    let fit = LeastSquares::new().minimize_fn(&[30.0], |x| {
        (1..).zip(measured).map(|(t, y)| x[0].scale(-f64::from(t)).exp() - y).collect::<Vec<_>>()
    });
    let fit = fit.expect("it starts");
    assert!(fit.params[0] < 2.0 || !fit.stop.converged(), "{fit}");
    let fading = LeastSquares::new().minimize_fn(&[2.0], |x| [x[0].recip(), x[0].recip() + 1.0]);
    let fading = fading.expect("it starts");
    assert!(!fading.stop.converged(), "{fading}");
}

#[test]
fn costs_out_of_range_are_refused() {
    let method = LeastSquares::new();
    let large = method.minimize_fn(&[400.0], |x| vec![x[0].exp()]).expect_err("infinite");
    assert_eq!(large, FitError::Range { cost: f64::INFINITY });
    assert_eq!(
        large.to_string(),
        "squares of residuals or derivatives are out of range at the start, where the cost is inf: \
         scale the residuals"
    );
    let small = method.minimize_fn(&[3.0], |x| [(x[0] - 1.0).scale(1e-170)]).expect_err("zero");
    assert_eq!(small, FitError::Range { cost: 0.0 });
    let steep = method.minimize_fn(&[0.0], |x| [x[0].scale(1e200) - 1.0]).expect_err("infinite");
    assert_eq!(steep, FitError::Range { cost: 0.5 });
    // Residuals that are zero are no underflow.
    let exact = method.minimize_fn(&[1.0], |x| [x[0] - 1.0]).expect("it starts");
    assert!(exact.stop.converged());
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
