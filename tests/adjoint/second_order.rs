//! The adjoint on dual numbers: products of the Hessian with a vector.

use filterbank::Dual;
use filterbank::ad::hessian;
use filterbank::run::Sample;
use filterbank::section::SectionState;

use crate::common::noise::uniform;
use crate::common::worst::Worst;
use crate::problem::{Problem, relative_error};

/// Half the sum of the squares of the output.
fn energy<S: Sample>(problem: &Problem<S>) -> S {
    problem.run().0.iter().map(|y| (*y * *y).scale(0.5)).sum()
}

#[test]
fn tangents_of_slopes_are_second_derivatives() {
    let mut errors = Worst::default();
    for (count, time) in [(1, 12), (2, 20), (3, 9)] {
        let mut problem = Problem::new(count, time, 40 + count as u64);
        problem.state_slope = vec![SectionState::default(); count];
        let numbers = problem.numbers();
        let direction: Vec<f64> = uniform(9).take(numbers.len()).collect();
        let Ok((_, _, matrix)) = hessian(&numbers[..], |x| energy(&problem.with_numbers(x)));
        let row = |row| matrix.row(row).iter().zip(&direction).map(|(h, v)| h * v).sum();
        let expected: Vec<f64> = (0..numbers.len()).map(row).collect();

        let seeded = numbers.iter().zip(&direction);
        let seeded: Vec<_> = seeded.map(|(x, v)| Dual::<f64, 1>::new(*x, [*v])).collect();
        let mut dual = problem.with_numbers(&seeded);
        dual.slope = dual.run().0;
        let found: Vec<f64> = dual.adjoint().numbers().iter().map(|x| x.tangent()[0]).collect();
        errors.see(relative_error(&found, &expected), || format!("{count} sections"));
    }
    errors.assert_at_most(1e-12, "against the Hessian");
}
