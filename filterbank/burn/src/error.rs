//! What a module refuses.

use std::error::Error;
use std::fmt;

use burn::tensor::DType;
use filterbank::layer::LayerError;

/// A call that a module refuses.
#[derive(Debug)]
#[non_exhaustive]
pub enum FilterError {
    /// Signals or parameters that are neither `f32` nor `f64`.
    Type {
        /// The argument.
        argument: &'static str,
        /// Its type.
        found: DType,
    },
    /// A wrong number of parameters.
    Params {
        /// The number of parameters of the filter.
        expected: usize,
        /// The last dimension of the tensor.
        found: usize,
    },
    /// A tensor on a device whose backend has no filters.
    Device {
        /// The argument.
        argument: &'static str,
        /// Its device.
        found: String,
    },
    /// A tensor that cannot be read.
    Read(Box<dyn Error + Send + Sync>),
    /// What the layer inside refuses.
    Layer(LayerError),
}

impl From<LayerError> for FilterError {
    fn from(error: LayerError) -> Self {
        Self::Layer(error)
    }
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type { argument, found } => {
                write!(f, "`{argument}` holds {found:?}, but must hold F32 or F64")
            }
            Self::Params { expected, found } => write!(
                f,
                "`free` holds {found} numbers for each filter, but must hold {expected}: \
                 [1 or batch, params]"
            ),
            Self::Device { argument, found } => {
                write!(f, "`{argument}` is on {found}, but must be on a device of the backend Flex")
            }
            Self::Read(error) => write!(f, "a tensor cannot be read: {error}"),
            Self::Layer(error) => error.fmt(f),
        }
    }
}

impl Error for FilterError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Layer(error) => Some(error),
            Self::Read(error) => Some(&**error),
            Self::Type { .. } | Self::Params { .. } | Self::Device { .. } => None,
        }
    }
}
