//! Fits: the solver, and fits of filters to curves, recordings and running signals.

#[allow(dead_code, reason = "other test programs use the rest")]
#[path = "../common/mod.rs"]
mod common;

mod adam;
mod coverage;
mod curves;
mod diagnostics;
mod flat;
mod level_errors;
mod magnitude;
mod nist;
mod online;
mod parametric;
mod problems;
mod quantities;
mod recording;
mod recordings;
mod refusals;
mod responses;
mod restraint;
mod results;
mod solver;
mod statistics;
mod stops;
mod targets;
mod weights;
