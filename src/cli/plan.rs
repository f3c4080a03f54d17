//! `rackproof plan`

use super::arguments::{Designs, Format};
use super::files;
use super::terminal::Terminal;
use crate::capacity::{self, Figure};
use crate::check::{self, Finding};
use crate::source::Sources;
use crate::{report, topology};

pub(super) fn run(designs: &Designs, terminal: &Terminal) -> u8 {
    let mut sources = Sources::default();
    let opened = match files::open(designs, &mut sources, terminal) {
        Ok(opened) => opened,
        Err(code) => return code,
    };
    let mut code = 0;
    let mut plans: Vec<(String, Vec<Figure>, Vec<Finding>)> = Vec::new();
    for design in opened {
        let Some(reading) = design.reading else {
            code = 3;
            continue;
        };
        let findings = check::mistakes(&reading);
        let worst = if reading.whole { u8::from(!findings.is_empty()) } else { 3 };
        code = code.max(worst);
        let figures = if reading.whole {
            capacity::plan(&topology::resolve(&reading.design, reading.root).0)
        } else {
            Vec::new()
        };
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
