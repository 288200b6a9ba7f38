//! What the automatic differentiation of other frameworks calls: functions of plain arrays, each
//! with its adjoint, and the derivatives of that adjoint.
//!
//! ```text
//! elements, direction ─► section_map, free, svfilt
//! elements, direction, rows ─► sosfilt
//! ```
//!
//! Arrays are in C order. Signals are `f32` or `f64`, all other numbers `f64`.

mod direction;
mod elements;
mod free;
mod rows;
mod section_map;
mod sosfilt;
mod svfilt;

pub use free::FreeMap;
pub use section_map::SectionMap;
pub use sosfilt::{
    block, sosfilt_backward_f32, sosfilt_backward_f64, sosfilt_backward_twice, sosfilt_forward_f32,
    sosfilt_forward_f64,
};
pub use svfilt::{
    svfilt_backward_f32, svfilt_backward_f64, svfilt_backward_twice, svfilt_block,
    svfilt_forward_f32, svfilt_forward_f64,
};
