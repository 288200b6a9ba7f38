//! Answers that say only what is so: limits at zeros, what rounding leaves of a design, the
//! parameter at fault, functions far out.

#[allow(dead_code, reason = "other test programs use the rest")]
#[path = "../common/mod.rs"]
mod common;

mod dual_num;
mod far_out;
mod group_delay;
mod notch;
mod representable;
mod rounding;
