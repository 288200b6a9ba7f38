//! Fitting filters to curves.

use std::ops::ControlFlow;

use filterbank::fit::{
    FitError, LeastSquares, Loss, MagnitudeFit, MagnitudeTarget, ParametricEq, ParametricFit, Stop,
    TargetError, fit_magnitude, fit_magnitude_from,
};
use filterbank::{
    Band, Cascade, Method, Requirement, Section, Tunable, TunableCascade, Tune, Width, filterbank,
};

const RATE: f64 = 48_000.0;

filterbank! {
    struct Eq: cascade(sample_rate = 48_000.0) {
        rumble: highpass(butterworth(order = 2), cutoff = 30.0),
        mud: peak(center = tune(400.0 in 120.0..=1_500.0), q = tune(1.0 in 0.2..=8.0), gain_db = tune(0.5)),
        air: high_shelf(cutoff = 8_000.0, q = 0.707, gain_db = tune(0.0 in -12.0..=12.0)),
    }
}

/// From 20 Hz to 20 kHz, evenly on a logarithmic axis.
fn frequencies(count: usize) -> Vec<f64> {
    (0..count).map(|i| 20.0 * 1_000.0_f64.powf(i as f64 / (count - 1) as f64)).collect()
}

fn levels(sections: &impl AsRef<[Section<f64>]>, frequencies: &[f64]) -> Vec<f64> {
    let cascade = Cascade::new(sections.as_ref().iter().copied(), RATE).expect("a sample rate");
    frequencies.iter().map(|f| cascade.magnitude_db(*f)).collect()
}

/// The curve of a filter.
fn curve(sections: &impl AsRef<[Section<f64>]>, count: usize) -> MagnitudeTarget {
    let frequencies = frequencies(count);
    MagnitudeTarget::new(&frequencies, &levels(sections, &frequencies)).expect("a curve")
}

fn cascade(bands: &[Band<f64>]) -> Cascade<f64> {
    Cascade::from_bands(bands, RATE).expect("a design")
}

/// The largest distance of two lists, relative to the expected values.
fn distance(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    found.iter().zip(expected).map(|(a, b)| (a / b - 1.0).abs()).fold(0.0, f64::max)
}

/// The root of the mean squared distance of two curves.
fn rms(found: &[f64], wanted: &[f64]) -> f64 {
    let squares: f64 = found.iter().zip(wanted).map(|(a, b)| (a - b).powi(2)).sum();
    (squares / wanted.len() as f64).sqrt()
}

#[test]
fn the_parameters_of_a_macro_made_eq_are_found_again() {
    let wanted = [650.0, 2.5, -7.0, 4.0];
    let target = curve(&Eq::from_params(&wanted).expect("a design"), 80);
    let fit = fit_magnitude(&Eq::new(), &target, &LeastSquares::new()).expect("it starts");
    assert!(distance(&fit.params, &wanted) < 3e-10);
    assert!(fit.rms_db < 3e-10);
    assert!(fit.solution.stop.converged());
}

/// Everything that can be tuned at once: widths of all kinds, pass filters, fixed numbers between.
fn every_kind(values: &mut impl FnMut(f64, f64) -> Tune) -> Vec<(&'static str, Band<Tune>)> {
    let method = Method::Chebyshev1 { order: 3, ripple_db: values(0.5, 0.9) };
    vec![
        ("rumble", Band::highpass(Method::Butterworth { order: 2 }, values(60.0, 45.0))),
        (
            "body",
            Band::peak(values(300.0, 240.0), Width::Bandwidth(values(1.0, 1.6)), Tune::from(4.0)),
        ),
        ("mid", Band::peak(values(1_000.0, 1_300.0), values(1.0, 2.2), values(2.0, 6.5))),
        (
            "low",
            Band::low_shelf(values(150.0, 120.0), Width::Slope(Tune::from(0.8)), values(1.0, -5.0)),
        ),
        ("high", Band::high_shelf(Tune::from(5_000.0), values(0.7, 0.9), values(0.5, 3.0))),
        ("alias", Band::lowpass(method, values(16_000.0, 14_500.0))),
    ]
}

