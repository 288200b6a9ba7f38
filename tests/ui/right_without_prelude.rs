//! Under another name and without a prelude.

#![no_implicit_prelude]
#![deny(warnings)]

extern crate filterbank as dsp;

dsp::filterbank! {
    struct Eq: cascade(sample_rate = 48_000.0) {
        mud: peak(center = tune(250.0 in 120.0..=500.0), q = 1.0, gain_db = tune(-2.5)),
    }
}

dsp::filterbank! {
    struct Crossover: bank {
        low: lowpass(bessel(order = 4), cutoff = tune(300.0)),
        high: highpass(chebyshev1(order = 4, ripple_db = 0.1), cutoff = 300.0),
    }
}

static EQ: Eq = Eq::new();

fn main() {
    let bank = Crossover::from_params(&[400.0], 48_000.0);
    let stable = ::std::matches!(bank, ::std::result::Result::Ok(bank) if bank.high().is_stable());
    ::std::assert!(stable && EQ.mud().is_stable());
}
