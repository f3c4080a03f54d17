//! `rackproof init`

use std::path::Path;

use super::output;
use super::terminal::Terminal;
use crate::words;

/// The design that `init` writes; a test checks that it passes.
const STARTER: &str = include_str!("../../fixtures/designs/starter.toml");

pub(super) fn run(path: &Path, terminal: &Terminal) -> u8 {
    if let Err(error) = output::create_whole(path, STARTER.as_bytes()) {
        terminal.complain(error);
        return if path.exists() { 2 } else { 3 };
    }
    let name = crate::report::clean_line(&path.to_string_lossy()).into_owned();
    let told = words::command_line::written(name);
    terminal.print(&format!("{}\n", told.say(terminal.style.language))).map_or_else(|error| error, |()| 0)
}
