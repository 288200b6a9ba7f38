//! Fits of complex responses and group delays.

use filterbank::fit::{FitError, LeastSquares, fit_group_delay, fit_response};
use filterbank::number::Complex;
use filterbank::spec::{DesignError, Requirement};
use filterbank::tune::{Param, SingleOutput};
use filterbank::{Band, Method, Scalar, Section, Tunable, TunableCascade, Tune};

const RATE: f64 = 48_000.0;

/// An elliptic bandpass and a peak: edges, ripple, attenuation, centre, Q and gain are tuned.
fn model() -> TunableCascade {
    let elliptic =
        Method::Elliptic { order: 3, ripple_db: Tune::free(1.0), stop_db: Tune::free(40.0) };
    let band = Band::bandpass(elliptic, Tune::free(900.0), Tune::free(4_500.0));
    let peak = Band::peak(Tune::free(2_000.0), Tune::free(1.5), Tune::free(2.0));
    TunableCascade::new([("band", band), ("peak", peak)], RATE).expect("it can be designed")
}

const TRUTH: [f64; 7] = [0.5, 46.0, 1_000.0, 4_000.0, 1_800.0, 2.0, 4.0];

fn frequencies() -> Vec<f64> {
    (0..120).map(|i| 200.0 * 1.045_f64.powi(i)).filter(|f| *f < RATE / 2.0).collect()
}

#[test]
fn every_parameter_of_a_complex_response_is_found() {
    let model = model();
    let truth = model.tuned(&TRUTH).expect("the truth can be designed");
    let wanted: Vec<Complex<f64>> = frequencies().iter().map(|f| truth.response(*f)).collect();
    let fit = fit_response(&model, &frequencies(), &wanted, &LeastSquares::new()).expect("starts");
    assert!(fit.stop.converged(), "{}", fit.stop);
    for (found, truth) in fit.params.iter().zip(TRUTH) {
        assert!((found / truth - 1.0).abs() < 1e-8, "{found} is not {truth}");
    }
}

#[test]
fn every_parameter_of_a_group_delay_is_found() {
    let model = model();
    let truth = model.tuned(&TRUTH).expect("the truth can be designed");
    let wanted: Vec<f64> = frequencies().iter().map(|f| truth.group_delay(*f)).collect();
    let fit =
        fit_group_delay(&model, &frequencies(), &wanted, &LeastSquares::new()).expect("starts");
    assert!(fit.stop.converged(), "{}", fit.stop);
    // The attenuation only moves zeros on the unit circle, which hardly affect the delay.
    for (found, truth) in fit.params.iter().zip(TRUTH) {
        assert!((found / truth - 1.0).abs() < 1e-6, "{found} is not {truth}");
    }
}

#[test]
fn invalid_curves_are_refused() {
    let model = model();
    let refused = |frequencies: &[f64], wanted: &[f64]| {
        fit_group_delay(&model, frequencies, wanted, &LeastSquares::new()).expect_err("refused")
    };
    assert_eq!(refused(&[1.0, 2.0], &[1.0]).to_string(), "`wanted.len()` = 1 must be 2");
    assert!(matches!(
        refused(&[30_000.0], &[1.0]),
        FitError::Evaluation(error)
            if error.requirement() == Requirement::InsideNyquist { nyquist: 24_000.0 }
    ));
    let seven = [100.0, 200.0, 300.0, 400.0, 500.0, 600.0, 700.0];
    assert!(matches!(refused(&seven, &[f64::NAN; 7]), FitError::NotFinite { index: 0 }));
    assert!(matches!(
        refused(&seven[..3], &[1.0; 3]),
        FitError::Underdetermined { params: 7, residuals: 3 }
    ));
}

/// The points of a measurement often begin at 0 Hz and end at the Nyquist frequency, where these
/// filters have zeros for all values of their parameters.
#[test]
fn group_delays_are_fitted_at_zeros_on_the_unit_circle() {
    let frequencies = [0.0, 100.0, 300.0, 500.0, 1_000.0, 2_000.0, 8_000.0, RATE / 2.0];
    let butterworth = |order| Method::Butterworth { order };
    let tuned = Tune::free(600.0);
    for (band, truth) in [
        (Band::highpass(butterworth(1), tuned), vec![800.0]),
        (Band::highpass(butterworth(2), tuned), vec![800.0]),
        (Band::lowpass(butterworth(3), tuned), vec![800.0]),
        (Band::bandpass(butterworth(2), tuned, Tune::free(2_000.0)), vec![700.0, 1_500.0]),
        (Band::notch(Tune::free(500.0), Tune::free(1.0)), vec![700.0, 2.0]),
    ] {
        let model = TunableCascade::new([("band", band)], RATE).expect("it can be designed");
        let wanted = model.tuned(&truth).expect("it can be designed");
        let delays: Vec<f64> = frequencies.iter().map(|f| wanted.group_delay(*f)).collect();
        let fit = fit_group_delay(&model, &frequencies, &delays, &LeastSquares::new());
        let fit = fit.expect("the delay has derivatives everywhere");
        assert!(fit.stop.converged(), "{fit}");
        for (found, truth) in fit.params.iter().zip(truth) {
            assert!((found / truth - 1.0).abs() < 1e-9, "{fit}");
        }
    }
}

/// A zero that leaves the circle: its delay jumps from 1/2 sample to another value, and has no
/// derivative.
#[test]
fn group_delays_of_zeros_that_leave_the_circle_are_refused() {
    struct Zero;

    impl Tunable for Zero {
        type Filter<S: Scalar> = [Section<S>; 1];

        fn sample_rate(&self) -> f64 {
            RATE
        }

        fn params(&self) -> impl ExactSizeIterator<Item = Param<'_>> {
            [Param::free("zero", 1.0)].into_iter()
        }

        fn tuned<S: Scalar>(&self, params: &[S]) -> Result<[Section<S>; 1], DesignError> {
            let zero = S::zero();
            Ok([Section::from_coefficients([S::one(), -params[0], zero, zero, zero])])
        }
    }

    impl SingleOutput for Zero {}

    let refused = fit_group_delay(&Zero, &[0.0, 100.0], &[0.5; 2], &LeastSquares::new());
    assert!(matches!(refused, Err(FitError::NotFinite { index: 0 })), "{refused:?}");
}

/// The residuals of an exact response end at its rounding errors, where the last step would be
/// shorter than the rounding of the parameters.
#[test]
fn exact_responses_converge() {
    let frequencies = [0.0, 100.0, 500.0, 1_000.0, 2_000.0, 8_000.0, RATE / 2.0];
    let design = |order, cutoff| {
        let band = Band::lowpass(Method::Butterworth { order }, Tune::free(cutoff));
        TunableCascade::new([("lowpass", band)], RATE).expect("it can be designed")
    };
    for order in 1..=6 {
        for cutoff in [1_500.0, 2_345.6, 3_500.0, 4_000.0, 5_432.1] {
            let truth = design(order, cutoff).tuned(&[cutoff]).expect("it can be designed");
            let wanted = frequencies.map(|f| truth.response(f));
            let start = design(order, 0.75 * cutoff);
            let fit = fit_response(&start, &frequencies, &wanted, &LeastSquares::new());
            let fit = fit.expect("it starts");
            assert!(fit.stop.converged(), "order {order}, {cutoff} Hz: {fit}");
            assert!((fit.params[0] / cutoff - 1.0).abs() < 1e-13, "{fit}");
        }
    }
}
