//! Fits to magnitude curves.

use filterbank::fit::{
    LeastSquares, Loss, MagnitudeTarget, Stop, fit_magnitude, fit_magnitude_from,
};
use filterbank::{Band, Method, Tunable, TunableCascade, Tune, Width, filterbank};

use crate::common::noise::uniform;
use crate::common::worst::worst;
use crate::curves::{RATE, cascade, curve, frequencies, levels, rms, single_peak};

filterbank! {
    struct Eq: cascade(sample_rate = 48_000.0) {
        rumble: highpass(butterworth(order = 2), cutoff = 30.0),
        mud: peak(center = tune(400.0 in 120.0..=1_500.0), q = tune(1.0 in 0.2..=8.0), gain_db = tune(0.5)),
        air: high_shelf(cutoff = 8_000.0, q = 0.707, gain_db = tune(0.0 in -12.0..=12.0)),
    }
}

/// The largest distance of two lists, relative to the expected values.
fn distance(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    worst(found.iter().zip(expected).map(|(a, b)| a / b - 1.0))
}

#[test]
fn the_parameters_of_a_macro_made_eq_are_found_again() {
    let wanted = [650.0, 2.5, -7.0, 4.0];
    let target = curve(&Eq::from_params(&wanted).expect("a design"), 80);
    let fit = fit_magnitude(&Eq::new(), &target, &LeastSquares::new()).expect("it starts");
    assert!(distance(&fit.params, &wanted) < 3e-10);
    assert!(fit.rms < 3e-10);
    assert!(fit.stop.converged());
}

/// Parameters of every kind: widths of all kinds, pass filters, with fixed values between them.
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

/// From the start as specified, about half of the ways end in other minima, so the fits begin
/// halfway, from ten starts.
#[test]
fn the_parameters_of_a_run_time_cascade_are_found_again() {
    let filter = every_kind_tunable();
    let ends = TunableCascade::new(every_kind(&mut |_, end| Tune::free(end)), RATE);
    let wanted: Vec<f64> = ends.expect("a design").params().map(|param| param.value).collect();
    assert_eq!(filter.params().len(), 12);
    let target = curve(&filter.tuned(&wanted).expect("a design"), 200);
    let mut random = uniform(1);
    for _ in 0..10 {
        let halfway = filter.params().zip(&wanted).zip(&mut random);
        let start: Vec<f64> = halfway
            .map(|((param, end), x)| f64::midpoint(param.value, *end) * (1.0 + 0.05 * x))
            .collect();
        let fit = fit_magnitude_from(&filter, &start, &target, &LeastSquares::new());
        let fit = fit.expect("it starts");
        assert!(fit.stop.converged(), "{fit}");
        assert!(distance(&fit.params, &wanted) < 5e-10, "{fit}");
        assert!(fit.rms < 3e-10, "{fit}");
    }
}

#[test]
fn fits_stay_within_bounds_and_report_those_they_reach() {
    // The peak is at 3 kHz with 9 dB; the bounds are 2.5 kHz and 6 dB.
    let target = curve(&cascade(&[Band::peak(3_000.0, 1.0, 9.0)]), 80);
    let band = Band::peak(
        Tune::within(1_000.0, 200.0..=2_500.0),
        Tune::within(1.0, 0.1..=9.0),
        Tune::within(1.0, -6.0..=6.0),
    );
    let filter = TunableCascade::new([("peak", band)], RATE).expect("a design");
    let fit = fit_magnitude(&filter, &target, &LeastSquares::new()).expect("it starts");
    assert_eq!(fit.at_bound, [true, false, true]);
    assert!((fit.params[0] / 2_500.0 - 1.0).abs() < 1e-15 && fit.params[0] <= 2_500.0);
    assert_eq!(fit.params[2], 6.0);
    let found = levels(&filter.tuned(&fit.params).expect("a design"), target.frequencies());
    assert!((fit.rms / rms(&found, target.decibels()) - 1.0).abs() < 1e-12);
    assert!(fit.rms > 0.9);
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
fn a_filter_without_parameters_converges_at_once() {
    let fixed = TunableCascade::new(
        [("peak", Band::peak(Tune::from(1e3), Tune::from(1.0), Tune::from(6.0)))],
        RATE,
    )
    .expect("a design");
    let target = curve(&cascade(&[]), 50);
    let fit = fit_magnitude(&fixed, &target, &LeastSquares::new()).expect("it starts");
    assert!(fit.params.is_empty());
    assert_eq!(fit.stop, Stop::Gradient);
    let found = levels(&fixed.tuned::<f64>(&[]).expect("a design"), target.frequencies());
    assert!((fit.rms / rms(&found, &[0.0; 50]) - 1.0).abs() < 1e-12);
}
