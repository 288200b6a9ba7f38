//! WAV files: reading and writing in blocks.

mod encoding;
mod read;
mod write;

pub use encoding::Encoding;
pub use read::{BLOCK, Source};
pub use write::Sink;
