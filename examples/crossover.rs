//! A three-way crossover whose bands sum to an allpass: flat in magnitude.
//!
//! Linkwitz-Riley filters of order 4 are two Butterworth filters of order 2 in series. A lowpass
//! and a highpass of this kind are in phase and sum to an allpass. (At order 2 they are in opposite
//! phase, and the highpass must be inverted.) With two crossover frequencies, the low and mid bands
//! sum to an allpass followed by the upper lowpass, so the high band needs the same allpass.
//!
//! ```text
//! cargo run --release --example crossover
//! ```

use std::f64::consts::FRAC_1_SQRT_2;

use filterbank::{Band, Bank, Cascade, DesignError, Method, Width};

const SAMPLE_RATE: f64 = 48_000.0;
const LOW: f64 = 300.0;
const HIGH: f64 = 3_000.0;
/// Samples of the impulse responses.
const TIME: usize = 24_000;
const BUTTERWORTH: Method<f64> = Method::Butterworth { order: 2 };

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let crossover = crossover()?;

    println!("{:>6}  {:>8}  {:>8}  {:>8}   sum (dB)", "Hz", "low", "mid", "high");
    for frequency in [30.0, 100.0, 300.0, 1_000.0, 3_000.0, 10_000.0, 20_000.0] {
        let levels: Vec<String> =
            crossover.bands().map(|band| format!("{:8.2}", band.magnitude_db(frequency))).collect();
        let sum = sum_db(&crossover, frequency);
        println!("{frequency:6}  {}  {sum:9.1e}", levels.join("  "));
        assert!(sum.abs() < 1e-9);
    }
    // At a crossover frequency both bands are at -6 dB.
    for (band, frequency) in [(0, LOW), (1, LOW), (1, HIGH), (2, HIGH)] {
        let level = crossover.band(band).ok_or("no such band")?.magnitude_db(frequency);
        assert!((level + 6.02).abs() < 0.05, "{level} dB at {frequency} Hz");
    }

    // Filter an impulse: one output row per band. An allpass keeps the energy.
    let mut input = vec![0.0; TIME];
    input[0] = 1.0;
    let mut output = vec![0.0; 3 * TIME];
    crossover.process(&mut crossover.state(), &input, &mut output)?;
    let sum = |n: usize| output[n] + output[TIME + n] + output[2 * TIME + n];
    let energy: f64 = (0..TIME).map(|n| sum(n).powi(2)).sum();
    println!("energy of the summed impulse responses: {energy:.9}");
    assert!((energy - 1.0).abs() < 1e-9);
    Ok(())
}

/// The bands from low to high.
fn crossover() -> Result<Bank<f64>, DesignError> {
    let lowpass = |cutoff| [Band::lowpass(BUTTERWORTH, cutoff); 2];
    let highpass = |cutoff| [Band::highpass(BUTTERWORTH, cutoff); 2];
    let allpass = Band::allpass(LOW, Width::Q(FRAC_1_SQRT_2));
    let [upper_low, upper_high] = [lowpass(HIGH), highpass(HIGH)];
    let bands = [
        [lowpass(LOW), upper_low].concat(),
        [highpass(LOW), upper_low].concat(),
        [&upper_high[..], &[allpass]].concat(),
    ];
    let mut cascades = Vec::new();
    for bands in &bands {
        cascades.push(Cascade::from_bands(bands, SAMPLE_RATE)?);
    }
    Bank::from_cascades(cascades)
}

/// The level of all bands together, in dB.
fn sum_db(bank: &Bank<f64>, frequency: f64) -> f64 {
    let responses = bank.bands().map(|band| band.response(frequency));
    let (re, im) = responses.fold((0.0, 0.0), |(re, im), h| (re + h.re, im + h.im));
    20.0 * f64::hypot(re, im).log10()
}
