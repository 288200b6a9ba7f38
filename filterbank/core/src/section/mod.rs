//! A second-order section: its coefficients, its state, and what can be asked of it.
//!
//! ```text
//! biquad ─► response, zpk, reflection, svf, transfer_function
//!           response ─► rounding, steady_state
//!           zpk ─► pairing
//! svf ────► frames
//! biquad, svf ─► saved
//! ```

mod biquad;
mod frames;
#[cfg(feature = "alloc")]
mod pairing;
mod reflection;
mod response;
mod rounding;
#[cfg(feature = "serde")]
mod saved;
mod steady_state;
mod svf;
#[cfg(feature = "alloc")]
mod transfer_function;
#[cfg(feature = "alloc")]
mod zpk;

pub use biquad::{Section, SectionState};
#[cfg(feature = "alloc")]
pub(crate) use frames::FramePlace;
pub use frames::{FrameError, Frames, Interpolation};
#[cfg(feature = "alloc")]
pub use pairing::{Pairing, Unpaired};
pub use response::CirclePoint;
pub(crate) use response::{group_delay_series, magnitude_db_series, phase_series, response_series};
pub use svf::{SvfSection, SvfState};
#[cfg(feature = "alloc")]
pub(crate) use transfer_function::transfer_function;
#[cfg(feature = "alloc")]
pub use zpk::{Root, Zpk};
