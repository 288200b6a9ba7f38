//! What a fit says about its residuals: autocorrelation, chi-square, information criteria.

use filterbank::ad::Number;
use filterbank::fit::{
    Fit, FitError, LeastSquares, Loss, MagnitudeTarget, fit_magnitude, fit_recording, fit_response,
};
use filterbank::number::Complex;
use filterbank::{Band, Tunable, TunableCascade, Tune};

use crate::common::noise::normal;
use crate::curves::{RATE, frequencies};
use crate::problems::{determined, straight};

const Y: [f64; 8] = [1.1, 1.4, 2.3, 2.2, 3.1, 3.9, 3.6, 4.8];

fn line(method: &LeastSquares) -> Fit {
    method.minimize_fn(&[0.0, 0.0], |x| straight(x, &Y)).expect("it starts")
}

/// The sum of the squared residuals of the line, from the closed form of the regression.
fn sum_of_squares() -> f64 {
    let (n, mean_t) = (8.0, 3.5);
    let mean = Y.iter().sum::<f64>() / n;
    let deviations = || (0..8).map(|t| f64::from(t) - mean_t).zip(Y.map(|y| y - mean));
    let [tt, ty, yy] =
        deviations().fold([0.0; 3], |[tt, ty, yy], (t, y)| [tt + t * t, ty + t * y, yy + y * y]);
    yy - ty * ty / tt
}

/// R: `AIC(lm(y ~ t))` and `BIC(lm(y ~ t))`, which count the variance as a third parameter.
#[test]
fn information_criteria_with_unknown_noise() {
    let (n, squares) = (8.0_f64, sum_of_squares());
    let deviance = n * ((2.0 * std::f64::consts::PI).ln() + (squares / n).ln() + 1.0);
    let fit = line(&LeastSquares::new());
    assert!((fit.aic().expect("squares") - (deviance + 6.0)).abs() < 1e-10);
    assert!((fit.bic().expect("squares") - (deviance + 3.0 * n.ln())).abs() < 1e-10);
    assert_eq!(fit.chi_square(), None);
    // A parameter without effect is not counted.
    let wider = LeastSquares::new().minimize_fn(&[0.0; 3], |x| straight(&x[..2], &Y));
    assert!((wider.expect("it starts").aic().expect("squares") - (deviance + 6.0)).abs() < 1e-10);
}

/// The negative logarithms of normal densities, summed.
#[test]
fn information_criteria_with_known_noise() {
    let sigma = 0.3;
    let fit = line(&LeastSquares::new().noise(sigma));
    let density = |r: &f64| {
        (-0.5 * (r / sigma).powi(2)).exp() / (sigma * (2.0 * std::f64::consts::PI).sqrt())
    };
    let deviance = -2.0 * fit.residuals.iter().map(|r| density(r).ln()).sum::<f64>();
    assert!((fit.aic().expect("squares") - (deviance + 4.0)).abs() < 1e-12);
    assert!((fit.bic().expect("squares") - (deviance + 2.0 * 8.0_f64.ln())).abs() < 1e-12);
    let chi_square = fit.chi_square().expect("known noise");
    assert!((chi_square - sum_of_squares() / (sigma * sigma)).abs() < 1e-10);
    // The standard errors of unknown noise, times the ratio of the known one to the estimate.
    let estimated = line(&LeastSquares::new());
    let ratio = sigma / (sum_of_squares() / 6.0).sqrt();
    for (known, estimated) in determined(&fit).iter().zip(determined(&estimated)) {
        assert!((known / estimated / ratio - 1.0).abs() < 1e-10);
    }
    assert_eq!(fit.params, estimated.params);
}

#[test]
fn robust_losses_have_neither_chi_square_nor_likelihood() {
    let fit = line(&LeastSquares::new().loss(Loss::Huber(0.2)).noise(0.3));
    assert_eq!((fit.loss, fit.noise), (Loss::Huber(0.2), Some(0.3)));
    assert_eq!((fit.chi_square(), fit.aic(), fit.bic()), (None, None, None));
    // Their errors do not need the noise.
    let unknown = line(&LeastSquares::new().loss(Loss::Huber(0.2)));
    assert_eq!(fit.standard_errors, unknown.standard_errors);
}

#[test]
fn a_noise_that_makes_no_variance_is_refused() {
    let filter = peak();
    let samples = [0.5; 20];
    for noise in [0.0, -1.0, 1e-200, f64::INFINITY, f64::NAN] {
        let method = LeastSquares::new().noise(noise);
        let error = method.minimize_fn(&[1.0], |p| vec![p[0]]).expect_err("no noise");
        let FitError::Noise { noise: found } = error else { panic!("{error}") };
        assert_eq!(found.to_bits(), noise.to_bits());
        let text = format!("the noise, {noise:?}, must lie between 1e-150 and 1e150");
        let recording = fit_recording(&filter, &samples, &samples, &method).expect_err("no noise");
        assert_eq!((error.to_string(), recording.to_string()), (text.clone(), text));
    }
}

