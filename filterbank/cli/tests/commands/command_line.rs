//! Help, completions, and behaviour common to all commands.

use crate::support::{Folder, Run, assert_contains};

#[test]
fn help_lists_every_command() {
    let folder = Folder::new("help_lists_every_command");
    let commands = ["fit", "design", "filter", "identify", "check", "completions"];
    for arguments in [&["--help"][..], &["help"], &[]] {
        let help = folder.succeed(arguments);
        assert_contains(
            &help,
            &commands.map(|command| format!("\n  {command} ")).each_ref().map(String::as_str),
        );
    }
    for command in commands {
        let help = folder.succeed(&[command, "--help"]);
        let usage = format!("Usage: filterbank {command}");
        let example = format!("  filterbank {command} ");
        assert_contains(&help, &[&usage, "Example", &example]);
        assert!(folder.succeed(&[command, "-h"]).contains(&usage));
    }
    assert!(folder.succeed(&["--version"]).starts_with("filterbank "));
}

#[test]
fn wrong_commands_are_refused() {
    let folder = Folder::new("wrong_commands_are_refused");
    folder.fail(&["desing"], 2, "unrecognized subcommand 'desing'; a similar subcommand exists");
    folder.fail(&["design", "--pek", "100"], 2, "a similar argument exists: '--peak' (see --help)");
}

#[test]
fn completions_know_commands_and_options() {
    let folder = Folder::new("completions_know_commands_and_options");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = folder.succeed(&["completions", shell]);
        assert_contains(&script, &["filterbank", "identify", "mean-above"]);
    }
    folder.fail(&["completions", "cmd"], 2, "invalid value 'cmd'");
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let folder = Folder::new("a_closed_pipe_is_not_an_error");
    for arguments in [
        &["check"][..],
        &["completions", "bash"],
        &["design"],
        &["filter"],
        &["fit"],
        &["fit", "--help"],
        &["identify", "--repeats", "1"],
    ] {
        let (reader, writer) = std::io::pipe().expect("a pipe can be made");
        drop(reader);
        let output = folder.command(arguments).stdout(writer).output();
        let run = Run::from(output.expect("the program can be started"));
        assert_eq!((run.code, run.errors.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_reported() {
    let folder = Folder::new("a_full_disk_is_reported");
    folder.write("curve.csv", "100,1\n200,2\n400,1\n");
    folder.write_wav("in.wav", &[vec![1; 100]]);
    for arguments in [
        &["check"][..],
        &["completions", "zsh"],
        &["design"],
        &["design", "--highpass", "80", "--json"],
        &["filter"],
        &["filter", "in.wav", "out.wav", "--gain-db", "1"],
        &["fit"],
        &["fit", "curve.csv", "--peaks", "1", "--no-shelves", "--json"],
        &["fit", "--help"],
        &["identify"],
    ] {
        let full = std::fs::File::options().write(true).open("/dev/full").expect("Linux has it");
        let output = folder.command(arguments).stdout(full).output();
        let run = Run::from(output.expect("the program can be started"));
        assert_eq!(run.code, Some(1), "{arguments:?}: {run:?}");
        assert_contains(&run.errors, &["error: standard output cannot be written: "]);
    }
}
