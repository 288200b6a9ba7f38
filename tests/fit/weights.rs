//! Weights of curves: a weight of 2 is a repetition, a weight of 0 an absence.

use filterbank::fit::{
    Fit, FitError, LeastSquares, MagnitudeTarget, ParametricEq, TargetError, fit_group_delay,
    fit_magnitude, fit_response, fit_weighted_group_delay, fit_weighted_response,
};
use filterbank::number::Complex;
use filterbank::{Band, Method, Tunable, TunableCascade, Tune};

use crate::common::noise::normal;
use crate::curves::{RATE, cascade, curve, frequencies};
use crate::problems::determined;

const TRUTH: [f64; 3] = [1_200.0, 2.0, 8.0];

fn model() -> TunableCascade {
    let band = Band::peak(Tune::free(1_000.0), Tune::free(1.0), Tune::free(4.0));
    TunableCascade::new([("peak", band)], RATE).expect("a design")
}

/// A noisy curve of the truth, and weights of 0, 1 and 2.
struct Measured {
    frequencies: Vec<f64>,
    levels: Vec<f64>,
    responses: Vec<Complex<f64>>,
    delays: Vec<f64>,
    weights: Vec<f64>,
}

fn measured() -> Measured {
    let frequencies = frequencies(60);
    let truth = model().tuned(&TRUTH).expect("a design");
    let mut noise = normal(3);
    let mut error = |size: f64| size * noise.next().expect("endless");
    Measured {
        levels: frequencies.iter().map(|f| truth.magnitude_db(*f) + error(0.1)).collect(),
        responses: frequencies
            .iter()
            .map(|f| truth.response(*f) + Complex::new(error(0.01), error(0.01)))
            .collect(),
        delays: frequencies.iter().map(|f| truth.group_delay(*f) + error(0.1)).collect(),
        weights: (0..60).map(|i| f64::from(i % 3)).collect(),
        frequencies,
    }
}

impl Measured {
    /// The points as often as their weight says, with rising frequencies.
    fn repeated(&self) -> Self {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0, 1 or 2")]
        let times = |point: usize| self.weights[point] as usize;
        let points: Vec<usize> = (0..60).flat_map(|point| vec![point; times(point)]).collect();
        Self {
            frequencies: points.iter().map(|point| self.frequencies[*point]).collect(),
            levels: points.iter().map(|point| self.levels[*point]).collect(),
            responses: points.iter().map(|point| self.responses[*point]).collect(),
            delays: points.iter().map(|point| self.delays[*point]).collect(),
            weights: vec![1.0; points.len()],
        }
    }

    /// Nothing in points of weight 0 is a number.
    fn spoiled(mut self) -> Self {
        for point in 0..self.weights.len() {
            if self.weights[point] == 0.0 {
                self.responses[point] = Complex::new(f64::NAN, f64::INFINITY);
                self.delays[point] = f64::NAN;
            }
        }
        self
    }

    fn by_response(&self) -> Fit {
        let Self { frequencies, responses, weights, .. } = self;
        let method = LeastSquares::new();
        fit_weighted_response(&model(), frequencies, responses, weights, &method).expect("starts")
    }

    fn by_delay(&self) -> Fit {
        let Self { frequencies, delays, weights, .. } = self;
        let method = LeastSquares::new();
        fit_weighted_group_delay(&model(), frequencies, delays, weights, &method).expect("starts")
    }
}

#[test]
fn a_weight_is_a_repetition() {
    let (measured, repeated) = (measured(), measured().repeated());
    for (weighted, repeated) in [
        (measured.by_response(), repeated.by_response()),
        (measured.by_delay(), repeated.by_delay()),
    ] {
        assert!(weighted.stop.converged());
        let params = weighted.params.iter().zip(&repeated.params);
        for ((a, b), error) in params.zip(determined(&repeated)) {
            assert!((a - b).abs() < 1e-4 * error, "{a} is not {b}");
        }
        assert!((weighted.rms / repeated.rms - 1.0).abs() < 1e-8);
        assert!((weighted.cost / repeated.cost - 1.0).abs() < 1e-8);
        // A repetition is a residual of its own.
        assert!(weighted.count < repeated.count);
    }
    let plain = Measured { weights: vec![1.0; 60], ..measured };
    let Measured { frequencies, responses, delays, .. } = &plain;
    let method = LeastSquares::new();
    let unweighted = fit_response(&model(), frequencies, responses, &method);
    assert_eq!(Ok(plain.by_response()), unweighted);
    let unweighted = fit_group_delay(&model(), frequencies, delays, &method);
    assert_eq!(Ok(plain.by_delay()), unweighted);
}