fn every_kind_tunable() -> TunableCascade {
    TunableCascade::new(every_kind(&mut |start, _| Tune::free(start)), RATE).expect("a design")
}

#[test]
fn the_parameters_of_a_run_time_cascade_are_found_again() {
    let filter = every_kind_tunable();
    let ends = TunableCascade::new(every_kind(&mut |_, end| Tune::free(end)), RATE);
    let wanted: Vec<f64> = ends.expect("a design").params().map(|param| param.value).collect();
    assert_eq!(filter.param_count(), 12);
    let target = curve(&filter.tuned(&wanted).expect("a design"), 200);
    let fit = fit_magnitude(&filter, &target, &LeastSquares::new()).expect("it starts");
    assert!(distance(&fit.params, &wanted) < 5e-10);
    assert!(fit.rms_db < 3e-10);
}

/// By small moves of the start, with no iteration made.
#[test]
fn the_jacobian_of_a_fit_is_that_of_its_residuals() {
    let filter = every_kind_tunable();
    let weights: Vec<f64> = (0..60).map(|i| f64::from(i % 4)).collect();
    let target = curve(&cascade(&[Band::peak(700.0, 0.5, 5.0)]), 60)
        .weighted(&weights)
        .expect("weights")
        .mean_above(6_000.0);
    let still = LeastSquares::new().max_iterations(0);
    let start: Vec<f64> = filter.params().map(|param| param.value).collect();
    let logarithmic: Vec<bool> =
        filter.params().map(|param| !param.name.ends_with("_db")).collect();
    assert_eq!(logarithmic.iter().filter(|log| **log).count(), 8);
    let residuals = |params: &[f64]| {
        let fit = fit_magnitude_from(&filter, params, &target, &still).expect("it starts");
        fit.solution.residuals.as_slice().to_vec()
    };
    let jacobian = fit_magnitude(&filter, &target, &still).expect("it starts").solution.jacobian;
    let mut worst = 0.0_f64;
    for column in 0..start.len() {
        let moved = |step: f64| {
            let mut params = start.clone();
            params[column] = if logarithmic[column] {
                params[column] * step.exp()
            } else {
                params[column] + step
            };
            residuals(&params)
        };
        // Central differences of sixth order, wide: levels at 20 Hz have little more than ten
        // digits.
        let h = 4e-3;
        let pairs = [1.0, 2.0, 3.0].map(|k| (moved(k * h), moved(-k * h)));
        let size = jacobian.column(column).amax();
        for row in 0..jacobian.nrows() {
            let [a, b, c] = pairs.each_ref().map(|(up, down)| up[row] - down[row]);
            let slope = (45.0 * a - 9.0 * b + c) / (60.0 * h);
            worst = worst.max((jacobian[(row, column)] - slope).abs() / size);
        }
    }
    assert!(worst < 5e-9, "{worst:e}");
}

#[test]
fn weights_count_errors_as_often_as_they_say() {
    // A peak that cannot follow two bumps follows the one that counts.
    let two = cascade(&[Band::peak(300.0, 2.0, 6.0), Band::peak(3_000.0, 2.0, -6.0)]);
    let target = curve(&two, 60);
    let fit = |low: f64, high: f64| {
        let weights: Vec<f64> =
            target.frequencies().iter().map(|f| if *f < 900.0 { low } else { high }).collect();
        let target = target.clone().weighted(&weights).expect("weights");
        fit_magnitude(&single_peak(900.0), &target, &LeastSquares::new()).expect("it starts")
    };
    let (low, high) = (fit(1.0, 0.0), fit(0.0, 1.0));
    assert!((low.params[2] - 6.0).abs() < 0.01 && (high.params[2] + 6.0).abs() < 0.01);

    // An integer weight is a repetition: the same minimum, the same mean error.
    let (doubled, plain) = (fit(2.0, 2.0), fit(1.0, 1.0));
    assert!((doubled.rms_db / plain.rms_db - 1.0).abs() < 1e-12);
    assert!((doubled.solution.cost / plain.solution.cost - 2.0).abs() < 1e-12);
    assert_eq!(rounded(&doubled.params), rounded(&plain.params));
    // The error is the mean over the weights, recomputed from the fitted filter.
    let uneven = fit(3.0, 0.5);
    let filter = single_peak(900.0).tuned(&uneven.params).expect("a design");
    let found = levels(&filter, target.frequencies());
    let (mut sum, mut total) = (0.0, 0.0);
    for ((f, a), b) in target.frequencies().iter().zip(&found).zip(target.decibels()) {
        let weight = if *f < 900.0 { 3.0 } else { 0.5 };
        sum += weight * (a - b).powi(2);
        total += weight;
    }
    assert!((uneven.rms_db / (sum / total).sqrt() - 1.0).abs() < 1e-12);
}

