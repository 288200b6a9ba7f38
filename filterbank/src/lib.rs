#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "fit"), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;
// Lets the macro be used inside this crate, in the examples of its documentation.
extern crate self as filterbank;

#[doc(hidden)]
#[path = "codegen.rs"]
pub mod __codegen;
#[cfg(feature = "fit")]
pub mod fit;
#[doc = include_str!("../docs/plugin_guide.md")]
pub mod guide {}
#[cfg(feature = "alloc")]
mod gradcheck;
#[cfg(feature = "alloc")]
mod jacobian;
mod macros;
#[cfg(feature = "alloc")]
mod rows;
#[cfg(feature = "alloc")]
mod sensitivity;
mod tunable;

pub use filterbank_core::{
    Band, BandLabel, Bank, BankState, BesselNorm, Cascade, CascadeState, CirclePoint, Complex,
    DesignError, Dual, MAX_ORDER, Method, Params, Requirement, Scalar, Section, SectionState,
    SectionStore, Sections, ShapeError, StateStore, Width,
};
#[cfg(feature = "alloc")]
pub use filterbank_core::{Root, Zpk};
#[cfg(feature = "alloc")]
pub use gradcheck::{GradientReport, GradientRow, Verdict, gradcheck};
#[cfg(feature = "alloc")]
pub use jacobian::{Jacobian, Number, Outputs, ParamList, gradient, jacobian, jacobian_vector};
#[cfg(feature = "alloc")]
pub use sensitivity::{Column, Sensitivities};
pub use tunable::{Param, SingleOutput, Tunable};
#[cfg(feature = "alloc")]
pub use tunable::{TunableCascade, Tune};
