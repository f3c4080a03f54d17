//! `rackproof parts`

use super::arguments::Parts;
use super::files::{self, AS_IT_LIES};
use super::output::{self, write_whole};
use super::terminal::Terminal;
use crate::check;
use crate::parts;
use crate::report::{Listed, PartsFormat, mistakes_text, parts as render};
use crate::source::Sources;
use crate::words::Said;

pub(super) fn run(command: &Parts, terminal: &Terminal) -> u8 {
    let complain = |error: Said, code: u8| {
        terminal.complain(error);
        code
    };
    let formats = PartsFormat::ALL.map(|format| (format.word(), format));
    let outputs = match output::named_files(&command.outputs, &formats) {
        Ok(outputs) => outputs,
        Err(error) => return complain(error, 2),
    };
    let opened = match files::open_one(&command.path, &command.settings, Sources::default(), &AS_IT_LIES) {
        Ok(opened) => opened,
        Err(error) => return complain(error, 2),
    };
    let files::Opened { name, sources, reading } = opened;
    let (topology, findings) = check::topology(&sources, &reading);
    let code = if topology.is_some() { u8::from(!findings.is_empty()) } else { 3 };
    let listed = Listed { name, parts: topology.as_ref().map(parts::parts), sources, findings };
    for (format, path) in outputs {
        let style = terminal.style_of_file(format.for_people());
        if let Err(error) = write_whole(&path, render(format, &listed, style).as_bytes()) {
            return complain(error, 3);
        }
    }
    // A table for other programs has no place for what is wrong with the text.
    if matches!(command.format, PartsFormat::Csv | PartsFormat::CablesCsv) {
        terminal.tell(&mistakes_text(&listed.sources, &listed.findings, terminal.style));
    }
    terminal
        .print(&render(command.format, &listed, terminal.style_of_output(command.format.for_people())))
        .map_or_else(|error| error, |()| code)
}
