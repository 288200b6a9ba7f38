//! Filters as layers of a network: batches of signals forwards, gradients backwards.
//!
//! | coefficients | by parameters of bands | by coefficients |
//! |---|---|---|
//! | stay during a batch | [`Layer`] | [`FixedFilters`] |
//! | change every frame or sample | [`MovingLayer`] | [`MovingFilters`] |
//!
//! The page [`layer_guide`](crate::layer_guide) trains one, and says what they share: shapes,
//! arithmetic, memory, threads.
//!
//! ```text
//! shape, sample, error, workspace
//! split ─► pass ────────► fixed ──► second, tuned
//!      ├─► moving_pass ─► moving ─► moving_second ┐
//!      └─► design ───────────────────────────────►┴ moving_tuned
//! ```

mod design;
mod error;
mod finite;
mod fixed;
mod moving;
mod moving_pass;
mod moving_second;
mod moving_tuned;
mod pass;
mod sample;
mod second;
mod shape;
mod split;
mod tuned;
mod workspace;

pub use error::LayerError;
pub use fixed::{Backward, FixedFilters, Forward};
pub use moving::{MovingBackward, MovingFilters, MovingForward};
pub use moving_second::{MovingSecondBackward, MovingSecondGradient};
pub use moving_tuned::MovingLayer;
pub use sample::LayerSample;
pub use second::{SecondBackward, SecondGradient};
pub use shape::BatchShape;
pub use tuned::Layer;
pub use workspace::Workspace;
