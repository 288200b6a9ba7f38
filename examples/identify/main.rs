//! Finds the modes of a resonator in recordings: frequencies, decays, amplitudes, with error bars.

mod guess;
mod model;
mod recording;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use filterbank::fit::{LeastSquares, Solution};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand_distr::{Distribution, StandardNormal};

use model::{Mode, PER_MODE};
use recording::Recording;

/// Finds the modes of a resonator.
///
/// A struck bell, a room or a plate answers with a sum of decaying sinusoids. From a recording of
/// its impulse response, or of what goes in and what comes out, this finds the frequency, decay,
/// amplitude and phase of each, by least squares with exact derivatives, and how well the
/// recording determines them. Without arguments it makes a resonator of its own, hides it in
/// noise, and counts over many recordings how often the truth lies within the error bars.
#[derive(Parser)]
struct Arguments {
    /// What came out: a WAV file of one channel.
    output: Option<PathBuf>,
    /// What went in, as a WAV file of the same length; without it, an impulse.
    #[arg(long, requires = "output")]
    input: Option<PathBuf>,
    /// Number of modes to find.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=64))]
    modes: u16,
    /// How many recordings are made for the count, without arguments.
    #[arg(long, default_value_t = 200)]
    repeats: u32,
    /// Seed of the noise, without arguments.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match &arguments.output {
        Some(output) => Recording::read(arguments.input.as_deref(), output)
            .and_then(|recording| report(&recording, usize::from(arguments.modes))),
        None => demonstrate(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Fits the modes, starting from the peaks of the spectrum.
fn identify(recording: &Recording, modes: usize) -> Result<Solution, Box<dyn Error>> {
    let start: Vec<f64> = guess::modes(recording, modes)?.iter().flat_map(Mode::params).collect();
    let bounds: Vec<_> = (0..modes).flat_map(|_| Mode::bounds(recording.sample_rate)).collect();
    let solution = LeastSquares::new()
        .bounds(bounds)
        .minimize_fn(&start, |params| model::residuals(params, recording))?;
    if solution.stop.converged() { Ok(solution) } else { Err(solution.stop.to_string().into()) }
}

fn report(recording: &Recording, modes: usize) -> Result<(), Box<dyn Error>> {
    let solution = identify(recording, modes)?;
    let errors = solution
        .standard_errors()
        .ok_or("the recording does not determine the modes: ask for fewer")?;
    println!(
        "{:>4}  {:>22}  {:>22}  {:>24}  {:>20}",
        "mode", "frequency (Hz)", "decay by 60 dB (s)", "amplitude", "phase (rad)"
    );
    let modes = solution.params.chunks_exact(PER_MODE).zip(errors.chunks_exact(PER_MODE));
    for (index, (values, errors)) in modes.enumerate() {
        let [frequency, decay, amplitude, phase] =
            std::array::from_fn(|i| with_error(values[i], errors[i]));
        println!("{:>4}  {frequency:>22}  {decay:>22}  {amplitude:>24}  {phase:>20}", index + 1);
    }
    println!(
        "rms of what is left: {:.3e}; {} in {} iterations",
        solution.rms(),
        solution.stop,
        solution.iterations
    );
    Ok(())
}

/// A value with its standard error, to two digits of the latter.
fn with_error(value: f64, error: f64) -> String {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let decimals = (1.0 - error.log10().floor()).clamp(0.0, 12.0) as usize;
    format!("{value:.decimals$} ± {error:.decimals$}")
}

/// A resonator that is known, found again in noise.
fn demonstrate(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    const RATE: f64 = 16_000.0;
    const SAMPLES: usize = 6_000;
    const NOISE: f64 = 0.02;
    let truth = [
        Mode { frequency: 440.0, decay: 0.6, amplitude: 0.5, phase: 0.3 },
        Mode { frequency: 1_187.0, decay: 0.35, amplitude: 0.3, phase: -1.1 },
        Mode { frequency: 2_431.0, decay: 0.2, amplitude: 0.4, phase: 0.8 },
    ];
    let mut random = StdRng::seed_from_u64(arguments.seed);
    let clean = Recording::of_modes(&truth, RATE, SAMPLES);
    let mut noisy = || {
        let mut recording = clean.clone();
        for sample in &mut recording.output {
            let noise: f64 = StandardNormal.sample(&mut random);
            *sample += NOISE * noise;
        }
        recording
    };

    println!(
        "A made-up resonator of three modes in noise of {NOISE} rms, {} s:",
        SAMPLES as f64 / RATE
    );
    for Mode { frequency, decay, amplitude, phase } in truth {
        println!("      {frequency} Hz, {decay} s, amplitude {amplitude}, phase {phase} rad");
    }
    println!();
    report(&noisy(), truth.len())?;

    // Two standard errors either way hold the truth in 95 of 100 cases.
    let expected: Vec<f64> = truth.iter().flat_map(Mode::params).collect();
    let (mut inside, mut total) = (0_u32, 0_u32);
    for _ in 0..arguments.repeats {
        let solution = identify(&noisy(), truth.len())?;
        let errors = solution.standard_errors().ok_or("the modes are not determined")?;
        for ((value, error), expected) in solution.params.iter().zip(&errors).zip(&expected) {
            inside += u32::from((value - expected).abs() <= 1.96 * error);
            total += 1;
        }
    }
    if total == 0 {
        return Ok(());
    }
    let share = f64::from(inside) / f64::from(total);
    println!(
        "\nover {} recordings the truth lies within 1.96 standard errors in {:.1} % of all values",
        arguments.repeats,
        100.0 * share
    );
    // Three deviations of a binomial count, the values of one recording taken as dependent.
    let margin = 3.0 * (0.95 * 0.05 / f64::from(arguments.repeats)).sqrt();
    if (share - 0.95).abs() > margin {
        return Err(format!("that is not 95 ± {:.1} %", 100.0 * margin).into());
    }
    Ok(())
}
