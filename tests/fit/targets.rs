//! Weights, means, thinning and penalties of a target curve.

use filterbank::fit::{LeastSquares, MagnitudeTarget, TargetError, fit_magnitude};
use filterbank::{Band, Tunable, TunableCascade, Tune};

use crate::curves::{RATE, cascade, curve, frequencies, levels, single_peak};

#[test]
fn weights_multiply_the_squared_errors() {
    // A peak cannot follow two bumps, so it follows the one with the larger weight.
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

    // An integer weight equals a repetition: the same minimum, the same mean error.
    let (doubled, plain) = (fit(2.0, 2.0), fit(1.0, 1.0));
    assert!((doubled.rms / plain.rms - 1.0).abs() < 1e-12);
    assert!((doubled.cost / plain.cost - 2.0).abs() < 1e-12);
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
    assert!((uneven.rms / (sum / total).sqrt() - 1.0).abs() < 1e-12);
}

#[test]
fn octaves_count_whatever_the_spacing() {
    let two = cascade(&[Band::peak(300.0, 2.0, 6.0), Band::peak(6_000.0, 2.0, 4.0)]);
    let at = |frequencies: &[f64]| {
        let target = MagnitudeTarget::new(frequencies, &levels(&two, frequencies));
        target.expect("a curve")
    };
    let logarithmic = at(&frequencies(1_000));
    let linear: Vec<f64> = (4..=4_000).map(|index| 5.0 * f64::from(index)).collect();
    let linear = at(&linear);
    let fit = |target: MagnitudeTarget| {
        fit_magnitude(&single_peak(1_400.0), &target, &LeastSquares::new()).expect("it starts")
    };
    // A peak cannot follow two bumps, so the weights matter.
    let (wanted, rows) = (fit(logarithmic.clone()), fit(linear.clone()));
    let (octaves, still) = (fit(linear.per_octave()), fit(logarithmic.per_octave()));
    for found in [&octaves, &still] {
        assert!((found.rms / wanted.rms - 1.0).abs() < 2e-3, "{} {}", found.rms, wanted.rms);
        for (a, b) in found.params.iter().zip(&wanted.params) {
            assert!((a / b - 1.0).abs() < 5e-3, "{a} {b}");
        }
    }
    assert!(rows.rms < 0.9 * wanted.rms, "{wanted}\n{rows}");
}

#[test]
fn shares_of_octaves_multiply_weights() {
    let per_octave = |frequencies: &[f64], weights: &[f64]| -> Vec<f64> {
        let target = MagnitudeTarget::new(frequencies, &vec![0.0; frequencies.len()]);
        let target = target.expect("a curve").weighted(weights).expect("weights");
        target.per_octave().weights().map(|weight| (1e9 * weight).round() / 1e9).collect()
    };
    assert_eq!(per_octave(&[1.0, 2.0, 8.0], &[2.0, 1.0, 0.0]), [1.0, 1.5, 0.0]);
    // 0 Hz has no octave.
    assert_eq!(per_octave(&[0.0, 1.0, 4.0], &[1.0, 1.0, 1.0]), [0.0, 1.0, 1.0]);
    // Where no octaves count, all weights stay.
    for frequencies in [&[5.0][..], &[0.0, 5.0]] {
        let weights = vec![3.0; frequencies.len()];
        assert_eq!(per_octave(frequencies, &weights), weights);
    }
    assert_eq!(per_octave(&[0.0, 1.0, 4.0], &[1.0, 0.0, 0.0]), [1.0, 0.0, 0.0]);
    // Neighbouring numbers are not equal.
    let close = 1_000.0_f64;
    let target = MagnitudeTarget::new(&[close, close.next_up()], &[0.0; 2]).expect("a curve");
    assert!(target.per_octave().weights().all(|weight| weight > 0.0 && weight < 1e-15));
}

