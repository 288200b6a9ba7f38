//! The modules.

use std::fmt::Debug;
use std::sync::Arc;

use burn::backend::Dispatch;
use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor, TensorData};
use filterbank::Tunable;
use filterbank::layer::BatchShape;
use filterbank::tune::{SingleOutput, Unconstrained, UnconstrainedError};

use crate::error::FilterError;
use crate::operation::{FilterOperation, Taken};
use crate::pass::{Design, Shared};
use crate::signals::Signals;

/// A filter with one output, as a module: `[batch, channels, time]` to `[batch, channels, time]`.
///
/// ```
/// use burn::module::Module;
/// use burn::tensor::{Device, Distribution, Tensor};
/// use filterbank::{Band, TunableCascade, Tune};
/// use filterbank_burn::Filter;
///
/// let peak = Band::peak(Tune::free(1_000.0), Tune::free(1.0), Tune::within(0.0, -12.0..=12.0));
/// let eq = TunableCascade::new([("body", peak)], 48_000.0)?;
/// let device = Device::flex().autodiff();
/// let filter = Filter::new(eq, &device)?;
/// assert_eq!(filter.num_params(), 3);
///
/// let input = Tensor::<3>::random([2, 1, 64], Distribution::Default, &device);
/// let loss = filter.forward(input)?.powi_scalar(2).mean();
/// let gradients = loss.backward();
/// assert!(filter.free.val().grad(&gradients).is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Module, Debug)]
pub struct Filter {
    /// The [free numbers](Unconstrained) of the filter, `[params]`.
    pub free: Param<Tensor<1>>,
    #[module(skip)]
    design: Arc<dyn Design>,
}

impl Filter {
    /// A filter and its values in the specification, on a device.
    ///
    /// # Errors
    ///
    /// As [`Unconstrained::new`].
    pub fn new<F>(filter: F, device: &Device) -> Result<Self, UnconstrainedError>
    where
        F: SingleOutput + Debug + Send + Sync + 'static,
    {
        Ok(Self::of(Unconstrained::new(filter)?, device))
    }

    /// The same with parameters that have been [ordered](Unconstrained::ordered).
    pub fn of<F>(filter: Unconstrained<F>, device: &Device) -> Self
    where
        F: SingleOutput + Debug + Send + Sync + 'static,
    {
        let design: Arc<dyn Design> = Arc::new(Shared::new(filter));
        Self { free: free_numbers(&*design, device), design }
    }

    /// Filters a batch from rest.
    ///
    /// # Errors
    ///
    /// If the input is neither `f32` nor `f64`, or the filter cannot be designed.
    pub fn forward(&self, input: Tensor<3>) -> Result<Tensor<3>, FilterError> {
        self.forward_with(input, self.free.val().unsqueeze())
    }

    /// Filters a batch with other free numbers, `[1 or batch, params]`, which a network may have
    /// computed: one filter for all items, or one filter for each.
    ///
    /// # Errors
    ///
    /// As [`forward`](Filter::forward), and if the shape of `free` is wrong.
    pub fn forward_with(
        &self,
        input: Tensor<3>,
        free: Tensor<2>,
    ) -> Result<Tensor<3>, FilterError> {
        let shape = input.dims();
        filtered(&*self.design, input, free, shape)
    }
}

/// A bank as a module: `[batch, channels, time]` to `[batch, channels, bands, time]`.
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use filterbank::{Band, Method, TunableBank, Tune};
/// use filterbank_burn::FilterBank;
///
/// let method = Method::Butterworth { order: 2 };
/// let edge = || Tune::free(1_000.0);
/// let bands = [("low", Band::lowpass(method, edge())), ("high", Band::highpass(method, edge()))];
/// let device = Device::flex();
/// let split = FilterBank::new(TunableBank::new(bands, 48_000.0)?, &device)?;
/// let output = split.forward(Tensor::zeros([3, 2, 100], &device))?;
/// assert_eq!(output.dims(), [3, 2, 2, 100]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Module, Debug)]
pub struct FilterBank {
    /// The [free numbers](Unconstrained) of the bank, `[params]`.
    pub free: Param<Tensor<1>>,
    #[module(skip)]
    design: Arc<dyn Design>,
}

