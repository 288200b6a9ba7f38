//! Edges next to 0 and to the Nyquist frequency, extreme ripples, the steepest slopes.

use std::f64::consts::TAU;

use filterbank::{Band, Method, Width};

use crate::catalogue::{method_bands, methods};
use crate::common::bands::shapes;
use crate::common::steepest_slope::steepest_slope;
use crate::comparison::Comparison;
use crate::outputs::{NYQUIST, SAMPLE_RATE};

/// Every band, with its frequencies near one end of the frequency axis.
fn all_at(frequency: f64, orders: &[usize]) -> Vec<Band<f64>> {
    let away = frequency.min(NYQUIST - frequency) / 2.0;
    let (low, high) = (frequency - away, frequency + away);
    let mut all: Vec<_> = orders
        .iter()
        .flat_map(|&order| methods(order))
        .flat_map(|m| method_bands(m, low, high))
        .collect();
    // The cookbook multiplies a bandwidth in octaves by ω/sin ω.
    let omega = TAU * frequency / SAMPLE_RATE;
    let bandwidth = Width::Bandwidth(1.2 * omega.sin() / omega);
    for width in [Width::Q(0.7), Width::Q(4.0), bandwidth, Width::Slope(0.8)] {
        all.extend(shapes(frequency, width, 6.0));
    }
    all
}

#[test]
fn gradients_are_exact_near_zero() {
    Comparison::of(&all_at(0.01 * NYQUIST, &[1, 2, 3, 5]))
        .assert_at_most([4e-15, 2e-11, 2e-12, 5e-12, 2e-12], [6e-12, 8e-8, 4e-9, 2e-8, 2e-8]);
}

#[test]
fn gradients_are_exact_near_the_nyquist_frequency() {
    Comparison::of(&all_at(0.98 * NYQUIST, &[1, 2, 3, 5]))
        .assert_at_most([8e-15, 2e-11, 1e-12, 2e-12, 1e-11], [1e-11, 1e-8, 1e-9, 4e-9, 2e-8]);
}

#[test]
fn gradients_are_exact_right_beside_zero() {
    // The rounding of the coefficients limits the response to eight digits here; the coefficients
    // themselves are exact.
    Comparison::of(&all_at(1e-4 * NYQUIST, &[1, 2]))
        .assert_at_most([4e-15, 6e-8, 1e-8, 4e-8, 7e-11], [4e-12, 2e-4, 2e-5, 7e-5, 1e-7]);
}

#[test]
fn gradients_are_exact_right_beside_the_nyquist_frequency() {
    Comparison::of(&all_at(0.9999 * NYQUIST, &[1, 2]))
        .assert_at_most([6e-15, 5e-7, 3e-8, 8e-8, 3e-10], [4e-11, 1e-4, 2e-5, 3e-5, 5e-8]);
}

#[test]
fn gradients_are_exact_for_extreme_ripples() {
    let mut all = Vec::new();
    for order in [1, 2, 5, 8] {
        for method in [
            Method::Chebyshev1 { order, ripple_db: 1e-6 },
            Method::Chebyshev1 { order, ripple_db: 40.0 },
            Method::Chebyshev2 { order, stop_db: 300.0_f64.min(60.0 * order as f64) },
            Method::Chebyshev2 { order, stop_db: 0.5 },
            Method::Elliptic { order, ripple_db: 1e-6, stop_db: 300.0 },
            Method::Elliptic { order, ripple_db: 1e-6, stop_db: 40.0 },
            Method::Elliptic { order, ripple_db: 3.0, stop_db: 300.0 },
            Method::Elliptic { order, ripple_db: 3.0, stop_db: 6.0 },
            Method::Elliptic { order, ripple_db: 40.0, stop_db: 80.0 },
        ] {
            all.extend(method_bands(method, 1_000.0, 5_000.0));
        }
    }
    Comparison::of(&all)
        .assert_at_most([1e-13, 2e-11, 9e-13, 2e-12, 2e-12], [3e-11, 5e-8, 2e-7, 1e-6, 4e-9]);
}

#[test]
fn gradients_are_exact_up_to_the_steepest_slope() {
    let mut all = Vec::new();
    for gain_db in [-15.0, -3.0, 6.0, 20.0] {
        for slope in [1.0, 0.5 * (1.0 + steepest_slope(gain_db)), 0.99 * steepest_slope(gain_db)] {
            all.extend(shapes(1_500.0, Width::Slope(slope), gain_db));
        }
    }
    Comparison::of(&all)
        .assert_at_most([3e-15, 8e-13, 2e-12, 4e-12, 4e-13], [2e-12, 1e-10, 3e-10, 3e-10, 9e-10]);
}
