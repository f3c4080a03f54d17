//! `rackproof plan`

use super::arguments::{Designs, Format};
use super::files;
use super::terminal::Terminal;
use crate::capacity::{self, Figure};
use crate::check::{self, Finding};
use crate::report;
use crate::source::Sources;

pub(super) fn run(designs: &Designs, terminal: &Terminal) -> u8 {
    let mut sources = Sources::default();
    let opened = match files::open(designs, &mut sources, terminal) {
        Ok(opened) => opened,
        Err(code) => return code,
    };
    let mut code = 0;
    let mut plans: Vec<(String, Vec<Figure>, Vec<Finding>)> = Vec::new();
    for design in opened {
        let reading = design.reading;
        let (topology, findings) = check::topology(&sources, &reading);
        code = code.max(if topology.is_some() { u8::from(!findings.is_empty()) } else { 3 });
        let figures = topology.as_ref().map(capacity::plan).unwrap_or_default();
        plans.push((design.name, figures, findings));
    }
    let text = match designs.format {
        Format::Json => report::plan_json(&sources, &plans),
        Format::Text => {
            let show = |(name, figures, findings): &(String, Vec<Figure>, Vec<Finding>)| {
                report::plan_text(&sources, name, figures, findings, terminal.style)
            };
            plans.iter().map(show).collect::<Vec<_>>().join("\n")
        }
    };
    terminal.print(&text).map_or_else(|error| error, |()| code)
}
