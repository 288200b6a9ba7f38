//! Designs and gradients are continuous where formulas change.

use std::f64::consts::PI;

use filterbank::{Band, Method, Width};

use crate::catalogue::{method_bands, methods};
use crate::common::bands::shapes;
use crate::common::seeded::seeded;
use crate::common::worst::larger;
use crate::comparison::Comparison;
use crate::double_poles::bisect;
use crate::outputs::{Kind, SAMPLE_RATE, outputs, size};

/// The distance of two designs: the largest difference between coefficients, and between their
/// tangents for a relative change of a parameter.
fn distance(one: &Band<f64>, other: &Band<f64>) -> (f64, f64) {
    let (one_outputs, other_outputs) =
        (outputs(&seeded::<f64, 4>(one), &[]), outputs(&seeded::<f64, 4>(other), &[]));
    let (mut values, mut tangents) = (0.0, 0.0);
    for ((kind, x), (_, y)) in one_outputs.into_iter().zip(other_outputs) {
        if kind != Kind::Coefficient {
            continue;
        }
        let unit = y.value().abs().max(1.0);
        values = larger(values, (x.value() - y.value()).abs() / unit);
        for (index, &(parameter, value)) in one.params().iter().enumerate() {
            let (t, u) = (x.tangent()[index], y.tangent()[index]);
            let unit = u.abs() + unit / size(one, parameter, value);
            tangents = larger(tangents, (t - u).abs() / unit);
        }
    }
    (values, tangents)
}

#[test]
fn designs_and_gradients_are_continuous_where_formulas_change() {
    let all = |f: f64| {
        let mut all = Vec::new();
        for method in [1, 2, 3, 6].into_iter().flat_map(methods) {
            all.extend(method_bands(method, f, f + 4_000.0));
            all.extend(method_bands(method, f - 4_000.0, f));
        }
        for width in [Width::Q(0.7), Width::Q(8.0), Width::Bandwidth(1.2), Width::Slope(0.8)] {
            all.extend(shapes(f, width, 6.0));
        }
        all
    };
    let (mut worst_value, mut worst_tangent) = (0.0, 0.0);
    // Prewarping changes at a quarter of the sample rate, the formula for `a1` where the
    // prewarped frequency is 1/2 and 2.
    for frequency in [0.5_f64, 1.0, 2.0].map(|warped| warped.atan() * SAMPLE_RATE / PI) {
        let below = all(frequency.next_down().next_down());
        let above = all(frequency.next_up().next_up());
        for (below, above) in below.iter().zip(&above) {
            let (value, tangent) = distance(below, above);
            worst_value = larger(worst_value, value);
            worst_tangent = larger(worst_tangent, tangent);
        }
    }
    println!("jump of values {worst_value:.1e}, of tangents {worst_tangent:.1e}");
    assert!(worst_value < 3e-14 && worst_tangent < 2e-14);
}

/// The logarithm of the nome of an elliptic filter's selectivity, by the degree equation.
fn log_nome(order: usize, ripple_db: f64, stop_db: f64) -> f64 {
    let mean = |mut a: f64, mut b: f64| {
        while (a - b).abs() > 1e-15 * a {
            (a, b) = (0.5 * (a + b), (a * b).sqrt());
        }
        a
    };
    let attenuation = |db: f64| (db * (10.0_f64.ln() / 10.0)).exp_m1();
    let k = (attenuation(ripple_db) / attenuation(stop_db)).sqrt();
    -PI * mean(1.0, (1.0 - k * k).sqrt()) / mean(1.0, k) / order as f64
}

#[test]
fn elliptic_gradients_are_continuous_where_the_nome_is_exchanged() {
    let (mut worst_value, mut worst_tangent) = (0.0, 0.0);
    let mut all = Vec::new();
    for (order, ripple_db) in [(2, 0.5), (4, 1.0), (7, 0.1), (10, 1.0)] {
        let small = |stop_db: f64| log_nome(order, ripple_db, stop_db) <= -PI;
        let [stop_db, _] = bisect(ripple_db + 0.1, 200.0, small);
        let at = |stop_db| {
            method_bands(Method::Elliptic { order, ripple_db, stop_db }, 3_000.0, 9_000.0)
        };
        let (below, above) = (stop_db * (1.0 - 1e-13), stop_db * (1.0 + 1e-13));
        assert!(log_nome(order, ripple_db, below) > -PI + 1e-14);
        assert!(log_nome(order, ripple_db, above) < -PI - 1e-14);
        for (below, above) in at(below).iter().zip(&at(above)) {
            let (value, tangent) = distance(below, above);
            worst_value = larger(worst_value, value);
            worst_tangent = larger(worst_tangent, tangent);
        }
        all.extend(at(stop_db));
    }
    println!("jump of values {worst_value:.1e}, of tangents {worst_tangent:.1e}");
    assert!(worst_value < 2e-12 && worst_tangent < 6e-13);
    Comparison::of(&all)
        .assert_at_most([1e-14, 5e-13, 9e-15, 3e-14, 5e-13], [4e-11, 8e-10, 1e-11, 4e-11, 4e-10]);
}

#[test]
fn elliptic_gradients_are_exact_for_nomes_of_every_size() {
    let mut all = Vec::new();
    for (order, ripple_db, stop_db, nome) in
        [(3, 0.1, 120.0, -11.4), (4, 1.0, 80.0, -5.6), (6, 1.0, 30.0, -1.8), (12, 0.5, 40.0, -1.2)]
    {
        assert!((log_nome(order, ripple_db, stop_db) - nome).abs() < 0.05);
        all.extend(method_bands(Method::Elliptic { order, ripple_db, stop_db }, 3_000.0, 9_000.0));
    }
    Comparison::of(&all)
        .assert_at_most([3e-15, 3e-13, 1e-14, 2e-14, 2e-12], [1e-11, 4e-10, 5e-12, 2e-11, 2e-9]);
}
