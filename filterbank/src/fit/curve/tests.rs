//! Residuals and their derivatives, compared with dual numbers through the whole filter.

use std::f64::consts::LN_10;

use filterbank_core::{Band, CirclePoint, Method, Scale, Section};
use nalgebra::{DMatrix, DVector};

use super::group_delay::GroupDelay;
use super::magnitude::Level;
use super::response::Response;
use super::weights::Weights;
use super::{Curve, CurveProblem, Measure};
use crate::ad::Number;
use crate::fit::least_squares::Residuals;
use crate::fit::model::Model;
use crate::jacobian;
use crate::number::Scalar;
use crate::tune::{Tunable, TunableCascade, Tune};

const RATE: f64 = 48_000.0;
const FREQUENCIES: [f64; 12] =
    [30.0, 80.0, 200.0, 450.0, 900.0, 1_000.0, 1_500.0, 3e3, 6e3, 9e3, 15e3, 21e3];
const COUNT: usize = FREQUENCIES.len();

/// Two parameters more than one run of dual numbers differentiates.
fn filter(notch: f64) -> TunableCascade {
    let elliptic =
        Method::Elliptic { order: 3, ripple_db: Tune::free(1.0), stop_db: Tune::free(40.0) };
    let bands = [
        ("pass", Band::bandpass(elliptic, Tune::free(300.0), Tune::free(5_000.0))),
        ("notch", Band::notch(Tune::from(notch), Tune::free(2.0))),
        ("peak", Band::peak(Tune::free(2_000.0), Tune::free(1.5), Tune::free(2.0))),
        ("shelf", Band::low_shelf(Tune::free(150.0), Tune::from(0.7), Tune::free(-3.0))),
    ];
    TunableCascade::new(bands, RATE).expect("the filter can be designed")
}

/// The parts of a measure at each frequency, one part after the other, and their derivatives by
/// the variables of a search.
fn expected<const PARTS: usize>(
    filter: &TunableCascade,
    measure: impl Fn(&[Section<Number>], CirclePoint) -> [Number; PARTS],
) -> (Vec<f64>, DMatrix<f64>) {
    let start: Vec<f64> = filter.params().map(|param| param.value).collect();
    let (values, by_params) = jacobian(&start, |params: &[Number]| {
        let filter = filter.tuned(params)?;
        let at = |f: f64| measure(filter.sections(), CirclePoint::at(f, RATE));
        let parts = |part: usize| FREQUENCIES.map(|f| at(f)[part]);
        Ok::<_, crate::DesignError>((0..PARTS).flat_map(parts).collect::<Vec<_>>())
    })
    .expect("the filter can be designed");
    let mut by_variables = by_params.to_matrix();
    for (mut column, param) in by_variables.column_iter_mut().zip(filter.params()) {
        if param.quantity.scale() == Scale::Logarithmic {
            column *= param.value;
        }
    }
    (values, by_variables)
}

/// The residuals and derivatives of the problem for a target of 0.
fn found<M: Measure<PARTS>, const PARTS: usize>(
    filter: &TunableCascade,
    weights: &Weights,
    penalty: f64,
) -> (DVector<f64>, DMatrix<f64>) {
    let model = Model::new::<()>(filter).expect("frequencies and widths are above 0");
    let variables = model.start::<()>().expect("the start is within its bounds");
    let wanted = [&[0.0; COUNT][..]; PARTS];
    let curve = Curve { penalty, ..Curve::new(&FREQUENCIES, wanted, weights) };
    let mut problem = CurveProblem::<M, _, PARTS>::new(&model, &curve).expect("enough points");
    let linearized = problem.linearize(&variables).expect("the filter can be designed");
    let residuals = problem.residuals(&variables).expect("the filter can be designed");
    let difference = (&residuals - &linearized.0).amax();
    assert!(difference <= 1e-12 * residuals.amax(), "{difference:e}");
    linearized
}

