//! Tables for a change request.

use std::fmt::Write as _;

use super::{Listed, carries, draw, end, made_of, not_known, port, rack, rack_units, sections};
use crate::parts::{Line, Part, Parts, PlannedCable, Total};
use crate::report::markdown::escaped;
use crate::report::told::{place, plural};

/// Both lists of a design.
pub(super) fn parts(listed: &Listed) -> String {
    let mut out = format!("## Parts of {}\n\n", escaped(&listed.name));
    for finding in &listed.findings {
        let at = place(&listed.sources, finding.span);
        let _ = writeln!(out, "- **{}** at {}", escaped(&finding.message.to_string()), escaped(&at));
    }
    if !listed.findings.is_empty() {
        out.push('\n');
    }
    let Some(parts) = &listed.parts else {
        return out + "No parts were listed, since the design could not be read.\n";
    };
    lists(&mut out, parts);
    out.truncate(out.trim_end().len());
    out + "\n"
}

/// The parts list, what fills the racks, and the cabling plan.
pub(in crate::report) fn lists(out: &mut String, parts: &Parts) {
    table(out, &["count", "what", "model", "description", "for", "not known"], parts.list.iter().map(part));
    out.push_str("### Racks\n\n");
    totals(out, parts);
    let _ = writeln!(out, "### Cabling plan ({})\n", plural(parts.cabling.len(), "cable"));
    for (heading, cables) in sections(&parts.cabling) {
        let across = cables.iter().any(|cable| cable.from.place.rack != cable.to.place.rack);
        let _ = writeln!(out, "#### {}\n", escaped(&heading));
        let header = ["label", "from", "label", "to", "cable", "carries"];
        table(out, &header, cables.iter().map(|cable| row(cable, across)));
    }
    keys(out, &not_known(parts.cabling.iter().flat_map(|cable| &cable.not_known)));
    if !parts.lines.is_empty() {
        out.push_str("### From outside the design\n\n");
        table(out, &["port", "what is plugged in"], parts.lines.iter().map(line));
    }
}

fn table<const COLUMNS: usize>(
    out: &mut String,
    header: &[&str; COLUMNS],
    rows: impl Iterator<Item = [String; COLUMNS]>,
) {
    let _ = writeln!(out, "| {} |\n|{}", header.join(" | "), "---|".repeat(COLUMNS));
    for row in rows {
        let _ = writeln!(out, "| {} |", row.map(|cell| escaped(&cell)).join(" | "));
    }
    out.push('\n');
}

fn part(part: &Part) -> [String; 6] {
    [
        part.count.map_or("not known".to_owned(), |count| count.to_string()),
        part.kind.word().to_owned(),
        part.model.clone().unwrap_or_default(),
        part.description.clone(),
        part.used_by.join(", "),
        part.not_known.join(", "),
    ]
}

fn totals(out: &mut String, parts: &Parts) {
    let row = |name: String, total: &Total| [name, total.devices.to_string(), rack_units(total), draw(total)];
    let racks = parts.racks.iter().map(|own| {
        let rack = rack(own.site.as_deref(), own.rack.as_deref());
        row(rack.unwrap_or_else(|| "not known".to_owned()), &own.total)
    });
    let all = std::iter::once(row("all".to_owned(), &parts.total));
    table(out, &["rack", "devices", "rack units", "watts at most"], racks.chain(all));
    keys(out, &not_known(parts.racks.iter().flat_map(|own| &own.total.not_known)));
}

fn row(cable: &PlannedCable, across: bool) -> [String; 6] {
    let (from, to) = (&cable.from, &cable.to);
    [from.label.clone(), end(from, across), to.label.clone(), end(to, across), made_of(cable), carries(cable, "VLAN ")]
}

fn line(line: &Line) -> [String; 2] {
    [port(&line.place, &line.device, &line.port, true), line.name.clone()]
}

fn keys(out: &mut String, keys: &[&str]) {
    if !keys.is_empty() {
        let keys: Vec<String> = keys.iter().map(|key| escaped(key)).collect();
        let _ = writeln!(out, "Not known, and stated by: {}\n", keys.join(", "));
    }
}
