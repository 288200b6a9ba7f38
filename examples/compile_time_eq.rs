//! An EQ designed at compile time. Its coefficients are constants in the binary, and filtering does
//! not allocate.
//!
//! ```text
//! cargo run --release --example compile_time_eq
//! ```

use std::f64::consts::TAU;

use filterbank::filterbank;

filterbank! {
    /// A vocal channel: less rumble and mud, more presence and air.
    struct VocalEq: cascade(sample_rate = 48_000.0) {
        rumble:   highpass(butterworth(order = 4), cutoff = 80.0),
        mud:      peak(center = 250.0, q = 1.0, gain_db = -2.5),
        presence: peak(center = 3_500.0, bandwidth = 1.5, gain_db = 2.0),
        air:      high_shelf(cutoff = 10_000.0, q = 0.707, gain_db = 1.5),
    }
}

static EQ: VocalEq = VocalEq::new();

/// A whole number of periods in a second, so that no tone leaks into the measurement of another.
const TONES: [f64; 6] = [40.0, 80.0, 250.0, 1_000.0, 3_500.0, 15_000.0];
const SECOND: usize = 48_000;
const BLOCK: usize = 64;

fn main() {
    let input: Vec<f64> = (0..2 * SECOND).map(chord).collect();

    // One state for each channel; blocks of any length.
    let mut output = input.clone();
    let mut state = EQ.state();
    for block in output.chunks_mut(BLOCK) {
        EQ.process(&mut state, block);
    }

    println!("{} sections, {} Hz", VocalEq::SECTIONS, VocalEq::SAMPLE_RATE);
    println!("{:>8}  {:>10}  {:>10}", "Hz", "designed", "measured");
    for frequency in TONES {
        let designed = EQ.magnitude_db(frequency);
        // The filter settles during the first second.
        let [before, after] = [&input, &output].map(|x| amplitude(&x[SECOND..], frequency));
        let measured = 20.0 * (after / before).log10();
        println!("{frequency:8}  {designed:7.3} dB  {measured:7.3} dB");
        assert!((measured - designed).abs() < 1e-6);
    }
}

/// One sample of all tones.
fn chord(n: usize) -> f64 {
    let time = n as f64 / VocalEq::SAMPLE_RATE;
    TONES.iter().map(|frequency| 0.1 * (TAU * frequency * time).sin()).sum()
}

/// The amplitude of a tone in a second of a signal.
fn amplitude(signal: &[f64], frequency: f64) -> f64 {
    let step = TAU * frequency / VocalEq::SAMPLE_RATE;
    let (mut re, mut im) = (0.0, 0.0);
    for (n, x) in signal.iter().enumerate() {
        let (sin, cos) = (step * n as f64).sin_cos();
        re += x * cos;
        im += x * sin;
    }
    2.0 * re.hypot(im) / signal.len() as f64
}
