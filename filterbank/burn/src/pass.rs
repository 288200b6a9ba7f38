//! A filter behind a module, and one forward pass through it.

use std::fmt::Debug;
use std::sync::Arc;

use filterbank::layer::{BatchShape, Layer, LayerError, LayerSample};
use filterbank::spec::DesignError;
use filterbank::tune::{Param, Unconstrained};
use filterbank::{Scalar, Tunable};

use crate::signals::Signals;

/// A filter of any type.
pub(crate) trait Design: Debug + Send + Sync {
    /// The free numbers of its specification.
    fn start(&self) -> Vec<f64>;

    /// The number of free numbers of a filter.
    fn params(&self) -> usize;

    /// The number of outputs.
    fn outputs(&self) -> usize;

    /// Filters a batch with free numbers `[1 or batch, params]`.
    fn forward(
        &self,
        shape: BatchShape,
        input: Signals,
        free: &[f64],
    ) -> Result<(Signals, Box<dyn Pass>), LayerError>;
}

/// A forward pass that can be taken back.
pub(crate) trait Pass: Debug + Send {
    /// From the derivatives of a loss by the output to those by the input and by the free numbers.
    fn backward(&mut self, slope: &Signals) -> Result<(Signals, Vec<f64>), LayerError>;
}

/// A filter that passes share.
#[derive(Debug)]
pub(crate) struct Shared<F>(Arc<Unconstrained<F>>);

impl<F> Shared<F> {
    pub(crate) fn new(filter: Unconstrained<F>) -> Self {
        Self(Arc::new(filter))
    }
}

impl<F> Clone for Shared<F> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<F: Tunable> Tunable for Shared<F> {
    type Filter<S: Scalar> = F::Filter<S>;

    fn sample_rate(&self) -> f64 {
        self.0.sample_rate()
    }

    fn params(&self) -> impl ExactSizeIterator<Item = Param<'_>> {
        self.0.params()
    }

    fn tuned<S: Scalar>(&self, params: &[S]) -> Result<Self::Filter<S>, DesignError> {
        self.0.tuned(params)
    }

    fn ends(&self) -> &[usize] {
        self.0.ends()
    }
}

impl<F: Tunable + Debug + Send + Sync + 'static> Design for Shared<F> {
    fn start(&self) -> Vec<f64> {
        self.0.start()
    }

    fn params(&self) -> usize {
        Tunable::params(self).len()
    }

    fn outputs(&self) -> usize {
        self.ends().len().max(1)
    }

    fn forward(
        &self,
        shape: BatchShape,
        input: Signals,
        free: &[f64],
    ) -> Result<(Signals, Box<dyn Pass>), LayerError> {
        let mut layer = Layer::new(self.clone(), free)?;
        let outputs = self.outputs();
        let output = match &input {
            Signals::Single(input) => Signals::Single(run(&mut layer, shape, input, outputs)?),
            Signals::Double(input) => Signals::Double(run(&mut layer, shape, input, outputs)?),
        };
        Ok((output, Box::new(Run { layer, input })))
    }
}

/// The output of a layer.
fn run<F: Tunable, T: LayerSample<Number = f64> + Default>(
    layer: &mut Layer<F>,
    shape: BatchShape,
    input: &[T],
    outputs: usize,
) -> Result<Vec<T>, LayerError> {
    let mut output = vec![T::default(); input.len() * outputs];
    layer.forward(shape, input, &mut output)?;
    Ok(output)
}

/// A layer after its forward pass.
#[derive(Debug)]
struct Run<F> {
    layer: Layer<F>,
    input: Signals,
}

impl<F: Tunable + Debug + Send> Pass for Run<F> {
    fn backward(&mut self, slope: &Signals) -> Result<(Signals, Vec<f64>), LayerError> {
        let Self { layer, input } = self;
        let mut gradient = vec![0.0; layer.params().len()];
        let input_slope = match (&*input, slope) {
            (Signals::Single(input), Signals::Single(slope)) => {
                let mut by_input = vec![0.0; input.len()];
                layer.backward(input, slope, &mut by_input, &mut gradient)?;
                Signals::Single(by_input)
            }
            (input, slope) => {
                let (input, slope) = (input.clone().widened(), slope.clone().widened());
                let mut by_input = vec![0.0; input.len()];
                layer.backward(&input, &slope, &mut by_input, &mut gradient)?;
                Signals::Double(by_input)
            }
        };
        Ok((input_slope, gradient))
    }
}
