//! Files that hold no curve as text: what they are, and what to do instead.

use std::path::Path;

use super::encoding::is_binary;

const AUDIO: &str = "is audio, not a curve: export the response as text from the program that \
                     measured it";
const ARCHIVE: &str = "is an archive: unpack it first";
const PICTURE: &str = "is a picture: trace the curve with a plot digitiser, and save its points";
const REW: &str = "is a file of Room EQ Wizard: there, choose File, Export, Export measurement as \
                   text";
const OLD_SPREADSHEET: &str = "is a spreadsheet: save the sheet as CSV";

/// The first bytes of binary formats.
const BINARY: [(&[u8], &str); 19] = [
    (
        b"PK\x03\x04",
        "is a spreadsheet or a ZIP archive: save the sheet as CSV, or unpack the archive",
    ),
    (b"\xd0\xcf\x11\xe0", OLD_SPREADSHEET),
    (b"\xac\xed\x00\x05", REW),
    (
        b"%PDF",
        "is a PDF: copy its table into a text file, or trace its curve with a plot digitiser",
    ),
    (b"RIFF", AUDIO),
    (b"RF64", AUDIO),
    (b"FORM", AUDIO),
    (b"fLaC", AUDIO),
    (b"OggS", AUDIO),
    (b"ID3", AUDIO),
    (b"\x89PNG", PICTURE),
    (b"\xff\xd8\xff", PICTURE),
    (b"GIF8", PICTURE),
    (b"\x1f\x8b", ARCHIVE),
    (b"7z\xbc\xaf", ARCHIVE),
    (b"Rar!", ARCHIVE),
    (b"BZh", ARCHIVE),
    (b"MATLAB 5.0", "is a MATLAB file: save frequencies and levels with writematrix"),
    (b"\x89HDF", "is an HDF5 file: save frequencies and levels as CSV"),
];

/// What a binary file is, and what to do instead.
pub fn binary(path: &Path, bytes: &[u8], text: &str) -> Option<&'static str> {
    let known = BINARY.iter().find(|(start, _)| bytes.starts_with(start));
    if let Some((_, advice)) = known {
        return Some(advice);
    }
    if !is_binary(text) {
        return None;
    }
    let is_mdat = path.extension().is_some_and(|name| name.eq_ignore_ascii_case("mdat"));
    Some(if is_mdat { REW } else { "is not text: export the curve as text or CSV" })
}

/// What a text is that holds no table, and what to do instead.
pub fn markup(text: &str) -> Option<&'static str> {
    let start: String = text.trim_start().chars().take(400).collect::<String>().to_lowercase();
    if start.starts_with("{\\rtf") {
        return Some("is formatted text (RTF): save it as plain text");
    }
    if start.starts_with("<!doctype html") || start.contains("<html") {
        return Some(
            "is a web page, not the file that it shows: download the file itself (`Raw` or `Save as`)",
        );
    }
    if start.starts_with("<?xml") || start.starts_with("<svg") || start.starts_with("<!") {
        return Some("is XML: export the curve as text or CSV");
    }
    let json = start.starts_with(['{', '[']) && {
        serde_json::from_str::<serde_json::Value>(text.trim()).is_ok()
            || start.trim_start_matches(['{', '[', ' ', '\n', '\r', '\t']).starts_with('"')
    };
    json.then_some("is JSON: export the curve as text or CSV, or the EQ for Equalizer APO")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{binary, markup};

    #[test]
    fn binary_formats_are_named() {
        for (bytes, word) in [
            (&b"PK\x03\x04rest"[..], "spreadsheet"),
            (b"\xac\xed\x00\x05", "Room EQ Wizard"),
            (b"RIFF\0\0\0\0WAVE", "audio"),
            (b"%PDF-1.4", "PDF"),
            (b"\x01\x02\x03\x04", "is not text"),
        ] {
            let text = String::from_utf8_lossy(bytes);
            let advice = binary(Path::new("file"), bytes, &text);
            assert!(advice.is_some_and(|advice| advice.contains(word)), "{word}: {advice:?}");
        }
        let advice = binary(Path::new("a.MDAT"), b"\x01\x02", "\u{1}\u{2}");
        assert!(advice.is_some_and(|advice| advice.contains("Room EQ Wizard")));
        assert_eq!(binary(Path::new("a.mdat"), b"20,75", "20,75"), None);
    }

    #[test]
    fn markup_is_named() {
        for (text, word) in [
            ("<!DOCTYPE html><html>", "web page"),
            ("  <html lang=en>", "web page"),
            ("<?xml version=\"1.0\"?><a/>", "XML"),
            ("{\"name\": 1", "JSON"),
            ("[[20, 75], [30, 76]]", "JSON"),
            ("{\\rtf1\\ansi 20 75}", "RTF"),
        ] {
            assert!(markup(text).is_some_and(|advice| advice.contains(word)), "{text}");
        }
        for text in ["[Data]\n20 75", "20,75", "# <note>\n20 75", ""] {
            assert_eq!(markup(text), None, "{text}");
        }
    }
}
