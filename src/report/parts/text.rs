//! Tables for people.

use std::fmt::Write as _;

use super::{Listed, carries, draw, end, heads_of_racks, made_of, not_known, port, rack, rack_units, sections};
use crate::parts::{Line, Part, Parts, PlannedCable, Total};
use crate::report::clean::clean_line;
use crate::report::table;
use crate::report::text::{Style, at_dots, indented, mistakes};
use crate::words::{self, Language, Said};

/// Keys of one row, or of one list, that are spelled out; JSON has all.
const MOST_KEYS: usize = 4;
const MOST_KEYS_OF_A_LIST: usize = 20;

/// Both lists of a design.
pub(super) fn parts(listed: &Listed, style: Style) -> String {
    let mut out = mistakes(&listed.sources, &listed.findings, style);
    let name = cell(&listed.name);
    let Some(parts) = &listed.parts else {
        let _ = writeln!(out, "{}", words::parts::nothing_listed(name).say(style.language));
        return out;
    };
    let _ = writeln!(out, "{}\n", words::parts::what_to_buy(name).say(style.language));
    let heads = [words::parts::count(), words::parts::what(), words::parts::used_by()];
    out.push_str(&table(&heads, parts.list.iter().map(|own| part(own, style)).collect(), style));
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

fn said(said: &Said, language: Language) -> String {
    cell(&said.say(language))
}

fn table<const COLUMNS: usize>(heads: &[Said; COLUMNS], rows: Vec<Vec<String>>, style: Style) -> String {
    let heads = heads.each_ref().map(|head| head.say(style.language));
    table::table(style.width, &heads.each_ref().map(AsRef::as_ref), rows)
}

fn part(part: &Part, style: Style) -> Vec<String> {
    let count = part.count.map_or("?".to_owned(), |count| count.to_string());
    let model = part.model.as_ref().map_or(String::new(), |model| format!(" {}", clean_line(model)));
    let mut what = format!("{}{model}", part.kind.said().say(style.language));
    if !part.description.is_empty() {
        let _ = write!(what, ": {}", said(&part.description, style.language));
    }
    if !part.not_known.is_empty() {
        let _ = write!(what, "\n{}", lacking(&part.not_known, style));
    }
    vec![count, what, cell(&part.used_by.join(style.language.between()))]
}

/// The keys that would state what is missing to order a thing.
fn lacking(keys: &[String], style: Style) -> String {
    let shown = &keys[..keys.len().min(MOST_KEYS)];
    let shown = at_dots(&clean_line(&shown.join(", ")), style.width / 3);
    let told = match keys.len() - keys.len().min(MOST_KEYS) {
        0 => words::parts::lacking(shown),
        more => words::parts::lacking(Said::run("", [shown.into(), words::lists::and_more(more)])),
    };
    told.say(style.language).into_owned()
}

fn totals(out: &mut String, parts: &Parts, style: Style) {
    let row = |name: Said, total: &Total| {
        let cells = [name, total.devices.into(), rack_units(total), draw(total)];
        cells.map(|cell| said(&cell, style.language)).to_vec()
    };
    let mut rows: Vec<Vec<String>> = Vec::new();
    if parts.racks.iter().any(|own| own.rack.is_some()) {
        rows.extend(parts.racks.iter().map(|own| {
            let rack = rack(own.site.as_deref(), own.rack.as_deref());
            row(rack.map_or_else(words::parts::not_known, Said::from), &own.total)
        }));
    }
    rows.push(row(words::parts::all(), &parts.total));
    out.push_str(&table(&heads_of_racks(), rows, style));
    let racks = parts.racks.iter().flat_map(|own| &own.total.not_known);
    keys(out, &not_known(racks), style);
    out.push('\n');
}

fn cabling(out: &mut String, parts: &Parts, style: Style) {
    if parts.cabling.is_empty() {
        let _ = writeln!(out, "{}\n", words::parts::no_cables().say(style.language));
        return;
    }
    let told = words::parts::plan_and_labels(words::parts::cables(parts.cabling.len()));
    indented(out, 0, &told.say(style.language), style);
    out.push('\n');
    for (heading, cables) in sections(&parts.cabling) {
        let across = cables.iter().any(|cable| cable.from.place.rack != cable.to.place.rack);
        let _ = writeln!(out, "{}", said(&heading, style.language));
        let heads = [
            words::parts::label(),
            words::parts::from_a(),
            words::parts::to_b(),
            words::parts::cable(),
            words::parts::carries_vlan(),
        ];
        let rows = cables.iter().map(|cable| row(cable, across, style.language)).collect();
        out.push_str(&table(&heads, rows, style));
        out.push('\n');
    }
    keys(out, &not_known(parts.cabling.iter().flat_map(|cable| &cable.not_known)), style);
    out.push('\n');
}

fn row(cable: &PlannedCable, across: bool, language: Language) -> Vec<String> {
    let label = cable.from.label.trim_end_matches('A').to_owned();
    let [from, to] = [&cable.from, &cable.to].map(|own| cell(&end(own, across)));
    vec![label, from, to, said(&made_of(cable), language), cell(&carries(cable, "", language))]
}

fn lines(out: &mut String, lines: &[Line], style: Style) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(out, "{}", words::parts::outside().say(style.language));
    let row =
        |line: &Line| vec![cell(&port(&line.place, &line.device, &line.port, true)), said(&line.name, style.language)];
    let heads = [words::parts::port(), words::parts::plugged_in()];
    out.push_str(&table(&heads, lines.iter().map(row).collect(), style));
}

/// The keys that would state what is missing.
fn keys(out: &mut String, keys: &[&str], style: Style) {
    if keys.is_empty() {
        return;
    }
    let _ = writeln!(out, "{}", words::parts::stated_by().say(style.language));
    for key in keys.iter().take(MOST_KEYS_OF_A_LIST) {
        indented(out, 2, &clean_line(key), style);
    }
    if keys.len() > MOST_KEYS_OF_A_LIST {
        let more = words::parts::more_keys(keys.len() - MOST_KEYS_OF_A_LIST);
        indented(out, 2, &more.say(style.language), style);
    }
}
