//! Filters of the macro with parameters, and the same filters at run time.

use filterbank::{Band, Cascade, Method, Scalar, Section, Width, filterbank};

pub const RATE: f64 = 48_000.0;

filterbank! {
    /// Bands of different sizes, most of them with parameters.
    pub struct VocalEq: cascade(sample_rate = 48_000.0) {
        rumble: highpass(butterworth(order = 4), cutoff = 80.0),
        mud: peak(center = tune(250.0 in 120.0..=500.0), q = tune(1.0), gain_db = tune(-2.5)),
        // Arguments in another order than the parameters.
        air: high_shelf(gain_db = tune(1.5 in -6.0..=6.0), slope = tune(0.7), cutoff = 1e4),
        hum: bandstop(chebyshev1(order = 3, ripple_db = tune(0.5)), high = tune(55), low = tune(45)),
        alias: lowpass(
            elliptic(order = 5, ripple_db = 0.1, stop_db = tune(60.0 in 40.0..=80.0)),
            cutoff = 20_000.0,
        ),
    }
}

filterbank! {
    pub struct Rated: cascade {
        rumble: highpass(butterworth(order = 4), cutoff = 80.0),
        mud: peak(center = tune(250.0 in 120.0..=500.0), q = tune(1.0), gain_db = tune(-2.5)),
        air: high_shelf(gain_db = tune(1.5 in -6.0..=6.0), slope = tune(0.7), cutoff = 1e4),
        hum: bandstop(chebyshev1(order = 3, ripple_db = tune(0.5)), high = tune(55), low = tune(45)),
        alias: lowpass(
            elliptic(order = 5, ripple_db = 0.1, stop_db = tune(60.0 in 40.0..=80.0)),
            cutoff = 20_000.0,
        ),
    }
}

filterbank! {
    pub struct Crossover: bank(sample_rate = 48_000.0) {
        low: lowpass(bessel(order = 4, norm = magnitude), cutoff = tune(300.0)),
        mid: bandpass(butterworth(order = 3), low = tune(300.0), high = tune(3_000.0)),
        high: highpass(chebyshev2(order = 5, stop_db = 50.0), cutoff = tune(3_000.0)),
    }
}

/// The bands of [`VocalEq`] for these parameters.
pub fn vocal_bands<S: Scalar>(params: &[S; 9]) -> [Band<S>; 5] {
    let [center, q, gain_db, slope, shelf_gain_db, ripple_db, low, high, stop_db] = *params;
    let fixed = S::from_f64;
    let cutoff = fixed(1e4);
    [
        Band::highpass(Method::Butterworth { order: 4 }, fixed(80.0)),
        Band::peak(center, q, gain_db),
        Band::HighShelf { cutoff, width: Width::Slope(slope), gain_db: shelf_gain_db },
        Band::bandstop(Method::Chebyshev1 { order: 3, ripple_db }, low, high),
        Band::lowpass(
            Method::Elliptic { order: 5, ripple_db: fixed(0.1), stop_db },
            fixed(20_000.0),
        ),
    ]
}

pub fn vocal_sections<S: Scalar>(params: &[S; 9], sample_rate: f64) -> Vec<Section<S>> {
    let cascade = Cascade::from_bands(&vocal_bands(params), sample_rate).expect("designable");
    cascade.sections().to_vec()
}

pub const MOVED: [f64; 9] = [321.0, 0.9, 3.25, 1.1, -5.0, 1.0, 40.0, 60.0, 41.0];
