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
//! With the feature `serde`, a [`TunableCascade`] or a [`TunableBank`] is read from, and written to,
//! a map with the words of the grammar. In TOML:
//!
//! ```toml
//! sample_rate = 48_000
//!
//! [[bands]]
//! name = "rumble"
//! shape = "highpass"
//! method = "butterworth"
//! order = 4
//! cutoff = 80
//!
//! [[bands]]
//! name = "body"
//! shape = "peak"
//! center = { start = 250, low = 120, high = 500 }
//! q = 1
//! gain_db = { start = -2.5 }
//! ```
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
#[cfg(feature = "serde")]
mod saved;
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
