//! The program as a process: output, files and errors of its commands.

mod check;
mod command_line;
mod curve_files;
mod design;
mod filter;
mod fit;
mod identify;
mod support;
