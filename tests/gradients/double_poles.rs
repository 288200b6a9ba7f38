//! Bandpasses and bandstops with double or real pole pairs.

use std::f64::consts::PI;

use filterbank::{Band, Method};

use crate::catalogue::methods;
use crate::comparison::Comparison;
use crate::outputs::SAMPLE_RATE;

/// `a1² − 4 a2` of the first section, which comes from the real pole of an odd order.
fn discriminant(band: &Band<f64>) -> f64 {
    let sections = band.sections(SAMPLE_RATE).expect("the band can be designed");
    sections[0].a1 * sections[0].a1 - 4.0 * sections[0].a2
}

/// The adjacent numbers between which `holds` changes from false to true.
pub fn bisect(mut low: f64, mut high: f64, holds: impl Fn(f64) -> bool) -> [f64; 2] {
    assert!(!holds(low) && holds(high), "nothing changes from {low} to {high}");
    while low.next_up() < high {
        let middle = low.midpoint(high);
        if holds(middle) { high = middle } else { low = middle }
    }
    [low, high]
}

/// Methods whose real pole is near −1.
fn methods_with_moderate_poles(order: usize) -> Vec<Method<f64>> {
    let moderate = |method| match method {
        Method::Chebyshev2 { .. } => Method::Chebyshev2 { order, stop_db: 6.0 },
        other => other,
    };
    methods(order).into_iter().map(moderate).collect()
}

/// Bandpasses and bandstops whose first pole pair is as close to double as rounding allows, on
/// either side.
fn bands_with_a_double_pole() -> Vec<[Band<f64>; 2]> {
    let mut all = Vec::new();
    for method in [1, 3].into_iter().flat_map(methods_with_moderate_poles) {
        for band in [Band::bandpass, Band::bandstop] {
            let band = |high: f64| band(method, 700.0, high);
            let sides = bisect(750.0, 23_000.0, |high| discriminant(&band(high)) >= 0.0);
            all.push(sides.map(band));
        }
    }
    all
}

#[test]
fn gradients_are_exact_where_a_pole_pair_is_double() {
    let pairs = bands_with_a_double_pole();
    for [complex, real] in &pairs {
        let (below, above) = (discriminant(complex), discriminant(real));
        assert!((-1e-14..0.0).contains(&below) && (0.0..1e-14).contains(&above));
    }
    // For the Butterworth pole at −1 this is at δ/2 = 1, or Ω_high/Ω_low = (1 + √2)².
    let ratio = |band: &Band<f64>| match *band {
        Band::Bandpass { low, high, .. } => {
            (PI * high / SAMPLE_RATE).tan() / (PI * low / SAMPLE_RATE).tan()
        }
        _ => f64::NAN,
    };
    assert!((ratio(&pairs[0][0]) / (1.0 + 2.0_f64.sqrt()).powi(2) - 1.0).abs() < 1e-7);
    Comparison::of(pairs.as_flattened())
        .assert_at_most([3e-14, 3e-12, 2e-13, 5e-13, 2e-12], [3e-12, 2e-9, 1e-10, 5e-10, 7e-9]);
}

#[test]
fn gradients_are_exact_where_a_pole_pair_is_real() {
    let mut all = Vec::new();
    for method in [1, 2, 3, 5].into_iter().flat_map(methods_with_moderate_poles) {
        let bandpass = Band::bandpass(method, 60.0, 16_000.0);
        let bandstop = Band::bandstop(method, 60.0, 16_000.0);
        if method.order() % 2 == 1 {
            assert!(discriminant(&bandpass) > 0.1 && discriminant(&bandstop) > 0.1, "{method:?}");
        }
        all.extend([bandpass, bandstop]);
    }
    Comparison::of(&all)
        .assert_at_most([5e-14, 2e-12, 2e-13, 3e-13, 2e-12], [7e-12, 9e-8, 2e-8, 5e-8, 1e-8]);
}
