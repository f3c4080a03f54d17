//! `rackproof explain`

use std::path::PathBuf;

use super::packs::Packs;
use super::terminal::Terminal;
use crate::catalogue;
use crate::words;
use crate::{design, report};

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
    terminal.complain(match design::nearest(name, names) {
        Some(near) => words::command_line::no_rule_or_figure_but(name, near),
        None => words::command_line::no_rule_or_figure(name),
    });
    2
}
