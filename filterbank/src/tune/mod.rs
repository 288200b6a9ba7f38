//! Filters as functions of parameters.
//!
//! | bands are chosen | use |
//! |---|---|
//! | at compile time | [`filterbank!`](crate::filterbank!) |
//! | at run time, in series | [`TunableCascade`] |
//! | at run time, in parallel | [`TunableBank`] |
//! | not at all: the filter has no bands | a type of your own that implements [`Tunable`] |
//!
//! | an optimiser may set any numbers | use |
//! |---|---|
//! | for the parameters of a filter | [`Unconstrained`] |
//! | for raw coefficients | [`StableCascade`] |
//!
//! Each parameter has a name, a value, bounds and a [`Quantity`](crate::spec::Quantity), which
//! determines its unit and the scale on which fits search it and knobs turn it: see [`Param`].

#[cfg(feature = "alloc")]
mod axis;
#[cfg(feature = "alloc")]
mod bands;
#[cfg(feature = "alloc")]
mod bank;
mod bounds;
#[cfg(feature = "alloc")]
mod cascade;
#[cfg(feature = "alloc")]
mod free;
mod knob;
mod text;
mod tunable;
#[cfg(feature = "alloc")]
mod value;

#[cfg(feature = "alloc")]
pub(crate) use axis::Axis;
#[cfg(feature = "alloc")]
pub use bank::TunableBank;
pub(crate) use bounds::{clamp, within};
#[cfg(feature = "alloc")]
pub use cascade::TunableCascade;
#[cfg(feature = "alloc")]
pub use free::{StableCascade, Unconstrained, UnconstrainedError};
pub use text::{ParseValueError, ValueText};
pub(crate) use tunable::wrong_count;
pub use tunable::{Param, SingleOutput, Tunable, UNBOUNDED};
#[cfg(feature = "alloc")]
pub use value::{Tune, parse_band};
