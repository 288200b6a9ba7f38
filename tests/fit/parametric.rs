//! The search for a parametric EQ.

use std::ops::ControlFlow;

use filterbank::fit::{FitError, MagnitudeTarget, ParametricEq, ParametricFit};
use filterbank::spec::{Parameter, Requirement};
use filterbank::{Band, Width};

use crate::curves::{RATE, cascade, curve, frequencies, levels, rms};

/// The curve of three separate peaks.
pub fn three_peaks() -> ([Band<f64>; 3], MagnitudeTarget, ParametricEq) {
    let bands =
        [Band::peak(120.0, 0.8, 5.0), Band::peak(900.0, 2.0, -7.0), Band::peak(4_500.0, 4.0, 6.0)];
    let eq = ParametricEq {
        peaks: 3,
        low_shelf: None,
        high_shelf: None,
        sample_rate: RATE,
        restraint: 0.0,
        starts: 20,
        ..ParametricEq::default()
    };
    (bands, curve(&cascade(&bands), 150), eq)
}

/// The error of a fit, computed from its bands.
fn error_of(fit: &ParametricFit, target: &MagnitudeTarget) -> f64 {
    rms(&levels(&cascade(&fit.bands), target.frequencies()), target.decibels())
}

#[test]
fn a_parametric_eq_is_found_whatever_the_seed() {
    let (bands, target, eq) = three_peaks();
    for seed in [0, 1, 2, 3, u64::MAX] {
        let fit = ParametricEq { seed, ..eq.clone() }.fit(&target).expect("it starts");
        assert!(fit.rms_db < 1e-11);
        assert!(error_of(&fit, &target) < 1e-11);
        for (found, wanted) in fit.bands.iter().zip(&bands) {
            for ((name, found), (_, wanted)) in found.params().iter().zip(&wanted.params()) {
                assert!((found / wanted - 1.0).abs() < 1e-11, "{name} {found} {wanted}");
            }
        }
        assert_eq!(fit.bands.len(), 3);
    }
}

/// A curve that no three peaks can follow.
fn rugged() -> MagnitudeTarget {
    let frequencies = frequencies(150);
    let decibels: Vec<f64> = frequencies
        .iter()
        .map(|f| {
            let octave = f.log2();
            4.0 * (1.3 * octave).sin() + 2.0 * (3.1 * octave).cos() - 0.5 * octave
        })
        .collect();
    MagnitudeTarget::new(&frequencies, &decibels).expect("a curve")
}

#[test]
fn the_same_seed_gives_the_same_fit() {
    let (_, _, eq) = three_peaks();
    let eq = ParametricEq { starts: 15, ..eq };
    let target = rugged();
    assert_eq!(eq.fit(&target), eq.fit(&target));
    let other = ParametricEq { seed: 2, ..eq.clone() }.fit(&target).expect("it starts");
    assert_ne!(eq.fit(&target).expect("it starts").fit.params, other.fit.params);
}

#[test]
fn a_target_beyond_reach_reports_the_error_that_is_left() {
    let (_, _, eq) = three_peaks();
    let target = rugged();
    for mean_above in [1e9, 6_000.0] {
        let target = target.clone().mean_above(mean_above);
        let fit = eq.fit(&target).expect("it starts");
        let mut errors: Vec<f64> = levels(&cascade(&fit.bands), target.frequencies())
            .iter()
            .zip(target.decibels())
            .map(|(a, b)| a - b)
            .collect();
        let single = target.frequencies().iter().filter(|f| **f < mean_above).count();
        if single < errors.len() {
            let mean = errors[single..].iter().sum::<f64>() / (errors.len() - single) as f64;
            errors[single..].fill(mean);
        }
        let expected = (errors.iter().map(|e| e * e).sum::<f64>() / errors.len() as f64).sqrt();
        assert!((fit.rms_db / expected - 1.0).abs() < 1e-12);
        assert!(fit.rms_db > 1.0 && fit.fit.stop.converged());
        // More peaks reduce the error.
        let more = ParametricEq { peaks: 6, ..eq.clone() }.fit(&target).expect("it starts");
        assert!(more.rms_db < 0.7 * fit.rms_db, "{} {}", more.rms_db, fit.rms_db);
    }
}