/// A scale of the robust loss far above all residuals leaves the squares, and errors that agree
/// with those of the squares up to the chance of their estimate.
#[test]
fn a_wide_robust_loss_has_the_errors_of_the_squares() {
    let mut noise = normal(5);
    let measured: Vec<f64> =
        (0..2_000).map(|t| f64::from(t) + 3.0 * noise.next().expect("endless")).collect();
    let fit = |loss| {
        let method = LeastSquares::new().loss(loss);
        determined(&method.minimize_fn(&[0.0, 0.9], |x| straight(x, &measured)).expect("starts"))
    };
    let squares = fit(Loss::Squared);
    for loss in [Loss::Huber(1e6), Loss::Cauchy(1e6)] {
        for (robust, squared) in fit(loss).iter().zip(&squares) {
            assert!((robust / squared - 1.0).abs() < 0.05, "{loss:?}: {robust} {squared}");
        }
    }
}

/// The jackknife of a mean with the Huber loss, for which leaving a residual out is a closed form:
/// `ψ` sums to zero over all others, of which those within the size move with the mean.
#[test]
fn the_errors_of_a_robust_mean_are_the_closed_form() {
    let values = [0.1, -0.4, 0.3, 0.9, -0.7, 8.0, 0.2, -5.0];
    let size = 1.0;
    let method = LeastSquares::new().loss(Loss::Huber(size)).cost_tolerance(0.0);
    let fit = method
        .minimize_fn(&[0.0], |p| values.iter().map(|y| p[0] - *y).collect::<Vec<Number>>())
        .expect("it starts");
    // Six values within, one above and one below: the mean of the six.
    assert!((fit.params[0] - 0.4 / 6.0).abs() < 1e-6);
    let inside: f64 =
        [0.1, -0.4, 0.3, 0.9, -0.7, 0.2].map(|y: f64| (y - fit.params[0]).powi(2)).iter().sum();
    // The leverage of a value within is 1/6, and of an outlier 0.
    let scores = inside / (5.0_f64 / 6.0).powi(2) + 2.0 * size * size;
    let error = determined(&fit)[0];
    assert!((error - scores.sqrt() / 6.0).abs() < 1e-10, "{error}");
}

/// Only one residual depends on the second parameter, so that it fits whatever its noise.
#[test]
fn a_parameter_of_one_residual_has_no_error_with_a_robust_loss() {
    let residuals = |p: &[Number]| -> Vec<Number> {
        let mut all: Vec<_> = Y.iter().map(|y| p[0] - *y).collect();
        all.push(p[1] - 5.0);
        all
    };
    let fit = |loss| {
        LeastSquares::new().loss(loss).minimize_fn(&[0.0, 0.0], residuals).expect("it starts")
    };
    assert_eq!(fit(Loss::Squared).determined, [true, true]);
    for loss in [Loss::Huber(1.0), Loss::Cauchy(1.0)] {
        let robust = fit(loss);
        assert_eq!(robust.determined, [true, false], "{robust}");
        assert!(robust.standard_errors[0].is_some() && robust.standard_errors[1].is_none());
    }
}

/// A peak whose centre, Q and gain are fitted.
fn peak() -> TunableCascade {
    let band = Band::peak(Tune::free(1_000.0), Tune::free(2.0), Tune::free(4.0));
    TunableCascade::new([("peak", band)], RATE).expect("a design")
}

/// Noise whose every sample keeps a share of the one before: its autocorrelation.
fn coloured(seed: u64, share: f64) -> impl Iterator<Item = f64> {
    normal(seed).scan(0.0, move |last, sample| {
        *last = share * *last + (1.0 - share * share).sqrt() * sample;
        Some(*last)
    })
}

