//! What can go wrong, in one line.

use std::fmt;
use std::path::Path;
use std::process::ExitCode;

/// Why nothing came of it.
#[derive(Debug)]
pub enum Failure {
    /// The arguments or the curves they name are wrong.
    Usage(String),
    /// The result cannot be written.
    Output(String),
    /// The example did not reach what it promises.
    Claim(String),
}

impl Failure {
    /// A result that cannot be written to a file.
    pub fn output(path: &Path, problem: impl fmt::Display) -> Self {
        Self::Output(format!("cannot write `{}`: {problem}", path.display()))
    }

    /// 2 for what was given, 1 for the rest.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Output(_) | Self::Claim(_) => ExitCode::from(1),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Usage(line) | Self::Output(line) | Self::Claim(line)) = self;
        f.write_str(line)
    }
}
