//! What changes between two designs, for a terminal.

use std::fmt::Write as _;

use super::headline::headline;
use super::lines::{self, MOST_NAMES};
use super::rows::{self, Row};
use crate::capacity::Figure;
use crate::check::{Finding, FindingOutcome};
use crate::compare::{Appeared, Changed, CutSets, Design, Difference};
use crate::report::clean::clean_line;
use crate::report::text::{Style, at_dots, columns, indented, wrap};
use crate::report::told::{acceptance, label, place};
use crate::words::{self, Said};

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
        line(&mut out, 0, &headline(difference, style.language), style);
        line(&mut out, 0, &names, style);
        unread(&mut out, &difference.old, style);
        unread(&mut out, &difference.new, style);
        return out;
    }
    if difference.is_empty() {
        let told = words::difference::same_designs(names);
        let _ = writeln!(out, "{}", clean_line(&told.say(style.language)));
        return out;
    }
    line(&mut out, 0, &headline(difference, style.language), style);
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

fn said(out: &mut String, indent: usize, said: &Said, style: Style) {
    line(out, indent, &said.say(style.language), style);
}

fn unread(out: &mut String, design: &Design<'_>, style: Style) {
    if design.is_judged() {
        return;
    }
    out.push('\n');
    line(out, 0, design.name, style);
    for finding in design.reasons() {
        let place = place(design.sources, finding.span);
        line(out, 2, &format!("{} ({place}): {}", finding.rule, finding.message.say(style.language)), style);
        said(out, 6, &finding.help, style);
    }
}

