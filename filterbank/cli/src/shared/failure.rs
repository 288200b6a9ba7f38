//! Errors of commands: one line for each mistake, and an exit code.

use std::fmt;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

/// Why a command failed.
#[derive(Debug, PartialEq)]
pub enum Failure {
    /// Wrong arguments, or wrong input files named by them: one line for each mistake.
    Usage(Vec<String>),
    /// A file cannot be written.
    File(String),
    /// There is no result, or a check of it failed.
    Result(String),
}

impl Failure {
    /// One mistake in the arguments.
    pub fn usage(problem: impl fmt::Display) -> Self {
        Self::Usage(vec![problem.to_string()])
    }

    /// An input file and what is wrong with it, or an output that the arguments must not name: the rest
    /// of a sentence that begins with its name.
    pub fn wrong_file(path: &Path, problem: impl fmt::Display) -> Self {
        Self::usage(format_args!("`{}` {problem}", path.display()))
    }

    /// An output file and what is wrong with it: the rest of a sentence that begins with its name.
    pub fn file(path: &Path, problem: impl fmt::Display) -> Self {
        Self::File(format!("`{}` {problem}", path.display()))
    }

    /// A file that cannot be written.
    pub fn unwritable(path: &Path, error: impl fmt::Display) -> Self {
        Self::file(path, format_args!("cannot be written: {error}"))
    }

    /// The same failure with the name of the file it is about.
    #[must_use]
    pub fn about(self, path: &Path) -> Self {
        let named = |line: String| format!("`{}`: {line}", path.display());
        match self {
            Self::Usage(lines) => Self::Usage(lines.into_iter().map(named).collect()),
            Self::File(line) => Self::File(named(line)),
            Self::Result(line) => Self::Result(named(line)),
        }
    }

    /// 2 for mistakes of the user, as in clap, else 1.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::File(_) | Self::Result(_) => ExitCode::from(1),
        }
    }

    /// Writes the lines to standard error, if that is open.
    pub fn print(&self) {
        let _ = io::stderr().write_all(self.to_string().as_bytes());
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = match self {
            Self::Usage(lines) => lines.as_slice(),
            Self::File(line) | Self::Result(line) => std::slice::from_ref(line),
        };
        lines.iter().try_for_each(|line| writeln!(f, "error: {line}"))
    }
}
