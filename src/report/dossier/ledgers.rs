//! What each switch has to carry against what its model can.

use maud::{Markup, html};

use super::Dossier;
use super::page::{Column, Section, columns};
use crate::capacity::{Figure, State, Value};
use crate::catalogue::{EvidenceValue, figure_texts as texts};
use crate::report::clean::clean_line;
use crate::words::dossier as words;

pub(super) fn section(dossier: &Dossier<'_>) -> Option<Section> {
    let kinds = [texts::SWITCH_PORTS, texts::SWITCH_LACP_GROUPS, texts::SWITCH_VLANS, texts::SWITCH_MTU];
    let figures: Vec<&Figure> =
        dossier.figures.iter().filter(|figure| kinds.iter().any(|text| text.id == figure.text.id)).collect();
    if figures.is_empty() {
        return None;
    }
    let mut switches: Vec<&str> = figures.iter().map(|figure| switch_of(figure)).collect();
    switches.sort_unstable();
    switches.dedup();
    let head = [words::switch(), words::ports(), words::lacp_groups(), words::vlans(), words::largest_packet()];
    let content = html! {
        div.scroll tabindex="0" role="region" aria-label=(dossier.say(words::ledgers_by_switch())) {
            table.ledgers {
                caption { (dossier.say(words::ledgers_caption())) }
                (columns(dossier, head.map(Column::Words)))
                tbody {
                    @for switch in switches {
                        tr {
                            th scope="row" { (clean_line(switch.strip_prefix("switch.").unwrap_or(switch))) }
                            @for text in kinds {
                                td {
                                    @for figure in figures.iter().filter(|figure| figure.text.id == text.id && switch_of(figure) == switch) { (entry(dossier, figure)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    Some(Section { id: "ledgers", heading: dossier.say(words::ledgers()), content })
}

fn switch_of(figure: &Figure) -> &str {
    figure.subject.split_once(", ").map_or(figure.subject.as_str(), |(switch, _)| switch)
}

fn input(figure: &Figure, name: &str) -> Option<f64> {
    let known = figure.inputs.iter().find(|input| input.name == name)?;
    match known.value {
        EvidenceValue::Number(number) => Some(number),
        _ => None,
    }
}

fn entry(dossier: &Dossier<'_>, figure: &Figure) -> Markup {
    let of_speed = figure.subject.split_once(", ").map(|(_, speed)| speed);
    let state = (figure.state != State::Healthy).then(|| figure.state.said());
    let known = figure.number().zip(input(figure, "available"));
    let missing = match &figure.value {
        Value::Unknown(missing) => Some(words::needs(dossier.names(missing))),
        Value::Number(_) | Value::Never => None,
    };
    html! {
        div.entry {
            @if let Some((needed, available)) = known {
                @let told = dossier.say(words::of_available(needed, available));
                meter.over[needed > available] min="0" max=(available.max(needed)) value=(needed) { (told) } " " (told)
            } @else { (dossier.say(figure.printed())) }
            @if let Some(speed) = of_speed { " " (clean_line(speed)) }
            @if let Some(state) = state { span.quiet { " (" (dossier.say(state)) ")" } }
            div.quiet { (dossier.say(&figure.formula)) @if let Some(missing) = missing { (dossier.say(missing)) } }
        }
    }
}
