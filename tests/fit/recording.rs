//! Fits of recordings: streaming Gauss-Newton against the same problem on dual numbers.

use filterbank::ad::Number;
use filterbank::fit::{
    Fit, FitError, LeastSquares, Loss, RecordingError, fit_recording, fit_stream,
};
use filterbank::{Band, Cascade, Method, Scalar, Tunable, TunableCascade, Tune};

use crate::common::noise::normal;
use crate::common::worst::larger;
use crate::problems::determined;

const RATE: f64 = 16_000.0;

/// Normal noise of a root-mean-square level.
pub fn noise(seed: u64, count: usize, level: f64) -> Vec<f64> {
    normal(seed).take(count).map(|sample| level * sample).collect()
}

/// A highpass, two peaks and a shelf, all tuned.
fn model() -> TunableCascade {
    let butterworth = Method::Butterworth { order: 3 };
    let q = Tune::within(1.5, 0.3..=8.0);
    let bands = [
        ("rumble", Band::highpass(butterworth, Tune::within(80.0, 20.0..=400.0))),
        ("body", Band::peak(Tune::within(450.0, 300.0..=900.0), q, Tune::free(4.0))),
        ("edge", Band::peak(Tune::within(1_900.0, 1e3..=3e3), q, Tune::free(-5.0))),
        ("air", Band::high_shelf(Tune::free(5_000.0), Tune::from(0.7), Tune::free(2.0))),
    ];
    TunableCascade::new(bands, RATE).expect("the model can be designed")
}

const TRUTH: [f64; 9] = [110.0, 420.0, 2.2, 6.0, 2_100.0, 1.7, -7.0, 4_400.0, 3.0];

/// The output of the true system, sample by sample.
fn played(system: &Cascade<f64>, input: &[f64]) -> Vec<f64> {
    let mut state = system.state();
    input.iter().map(|&x| system.tick(&mut state, x)).collect()
}

#[test]
fn a_noiseless_recording_gives_the_parameters_back() {
    let model = model();
    let input = noise(1, 3_000, 0.3);
    let output = played(&model.tuned(&TRUTH).expect("the truth can be designed"), &input);
    let fit = fit_recording(&model, &input, &output, &LeastSquares::new()).expect("it can start");
    assert!(fit.stop.converged(), "{}", fit.stop);
    for (found, truth) in fit.params.iter().zip(TRUTH) {
        assert!((found / truth - 1.0).abs() < 1e-8, "{found} is not {truth}");
    }
    assert!(fit.rms < 1e-10, "{}", fit.rms);
}

#[test]
fn streaming_agrees_with_dual_numbers_through_the_filter() {
    let model = model();
    let input = noise(2, 4_000, 0.3);
    let mut output = played(&model.tuned(&TRUTH).expect("the truth can be designed"), &input);
    output.iter_mut().zip(noise(3, 4_000, 0.01)).for_each(|(y, noise)| *y += noise);
    let streamed = fit_recording(&model, &input, &output, &LeastSquares::new()).expect("starts");

    // The same problem in the parameters themselves, all residuals kept.
    let kept = LeastSquares::new()
        .minimize_fn(&TRUTH, |params: &[Number]| {
            let filter = model.tuned(params)?;
            let mut state = filter.state();
            let error = |(x, y): (&f64, &f64)| filter.tick(&mut state, Number::from_f64(*x)) - *y;
            Ok::<_, filterbank::DesignError>(
                input.iter().zip(&output).map(error).collect::<Vec<_>>(),
            )
        })
        .expect("starts");
    assert!(streamed.stop.converged() && kept.stop.converged());
    let errors = determined(&kept);
    let streamed_errors = determined(&streamed);
    for index in 0..TRUTH.len() {
        let (a, b) = (streamed.params[index], kept.params[index]);
        assert!((a - b).abs() < 1e-4 * errors[index], "parameter {index}: {a} is not {b}");
        let ratio = streamed_errors[index] / errors[index];
        assert!((ratio - 1.0).abs() < 1e-4, "standard error {index}: {ratio} of the other");
        assert!((a - TRUTH[index]).abs() < 4.0 * errors[index], "parameter {index}: {a}");
    }
    assert!((streamed.rms / 0.01 - 1.0).abs() < 0.05);
}

