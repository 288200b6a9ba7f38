//! What can go wrong, a line for each thing.

use std::fmt;
use std::path::Path;
use std::process::ExitCode;

/// Why nothing came out.
#[derive(Debug, PartialEq)]
pub enum Failure {
    /// The command line asks for something impossible: one line for each mistake.
    Usage(Vec<String>),
    /// A file cannot be read or written.
    File(String),
    /// The demonstration did not measure what was designed.
    Claim(String),
}

impl Failure {
    /// A file and what is wrong with it.
    pub fn file(path: &Path, problem: impl fmt::Display) -> Self {
        Self::File(format!("{}: {problem}", path.display()))
    }

    /// 2 for the command line, as after its other errors, and 1 for the rest.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::File(_) | Self::Claim(_) => ExitCode::from(1),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = match self {
            Self::Usage(lines) => lines.as_slice(),
            Self::File(line) | Self::Claim(line) => std::slice::from_ref(line),
        };
        lines.iter().try_for_each(|line| writeln!(f, "equalize: {line}"))
    }
}
