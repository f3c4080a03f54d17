//! `rackproof plan`

use super::arguments::{Designs, Format};
use super::files;
use super::terminal::Terminal;
use crate::capacity;
use crate::check;
use crate::report::{self, Planned};

pub(super) fn run(designs: &Designs, terminal: &Terminal) -> u8 {
    let opened = match files::open(designs, terminal) {
        Ok(opened) => opened,
        Err(code) => return code,
    };
    let mut code = 0;
    let mut plans = Vec::new();
    for files::Opened { name, sources, reading } in opened {
        let (topology, findings) = check::topology(&sources, &reading);
        code = code.max(if topology.is_some() { u8::from(!findings.is_empty()) } else { 3 });
        let figures = topology.as_ref().map(capacity::plan).unwrap_or_default();
        plans.push(Planned { name, sources, figures, findings });
    }
    let style = terminal.style_of_output(designs.format.for_people());
    let text = match designs.format {
        Format::Json => report::plan_json(&plans, style.language),
        Format::Text => {
            let show = |plan| report::plan_text(plan, style);
            plans.iter().map(show).collect::<Vec<_>>().join("\n")
        }
    };
    terminal.print(&text).map_or_else(|error| error, |()| code)
}
