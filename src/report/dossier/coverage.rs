//! What was assumed, and every rule with what became of it.

use std::collections::BTreeMap;

use maud::html;

use super::Dossier;
use super::page::Section;
use crate::check::Outcome;
use crate::report::clean::clean_line;

pub(super) fn assumptions(dossier: &Dossier<'_>) -> Option<Section> {
    let assumptions = dossier.assumptions();
    if assumptions.is_empty() {
        return None;
    }
    let content = html! {
        p { "The design does not state these; figures and findings took them as usual. Whoever signs agrees to them." }
        ul {
            @for (assumption, whats) in &assumptions {
                li { (clean_line(assumption)) span.quiet { " (for " (clean_line(&whats.join(", "))) ")" } }
            }
        }
    };
    Some(Section { id: "assumptions", heading: format!("Assumptions ({})", assumptions.len()), content })
}

/// Outcomes in the order of a row, with their words.
pub(super) const OUTCOMES: [(Outcome, &str, &str); 6] = [
    (Outcome::Holds, "hold", "holds"),
    (Outcome::Violated, "violated", "error"),
    (Outcome::Unproven, "unproven", "unproven"),
    (Outcome::NotApplicable, "do not apply", "quiet"),
    (Outcome::SetAside, "set aside", "quiet"),
    (Outcome::Off, "off", "quiet"),
];

/// Rules by area, each with what became of it.
pub(super) fn by_area<'d>(dossier: &Dossier<'d>) -> BTreeMap<&'d str, Vec<(&'d str, Outcome)>> {
    let mut areas: BTreeMap<&str, Vec<(&str, Outcome)>> = BTreeMap::new();
    for entry in &dossier.checked.report.coverage {
        let area = entry.rule.split_once('/').map_or(entry.rule.as_ref(), |(area, _)| area);
        areas.entry(area).or_default().push((entry.rule.as_ref(), entry.outcome));
    }
    areas
}

pub(super) fn section(dossier: &Dossier<'_>) -> Option<Section> {
    let areas = by_area(dossier);
    if areas.is_empty() {
        return None;
    }
    let count = |rules: &[(&str, Outcome)], outcome| rules.iter().filter(|(_, own)| *own == outcome).count();
    let content = html! {
        div.scroll tabindex="0" role="region" aria-label="Rules by area" {
            table.matrix {
                caption { "Rules by area" }
                thead { tr { th scope="col" { "area" } @for (_, word, _) in OUTCOMES { th.number scope="col" { (word) } } } }
                tbody {
                    @for (area, rules) in &areas {
                        tr {
                            th scope="row" { (clean_line(area)) }
                            @for (outcome, _, class) in OUTCOMES {
                                @let number = count(rules, outcome);
                                @if number > 0 { td.number.(class) { (number) } } @else { td.number.none { "0" } }
                            }
                        }
                    }
                }
            }
        }
        details {
            summary { "Every rule by name" }
            table {
                thead { tr { th scope="col" { "rule" } th scope="col" { "outcome" } th scope="col" { "what a violation is" } } }
                tbody {
                    @for (rule, outcome) in areas.values().flatten() {
                        @let (_, word, class) = OUTCOMES.iter().find(|(own, _, _)| own == outcome).copied().unwrap_or(OUTCOMES[0]);
                        tr {
                            td { code { (clean_line(rule)) } }
                            td.(class) { (word) }
                            td { (dossier.rule(rule).map_or("", |rule| rule.summary)) }
                        }
                    }
                }
            }
        }
    };
    Some(Section { id: "rules", heading: "Rules that were judged".to_owned(), content })
}