#[test]
fn ranges_are_respected() {
    let (_, _, eq) = three_peaks();
    let eq = ParametricEq {
        frequency: 200.0..=2_000.0,
        q: 0.9..=1.6,
        gain_db: -2.0..=3.0,
        low_shelf: Some(80.0),
        high_shelf: Some(9_000.0),
        shelf_q: 0.6,
        ..eq
    };
    let fit = eq.fit(&rugged()).expect("it starts");
    let [low, high, peaks @ ..] = &fit.bands[..] else { panic!("{:?}", fit.bands) };
    let shelf = |band: &Band<f64>, cutoff: f64| {
        let params = band.params();
        assert_eq!((params[0], params[1]), ((Parameter::CUTOFF, cutoff), (Parameter::Q, 0.6)));
        assert!(eq.gain_db.contains(&params[2].1));
    };
    assert!(matches!(low, Band::LowShelf { .. }) && matches!(high, Band::HighShelf { .. }));
    shelf(low, 80.0);
    shelf(high, 9_000.0);
    assert_eq!(peaks.len(), 3);
    let mut previous = 0.0;
    for peak in peaks {
        let Band::Peak { center, width: Width::Q(q), gain_db } = *peak else { panic!("{peak}") };
        assert!(
            eq.frequency.contains(&center) && eq.q.contains(&q) && eq.gain_db.contains(&gain_db)
        );
        assert!(center >= previous, "by frequency");
        previous = center;
    }
    // The ranges are narrower than the curve requires.
    assert!(fit.fit.at_bound.contains(&true));
}

#[test]
fn shelves_alone_are_a_parametric_eq() {
    let bands = [Band::low_shelf(105.0, 0.7, 6.0), Band::high_shelf(10_000.0, 0.7, -4.0)];
    let target = curve(&cascade(&bands), 100);
    let eq = ParametricEq {
        peaks: 0,
        restraint: 0.0,
        sample_rate: RATE,
        starts: 5,
        ..ParametricEq::default()
    };
    let fit = eq.fit(&target).expect("it starts");
    assert_eq!(fit.bands.len(), 2);
    for (found, wanted) in fit.bands.iter().zip(&bands) {
        let (found, wanted) = (found.params()[2].1, wanted.params()[2].1);
        assert!((found - wanted).abs() < 2e-11, "{found} {wanted}");
    }
    // Without peaks and shelves the error is the curve.
    let nothing = ParametricEq { low_shelf: None, high_shelf: None, ..eq };
    let fit = nothing.fit(&target).expect("it starts");
    assert!(fit.bands.is_empty());
    assert!((fit.rms_db / rms(&[0.0; 100], target.decibels()) - 1.0).abs() < 1e-12);
}

#[test]
fn invalid_ranges_and_shelves_are_refused() {
    let (_, target, eq) = three_peaks();
    let refused = |eq: ParametricEq| match eq.fit(&target) {
        Err(FitError::Evaluation(error)) => error,
        other => panic!("{other:?}"),
    };
    let empty = [
        (ParametricEq { q: 2.0..=1.0, ..eq.clone() }, "q"),
        (ParametricEq { gain_db: 1.0..=-1.0, ..eq.clone() }, "gain_db"),
    ];
    for (eq, parameter) in empty {
        let error = refused(eq);
        assert_eq!(error.parameter().name, parameter);
        assert!(matches!(error.requirement(), Requirement::Within { .. }), "{error}");
    }
    for sample_rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = refused(ParametricEq { sample_rate, ..eq.clone() });
        assert_eq!(error.parameter().name, "sample_rate", "{error}");
    }
    let shelf = refused(ParametricEq { low_shelf: Some(30e3), ..eq.clone() });
    assert_eq!((shelf.parameter().name, shelf.value()), ("cutoff", 30e3));
    let q = refused(ParametricEq { low_shelf: Some(100.0), shelf_q: -1.0, ..eq.clone() });
    assert_eq!((q.parameter().name, q.value()), ("q", -1.0));

    let short = curve(&cascade(&[]), 8);
    let few = eq.fit(&short);
    assert_eq!(few.expect_err("too few"), FitError::Underdetermined { params: 9, residuals: 8 });
}

