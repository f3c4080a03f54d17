//! What to buy, what fills the racks, and the cabling plan.

use maud::{Markup, html};

use super::Dossier;
use super::page::{Column, Section, columns};
use crate::parts::{Part, Parts, RackTotal, Total};
use crate::report::clean::clean_line;
use crate::report::parts::{carries, draw, end, made_of, port, rack, rack_units, sections};
use crate::words::dossier as words;

pub(super) fn section(dossier: &Dossier<'_>) -> Option<Section> {
    let parts = dossier.parts.filter(|parts| !parts.list.is_empty())?;
    let head = [
        Column::Numbers(words::count()),
        Column::Words(words::what()),
        Column::Words(words::used_by()),
        Column::Words(words::not_known()),
    ];
    let content = html! {
        div.scroll tabindex="0" role="region" aria-label=(dossier.say(words::parts_list())) {
            table {
                caption { (dossier.say(words::parts_caption())) }
                (columns(dossier, head))
                tbody { @for part in &parts.list { (self::part(dossier, part)) } }
            }
        }
        (totals(dossier, parts))
        (cabling(dossier, parts))
        (lines(dossier, parts))
    };
    Some(Section { id: "parts", heading: dossier.say(words::parts()), content })
}

fn part(dossier: &Dossier<'_>, part: &Part) -> Markup {
    html! {
        tr {
            td.number { @match part.count { Some(count) => (count), None => "?" } }
            td {
                (dossier.say(part.kind.said()))
                @if let Some(model) = &part.model { " " b { (clean_line(model)) } }
                @if !part.description.is_empty() { ": " (dossier.say(&part.description)) }
            }
            td { (dossier.names(&part.used_by)) }
            td { @for key in &part.not_known { code { (clean_line(key)) } " " } }
        }
    }
}

fn totals(dossier: &Dossier<'_>, parts: &Parts) -> Markup {
    let row = |name: &str, total: &Total| {
        html! { tr { th scope="row" { (clean_line(name)) } td.number { (total.devices) } td.number { (dossier.say(rack_units(total))) } td.number { (dossier.say(draw(total))) } } }
    };
    let name = |own: &RackTotal| {
        rack(own.site.as_deref(), own.rack.as_deref()).unwrap_or_else(|| dossier.say(words::not_known()))
    };
    let numbers = [words::devices(), words::rack_units(), words::watts()].map(Column::Numbers);
    html! {
        table {
            caption { (dossier.say(words::racks())) }
            (columns(dossier, std::iter::once(Column::Words(words::rack())).chain(numbers)))
            tbody {
                @for own in &parts.racks { (row(&name(own), &own.total)) }
                (row(&dossier.say(words::together()), &parts.total))
            }
        }
    }
}

fn cabling(dossier: &Dossier<'_>, parts: &Parts) -> Markup {
    let head = || {
        [words::label(), words::from(), words::label(), words::to(), words::cable(), words::carries()]
            .map(Column::Words)
    };
    html! {
        @if !parts.cabling.is_empty() {
            details {
                summary { (dossier.say(words::cabling_plan(words::cables(parts.cabling.len())))) }
                @for (heading, cables) in sections(&parts.cabling) {
                    @let across = cables.iter().any(|cable| cable.from.place.rack != cable.to.place.rack);
                    div.scroll {
                        table {
                            caption { (dossier.say(heading)) }
                            (columns(dossier, head()))
                            tbody {
                                @for cable in cables {
                                    tr {
                                        td { (clean_line(&cable.from.label)) } td { (clean_line(&end(&cable.from, across))) }
                                        td { (clean_line(&cable.to.label)) } td { (clean_line(&end(&cable.to, across))) }
                                        td { (dossier.say(made_of(cable))) } td { (clean_line(&carries(cable, "VLAN ", dossier.language))) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn lines(dossier: &Dossier<'_>, parts: &Parts) -> Markup {
    let told = parts.lines.iter().map(|line| {
        let port = port(&line.place, &line.device, &line.port, true);
        html! { (dossier.say(words::plugged_at(&line.name, port))) }
    });
    let told = dossier.listed(told);
    html! {
        @if !parts.lines.is_empty() { p { (dossier.set(|[lines]| words::from_outside(lines), &[told])) } }
    }
}
