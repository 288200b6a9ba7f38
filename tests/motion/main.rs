//! Filters in motion: the state-variable section, and the processor that moves it.

#[allow(dead_code, reason = "other test programs use the rest")]
#[path = "../common/mod.rs"]
mod common;

mod adjoint;
mod processor;
mod promise;
mod rivals;
mod section;
mod table;
