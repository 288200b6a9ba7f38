//! Gradients against dual numbers, whatever the number of signals and the blocks.

use filterbank::{Dual, Scalar};

use super::{COURSES, Gradient, Problem, gradients};
use crate::common::noise::uniform;
use crate::common::worst::Worst;

/// The derivatives of the loss by every number, one dual run for each.
fn by_duals(problem: &Problem<f64>) -> Vec<f64> {
    let numbers = 6 * problem.rows.len() + 3 * problem.sections + problem.input.len();
    let derivative = |wanted: usize| {
        let mut index = 0;
        let seeded = problem.map(|x| {
            index += 1;
            Dual::<f64, 1>::variable(x, usize::from(index != wanted + 1))
        });
        seeded.loss().tangent()[0]
    };
    (0..numbers).map(derivative).collect()
}

fn compare(worst: &mut Worst, found: &[f64], expected: &[f64], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let largest = expected.iter().fold(0.0, |largest: f64, x| largest.max(x.abs()));
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        worst.see((found - expected).abs() / largest, || {
            format!("{what}, number {index}: {found} and {expected}")
        });
    }
}

#[test]
fn gradients_are_those_of_dual_numbers() {
    let mut worst = Worst::default();
    for (number, course) in COURSES.into_iter().enumerate() {
        for (sections, time) in [(1, 1), (3, 8), (4, 40), (2, 70)] {
            let seeds = 100 * number as u64..100 * number as u64 + 11;
            let problems: Vec<_> =
                seeds.map(|seed| Problem::random(seed, sections, time, course)).collect();
            for (lane, (problem, gradient)) in
                problems.iter().zip(gradients(&problems, time)).enumerate()
            {
                let what = format!("{course:?}, {sections} sections, {time} samples, lane {lane}");
                compare(&mut worst, &gradient.numbers(), &by_duals(problem), &what);
            }
        }
    }
    worst.assert_at_most(1e-10, "gradients");
}

/// `⟨slope, J v⟩ = ⟨Jᵀ slope, v⟩` for directions `v` of all numbers.
#[test]
fn the_dot_test() {
    let mut worst = Worst::default();
    for course in COURSES {
        let problems: Vec<_> =
            (0..19).map(|seed| Problem::random(seed, 4, 1_000, course)).collect();
        for (lane, (problem, gradient)) in
            problems.iter().zip(gradients(&problems, 256)).enumerate()
        {
            let gradient = gradient.numbers();
            let direction: Vec<f64> = uniform(lane as u64).take(gradient.len()).collect();
            let mut steps = direction.iter();
            let moved = problem.map(|x| {
                Dual::<f64, 1>::new(x, [*steps.next().expect("as many steps as numbers")])
            });
            let (forward, mut backward, mut size) = (moved.loss().tangent()[0], 0.0, 0.0);
            for (slope, step) in gradient.iter().zip(&direction) {
                backward += slope * step;
                size += (slope * step).abs();
            }
            worst.see((forward - backward).abs() / size, || format!("{course:?}, lane {lane}"));
        }
    }
    worst.assert_at_most(1e-12, "dot test");
}

#[test]
fn cuts_change_nothing() {
    let mut worst = Worst::default();
    for course in COURSES {
        for lanes in [1, 2, 8, 9] {
            let problems: Vec<_> =
                (0..lanes).map(|seed| Problem::random(seed, 3, 150, course)).collect();
            let whole = gradients(&problems, 150);
            for block in [1, 5, 7, 14, 64, 149] {
                for (cut, whole) in gradients(&problems, block).iter().zip(&whole) {
                    let what = format!("{course:?}, {lanes} lanes, blocks of {block}");
                    compare(&mut worst, &cut.numbers(), &whole.numbers(), &what);
                }
            }
        }
    }
    worst.assert_at_most(1e-12, "gradients of blocks");
}

/// On dual numbers, the tangent of the gradient is the Hessian times the direction.
#[test]
fn second_derivatives_are_those_of_nested_duals() {
    let mut worst = Worst::default();
    for course in COURSES {
        let problem = Problem::random(5, 3, 20, course);
        let directed = || {
            let mut steps = uniform(9);
            problem.map(move |x| Dual::<f64, 1>::new(x, [steps.next().expect("endless")]))
        };
        let found: Vec<f64> = (gradients(&[directed()], 20))
            .iter()
            .flat_map(Gradient::numbers)
            .map(|slope| slope.tangent()[0])
            .collect();
        let expected: Vec<f64> = (0..found.len())
            .map(|wanted| {
                let mut index = 0;
                let nested = directed().map(|x| {
                    index += 1;
                    Dual::<Dual<f64, 1>, 1>::variable(x, usize::from(index != wanted + 1))
                });
                nested.loss().tangent()[0].tangent()[0]
            })
            .collect();
        compare(&mut worst, &found, &expected, &format!("{course:?}"));
    }
    worst.assert_at_most(1e-10, "second derivatives");
}

/// The vector kernel has the values of the plain loop, which dual numbers take.
#[test]
fn values_on_dual_numbers_are_those_on_plain_ones() {
    let mut worst = Worst::default();
    for course in COURSES {
        let problems: Vec<_> = (0..9).map(|seed| Problem::random(seed, 5, 100, course)).collect();
        let duals: Vec<_> =
            problems.iter().map(|problem| problem.map(Dual::<f64, 1>::constant)).collect();
        for (plain, dual) in gradients(&problems, 100).iter().zip(gradients(&duals, 100)) {
            let dual: Vec<f64> = dual.numbers().into_iter().map(Scalar::primal).collect();
            compare(&mut worst, &plain.numbers(), &dual, &format!("{course:?}"));
        }
    }
    worst.assert_at_most(1e-12, "values");
}
