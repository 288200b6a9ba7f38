//! Filters as functions of free numbers, for optimisers without bounds.
//!
//! ```text
//! interval ─► chain ─► unconstrained
//!    └──────────┴──► error
//! ```

mod chain;
mod error;
mod interval;
mod stable;
mod unconstrained;

pub use error::UnconstrainedError;
pub use stable::StableCascade;
pub use unconstrained::Unconstrained;
