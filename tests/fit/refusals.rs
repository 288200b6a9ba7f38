//! Fits that are refused before they start.

use filterbank::fit::{FitError, LeastSquares, MagnitudeTarget, fit_magnitude, fit_magnitude_from};
use filterbank::{Band, Method, TunableCascade, Tune};

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