/// To six digits: as far as two searches agree.
fn rounded(values: &[f64]) -> Vec<String> {
    values.iter().map(|value| format!("{value:.5e}")).collect()
}

fn single_peak(center: f64) -> TunableCascade {
    let band = Band::peak(
        Tune::within(center, 20.0..=20e3),
        Tune::within(1.0, 0.1..=20.0),
        Tune::within(0.1, -20.0..=20.0),
    );
    TunableCascade::new([("peak", band)], RATE).expect("a design")
}

#[test]
fn above_a_frequency_only_the_mean_counts() {
    let frequencies = frequencies(100);
    let wiggle = |f: f64| if f < 5_000.0 { 0.0 } else { 3.0 * (f / 200.0).sin() };
    let decibels: Vec<f64> = frequencies.iter().map(|f| wiggle(*f)).collect();
    let count = frequencies.iter().filter(|f| **f < 5_000.0).count();
    let target = MagnitudeTarget::new(&frequencies, &decibels).expect("a curve");
    let shelf = TunableCascade::new(
        [("shelf", Band::high_shelf(Tune::from(1_000.0), Tune::from(0.7), Tune::free(0.0)))],
        RATE,
    )
    .expect("a design");
    let still = LeastSquares::new().max_iterations(0);
    let fit = |target: &MagnitudeTarget| {
        fit_magnitude(&shelf, target, &still).expect("it starts").solution
    };

    // The filter is flat: its residuals are the curve, turned round.
    let all = fit(&target);
    assert_eq!(all.residuals.len(), 100);
    let mean = fit(&target.clone().mean_above(5_000.0));
    assert_eq!(mean.residuals.len(), count + 1);
    for (residual, wanted) in mean.residuals.iter().zip(&decibels[..count]) {
        assert!((residual + wanted).abs() < 1e-12, "{residual} {wanted}");
    }
    let above = &decibels[count..];
    let expected = -above.iter().sum::<f64>() / (above.len() as f64).sqrt();
    assert!((mean.residuals[count] - expected).abs() < 1e-13);

    // With weights, the mean is weighted too; a weight of 0 takes its point out of it.
    let weights: Vec<f64> = (0..100).map(|i| f64::from(i % 3)).collect();
    let weighted = target.clone().weighted(&weights).expect("weights").mean_above(5_000.0);
    let weighted = fit(&weighted);
    let pairs = || above.iter().zip(&weights[count..]);
    let total: f64 = pairs().map(|(_, w)| w).sum();
    let expected = -pairs().map(|(y, w)| y * w).sum::<f64>() / total.sqrt();
    assert!((weighted.residuals[count] - expected).abs() < 1e-13);
    assert_eq!(fit(&target.clone().mean_above(1e9)), all);
    assert_eq!(fit(&target.clone().mean_above(0.0)).residuals.len(), 1);

    // A shelf follows the mean and leaves the wiggles.
    let offset: Vec<f64> =
        frequencies.iter().map(|f| wiggle(*f) + if *f < 5_000.0 { 0.0 } else { 4.0 }).collect();
    let target = MagnitudeTarget::new(&frequencies, &offset).expect("a curve").mean_above(1_000.0);
    let fit = fit_magnitude(&shelf, &target, &LeastSquares::new()).expect("it starts");
    let found = levels(&shelf.tuned(&fit.params).expect("a design"), &frequencies);
    let from = frequencies.iter().filter(|f| **f < 1_000.0).count();
    let mean = |list: &[f64]| list[from..].iter().sum::<f64>() / (100 - from) as f64;
    assert!((mean(&found) - mean(&offset)).abs() < 0.05);
}

