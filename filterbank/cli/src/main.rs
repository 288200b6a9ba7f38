//! Filters on the command line: one program with a subcommand for each task.

mod check;
mod command;
mod completions;
mod design;
mod filter;
mod fit;
mod identify;
mod shared;

use std::process::ExitCode;

use command::Command;
use shared::failure::Failure;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print();
            failure.exit_code()
        }
    }
}

fn run() -> Result<(), Failure> {
    let Some(command) = command::read()? else { return Ok(()) };
    match command {
        Command::Fit(args) => fit::run(args),
        Command::Design(args) => design::run(args),
        Command::Filter(args) => filter::run(args),
        Command::Identify(args) => identify::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Completions(args) => completions::run(&args),
    }
}
