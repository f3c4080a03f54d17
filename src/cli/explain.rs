//! `rackproof explain`

use super::terminal::Terminal;
use crate::{catalogue, design, report};

pub(super) fn run(name: &str, terminal: &Terminal) -> u8 {
    if let Some(text) = report::explain(name, terminal.style) {
        return terminal.print(&text).map_or_else(|error| error, |()| 0);
    }
    let names = catalogue::RULES.iter().map(|rule| rule.id).chain(catalogue::FIGURES.iter().map(|figure| figure.id));
    let hint = match design::nearest(name, names) {
        Some(near) => format!("; did you mean {near}?"),
        None => "; `rackproof rules` lists the rules, `rackproof plan` the figures".to_owned(),
    };
    terminal.complain(&format!("there is no rule or figure named {name}{hint}"));
    2
}