#[test]
fn a_thinned_curve_is_the_same_on_fewer_points() {
    let still = LeastSquares::new().max_iterations(0);
    let flat = TunableCascade::new(
        [("peak", Band::peak(Tune::from(1e3), Tune::from(1.0), Tune::free(0.0)))],
        RATE,
    )
    .expect("a design");
    let fit = |target: &MagnitudeTarget| {
        fit_magnitude(&flat, target, &still).expect("it starts").solution
    };
    let frequencies = frequencies(960);
    // On a line over the logarithm of frequency, means lie on the same line.
    let line = |f: f64| 3.0 - 0.7 * f.ln();
    let decibels: Vec<f64> = frequencies.iter().map(|f| line(*f)).collect();
    let uneven: Vec<f64> = (0..960).map(|i| f64::from(i % 7)).collect();
    for weights in [vec![1.0; 960], uneven] {
        let weighted = |decibels: &[f64]| {
            let target = MagnitudeTarget::new(&frequencies, decibels).expect("a curve");
            target.weighted(&weights).expect("weights").mean_above(5_000.0)
        };
        for points in [1, 10, 96, 480] {
            let thinned = weighted(&decibels).thinned(points);
            let found = thinned.frequencies();
            assert!(found.len() >= points && found.len() <= points + 2, "{}", found.len());
            assert!(found.windows(2).all(|pair| pair[0] < pair[1]));
            for (f, level) in found.iter().zip(thinned.decibels()) {
                assert!((level - line(*f)).abs() < 1e-13, "{f} Hz: {level}");
            }
            // What counts by its mean still does, and as much.
            let single = found.iter().filter(|f| **f < 5_000.0).count();
            let (all, fewer) = (fit(&weighted(&decibels)), fit(&thinned));
            assert_eq!(fewer.residuals.len(), single + 1);
            let last = |residuals: &[f64]| residuals[residuals.len() - 1];
            let (all, fewer) = (last(all.residuals.as_slice()), last(fewer.residuals.as_slice()));
            assert!((all / fewer - 1.0).abs() < 1e-13, "{all} {fewer}");
            // A level that is the same everywhere is as wrong on few points as on all.
            let constant = weighted(&[2.0; 960]);
            let (all, fewer) = (fit(&constant).cost, fit(&constant.thinned(points)).cost);
            assert!((all / fewer - 1.0).abs() < 1e-13, "{all} {fewer}");
        }
    }
}

#[test]
fn a_penalty_makes_gains_cost_and_is_not_reported() {
    let two = cascade(&[Band::peak(300.0, 2.0, 6.0), Band::peak(3_000.0, 2.0, -6.0)]);
    let target = curve(&two, 60);
    let filter = single_peak(250.0);
    let fit = |penalty: f64, method: LeastSquares| {
        let target = target.clone().gain_penalty(penalty);
        fit_magnitude(&filter, &target, &method).expect("it starts")
    };
    let still = || LeastSquares::new().max_iterations(0);
    let (free, costly) = (fit(0.0, still()), fit(0.5, still()));
    assert_eq!(costly.rms_db, free.rms_db);
    assert_eq!((free.solution.residuals.len(), costly.solution.residuals.len()), (60, 61));
    // The gain is 0.1 dB.
    let gain = 0.5 * 0.1 * 60.0_f64.sqrt();
    assert!((costly.solution.residuals[60].abs() - gain).abs() < 1e-15);
    assert!((costly.solution.cost - free.solution.cost - 0.5 * gain * gain).abs() < 1e-12);
    // The more gains cost, the smaller they are, and the worse the fit.
    let fits = [0.0, 0.05, 0.2, 1.0].map(|penalty| fit(penalty, LeastSquares::new()));
    for pair in fits.windows(2) {
        let [less, more] = pair else { unreachable!("windows of two") };
        assert!(more.params[2].abs() < less.params[2].abs());
        assert!(more.rms_db > less.rms_db);
    }
}

