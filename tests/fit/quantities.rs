//! The quantity of a parameter determines how it is searched: a user's own filter.

use filterbank::fit::{
    FitError, LeastSquares, MagnitudeTarget, OnlineFit, fit_group_delay, fit_magnitude,
    fit_magnitude_from, fit_recording, fit_response,
};
use filterbank::spec::{DesignError, Quantity};
use filterbank::tune::{Param, SingleOutput, UNBOUNDED};
use filterbank::{Scalar, Section, Tunable};

use crate::recording::noise;

const RATE: f64 = 8_000.0;

/// A section whose coefficients `b1`, `b2` and `a1` are parameters, of given quantities and bounds.
struct Own([Param<'static>; 3]);

impl Own {
    /// All of the same quantity, without bounds.
    fn of(quantity: Quantity, values: [f64; 3]) -> Self {
        let names = ["own.b1", "own.b2", "own.a1"];
        Self(std::array::from_fn(|index| Param {
            quantity,
            ..Param::free(names[index], values[index])
        }))
    }

    fn bounded(mut self, index: usize, bounds: (f64, f64)) -> Self {
        self.0[index].bounds = bounds;
        self
    }
}

impl Tunable for Own {
    type Filter<S: Scalar> = [Section<S>; 1];

    fn sample_rate(&self) -> f64 {
        RATE
    }

    fn params(&self) -> impl ExactSizeIterator<Item = Param<'_>> {
        self.0.iter().copied()
    }

    fn tuned<S: Scalar>(&self, params: &[S]) -> Result<[Section<S>; 1], DesignError> {
        let &[b1, b2, a1] = params else { panic!("{} parameters", params.len()) };
        Ok([Section::from_coefficients([S::one(), b1, b2, a1, S::zero()])])
    }
}

impl SingleOutput for Own {}

const TRUTH: [f64; 3] = [-0.4, 0.3, -0.25];

fn frequencies() -> Vec<f64> {
    (1..40).map(|i| 100.0 * f64::from(i)).collect()
}

fn wanted() -> Section<f64> {
    let [b1, b2, a1] = TRUTH;
    Section::from_coefficients([1.0, b1, b2, a1, 0.0])
}

fn assert_found(params: &[f64], name: &str) {
    assert_eq!(params.len(), TRUTH.len(), "{name}");
    for (found, truth) in params.iter().zip(TRUTH) {
        assert!((found - truth).abs() < 1e-7, "{name}: {found} is not {truth}");
    }
}

#[test]
fn parameters_of_either_sign_and_from_zero_are_found_by_every_fit() {
    let (frequencies, method) = (frequencies(), LeastSquares::new());
    let response: Vec<_> = frequencies.iter().map(|f| wanted().response(*f, RATE)).collect();
    let levels: Vec<f64> = response.iter().map(|h| 20.0 * h.norm().log10()).collect();
    let delays: Vec<f64> = frequencies
        .iter()
        .map(|f| wanted().group_delay_at(filterbank::section::CirclePoint::at(*f, RATE)))
        .collect();
    let target = MagnitudeTarget::new(&frequencies, &levels).expect("a curve");
    let input = noise(1, 2_000, 0.5);
    let mut state = filterbank::section::SectionState::default();
    let output: Vec<f64> = input.iter().map(|x| wanted().tick(&mut state, *x)).collect();
    for quantity in [Quantity::Free, Quantity::Coefficient] {
        let own = Own::of(quantity, [-0.1, 0.0, 0.0]);
        let fit = fit_response(&own, &frequencies, &response, &method).expect("it starts");
        assert_found(&fit.params, "response");
        let fit = fit_group_delay(&own, &frequencies, &delays, &method).expect("it starts");
        assert_found(&fit.params, "group delay");
        let fit = fit_magnitude(&own, &target, &method).expect("it starts");
        assert_found(&fit.params, "level");
        let fit = fit_recording(&own, &input, &output, &method).expect("it starts");
        assert_found(&fit.params, "recording");
        let mut online = OnlineFit::new(&own, 1_000.0).expect("it starts");
        for _ in 0..5 {
            for (x, y) in input.iter().zip(&output) {
                online.tick(*x, *y);
            }
        }
        for (found, truth) in online.params().iter().zip(TRUTH) {
            assert!((found - truth).abs() < 1e-2, "online: {found} is not {truth}");
        }
    }
}

#[test]
fn bounds_of_either_sign_hold() {
    let frequencies = frequencies();
    let response: Vec<_> = frequencies.iter().map(|f| wanted().response(*f, RATE)).collect();
    let own = Own::of(Quantity::Coefficient, [-0.1, 0.0, 0.0]).bounded(0, (-0.2, 0.0));
    let fit = fit_response(&own, &frequencies, &response, &LeastSquares::new()).expect("starts");
    assert_eq!((fit.params[0], fit.at_bound[0]), (-0.2, true));
}

/// Every quantity on a logarithmic scale.
const LOGARITHMIC: [Quantity; 4] =
    [Quantity::Frequency, Quantity::Q, Quantity::Bandwidth, Quantity::Slope];

#[test]
fn a_logarithmic_parameter_that_is_not_positive_is_refused() {
    let target = MagnitudeTarget::new(&[100.0, 200.0, 400.0], &[0.0; 3]).expect("a curve");
    let refused = |own: &Own| {
        let by_curve = fit_magnitude(own, &target, &LeastSquares::new()).expect_err("refused");
        let online = OnlineFit::new(own, 1_000.0).err().expect("refused");
        assert_eq!(by_curve, online);
        by_curve
    };
    let error = |value: f64| FitError::NotPositive { name: "own.b2".into(), value };
    for quantity in LOGARITHMIC {
        for value in [0.0, -0.0, -3.0] {
            assert_eq!(refused(&Own::of(quantity, [0.5, value, 0.5])), error(value));
        }
        let own = || Own::of(quantity, [0.5, 0.5, 0.5]);
        assert_eq!(refused(&own().bounded(1, (-1.0, 2.0))), error(-1.0));
        for high in [0.0, -2.0, f64::NEG_INFINITY] {
            assert_eq!(refused(&own().bounded(1, (f64::NEG_INFINITY, high))), error(high));
        }
    }
    assert_eq!(
        error(-3.0).to_string(),
        "`own.b2` is searched by its logarithm: its start and bounds must be above 0, not -3"
    );
    let own = Own::of(Quantity::Q, [0.5; 3]);
    let start = [0.5, -3.0, 0.5];
    let other = fit_magnitude_from(&own, &start, &target, &LeastSquares::new());
    assert_eq!(other.expect_err("refused"), error(-3.0));
}

/// A lower bound of 0 is never reached, so it is the same as no bound.
#[test]
fn a_logarithmic_parameter_may_have_a_lower_bound_of_zero_or_none() {
    let frequencies = frequencies();
    let truth = Section::from_coefficients([1.0, 0.4, 0.3, 0.2, 0.0]);
    let response: Vec<_> = frequencies.iter().map(|f| truth.response(*f, RATE)).collect();
    for bounds in [UNBOUNDED, (0.0, f64::INFINITY), (0.0, 0.4), (f64::NEG_INFINITY, 0.4)] {
        let own = Own::of(Quantity::Q, [0.1; 3]).bounded(1, bounds);
        let fit = fit_response(&own, &frequencies, &response, &LeastSquares::new());
        let fit = fit.expect("it starts");
        for (found, truth) in fit.params.iter().zip([0.4, 0.3, 0.2]) {
            assert!((found - truth).abs() < 1e-8, "{bounds:?}: {found} is not {truth}");
        }
    }
}
