//! `rackproof rules`

use super::arguments::{Filter, Format, OriginWord, Rules, RulesCommand, SeverityWord};
use super::packs::{self, Packs};
use super::terminal::Terminal;
use crate::catalogue::{self, Origin, Rule, Severity};
use crate::packs::UserRule;
use crate::words;
use crate::{design, report};

pub(super) fn run(command: &Rules, terminal: &Terminal) -> u8 {
    if let Some(RulesCommand::Test { paths }) = &command.command {
        return packs::test(paths, terminal);
    }
    let filter = &command.filter;
    let packs = match Packs::open(&command.packs.paths) {
        Ok((_, packs)) => packs,
        Err(broken) => {
            terminal.tell(&report::check_text(&broken, terminal.style));
            return 3;
        }
    };
    let own: Vec<Rule> = packs.rules.iter().map(UserRule::texts).collect();
    let all: Vec<&Rule> = catalogue::RULES.iter().map(|rule| -> &Rule { rule }).chain(&own).collect();
    let areas = all.iter().map(|rule| rule.area);
    if let Some(area) = filter.area.as_deref().filter(|area| !areas.clone().any(|known| known == *area)) {
        terminal.complain(match design::nearest(area, areas) {
            Some(near) => words::command_line::no_area_but(area, near),
            None => words::command_line::no_area(area),
        });
        return 2;
    }
    let rules: Vec<&Rule> = all.iter().filter(|rule| passes(rule, filter)).copied().collect();
    let style = terminal.style_of_output(filter.format.for_people());
    let text = match filter.format {
        Format::Text => report::rules_text(&rules, style),
        Format::Json => report::rules_json(&rules, style.language),
    };
    terminal.print(&text).map_or_else(|error| error, |()| 0)
}

fn passes(rule: &Rule, filter: &Filter) -> bool {
    let origin = filter.origin.map(|origin| match origin {
        OriginWord::Documents => Origin::Documents,
        OriginWord::Official => Origin::Official,
        OriginWord::Practice => Origin::Practice,
    });
    let severity = filter.severity.map(|severity| match severity {
        SeverityWord::Error => Severity::Error,
        SeverityWord::Warning => Severity::Warning,
        SeverityWord::Note => Severity::Note,
    });
    filter.area.as_deref().is_none_or(|area| rule.area == area)
        && origin.is_none_or(|origin| rule.origin == origin)
        && severity.is_none_or(|severity| rule.severity[0] == severity)
}
