//! The adjoint of sections in series: against dual numbers, by dot products, over cuts, in second
//! order, and on any shape of lanes.

#[allow(dead_code, reason = "other test programs use the rest")]
#[path = "../common/mod.rs"]
mod common;

mod cuts;
mod derivatives;
mod edges;
mod lanes;
mod problem;
mod second_order;
