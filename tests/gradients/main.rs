//! Gradients of designs, responses and signals: those of [`Dual`](filterbank::Dual) against those of
//! the `dual_num` crate and against central differences extrapolated to step 0, for every band,
//! method and parameter and at the spots where formulas branch or degenerate.
//!
//! Errors are relative to the derivative plus the output's size over the parameter's, which is
//! what rounding of the output alone amounts to. Tolerances are a few times what was measured.

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
