//! Completion scripts for shells.

use clap::{CommandFactory, Parser};
use clap_complete::Shell;

use crate::command::CommandLine;
use crate::shared::failure::Failure;
use crate::shared::output::print;

const EXAMPLE: &str = "\
Example:
  filterbank completions bash > ~/.local/share/bash-completion/completions/filterbank";

/// Prints a script that completes this program's commands and options in a shell.
#[derive(Parser)]
#[command(after_help = EXAMPLE)]
pub struct Args {
    /// Shell the script is for
    shell: Shell,
}

/// Prints the script.
pub fn run(args: &Args) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut CommandLine::command(), "filterbank", &mut script);
    print(&String::from_utf8_lossy(&script))
}
