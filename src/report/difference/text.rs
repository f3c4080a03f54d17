//! What changes between two designs, for a terminal.

use std::fmt::Write as _;

use super::headline::headline;
use super::rows::{self, Row};
use super::words::{self, MOST_NAMES};
use crate::check::{Finding, FindingOutcome};
use crate::compare::{Appeared, Changed, CutSets, Design, Difference};
use crate::report::clean::clean_line;
use crate::report::text::{Style, at_dots, columns, indented, wrap};
use crate::report::told::{acceptance, label, place};

/// Findings of a section that are shown.
const MOST_FINDINGS: usize = 40;
/// Rows of figures that are shown.
const MOST_FIGURES: usize = 40;
/// Kinds of cut sets with one fate that are shown.
const MOST_CUT_SETS: usize = 8;

/// What changes: the verdict, and then each part that has something to tell.
pub(super) fn difference(difference: &Difference<'_>, style: Style) -> String {
    let mut out = String::new();
    let names = format!("{} → {}", difference.old.name, difference.new.name);
    if !difference.is_whole() {
        line(&mut out, 0, &headline(difference), style);
        line(&mut out, 0, &names, style);
        unread(&mut out, &difference.old, style);
        unread(&mut out, &difference.new, style);
        return out;
    }
    if difference.is_empty() {
        let _ = writeln!(out, "no difference: {}", clean_line(&names));
        return out;
    }
    line(&mut out, 0, &headline(difference), style);
    line(&mut out, 0, &names, style);
    findings(&mut out, difference, style);
    failures(&mut out, difference, style);
    figures(&mut out, difference, style);
    things(&mut out, difference, style);
    out
}

fn line(out: &mut String, indent: usize, text: &str, style: Style) {
    indented(out, indent, &clean_line(text), style);
}

fn unread(out: &mut String, design: &Design<'_>, style: Style) {
    if design.is_judged() {
        return;
    }
    out.push('\n');
    line(out, 0, design.name, style);
    for finding in design.reasons() {
        line(
            out,
            2,
            &format!("{} ({}): {}", finding.rule, place(design.sources, finding.span), finding.message),
            style,
        );
        line(out, 6, &finding.help.to_string(), style);
    }
}

/// A heading with entries beneath; nothing where there are none.
fn section(out: &mut String, heading: &str, entries: &[String], most: usize) {
    if entries.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{heading} ({})", entries.len());
    entries.iter().take(most).for_each(|entry| out.push_str(entry));
    if entries.len() > most {
        let _ = writeln!(out, "  and {} more; --format json lists them all", entries.len() - most);
    }
}

fn findings(out: &mut String, difference: &Difference<'_>, style: Style) {
    let Difference { old, new, findings, .. } = difference;
    let is_violation = |finding: &Finding| finding.outcome == FindingOutcome::Violated;
    let appeared: Vec<String> = findings
        .appeared
        .iter()
        .filter(|own| is_violation(own.finding))
        .map(|own| violation(new, own, style))
        .collect();
    section(out, "New violations", &appeared, MOST_FINDINGS);
    let changes: Vec<String> = findings.changed.iter().map(|own| changed(new, own, style)).collect();
    section(out, "Changed findings", &changes, MOST_FINDINGS);
    let gone = |violations: bool| -> Vec<String> {
        let own = findings.vanished.iter().filter(|own| is_violation(own.finding) == violations);
        own.map(|own| {
            let mut entry = String::new();
            let told = format!("{}: {} {}", label(own.finding), own.finding.rule, own.subject);
            line(&mut entry, 2, &format!("{told} ({})", place(old.sources, own.finding.span)), style);
            line(&mut entry, 6, words::gone(own), style);
            entry
        })
        .collect()
    };
    section(out, "Violations that are gone", &gone(true), MOST_FINDINGS);
    let questions: Vec<String> = findings
        .appeared
        .iter()
        .filter(|own| !is_violation(own.finding))
        .map(|own| question(new, own.finding, style))
        .collect();
    section(out, "New questions", &questions, MOST_FINDINGS);
    section(out, "Questions that are gone", &gone(false), MOST_FINDINGS);
}

fn head(design: &Design<'_>, finding: &Finding) -> String {
    let place = place(design.sources, finding.span);
    format!("{}: {} {} ({place})", label(finding), finding.rule, finding.subject)
}

