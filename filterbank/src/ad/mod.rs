//! Automatic differentiation of closures: Jacobians, gradients, Hessians, and their check.
//!
//! | to get | use |
//! |---|---|
//! | the derivatives of many outputs by all parameters | [`jacobian`] |
//! | the derivatives of one output by all parameters | [`gradient`] |
//! | the derivatives of many outputs in one direction | [`jacobian_vector`] |
//! | the first and second derivatives of one output | [`hessian()`] |
//! | a comparison of exact derivatives with differences | [`gradcheck()`] |
//!
//! The closures compute with [`Number`]: `f64` with eight tangents. That of a [`hessian()`] computes
//! with [`SecondOrderNumber`].

mod gradcheck;
mod hessian;
mod jacobian;
mod number;

pub use gradcheck::{GradientCheck, GradientReport, GradientRow, Verdict, gradcheck};
pub use hessian::{Hessian, hessian};
pub use jacobian::{Jacobian, gradient, jacobian, jacobian_vector};
pub use number::{Number, Output, Outputs, ParamList, SecondOrderNumber};
