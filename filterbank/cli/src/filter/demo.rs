//! The example: a test signal through a vocal EQ, and a comparison with the designed response.

use std::f64::consts::TAU;
use std::fmt::Write;
use std::path::Path;

use filterbank::Cascade;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand_distr::{Distribution, StandardNormal};

use super::bands::NamedBand;
use super::job::Job;
use super::report::Report;
use crate::shared::destination::Destination;
use crate::shared::failure::Failure;
use crate::shared::wav::{Encoding, Sink, Source};

const VOCAL_EQ: [&str; 4] = [
    "highpass butterworth order=4 cutoff=80",
    "peak center=250 q=1 gain_db=-2.5",
    "peak center=3000 q=0.9 gain_db=2",
    "high_shelf cutoff=10000 slope=0.9 gain_db=1.5",
];

const SAMPLE_RATE: u32 = 48_000;
const SECOND: usize = 48_000;
const SECONDS: usize = 4;
/// Each has a whole number of periods in a second, so that no tone leaks into the measurement of
/// another.
const TONES: [f64; 8] = [40.0, 80.0, 160.0, 250.0, 1_000.0, 3_000.0, 8_000.0, 15_000.0];
const TOLERANCE_DB: f64 = 0.1;

/// Filters the test signal and checks the result.
pub fn run() -> Result<String, Failure> {
    // It is removed at the end, with its files.
    let unwritable = |error| Failure::unwritable(&std::env::temp_dir(), error);
    let folder = tempfile::tempdir().map_err(unwritable)?;
    let (input, output) = ("in.wav", "out.wav");
    let job = Job {
        input: folder.path().join(input),
        output: folder.path().join(output),
        bands: NamedBand::parse_all(&VOCAL_EQ)?,
        gain_db: -3.0,
        encoding: None,
        dither: false,
        force: false,
    };
    write(&job.input, &[chord_in_noise(), sweep()])?;
    let report = Report { input: input.into(), output: output.into(), ..job.run()? };

    let cascade = job.cascade(SAMPLE_RATE)?;
    let before = Source::open(&job.input)?.read_all()?;
    let after = Source::open(&job.output)?.read_all()?;
    let mut text =
        String::from("A chord in noise (left) and a sweep (right) through a vocal EQ:\n");
    for band in VOCAL_EQ {
        // Writing to a string does not fail.
        let _ = writeln!(text, "    --band \"{band}\"");
    }
    let _ = writeln!(text, "    --gain-db {}\n\n{report}", job.gain_db);
    compare_levels(&mut text, &cascade, &before, &after)?;
    compare_samples(&mut text, &cascade, &before, &after)?;
    Ok(text)
}

/// A chord in white noise.
fn chord_in_noise() -> Vec<f64> {
    let noise = StandardNormal.sample_iter(StdRng::seed_from_u64(0));
    let chord = |n: usize| -> f64 {
        let phase = TAU * n as f64 / f64::from(SAMPLE_RATE);
        TONES.iter().map(|frequency| (phase * frequency).sin()).sum()
    };
    let noise = noise.map(|x: f64| 0.01 * x);
    (0..SECONDS * SECOND).zip(noise).map(|(n, noise)| 0.06 * chord(n) + noise).collect()
}

/// A logarithmic sweep from 20 Hz to 20 kHz, then a second of silence in which the filter decays.
fn sweep() -> Vec<f64> {
    let seconds = (SECONDS - 1) as f64;
    let octaves = 1000.0_f64.ln();
    let sweep = |n: usize| {
        let time = n as f64 / f64::from(SAMPLE_RATE);
        let periods = 20.0 * seconds / octaves * (time / seconds * octaves).exp_m1();
        0.5 * (TAU * periods).sin()
    };
    let mut samples: Vec<f64> = (0..(SECONDS - 1) * SECOND).map(sweep).collect();
    samples.resize(SECONDS * SECOND, 0.0);
    samples
}