/// Six digits: two searches agree to this precision.
fn rounded(values: &[f64]) -> Vec<String> {
    values.iter().map(|value| format!("{value:.5e}")).collect()
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
    let fit = |target: &MagnitudeTarget| fit_magnitude(&shelf, target, &still).expect("it starts");

    // The filter is flat: its residuals are minus the curve.
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

    // With weights, the mean is weighted too; a point of weight 0 has no residual.
    let weights: Vec<f64> = (0..100).map(|i| f64::from(i % 3)).collect();
    let weighted = target.clone().weighted(&weights).expect("weights").mean_above(5_000.0);
    let weighted = fit(&weighted);
    let pairs = || above.iter().zip(&weights[count..]);
    let total: f64 = pairs().map(|(_, w)| w).sum();
    let expected = -pairs().map(|(y, w)| y * w).sum::<f64>() / total.sqrt();
    let singles = weights[..count].iter().filter(|weight| **weight > 0.0).count();
    assert_eq!(weighted.residuals.len(), singles + 1);
    assert!((weighted.residuals[singles] - expected).abs() < 1e-13);
    assert_eq!(fit(&target.clone().mean_above(1e9)), all);
    assert_eq!(fit(&target.clone().mean_above(f64::NAN)), all);
    assert_eq!(fit(&target.clone().mean_above(0.0)).residuals.len(), 1);

    // A shelf follows the mean and ignores the ripples.
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
fn a_thinned_curve_keeps_its_levels_and_weights() {
    let still = LeastSquares::new().max_iterations(0);
    let flat = TunableCascade::new(
        [("peak", Band::peak(Tune::from(1e3), Tune::from(1.0), Tune::free(0.0)))],
        RATE,
    )
    .expect("a design");
    let fit = |target: &MagnitudeTarget| fit_magnitude(&flat, target, &still).expect("it starts");
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
            // Thinning keeps the weight of the mean.
            let single = found.iter().filter(|f| **f < 5_000.0).count();
            let (all, fewer) = (fit(&weighted(&decibels)), fit(&thinned));
            assert_eq!(fewer.residuals.len(), single + 1);
            let last = |residuals: &[f64]| residuals[residuals.len() - 1];
            let (all, fewer) = (last(all.residuals.as_slice()), last(fewer.residuals.as_slice()));
            assert!((all / fewer - 1.0).abs() < 1e-13, "{all} {fewer}");
            // A constant error is the same on few points as on all.
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
    assert_eq!(costly.rms, free.rms);
    assert_eq!((free.residuals.len(), costly.residuals.len()), (60, 61));
    // The gain is 0.1 dB.
    let gain = 0.5 * 0.1 * 60.0_f64.sqrt();
    assert!((costly.residuals[60].abs() - gain).abs() < 1e-15);
    assert!((costly.cost - free.cost - 0.5 * gain * gain).abs() < 1e-12);
    // The larger the penalty, the smaller the gains, and the worse the fit.
    let fits = [0.0, 0.05, 0.2, 1.0].map(|penalty| fit(penalty, LeastSquares::new()));
    for pair in fits.windows(2) {
        let [less, more] = pair else { unreachable!("windows of two") };
        assert!(more.params[2].abs() < less.params[2].abs());
        assert!(more.rms > less.rms);
    }
}

#[test]
fn invalid_curves_and_weights_are_refused() {
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
            "level 1 of the curve, -inf dB, must lie within ±10000 dB".to_owned(),
        ),
    ];
    for (found, expected, text) in cases {
        assert_eq!(found, expected);
        assert_eq!(found.to_string(), text);
    }
    let large = error(&[1.0], &[1e200]);
    assert_eq!(large, TargetError::Level { index: 0, value: 1e200 });
    let nan = error(&[f64::NAN], &[0.0]);
    assert!(matches!(nan, TargetError::Frequency { index: 0, .. }), "{nan}");
    let nan = error(&[1.0], &[f64::NAN]);
    assert!(matches!(nan, TargetError::Level { index: 0, .. }), "{nan}");
    assert!(MagnitudeTarget::new(&[0.0], &[0.0]).is_ok());

    let target = MagnitudeTarget::new(&[1.0, 2.0], &[0.0; 2]).expect("a curve");
    let error = |weights: &[f64]| target.clone().weighted(weights).expect_err("no weights");
    assert_eq!(error(&[1.0]), TargetError::Length { expected: 2, found: 1 });
    for value in [-1.0, f64::INFINITY, f64::MAX, f64::MIN_POSITIVE] {
        assert_eq!(error(&[1.0, value]), TargetError::Weight { index: 1, value });
    }
    assert!(matches!(error(&[f64::NAN, 1.0]), TargetError::Weight { index: 0, .. }));
    let text = "weight 1 of the curve, -1, must be 0 or lie between 1e-100 and 1e100";
    assert_eq!(error(&[1.0, -1.0]).to_string(), text);
}

#[test]
fn weights_that_are_all_zero_are_refused() {
    let error = curve(&cascade(&[]), 20).weighted(&[0.0; 20]).expect_err("no weight");
    assert_eq!(error, TargetError::NoWeight);
    let mut one = [0.0; 20];
    one[7] = 1e-9;
    assert!(curve(&cascade(&[]), 20).weighted(&one).is_ok());
}

#[test]
fn penalties_that_make_no_square_are_refused() {
    let target = curve(&cascade(&[]), 20);
    let filter = single_peak(900.0);
    for value in [-1.0, f64::INFINITY, 1e200, f64::NAN] {
        let target = target.clone().gain_penalty(value);
        let fit = fit_magnitude(&filter, &target, &LeastSquares::new()).expect_err("refused");
        let text = format!("the gain penalty, {value:?}, must lie between 0 and 1e100");
        assert_eq!(fit.to_string(), text);
    }
}

#[test]
fn thinning_keeps_zero_hertz_and_the_largest_weights() {
    let frequencies = [0.0, 100.0];
    let target = MagnitudeTarget::new(&frequencies, &[1.0, 2.0]).expect("a curve");
    let heavy = target.clone().weighted(&[1e100; 2]).expect("weights");
    for target in [target, heavy] {
        for points in [0, 1, 2, usize::MAX] {
            let thinned = target.thinned(points);
            assert_eq!(thinned.decibels(), [1.0, 2.0]);
            assert_eq!(thinned.frequencies()[0], 0.0);
            assert!((thinned.frequencies()[1] - 100.0).abs() < 1e-12);
        }
    }
}
