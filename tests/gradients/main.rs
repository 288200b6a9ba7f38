//! Gradients of designs, responses and signals by [`Dual`](filterbank::Dual), compared with the
//! `dual_num` crate and with central differences extrapolated to step 0: for every band, method and
//! parameter, and where formulas branch or degenerate.
//!
//! Errors are relative to the derivative plus the output's size over the parameter's, which is the
//! effect of rounding the output alone. Tolerances are a few times the measured errors.

#[allow(dead_code, reason = "other test programs use the rest")]
#[path = "../common/mod.rs"]
mod common;

mod catalogue;
mod comparison;
mod continuity;
mod double_poles;
mod extremes;
mod outputs;
mod references;
mod roots;
mod signals;
mod unconstrained;
