//! Filters as functions of parameters.
//!
//! | the bands are chosen | use |
//! |---|---|
//! | when the program is written | [`filterbank!`](crate::filterbank!) |
//! | while the program runs, in series | [`TunableCascade`] |
//! | while the program runs, in parallel | [`TunableBank`] |
//! | they are not bands | a type of your own that implements [`Tunable`] |
//!
//! Each parameter has a name, a value, bounds and a [`Quantity`](crate::spec::Quantity), which
//! decides its unit and the scale on which fits search it.

#[cfg(feature = "alloc")]
mod bands;
#[cfg(feature = "alloc")]
mod bank;
#[cfg(feature = "alloc")]
mod cascade;
mod tunable;
#[cfg(feature = "alloc")]
mod value;

#[cfg(feature = "alloc")]
pub use bank::TunableBank;
#[cfg(feature = "alloc")]
pub use cascade::TunableCascade;
pub(crate) use tunable::wrong_count;
pub use tunable::{Param, SingleOutput, Tunable, UNBOUNDED};
#[cfg(feature = "alloc")]
pub use value::{Tune, parse_band};
