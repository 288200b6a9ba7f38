//! `hessian`: second derivatives by nested dual numbers.

use filterbank::ad::{Number, SecondOrderNumber, hessian};
use filterbank::{Band, DesignError, Dual, Method, Scalar, gradcheck, gradient, jacobian};

/// The Rosenbrock function along a list.
fn rosenbrock<S: Scalar>(x: &[S]) -> S {
    let term = |pair: &[S]| {
        let (inner, outer) = (pair[1] - pair[0] * pair[0], S::one() - pair[0]);
        (inner * inner).scale(100.0) + outer * outer
    };
    x.windows(2).map(term).sum()
}

/// Its Hessian in closed form.
fn rosenbrock_hessian(x: &[f64]) -> Vec<f64> {
    let size = x.len();
    let mut entries = vec![0.0; size * size];
    for i in 0..size - 1 {
        entries[i * size + i] += 1_200.0 * x[i] * x[i] - 400.0 * x[i + 1] + 2.0;
        entries[(i + 1) * size + i + 1] += 200.0;
        entries[i * size + i + 1] = -400.0 * x[i];
        entries[(i + 1) * size + i] = -400.0 * x[i];
    }
    entries
}

#[test]
fn second_derivatives_are_those_of_calculus() {
    let Ok((value, gradient, hessian)) =
        hessian(&[2.0, 3.0], |[x, y]| *x * *x * *x * *y + x.ln() + y.recip());
    assert!((value - (24.0 + 2_f64.ln() + 1.0 / 3.0)).abs() < 1e-14);
    let expected = [36.5, 8.0 - 1.0 / 9.0];
    assert!(gradient.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-13), "{gradient:?}");
    let expected = [36.0 - 0.25, 12.0, 12.0, 2.0 / 27.0];
    let entries = hessian.as_slice();
    assert!(entries.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-13), "{entries:?}");
}

#[test]
fn any_number_of_parameters_is_differentiated_in_chunks() {
    for size in [1_usize, 2, 3, 4, 5, 8, 9, 13] {
        let params: Vec<f64> = (0..size).map(|i| 0.4 + 0.3 * i as f64).collect();
        let mut runs = 0;
        let Ok((value, slopes, curvature)) = hessian(&params, |p| {
            runs += 1;
            rosenbrock(p)
        });
        let chunks = size.div_ceil(4);
        assert_eq!(runs, chunks * (chunks + 1) / 2, "{size}");
        let Ok((same, expected)) = gradient(&params, rosenbrock);
        assert_eq!((value, &slopes), (same, &expected), "{size}");
        assert_eq!((curvature.size(), curvature.as_slice().len()), (size, size * size));
        for (found, expected) in curvature.as_slice().iter().zip(rosenbrock_hessian(&params)) {
            assert!(
                (found - expected).abs() <= 1e-12 * expected.abs(),
                "{size}: {found} {expected}"
            );
        }
    }
    let mut runs = 0;
    let Ok((value, slopes, curvature)) = hessian(&[0.0; 0], |_| {
        runs += 1;
        SecondOrderNumber::from_f64(7.0)
    });
    assert_eq!((value, slopes.len(), curvature.size(), runs), (7.0, 0, 0, 1));
}

/// The level of a band of five parameters in two chunks.
fn level<S: Scalar>(p: &[S]) -> Result<S, DesignError> {
    let method = Method::Elliptic { order: 4, ripple_db: p[0], stop_db: p[1] };
    let band = Band::bandpass(method, p[2], p[3]).design(48_000.0)?;
    let peak = Band::peak(p[2], p[4], p[0]).design(48_000.0)?;
    Ok(band.magnitude_db(850.0) + peak.magnitude_db(850.0))
}

#[test]
fn the_hessian_of_a_level_is_the_derivative_of_its_gradient() {
    let params = [0.5, 50.0, 800.0, 1_250.0, 2.0];
    let (value, slopes, curvature) = hessian(&params, |p| level(p)).expect("a design");
    let (same, expected) = gradient(&params, |p| level(p)).expect("a design");
    assert_eq!((value, &slopes), (same, &expected));
    for row in 0..5 {
        for column in 0..5 {
            assert_eq!(curvature[(row, column)], curvature[(column, row)]);
            assert_eq!(curvature.get(row, column), Some(curvature.row(row)[column]));
        }
    }
    // The gradient as a function: its Jacobian, and a check of that by differences of gradients.
    let slopes = |p: &[Number; 5]| level(&Dual::seed(*p)).map(|y| *y.tangent());
    let (_, expected) = jacobian(&params, slopes).expect("a design");
    for (found, expected) in curvature.as_slice().iter().zip(expected.as_slice()) {
        assert!((found - expected).abs() <= 1e-10 * expected.abs(), "{found:e} {expected:e}");
    }
    let report = gradcheck(&params, slopes).expect("a design");
    assert!(report.passed(), "{report}");
}

#[test]
fn the_matrix_and_missing_entries() {
    let Ok((_, _, curvature)) = hessian(&[1.0, 2.0, 3.0], |p| rosenbrock(p));
    let matrix = curvature.to_matrix();
    assert_eq!(matrix.shape(), (3, 3));
    assert_eq!(matrix[(1, 0)], curvature[(1, 0)]);
    assert_eq!(curvature.get(0, 3), None);
    assert_eq!(curvature.get(3, 0), None);
    assert!(curvature.row(usize::MAX).is_empty());
}

#[test]
fn the_errors_of_a_closure_come_through() {
    let error = hessian(&[0.5, 50.0, 30e3, 40e3, 2.0], |p| level(p)).expect_err("beyond Nyquist");
    assert_eq!(jacobian(&[0.5, 50.0, 30e3, 40e3, 2.0], |p| level(p)), Err(error));
}
