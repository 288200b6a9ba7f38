//! State-variable sections whose coefficients move: many signals, one in each lane.

mod lane;

#[cfg(feature = "alloc")]
pub use lane::MovingAdjointLane;
pub use lane::MovingLane;