/// The same fit, bit for bit, as of a curve without the points.
#[test]
fn a_point_of_weight_zero_does_not_exist() {
    let mut without = measured();
    let points: Vec<usize> = (0..60).filter(|point| without.weights[*point] > 0.0).collect();
    without.frequencies = points.iter().map(|point| without.frequencies[*point]).collect();
    without.responses = points.iter().map(|point| without.responses[*point]).collect();
    without.delays = points.iter().map(|point| without.delays[*point]).collect();
    without.levels = points.iter().map(|point| without.levels[*point]).collect();
    without.weights = points.iter().map(|point| without.weights[*point]).collect();
    let with = measured().spoiled();
    assert_eq!(with.by_response(), without.by_response());
    assert_eq!(with.by_response().count, 80);
    assert_eq!(with.by_delay(), without.by_delay());
    assert_eq!(with.by_delay().degrees_of_freedom, 37);

    let target = |of: &Measured| {
        let target = MagnitudeTarget::new(&of.frequencies, &of.levels).expect("a curve");
        target.weighted(&of.weights).expect("weights")
    };
    let (mut with, without) = (with, target(&without));
    for (level, weight) in with.levels.iter_mut().zip(&with.weights) {
        if *weight == 0.0 {
            *level = -500.0;
        }
    }
    let with = target(&with);
    let method = LeastSquares::new();
    for (with, without) in [
        (with.clone(), without.clone()),
        (with.clone().mean_above(8e3), without.clone().mean_above(8e3)),
    ] {
        let (with, without) =
            (fit_magnitude(&model(), &with, &method), fit_magnitude(&model(), &without, &method));
        assert_eq!(with, without);
    }
    // Nor for a search.
    let eq = ParametricEq { peaks: 2, starts: 3, sample_rate: RATE, ..ParametricEq::default() };
    assert_eq!(eq.fit(&with), eq.fit(&without));
}

/// The level of a highpass at 0 Hz is minus infinity, and a point may lie above the Nyquist
/// frequency.
#[test]
fn a_point_of_weight_zero_cannot_spoil_a_fit() {
    let highpass = |cutoff: f64| {
        let butterworth = Method::Butterworth { order: 2 };
        let band = Band::highpass(butterworth, Tune::free(cutoff));
        TunableCascade::new([("pass", band)], RATE).expect("a design")
    };
    let frequencies = [0.0, 30.0, 60.0, 120.0, 30e3];
    let filter = highpass(50.0).tuned(&[50.0]).expect("a design");
    let levels = frequencies.map(|f| if f > 0.0 { filter.magnitude_db(f) } else { 0.0 });
    let target = MagnitudeTarget::new(&frequencies, &levels).expect("a curve");
    let start = highpass(80.0);
    assert!(fit_magnitude(&start, &target, &LeastSquares::new()).is_err());
    let target = target.weighted(&[0.0, 1.0, 1.0, 1.0, 0.0]).expect("weights");
    let fit = fit_magnitude(&start, &target, &LeastSquares::new()).expect("it starts");
    assert!((fit.params[0] - 50.0).abs() < 1e-6, "{fit}");
    assert_eq!((fit.count, fit.residuals.len(), fit.degrees_of_freedom), (3, 3, 2));
}

#[test]
fn too_few_points_with_weight_are_refused() {
    let mut weights = [0.0; 20];
    weights[3] = 1.0;
    weights[5] = 1.0;
    let target = curve(&cascade(&[]), 20).weighted(&weights).expect("weights");
    let fit = fit_magnitude(&model(), &target, &LeastSquares::new());
    assert_eq!(fit, Err(FitError::Underdetermined { params: 3, residuals: 2 }));
}

#[test]
fn invalid_weights_are_refused() {
    let Measured { frequencies, responses, delays, .. } = measured();
    let method = LeastSquares::new();
    let refused = |weights: &[f64]| {
        let fit = fit_weighted_response(&model(), &frequencies, &responses, weights, &method);
        let error = fit.expect_err("refused");
        let fit = fit_weighted_group_delay(&model(), &frequencies, &delays, weights, &method);
        // A NaN is not equal to itself.
        assert_eq!(fit.expect_err("refused").to_string(), error.to_string());
        error
    };
    assert_eq!(
        refused(&[1.0; 59]),
        FitError::Target(TargetError::Length { expected: 60, found: 59 })
    );
    for value in [-1.0, f64::INFINITY, 1e-200, 1e200] {
        let mut weights = [1.0; 60];
        weights[7] = value;
        assert_eq!(refused(&weights), FitError::Target(TargetError::Weight { index: 7, value }));
    }
    let mut weights = [1.0; 60];
    weights[0] = f64::NAN;
    assert_eq!(
        refused(&weights).to_string(),
        "weight 0 of the curve, NaN, must be 0 or lie between 1e-100 and 1e100"
    );
    assert_eq!(refused(&[0.0; 60]), FitError::Target(TargetError::NoWeight));
    let few = fit_weighted_response(&model(), &frequencies, &responses[1..], &[1.0; 60], &method);
    assert_eq!(few.expect_err("refused").to_string(), "`wanted.len()` = 59 must be 60");
}
