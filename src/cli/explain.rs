//! `rackproof explain`

use std::path::PathBuf;

use super::packs::Packs;
use super::terminal::Terminal;
use crate::{catalogue, design, report};

pub(super) fn run(name: &str, packs: &[PathBuf], terminal: &Terminal) -> u8 {
    let packs = match Packs::open(packs) {
        Ok((_, packs)) => packs,
        Err(broken) => {
            terminal.tell(&report::check_text(&broken, terminal.style));
            return 3;
        }
    };
    let own = packs.rules.iter().find(|rule| rule.id.value == name);
    let text = own.map(|rule| report::explain_rule(&rule.texts(), terminal.style));
    if let Some(text) = text.or_else(|| report::explain(name, terminal.style)) {
        return terminal.print(&text).map_or_else(|error| error, |()| 0);
    }
    let own = packs.rules.iter().map(|rule| rule.id.value.as_str());
    let names =
        own.chain(catalogue::RULES.iter().map(|rule| rule.id)).chain(catalogue::FIGURES.iter().map(|figure| figure.id));
    let hint = match design::nearest(name, names) {
        Some(near) => format!("; did you mean {near}?"),
        None => "; `rackproof rules` lists the rules, `rackproof plan` the figures".to_owned(),
    };
    terminal.complain(&format!("there is no rule or figure named {name}{hint}"));
    2
}
