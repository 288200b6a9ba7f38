#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "fit"), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;
// Lets the documentation's examples in this crate use the macro.
extern crate self as filterbank;

#[cfg(feature = "alloc")]
pub mod ad;
#[cfg(feature = "alloc")]
pub mod adjoint;
#[doc = include_str!("../docs/architecture.md")]
pub mod architecture {}
mod codegen;
#[cfg(feature = "alloc")]
pub mod encoder;
#[cfg(feature = "fit")]
pub mod fit;
#[doc = include_str!("../docs/formulas.md")]
pub mod formulas {}
#[doc = include_str!("../docs/plugin_guide.md")]
pub mod guide {}
#[cfg(feature = "alloc")]
pub mod layer;
#[doc = include_str!("../docs/layer.md")]
pub mod layer_guide {}
#[cfg(feature = "alloc")]
pub mod layout;
mod macros;
#[cfg(feature = "alloc")]
pub mod motion;
#[cfg(feature = "alloc")]
mod rows;
#[cfg(feature = "alloc")]
pub mod sensitivity;
pub mod tune;

/// Numbers: all filter code is generic over them.
pub mod number {
    #[doc(inline)]
    pub use filterbank_core::{Complex, Dual, Scalar};
}

/// Specifications: bands, methods and widths, their parameters, grammar and errors.
pub mod spec {
    #[cfg(feature = "alloc")]
    #[doc(inline)]
    pub use filterbank_core::grammar;
    #[doc(inline)]
    pub use filterbank_core::{
        Band, BandLabel, BesselNorm, DesignError, Family, MAX_ORDER, Method, Parameter, Params,
        ParamsIter, Quantity, Requirement, Scale, Shape, Signature, Width, WidthKind,
    };
}

/// Second-order sections: coefficients, states, responses, poles and zeros.
pub mod section {
    #[doc(inline)]
    pub use filterbank_core::{
        CirclePoint, FrameError, Frames, Interpolation, Section, SectionList, SectionState,
        Sections, SectionsIter, SvfCascade, SvfSection, SvfSections, SvfState, prewarp,
    };
    #[cfg(feature = "alloc")]
    #[doc(inline)]
    pub use filterbank_core::{Pairing, Root, Unpaired, Zpk};
}

/// Running filters: states, storage of sections, and the trait for samples.
pub mod run {
    #[cfg(feature = "alloc")]
    #[doc(inline)]
    pub use filterbank_core::{
        AdjointLane, AdjointScratch, AudioSample, MovingAdjointLane, Padding, Plan, adjoint,
        moving_adjoint,
    };
    #[doc(inline)]
    pub use filterbank_core::{
        FilterState, Lane, MovingLane, Sample, SectionStore, ShapeError, StateStore, process_lanes,
        process_moving,
    };
}

#[cfg(feature = "alloc")]
pub use ad::{gradcheck, gradient, jacobian};
#[cfg(feature = "alloc")]
pub use adjoint::Adjoint;
#[doc(inline)]
pub use filterbank_core::{Band, Bank, Cascade, DesignError, Dual, Method, Scalar, Section, Width};
#[cfg(feature = "alloc")]
pub use sensitivity::Sensitivities;
pub use tune::Tunable;
#[cfg(feature = "alloc")]
pub use tune::{TunableBank, TunableCascade, Tune};

/// The functions that generated code calls. The name contains the version, so that code generated
/// by one version of the macro does not compile with another version of the library.
#[doc(hidden)]
pub mod __codegen_0_1_0 {
    pub use crate::codegen::*;
}
