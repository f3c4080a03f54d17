//! Tables for people.

use std::fmt::Write as _;

use super::{Listed, carries, draw, end, made_of, not_known, port, rack, rack_units, sections};
use crate::parts::{Line, Part, Parts, PlannedCable, Total};
use crate::report::clean::clean_line;
use crate::report::table::table;
use crate::report::text::{Style, at_dots, indented, mistakes};
use crate::report::told::plural;

/// Keys of one row, or of one list, that are spelled out; JSON has all.
const MOST_KEYS: usize = 4;
const MOST_KEYS_OF_A_LIST: usize = 20;

/// Both lists of a design.
pub(super) fn parts(listed: &Listed, style: Style) -> String {
    let mut out = mistakes(&listed.sources, &listed.findings, style);
    let name = clean_line(&listed.name);
    let Some(parts) = &listed.parts else {
        let _ = writeln!(out, "{name}: no parts were listed, since the design could not be read");
        return out;
    };
    let _ = writeln!(out, "{name}: what to buy\n");
    out.push_str(&table(
        style.width,
        &["count", "what", "for"],
        parts.list.iter().map(|own| part(own, style)).collect(),
    ));
    out.push('\n');
    totals(&mut out, parts, style);
    cabling(&mut out, parts, style);
    lines(&mut out, &parts.lines, style);
    out.truncate(out.trim_end().len());
    out + "\n"
}

fn cell(text: &str) -> String {
    clean_line(text).into_owned()
}

fn part(part: &Part, style: Style) -> Vec<String> {
    let count = part.count.map_or("?".to_owned(), |count| count.to_string());
    let model = part.model.as_ref().map_or(String::new(), |model| format!(" {}", clean_line(model)));
    let mut what = format!("{}{model}", part.kind.word());
    if !part.description.is_empty() {
        let _ = write!(what, ": {}", clean_line(&part.description));
    }
    if !part.not_known.is_empty() {
        let shown: Vec<&str> = part.not_known.iter().take(MOST_KEYS).map(String::as_str).collect();
        let _ = write!(what, "\nnot known: {}", at_dots(&clean_line(&shown.join(", ")), style.width / 3));
        if part.not_known.len() > MOST_KEYS {
            let _ = write!(what, " and {} more", part.not_known.len() - MOST_KEYS);
        }
    }
    vec![count, what, cell(&part.used_by.join(", "))]
}

fn totals(out: &mut String, parts: &Parts, style: Style) {
    let row = |name: String, total: &Total| vec![name, total.devices.to_string(), rack_units(total), draw(total)];
    let mut rows: Vec<Vec<String>> = Vec::new();
    if parts.racks.iter().any(|own| own.rack.is_some()) {
        rows.extend(parts.racks.iter().map(|own| {
            let rack = rack(own.site.as_deref(), own.rack.as_deref());
            row(rack.map_or("not known".to_owned(), |rack| cell(&rack)), &own.total)
        }));
    }
    rows.push(row("all".to_owned(), &parts.total));
    out.push_str(&table(style.width, &["rack", "devices", "rack units", "watts at most"], rows));
    let racks = parts.racks.iter().flat_map(|own| &own.total.not_known);
    keys(out, &not_known(racks), style);
    out.push('\n');
}

fn cabling(out: &mut String, parts: &Parts, style: Style) {
    if parts.cabling.is_empty() {
        out.push_str("The design has no cables.\n\n");
        return;
    }
    let cables = plural(parts.cabling.len(), "cable");
    let told =
        format!("Cabling plan: {cables}. A flag label is the number and A at the first end, and B at the second.");
    indented(out, 0, &told, style);
    out.push('\n');
    for (heading, cables) in sections(&parts.cabling) {
        let across = cables.iter().any(|cable| cable.from.place.rack != cable.to.place.rack);
        let _ = writeln!(out, "{}", clean_line(&heading));
        let rows = cables.iter().map(|cable| row(cable, across)).collect();
        out.push_str(&table(style.width, &["label", "A from", "B to", "cable", "carries (VLAN)"], rows));
        out.push('\n');
    }
    keys(out, &not_known(parts.cabling.iter().flat_map(|cable| &cable.not_known)), style);
    out.push('\n');
}

fn row(cable: &PlannedCable, across: bool) -> Vec<String> {
    let label = cable.from.label.trim_end_matches('A').to_owned();
    let [from, to] = [&cable.from, &cable.to].map(|own| cell(&end(own, across)));
    vec![label, from, to, made_of(cable), cell(&carries(cable, ""))]
}

fn lines(out: &mut String, lines: &[Line], style: Style) {
    if lines.is_empty() {
        return;
    }
    out.push_str("From outside the design\n");
    let row = |line: &Line| vec![cell(&port(&line.place, &line.device, &line.port, true)), cell(&line.name)];
    out.push_str(&table(style.width, &["port", "what is plugged in"], lines.iter().map(row).collect()));
}

/// The keys that would state what is missing.
fn keys(out: &mut String, keys: &[&str], style: Style) {
    if keys.is_empty() {
        return;
    }
    out.push_str("Not known, and stated by:\n");
    for key in keys.iter().take(MOST_KEYS_OF_A_LIST) {
        indented(out, 2, &clean_line(key), style);
    }
    if keys.len() > MOST_KEYS_OF_A_LIST {
        let _ = writeln!(out, "  and {} more; --format json lists every key", keys.len() - MOST_KEYS_OF_A_LIST);
    }
}
