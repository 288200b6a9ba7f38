//! The core of `filterbank`: specifications, designs, sections, cascades, banks and responses,
//! generic over `f32`, `f64` and dual numbers. `no_std`, with `alloc` for what has a run-time
//! size. Use it through the `filterbank` crate.
//!
//! Data goes one way, and each file imports only what stands before it:
//!
//! ```text
//! scalar, dual, complex ─► spec ─► check ─► section ─► design ─► store ─► cascade ─► bank
//! ```
//!
//! with `response`, `zpk` and `reflection` as three ways to look at a section. Below all of it lie
//! `biquad`, the numbers of a section as plain data, and `kernel`, the fast loops on `f32` and
//! `f64` that a scalar may have.

#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;

mod bank;
mod biquad;
mod cascade;
mod check;
mod complex;
mod describe;
mod design;
mod dual;
#[cfg(feature = "dual_num")]
mod dual_num;
mod error;
mod kernel;
mod reflection;
mod response;
mod scalar;
mod section;
mod spec;
mod store;

#[cfg(feature = "alloc")]
mod zpk;

pub use bank::{Bank, BankState};
pub use biquad::{Section, SectionState};
pub use cascade::{Cascade, CascadeState};
pub use complex::Complex;
pub use design::Sections;
pub use dual::Dual;
pub use error::{BandLabel, DesignError, Requirement, ShapeError};
pub use response::CirclePoint;
pub use scalar::Scalar;
pub use spec::{Band, BesselNorm, MAX_ORDER, Method, Params, Width};
pub use store::{SectionStore, StateStore};

#[cfg(feature = "alloc")]
pub use zpk::{Root, Zpk};
