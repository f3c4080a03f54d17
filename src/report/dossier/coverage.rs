//! What was assumed, and every rule with what became of it.

use std::collections::BTreeMap;

use maud::html;

use super::Dossier;
use super::page::{Column, Section, columns};
use crate::check::Outcome;
use crate::report::clean::clean_line;
use crate::words::Said;
use crate::words::dossier as words;

pub(super) fn assumptions(dossier: &Dossier<'_>) -> Option<Section> {
    let assumptions = dossier.assumptions();
    if assumptions.is_empty() {
        return None;
    }
    let content = html! {
        p { (dossier.say(words::assumptions_why())) }
        ul {
            @for (assumption, whats) in &assumptions {
                li { (assumption) span.quiet { " " (dossier.say(words::assumed_for(dossier.names(whats)))) } }
            }
        }
    };
    let heading = dossier.say(words::assumptions(assumptions.len()));
    Some(Section { id: "assumptions", heading, content })
}

/// Outcomes in the order of a row, with their classes.
pub(super) const OUTCOMES: [(Outcome, &str); 6] = [
    (Outcome::Holds, "holds"),
    (Outcome::Violated, "error"),
    (Outcome::Unproven, "unproven"),
    (Outcome::NotApplicable, "quiet"),
    (Outcome::SetAside, "quiet"),
    (Outcome::Off, "quiet"),
];

/// What becomes of rules, at the head of a column.
pub(super) fn word(outcome: Outcome) -> Said {
    match outcome {
        Outcome::Holds => words::hold(),
        Outcome::Violated => words::violated(),
        Outcome::Unproven => words::unproven(),
        Outcome::NotApplicable => words::do_not_apply(),
        Outcome::SetAside => words::set_aside(),
        Outcome::Off => words::off(),
    }
}

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
    let outcomes = OUTCOMES.iter().map(|(outcome, _)| Column::Numbers(word(*outcome)));
    let head = std::iter::once(Column::Words(words::area())).chain(outcomes);
    let by_name = [words::rule(), words::outcome(), words::what_a_violation_is()];
    let content = html! {
        div.scroll tabindex="0" role="region" aria-label=(dossier.say(words::rules_by_area())) {
            table.matrix {
                caption { (dossier.say(words::rules_by_area())) }
                (columns(dossier, head))
                tbody {
                    @for (area, rules) in &areas {
                        tr {
                            th scope="row" { (clean_line(area)) }
                            @for (outcome, class) in OUTCOMES {
                                @let number = count(rules, outcome);
                                @if number > 0 { td.number.(class) { (number) } } @else { td.number.none { "0" } }
                            }
                        }
                    }
                }
            }
        }
        details {
            summary { (dossier.say(words::every_rule_by_name())) }
            table {
                (columns(dossier, by_name.map(Column::Words)))
                tbody {
                    @for (rule, outcome) in areas.values().flatten() {
                        @let class = OUTCOMES.iter().find(|(own, _)| own == outcome).map_or("", |(_, class)| *class);
                        tr {
                            td { code { (clean_line(rule)) } }
                            td.(class) { (dossier.say(word(*outcome))) }
                            td { (dossier.rule(rule).map_or("", |rule| rule.summary)) }
                        }
                    }
                }
            }
        }
    };
    Some(Section { id: "rules", heading: dossier.say(words::rules()), content })
}
