//! State-variable sections whose coefficients move, on `f64`: one signal in each of eight lanes, with
//! frames of its own.
//!
//! ```text
//! lane ─► course ─► signals ─► forward
//!                             └► backward
//! ```
//!
//! Lanes run the recursion of [`SvfSection::tick`](crate::SvfSection::tick), section after section.
//! What depends on coefficients alone is worked out once for each run of samples that share them: the
//! samples of a frame that is held, or one sample between two frames.

#[cfg(all(feature = "alloc", feature = "simd"))]
mod backward;
#[cfg(feature = "simd")]
mod course;
#[cfg(feature = "simd")]
mod forward;
mod lane;
#[cfg(feature = "simd")]
mod signals;

#[cfg(all(feature = "alloc", feature = "simd"))]
pub(crate) use backward::moving_adjoint;
#[cfg(feature = "simd")]
pub(crate) use forward::process_moving;
#[cfg(feature = "alloc")]
pub use lane::MovingAdjointLane;
pub use lane::MovingLane;
#[cfg(all(test, feature = "alloc", feature = "simd"))]
pub(super) use {backward::moving_adjoint_at, forward::process_moving_at};
