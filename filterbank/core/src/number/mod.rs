//! Numbers: what all filter code is generic over. Nothing here knows of filters.
//!
//! ```text
//! scalar ─► dual, dual_num, complex
//! ```

mod complex;
mod dual;
#[cfg(feature = "dual_num")]
mod dual_num;
mod scalar;

pub use complex::Complex;
pub use dual::Dual;
pub use scalar::Scalar;
