//! The test helpers can fail, and the catalogue of bands is complete.

#[allow(dead_code, reason = "other test programs use the rest")]
mod common;

use std::collections::HashSet;

use common::bands::{
    EXTREME, ORDINARY, catalogue, every_band, method_bands, methods, missing_from, shapes,
};
use common::bits::same_bits;
use common::noise::{noise, normal, uniform};
use common::seeded::seeded;
use common::worst::{Worst, larger, worst};
use filterbank::{Band, Dual, Width};

#[test]
fn nan_is_the_largest_error() {
    for (one, other) in [(f64::NAN, 1.0), (1.0, f64::NAN), (f64::NAN, f64::INFINITY)] {
        assert!(larger(one, other).is_nan());
    }
    assert_eq!((larger(1.0, 2.0), larger(2.0, 1.0)), (2.0, 2.0));
    // At every position.
    for at in 0..3 {
        let mut errors = [1.0, -3.0, 2.0];
        assert_eq!(worst(errors), 3.0);
        errors[at] = f64::NAN;
        assert!(worst(errors).is_nan());
        errors[at] = f64::NEG_INFINITY;
        assert_eq!(worst(errors), f64::INFINITY);
    }
}

#[test]
fn the_worst_error_is_kept_with_its_place() {
    let mut seen = Worst::default();
    for (error, place) in [(1.0, "first"), (3.0, "second"), (2.0, "third")] {
        seen.see(error, || place.to_owned());
    }
    assert_eq!(seen.to_string(), "3.00e0 (second)");
    seen.assert_at_most(3.0, "three errors");
    for (error, place) in [(f64::NAN, "fourth"), (1e9, "fifth"), (f64::NAN, "sixth")] {
        seen.see(error, || place.to_owned());
    }
    assert!(seen.error().is_nan());
    assert_eq!(seen.to_string(), "NaN (fourth)");
}

#[test]
#[should_panic(expected = "NaN (here), above inf")]
fn nan_is_above_every_tolerance() {
    let mut seen = Worst::default();
    seen.see(f64::NAN, || "here".to_owned());
    seen.assert_at_most(f64::INFINITY, "a NaN");
}

#[test]
#[should_panic(expected = "nothing was compared")]
fn comparing_nothing_fails() {
    assert!(worst([]).is_nan());
    Worst::default().assert_at_most(f64::INFINITY, "no errors");
}

#[test]
fn bits_tell_zeros_nans_and_tangents_apart() {
    let dual = |value: f64, tangent: f64| Dual::<f64, 2>::new(value, [1.0, tangent]);
    assert!(same_bits([dual(1.0, f64::NAN)], [dual(1.0, f64::NAN)]));
    assert!(!same_bits(dual(1.0, 2.0), dual(1.0, 3.0)));
    assert!(!same_bits(dual(0.0, 2.0), dual(-0.0, 2.0)));
    assert!(!same_bits(vec![1.0_f32], vec![1.0, 1.0]));
    let nested = |tangent: f64| Dual::<Dual<f64, 2>, 1>::new(dual(1.0, 2.0), [dual(3.0, tangent)]);
    assert!(same_bits(nested(4.0), nested(4.0)) && !same_bits(nested(4.0), nested(5.0)));
}

#[test]
fn the_catalogue_has_each_kind_of_band_once() {
    // Four bands with seven methods, seven shapes with two widths and two with three.
    let bands = every_band(&ORDINARY);
    assert_eq!(bands.len(), 4 * 7 + 7 * 2 + 2 * 3);
    let written: HashSet<String> = bands.iter().map(|band| format!("{band:?}")).collect();
    assert_eq!(written.len(), bands.len());
    assert_eq!(missing_from(&bands), []);
    assert_eq!(missing_from(&[]), bands);
    for index in 0..bands.len() {
        let mut others = bands.clone();
        let taken = others.remove(index);
        assert_eq!(missing_from(&others), [taken]);
    }
}

#[test]
fn every_band_of_the_catalogue_can_be_designed() {
    let bands = catalogue();
    assert_eq!(bands.len(), (1 + EXTREME.len()) * 48);
    for band in &bands {
        let sections = band.sections(48_000.0);
        assert!(sections.is_ok(), "{band:?}: {sections:?}");
    }
}

#[test]
fn bands_have_the_requested_parameters() {
    let elliptic = methods(3, 0.5, 50.0)[3];
    let expected = [
        Band::lowpass(elliptic, 100.0),
        Band::highpass(elliptic, 100.0),
        Band::bandpass(elliptic, 100.0, 200.0),
        Band::bandstop(elliptic, 100.0, 200.0),
    ];
    assert_eq!(method_bands(elliptic, 100.0, 200.0), expected);
    assert_eq!(shapes(100.0, Width::Q(2.0), 3.0)[6], Band::peak(100.0, 2.0, 3.0));
    let slope = Width::Slope(0.5);
    let expected = [Band::low_shelf(100.0, slope, 3.0), Band::high_shelf(100.0, slope, 3.0)];
    assert_eq!(shapes(100.0, slope, 3.0), expected);
}

#[test]
fn each_parameter_of_a_seeded_band_has_its_own_tangent() {
    let band = seeded::<f64, 2>(&Band::peak(100.0, 2.0, 3.0));
    let tangents: Vec<_> = band.params().iter().map(|(_, value)| *value.tangent()).collect();
    assert_eq!(tangents, [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]);
}

#[test]
fn noise_is_white_and_depends_on_its_seed() {
    assert_eq!(noise::<f64>(100, 1), noise::<f64>(100, 1));
    assert_ne!(noise::<f64>(100, 1), noise::<f64>(100, 2));
    let moments = |samples: Vec<f64>| {
        let mean = |f: &dyn Fn(usize) -> f64| (1..10_000).map(f).sum::<f64>() / 9_999.0;
        let power = mean(&|n| samples[n].powi(2));
        [mean(&|n| samples[n]), mean(&|n| samples[n] * samples[n - 1]), power]
    };
    for (samples, power) in [
        (uniform(1).take(10_000).collect::<Vec<_>>(), 1.0 / 3.0),
        (normal(1).take(10_000).collect(), 1.0),
    ] {
        for (found, expected) in moments(samples).into_iter().zip([0.0, 0.0, power]) {
            // More than three standard deviations of a mean of ten thousand samples.
            assert!((found - expected).abs() < 0.06 * power, "{found} is not {expected}");
        }
    }
}
