//! A second-order section: its coefficients, its state, and what can be asked of it.
//!
//! ```text
//! biquad ─► response, zpk, reflection, svf
//!           response ─► rounding
//! svf ────► frames
//! biquad, svf ─► saved
//! ```

mod biquad;
mod frames;
mod reflection;
mod response;
mod rounding;
#[cfg(feature = "serde")]
mod saved;
mod svf;
#[cfg(feature = "alloc")]
mod zpk;

pub use biquad::{Section, SectionState};
#[cfg(feature = "alloc")]
pub(crate) use frames::FramePlace;
pub use frames::{FrameError, Frames, Interpolation};
pub use response::CirclePoint;
pub(crate) use response::{group_delay_series, magnitude_db_series, phase_series, response_series};
pub use svf::{SvfSection, SvfState};
#[cfg(feature = "alloc")]
pub use zpk::{Root, Zpk};
