//! `rackproof check`

use super::arguments::{Designs, Format};
use super::files;
use super::terminal::Terminal;
use crate::check::{self, Report};
use crate::report;
use crate::source::Sources;

pub(super) fn run(designs: &Designs, terminal: &Terminal) -> u8 {
    let mut sources = Sources::default();
    let opened = match files::open(designs, &mut sources, terminal) {
        Ok(opened) => opened,
        Err(code) => return code,
    };
    let reports: Vec<(String, Report)> =
        opened.into_iter().map(|design| (design.name, check::check(&sources, &design.reading))).collect();
    let code = reports.iter().map(|(_, report)| report.exit_code()).max().unwrap_or(0);
    let text = match designs.format {
        Format::Json => {
            let reports: Vec<Report> = reports.into_iter().map(|(_, report)| report).collect();
            report::check_json(&sources, &reports)
        }
        Format::Text => {
            let show = |(name, report): &(String, Report)| report::check_text(&sources, report, name, terminal.style);
            reports.iter().map(show).collect::<Vec<_>>().join("\n")
        }
    };
    terminal.print(&text).map_or_else(|error| error, |()| code)
}