fn write(path: &Path, channels: &[Vec<f64>]) -> Result<(), Failure> {
    let destination = Destination::new(path, None, false)?;
    let frames = u32::try_from(SECONDS * SECOND).unwrap_or(u32::MAX);
    let shape = (2, SAMPLE_RATE, frames);
    let mut sink = Sink::create(destination, Encoding::Int { bits: 24 }, shape, false)?;
    sink.write(channels)?;
    sink.finish()
}

/// Checks that the levels of both signals changed by the designed response.
fn compare_levels(
    text: &mut String,
    cascade: &Cascade<f64>,
    before: &[Vec<f64>],
    after: &[Vec<f64>],
) -> Result<(), Failure> {
    // The chord after the filter has settled; the whole sweep, since a filter delays it.
    let settled = SECOND..(SECONDS - 1) * SECOND;
    let mut worst: f64 = 0.0;
    let _ = writeln!(text, "       Hz    designed       chord       sweep");
    for frequency in TONES {
        let designed = cascade.magnitude_db(frequency);
        let chord = change_db(&before[0][settled.clone()], &after[0][settled.clone()], frequency);
        let sweep = change_db(&before[1], &after[1], frequency);
        let _ = writeln!(text, "{frequency:>9} {designed:>8.3} dB {chord:>8.3} dB {sweep:>8.3} dB");
        for measured in [chord, sweep] {
            let error = (measured - designed).abs();
            // NaN must fail too.
            if error.is_nan() || error > TOLERANCE_DB {
                return Err(Failure::Result(format!(
                    "at {frequency} Hz the level changed by {measured:.3} dB, but the response \
                     there is {designed:.3} dB"
                )));
            }
            worst = worst.max(error);
        }
    }
    let _ = writeln!(text, "measured levels agree with the designed ones to {worst:.4} dB");
    Ok(())
}

/// Checks that the output, filtered in blocks, equals the signal filtered as a whole and rounded to
/// 24 bits.
fn compare_samples(
    text: &mut String,
    cascade: &Cascade<f64>,
    before: &[Vec<f64>],
    after: &[Vec<f64>],
) -> Result<(), Failure> {
    let step = 1.0 / Encoding::Int { bits: 24 }.full_scale();
    for (before, after) in before.iter().zip(after) {
        let mut whole = before.clone();
        cascade.process(&mut cascade.state(), &mut whole);

        let mut pieces = before.clone();
        let mut state = cascade.state();
        for piece in pieces.chunks_mut(1009) {
            cascade.process(&mut state, piece);
        }
        // The rounding of vector kernels depends on the blocks.
        let same = |(x, y): (&f64, &f64)| (x - y).abs() <= 1e-6 * step;
        if !whole.iter().zip(&pieces).all(same) {
            return Err(Failure::Result("the samples depend on the length of the blocks".into()));
        }

        let rounded = |(x, y): (&f64, &f64)| (x - y).abs() <= (0.5 + 1e-6) * step;
        if after.len() != whole.len() || !whole.iter().zip(after).all(rounded) {
            return Err(Failure::Result("the output is not the rounded, filtered input".into()));
        }
    }
    let _ = writeln!(text, "blocks of any length give the same samples");
    Ok(())
}

/// Change of level at a frequency, in dB.
fn change_db(before: &[f64], after: &[f64], frequency: f64) -> f64 {
    20.0 * (magnitude(after, frequency) / magnitude(before, frequency)).log10()
}

/// Magnitude of a signal's Fourier transform at one frequency.
fn magnitude(samples: &[f64], frequency: f64) -> f64 {
    let omega = TAU * frequency / f64::from(SAMPLE_RATE);
    let (re, im) = samples.iter().enumerate().fold((0.0, 0.0), |(re, im), (n, x)| {
        let (sin, cos) = (omega * n as f64).sin_cos();
        (re + x * cos, im - x * sin)
    });
    re.hypot(im)
}
