//! A filter between two networks, trained as one model by exact gradients.
//!
//! ```text
//! control ─► network ─┬─ drive ──► tanh(drive · saw) ─┐
//!                     └─ cutoff, q ────────────────► filter ─► amount · tanh(output) ─► signal
//! ```
//!
//! The model learns to sound like an instrument that it does not know: how drive, cutoff and Q follow
//! a control, and the amount. The gradient passes through the filter to its parameters, one set for
//! each item of the batch, and on to its input.
//!
//! ```text
//! cargo run --release --example through_the_filter
//! ```

use std::error::Error;

use filterbank::fit::Adam;
use filterbank::layer::{BatchShape, Layer};
use filterbank::{Band, Scalar, TunableCascade, Tune, jacobian};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const ITEMS: usize = 8;
const TIME: usize = 512;
const SHAPE: BatchShape = BatchShape { batch: ITEMS, channels: 1, time: TIME };
const HIDDEN: usize = 6;
const STEPS: u32 = 1_000;

/// Of the network in front: a hidden layer on one control, and three outputs.
type Weights<S> = [S; 2 * HIDDEN + 3 * (HIDDEN + 1)];
/// Cutoff in Hz, Q and drive of each item.
type Voices = [[f64; 3]; ITEMS];

fn main() -> Result<(), Box<dyn Error>> {
    let mut random = StdRng::seed_from_u64(1);
    let weights: Weights<f64> = std::array::from_fn(|_| random.random_range(-0.5..0.5));
    let mut params = [&weights[..], &[1.0]].concat(); // the last one is the amount
    let mut adam = Adam::new(0.02);
    let bounds = (Tune::within(1_000.0, 20.0..=20_000.0), Tune::within(1.0, 0.1..=50.0));
    let band = Band::resonant_lowpass(bounds.0, bounds.1);
    let filter = TunableCascade::new([("filter", band)], 48_000.0)?;
    let mut layer = Layer::new(filter, &[1_000.0, 1.0].repeat(ITEMS))?;

    let (mut first, mut last) = (None, 0.0);
    for step in 0..STEPS {
        adam.set_learning_rate(0.02 * 0.02_f64.powf(f64::from(step) / f64::from(STEPS)));
        let controls = std::array::from_fn(|_| random.random_range(0.0..1.0));
        let (_, output) = filtered(&mut layer, &controls.map(instrument))?;
        let wanted: Vec<f64> = output.iter().map(|y| 0.8 * y.tanh()).collect();
        let (loss, gradient) = gradient(&mut layer, &params, &controls, &wanted)?;
        adam.step(&mut params, &gradient)?;
        if step % 100 == 0 {
            println!("step {step:4}  loss {loss:.2e}");
        }
        (first, last) = (first.or(Some(loss)), loss);
    }
    println!("\ncontrol   cutoff  wanted");
    let weights = params.first_chunk().ok_or("too few")?;
    for control in [0.1, 0.5, 0.9] {
        let ([found, ..], [wanted, ..]) = (voice(weights, control), instrument(control));
        println!("{control:7}  {found:7.0} {wanted:7.0}");
        assert!((found / wanted - 1.0).abs() < 0.1);
    }
    assert!(last < 0.01 * first.ok_or("no step")?);
    Ok(())
}

/// Cutoff, Q and drive of the instrument.
fn instrument(control: f64) -> [f64; 3] {
    [400.0 * 12.0_f64.powf(control), 0.8 + 2.0 * control, 1.0 + 2.0 * control]
}

/// Cutoff, Q and drive by the network: its outputs are logarithms.
fn voice<S: Scalar>(weights: &Weights<S>, control: f64) -> [S; 3] {
    let (front, back) = weights.split_at(2 * HIDDEN);
    let unit = |w: &[S; 2]| (w[0].scale(control) + w[1]).tanh();
    let hidden: Vec<S> = front.as_chunks().0.iter().map(unit).collect();
    let output = |row: usize| {
        let row = &back[row * (HIDDEN + 1)..];
        row[HIDDEN] + hidden.iter().zip(row).map(|(h, w)| *h * *w).sum::<S>()
    };
    let typical = [1_200.0, 1.5, 2.0];
    std::array::from_fn(|index| output(index).exp().scale(typical[index]))
}

fn saw(n: usize) -> f64 {
    (n % 218) as f64 / 109.0 - 1.0
}

/// The input and the output of the filter.
fn filtered(
    layer: &mut Layer<TunableCascade>,
    voices: &Voices,
) -> Result<(Vec<f64>, Vec<f64>), Box<dyn Error>> {
    let driven = |drive: f64| (0..TIME).map(move |n| (drive * saw(n)).tanh());
    let input: Vec<f64> = voices.iter().flat_map(|[.., drive]| driven(*drive)).collect();
    let mut output = vec![0.0; input.len()];
    layer.retune(&voices.iter().flat_map(|voice| voice[..2].to_vec()).collect::<Vec<_>>())?;
    layer.forward(SHAPE, &input, &mut output)?;
    Ok((input, output))
}

/// The mean squared error, and its derivative by each parameter.
fn gradient(
    layer: &mut Layer<TunableCascade>,
    params: &[f64],
    controls: &[f64; ITEMS],
    wanted: &[f64],
) -> Result<(f64, Vec<f64>), Box<dyn Error>> {
    let weights: &Weights<f64> = params.first_chunk().ok_or("too few")?;
    let amount = params[weights.len()];
    // The small network forwards, by dual numbers: a row for each item and output.
    let Ok((_, by_weights)) =
        jacobian(weights, |w| controls.map(|c| voice(w, c)).as_flattened().to_vec());
    let voices = controls.map(|control| voice(weights, control));
    let (input, output) = filtered(layer, &voices)?;

    // Backwards from the loss to the output of the filter, …
    let (mut gradient, mut loss, share) = (vec![0.0; params.len()], 0.0, 1.0 / wanted.len() as f64);
    let mut slope = vec![0.0; output.len()];
    for ((slope, y), wanted) in slope.iter_mut().zip(&output).zip(wanted) {
        let error = amount * y.tanh() - wanted;
        loss += share * error * error;
        gradient[weights.len()] += 2.0 * share * error * y.tanh();
        *slope = 2.0 * share * error * amount * (1.0 - y.tanh().powi(2));
    }
    // … through the filter to its input and its parameters, …
    let (mut by_input, mut by_params) = (vec![0.0; input.len()], [0.0; 2 * ITEMS]);
    layer.backward(&input, &slope, &mut by_input, &mut by_params)?;
    // … and to the weights of the network in front.
    for item in 0..ITEMS {
        let signals = by_input.iter().zip(&input).skip(item * TIME).take(TIME).enumerate();
        let by_drive = signals.map(|(n, (by, x))| by * (1.0 - x * x) * saw(n)).sum();
        for (output, by) in
            [by_params[2 * item], by_params[2 * item + 1], by_drive].iter().enumerate()
        {
            let row = by_weights.row(3 * item + output);
            gradient.iter_mut().zip(row).for_each(|(sum, derivative)| *sum += by * derivative);
        }
    }
    Ok((loss, gradient))
}
