//! Layers: batches forwards and backwards, against single filters, sensitivity filters and dual
//! numbers.

#[allow(dead_code, reason = "other test programs use the rest")]
#[path = "../common/mod.rs"]
mod common;

mod adjoint;
mod batch;
mod fixed;
mod moving;
mod moving_tuned;
mod not_finite;
mod refusals;
mod second_order;
mod threads;
mod tuned;
