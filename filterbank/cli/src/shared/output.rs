//! Standard output, notes and warnings.

use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

use super::failure::Failure;
use super::input::is_standard;

/// Writes to standard output. A closed pipe is not an error.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::File(format!("standard output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes a report: to standard error if standard output is one of the files.
pub fn report(text: &str, outputs: &[&Path]) -> Result<(), Failure> {
    if !outputs.iter().any(|path| is_standard(path)) {
        return print(text);
    }
    let _ = io::stderr().write_all(text.as_bytes());
    Ok(())
}

/// Writes a line to standard error, if that is open.
pub fn note(line: &str) {
    let _ = writeln!(io::stderr(), "note: {line}");
}

/// Writes a warning to standard error, if that is open.
pub fn warn(line: &str) {
    let _ = writeln!(io::stderr(), "warning: {line}");
}