/// A heading with entries beneath; nothing where there are none.
fn section(out: &mut String, heading: &Said, entries: &[String], most: usize, style: Style) {
    if entries.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{} ({})", heading.say(style.language), entries.len());
    entries.iter().take(most).for_each(|entry| out.push_str(entry));
    if entries.len() > most {
        said(out, 2, &words::difference::more_in_json(entries.len() - most), style);
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
    section(out, &words::difference::new_violations(), &appeared, MOST_FINDINGS, style);
    let changes: Vec<String> = findings.changed.iter().map(|own| changed(new, own, style)).collect();
    section(out, &words::difference::changed_findings(), &changes, MOST_FINDINGS, style);
    let gone = |violations: bool| -> Vec<String> {
        let own = findings.vanished.iter().filter(|own| is_violation(own.finding) == violations);
        own.map(|own| {
            let mut entry = String::new();
            line(&mut entry, 2, &head(old, own.finding, &own.subject, style), style);
            said(&mut entry, 6, &lines::gone(own), style);
            entry
        })
        .collect()
    };
    section(out, &words::difference::gone_violations(), &gone(true), MOST_FINDINGS, style);
    let questions: Vec<String> = findings
        .appeared
        .iter()
        .filter(|own| !is_violation(own.finding))
        .map(|own| question(new, own.finding, style))
        .collect();
    section(out, &words::difference::questions_asked(), &questions, MOST_FINDINGS, style);
    section(out, &words::difference::gone_questions(), &gone(false), MOST_FINDINGS, style);
}

fn head(design: &Design<'_>, finding: &Finding, subject: &str, style: Style) -> String {
    let place = place(design.sources, finding.span);
    format!("{}: {} {subject} ({place})", label(finding).say(style.language), finding.rule)
}

fn violation(design: &Design<'_>, appeared: &Appeared<'_>, style: Style) -> String {
    let Appeared { finding, depth, .. } = appeared;
    let indent = 2 + 4 * depth;
    let mut entry = String::new();
    line(&mut entry, indent, &head(design, finding, &finding.subject, style), style);
    said(&mut entry, indent + 4, &finding.message, style);
    if let Some(cause) = finding.caused_by {
        said(&mut entry, indent + 4, &words::difference::caused_by(cause), style);
    }
    accepted(&mut entry, indent + 4, finding, style);
    entry
}

fn accepted(entry: &mut String, indent: usize, finding: &Finding, style: Style) {
    if let Some(suppressed) = &finding.suppressed {
        said(entry, indent, &acceptance(suppressed), style);
    }
}

fn question(design: &Design<'_>, finding: &Finding, style: Style) -> String {
    let mut entry = String::new();
    line(&mut entry, 2, &head(design, finding, &finding.subject, style), style);
    said(&mut entry, 6, &finding.help, style);
    accepted(&mut entry, 6, finding, style);
    entry
}

fn changed(design: &Design<'_>, changed: &Changed<'_>, style: Style) -> String {
    let Changed { old, new, .. } = changed;
    let mut entry = String::new();
    let (was, is) = (label(old), label(new));
    let labels = if was == is { String::new() } else { format!("{} → ", was.say(style.language)) };
    line(&mut entry, 2, &format!("{labels}{}", head(design, new, &new.subject, style)), style);
    if old.message == new.message {
        for (name, old, new) in &changed.values {
            said(&mut entry, 6, &lines::value(name, old, new), style);
        }
    } else {
        said(&mut entry, 6, &words::difference::was(&old.message), style);
        said(&mut entry, 6, &words::difference::is(&new.message), style);
    }
    if old.suppressed != new.suppressed {
        accepted(&mut entry, 6, new, style);
    }
    entry
}

fn failures(out: &mut String, difference: &Difference<'_>, style: Style) {
    let failures = &difference.failures;
    let mut entries = String::new();
    for told in lines::failures(difference, MOST_NAMES, style.language) {
        said(&mut entries, 2, &told, style);
    }
    for group in failures.cut_sets.chunk_by(|left, right| left.fate == right.fate) {
        let _ = writeln!(entries, "  {}", lines::fate(group[0].fate).say(style.language));
        cut_sets(&mut entries, group, style);
    }
    if !entries.is_empty() {
        let _ = write!(out, "\n{}\n{entries}", words::difference::failures().say(style.language));
    }
}

/// Cut sets of one fate: in full those whose like only one of the designs has.
fn cut_sets(out: &mut String, groups: &[CutSets], style: Style) {
    let (like, own): (Vec<&CutSets>, Vec<&CutSets>) =
        groups.iter().partition(|group| group.has_like && !group.is_worse);
    for group in own.iter().take(MOST_CUT_SETS) {
        said(out, 4, &lines::cut_sets(group, style.language), style);
        if group.fate.is_new() {
            line(out, 6, &lines::chain(group, style.language), style);
            said(out, 6, &lines::helps(group), style);
        }
    }
    if own.len() > MOST_CUT_SETS {
        said(out, 4, &words::difference::more_kinds(own.len() - MOST_CUT_SETS), style);
    }
    if let Some(told) = lines::like_others(&like) {
        said(out, 4, &told, style);
    }
}

fn figures(out: &mut String, difference: &Difference<'_>, style: Style) {
    let figures = &difference.figures;
    let rows = rows::rows(&figures.moved, style.language);
    if !figures.moved.is_empty() {
        let heading = words::difference::moved_figures();
        let _ = writeln!(out, "\n{} ({})", heading.say(style.language), figures.moved.len());
        table(out, &rows[..rows.len().min(MOST_FIGURES)], style);
        for told in rows::left_out(&figures.moved, rows.len(), MOST_FIGURES) {
            said(out, GAP, &told, style);
        }
    }
    let told = |figure: &&Figure| {
        let mut entry = String::new();
        said(&mut entry, 2, &rows::alone(figure), style);
        entry
    };
    let appeared: Vec<String> = figures.appeared.iter().map(told).collect();
    section(out, &words::difference::new_figures(), &appeared, MOST_FIGURES, style);
    let vanished: Vec<String> = figures.vanished.iter().map(told).collect();
    section(out, &words::difference::gone_figures(), &vanished, MOST_FIGURES, style);
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
    let head = |head: Said| vec![head.say(style.language).into_owned()];
    let heads = [words::difference::before(), words::difference::now(), words::difference::course()].map(head);
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
        let subjects = lines::some(&row.subjects, MOST_NAMES, style.language);
        let told = words::difference::figure_of(&row.name, subjects);
        let told = at_dots(&clean_line(&told.say(style.language)), room - GAP);
        let mut lines: Vec<String> = told.lines().flat_map(|part| wrap(part, room - GAP)).collect();
        lines.iter_mut().skip(1).for_each(|line| line.insert_str(0, &" ".repeat(GAP)));
        lines
    });
    let names: Vec<Vec<String>> = std::iter::once(head(words::difference::figure())).chain(names).collect();
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
    for told in lines::renamed(difference, style.language) {
        said(&mut entries, 2, &told, style);
    }
    for unknown in &difference.unknown_names {
        let place = place(difference.new.sources, unknown.span);
        let name = format!("{}.{}", unknown.renamed.table, unknown.renamed.before);
        said(&mut entries, 2, &words::difference::unknown_name(name, difference.old.name, place), style);
    }
    for told in lines::added_and_removed(things, style.language) {
        said(&mut entries, 2, &told, style);
    }
    for property in things.changed.iter().take(MOST_FIGURES) {
        said(&mut entries, 2, &lines::changed(property, style.language), style);
    }
    if things.changed.len() > MOST_FIGURES {
        said(&mut entries, 2, &words::difference::more_values_in_json(things.changed.len() - MOST_FIGURES), style);
    }
    for told in lines::components(difference, style.language).into_iter().chain(lines::maybe_renamed(difference)) {
        said(&mut entries, 2, &told, style);
    }
    if !entries.is_empty() {
        let _ = write!(out, "\n{}\n{entries}", words::difference::design().say(style.language));
    }
}
