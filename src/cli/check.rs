//! `rackproof check`

use super::arguments::{Designs, Format};
use super::files;
use super::terminal::Terminal;
use crate::check::{self, Checked};
use crate::report;

pub(super) fn run(designs: &Designs, terminal: &Terminal) -> u8 {
    let opened = match files::open(designs, terminal) {
        Ok(opened) => opened,
        Err(code) => return code,
    };
    let checked: Vec<Checked> = opened.into_iter().map(judge).collect();
    let code = checked.iter().map(|design| design.report.exit_code()).max().unwrap_or(0);
    let text = match designs.format {
        Format::Json => report::check_json(&checked),
        Format::Text => {
            let show = |design| report::check_text(design, terminal.style);
            checked.iter().map(show).collect::<Vec<_>>().join("\n")
        }
    };
    terminal.print(&text).map_or_else(|error| error, |()| code)
}

fn judge(design: files::Opened) -> Checked {
    let report = check::check(&design.sources, &design.reading);
    Checked { name: design.name, sources: design.sources, report }
}
