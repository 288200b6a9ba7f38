//! System identification: estimates the parameters of a filter from a recording, with standard
//! errors, and checks these over many recordings. The gain, polarity, delay and offset of the
//! recording are unknown too.
//!
//! ```text
//! cargo run --release --example fit_recording
//! ```

use std::error::Error;

use filterbank::fit::{Fit, LeastSquares, Recording, Recordings};
use filterbank::{Tune, filterbank};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand_distr::{Distribution, StandardNormal};

filterbank! {
    /// Two resonances of a plate.
    struct Plate: cascade(sample_rate = 16_000.0) {
        first:  peak(center = tune(500.0), q = tune(3.0), gain_db = tune(6.0)),
        second: peak(center = tune(2_000.0), q = tune(3.0), gain_db = tune(6.0)),
    }
}

/// The true centre, Q and gain of both resonances.
const PLATE: [f64; 6] = [440.0, 5.0, 12.0, 2_300.0, 8.0, 9.0];
/// The true gain, delay in samples and offset of the recording.
const CHAIN: [f64; 3] = [-0.5, LATE as f64, 0.2];
const LATE: usize = 12;
const SAMPLES: usize = 4_000;
/// Standard deviation of the noise in the recording; the input's is 1.
const NOISE: f64 = 0.05;
const RECORDINGS: u32 = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let plate = Plate::from_params(&PLATE)?;
    let truth = [&PLATE[..], &CHAIN].concat();
    let mut random = StdRng::seed_from_u64(1);

    let fit = identify(&plate, &mut random)?;
    println!("{:<16}  {:>8}  {:>18}", "parameter", "true", "found");
    for (index, name) in fit.names.iter().enumerate() {
        let (truth, found) = (truth[index], fit.params[index]);
        let error = fit.standard_errors[index].ok_or("the recording does not determine it")?;
        println!("{name:<16}  {truth:8.2}  {found:9.3} ± {error:6.3}");
    }
    println!("remaining error {:.4} rms, {}", fit.rms, fit.stop);
    assert!((fit.rms / NOISE - 1.0).abs() < 0.05, "only noise is left");

    // Intervals of ±1.96 standard errors must contain the true values in 95 of 100 cases.
    let (mut inside, mut total) = (0_u32, 0_u32);
    for _ in 0..RECORDINGS {
        let fit = identify(&plate, &mut random)?;
        for ((found, truth), error) in fit.params.iter().zip(&truth).zip(fit.standard_errors) {
            inside += u32::from(error.is_some_and(|e| (found - truth).abs() <= 1.96 * e));
            total += 1;
        }
    }
    let share = f64::from(inside) / f64::from(total);
    println!("{:.1} % of {total} intervals contain the true value", 100.0 * share);
    let deviation = (0.95 * 0.05 / f64::from(RECORDINGS)).sqrt();
    assert!((share - 0.95).abs() < 3.0 * deviation);
    Ok(())
}

/// Records the plate, and fits the model to the recording.
fn identify(plate: &Plate, random: &mut StdRng) -> Result<Fit, Box<dyn Error>> {
    let mut noise = || -> f64 { StandardNormal.sample(random) };
    let input: Vec<f64> = (0..SAMPLES).map(|_| noise()).collect();
    let mut output = [&[0.0; LATE], &input[..SAMPLES - LATE]].concat();
    plate.process(&mut plate.state(), &mut output);
    let [gain, _, offset] = CHAIN;
    for y in &mut output {
        *y = gain * *y + offset + NOISE * noise();
    }
    let recording = Recording::new(&input, &output)
        .gain(Tune::free(1.0))
        .delay(Tune::within(0.0, -50.0..=50.0))
        .offset(Tune::free(0.0));
    Ok(Recordings::new(&Plate::new()).with(recording).fit(&LeastSquares::new())?)
}