#[test]
fn curves_that_cannot_be_targets() {
    let error = |frequencies: &[f64], decibels: &[f64]| {
        MagnitudeTarget::new(frequencies, decibels).expect_err("no target")
    };
    let order = "must be finite, at least 0 and above the one before it";
    let cases = [
        (error(&[], &[]), TargetError::Empty, "the curve has no points".to_owned()),
        (
            error(&[1.0, 2.0], &[0.0]),
            TargetError::Length { expected: 2, found: 1 },
            "the curve has 2 frequencies but 1 levels or weights".to_owned(),
        ),
        (
            error(&[-1.0, 2.0], &[0.0; 2]),
            TargetError::Frequency { index: 0, value: -1.0 },
            format!("frequency 0 of the curve, -1 Hz, {order}"),
        ),
        (
            error(&[2.0, 2.0], &[0.0; 2]),
            TargetError::Frequency { index: 1, value: 2.0 },
            format!("frequency 1 of the curve, 2 Hz, {order}"),
        ),
        (
            error(&[2.0, 3.0, 1.0], &[0.0; 3]),
            TargetError::Frequency { index: 2, value: 1.0 },
            format!("frequency 2 of the curve, 1 Hz, {order}"),
        ),
        (
            error(&[1.0, f64::INFINITY], &[0.0; 2]),
            TargetError::Frequency { index: 1, value: f64::INFINITY },
            format!("frequency 1 of the curve, inf Hz, {order}"),
        ),
        (
            error(&[1.0, 2.0], &[0.0, f64::NEG_INFINITY]),
            TargetError::Level { index: 1, value: f64::NEG_INFINITY },
            "level 1 of the curve, -inf dB, must be finite".to_owned(),
        ),
    ];
    for (found, expected, text) in cases {
        assert_eq!(found, expected);
        assert_eq!(found.to_string(), text);
    }
    let nan = error(&[f64::NAN], &[0.0]);
    assert!(matches!(nan, TargetError::Frequency { index: 0, .. }), "{nan}");
    let nan = error(&[1.0], &[f64::NAN]);
    assert!(matches!(nan, TargetError::Level { index: 0, .. }), "{nan}");
    assert!(MagnitudeTarget::new(&[0.0], &[0.0]).is_ok());

    let target = MagnitudeTarget::new(&[1.0, 2.0], &[0.0; 2]).expect("a curve");
    let error = |weights: &[f64]| target.clone().weighted(weights).expect_err("no weights");
    assert_eq!(error(&[1.0]), TargetError::Length { expected: 2, found: 1 });
    for value in [-1.0, f64::INFINITY] {
        assert_eq!(error(&[1.0, value]), TargetError::Weight { index: 1, value });
    }
    assert!(matches!(error(&[f64::NAN, 1.0]), TargetError::Weight { index: 0, .. }));
    let text = "weight 1 of the curve, -1, must be finite and at least 0";
    assert_eq!(error(&[1.0, -1.0]).to_string(), text);
}