fn violation(design: &Design<'_>, appeared: &Appeared<'_>, style: Style) -> String {
    let Appeared { finding, depth, .. } = appeared;
    let indent = 2 + 4 * depth;
    let mut entry = String::new();
    line(&mut entry, indent, &head(design, finding), style);
    line(&mut entry, indent + 4, &finding.message.to_string(), style);
    if let Some(cause) = finding.caused_by {
        line(&mut entry, indent + 4, &format!("follows from {cause}"), style);
    }
    accepted(&mut entry, indent + 4, finding, style);
    entry
}

fn accepted(entry: &mut String, indent: usize, finding: &Finding, style: Style) {
    if let Some(suppressed) = &finding.suppressed {
        line(entry, indent, &acceptance(suppressed).to_string(), style);
    }
}

fn question(design: &Design<'_>, finding: &Finding, style: Style) -> String {
    let mut entry = String::new();
    line(&mut entry, 2, &head(design, finding), style);
    line(&mut entry, 6, &finding.help.to_string(), style);
    accepted(&mut entry, 6, finding, style);
    entry
}

fn changed(design: &Design<'_>, changed: &Changed<'_>, style: Style) -> String {
    let Changed { old, new, .. } = changed;
    let mut entry = String::new();
    let (was, is) = (label(old), label(new));
    let labels = if was == is { String::new() } else { format!("{was} → ") };
    line(&mut entry, 2, &format!("{labels}{}", head(design, new)), style);
    if old.message == new.message {
        for (name, old, new) in &changed.values {
            line(&mut entry, 6, &format!("{name}: {old} → {new}"), style);
        }
    } else {
        line(&mut entry, 6, &format!("was: {}", old.message), style);
        line(&mut entry, 6, &format!("is:  {}", new.message), style);
    }
    if old.suppressed != new.suppressed {
        accepted(&mut entry, 6, new, style);
    }
    entry
}

fn failures(out: &mut String, difference: &Difference<'_>, style: Style) {
    let failures = &difference.failures;
    let mut entries = String::new();
    for told in words::failures(difference, MOST_NAMES) {
        line(&mut entries, 2, &told, style);
    }
    for group in failures.cut_sets.chunk_by(|left, right| left.fate == right.fate) {
        let _ = writeln!(entries, "  {}", words::fate(group[0].fate));
        cut_sets(&mut entries, group, style);
    }
    if !entries.is_empty() {
        let _ = write!(out, "\nFailures\n{entries}");
    }
}

/// Cut sets of one fate: in full those whose like only one of the designs has.
fn cut_sets(out: &mut String, groups: &[CutSets], style: Style) {
    let (like, own): (Vec<&CutSets>, Vec<&CutSets>) =
        groups.iter().partition(|group| group.has_like && !group.is_worse);
    for group in own.iter().take(MOST_CUT_SETS) {
        line(out, 4, &words::cut_sets(group), style);
        if group.fate.is_new() {
            line(out, 6, &words::chain(group), style);
            line(out, 6, &format!("what helps ({}): {}", group.remedy.0.word(), group.remedy.1), style);
        }
    }
    if own.len() > MOST_CUT_SETS {
        let _ = writeln!(out, "    and {} more kinds", own.len() - MOST_CUT_SETS);
    }
    if let Some(told) = words::like_others(&like) {
        line(out, 4, &told, style);
    }
}

fn figures(out: &mut String, difference: &Difference<'_>, style: Style) {
    let figures = &difference.figures;
    let rows = rows::rows(&figures.moved);
    if !figures.moved.is_empty() {
        let _ = writeln!(out, "\nFigures that move ({})", figures.moved.len());
        table(out, &rows[..rows.len().min(MOST_FIGURES)], style);
        for told in rows::left_out(&figures.moved, rows.len(), MOST_FIGURES) {
            line(out, GAP, &told, style);
        }
    }
    for (heading, figures) in [("New figures", &figures.appeared), ("Figures that are gone", &figures.vanished)] {
        let told = |figure: &&crate::capacity::Figure| {
            let mut entry = String::new();
            let told = format!("{} of {}: {}", rows::name(figure), figure.subject, figure.printed());
            line(&mut entry, 2, &told, style);
            entry
        };
        section(out, heading, &figures.iter().map(told).collect::<Vec<_>>(), MOST_FIGURES);
    }
}

