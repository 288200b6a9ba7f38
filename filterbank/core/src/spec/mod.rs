//! Specifications: what is asked for, in which words, and what is allowed.
//!
//! ```text
//! parameter ─► method, width ─► band ─► words
//!     └──────► error ─────────► check
//! ```

mod band;
mod check;
mod error;
mod method;
mod parameter;
mod width;
mod words;

pub use band::Band;
pub(crate) use check::sample_rate as check_sample_rate;
pub use error::{BandLabel, DesignError, Requirement};
pub use method::{BesselNorm, MAX_ORDER, Method};
pub use parameter::{Parameter, Params, ParamsIter, Quantity, Scale};
pub use width::Width;
