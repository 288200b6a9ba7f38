//! What the automatic differentiation of other frameworks calls: functions of plain arrays, each
//! with its adjoint, and the derivatives of that adjoint.
//!
//! ```text
//! elements, rows ─► design, sosfilt
//! ```
//!
//! Arrays are in C order. Signals are `f32` or `f64`, all other numbers `f64`.

mod design;
mod elements;
mod rows;
mod sosfilt;

pub use design::DesignMap;
pub use sosfilt::*;