#[test]
fn coloured_noise_is_warned_of_in_every_fit() {
    let truth = peak().tuned(&[1_200.0, 3.0, 8.0]).expect("a design");
    let (frequencies, method) = (frequencies(100), LeastSquares::new());
    for (share, warned) in [(0.0, false), (0.8, true), (-0.8, true)] {
        let mut noise = coloured(1, share);
        let mut error = || 0.05 * noise.next().expect("endless");
        let levels: Vec<f64> =
            frequencies.iter().map(|f| truth.magnitude_db(*f) + error()).collect();
        let target = MagnitudeTarget::new(&frequencies, &levels).expect("a curve");
        let level = fit_magnitude(&peak(), &target, &method).expect("it starts");

        // The real parts are a run of noise, and so are the imaginary parts.
        let re: Vec<f64> = frequencies.iter().map(|_| error()).collect();
        let measured = frequencies.iter().zip(re);
        let measured: Vec<_> =
            measured.map(|(f, re)| truth.response(*f) + Complex::new(re, error())).collect();
        let response = fit_response(&peak(), &frequencies, &measured, &method).expect("it starts");

        let input: Vec<f64> = normal(2).take(2_000).collect();
        let mut output = input.clone();
        truth.process(&mut truth.state(), &mut output);
        for y in &mut output {
            *y += error();
        }
        let recording = fit_recording(&peak(), &input, &output, &method).expect("it starts");

        for fit in [level, response, recording] {
            let found = fit.autocorrelation.expect("there is noise");
            assert!((found - share).abs() < 0.2, "{found} is not {share}");
            assert_eq!(fit.warning().is_some(), warned, "{fit}");
            let table = fit.to_string();
            assert_eq!(table.contains("\nwarning: the residuals are not independent"), warned);
        }
    }
}

/// An unmodelled delay of one sample: the fit is wrong by far more than its errors, and says so.
#[test]
fn an_unmodelled_delay_is_warned_of() {
    let truth = peak().tuned(&[1_200.0, 0.62, 8.0]).expect("a design");
    let input: Vec<f64> = normal(3).take(4_000).collect();
    let mut output = input.clone();
    truth.process(&mut truth.state(), &mut output);
    output.rotate_right(1);
    let fit = fit_recording(&peak(), &input, &output, &LeastSquares::new()).expect("it starts");
    let error = determined(&fit)[1];
    assert!((fit.params[1] - 0.62).abs() > 4.0 * error, "{fit}");
    assert!(fit.warning().is_some(), "{fit}");
}

/// Gains of two shelves in series, from a recording: only their sum is determined. (It is a whole
/// number of blocks.)
#[test]
fn a_recording_tells_which_parameters_it_determines() {
    let shelf = || Band::low_shelf(Tune::from(500.0), Tune::from(0.7), Tune::free(1.0));
    let third = Band::allpass(Tune::free(900.0), Tune::from(1.0));
    let bands = [("a", shelf()), ("b", shelf()), ("c", third)];
    let model = TunableCascade::new(bands, RATE).expect("a design");
    let truth = model.tuned(&[2.0, 2.0, 1_000.0]).expect("a design");
    let input: Vec<f64> = normal(7).take(20_480).collect();
    let mut output = input.clone();
    truth.process(&mut truth.state(), &mut output);
    for (y, error) in output.iter_mut().zip(normal(8)) {
        *y += 0.01 * error;
    }
    for loss in [Loss::Squared, Loss::Huber(0.02), Loss::Cauchy(0.02)] {
        let method = LeastSquares::new().loss(loss);
        let fit = fit_recording(&model, &input, &output, &method).expect("it starts");
        assert_eq!(fit.determined, [false, false, true], "{fit}");
        assert_eq!((fit.count, fit.degrees_of_freedom), (20_480, 20_478));
        let distance = (fit.params[2] - 1_000.0).abs();
        assert!(distance < 4.0 * fit.standard_errors[2].expect("determined"), "{fit}");
    }
}

/// Residuals that are zero have no correlation, and no likelihood that is a number.
#[test]
fn exact_fits_are_not_warned_of() {
    let fit = LeastSquares::new().minimize_fn(&[1.0], |p| [p[0] - 1.0, p[0] - 1.0]);
    let fit = fit.expect("it starts");
    assert_eq!((fit.autocorrelation, fit.warning()), (None, None));
    assert_eq!(fit.aic(), Some(f64::NEG_INFINITY));
    assert_eq!(fit.standard_errors, [Some(0.0)]);
}

/// The lists of a fit are public: a table leaves out what they no longer hold.
#[test]
fn a_table_of_shortened_lists_is_still_a_table() {
    let fit = line(&LeastSquares::new());
    let lists: [fn(&mut Fit); 6] = [
        |fit| fit.names.clear(),
        |fit| fit.quantities.clear(),
        |fit| fit.params.clear(),
        |fit| fit.standard_errors.clear(),
        |fit| fit.determined.clear(),
        |fit| fit.at_bound.clear(),
    ];
    for (index, shorten) in lists.into_iter().enumerate() {
        let mut short = fit.clone();
        shorten(&mut short);
        let lines = if index == 0 || index == 2 { 1 } else { 3 };
        assert_eq!(short.to_string().lines().count(), lines, "{index}: {short}");
    }
}
