//! Properties of designs, for random specifications.
//!
//! The tolerance is a small multiple of the effect of rounding: the root-mean-square change of the
//! level when every coefficient moves by one unit in the last place. Each test prints its largest
//! errors as fractions of the tolerance, and the number of comparisons skipped because the effect
//! of rounding is too large.

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
