//! Equal to the derivatives of the forward run.

use filterbank::section::SectionState;
use filterbank::{Band, Cascade, Dual, Sensitivities, gradient};

use crate::common::noise::uniform;
use crate::common::worst::Worst;
use crate::problem::{Problem, relative_error};

#[test]
fn slopes_are_the_derivatives_by_dual_numbers() {
    let mut errors = Worst::default();
    for (count, time) in [(1, 1), (1, 7), (1, 90), (2, 64), (3, 130), (5, 33), (9, 40), (17, 20)] {
        let problem = Problem::new(count, time, (count + time) as u64);
        let numbers = problem.numbers();
        let Ok((_, expected)) = gradient(&numbers[..], |x| problem.with_numbers(x).loss());
        let found = problem.adjoint().numbers();
        assert_eq!(found.len(), expected.len());
        let kinds = [0, 5 * count, 7 * count, found.len()];
        for kind in kinds.windows(2).map(|ends| ends[0]..ends[1]) {
            let error = relative_error(&found[kind.clone()], &expected[kind]);
            errors.see(error, || format!("{count} sections, {time} samples"));
        }
    }
    errors.assert_at_most(1e-12, "against dual numbers");
}

/// `⟨g, J v⟩ = ⟨Jᵀ g, v⟩` for random `g` and `v`, where `J` is the derivative of all that comes out
/// by all that goes in.
#[test]
fn dot_products_are_equal() {
    let mut errors = Worst::default();
    for count in [0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 33] {
        for time in [1, 5, 8, 63, 64, 65, 257, 600] {
            let problem = Problem::new(count, time, (3 * count + time) as u64);
            let numbers = problem.numbers();
            let direction: Vec<f64> = uniform(7).take(numbers.len()).collect();
            let seeded = numbers.iter().zip(&direction);
            let seeded: Vec<_> = seeded.map(|(x, v)| Dual::<f64, 1>::new(*x, [*v])).collect();
            let forward = problem.with_numbers(&seeded).loss().tangent()[0];
            let slopes = problem.adjoint().numbers();
            let terms = || slopes.iter().zip(&direction).map(|(slope, v)| slope * v);
            let size: f64 = terms().map(f64::abs).sum();
            let error = (terms().sum::<f64>() - forward) / size;
            errors.see(error.abs(), || format!("{count} sections, {time} samples"));
        }
    }
    errors.assert_at_most(1e-12, "dot products");
}

/// Equalisers, because sensitivity filters are less accurate for cascades of steep filters whose
/// output is very small.
#[test]
fn slopes_by_coefficients_are_those_of_sensitivities() {
    let mut errors = Worst::default();
    for count in [1, 4, 10, 16, 31] {
        let mut problem = Problem::new(count, 700, 5);
        let frequency = |index: usize| 120.0 * 100.0_f64.powf(index as f64 / count as f64);
        let bands: Vec<_> =
            (0..count).map(|index| Band::peak(frequency(index), 1.0, 4.0)).collect();
        let cascade = Cascade::from_bands(&bands, 48_000.0).expect("peaks");
        problem.sections = cascade.sections().to_vec();
        problem.states = vec![SectionState::default(); count];
        problem.state_slope.clone_from(&problem.states);
        let mut expected = vec![0.0; 5 * count];
        let mut output = vec![0.0; 700];
        let slope = |_, time: usize, _| problem.slope[time];
        Sensitivities::of_cascade(&cascade)
            .add_gradient(&problem.input, &mut output, slope, &mut expected)
            .expect("the lengths fit");
        let found = problem.adjoint();
        let error = relative_error(found.coefficients.as_flattened(), &expected);
        errors.see(error, || format!("{count} sections"));
    }
    errors.assert_at_most(1e-10, "against sensitivities");
}
