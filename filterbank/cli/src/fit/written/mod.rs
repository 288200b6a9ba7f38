//! An EQ as other programs read it. The name of the file tells the format.

mod apo;
mod camilla;
mod rust;

use std::ffi::OsStr;
use std::path::Path;

use super::rounded::Rounded;

/// The EQ for the program that reads files of this name: Rust for `.rs`, CamillaDSP for `.yml`,
/// otherwise Equalizer APO.
pub fn text(path: &Path, eq: &Rounded) -> String {
    let extension = path.extension().map(OsStr::to_ascii_lowercase);
    match extension.as_ref().and_then(|name| name.to_str()) {
        Some("rs") => rust::text(eq),
        Some("yml" | "yaml") => camilla::text(eq),
        _ => apo::text(eq),
    }
}