#[test]
fn the_truth_lies_within_the_error_bars_as_often_as_it_should() {
    let model = TunableCascade::new(
        [("mode", Band::peak(Tune::free(900.0), Tune::free(2.0), Tune::free(4.0)))],
        RATE,
    )
    .expect("the model can be designed");
    let truth = [1_000.0, 3.0, 8.0];
    let input = noise(4, 1_500, 0.3);
    let clean = played(&model.tuned(&truth).expect("the truth can be designed"), &input);
    let (mut inside, mut total) = (0_u32, 0_u32);
    for seed in 100..300 {
        let noisy: Vec<f64> =
            clean.iter().zip(noise(seed, 1_500, 0.05)).map(|(y, noise)| y + noise).collect();
        let fit = fit_recording(&model, &input, &noisy, &LeastSquares::new()).expect("starts");
        let errors = determined(&fit);
        for ((found, error), truth) in fit.params.iter().zip(errors).zip(truth) {
            inside += u32::from((found - truth).abs() <= 1.96 * error);
            total += 1;
        }
    }
    // Three standard deviations of a binomial count of 200 recordings; the three values of one
    // recording are dependent.
    let share = f64::from(inside) / f64::from(total);
    assert!((share - 0.95).abs() < 0.046, "{share}");
}

#[test]
fn a_parameter_that_is_pushed_to_its_bound_stays_there() {
    let band = Band::peak(Tune::from(1_000.0), Tune::from(1.0), Tune::within(0.0, -3.0..=3.0));
    let model = TunableCascade::new([("peak", band)], RATE).expect("the model can be designed");
    let input = noise(5, 500, 0.3);
    let system = Band::peak(1_000.0, 1.0, 9.0).design(RATE).expect("the system can be designed");
    let fit = fit_recording(&model, &input, &played(&system, &input), &LeastSquares::new())
        .expect("starts");
    assert_eq!(fit.params, [3.0]);
    assert_eq!(fit.standard_errors, [Some(0.0)]);
}

#[test]
fn invalid_recordings_are_refused() {
    let model = model();
    let sentence = |input: &[f64], output: &[f64]| {
        fit_recording(&model, input, output, &LeastSquares::new()).expect_err("refused").to_string()
    };
    assert_eq!(sentence(&[0.0; 20], &[0.0; 19]), "the input has 20 samples, but the output has 19");
    assert_eq!(sentence(&[0.0, f64::NAN], &[0.0, 0.0]), "sample 1 of the recording is not finite");
    let short = fit_recording(&model, &[0.0; 5], &[0.0; 5], &LeastSquares::new());
    assert!(matches!(short, Err(FitError::Underdetermined { params: 9, residuals: 5 })));
}

#[test]
fn a_stream_is_fitted_as_the_recording_that_it_plays() {
    let model = model();
    let input = noise(6, 2_000, 0.3);
    let output = played(&model.tuned(&TRUTH).expect("the truth can be designed"), &input);
    let kept = fit_recording(&model, &input, &output, &LeastSquares::new()).expect("starts");
    // Computed again for each pass, as if read from a file.
    let mut passes = 0;
    let play = || {
        passes += 1;
        let system = model.tuned(&TRUTH).expect("the truth can be designed");
        let mut state = system.state();
        noise(6, 2_000, 0.3).into_iter().map(move |x| (x, system.tick(&mut state, x)))
    };
    let streamed = fit_stream(&model, play, &LeastSquares::new()).expect("starts");
    assert_eq!(streamed, kept);
    assert!(passes > streamed.iterations);
}

