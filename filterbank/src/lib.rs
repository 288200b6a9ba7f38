#![doc = include_str!("../../README.md")]

pub mod fit;

pub use filterbank_core::{
    Band, BandLabel, Bank, BankState, BesselNorm, Cascade, CascadeState, Complex, DesignError,
    Dual, MAX_ORDER, Method, Params, Requirement, Root, Scalar, Section, SectionState,
    SectionStore, Sections, ShapeError, StateStore, Width, Zpk,
};
