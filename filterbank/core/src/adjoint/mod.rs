//! The adjoint of running filters: from the derivatives of a loss by the output to those by
//! everything that the output depends on.
//!
//! ```text
//! plain ─► sections
//! ```

mod plain;
mod sections;

pub use sections::adjoint;
