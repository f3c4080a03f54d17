//! `rackproof acceptance`

use super::arguments::Acceptance;
use super::files;
use super::output::write_whole;
use super::terminal::Terminal;
use crate::source::Sources;
use crate::{acceptance, capacity, check, failure, report};

pub(super) fn run(command: &Acceptance, terminal: &Terminal) -> u8 {
    let opened = files::open_one(&command.path, &command.settings, Sources::default(), &files::AS_IT_LIES);
    let files::Opened { name, sources, reading } = match opened {
        Ok(opened) => opened,
        Err(error) => {
            terminal.complain(error);
            return 2;
        }
    };
    let (topology, findings) = check::topology(&sources, &reading);
    let told = report::mistakes_text(&sources, &findings, terminal.style);
    let Some(topology) = topology else {
        terminal.tell(&told);
        return 3;
    };
    let figures = capacity::plan(&topology);
    let plan = acceptance::acceptance(&topology, &figures, &failure::prove(&topology));
    let about = reading.design.design.as_ref().and_then(|about| about.value.name.as_ref());
    let text = report::acceptance(about.map_or(&name, |name| name.value.as_str()), &plan);
    terminal.tell(&told);
    let written = match &command.output {
        Some(path) => write_whole(path, text.as_bytes()).map_err(|error| {
            terminal.complain(error);
            3
        }),
        None => terminal.print(&text),
    };
    written.map_or_else(|error| error, |()| u8::from(!findings.is_empty()))
}
