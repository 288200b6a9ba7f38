//! What designs promise, over random specifications.
//!
//! Where coefficients held in `f64` cannot carry a promise exactly, what is allowed is a small
//! multiple of what rounding does: of the root-mean-square change of the level when every
//! coefficient moves by one unit in the last place. Each test prints its largest errors as
//! fractions of what is allowed, and how many comparisons it skipped because rounding may do too
//! much.

#[allow(dead_code, reason = "other test programs use the rest")]
#[path = "../common/mod.rs"]
mod common;

mod designed;
mod methods;
mod responses;
mod robustness;
mod roots;
mod sections;
mod shapes;
mod strategies;
mod tally;
