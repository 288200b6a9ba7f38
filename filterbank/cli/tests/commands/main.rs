//! The program from outside: what its commands print and write, and how they fail.

mod check;
mod command_line;
mod design;
mod filter;
mod fit;
mod identify;
mod support;
