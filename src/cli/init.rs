//! `rackproof init`

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use super::terminal::Terminal;

/// The design that `init` writes; a test checks that it passes.
const STARTER: &str = include_str!("../../fixtures/designs/starter.toml");

pub(super) fn run(path: &Path, terminal: &Terminal) -> u8 {
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .and_then(|mut file| file.write_all(STARTER.as_bytes()));
    let name = path.display();
    if let Err(error) = written {
        terminal.complain(&format!("{name} was not written: {error}"));
        return 2;
    }
    terminal.print(&format!("{name} is written; now run: rackproof check {name}\n")).map_or_else(|error| error, |()| 0)
}