/// Asserts that every entry is right up to rounding, relative to the largest of its column.
fn assert_near(found: &DMatrix<f64>, expected: &DMatrix<f64>, name: &str) {
    assert_eq!(found.shape(), expected.shape(), "{name}");
    for (index, (found, expected)) in found.column_iter().zip(expected.column_iter()).enumerate() {
        let scale = expected.amax();
        for (row, (found, expected)) in found.iter().zip(&expected).enumerate() {
            let error = (found - expected).abs();
            assert!(error <= 1e-10 * scale, "{name}, column {index}, row {row}: {error:e}");
        }
    }
}

fn column(values: Vec<f64>) -> DMatrix<f64> {
    DMatrix::from_vec(values.len(), 1, values)
}

/// With a zero of the response exactly at one of the frequencies.
fn assert_measure<M: Measure<PARTS>, const PARTS: usize>(
    name: &str,
    measure: impl Fn(&[Section<Number>], CirclePoint) -> [Number; PARTS],
) {
    let filter = filter(1_000.0);
    let (residuals, slopes) = found::<M, PARTS>(&filter, &Weights::even(COUNT), 0.0);
    let (expected, by_variables) = expected(&filter, measure);
    assert_near(&column(residuals.as_slice().to_vec()), &column(expected), name);
    assert_near(&slopes, &by_variables, name);
}

#[test]
fn a_complex_response_is_differentiated_as_by_dual_numbers() {
    assert_measure::<Response, 2>("response", |sections, point| {
        let each = sections.iter().map(|section| section.response_at(point));
        let h = each.reduce(|product, h| product * h).expect("there are sections");
        [h.re, h.im]
    });
}

#[test]
fn a_group_delay_is_differentiated_as_by_dual_numbers() {
    assert_measure::<GroupDelay, 1>("group delay", |sections, point| {
        [sections.iter().map(|section| section.group_delay_at(point)).sum()]
    });
}

/// Points of weight 0 have no residual, only the mean of the last two points counts, and gains are penalized.
#[test]
fn a_level_is_differentiated_as_by_dual_numbers() {
    const SINGLE: usize = 10;
    const PENALTY: f64 = 0.1;
    let filter = filter(1_100.0);
    let weights: Vec<f64> = (0..COUNT).map(|i| (i % 11) as f64).collect();
    let total: f64 = weights.iter().sum();
    let (errors, slopes) = expected(&filter, |sections, point| {
        let log_power: Number = sections.iter().map(|section| section.power(point).ln()).sum();
        [log_power.scale(10.0 / LN_10)]
    });
    let mean: f64 = weights[SINGLE..].iter().sum();
    let reduced = |errors: &[f64]| -> Vec<f64> {
        let pairs = || errors.iter().zip(&weights);
        let singles = pairs().take(SINGLE).filter(|(_, weight)| **weight > 0.0);
        let singles = singles.map(|(error, weight)| weight.sqrt() * error);
        let sum: f64 = pairs().skip(SINGLE).map(|(error, weight)| weight * error).sum();
        singles.chain([sum / mean.sqrt()]).collect()
    };
    let gains: Vec<(usize, f64)> = filter
        .params()
        .enumerate()
        .filter(|(_, param)| param.name.ends_with("gain_db"))
        .map(|(index, param)| (index, param.value))
        .collect();
    assert_eq!(gains.len(), 2);
    let cost = PENALTY * total.sqrt();
    let mut residuals = reduced(&errors);
    residuals.extend(gains.iter().map(|(_, gain)| cost * gain));
    let columns = slopes.column_iter().enumerate().map(|(index, slopes)| {
        let mut column = reduced(slopes.as_slice());
        column.extend(gains.iter().map(|(gain, _)| if *gain == index { cost } else { 0.0 }));
        DVector::from_vec(column)
    });
    let columns: Vec<_> = columns.collect();

    let weights = Weights::new(&weights).with_single(SINGLE);
    let (found, found_slopes) = found::<Level, 1>(&filter, &weights, PENALTY);
    assert_near(&column(found.as_slice().to_vec()), &column(residuals), "level");
    assert_near(&found_slopes, &DMatrix::from_columns(&columns), "level");
}
