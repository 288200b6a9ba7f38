//! Trains a bank of three bands with Adam, until each band's output has a given energy for white
//! noise: a trainable three-band EQ.
//!
//! The gradient is exact: the design runs on dual numbers, and their tangents weight the outputs of
//! sensitivity filters. Each step sees new samples; the state of the filters is kept between steps.
//!
//! ```text
//! cargo run --release --example train_three_band
//! ```

use std::error::Error;

use filterbank::fit::Adam;
use filterbank::run::FilterState;
use filterbank::{Band, Bank, DesignError, Dual, Method, Scalar, Sensitivities};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand_distr::{Distribution, StandardNormal};

/// Target energies of the outputs, for white noise of energy 1.
const TARGET: [f64; 3] = [1.0, 0.5, 0.2];
const SAMPLE_RATE: f64 = 48_000.0;
const STEPS: u32 = 2_000;
const SAMPLES: usize = 1_024;
const LEARNING_RATE: f64 = 0.02;

/// Unbounded parameters: four for the edges, then the logarithms of three gains.
type Params<S> = [S; 7];

fn main() -> Result<(), Box<dyn Error>> {
    let mut random = StdRng::seed_from_u64(1);
    let mut noise = |count: usize| -> Vec<f64> {
        StandardNormal.sample_iter(&mut random).take(count).collect()
    };
    let [low, high] = [0.2_f64, 0.6];
    let logit = |part: f64| (part / (1.0 - part)).ln();
    let width = (high - low) / (1.0 - low);
    let mut params = [logit(low), logit(low), logit(width), logit(high), 0.0, 0.0, 0.0];
    let mut adam = Adam::new(LEARNING_RATE);
    let mut state = bank(&params)?.state();

    println!("{:>6}  {:>10}  {:>7} {:>7} {:>7}", "step", "loss", "low", "mid", "high");
    for step in 0..STEPS {
        // The learning rate decays exponentially to a hundredth.
        adam.set_learning_rate(LEARNING_RATE * 0.01_f64.powf(f64::from(step) / f64::from(STEPS)));
        let (energies, gradient) = gradient(&params, &mut state, &noise(SAMPLES))?;
        adam.step(&mut params, &gradient)?;
        if step % 200 == 0 {
            let ([low, mid, high], loss) = (energies, loss(energies));
            println!("{step:6}  {loss:10.6}  {low:7.4} {mid:7.4} {high:7.4}");
        }
    }

    let (trained, samples) = (bank(&params)?, noise(1 << 18));
    let mut output = vec![0.0; 3 * samples.len()];
    trained.process(&mut trained.state(), &samples, &mut output)?;
    println!("\n{:>5}  {:>7}  {:>7}", "band", "target", "energy");
    for ((name, target), energy) in ["low", "mid", "high"].iter().zip(TARGET).zip(energies(&output))
    {
        println!("{name:>5}  {target:7.4}  {energy:7.4}");
        assert!((energy / target - 1.0).abs() < 0.05);
    }
    Ok(())
}

/// Butterworth bands. For any parameters, the edges lie between 0 and the Nyquist frequency and the
/// gains are above 0.
fn bank<S: Scalar>(params: &Params<S>) -> Result<Bank<S>, DesignError> {
    let [low_cutoff, mid_low, mid_width, high_cutoff, gains @ ..] = *params;
    let nyquist = SAMPLE_RATE / 2.0;
    let logistic = |x: S| (S::one() + (-x).exp()).recip();
    let low = logistic(mid_low).scale(nyquist);
    let high = low + (S::from_f64(nyquist) - low) * logistic(mid_width);
    let method = Method::Butterworth { order: 2 };
    let bands = [
        Band::lowpass(method, logistic(low_cutoff).scale(nyquist)),
        Band::bandpass(method, low, high),
        Band::highpass(method, logistic(high_cutoff).scale(nyquist)),
    ];
    let mut cascades = Vec::new();
    for (band, gain) in bands.iter().zip(gains) {
        cascades.push(band.design(SAMPLE_RATE)?.with_gain(gain.exp()));
    }
    Bank::from_cascades(cascades)
}

/// The energies of the outputs, and the derivative of the loss by each parameter.
fn gradient(
    params: &Params<f64>,
    state: &mut FilterState<f64>,
    samples: &[f64],
) -> Result<([f64; 3], Params<f64>), Box<dyn Error>> {
    let bank = bank(&Dual::seed(*params))?;
    let mut sensitivities = Sensitivities::of_tangents(bank.sections(), bank.ends());
    sensitivities.resume(state.sections())?;

    let mut output = vec![0.0; 3 * samples.len()];
    bank.cast::<f64>().process(state, samples, &mut output)?;
    let energies = energies(&output);

    // The derivative of the loss by each output sample, divided by the sample.
    let slopes = [0, 1, 2].map(|i| 4.0 / 3.0 * (energies[i] - TARGET[i]) / samples.len() as f64);
    let slope = |band: usize, _, y: f64| slopes[band] * y;
    let mut gradient = [0.0; 7];
    sensitivities.add_gradient(samples, &mut output, slope, &mut gradient)?;
    Ok((energies, gradient))
}

/// The mean squared distance from the target.
fn loss(energies: [f64; 3]) -> f64 {
    energies.iter().zip(TARGET).map(|(energy, target)| (energy - target).powi(2)).sum::<f64>() / 3.0
}

/// The mean square of each band's output.
fn energies(output: &[f64]) -> [f64; 3] {
    let time = output.len() / 3;
    std::array::from_fn(|band| {
        output[band * time..][..time].iter().map(|y| y * y).sum::<f64>() / time as f64
    })
}