impl FilterBank {
    /// A bank and its values in the specification, on a device.
    ///
    /// # Errors
    ///
    /// As [`Unconstrained::new`].
    pub fn new<F>(bank: F, device: &Device) -> Result<Self, UnconstrainedError>
    where
        F: Tunable + Debug + Send + Sync + 'static,
    {
        Ok(Self::of(Unconstrained::new(bank)?, device))
    }

    /// The same with parameters that have been [ordered](Unconstrained::ordered).
    pub fn of<F>(bank: Unconstrained<F>, device: &Device) -> Self
    where
        F: Tunable + Debug + Send + Sync + 'static,
    {
        let design: Arc<dyn Design> = Arc::new(Shared::new(bank));
        Self { free: free_numbers(&*design, device), design }
    }

    /// Filters a batch from rest.
    ///
    /// # Errors
    ///
    /// If the input is neither `f32` nor `f64`, or the bank cannot be designed.
    pub fn forward(&self, input: Tensor<3>) -> Result<Tensor<4>, FilterError> {
        self.forward_with(input, self.free.val().unsqueeze())
    }

    /// Filters a batch with other free numbers, `[1 or batch, params]`, which a network may have
    /// computed: one bank for all items, or one bank for each.
    ///
    /// # Errors
    ///
    /// As [`forward`](FilterBank::forward), and if the shape of `free` is wrong.
    pub fn forward_with(
        &self,
        input: Tensor<3>,
        free: Tensor<2>,
    ) -> Result<Tensor<4>, FilterError> {
        let [batch, channels, time] = input.dims();
        filtered(&*self.design, input, free, [batch, channels, self.design.outputs(), time])
    }
}

/// The parameter tensor of a design.
fn free_numbers(design: &dyn Design, device: &Device) -> Param<Tensor<1>> {
    let start = design.start();
    let count = start.len();
    Param::from_tensor(Tensor::from_data(TensorData::new(start, [count]), device))
}

/// Checks that a device has filters.
fn check_device(device: &Device, argument: &'static str) -> Result<(), FilterError> {
    #[cfg(feature = "flex")]
    if device.clone().without_autodiff() == Device::flex() {
        return Ok(());
    }
    Err(FilterError::Device { argument, found: format!("{device:?}") })
}

/// Filters a batch; the output has the given shape.
fn filtered<const D: usize>(
    design: &dyn Design,
    input: Tensor<3>,
    free: Tensor<2>,
    shape: [usize; D],
) -> Result<Tensor<D>, FilterError> {
    let (dims, free_dims) = (input.dims(), free.dims());
    let (expected, found) = (design.params(), free_dims[1]);
    if expected != found {
        return Err(FilterError::Params { expected, found });
    }
    check_device(&input.device(), "input")?;
    check_device(&free.device(), "free")?;
    let [batch, channels, time] = dims;
    let signals = Signals::of(&input, "input")?;
    let numbers = Signals::of(&free, "free")?;
    let (dtype, free_dtype) = (signals.dtype(), numbers.dtype());
    let batch = BatchShape { batch, channels, time };
    let (output, pass) = design.forward(batch, signals, &numbers.widened())?;
    let device = if free.is_autodiff() { free.device() } else { input.device() };
    let output = Tensor::<D>::from_data(output.into_data(shape), (&device, dtype));
    let taken = Taken::new(pass, dims, free_dims, free_dtype);
    let output = <Dispatch as FilterOperation>::connect(
        input.into_dispatch(),
        free.into_dispatch(),
        output.into_dispatch(),
        taken,
    );
    Ok(Tensor::from_dispatch(output))
}
