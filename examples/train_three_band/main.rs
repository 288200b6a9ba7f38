//! Trains a bank of three Butterworth bands until white noise comes out of each with a wanted
//! energy: the trainable three-band EQ that this library grew out of.

#[path = "../common/mod.rs"]
mod common;
mod models;
mod training;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Parser, ValueEnum};
use filterbank::Bank;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand_distr::{Distribution, StandardNormal};

use common::plot;
use models::{Coefficients, Design, Model};
use training::{Seen, TARGET, Training};

const BAND_NAMES: [&str; 3] = ["low", "mid", "high"];
const SAMPLES_PER_STEP: usize = 1_024;

/// Learns three parallel filters whose outputs have given energies.
///
/// White noise goes through a lowpass, a bandpass and a highpass (Butterworth, order 2, edges at
/// 0.2 and 0.6 of the Nyquist frequency). Adam changes what is to be learned until the mean
/// squares of the three outputs are 1.0, 0.5 and 0.2. The gradient is exact: the design runs on
/// dual numbers, and their tangents weight the outputs of sensitivity filters. Each step sees
/// 1,024 new samples; the filters' state is kept between steps, its derivatives are dropped.
#[derive(Parser)]
struct Arguments {
    /// What is learned.
    #[arg(long, value_enum, default_value_t = Learn::Design)]
    learn: Learn,
    /// Number of steps.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..))]
    steps: u32,
    /// Adam's learning rate at the start; it falls to a hundredth of that, exponentially.
    #[arg(long, default_value_t = 0.02, allow_negative_numbers = true)]
    learning_rate: f64,
    /// Sample rate in Hz: only changes how frequencies are printed.
    #[arg(long, default_value_t = 48_000.0, allow_negative_numbers = true)]
    sample_rate: f64,
    /// Seed of the noise.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where the picture of the bands before and after goes.
    #[arg(long, default_value = "three_bands.svg")]
    plot: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Learn {
    /// The four band edges and a gain for each band: 7 parameters.
    Design,
    /// The raw coefficients of the four sections, kept stable: 20 parameters.
    Coefficients,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.learn {
        Learn::Design => Design::new(arguments.sample_rate).and_then(|m| train(&m, &arguments)),
        Learn::Coefficients => {
            Coefficients::new(arguments.sample_rate).and_then(|m| train(&m, &arguments))
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Trains, reports, and checks that the targets were met.
fn train<const N: usize>(
    model: &impl Model<N>,
    arguments: &Arguments,
) -> Result<(), Box<dyn Error>> {
    if !(arguments.learning_rate.is_finite() && arguments.learning_rate > 0.0) {
        let rate = arguments.learning_rate;
        return Err(format!("--learning-rate {rate} must be finite and above 0").into());
    }
    let mut noise = Noise(StdRng::seed_from_u64(arguments.seed));
    let mut training = Training::new(model, arguments.learning_rate);
    let before = model.bank(&training.params)?;
    println!("{N} parameters, {} steps of {SAMPLES_PER_STEP} samples", arguments.steps);
    println!("{:>6}  {:>10}  {:>7} {:>7} {:>7}", "step", "loss", "low", "mid", "high");

    let mut in_steps = Duration::ZERO;
    for step in 0..arguments.steps {
        let samples = noise.samples(SAMPLES_PER_STEP);
        let started = Instant::now();
        let progress = f64::from(step) / f64::from(arguments.steps);
        training.adam.set_learning_rate(arguments.learning_rate * 0.01_f64.powf(progress));
        let Seen { loss, energies: [low, mid, high] } = training.step(&samples)?;
        in_steps += started.elapsed();
        if step % (arguments.steps / 10).max(1) == 0 || step + 1 == arguments.steps {
            println!("{step:6}  {loss:10.6}  {low:7.4} {mid:7.4} {high:7.4}");
        }
    }
    let params = training.params;
    let rate = f64::from(arguments.steps) / in_steps.as_secs_f64();
    println!("{rate:.0} steps a second\n");

    let after = model.bank(&params)?;
    let measured = energies(&after, &noise.samples(1 << 18))?;
    println!("{:>5}  {:>8}  {:>8}   found", "band", "target", "energy");
    for (index, description) in model.describe(&params)?.iter().enumerate() {
        let (name, target, energy) = (BAND_NAMES[index], TARGET[index], measured[index]);
        println!("{name:>5}  {target:8.4}  {energy:8.4}   {description}");
    }
    draw(arguments, &before, &after)?;
    println!("\nbefore and after: {}", arguments.plot.display());

    for ((name, target), energy) in BAND_NAMES.iter().zip(TARGET).zip(measured) {
        let deviation = (energy / target - 1.0).abs();
        if deviation.is_nan() || deviation > 0.1 {
            let message = format!(
                "band {name} has energy {energy:.4}, more than 10 % from {target}: \
                 more --steps or another --learning-rate may help"
            );
            return Err(message.into());
        }
    }
    Ok(())
}

/// The mean square of what comes out of each band.
fn energies(bank: &Bank<f64>, samples: &[f64]) -> Result<[f64; 3], Box<dyn Error>> {
    let mut output = vec![0.0; 3 * samples.len()];
    bank.process(&mut bank.state(), samples, &mut output)?;
    let energy = |row: &[f64]| row.iter().map(|y| y * y).sum::<f64>() / samples.len() as f64;
    let rows: [usize; 3] = [0, 1, 2];
    Ok(rows.map(|band| energy(&output[band * samples.len()..][..samples.len()])))
}

/// White noise of energy 1.
struct Noise(StdRng);

impl Noise {
    fn samples(&mut self, count: usize) -> Vec<f64> {
        StandardNormal.sample_iter(&mut self.0).take(count).collect()
    }
}

/// The levels of the three bands, before beside after.
fn draw(arguments: &Arguments, before: &Bank<f64>, after: &Bank<f64>) -> plot::Result {
    let nyquist = arguments.sample_rate / 2.0;
    // Three decades below the Nyquist frequency, and not quite up to it: it has zeros there.
    let grid: Vec<f64> =
        (0..600).map(|i| 0.999 * nyquist * 10_f64.powf(-3.0 * f64::from(i) / 599.0)).collect();
    let levels = |bank: &Bank<f64>| -> Vec<Vec<(f64, f64)>> {
        bank.bands()
            .map(|band| grid.iter().map(|f| (*f, band.magnitude_db(*f).max(-60.0))).collect())
            .collect()
    };
    let (before, after) = (levels(before), levels(after));
    let (before, after) = (curves(&before), curves(&after));
    plot::magnitudes(
        &arguments.plot,
        "Three bands for energies 1.0, 0.5 and 0.2 of white noise",
        &[
            plot::Panel { title: "before", curves: &before },
            plot::Panel { title: "after", curves: &after },
        ],
    )
}

/// Each band's points under its name.
fn curves(levels: &[Vec<(f64, f64)>]) -> Vec<plot::Curve<'_>> {
    BAND_NAMES.iter().zip(levels).map(|(name, points)| plot::Curve::new(name, points)).collect()
}
