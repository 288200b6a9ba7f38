//! The macro's filters equal those designed at run time, bit for bit.

#[allow(dead_code, reason = "other test programs use the rest")]
#[path = "../common/mod.rs"]
mod common;

mod equality;
mod filters;
mod knobs;
mod names;
mod running;
mod tuning;