/// The recording of a system, with clicks in 5 % of its samples.
fn clicking(model: &TunableCascade, input: &[f64]) -> Vec<f64> {
    let mut output = played(&model.tuned(&TRUTH).expect("the truth can be designed"), input);
    let each = output.iter_mut().zip(noise(8, input.len(), 0.001)).zip(normal(9)).enumerate();
    for (index, ((sample, noise), click)) in each {
        *sample += noise + if index % 20 == 7 { 2.0 * click.abs() } else { 0.0 };
    }
    output
}

#[test]
fn robust_losses_ignore_clicks() {
    let model = model();
    let input = noise(7, 4_000, 0.3);
    let output = clicking(&model, &input);
    let fit = |loss| {
        let fit = fit_recording(&model, &input, &output, &LeastSquares::new().loss(loss));
        fit.expect("it can start")
    };
    let worst = |fit: &Fit| {
        let each = fit.params.iter().zip(TRUTH).map(|(found, truth)| (found / truth - 1.0).abs());
        each.fold(0.0, larger)
    };
    let [squared, huber, cauchy] =
        [Loss::Squared, Loss::Huber(0.002), Loss::Cauchy(0.002)].map(fit);
    for fit in [&squared, &huber, &cauchy] {
        assert!(fit.stop.converged(), "{}", fit.stop);
    }
    assert!(worst(&squared) > 0.05, "{squared}");
    assert!(worst(&huber) < 0.002, "{huber}");
    assert!(worst(&cauchy) < 0.002, "{cauchy}");
    assert_ne!(huber.params, cauchy.params);
    // The rms is that of the differences, not of their losses.
    assert!(huber.rms >= squared.rms && huber.rms < 1.1 * squared.rms);
}

#[test]
fn a_robust_fit_of_a_recording_is_the_fit_of_all_its_residuals() {
    let model = model();
    // More than one block, and the last not full.
    let input = noise(7, 2_500, 0.3);
    let output = clicking(&model, &input);
    for loss in [Loss::Huber(0.002), Loss::Cauchy(0.01)] {
        let method = LeastSquares::new().loss(loss);
        let streamed = fit_recording(&model, &input, &output, &method).expect("it can start");
        let kept = method
            .minimize_fn(&TRUTH, |params: &[Number]| {
                let filter = model.tuned(params)?;
                let mut state = filter.state();
                let error =
                    |(x, y): (&f64, &f64)| filter.tick(&mut state, Number::from_f64(*x)) - *y;
                Ok::<_, filterbank::DesignError>(
                    input.iter().zip(&output).map(error).collect::<Vec<_>>(),
                )
            })
            .expect("it can start");
        assert!((streamed.cost / kept.cost - 1.0).abs() < 1e-9, "{} {}", streamed.cost, kept.cost);
        assert!((streamed.rms / kept.rms - 1.0).abs() < 1e-6, "{} {}", streamed.rms, kept.rms);
        for (a, b) in streamed.params.iter().zip(&kept.params) {
            assert!((a / b - 1.0).abs() < 1e-5, "{a} is not {b}");
        }
    }
}

#[test]
fn a_stream_that_changes_is_refused() {
    let band = Band::peak(Tune::free(900.0), Tune::free(2.0), Tune::free(4.0));
    let model = TunableCascade::new([("mode", band)], RATE).expect("a design");
    let input = noise(10, 200, 0.3);
    let fit = |later: &[f64]| {
        let mut passes = 0;
        let play = || {
            passes += 1;
            let samples = if passes > 2 { later } else { &input };
            samples.iter().map(|x| (*x, 0.5 * *x)).collect::<Vec<_>>().into_iter()
        };
        fit_stream(&model, play, &LeastSquares::new())
    };
    assert!(fit(&input).is_ok());
    let shorter = RecordingError::Changed { expected: 200, found: 150 };
    assert_eq!(fit(&input[..150]), Err(FitError::Evaluation(shorter)));
    let mut broken = input.clone();
    broken[7] = f64::NAN;
    assert_eq!(fit(&broken), Err(FitError::Evaluation(RecordingError::Sample { index: 7 })));
}
