//! Arithmetic and elementary functions of every scalar: derivatives from calculus and from the
//! `dual_num` crate, the edges that [`Scalar`](filterbank::Scalar) documents, and values that are
//! those of the plain type bit for bit.
//!
//! Tolerances are in units of the type's epsilon, relative; each is a few times the error that
//! was measured.

#[allow(dead_code, reason = "other test programs use the rest")]
#[path = "../common/mod.rs"]
mod common;

mod complex;
mod derivatives;
mod duals;
mod edges;
mod errors;
mod functions;
mod nested;
mod one_liners;
mod oracle;
mod values;
