//! Arithmetic and elementary functions of every scalar: derivatives against calculus and the
//! `dual_num` crate, the edge cases that [`Scalar`](filterbank::Scalar) documents, and values equal
//! to the plain type's bit for bit.
//!
//! Tolerances are relative, in units of the type's epsilon; each is a few times the measured error.

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
