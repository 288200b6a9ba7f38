//! The confidence band of a fitted level.

use filterbank::ad::gradient;
use filterbank::fit::nalgebra::DVector;
use filterbank::fit::{Fit, LeastSquares, MagnitudeTarget, fit_magnitude};
use filterbank::spec::Requirement;
use filterbank::{Band, Method, Tunable, TunableCascade, Tune};

use crate::common::noise::normal;
use crate::curves::{RATE, frequencies};

const TRUTH: [f64; 5] = [60.0, 1_200.0, 3.0, 8.0, -4.0];

/// Named bands, of which five parameters are tuned.
fn model() -> TunableCascade {
    let bands = [
        ("low", Band::highpass(Method::Butterworth { order: 3 }, Tune::free(50.0))),
        ("peak", Band::peak(Tune::free(1_000.0), Tune::free(2.0), Tune::free(4.0))),
        ("shelf", Band::high_shelf(Tune::from(6_000.0), Tune::from(0.7), Tune::free(-2.0))),
    ];
    TunableCascade::new(bands, RATE).expect("a design")
}

fn fit() -> Fit {
    let truth = model().tuned(&TRUTH).expect("a design");
    let frequencies = frequencies(100);
    let noise = frequencies.iter().zip(normal(4));
    let levels: Vec<f64> = noise.map(|(f, e)| truth.magnitude_db(*f) + 0.2 * e).collect();
    let target = MagnitudeTarget::new(&frequencies, &levels).expect("a curve");
    fit_magnitude(&model(), &target, &LeastSquares::new()).expect("it starts")
}

/// `sqrt(g'Cg)` with the gradient of dual numbers through the whole filter.
#[test]
fn the_band_is_the_covariance_along_the_gradient() {
    let (fit, places) = (fit(), [0.5, 40.0, 700.0, 1_300.0, 9_000.0, 24_000.0]);
    let errors = fit.magnitude_db_errors(&model(), &places).expect("its filter");
    let covariance = fit.covariance.as_ref().expect("determined");
    for (frequency, error) in places.iter().zip(errors) {
        let (_, slopes) = gradient(&fit.params, |params| {
            Ok::<_, filterbank::DesignError>(model().tuned(params)?.magnitude_db(*frequency))
        })
        .expect("a design");
        let slopes = DVector::from_vec(slopes);
        let variance = slopes.dot(&(covariance * &slopes));
        let error = error.expect("determined");
        assert!((error / variance.sqrt() - 1.0).abs() < 1e-9, "{frequency} Hz: {error}");
    }
}

/// A part of the filter, in another order: its parameters are among those of the fit.
#[test]
fn parameters_are_found_by_their_names() {
    let fit = fit();
    let part = |name: &str| {
        let bands = [
            (name, Band::high_shelf(Tune::from(6_000.0), Tune::from(0.7), Tune::free(0.0))),
            ("peak", Band::peak(Tune::free(1e3), Tune::free(2.0), Tune::free(4.0))),
        ];
        TunableCascade::new(bands, RATE).expect("a design")
    };
    let places = [700.0, 1_300.0, 9_000.0];
    let errors = fit.magnitude_db_errors(&part("shelf"), &places).expect("its parameters");
    // The shelf's gain is the last parameter of the fit, and the first of the part.
    assert_eq!(fit.names[4], "shelf.gain_db");
    let order = [4, 1, 2, 3];
    let covariance = fit.covariance.as_ref().expect("determined");
    let covariance = covariance.select_rows(&order).select_columns(&order);
    let params = order.map(|index| fit.params[index]);
    for (frequency, error) in places.iter().zip(errors) {
        let (_, slopes) = gradient(&params, |params| {
            let level = part("shelf").tuned(params)?.magnitude_db(*frequency);
            Ok::<_, filterbank::DesignError>(level)
        })
        .expect("a design");
        let slopes = DVector::from_vec(slopes);
        let expected = slopes.dot(&(&covariance * &slopes)).sqrt();
        let error = error.expect("determined");
        assert!((error / expected - 1.0).abs() < 1e-9, "{frequency} Hz: {error}");
    }
    let error = fit.magnitude_db_errors(&part("other"), &places).expect_err("a name is missing");
    assert_eq!(error.to_string(), "`params.len()` = 3 must be 4");
    // What a user has done to the fit is no reason to panic.
    let mut changed = fit;
    changed.params.truncate(2);
    changed.covariance = None;
    let error = changed.magnitude_db_errors(&part("shelf"), &places).expect_err("no parameters");
    assert_eq!(error.to_string(), "`params.len()` = 1 must be 4");
}