/// Columns between two columns of the table of figures.
const GAP: usize = 2;
/// Narrowest column for names of figures.
const NARROWEST: usize = 20;
/// Widest column for values, beside which names still have room on 80 columns.
const WIDEST_VALUE: usize = 18;

/// Figures with their old and new values, which stand under each other.
fn table(out: &mut String, rows: &[Row], style: Style) {
    if rows.is_empty() {
        return;
    }
    let clean =
        |lines: &[String]| lines.iter().flat_map(|line| wrap(&clean_line(line), WIDEST_VALUE)).collect::<Vec<_>>();
    let heads = ["was", "is", "move"].map(|head| vec![head.to_owned()]);
    let values: Vec<[Vec<String>; 3]> = std::iter::once(heads)
        .chain(rows.iter().map(|row| [clean(&row.old), clean(&row.new), vec![row.course.clone()]]))
        .collect();
    let widest = |column: usize| {
        let lines = values.iter().flat_map(|cells| &cells[column]);
        lines.map(|line| columns(line)).max().unwrap_or(0)
    };
    let widths = [widest(0), widest(1), widest(2)];
    let taken = GAP + widths.iter().map(|width| GAP + width).sum::<usize>();
    let room = style.width.saturating_sub(taken).max(NARROWEST);
    let names = rows.iter().map(|row| {
        let subjects = words::some(&row.subjects, MOST_NAMES);
        let told = at_dots(&clean_line(&format!("{} of {subjects}", row.name)), room - GAP);
        let mut lines: Vec<String> = told.lines().flat_map(|part| wrap(part, room - GAP)).collect();
        lines.iter_mut().skip(1).for_each(|line| line.insert_str(0, &" ".repeat(GAP)));
        lines
    });
    let names: Vec<Vec<String>> = std::iter::once(vec!["figure".to_owned()]).chain(names).collect();
    let width = names.iter().flatten().map(|name| columns(name)).max().unwrap_or(0);
    for (name, cells) in names.iter().zip(&values) {
        let lines = cells.iter().map(Vec::len).chain([name.len()]).max().unwrap_or(0);
        for line in 0..lines {
            let cell = |column: usize| cells[column].get(line).map_or("", String::as_str);
            let padded = |text: &str, width: usize| " ".repeat(width.saturating_sub(columns(text)));
            let head = name.get(line).map_or("", String::as_str);
            let mut row = format!("{}{head}{}", " ".repeat(GAP), padded(head, width));
            for column in [0, 1] {
                let text = cell(column);
                let _ = write!(row, "{}{}{text}", " ".repeat(GAP), padded(text, widths[column]));
            }
            let _ = writeln!(out, "{}", format!("{row}{}{}", " ".repeat(GAP), cell(2)).trim_end());
        }
    }
}

fn things(out: &mut String, difference: &Difference<'_>, style: Style) {
    let things = &difference.things;
    let mut entries = String::new();
    for told in words::renamed(difference) {
        line(&mut entries, 2, &format!("renamed: {told}"), style);
    }
    for unknown in &difference.unknown_names {
        let place = place(difference.new.sources, unknown.span);
        let renamed = &unknown.renamed;
        let told = format!(
            "`was` names {}.{}, which {} does not have ({place})",
            renamed.table, renamed.before, difference.old.name
        );
        line(&mut entries, 2, &told, style);
    }
    for (word, things) in [("added:  ", &things.added), ("removed:", &things.removed)] {
        for told in words::by_table(things) {
            line(&mut entries, 2, &format!("{word} {told}"), style);
        }
    }
    for property in things.changed.iter().take(MOST_FIGURES) {
        let (old, new) = (words::value(property.old.as_ref()), words::value(property.new.as_ref()));
        line(&mut entries, 2, &format!("changed: {}: {old} → {new}", words::path(property)), style);
    }
    if things.changed.len() > MOST_FIGURES {
        let _ = writeln!(
            entries,
            "  and {} more values; --format json lists them all",
            things.changed.len() - MOST_FIGURES
        );
    }
    let components = words::components(difference);
    if !components.is_empty() {
        line(&mut entries, 2, &format!("what can fail: {}", components.join(", ")), style);
    }
    for told in words::maybe_renamed(difference) {
        line(&mut entries, 2, &told, style);
    }
    if !entries.is_empty() {
        let _ = write!(out, "\nDesign\n{entries}");
    }
}