#[test]
fn a_restraint_that_is_none_is_refused() {
    let (_, target, eq) = three_peaks();
    for restraint in [-1.0, 1.1e6, f64::INFINITY, f64::NAN] {
        let error = ParametricEq { restraint, ..eq.clone() }.fit(&target).expect_err("refused");
        let text = format!("`restraint` = {restraint} must lie between 0 and 1000000");
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn an_empty_range_of_frequencies_is_refused() {
    let (_, target, eq) = three_peaks();
    let empty = ParametricEq { frequency: 2_000.0..=1_000.0, ..eq }.fit(&target);
    assert!(empty.is_err(), "bands: {:?}", empty.map(|fit| fit.bands));
}

/// With the curve outside the range, peaks are placed at its edge or not at all.
#[test]
fn a_fit_has_as_many_peaks_as_requested() {
    let (_, target, eq) = three_peaks();
    let narrow = ParametricEq { frequency: 1_000.0..=1_001.0, starts: 5, ..eq.clone() };
    assert_eq!(narrow.fit(&target).expect("it starts").bands.len(), 3);
    let flat = MagnitudeTarget::new(&frequencies(100), &[0.0; 100]).expect("a curve");
    let flat = ParametricEq { starts: 5, ..eq }.fit(&flat).expect("it starts");
    assert_eq!(flat.bands.len(), 3);
    assert!(flat.rms_db < 1e-12, "{:e}", flat.rms_db);
}

#[test]
fn an_observer_sees_every_try_and_can_stop() {
    let (_, _, eq) = three_peaks();
    let target = rugged();
    let mut seen = Vec::new();
    let full = eq.fit_observed(&target, |progress| {
        seen.push((progress.tried, progress.rms_db));
        ControlFlow::Continue(())
    });
    let full: ParametricFit = full.expect("it starts");
    assert_eq!(full, eq.fit(&target).expect("it starts"));
    assert_eq!(
        seen.iter().map(|(tried, _)| *tried).collect::<Vec<_>>(),
        (1..=20).collect::<Vec<_>>()
    );
    assert!(seen.windows(2).all(|pair| pair[1].1 <= pair[0].1), "{seen:?}");
    assert!(seen[19].1 < seen[0].1);

    let mut calls = 0;
    let stopped = eq.fit_observed(&target, |_| {
        calls += 1;
        if calls == 1 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let stopped = stopped.expect("it starts");
    assert_eq!(calls, 1);
    // The result so far: the same as without a search.
    let none = ParametricEq { starts: 0, ..eq }.fit(&target).expect("it starts");
    assert_eq!(stopped, none);
    assert!(stopped.rms_db > full.rms_db && stopped.bands.len() == 3);
}

/// The final fit of a curve of very many points is made on fewer, and is as good.
#[test]
fn curves_of_many_points_are_fitted_on_fewer() {
    let (bands, target, eq) = three_peaks();
    let many = curve(&cascade(&bands), 100_000);
    let (few, all) = (eq.fit(&target).expect("it starts"), eq.fit(&many).expect("it starts"));
    assert!(all.fit.stop.converged(), "{}", all.fit.stop);
    for (few, all) in few.fit.params.iter().zip(&all.fit.params) {
        assert!((all / few - 1.0).abs() < 1e-4, "{all} is not {few}");
    }
    // The error is the one at all points.
    assert_eq!(all.fit.residuals.len(), 100_000);
    let error = error_of(&all, &many);
    assert!(error < 1e-3);
    assert!((all.rms_db / error - 1.0).abs() < 1e-6, "{} is not {error}", all.rms_db);
}
