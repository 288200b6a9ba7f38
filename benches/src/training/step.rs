//! One training step.

use std::error::Error;

use filterbank::fit::Adam;
use filterbank::run::FilterState;
use filterbank::{Dual, Scalar, Sensitivities};

use super::models::Model;

/// Target energy of each band's output, for white noise of energy 1.
const TARGET: [f64; 3] = [1.0, 0.5, 0.2];

/// A model in training.
pub struct Training<'a, M, const N: usize> {
    model: &'a M,
    /// The current parameters.
    pub params: [f64; N],
    adam: Adam,
    /// The state, kept from step to step without its derivatives.
    state: FilterState<f64>,
    output: Vec<f64>,
}

/// The results of a step, before the update of the parameters.
pub struct Seen {
    /// Mean squared distance of the energies from their targets.
    pub loss: f64,
    /// Energy of each band's output.
    pub energies: [f64; 3],
}

impl<'a, M: Model<N>, const N: usize> Training<'a, M, N> {
    /// Starts from the model's start values.
    pub fn new(model: &'a M, learning_rate: f64) -> Self {
        let (params, adam) = (model.start(), Adam::new(learning_rate));
        Self { model, params, adam, state: FilterState::default(), output: Vec::new() }
    }

    /// Designs the bank on dual numbers, filters, and updates the parameters.
    pub fn step(&mut self, samples: &[f64]) -> Result<Seen, Box<dyn Error>> {
        let bank = self.model.bank(&Dual::seed(self.params))?;
        let mut filter = Sensitivities::of_tangents(bank.sections(), bank.ends());
        if let Some(states) = (!self.state.sections().is_empty()).then(|| self.state.sections()) {
            filter.resume(states)?;
        }
        let values = bank.cast::<f64>();
        let time = samples.len();
        self.output.resize(3 * time, 0.0);
        values.process(&mut self.state, samples, &mut self.output)?;
        let rows = self.output.chunks_exact(time);
        let mut energies = [0.0; 3];
        for (energy, row) in energies.iter_mut().zip(rows) {
            *energy = row.iter().map(|y| y * y).sum::<f64>() / time as f64;
        }

        // The loss on dual numbers with a tangent for each energy.
        let loss = loss(&Dual::seed(energies));
        let slopes = loss.tangent().map(|slope| 2.0 * slope / time as f64);
        let mut gradient = [0.0; N];
        let by_output = |band: usize, _, y: f64| slopes[band] * y;
        filter.add_gradient(samples, &mut self.output, by_output, &mut gradient)?;
        self.adam.step(&mut self.params, &gradient)?;
        Ok(Seen { loss: loss.value(), energies })
    }
}

/// The mean squared distance from the target.
fn loss<S: Scalar>(energies: &[S; 3]) -> S {
    let squared = |(&energy, target): (&S, f64)| (energy - S::from_f64(target)).powi(2);
    energies.iter().zip(TARGET).map(squared).sum::<S>().scale(1.0 / 3.0)
}
