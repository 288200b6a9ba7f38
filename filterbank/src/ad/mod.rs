//! Automatic differentiation of closures: Jacobians, gradients, and their check.
//!
//! | to get | use |
//! |---|---|
//! | the derivatives of many outputs by all parameters | [`jacobian`] |
//! | the derivatives of one output by all parameters | [`gradient`] |
//! | the derivatives of many outputs in one direction | [`jacobian_vector`] |
//! | a comparison of exact derivatives with differences | [`gradcheck()`] |
//!
//! The closures compute with [`Number`]: `f64` with eight tangents.

mod gradcheck;
mod jacobian;
mod number;

pub use gradcheck::{GradientReport, GradientRow, Verdict, gradcheck};
pub use jacobian::{Jacobian, gradient, jacobian, jacobian_vector};
pub use number::{Number, Output, Outputs, ParamList};
