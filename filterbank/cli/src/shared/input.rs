//! Input files. The name `-` is standard input.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use super::failure::Failure;

/// Whether a name means standard input or standard output.
pub fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The name of an input in messages.
pub fn name(path: &Path) -> String {
    if is_standard(path) { "standard input".into() } else { format!("`{}`", path.display()) }
}

/// All bytes of an input.
pub fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let bytes = if is_standard(path) {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(path)
    };
    bytes.map_err(|error| Failure::usage(format!("{} cannot be read: {error}", name(path))))
}
