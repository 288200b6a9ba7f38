//! State-variable sections whose coefficients move, on `f64`: one signal in each of eight lanes, with
//! frames of its own.
//!
//! ```text
//! lane ─► course ─► signals ─► forward ──────┐
//!                     sums ─► slopes ────────┴► backward
//! ```
//!
//! Lanes run the recursion of [`SvfSection::tick`](crate::SvfSection::tick), section after section.
//! What depends on coefficients alone is worked out once for each run of samples that share them: the
//! samples of a frame that is held, or one sample between two frames.

#[cfg(all(feature = "alloc", feature = "simd"))]
mod backward;
#[cfg(all(feature = "alloc", feature = "simd"))]
mod course;
#[cfg(all(feature = "alloc", feature = "simd"))]
mod forward;
mod lane;
#[cfg(all(feature = "alloc", feature = "simd"))]
mod signals;
#[cfg(all(feature = "alloc", feature = "simd"))]
mod slopes;
#[cfg(all(feature = "alloc", feature = "simd"))]
mod sums;

#[cfg(feature = "alloc")]
pub use lane::MovingAdjointLane;
pub use lane::MovingLane;
#[cfg(all(feature = "alloc", feature = "simd"))]
pub(crate) use {backward::moving_adjoint, forward::process_moving};
#[cfg(all(test, feature = "alloc", feature = "simd"))]
pub(super) use {backward::moving_adjoint_at, forward::process_moving_at};
