//! Specifications: what is asked for, in which words, and what is allowed.
//!
//! ```text
//! words ─► parameter ─► method, width ─► band ─► signature ─► shape, family ─► display
//!              │                          │                        └─► grammar
//!              └──────► error ────────────┴─► check        └─► saved
//! ```

mod band;
mod check;
mod display;
mod error;
mod family;
#[cfg(feature = "alloc")]
pub mod grammar;
mod method;
mod parameter;
#[cfg(feature = "serde")]
mod saved;
mod shape;
mod signature;
mod width;
mod words;

#[cfg(test)]
mod tests;

pub use band::Band;
pub(crate) use check::sample_rate as check_sample_rate;
pub use error::{BandLabel, DesignError, Requirement};
pub use family::Family;
pub use method::{BesselNorm, MAX_ORDER, Method};
pub use parameter::{Parameter, Params, ParamsIter, Quantity, Scale};
pub use shape::Shape;
pub use signature::Signature;
pub use width::{Width, WidthKind};
