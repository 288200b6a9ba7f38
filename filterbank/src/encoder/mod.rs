//! The spectral encoder: levels of bands, frame by frame, with gradients.
//!
//! ```text
//! frames ─► encoder
//!    └─► error ◄─┘
//! ```

mod error;
mod frames;
mod spectral;

pub use error::EncoderError;
pub use frames::LevelFrames;
pub use spectral::SpectralEncoder;
