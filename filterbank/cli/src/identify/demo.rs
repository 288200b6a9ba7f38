//! The example: many noisy recordings of a known resonator, identified.

use rand::SeedableRng;
use rand::rngs::StdRng;
use rand_distr::{Distribution, StandardNormal};

use super::args::Args;
use super::model::Mode;
use super::recording::Recording;
use super::report::report;
use super::solve::solve;
use crate::shared::failure::Failure;
use crate::shared::output::print;
use crate::shared::progress::Progress;

const TRUTH: [Mode<f64>; 3] = [
    Mode { frequency: 440.0, decay: 0.6, amplitude: 0.5, phase: 0.3 },
    Mode { frequency: 1_187.0, decay: 0.35, amplitude: 0.3, phase: -1.1 },
    Mode { frequency: 2_431.0, decay: 0.2, amplitude: 0.4, phase: 0.8 },
];
const SAMPLE_RATE: f64 = 16_000.0;
const SAMPLES: usize = 6_000;
/// Standard deviation of the noise.
const NOISE: f64 = 0.02;
const PROGRESS: &str = "{wide_bar} {pos}/{len}  {eta} left";

/// Prints the modes of one recording, then counts over many recordings how often the error bars
/// hold the true values.
pub fn run(args: &Args) -> Result<(), Failure> {
    let clean = Recording::of_modes(&TRUTH, SAMPLE_RATE, SAMPLES);
    let mut random = StdRng::seed_from_u64(args.seed);
    print(&introduction())?;
    print(&report(&noisy(&clean, &mut random), TRUTH.len())?)?;
    if args.repeats == 0 {
        return Ok(());
    }

    let mut progress = Progress::new(args.repeats.into(), PROGRESS);
    let (mut inside, mut total) = (0_u32, 0_u32);
    for repeat in 0..args.repeats {
        let (held, values) = held(&noisy(&clean, &mut random))?;
        inside += held;
        total += values;
        progress.show(repeat.into(), String::new);
    }
    drop(progress);

    let share = f64::from(inside) / f64::from(total);
    print(&format!(
        "\nover {} recordings the truth lies within 1.96 standard errors in {:.1} % of all values\n",
        args.repeats,
        100.0 * share
    ))?;
    // Three standard deviations, with all values of one recording counted as one.
    let margin = 3.0 * (0.95 * 0.05 / f64::from(args.repeats)).sqrt();
    if (share - 0.95).abs() > margin {
        return Err(Failure::Result(format!("the share is not 95 ± {:.1} %", 100.0 * margin)));
    }
    Ok(())
}

fn introduction() -> String {
    let seconds = SAMPLES as f64 / SAMPLE_RATE;
    let modes = TRUTH.map(|Mode { frequency, decay, amplitude, phase }| {
        format!("      {frequency} Hz, {decay} s, amplitude {amplitude}, phase {phase} rad\n")
    });
    format!(
        "A synthetic resonator of three modes in noise of {NOISE} rms, {seconds} s:\n{}\n",
        modes.concat()
    )
}

/// The recording with new noise.
fn noisy(clean: &Recording, random: &mut StdRng) -> Recording {
    let mut recording = clean.clone();
    for sample in &mut recording.output {
        let noise: f64 = StandardNormal.sample(random);
        *sample += NOISE * noise;
    }
    recording
}

/// The number of true values within 1.96 standard errors (95 % expected), and the number of values.
fn held(recording: &Recording) -> Result<(u32, u32), Failure> {
    let fit = solve(recording, TRUTH.len())?;
    let undetermined = || Failure::Result("the modes are not determined".into());
    let errors: Option<Vec<f64>> = fit.standard_errors.iter().copied().collect();
    let errors = errors.ok_or_else(undetermined)?;
    let truth = TRUTH.iter().flat_map(Mode::params);
    let (mut inside, mut total) = (0, 0);
    for ((value, error), truth) in fit.params.iter().zip(&errors).zip(truth) {
        inside += u32::from((value - truth).abs() <= 1.96 * error);
        total += 1;
    }
    Ok((inside, total))
}
