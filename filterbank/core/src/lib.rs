//! The core of `filterbank`: specifications, designs, sections, cascades, banks and responses,
//! generic over `f32`, `f64` and dual numbers. It is `no_std`; types of run-time size need `alloc`.
//! Use it through the `filterbank` crate.
//!
//! Each module depends only on modules to its left:
//!
//! ```text
//! number ─► spec ─► section ─► design ─► kernel ─► run ─► cascade ─► bank
//!                                                  run ─► svf_cascade
//!                                                  run ─► adjoint
//!                                                         cascade ─► zero_phase
//! ```

#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(test)]
extern crate std;

#[cfg(feature = "alloc")]
mod adjoint;
mod bank;
mod cascade;
mod codegen;
mod design;
mod kernel;
mod number;
mod run;
#[cfg(feature = "serde")]
mod saved;
mod section;
mod spec;
mod svf_cascade;
#[cfg(feature = "alloc")]
mod zero_phase;

#[cfg(feature = "alloc")]
pub use adjoint::{adjoint, moving_adjoint};
pub use bank::Bank;
pub use cascade::Cascade;
pub use design::{SectionList, Sections, SectionsIter, SvfSections, prewarp};
#[cfg(feature = "alloc")]
pub use kernel::{AdjointLane, AdjointScratch, MovingAdjointLane};
pub use kernel::{Lane, MovingLane};
pub use number::{Complex, Dual, Scalar};
#[cfg(feature = "alloc")]
pub use run::{AudioSample, Plan};
pub use run::{
    FilterState, Sample, SectionStore, ShapeError, StateStore, process_lanes, process_moving,
};
pub use section::{
    CirclePoint, FrameError, Frames, Interpolation, Section, SectionState, SvfSection, SvfState,
};
#[cfg(feature = "alloc")]
pub use section::{Pairing, Root, Unpaired, Zpk};
#[cfg(feature = "alloc")]
pub use spec::grammar;
pub use spec::{
    Band, BandLabel, BesselNorm, DesignError, Family, MAX_ORDER, Method, Parameter, Params,
    ParamsIter, Quantity, Requirement, Scale, Shape, Signature, Width, WidthKind,
};
pub use svf_cascade::SvfCascade;
#[cfg(feature = "alloc")]
pub use zero_phase::Padding;

/// The functions that generated code calls. The name contains the version, so that code generated
/// by one version of the macro does not compile with another version of the library.
#[doc(hidden)]
pub mod __codegen_0_1_0 {
    pub use crate::codegen::*;
}
