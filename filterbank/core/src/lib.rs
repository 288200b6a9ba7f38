//! The core of `filterbank`: specifications, designs, sections, cascades, banks and responses,
//! generic over `f32`, `f64` and dual numbers. `no_std`, with `alloc` for what has a run-time
//! size. Use it through the `filterbank` crate.
//!
//! Data goes one way, and each module imports only what stands before it:
//!
//! ```text
//! number ─► spec ─► section ─► design ─► kernel ─► run ─► cascade ─► bank
//! ```

#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(test)]
extern crate std;

mod bank;
mod cascade;
mod codegen;
mod design;
mod kernel;
mod number;
mod run;
mod section;
mod spec;

pub use bank::Bank;
pub use cascade::Cascade;
pub use design::{Sections, SectionsIter};
pub use kernel::Lane;
pub use number::{Complex, Dual, Scalar};
pub use run::{FilterState, Sample, SectionStore, ShapeError, StateStore};
pub use section::{CirclePoint, Section, SectionState};
#[cfg(feature = "alloc")]
pub use section::{Root, Zpk};
#[cfg(feature = "alloc")]
pub use spec::grammar;
pub use spec::{
    Band, BandLabel, BesselNorm, DesignError, Family, MAX_ORDER, Method, Parameter, Params,
    ParamsIter, Quantity, Requirement, Scale, Shape, Signature, Width, WidthKind,
};

/// What generated code calls. The name carries the version, so that the code that one version of
/// the macro generates never meets another version of the library.
#[doc(hidden)]
pub mod __codegen_0_1_0 {
    pub use crate::codegen::*;
}
