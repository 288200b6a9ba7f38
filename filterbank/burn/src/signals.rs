//! Samples of either type, in and out of tensors.

use burn::tensor::{DType, Tensor, TensorData};

use crate::error::FilterError;

/// The samples of a tensor.
#[derive(Clone, Debug)]
pub(crate) enum Signals {
    /// Of `f32`.
    Single(Vec<f32>),
    /// Of `f64`.
    Double(Vec<f64>),
}

impl Signals {
    /// The samples of a tensor, in order.
    pub(crate) fn of<const D: usize>(
        tensor: &Tensor<D>,
        argument: &'static str,
    ) -> Result<Self, FilterError> {
        let data = tensor.try_to_data().map_err(|error| FilterError::Read(Box::new(error)))?;
        Self::of_data(&data).ok_or(FilterError::Type { argument, found: data.dtype() })
    }

    /// `None` if they are of another type.
    pub(crate) fn of_data(data: &TensorData) -> Option<Self> {
        match data.dtype() {
            DType::F32 => Some(Self::Single(data.as_slice::<f32>().ok()?.to_vec())),
            DType::F64 => Some(Self::Double(data.as_slice::<f64>().ok()?.to_vec())),
            _ => None,
        }
    }

    pub(crate) fn dtype(&self) -> DType {
        match self {
            Self::Single(_) => DType::F32,
            Self::Double(_) => DType::F64,
        }
    }

    /// The same numbers as `f64`.
    pub(crate) fn widened(self) -> Vec<f64> {
        match self {
            Self::Single(samples) => samples.into_iter().map(f64::from).collect(),
            Self::Double(samples) => samples,
        }
    }

    /// `f64` as the given type.
    #[allow(clippy::cast_possible_truncation, reason = "rounding to f32 is the purpose")]
    pub(crate) fn narrowed(numbers: Vec<f64>, dtype: DType) -> Self {
        match dtype {
            DType::F32 => Self::Single(numbers.into_iter().map(|number| number as f32).collect()),
            _ => Self::Double(numbers),
        }
    }

    pub(crate) fn into_data<const D: usize>(self, shape: [usize; D]) -> TensorData {
        match self {
            Self::Single(samples) => TensorData::new(samples, shape),
            Self::Double(samples) => TensorData::new(samples, shape),
        }
    }
}