#[test]
fn fits_stay_within_bounds_and_say_where_they_end_at_one() {
    // The peak is at 3 kHz with 9 dB; 2.5 kHz and 6 dB are the most that is allowed.
    let target = curve(&cascade(&[Band::peak(3_000.0, 1.0, 9.0)]), 80);
    let band = Band::peak(
        Tune::within(1_000.0, 200.0..=2_500.0),
        Tune::within(1.0, 0.1..=9.0),
        Tune::within(1.0, -6.0..=6.0),
    );
    let filter = TunableCascade::new([("peak", band)], RATE).expect("a design");
    let fit = fit_magnitude(&filter, &target, &LeastSquares::new()).expect("it starts");
    assert_eq!(fit.solution.at_bound, [true, false, true]);
    assert!((fit.params[0] / 2_500.0 - 1.0).abs() < 1e-15 && fit.params[0] <= 2_500.0);
    assert_eq!(fit.params[2], 6.0);
    let found = levels(&filter.tuned(&fit.params).expect("a design"), target.frequencies());
    assert!((fit.rms_db / rms(&found, target.decibels()) - 1.0).abs() < 1e-12);
    assert!(fit.rms_db > 0.9);
}

#[test]
fn a_robust_loss_ignores_spikes_of_a_measurement() {
    let wanted = [650.0, 2.5, -7.0];
    let filter = single_peak(900.0);
    let mut decibels = levels(&filter.tuned(&wanted).expect("a design"), &frequencies(100));
    for spike in [20, 47, 80] {
        decibels[spike] += 15.0;
    }
    let target = MagnitudeTarget::new(&frequencies(100), &decibels).expect("a curve");
    let fit = |loss| {
        let method = LeastSquares::new().loss(loss);
        let fit = fit_magnitude(&filter, &target, &method).expect("it starts");
        distance(&fit.params, &wanted)
    };
    let (squared, cauchy) = (fit(Loss::Squared), fit(Loss::Cauchy(0.01)));
    assert!(squared > 0.5 && cauchy < 1e-6);
}

#[test]
fn fits_that_cannot_be_started() {
    let filter = single_peak(900.0);
    let short = curve(&cascade(&[]), 2);
    let few = fit_magnitude(&filter, &short, &LeastSquares::new());
    assert_eq!(few, Err(FitError::Underdetermined { params: 3, residuals: 2 }));
    let target = curve(&cascade(&[]), 20);
    let outside = fit_magnitude_from(&filter, &[900.0, 1.0, 30.0], &target, &LeastSquares::new());
    let bounds = (-20.0, 20.0);
    assert_eq!(outside, Err(FitError::Start { index: 2, value: 30.0, bounds }));
    let unbounded = TunableCascade::new(
        [("peak", Band::peak(Tune::free(1e3), Tune::from(1.0), Tune::from(3.0)))],
        RATE,
    )
    .expect("a design");
    let beyond = fit_magnitude_from(&unbounded, &[30e3], &target, &LeastSquares::new());
    let Err(FitError::Evaluation(error)) = beyond else { panic!("{beyond:?}") };
    assert_eq!(error.parameter(), "center");
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

/// Three peaks, apart from one another, and nothing else.
fn three_peaks() -> ([Band<f64>; 3], MagnitudeTarget, ParametricEq) {
    let bands =
        [Band::peak(120.0, 0.8, 5.0), Band::peak(900.0, 2.0, -7.0), Band::peak(4_500.0, 4.0, 6.0)];
    let eq = ParametricEq {
        peaks: 3,
        low_shelf: None,
        high_shelf: None,
        sample_rate: RATE,
        gain_penalty: 0.0,
        starts: 20,
        ..ParametricEq::default()
    };
    (bands, curve(&cascade(&bands), 150), eq)
}

/// The fit's error, from its bands.
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
fn the_same_seed_gives_the_same_answer() {
    let (_, _, eq) = three_peaks();
    let eq = ParametricEq { starts: 15, ..eq };
    let target = rugged();
    assert_eq!(eq.fit(&target), eq.fit(&target));
    let other = ParametricEq { seed: 2, ..eq.clone() }.fit(&target).expect("it starts");
    assert_ne!(eq.fit(&target).expect("it starts").solution.params, other.solution.params);
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
        assert!((fit.rms_db / expected - 1.0).abs() < 1e-14);
        assert!(fit.rms_db > 1.0 && fit.solution.stop.converged());
        // More peaks do better.
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
        assert_eq!((params[0], params[1]), (("cutoff", cutoff), ("q", 0.6)));
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
    // The ranges are narrower than the curve would need.
    assert!(fit.solution.at_bound.contains(&true));
}

#[test]
fn shelves_alone_are_a_parametric_eq() {
    let bands = [Band::low_shelf(105.0, 0.7, 6.0), Band::high_shelf(10_000.0, 0.7, -4.0)];
    let target = curve(&cascade(&bands), 100);
    let eq = ParametricEq {
        peaks: 0,
        gain_penalty: 0.0,
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
    // And nothing at all leaves the curve as it is.
    let nothing = ParametricEq { low_shelf: None, high_shelf: None, ..eq };
    let fit = nothing.fit(&target).expect("it starts");
    assert!(fit.bands.is_empty());
    assert!((fit.rms_db / rms(&[0.0; 100], target.decibels()) - 1.0).abs() < 1e-12);
}

#[test]
fn what_no_eq_can_be_made_of_is_an_error() {
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
        assert_eq!(error.parameter(), parameter);
        assert!(matches!(error.requirement(), Requirement::Within { .. }), "{error}");
    }
    for sample_rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = refused(ParametricEq { sample_rate, ..eq.clone() });
        assert_eq!(error.parameter(), "sample_rate", "{error}");
    }
    let shelf = refused(ParametricEq { low_shelf: Some(30e3), ..eq.clone() });
    assert_eq!((shelf.parameter(), shelf.value()), ("cutoff", 30e3));
    let q = refused(ParametricEq { low_shelf: Some(100.0), shelf_q: -1.0, ..eq.clone() });
    assert_eq!((q.parameter(), q.value()), ("q", -1.0));

    let short = curve(&cascade(&[]), 8);
    let few = eq.fit(&short);
    assert_eq!(few.expect_err("too few"), FitError::Underdetermined { params: 9, residuals: 8 });
}

