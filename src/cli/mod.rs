//! The command line: one file per command. The only code that reads files, the environment and the terminal.
#![allow(clippy::disallowed_methods, reason = "this is where files and the environment are read")]

mod acceptance;
mod arguments;
mod baseline;
mod check;
mod completions;
mod config;
mod configured;
mod crush;
mod diff;
mod explain;
mod failures;
mod files;
mod fix;
mod init;
mod lsp;
mod output;
mod packs;
mod parts;
mod plan;
mod report;
mod revision;
mod rules;
mod schema;
mod terminal;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

/// What may be typed: every command with its options, for manuals and completions.
pub fn command() -> clap::Command {
    arguments::Arguments::command()
}

/// Runs a command and answers its exit code: 0 fine, 1 findings, 2 wrong usage, 3 no design could be read.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match arguments::Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return terminal::usage(&error),
    };
    let terminal = terminal::Terminal::new(arguments.color, arguments.lang);
    let code = match arguments.command {
        arguments::Command::Check(command) => check::run(&command, &terminal),
        arguments::Command::Config(command) => config::run(&command, &terminal),
        arguments::Command::Baseline(command) => baseline::run(&command, &terminal),
        arguments::Command::Plan(command) => plan::run(&command, &terminal),
        arguments::Command::Failures(command) => failures::run(&command, &terminal),
        arguments::Command::Parts(command) => parts::run(&command, &terminal),
        arguments::Command::Diff(command) => diff::run(&command, &terminal),
        arguments::Command::Crush(command) => crush::run(&command, &terminal),
        arguments::Command::Explain { name, packs } => explain::run(&name, &packs.paths, &terminal),
        arguments::Command::Report(command) => report::run(command, &terminal),
        arguments::Command::Acceptance(command) => acceptance::run(&command, &terminal),
        arguments::Command::Rules(command) => rules::run(&command, &terminal),
        arguments::Command::Lsp => lsp::run(&terminal),
        arguments::Command::Schema { of } => schema::run(of, &terminal),
        arguments::Command::Completions { shell } => completions::run(shell, &terminal),
        arguments::Command::Init { path } => init::run(&path, &terminal),
    };
    ExitCode::from(code)
}
