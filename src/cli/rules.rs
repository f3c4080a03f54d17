//! `rackproof rules`

use super::arguments::{Filter, Format, OriginWord, SeverityWord};
use super::terminal::Terminal;
use crate::catalogue::{self, Origin, Rule, Severity};
use crate::{design, report};

pub(super) fn run(filter: &Filter, terminal: &Terminal) -> u8 {
    let areas = catalogue::RULES.iter().map(|rule| rule.area);
    if let Some(area) = filter.area.as_deref().filter(|area| !areas.clone().any(|known| known == *area)) {
        let hint = design::nearest(area, areas).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        terminal.complain(&format!("there is no area {area}{hint}"));
        return 2;
    }
    let rules: Vec<&Rule> = catalogue::RULES.iter().filter(|rule| passes(rule, filter)).collect();
    let text = match filter.format {
        Format::Text => report::rules_text(&rules, terminal.style),
        Format::Json => report::rules_json(&rules),
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
