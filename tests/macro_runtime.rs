//! x
#![deny(warnings, missing_docs, clippy::pedantic)]
use filterbank::{Band, Cascade, Method, filterbank};

filterbank! {
    /// Vocal channel EQ.
    pub struct VocalEq: cascade(sample_rate = 48_000.0) {
        /// Takes out the rumble.
        rumble: highpass(butterworth(order = 4), cutoff = 80.0),
        mud: peak(center = tune(250.0 in 120.0..=500.0), q = 1.0, gain_db = tune(-2.5)),
        air: high_shelf(cutoff = 10_000.0, q = 0.707, gain_db = tune(1.5 in -6.0..=6.0)),
        alias: lowpass(elliptic(order = 5, ripple_db = 0.1, stop_db = 60.0), cutoff = 20_000.0),
    }
}

filterbank! {
    struct Crossover: bank {
        low: lowpass(butterworth(order = 2), cutoff = tune(200)),
        mid: bandpass(butterworth(order = 2), low = 200, high = 2000),
        high: highpass(bessel(order = 3, norm = magnitude), cutoff = 2e3),
    }
}

static EQ: VocalEq = VocalEq::new();
static EQ32: VocalEq<f32> = VocalEq::new_f32();

#[test]
fn x() {
    let runtime = Cascade::from_bands(
        &[
            Band::highpass(Method::Butterworth { order: 4 }, 80.0),
            Band::peak(250.0, 1.0, -2.5),
            Band::high_shelf(10_000.0, 0.707, 1.5),
            Band::lowpass(Method::Elliptic { order: 5, ripple_db: 0.1, stop_db: 60.0 }, 20_000.0),
        ],
        48_000.0,
    )
    .unwrap();
    assert_eq!(runtime.sections(), EQ.sections());
    assert_eq!(runtime.sections(), VocalEq::from_params(&VocalEq::PARAMS).unwrap().sections());
    let mut state = EQ.state();
    let y = EQ.tick(&mut state, 1.0);
    println!("{y} {} {:?}", EQ32.magnitude_db(100.0), VocalEq::PARAM_NAMES);
    let c = Crossover::new(48_000.0).unwrap();
    let mut s = CrossoverState::default();
    let [a, b, d] = c.tick(&mut s, 1.0);
    println!("{a} {b} {d} {:?}", c.mid().sections());
    println!("{}", VocalEq::<f64>::from_params(&[600.0, 0.0, 0.0]).unwrap_err());
    println!("{}", Crossover::new(300.0).unwrap_err());
}
