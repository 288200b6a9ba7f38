//! The operation that connects a filtered signal with what it was made from.
//!
//! The signal has been filtered before. On a backend without derivatives nothing is left to do; on
//! `Autodiff` the output gets a step that takes the pass back.

use std::sync::{Arc, Mutex, PoisonError};

#[cfg(feature = "flex")]
use burn::backend::Flex;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, TensorMetadata, backend_extension};
use burn::tensor::{DType, try_read_sync};

use crate::pass::Pass;
use crate::signals::Signals;

/// What the backward pass needs.
#[derive(Clone, Debug)]
pub struct Taken {
    pass: Arc<Mutex<Box<dyn Pass>>>,
    /// `[batch, channels, time]`
    input: [usize; 3],
    /// `[1 or batch, params]`
    free: [usize; 2],
    /// The type of the free numbers.
    dtype: DType,
}

impl Taken {
    pub(crate) fn new(
        pass: Box<dyn Pass>,
        input: [usize; 3],
        free: [usize; 2],
        dtype: DType,
    ) -> Self {
        Self { pass: Arc::new(Mutex::new(pass)), input, free, dtype }
    }
}

/// Connects an output with the input and the free numbers that it depends on.
#[backend_extension(Flex: cfg(feature = "flex"), Autodiff)]
pub trait FilterOperation: Backend {
    /// The output, with a step that takes the filter back where there are derivatives.
    fn connect(
        input: FloatTensor<Self>,
        free: FloatTensor<Self>,
        output: FloatTensor<Self>,
        taken: Taken,
    ) -> FloatTensor<Self>;
}

#[cfg(feature = "flex")]
impl FilterOperation for Flex {
    fn connect(
        _input: FloatTensor<Self>,
        _free: FloatTensor<Self>,
        output: FloatTensor<Self>,
        _taken: Taken,
    ) -> FloatTensor<Self> {
        output
    }
}

impl<B: Backend + FilterOperation, C: CheckpointStrategy> FilterOperation for Autodiff<B, C> {
    fn connect(
        input: FloatTensor<Self>,
        free: FloatTensor<Self>,
        output: FloatTensor<Self>,
        taken: Taken,
    ) -> FloatTensor<Self> {
        let nodes = [input.node(), free.node()];
        let output = output.into_primitive();
        match TakeBack.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(step) => step.finish(taken, output),
            OpsKind::UnTracked(step) => step.finish(output),
        }
    }
}

/// The step of a backward pass.
#[derive(Debug)]
struct TakeBack;

impl<B: Backend> Backward<B, 2> for TakeBack {
    type State = Taken;

    fn backward(self, ops: Ops<Taken, 2>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let Ops { parents: [input, free], node, state } = ops;
        let slope = grads.consume::<B>(&node);
        let device = slope.device();
        let data = try_read_sync(B::float_into_data(slope));
        let data = data.expect("this platform reads tensors at once").expect("a readable gradient");
        let slope = Signals::of_data(&data).expect("a gradient has the type of its output");
        let mut pass = state.pass.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = pass.backward(&slope);
        let (by_input, by_free) = taken.expect("burn takes a step back once, with its own shape");
        if let Some(input) = input {
            let data = by_input.into_data(state.input);
            grads.register::<B>(input.id, B::float_from_data(data, &device));
        }
        if let Some(free) = free {
            let data = Signals::narrowed(by_free, state.dtype).into_data(state.free);
            grads.register::<B>(free.id, B::float_from_data(data, &device));
        }
    }
}
