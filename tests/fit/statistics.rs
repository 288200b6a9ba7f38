//! Covariances and standard errors against closed forms and simulations.

use filterbank::Scalar;
use filterbank::fit::LeastSquares;

use crate::common::noise::normal;
use crate::problems::{determined, distance, straight};

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
    let covariance = solution.covariance.as_ref().expect("determined");
    assert!(distance(&solution.params, &[offset, slope]) < 1e-11);
    assert!(distance(covariance.as_slice(), &expected) < 5e-15);
    let errors = determined(&solution);
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
    assert_eq!(held.standard_errors[0], Some(0.0));
}

/// As many residuals as parameters: the noise cannot be estimated, but may be known.
#[test]
fn without_degrees_of_freedom_only_a_known_noise_gives_errors() {
    let fit = |method: LeastSquares| {
        method.minimize_fn(&[0.0, 0.0], |x| straight(x, &[1.0, 2.0])).expect("it starts")
    };
    let unknown = fit(LeastSquares::new());
    assert_eq!((unknown.covariance, unknown.degrees_of_freedom), (None, 0));
    assert_eq!(unknown.standard_errors, [None, None]);
    assert_eq!(unknown.determined, [true, true]);
    let known = fit(LeastSquares::new().noise(0.1));
    // The second value less the first has the variance 2 σ².
    assert!(distance(&determined(&known), &[0.1, 0.02_f64.sqrt()]) < 1e-14);
}

/// The parameters that the residuals determine have the errors of a fit without the others.
#[test]
fn parameters_that_are_not_determined_are_told_apart() {
    let y = [1.1, 1.4, 2.3, 2.2, 3.1, 3.9, 3.6, 4.8];
    let alone = LeastSquares::new().minimize_fn(&[0.0, 0.0], |x| straight(x, &y));
    let alone = determined(&alone.expect("it starts"));
    // The third parameter has no effect.
    let useless = LeastSquares::new()
        .minimize_fn(&[0.0, 0.0, 7.0], |x| straight(&x[..2], &y))
        .expect("it starts");
    assert_eq!(useless.determined, [true, true, false]);
    assert_eq!(useless.standard_errors[2], None);
    let table = useless.to_string();
    assert!(table.contains("p[2] = 7, not determined\n"), "{table}");
    // Only the sum of the first and the third is determined, in any units.
    for scale in [1.0, 3.0, 1e-6, 1e9] {
        let sum = LeastSquares::new()
            .minimize_fn(&[0.0, 0.0, 0.0], |x| straight(&[x[0] + x[2].scale(scale), x[1]], &y))
            .expect("it starts");
        assert_eq!(sum.determined, [false, true, false], "scale {scale}");
        assert_eq!((sum.count, sum.degrees_of_freedom), (8, 6));
        for (fit, index) in [(&useless, 0), (&useless, 1), (&sum, 1)] {
            let error = fit.standard_errors[index].expect("determined");
            assert!((error / alone[index] - 1.0).abs() < 1e-9, "{index}: {error}");
        }
    }
}

/// Columns that are nearly the same are still two: their errors are large, and right.
#[test]
fn nearly_collinear_parameters_are_determined() {
    let x: Vec<f64> = (0..20).map(f64::from).collect();
    let near = 1e-5;
    let fit = LeastSquares::new()
        .noise(1.0)
        .minimize_fn(&[0.0, 0.0], |p| {
            let value = |x: &f64| p[0] + p[1].scale(1.0 + near * x) - (0.3 * x).sin();
            x.iter().map(value).collect::<Vec<_>>()
        })
        .expect("it starts");
    // The error of the second is the error of a slope, over `near`.
    let slope = (x.iter().map(|x| (x - 9.5).powi(2)).sum::<f64>()).sqrt().recip();
    let error = determined(&fit)[1];
    assert!((error / (slope / near) - 1.0).abs() < 1e-4, "{error}");
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
        let errors = determined(&solution);
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
