//! Running filters: the trait for samples, storage of sections and states, and the loops.
//!
//! ```text
//! shape
//! sample ─► series ─► parallel, plan, moving
//! store  ─► state
//! ```

mod moving;
mod parallel;
#[cfg(feature = "alloc")]
mod plan;
mod sample;
mod series;
mod shape;
mod state;
mod store;

pub use moving::process_moving;
#[cfg(feature = "alloc")]
pub(crate) use moving::settle_decayed;
pub use parallel::process_lanes;
pub(crate) use parallel::process_parallel;
#[cfg(feature = "alloc")]
pub use plan::{AudioSample, Plan};
pub use sample::Sample;
#[cfg(feature = "alloc")]
pub(crate) use series::SETTLE;
#[cfg(all(test, feature = "simd"))]
pub(crate) use series::process_series_by;
pub(crate) use series::{process_series, tick_series};
pub use shape::ShapeError;
pub use state::FilterState;
pub(crate) use store::{RuntimeEnds, RuntimeSections};
pub use store::{SectionStore, StateStore};
