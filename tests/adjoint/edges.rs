//! Wrong lengths, numbers that are not finite, and numbers near both ends of the range.

use filterbank::run::{AdjointScratch, adjoint};
use filterbank::section::SectionState;
use filterbank::{Dual, Section};

use crate::problem::{Problem, Slopes, adjoints, lane};

/// The message for a problem whose lengths do not fit; everything stays as it was.
fn refused(change: impl Fn(&mut Problem<f64>, &mut Slopes<f64>)) -> String {
    let problems: Vec<_> = (0..3).map(|seed| Problem::new(2, 20, seed)).collect();
    let mut problems = problems;
    let mut slopes: Vec<_> = problems
        .iter()
        .map(|problem| Slopes {
            coefficients: vec![[1.0; 5]; 2],
            states: problem.state_slope.clone(),
            input: problem.slope.clone(),
        })
        .collect();
    change(&mut problems[2], &mut slopes[2]);
    let before = slopes.clone();
    let mut lanes: Vec<_> = problems.iter().zip(&mut slopes).map(|(p, s)| lane(p, s)).collect();
    let error = adjoint(&mut lanes, &mut AdjointScratch::new()).expect_err("lengths do not fit");
    assert_eq!(slopes, before);
    error.to_string()
}

#[test]
fn wrong_lengths_are_refused_by_name() {
    let message = |block, found, expected| {
        format!("`{block}` has length {found}, but must have length {expected}")
    };
    let rest = SectionState::<f64>::REST;
    assert_eq!(refused(|p, _| p.input.truncate(19)), message("input", 19, 20));
    assert_eq!(refused(|_, s| s.input.truncate(4)), message("slope", 4, 20));
    assert_eq!(refused(|p, _| p.states.truncate(1)), message("states", 1, 2));
    assert_eq!(refused(|_, s| s.states.push(rest)), message("state_slope", 3, 2));
    assert_eq!(refused(|_, s| s.coefficients.clear()), message("gradient", 0, 2));
}

#[test]
fn nothing_is_done_for_no_signals_and_no_samples() {
    assert!(adjoints::<f64>(&[]).is_empty());
    let problem = Problem::new(3, 0, 1);
    let slopes = problem.adjoint();
    assert_eq!(slopes.states, problem.state_slope);
    assert_eq!(slopes.coefficients, [[0.0; 5]; 3]);
}

#[test]
fn gradients_are_added() {
    let problem = Problem::new(2, 100, 3);
    let once = problem.adjoint();
    let mut slopes = Slopes { coefficients: vec![[1.0; 5]; 2], ..problem.adjoint() };
    slopes.states.clone_from(&problem.state_slope);
    slopes.input.clone_from(&problem.slope);
    adjoint(&mut [lane(&problem, &mut slopes)], &mut AdjointScratch::new()).expect("they fit");
    for (sum, term) in slopes.coefficients.iter().flatten().zip(once.coefficients.iter().flatten())
    {
        assert!((sum - (1.0 + term)).abs() <= 1e-15 * term.abs().max(1.0));
    }
}

/// A sample that is not finite makes the gradient infinite or NaN, and only that of its signal.
#[test]
fn samples_that_are_not_finite_do_not_hide() {
    for (signals, count) in [(1, 1), (1, 3), (1, 12), (5, 2), (9, 4), (16, 20)] {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let problem = |index| Problem::new(count, 200, index);
            let mut problems: Vec<_> = (0..signals).map(problem).collect();
            let clean = adjoints(&problems);
            problems[0].input[3] = bad;
            let slopes = adjoints(&problems);
            let poisoned = &slopes[0].coefficients[count - 1];
            assert!(poisoned.iter().all(|x| !x.is_finite()), "{signals} {count}: {poisoned:?}");
            // The input's slopes do not depend on the input.
            assert_eq!(slopes[0].input, clean[0].input);
            assert_eq!(slopes[1..], clean[1..], "{signals} signals, {count} sections");

            let mut problems: Vec<_> = (0..signals).map(problem).collect();
            problems[0].slope[150] = bad;
            let slopes = adjoints(&problems);
            let (before, after) = slopes[0].input.split_at(151);
            assert!(before[..140].iter().all(|x| x.is_nan()), "{signals} {count}");
            assert_eq!(after, &clean[0].input[151..]);
            assert_eq!(slopes[1..], clean[1..]);
        }
    }
}

/// What has decayed is zero, at the latest 64 samples after it became subnormal.
#[test]
fn decayed_numbers_do_not_stay_subnormal() {
    for count in [1, 2, 5, 10] {
        let mut problem = Problem::new(count, 8_192, 3);
        problem.sections = vec![Section::from_coefficients([0.5, 0.2, 0.1, -0.6, 0.25]); count];
        problem.state_slope = vec![SectionState { s1: 1e-200, s2: 1e-200 }; count];
        problem.slope = vec![0.0; 8_192];
        problem.input[2_000..].fill(0.0);
        let slopes = problem.adjoint();
        let small = |x: &f64| *x != 0.0 && x.abs() < f64::MIN_POSITIVE;
        let subnormal = slopes.input.iter().filter(|x| small(x)).count();
        assert!(subnormal <= 64, "{count} sections: {subnormal} subnormal slopes");
        assert!(!slopes.coefficients.iter().flatten().any(small), "{count} sections");
        assert!(slopes.input[..7_000].iter().all(|x| *x == 0.0));
        assert!(slopes.input.iter().any(|x| *x != 0.0));
    }
}

#[test]
fn huge_numbers_do_no_harm() {
    for (signals, count) in [(1, 1), (1, 9), (7, 3)] {
        let mut problems: Vec<_> = (0..signals).map(|s| Problem::new(count, 100, s)).collect();
        for problem in &mut problems {
            problem.input.fill(f64::MAX);
            problem.slope.fill(f64::MIN);
        }
        let slopes = adjoints(&problems);
        assert!(slopes[0].coefficients.iter().flatten().any(|x| !x.is_finite()));
        // An unstable filter explodes as in the plain loop.
        problems[0].sections[0].a2 = 1.5;
        let found = adjoints(&problems);
        let expected = problems[0].cast::<Dual<f64, 0>>().adjoint();
        let finite = |numbers: Vec<bool>| numbers.iter().filter(|finite| **finite).count();
        let counts = [
            finite(found[0].input.iter().map(|x| x.is_finite()).collect()),
            finite(expected.input.iter().map(|x| x.value().is_finite()).collect()),
        ];
        assert_eq!(counts[0], counts[1]);
    }
}
