//! Running filters: samples, blocks, channels, banks, and resets of the state.

#[allow(dead_code, reason = "other test programs use the rest")]
#[path = "../common/mod.rs"]
mod common;

mod blocks;
mod cascades;
mod many;
mod plans;
mod precision;
mod recovery;
mod silence;
mod sizes;
