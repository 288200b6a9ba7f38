//! A small network computes the frequency of a notch for each item of a batch: the gradient passes
//! through the filter to the network.
//!
//! Each item is a hum. The network gets its pitch, on a scale from -1 to 1, and learns which frequency
//! that is, because the notch must silence the hum.
//!
//! ```text
//! cargo run --release --example controlled_eq
//! ```

use std::error::Error;

use burn::module::{Module, Param};
use burn::tensor::{Device, Distribution, Tensor, TensorData};
use burn_optim::{AdamConfig, GradientsParams};
use filterbank::{Band, TunableCascade, Tune};
use filterbank_burn::Filter;

const SAMPLE_RATE: f64 = 8_000.0;
const BATCH: usize = 16;
const TIME: usize = 512;
const HIDDEN: usize = 16;
const STEPS: u64 = 300;

/// Two layers, and the filter that they control.
#[derive(Module, Debug)]
struct Model {
    weight: Param<Tensor<2>>,
    bias: Param<Tensor<2>>,
    readout: Param<Tensor<2>>,
    notch: Filter,
}

impl Model {
    fn new(device: &Device) -> Result<Self, Box<dyn Error>> {
        let notch = Band::notch(Tune::within(800.0, 200.0..=3_000.0), Tune::from(1.0));
        let notch = TunableCascade::new([("notch", notch)], SAMPLE_RATE)?;
        let random = |shape: [usize; 2]| {
            let deviation = (shape[0] as f64).sqrt().recip();
            Param::from_tensor(Tensor::random(shape, Distribution::Normal(0.0, deviation), device))
        };
        Ok(Self {
            weight: random([1, HIDDEN]),
            bias: random([1, HIDDEN]),
            readout: random([HIDDEN, 1]),
            notch: Filter::new(notch, device)?,
        })
    }

    /// The signals behind the notches: `pitch` is `[batch, 1]`.
    fn forward(&self, signals: Tensor<3>, pitch: Tensor<2>) -> Result<Tensor<3>, Box<dyn Error>> {
        let hidden = (pitch.matmul(self.weight.val()) + self.bias.val()).tanh();
        let free = hidden.matmul(self.readout.val()) + self.notch.free.val().unsqueeze();
        Ok(self.notch.forward_with(signals, free)?)
    }
}

/// Hums between 300 Hz and 2400 Hz, and the logarithm of their frequencies, from -1 to 1.
fn hums(step: u64, device: &Device) -> (Tensor<3>, Tensor<2>) {
    let (mut samples, mut pitches) = (Vec::new(), Vec::new());
    for item in 0..BATCH {
        // Evenly spread, by the golden ratio.
        let position = (0.618_034 * (step as f64 * BATCH as f64 + item as f64)).fract();
        let frequency = 300.0 * 8.0_f64.powf(position);
        let omega = std::f64::consts::TAU * frequency / SAMPLE_RATE;
        samples.extend((0..TIME).map(|n| (omega * n as f64).sin()));
        pitches.push(2.0 * position - 1.0);
    }
    let signals = Tensor::from_data(TensorData::new(samples, [BATCH, 1, TIME]), device);
    (signals, Tensor::from_data(TensorData::new(pitches, [BATCH, 1]), device))
}

fn main() -> Result<(), Box<dyn Error>> {
    let device = Device::flex().autodiff();
    device.seed(1);
    let (mut model, mut adam) = (Model::new(&device)?, AdamConfig::new().init());
    let (mut first, mut last) = (f64::NAN, f64::NAN);
    for step in 0..STEPS {
        let (signals, pitch) = hums(step, &device);
        // What is left of the hums, without the notch's start.
        let rest = model.forward(signals, pitch)?.slice([0..BATCH, 0..1, TIME / 2..TIME]);
        let loss = rest.powi_scalar(2).mean();
        last = loss.clone().try_into_data()?.try_cast_as::<f64>()?.as_slice::<f64>()?[0];
        first = if step == 0 { last } else { first };
        if step % 30 == 0 {
            println!("{step:4}  {last:.5}");
        }
        model =
            adam.step(0.02, model.clone(), GradientsParams::from_grads(loss.backward(), &model));
    }
    println!("the hums are {:.1} dB below the first ones", 10.0 * (first / last).log10());
    assert!(last < 0.1 * first);
    Ok(())
}
