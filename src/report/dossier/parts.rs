//! What to buy, what fills the racks, and the cabling plan.

use maud::{Markup, html};

use super::Dossier;
use super::page::Section;
use crate::parts::{Part, Parts, Total};
use crate::report::clean::clean_line;
use crate::report::parts::{carries, draw, end, made_of, port, rack, rack_units, sections};
use crate::report::told::plural;

pub(super) fn section(dossier: &Dossier<'_>) -> Option<Section> {
    let parts = dossier.parts.filter(|parts| !parts.list.is_empty())?;
    let content = html! {
        div.scroll tabindex="0" role="region" aria-label="Parts list" {
            table {
                caption { "Parts; a ? is what the design does not state" }
                thead { tr { th.number scope="col" { "count" } th scope="col" { "what" } th scope="col" { "for" } th scope="col" { "not known" } } }
                tbody { @for part in &parts.list { (self::part(part)) } }
            }
        }
        (totals(parts))
        (cabling(parts))
        (lines(parts))
    };
    Some(Section { id: "parts", heading: "What to buy, and how it is cabled".to_owned(), content })
}

fn part(part: &Part) -> Markup {
    html! {
        tr {
            td.number { @match part.count { Some(count) => (count), None => "?" } }
            td {
                (part.kind.word())
                @if let Some(model) = &part.model { " " b { (clean_line(model)) } }
                @if !part.description.is_empty() { ": " (clean_line(&part.description.to_string())) }
            }
            td { (clean_line(&part.used_by.join(", "))) }
            td { @for key in &part.not_known { code { (clean_line(key)) } " " } }
        }
    }
}

fn totals(parts: &Parts) -> Markup {
    let row = |name: &str, total: &Total| {
        html! { tr { th scope="row" { (clean_line(name)) } td.number { (total.devices) } td.number { (rack_units(total).to_string()) } td.number { (draw(total).to_string()) } } }
    };
    html! {
        table {
            caption { "Racks" }
            thead { tr { th scope="col" { "rack" } th.number scope="col" { "devices" } th.number scope="col" { "rack units" } th.number scope="col" { "watts at most" } } }
            tbody {
                @for own in &parts.racks { (row(rack(own.site.as_deref(), own.rack.as_deref()).as_deref().unwrap_or("not known"), &own.total)) }
                (row("all", &parts.total))
            }
        }
    }
}

fn cabling(parts: &Parts) -> Markup {
    html! {
        @if !parts.cabling.is_empty() {
            details {
                summary { "Cabling plan: " (plural(parts.cabling.len(), "cable")) ", in the order in which they are plugged in" }
                @for (heading, cables) in sections(&parts.cabling) {
                    @let across = cables.iter().any(|cable| cable.from.place.rack != cable.to.place.rack);
                    div.scroll {
                        table {
                            caption { (clean_line(&heading.to_string())) }
                            thead { tr { th scope="col" { "label" } th scope="col" { "from" } th scope="col" { "label" } th scope="col" { "to" } th scope="col" { "cable" } th scope="col" { "carries" } } }
                            tbody {
                                @for cable in cables {
                                    tr {
                                        td { (clean_line(&cable.from.label)) } td { (clean_line(&end(&cable.from, across))) }
                                        td { (clean_line(&cable.to.label)) } td { (clean_line(&end(&cable.to, across))) }
                                        td { (clean_line(&made_of(cable).to_string())) } td { (clean_line(&carries(cable, "VLAN ", crate::catalogue::Language::English))) }
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

fn lines(parts: &Parts) -> Markup {
    html! {
        @if !parts.lines.is_empty() {
            p { "From outside the design: "
                @for (index, line) in parts.lines.iter().enumerate() {
                    @if index > 0 { ", " } (clean_line(&line.name.to_string())) " at " (clean_line(&port(&line.place, &line.device, &line.port, true)))
                }
            }
        }
    }
}
