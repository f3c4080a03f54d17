//! `rackproof completions`

use clap_complete::Shell;

use super::terminal::Terminal;

pub(super) fn run(shell: Shell, terminal: &Terminal) -> u8 {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut super::command(), "rackproof", &mut script);
    terminal.print(&String::from_utf8_lossy(&script)).map_or_else(|error| error, |()| 0)
}
