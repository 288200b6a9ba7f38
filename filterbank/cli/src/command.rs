//! The command line, read by clap: subcommands, help, and error messages.

use clap::error::ErrorKind;
use clap::{Arg, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::shared::failure::Failure;
use crate::shared::output::print;
use crate::{check, completions, design, filter, fit, identify};

const ABOUT: &str = "\
Designs IIR filters, fits them to curves and recordings, and filters WAV files with them";

const AFTER_HELP: &str = "\
Each command has its own help: `filterbank fit --help`.
Without arguments, `fit`, `design`, `filter` and `identify` run an example.

Exit code: 0 if all went well, 2 if arguments or inputs are wrong, 1 if anything else went wrong.";

/// The whole command line.
#[derive(Parser)]
#[command(name = "filterbank", version, about = ABOUT, after_help = AFTER_HELP)]
pub struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

/// A subcommand with its arguments.
#[derive(Subcommand)]
pub enum Command {
    Fit(fit::Args),
    Design(design::Args),
    Filter(filter::Args),
    Identify(identify::Args),
    Check(check::Args),
    Completions(completions::Args),
}

/// Reads the command line of this process. If it is empty, or asks for help or the version, prints
/// the help or the version and returns `None`.
pub fn read() -> Result<Option<Command>, Failure> {
    // `--gain-db -6` is a value, not another option.
    let number = |arg: Arg| {
        let takes_value = arg.get_action().takes_values() && !arg.is_positional();
        arg.allow_negative_numbers(takes_value)
    };
    let command = CommandLine::command().mut_subcommands(|command| command.mut_args(number));
    let matches = command.try_get_matches();
    match matches.and_then(|matches| CommandLine::from_arg_matches(&matches)) {
        Ok(line) => Ok(Some(line.command)),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            | ErrorKind::DisplayVersion => print(&error.to_string()).map(|()| None),
            _ => Err(Failure::usage(format!("{} (see --help)", one_line(&error.to_string())))),
        },
    }
}

/// Whether the subcommand has no arguments.
pub fn is_bare() -> bool {
    std::env::args_os().len() == 2
}

/// A message of clap without line breaks, usage and repeated hints.
fn one_line(message: &str) -> String {
    let message = message.trim_start_matches("error: ").replace("\n\n  tip:", ";");
    let kept = message.split("\n\n").filter(|paragraph| {
        let start = paragraph.trim_start();
        !(start.starts_with("Usage:") || start.starts_with("For more information"))
    });
    let lines = kept.flat_map(str::lines).map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_declared_consistently() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn one_line_keeps_the_problem_and_the_tip() {
        let message = "error: unexpected argument '--pek' found\n\n  \
                       tip: a similar argument exists: '--peak'\n\n\
                       Usage: filterbank design <BAND> [OPTIONS]\n\n\
                       For more information, try '--help'.\n";
        let line = "unexpected argument '--pek' found; a similar argument exists: '--peak'";
        assert_eq!(one_line(message), line);
    }
}
