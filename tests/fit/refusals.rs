//! Fits that are refused before they start.

use std::convert::Infallible;
use std::error::Error;

use filterbank::fit::nalgebra::{DMatrix, DVector};
use filterbank::fit::{
    FitError, LeastSquares, Loss, MagnitudeTarget, ParametricEq, RecordingError, Residuals,
    fit_magnitude, fit_magnitude_from, fit_recording,
};
use filterbank::spec::{Parameter, Requirement};
use filterbank::{Band, DesignError, Method, Scalar, TunableCascade, Tune};

use crate::curves::{RATE, cascade, curve, single_peak};
use crate::parametric::three_peaks;

#[test]
fn fits_that_cannot_start_are_refused() {
    let filter = single_peak(900.0);
    let short = curve(&cascade(&[]), 2);
    let few = fit_magnitude(&filter, &short, &LeastSquares::new());
    assert_eq!(few, Err(FitError::Underdetermined { params: 3, residuals: 2 }));
    let target = curve(&cascade(&[]), 20);
    let outside = fit_magnitude_from(&filter, &[900.0, 1.0, 30.0], &target, &LeastSquares::new());
    let bounds = (-20.0, 20.0);
    assert_eq!(outside, Err(FitError::Start { name: "peak.gain_db".into(), value: 30.0, bounds }));
    let unbounded = TunableCascade::new(
        [("peak", Band::peak(Tune::free(1e3), Tune::from(1.0), Tune::from(3.0)))],
        RATE,
    )
    .expect("a design");
    let beyond = fit_magnitude_from(&unbounded, &[30e3], &target, &LeastSquares::new());
    let Err(FitError::Evaluation(error)) = beyond else { panic!("{beyond:?}") };
    assert_eq!(error.parameter().name, "center");
    assert!((error.value() - 30e3).abs() < 1e-9);
    // A highpass has no level at 0 Hz.
    let zero = MagnitudeTarget::new(&[0.0, 100.0], &[0.0; 2]).expect("a curve");
    let highpass = TunableCascade::new(
        [("pass", Band::highpass(Method::Butterworth { order: 2 }, Tune::free(50.0)))],
        RATE,
    )
    .expect("a design");
    let silent = fit_magnitude(&highpass, &zero, &LeastSquares::new());
    assert_eq!(silent, Err(FitError::NotFinite { index: 0 }));
}

/// Half the curve lies above the Nyquist frequency, where the level of a sampled filter is a mirror
/// image.
#[test]
fn a_curve_beyond_the_nyquist_frequency_is_refused() {
    let frequencies: Vec<f64> = (1..=40).map(|i| 1_000.0 * f64::from(i)).collect();
    let target = MagnitudeTarget::new(&frequencies, &[1.0; 40]).expect("a curve");
    let filter = single_peak(900.0);
    assert!(fit_magnitude(&filter, &target, &LeastSquares::new()).is_err());
    assert!(three_peaks().2.fit(&target).is_err());
}

#[test]
fn a_start_is_refused_in_the_units_it_was_given() {
    let filter = single_peak(900.0);
    let target = curve(&cascade(&[]), 20);
    let from = |start: &[f64]| {
        fit_magnitude_from(&filter, start, &target, &LeastSquares::new()).expect_err("no start")
    };
    let bounds = (20.0, 20e3);
    let outside = from(&[30e3, 1.0, 0.0]);
    assert_eq!(
        outside,
        FitError::Start { name: "peak.center".into(), value: 30e3, bounds },
        "{outside}"
    );
}

#[test]
fn a_start_of_the_wrong_length_is_refused() {
    let filter = single_peak(900.0);
    let target = curve(&cascade(&[]), 20);
    for start in [&[900.0, 1.0][..], &[900.0, 1.0, 0.0, 5.0]] {
        let fit = fit_magnitude_from(&filter, start, &target, &LeastSquares::new());
        assert!(fit.is_err(), "{} numbers for 3 parameters", start.len());
    }
}

/// Two residuals that change their shape after the start.
struct Changing {
    calls: usize,
    count: usize,
    columns: usize,
}

impl Residuals for Changing {
    type Error = Infallible;

    fn residuals(&mut self, params: &[f64]) -> Result<DVector<f64>, Infallible> {
        self.calls += 1;
        let count = if self.calls > 1 { self.count } else { 2 };
        Ok(DVector::from_element(count, params[0] - 3.0))
    }

    fn linearize(&mut self, params: &[f64]) -> Result<(DVector<f64>, DMatrix<f64>), Infallible> {
        let residuals = self.residuals(params)?;
        let jacobian = DMatrix::from_element(residuals.len(), self.columns, 1.0);
        Ok((residuals, jacobian))
    }
}

