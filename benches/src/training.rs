//! One step of the example `train_three_band`, on its own models. The example is a program, not a
//! library: the step itself is written here again.

use std::error::Error;

use filterbank::fit::Adam;
use filterbank::{BankState, Dual, Scalar};

use crate::filters::noise;

/// The example's two models.
#[allow(missing_docs, clippy::missing_errors_doc, reason = "the example's own file")]
#[path = "../../examples/train_three_band/models.rs"]
pub mod models;

use models::Model;

/// Samples that a step sees.
pub const SAMPLES: usize = 1_024;
const TARGET: [f64; 3] = [1.0, 0.5, 0.2];

/// A training under way.
pub struct Training<M, const N: usize> {
    model: M,
    params: [f64; N],
    adam: Adam,
    state: BankState<Dual<f64, N>>,
    samples: Vec<f64>,
}

impl<M: Model<N>, const N: usize> Training<M, N> {
    /// From the model's own start.
    pub fn new(model: M) -> Self {
        // White noise of energy 1.
        let samples = noise::<f64>(SAMPLES).iter().map(|x| x * 12.0_f64.sqrt()).collect();
        let params = model.start();
        Self { model, params, adam: Adam::new(1e-3), state: BankState::default(), samples }
    }

    /// The numbers as they are now.
    pub fn params(&self) -> Vec<f64> {
        self.params.to_vec()
    }

    /// Designs the bank, filters, and moves the parameters; returns the loss before that.
    pub fn step(&mut self) -> Result<f64, Box<dyn Error>> {
        let bank = self.model.bank(&Dual::seed(self.params))?;
        self.state.detach();
        let mut sums = [Dual::<f64, N>::default(); 3];
        let mut output = sums;
        for &sample in &self.samples {
            bank.tick(&mut self.state, Dual::constant(sample), &mut output)?;
            for (sum, y) in sums.iter_mut().zip(output) {
                *sum += y * y;
            }
        }
        let squared = |(sum, target): (Dual<f64, N>, f64)| {
            (sum.scale(1.0 / SAMPLES as f64) - Dual::constant(target)).powi(2)
        };
        let loss = sums.into_iter().zip(TARGET).map(squared).sum::<Dual<f64, N>>();
        let loss = loss.scale(1.0 / 3.0);
        self.adam.step(&mut self.params, loss.tangent())?;
        Ok(loss.value())
    }
}