#[test]
fn an_empty_range_of_frequencies_is_an_error() {
    let (_, target, eq) = three_peaks();
    let empty = ParametricEq { frequency: 2_000.0..=1_000.0, ..eq }.fit(&target);
    assert!(empty.is_err(), "bands: {:?}", empty.map(|fit| fit.bands));
}

/// Half the curve lies where the sampled filter has no frequencies: its level there is that of a
/// mirror image.
#[test]
fn a_curve_beyond_nyquist_is_an_error() {
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
    assert_eq!(outside, FitError::Start { index: 0, value: 30e3, bounds }, "{outside}");
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

#[test]
fn weights_that_are_all_zero_leave_no_nan() {
    let target = curve(&cascade(&[]), 20).weighted(&[0.0; 20]);
    if let Ok(target) = target {
        let fit = fit_magnitude(&single_peak(900.0), &target, &LeastSquares::new());
        assert!(fit.is_err() || fit.is_ok_and(|fit| fit.rms_db == 0.0));
    }
}

/// With the curve outside the range, peaks are placed at its edge or not at all.
#[test]
fn as_many_peaks_come_out_as_were_asked_for() {
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
    // What had been found by then: the same as no search at all.
    let none = ParametricEq { starts: 0, ..eq }.fit(&target).expect("it starts");
    assert_eq!(stopped, none);
    assert!(stopped.rms_db > full.rms_db && stopped.bands.len() == 3);
}

#[test]
fn a_filter_without_parameters_is_a_fit_that_is_done() {
    let fixed = TunableCascade::new(
        [("peak", Band::peak(Tune::from(1e3), Tune::from(1.0), Tune::from(6.0)))],
        RATE,
    )
    .expect("a design");
    let target = curve(&cascade(&[]), 50);
    let fit: MagnitudeFit =
        fit_magnitude(&fixed, &target, &LeastSquares::new()).expect("it starts");
    assert!(fit.params.is_empty());
    assert_eq!(fit.solution.stop, Stop::Gradient);
    let found = levels(&fixed.tuned::<f64>(&[]).expect("a design"), target.frequencies());
    assert!((fit.rms_db / rms(&found, &[0.0; 50]) - 1.0).abs() < 1e-12);
}
