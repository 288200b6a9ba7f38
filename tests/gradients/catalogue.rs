//! Every band, method, shape and width, with ordinary numbers.

use filterbank::spec::Parameter;
use filterbank::{Band, Method, Width};

use crate::common::bands::{self, shapes};
use crate::common::seeded::seeded;
use crate::common::worst::larger;
use crate::comparison::Comparison;
use crate::outputs::{SAMPLE_RATE, frequencies};

/// Every method of an order.
pub fn methods(order: usize) -> Vec<Method<f64>> {
    let mut methods = bands::methods(order, 0.7, 60.0);
    for method in &mut methods {
        if let Method::Chebyshev2 { stop_db, .. } = method {
            *stop_db = 45.0;
        }
    }
    methods
}

/// Every band that takes a method. The edge of a highpass is `high`.
pub fn method_bands(method: Method<f64>, low: f64, high: f64) -> Vec<Band<f64>> {
    let mut bands = bands::method_bands(method, low, high);
    for band in &mut bands {
        if let Band::Highpass { cutoff, .. } = band {
            *cutoff = high;
        }
    }
    bands
}

fn catalogue(orders: &[usize]) -> Vec<Band<f64>> {
    let mut all = Vec::new();
    for method in orders.iter().flat_map(|&order| methods(order)) {
        for (low, high) in [(1_000.0, 3_000.0), (5_000.0, 15_000.0)] {
            all.extend(method_bands(method, low, high));
        }
    }
    all
}

#[test]
fn every_band_and_method_has_exact_gradients() {
    Comparison::of(&catalogue(&[1, 2, 3, 5, 8]))
        .assert_at_most([2e-14, 4e-12, 2e-13, 5e-13, 2e-12], [5e-12, 3e-9, 1e-10, 2e-10, 3e-9]);
}

#[test]
fn high_orders_have_exact_gradients() {
    Comparison::of(&catalogue(&[13, 24]))
        .assert_at_most([2e-14, 3e-12, 2e-14, 1e-13, 3e-11], [5e-11, 2e-8, 1e-10, 4e-10, 3e-9]);
}

#[test]
fn every_shape_and_width_has_exact_gradients() {
    let mut all = Vec::new();
    for width in [Width::Q(0.7), Width::Q(8.0), Width::Bandwidth(1.2), Width::Slope(0.8)] {
        for frequency in [900.0, 14_000.0] {
            for gain_db in [5.0, -12.0] {
                all.extend(shapes(frequency, width, gain_db));
            }
        }
    }
    Comparison::of(&all)
        .assert_at_most([6e-15, 2e-13, 6e-14, 1e-13, 4e-13], [2e-12, 7e-10, 3e-10, 2e-9, 3e-9]);
}

#[test]
fn flat_peaks_and_shelves_depend_on_their_gain_only() {
    let mut all = Vec::new();
    for width in [Width::Q(0.7), Width::Q(6.0), Width::Bandwidth(1.5), Width::Slope(1.3)] {
        let with_gain = |band: &Band<f64>| band.params().iter().any(|p| p.0 == Parameter::GAIN_DB);
        all.extend(shapes(2_500.0, width, 0.0).into_iter().filter(with_gain));
    }
    let mut worst = 0.0;
    for band in &all {
        let cascade = seeded::<f64, 4>(band).design(SAMPLE_RATE).expect("the band can be designed");
        for frequency in frequencies(band) {
            let level = cascade.magnitude_db(frequency);
            worst = larger(worst, level.value().abs());
            for (&(parameter, value), tangent) in band.params().iter().zip(level.tangent()) {
                if parameter == Parameter::GAIN_DB {
                    assert!(tangent.abs() > 1e-3, "{tangent} {band:?}");
                } else {
                    worst = larger(worst, (value * tangent).abs());
                }
            }
        }
    }
    println!("levels and vanishing derivatives: {worst:.1e} dB");
    assert!(worst < 6e-13, "{worst:e} dB");
    Comparison::of(&all)
        .assert_at_most([6e-16, 7e-14, 7e-15, 3e-14, 2e-12], [2e-13, 7e-11, 8e-12, 2e-10, 2e-9]);
}
