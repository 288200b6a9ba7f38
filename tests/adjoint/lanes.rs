//! Many signals in one call: each as on its own, by the plain loop.

use filterbank::Dual;

use crate::common::worst::Worst;
use crate::problem::{Problem, adjoints};

/// Dual numbers without tangents: `f64` by the plain loop.
type Plain = Dual<f64, 0>;

#[test]
fn every_signal_is_as_on_its_own() {
    let mut errors = Worst::default();
    for signals in [1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 19, 33] {
        for (count, time) in [(1, 40), (2, 100), (3, 71), (4, 8), (5, 203), (12, 64), (35, 77)] {
            let problem = |index| Problem::new(count, time, (50 * count + index) as u64);
            let problems: Vec<_> = (0..signals).map(problem).collect();
            for (problem, found) in problems.iter().zip(adjoints(&problems)) {
                let expected = problem.cast::<Plain>().adjoint();
                let at = || format!("{signals} signals, {count} sections, {time} samples");
                errors.see(found.error(&expected), at);
            }
        }
    }
    errors.assert_at_most(1e-11, "lanes");
}

#[test]
fn signals_may_have_different_numbers_of_sections() {
    let mut errors = Worst::default();
    for signals in [2, 4, 6, 11, 20] {
        for time in [3, 64, 150] {
            let counts = [3, 0, 1, 17, 2, 5].into_iter().cycle().take(signals);
            let problem = |(index, count)| Problem::new(count, time, index as u64);
            let problems: Vec<_> = counts.enumerate().map(problem).collect();
            for (problem, found) in problems.iter().zip(adjoints(&problems)) {
                let expected = problem.cast::<Plain>().adjoint();
                errors.see(found.error(&expected), || format!("{signals} signals, {time} samples"));
            }
        }
    }
    errors.assert_at_most(1e-11, "lanes of different depth");
}
