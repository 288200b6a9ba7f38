//! Covariances and standard errors against closed forms and simulations.

use filterbank::Scalar;
use filterbank::fit::LeastSquares;

use crate::common::noise::normal;
use crate::problems::{distance, straight};

/// Linear regression, against the closed form.
#[test]
fn covariance_is_the_closed_form_of_linear_regression() {
    let y = [1.1, 1.4, 2.3, 2.2, 3.1, 3.9, 3.6, 4.8];
    // To the last digits, beyond the usual stop criteria.
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
    let covariance = solution.covariance.expect("determined");
    assert!(distance(&solution.params, &[offset, slope]) < 1e-11);
    assert!(distance(covariance.as_slice(), &expected) < 5e-15);
    let errors = solution.standard_errors.expect("determined");
    assert_eq!(errors, [covariance[(0, 0)].sqrt(), covariance[(1, 1)].sqrt()]);

    // A parameter at its bound is taken as known: the slope has the variance of a line through a
    // given point.
    let held = LeastSquares::new()
        .bounds([(1.2, 2.0), (-5.0, 5.0)])
        .minimize_fn(&[1.5, 0.0], |x| straight(x, &y))
        .expect("it starts");
    assert_eq!(held.at_bound, [true, false]);
    let squares: f64 = times().map(|t| t * t).sum();
    let variance = 2.0 * held.cost / 7.0;
    let covariance = held.covariance.expect("determined");
    let expected = [0.0, 0.0, 0.0, variance / squares];
    assert!(distance(covariance.as_slice(), &expected) < 1e-13);
    assert_eq!(held.standard_errors.expect("determined")[0], 0.0);
}

#[test]
fn undetermined_parameters_have_no_covariance() {
    // As many residuals as parameters: the noise cannot be estimated.
    let exact = LeastSquares::new().minimize_fn(&[0.0, 0.0], |x| straight(x, &[1.0, 2.0]));
    assert_eq!(exact.expect("it starts").covariance, None);
    // Only the sum of the parameters is determined.
    let sum = LeastSquares::new()
        .minimize_fn(&[0.0, 0.0], |x| [x[0] + x[1] - 1.0, x[0] + x[1] - 2.0, x[0] + x[1]])
        .expect("it starts");
    assert!((sum.params[0] + sum.params[1] - 1.0).abs() < 1e-9, "{sum:?}");
    assert!(sum.stop.converged());
    assert_eq!(sum.covariance, None);
    assert_eq!(sum.standard_errors, None);
}

/// Many fits of a decaying exponential in noise: counts how often the truth is within two standard
/// errors. For 12 degrees of freedom, 93.1 % are expected (Student's t).
#[test]
fn standard_errors_cover_the_truth_as_often_as_they_should() {
    const RUNS: usize = 4_000;
    let truth = [2.0, 0.3, 0.5];
    let mut noise = normal(7);
    let mut covered = [0_usize; 3];
    for _ in 0..RUNS {
        let measured: Vec<f64> = (0..15)
            .map(|t| truth[0] * (-truth[1] * f64::from(t)).exp() + truth[2])
            .zip(&mut noise)
            .map(|(y, noise)| y + 0.01 * noise)
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
        let errors = solution.standard_errors.expect("determined");
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