#[test]
fn the_band_is_unknown_only_where_the_level_is() {
    let mut fit = fit();
    // A highpass has no level at 0 Hz.
    assert_eq!(fit.magnitude_db_errors(&model(), &[0.0]), Ok(vec![None]));
    let error = fit.magnitude_db_errors(&model(), &[30e3]).expect_err("beyond");
    assert_eq!(error.requirement(), Requirement::InsideNyquist { nyquist: 24_000.0 });
    fit.covariance = None;
    assert_eq!(fit.magnitude_db_errors(&model(), &[100.0]), Ok(vec![None]));
}

/// Of two shelves in series only the sum of the gains is determined, and so is the level: as if there
/// were only one.
#[test]
fn the_band_is_known_where_a_determined_combination_matters() {
    let shelf = || Band::low_shelf(Tune::from(100.0), Tune::from(0.7), Tune::free(1.0));
    let twins = TunableCascade::new([("a", shelf()), ("b", shelf())], RATE).expect("a design");
    let one = TunableCascade::new([("a", shelf())], RATE).expect("a design");
    let frequencies = frequencies(50);
    let noise = frequencies.iter().zip(normal(6));
    let levels: Vec<f64> =
        noise.map(|(f, e)| if *f < 100.0 { 0.6 } else { 0.0 } + 0.1 * e).collect();
    let target = MagnitudeTarget::new(&frequencies, &levels).expect("a curve");
    let method = LeastSquares::new();
    let fit = |filter: &TunableCascade| fit_magnitude(filter, &target, &method).expect("it starts");
    let (of_twins, of_one) = (fit(&twins), fit(&one));
    assert_eq!(of_twins.determined, [false, false], "{of_twins}");
    assert!(of_twins.to_string().contains(" dB, not determined\n"));
    assert_eq!(of_twins.degrees_of_freedom, of_one.degrees_of_freedom);
    let places = [20.0, 100.0, 5_000.0];
    let found = of_twins.magnitude_db_errors(&twins, &places).expect("its filter");
    let expected = of_one.magnitude_db_errors(&one, &places).expect("its filter");
    for (found, expected) in found.iter().zip(expected) {
        let (found, expected) = (found.expect("determined"), expected.expect("determined"));
        // Two shelves of half the gain are nearly one shelf.
        assert!((found / expected - 1.0).abs() < 0.05, "{found} is not {expected}");
    }
}

/// Only 0 Hz is measured, where the peak has no effect.
#[test]
fn the_band_is_unknown_where_an_undetermined_parameter_matters() {
    let target = MagnitudeTarget::new(&[0.0], &[0.5]).expect("a curve");
    let peak = Band::peak(Tune::from(15e3), Tune::from(1.0), Tune::free(1.0));
    let peak = TunableCascade::new([("peak", peak)], RATE).expect("a design");
    let known = LeastSquares::new().noise(0.1);
    let fit = fit_magnitude(&peak, &target, &known).expect("it starts");
    assert_eq!((fit.determined[0], fit.standard_errors[0]), (false, None), "{fit}");
    let errors = fit.magnitude_db_errors(&peak, &[0.0, 15e3]).expect("its filter");
    assert_eq!(errors, [Some(0.0), None]);
}