#[test]
fn residuals_of_the_wrong_shape_are_refused() {
    let fit = |count: usize, columns: usize| {
        LeastSquares::new().minimize(&[0.0], &mut Changing { calls: 0, count, columns })
    };
    assert!(fit(2, 1).is_ok());
    for found in [0, 1, 3] {
        assert_eq!(fit(found, 1), Err(FitError::ResidualCount { expected: 2, found }));
    }
    for columns in [0, 2] {
        let wide = fit(2, columns);
        let error = FitError::JacobianShape { expected: (2, 1), found: (2, columns) };
        assert_eq!(wide, Err(error));
    }
    // From a closure, at the first step.
    let mut calls = 0;
    let shrinking = LeastSquares::new().minimize_fn(&[0.0], |params| {
        calls += 1;
        vec![params[0] - 3.0; if calls > 1 { 1 } else { 2 }]
    });
    assert_eq!(shrinking, Err(FitError::ResidualCount { expected: 2, found: 1 }));
    // From a closure, between the runs for the derivatives by nine parameters: at the start, and
    // after a step.
    for (changing, found) in [(2, 9), (2, 12), (5, 9), (5, 12)] {
        let mut calls = 0;
        let fit = LeastSquares::new().minimize_fn(&[0.0; 9], |params| {
            calls += 1;
            let count = if calls == changing { found } else { 11 };
            (0..count).map(|index| params[index % 9] - index as f64).collect::<Vec<_>>()
        });
        assert_eq!(fit, Err(FitError::ResidualCount { expected: 11, found }));
    }
}

#[test]
fn losses_without_a_size_are_refused() {
    let filter = single_peak(900.0);
    let target = curve(&cascade(&[]), 20);
    for size in [0.0, -1.0, 1e-200, f64::INFINITY, f64::NAN] {
        for loss in [Loss::Huber(size), Loss::Cauchy(size)] {
            let method = LeastSquares::new().loss(loss);
            let refused = |error: String| assert!(error.starts_with("the size of the loss, "));
            let fit = method.minimize_fn(&[1.0], |p| vec![p[0]]).expect_err("no loss");
            assert!(
                matches!(fit, FitError::LossSize { size: found } if found.to_bits() == size.to_bits())
            );
            refused(fit.to_string());
            refused(fit_magnitude(&filter, &target, &method).expect_err("no loss").to_string());
            let samples = [0.0; 20];
            let fit = fit_recording(&filter, &samples, &samples, &method);
            refused(fit.expect_err("no loss").to_string());
        }
    }
}

#[test]
fn tolerances_that_are_no_fraction_are_refused() {
    let (filter, target) = (single_peak(900.0), curve(&cascade(&[]), 20));
    for tolerance in [-1e-300, 1.0, f64::INFINITY, f64::NAN] {
        let method = LeastSquares::new().cost_tolerance(tolerance);
        let refused = |error: String| assert!(error.starts_with("the tolerance of the cost, "));
        refused(method.minimize_fn(&[1.0], |p| vec![p[0]]).expect_err("no fraction").to_string());
        refused(fit_magnitude(&filter, &target, &method).expect_err("no fraction").to_string());
        let samples = [0.0; 20];
        let fit = fit_recording(&filter, &samples, &samples, &method);
        refused(fit.expect_err("no fraction").to_string());
    }
    let exact = LeastSquares::new().cost_tolerance(0.0).minimize_fn(&[1.0], |p| vec![p[0]]);
    assert!(exact.expect("it starts").stop.converged());
}

#[test]
fn the_cause_of_a_failed_evaluation_is_its_source() {
    let target = curve(&cascade(&[]), 20);
    let band = Band::peak(Tune::free(1e3), Tune::from(1.0), Tune::from(3.0));
    let filter = TunableCascade::new([("peak", band)], RATE).expect("a design");
    let error = fit_magnitude_from(&filter, &[30e3], &target, &LeastSquares::new());
    let error = error.expect_err("above the Nyquist frequency");
    let source = error.source().expect("the design's");
    assert!(source.is::<DesignError>(), "{source}");
    assert!(FitError::<DesignError>::NotFinite { index: 0 }.source().is_none());
    let design = DesignError::new(Parameter::Q, 0.0, Requirement::Positive);
    assert!(RecordingError::Design(design).source().is_some());
}

#[test]
fn more_peaks_than_points_are_refused_at_once() {
    let eq = ParametricEq { peaks: usize::MAX, ..ParametricEq::default() };
    let fit = eq.fit(&curve(&cascade(&[]), 20));
    let residuals = 20;
    assert_eq!(fit, Err(FitError::Underdetermined { params: usize::MAX, residuals }));
}

#[test]
fn a_start_may_lie_on_a_bound_up_to_rounding() {
    let band = Band::peak(Tune::from(1e3), Tune::within(1.0, 0.7..=10.1), Tune::free(1.0));
    let filter = TunableCascade::new([("peak", band)], RATE).expect("a design");
    let target = curve(&cascade(&[]), 20);
    let still = LeastSquares::new().max_iterations(0);
    for (value, bound) in [(0.7, 0.7), (10.1, 10.1)] {
        let start = [f64::from(f32::from_f64(value)), 1.0];
        let fit = fit_magnitude_from(&filter, &start, &target, &still).expect("it starts");
        assert!((fit.params[0] - bound).abs() < 1e-15, "{}", fit.params[0]);
    }
}
