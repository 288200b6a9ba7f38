//! From bytes to text.

/// Control-Z, the end of a text file in DOS.
const END: char = '\u{1a}';

/// The text of a file in UTF-8, in UTF-16 with or without a byte order mark, or else in
/// Windows-1252.
pub fn decoded(bytes: &[u8]) -> String {
    let text = match utf16(bytes) {
        Some(unit) => {
            let units: Vec<u16> =
                bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        None => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|byte| windows_1252(*byte)).collect(),
        },
    };
    text.trim_start_matches('\u{feff}').to_owned()
}

/// Whether a text has control characters that only binary data has.
pub fn is_binary(text: &str) -> bool {
    let text = text.trim_end_matches(['\0', END]);
    let count = text.chars().count();
    let control = |c: &char| c.is_control() && !c.is_whitespace() && !['\0', END].contains(c);
    let controls = text.chars().filter(control).count();
    let zeros = text.chars().filter(|c| *c == '\0').count();
    50 * controls > count || 10 * zeros > count
}

/// The numbered lines of a text, trimmed, with any line endings. The text ends at Control-Z; other
/// zero bytes are padding.
pub fn lines(text: &str) -> Vec<String> {
    let text = text.split(END).next().unwrap_or_default().replace('\0', " ");
    let text = text.replace("\r\n", "\n");
    text.split(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'])
        .map(|line| line.trim().to_owned())
        .collect()
}

/// How to read a pair of bytes, if the file is in UTF-16.
fn utf16(bytes: &[u8]) -> Option<fn([u8; 2]) -> u16> {
    match bytes {
        [0xff, 0xfe, ..] => return Some(u16::from_le_bytes),
        [0xfe, 0xff, ..] => return Some(u16::from_be_bytes),
        _ => {}
    }
    // Without a mark: digits and separators have one byte of 0, always on the same side.
    let pairs = bytes.chunks_exact(2).take(2_048);
    let total = pairs.len();
    let zeros = |place: usize| pairs.clone().filter(|pair| pair[place] == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    let most = |count: usize, other: usize| 4 * count > 3 * total && 10 * other < total;
    if most(second, first) {
        Some(u16::from_le_bytes)
    } else if most(first, second) {
        Some(u16::from_be_bytes)
    } else {
        None
    }
}

/// A character of Windows-1252, of which only the dashes differ from Latin-1 in what numbers need.
fn windows_1252(byte: u8) -> char {
    match byte {
        0x96 => '\u{2013}',
        0x97 => '\u{2014}',
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::{decoded, is_binary, lines};

    #[test]
    fn encodings_are_recognised() {
        let text = "20.0,75.2\n21.2,−3.1 µ\n";
        let units: Vec<u16> = text.encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        let marked = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
        for bytes in [
            text.as_bytes(),
            &marked(b"\xef\xbb\xbf", text.as_bytes()),
            &marked(b"\xff\xfe", &little),
            &marked(b"\xfe\xff", &big),
            &little,
            &big,
        ] {
            assert_eq!(decoded(bytes), text);
        }
        assert_eq!(decoded(b"100 \x96\x33 \xb5Pa"), "100 \u{2013}3 µPa");
    }

    #[test]
    fn a_text_ends_at_control_z() {
        assert_eq!(lines("1\r\n2\r3\n\u{1a}\0\0junk"), ["1", "2", "3", ""]);
    }

    #[test]
    fn padding_is_not_binary() {
        assert!(!is_binary("20,1\n21,2\n\u{1a}\0\0\0\0\0\0\0\0\0\0\0\0\0\0"));
        assert!(is_binary("2\x000\0,\x001\0") && is_binary("\u{1}\u{2}abc\u{3}"));
    }
}
