//! The adjoint of running filters: from the derivatives of a loss by the output to those by
//! everything that the output depends on.
//!
//! ```text
//! plain ─► sections      fixed sections
//! moving                 state-variable sections whose coefficients move
//! ```

mod moving;
mod plain;
mod sections;

pub use moving::moving_adjoint;
pub use sections::adjoint;
