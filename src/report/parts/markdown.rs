//! Tables for a change request.

use std::fmt::Write as _;

use super::{Listed, carries, draw, end, heads_of_racks, made_of, not_known, port, rack, rack_units, sections};
use crate::parts::{Line, Part, Parts, PlannedCable, Total};
use crate::report::markdown::escaped;
use crate::report::told::{place, spoken};
use crate::words::{self, Language, Said};

/// Both lists of a design.
pub(super) fn parts(listed: &Listed, language: Language) -> String {
    let mut out = format!("## {}\n\n", words::parts::title(escaped(&listed.name)).say(language));
    for finding in &listed.findings {
        let message = escaped(&finding.message.say(language));
        let told = words::parts::error_at(message, escaped(&place(&listed.sources, finding.span)));
        let _ = writeln!(out, "- {}", told.say(language));
    }
    if !listed.findings.is_empty() {
        out.push('\n');
    }
    let Some(parts) = &listed.parts else {
        return out + &words::parts::no_list().say(language) + "\n";
    };
    lists(&mut out, parts, language);
    out.truncate(out.trim_end().len());
    out + "\n"
}

/// The parts list, what fills the racks, and the cabling plan.
pub(in crate::report) fn lists(out: &mut String, parts: &Parts, language: Language) {
    let heads = [
        words::parts::count(),
        words::parts::what(),
        words::parts::model(),
        words::parts::description(),
        words::parts::used_by(),
        words::parts::not_known(),
    ];
    table(out, &heads, parts.list.iter().map(|own| part(own, language)), language);
    let _ = writeln!(out, "### {}\n", words::parts::racks().say(language));
    totals(out, parts, language);
    let plan = words::parts::plan(words::parts::cables(parts.cabling.len()));
    let _ = writeln!(out, "### {}\n", plan.say(language));
    for (heading, cables) in sections(&parts.cabling) {
        let across = cables.iter().any(|cable| cable.from.place.rack != cable.to.place.rack);
        let _ = writeln!(out, "#### {}\n", escaped(&heading.say(language)));
        let heads = [
            words::parts::label(),
            words::parts::from(),
            words::parts::label(),
            words::parts::to(),
            words::parts::cable(),
            words::parts::carries(),
        ];
        table(out, &heads, cables.iter().map(|cable| row(cable, across, language)), language);
    }
    keys(out, &not_known(parts.cabling.iter().flat_map(|cable| &cable.not_known)), language);
    if !parts.lines.is_empty() {
        let _ = writeln!(out, "### {}\n", words::parts::outside().say(language));
        let heads = [words::parts::port(), words::parts::plugged_in()];
        table(out, &heads, parts.lines.iter().map(|own| line(own, language)), language);
    }
}

fn table<const COLUMNS: usize>(
    out: &mut String,
    heads: &[Said; COLUMNS],
    rows: impl Iterator<Item = [String; COLUMNS]>,
    language: Language,
) {
    let _ = writeln!(out, "| {} |\n|{}", spoken(heads, " | ", language), "---|".repeat(COLUMNS));
    for row in rows {
        let _ = writeln!(out, "| {} |", row.map(|cell| escaped(&cell)).join(" | "));
    }
    out.push('\n');
}

fn part(part: &Part, language: Language) -> [String; 6] {
    let count = part.count.map_or_else(words::parts::not_known, Said::from);
    [
        count.say(language).into_owned(),
        part.kind.said().say(language).into_owned(),
        part.model.clone().unwrap_or_default(),
        part.description.say(language).into_owned(),
        part.used_by.join(language.between()),
        part.not_known.join(", "),
    ]
}

fn totals(out: &mut String, parts: &Parts, language: Language) {
    let row = |name: Said, total: &Total| {
        let cells = [name, total.devices.into(), rack_units(total), draw(total)];
        cells.map(|cell| cell.say(language).into_owned())
    };
    let racks = parts.racks.iter().map(|own| {
        let rack = rack(own.site.as_deref(), own.rack.as_deref());
        row(rack.map_or_else(words::parts::not_known, Said::from), &own.total)
    });
    let all = std::iter::once(row(words::parts::all(), &parts.total));
    table(out, &heads_of_racks(), racks.chain(all), language);
    keys(out, &not_known(parts.racks.iter().flat_map(|own| &own.total.not_known)), language);
}

fn row(cable: &PlannedCable, across: bool, language: Language) -> [String; 6] {
    let (from, to) = (&cable.from, &cable.to);
    let what = made_of(cable).say(language).into_owned();
    let carried = carries(cable, "VLAN ", language);
    [from.label.clone(), end(from, across), to.label.clone(), end(to, across), what, carried]
}

fn line(line: &Line, language: Language) -> [String; 2] {
    [port(&line.place, &line.device, &line.port, true), line.name.say(language).into_owned()]
}

fn keys(out: &mut String, keys: &[&str], language: Language) {
    if !keys.is_empty() {
        let keys: Vec<String> = keys.iter().map(|key| escaped(key)).collect();
        let told = words::parts::stated_by_keys(keys.join(", "));
        let _ = writeln!(out, "{}\n", told.say(language));
    }
}
