//! `rackproof baseline`

use super::arguments::Baseline;
use super::check::{End, Run};
use super::configured::Configured;
use super::output::write_whole;
use super::terminal::Terminal;
use crate::check::{Report, write_baseline};
use crate::words;

pub(super) fn run(command: &Baseline, terminal: &Terminal) -> u8 {
    let Baseline::Write { paths, configured } = command;
    let run = match Run::new(paths, &[], configured, &super::files::AS_IT_LIES, End::OfRun) {
        Ok(run) => run,
        Err(error) => {
            terminal.complain(error);
            return 2;
        }
    };
    if let Some(unread) = run.checked.iter().find(|design| !design.report.whole) {
        terminal.complain(words::command_line::no_baseline_of_design(&unread.name));
        return 3;
    }
    let usable = run.paths.iter().all(|(_, configured)| configured.usable());
    let Some((_, first)) = run.paths.first().filter(|_| usable) else {
        terminal.complain(words::command_line::no_baseline());
        return 3;
    };
    let path = &first.baseline;
    let designs: Vec<(String, &Report)> = run
        .paths
        .iter()
        .zip(&run.checked)
        .map(|((design, _), checked)| (Configured::below(path.parent(), design), &checked.report))
        .collect();
    let text = write_baseline(&designs);
    if let Err(error) = write_whole(path, text.as_bytes()) {
        terminal.complain(error);
        return 3;
    }
    let entries = text.matches("\n[[finding]]").count();
    let told = words::command_line::baseline_entries(path.display().to_string(), entries);
    terminal.print(&format!("{}\n", told.say(terminal.style.language))).map_or_else(|error| error, |()| 0)
}
