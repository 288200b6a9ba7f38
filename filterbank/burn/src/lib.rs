//! Filters of [`filterbank`] as modules of [burn](https://burn.dev): designed, trained and saved with
//! the modules around them.
//!
//! | module | signals |
//! |---|---|
//! | [`Filter`] | `[batch, channels, time]` to `[batch, channels, time]` |
//! | [`FilterBank`] | `[batch, channels, time]` to `[batch, channels, bands, time]` |
//!
//! A module has one parameter tensor: the [free numbers](filterbank::tune::Unconstrained) of its
//! filter, which any optimiser may move as it likes. A network may also compute them, one set for each
//! item of a batch.
//!
//! # What it costs
//!
//! Filters run on the processor, in `f64`, for signals of `f32` and `f64`. Forwards, input and
//! parameters are copied from the tensors and the output is copied into one; backwards, the same
//! happens with derivatives. On the backend `Flex` these are copies in memory. The input and 16 bytes
//! per section for every 256 samples are kept between the passes. Each forward pass designs the
//! filter anew.
//!
//! # Backends
//!
//! The operation is registered for the backend of the feature `flex`, with and without `Autodiff`. On
//! any other device a module returns [`FilterError::Device`].

// The macros of burn name the crate `burn`.
extern crate burn;

mod error;
mod filter;
mod operation;
mod pass;
mod signals;

pub use error::FilterError;
pub use filter::{Filter, FilterBank};
