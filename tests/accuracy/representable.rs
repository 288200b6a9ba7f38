//! Designs that no rounded coefficients carry name the parameter at fault.

use filterbank::spec::{Parameter, Requirement};
use filterbank::{Band, Dual, Method, Scalar, Width};

const SAMPLE_RATE: f64 = 48_000.0;

/// The parameter at fault, with its value.
#[track_caller]
fn fault<S: Scalar>(band: Band<S>) -> (Parameter, f64) {
    let Err(error) = band.sections(SAMPLE_RATE) else { panic!("designs: {band:?}") };
    assert_eq!(error.requirement(), Requirement::Representable, "{error}");
    (error.parameter(), error.value())
}

#[test]
fn the_width_is_named_where_another_width_would_do() {
    let wide = Band::notch(23_814.9, Width::Bandwidth(2.52));
    assert_eq!(fault(wide), (Parameter::BANDWIDTH, 2.52));
    assert!(Band::notch(23_814.9, Width::Bandwidth(0.5)).sections(SAMPLE_RATE).is_ok());

    let narrow = Band::peak(1_000.0, Width::Bandwidth(1e-17), 6.0);
    assert_eq!(fault(narrow), (Parameter::BANDWIDTH, 1e-17));
    assert_eq!(fault(Band::notch(1_000.0, 1e17)), (Parameter::Q, 1e17));
    assert_eq!(fault(Band::notch(1_000.0_f32, 1e9)), (Parameter::Q, 1e9));
    let flat = Band::low_shelf(1_000.0, Width::Slope(1e-200), 300.0);
    assert_eq!(fault(flat), (Parameter::SLOPE, 1e-200));
}

#[test]
fn a_frequency_is_named_where_another_frequency_would_do() {
    let method = Method::Butterworth { order: 8 };
    let (near_zero, near_nyquist) = (1e-9, 23_999.999_999_999);
    let beside_1000 = 1_000_f64.next_up();
    for (band, parameter, value) in [
        (Band::lowpass(method, near_zero), Parameter::CUTOFF, near_zero),
        (Band::highpass(method, near_nyquist), Parameter::CUTOFF, near_nyquist),
        (Band::bandpass(method, near_zero, 1_000.0), Parameter::LOW, near_zero),
        (Band::bandstop(method, 1_000.0, near_nyquist), Parameter::HIGH, near_nyquist),
        (Band::bandpass(method, 1_000.0, beside_1000), Parameter::HIGH, beside_1000),
        // With no gain or another width it would be stable by luck.
        (Band::peak(1e-9, 1.0, 6.0), Parameter::CENTER, 1e-9),
        (Band::peak(1e-9, 0.1, 6.0), Parameter::CENTER, 1e-9),
        // Neither alone, but both together.
        (Band::bandpass(method, near_zero, 1e-8), Parameter::LOW, near_zero),
        (Band::bandstop(method, near_zero, 1e-8), Parameter::LOW, near_zero),
    ] {
        assert_eq!(fault(band), (parameter, value), "{band}");
    }
}

#[test]
fn the_levels_and_the_order_of_a_method_are_named() {
    let lowpass = |order, ripple_db, stop_db| {
        Band::lowpass(Method::Elliptic { order, ripple_db, stop_db }, 1_000.0_f32)
    };
    // 10^40 is beyond f32.
    assert_eq!(fault(lowpass(6, 0.1, 400.0)), (Parameter::STOP_DB, 400.0));
    assert_eq!(fault(lowpass(12, 60.0, 100.0)), (Parameter::RIPPLE_DB, 60.0));
    assert_eq!(fault(lowpass(24, 3.0, 3.000_1)), (Parameter::ORDER, 24.0));

    let deep = Method::Chebyshev2 { order: 1, stop_db: 1_000.0 };
    assert_eq!(fault(Band::lowpass(deep, 1_000.0)), (Parameter::STOP_DB, 1_000.0));
}

#[test]
fn duals_name_the_parameter_that_plain_numbers_name() {
    let wide = Band::notch(23_814.9, Width::Bandwidth(2.52));
    let seeded = wide.map(|_, value| Dual::<f64, 1>::variable(value, 0));
    assert_eq!(fault(seeded), fault(wide));
}

#[test]
fn at_order_1_the_stopband_of_an_elliptic_filter_has_no_effect() {
    let chebyshev = Band::lowpass(Method::Chebyshev1 { order: 1, ripple_db: 0.5 }, 3_000.0);
    let chebyshev = chebyshev.sections(SAMPLE_RATE).expect("designs")[0].coefficients();
    for stop_db in [0.6, 3.0, 60.0, 900.0] {
        let [ripple_db, stop_db] = Dual::<f64, 2>::seed([0.5, stop_db]);
        let method = Method::Elliptic { order: 1, ripple_db, stop_db };
        let band = Band::lowpass(method, Dual::constant(3_000.0));
        let elliptic = band.sections(SAMPLE_RATE).expect("designs")[0].coefficients();
        for (found, expected) in elliptic.into_iter().zip(chebyshev) {
            assert!((found.value() - expected).abs() < 1e-14, "{found}, {expected}");
            assert!(found.tangent()[1].abs() < 1e-14, "{found} at {stop_db} dB");
        }
    }
    // It must lie above the ripple nevertheless, as at any order.
    let method = Method::Elliptic { order: 1, ripple_db: 3.0, stop_db: 1.0 };
    let error = Band::lowpass(method, 3_000.0).sections(SAMPLE_RATE).expect_err("below");
    assert_eq!(error.parameter(), Parameter::STOP_DB);
}
