//! What changes between two designs, as a comment at a merge request.

use std::fmt::Write as _;

use super::headline::headline;
use super::rows;
use super::words::{self, MOST_NAMES};
use crate::check::{Finding, FindingOutcome};
use crate::compare::{Appeared, Changed, CutSets, Design, Difference};
use crate::report::markdown::{code, escaped, section};
use crate::report::told::{acceptance, label, place};

/// Entries of a section: comments may not be of any length.
const MOST_ENTRIES: usize = 50;
/// Entries that are shown unfolded.
const FEW: usize = 12;

/// What changes: the verdict, what is new unfolded, and the rest folded where it is long.
pub(super) fn difference(difference: &Difference<'_>) -> String {
    let mut out = format!("## rackproof diff: {}\n\n", headline(difference));
    let _ = writeln!(out, "{} → {}\n", code(difference.old.name), code(difference.new.name));
    if difference.is_whole() {
        findings(&mut out, difference);
        failures(&mut out, difference);
        figures(&mut out, difference);
        things(&mut out, difference);
    } else {
        unread(&mut out, &difference.old);
        unread(&mut out, &difference.new);
    }
    out.truncate(out.trim_end().len());
    out + "\n"
}

fn entries(out: &mut String, heading: &str, mut entries: Vec<String>, unfolded: bool) {
    let more = entries.len().saturating_sub(MOST_ENTRIES);
    let heading =
        if more > 0 { format!("{heading}, the first {MOST_ENTRIES} of {}", entries.len()) } else { heading.to_owned() };
    entries.truncate(MOST_ENTRIES);
    section(out, &heading, &entries, unfolded);
}

fn unread(out: &mut String, design: &Design<'_>) {
    let told = |finding: &&Finding| {
        let place = code(&place(design.sources, finding.span));
        format!(
            "- **{}** {} at {place}\n  - {}\n",
            escaped(&finding.message.to_string()),
            code(&finding.rule),
            escaped(&finding.help.to_string())
        )
    };
    if !design.is_judged() {
        let _ = writeln!(out, "{} could not be read:\n", code(design.name));
        entries(out, "Errors", design.reasons().iter().map(told).collect(), true);
    }
}

fn findings(out: &mut String, difference: &Difference<'_>) {
    let Difference { old, new, findings, .. } = difference;
    let is_violation = |finding: &Finding| finding.outcome == FindingOutcome::Violated;
    let appeared = findings.appeared.iter().filter(|own| is_violation(own.finding));
    entries(out, "New violations", appeared.map(|own| violation(new, own)).collect(), true);
    let changes: Vec<String> = findings.changed.iter().map(|own| changed(new, own)).collect();
    let unfolded = changes.len() <= FEW;
    entries(out, "Changed findings", changes, unfolded);
    let gone = |violations: bool| {
        let own = findings.vanished.iter().filter(|own| is_violation(own.finding) == violations);
        own.map(|own| {
            let told = format!("{}: {}", label(own.finding), own.finding.message);
            format!("{}  - {}\n", head(old, own.finding, &own.subject, &told, 0), words::gone(own))
        })
        .collect::<Vec<_>>()
    };
    entries(out, "Violations that are gone", gone(true), false);
    let questions = findings.appeared.iter().filter(|own| !is_violation(own.finding)).map(|own| {
        let finding = own.finding;
        let head = head(new, finding, &finding.subject, &finding.help.to_string(), 0);
        format!("{head}  - {}\n{}", escaped(&finding.message.to_string()), accepted(finding, 0))
    });
    entries(out, "New questions", questions.collect(), false);
    entries(out, "Questions that are gone", gone(false), false);
}

fn head(design: &Design<'_>, finding: &Finding, subject: &str, told: &str, depth: usize) -> String {
    let place = code(&place(design.sources, finding.span));
    let indent = "  ".repeat(depth);
    format!("{indent}- **{}** {} at {place}, {}\n", escaped(told), code(&finding.rule), code(subject))
}

/// A violation; one that follows from another stands beneath it.
fn violation(design: &Design<'_>, appeared: &Appeared<'_>) -> String {
    let Appeared { finding, depth, .. } = appeared;
    let told = format!("{}: {}", label(finding), finding.message);
    let indent = "  ".repeat(*depth);
    let mut entry = head(design, finding, &finding.subject, &told, *depth);
    if let Some(cause) = finding.caused_by {
        let _ = writeln!(entry, "{indent}  - Follows from {}", code(cause));
    } else {
        let _ = writeln!(entry, "{indent}  - {}", escaped(&finding.help.to_string()));
    }
    entry + &accepted(finding, *depth)
}

fn accepted(finding: &Finding, depth: usize) -> String {
    let told = |suppressed| format!("{}  - {}\n", "  ".repeat(depth), escaped(&acceptance(suppressed).to_string()));
    finding.suppressed.as_ref().map_or_else(String::new, told)
}

fn changed(design: &Design<'_>, changed: &Changed<'_>) -> String {
    let Changed { old, new, values, .. } = changed;
    let (was, is) = (label(old), label(new));
    let labels = if was == is { is.to_string() } else { format!("{was} → {is}") };
    let mut entry = head(design, new, &new.subject, &format!("{labels}: {}", new.message), 0);
    if old.message != new.message {
        let _ = writeln!(entry, "  - was: {}", escaped(&old.message.to_string()));
    } else if !values.is_empty() {
        let moved = values.iter().map(|(name, old, new)| format!("{name}: {old} → {new}"));
        let _ = writeln!(entry, "  - {}", escaped(&moved.collect::<Vec<_>>().join(", ")));
    }
    if old.suppressed == new.suppressed { entry } else { entry + &accepted(new, 0) }
}

fn failures(out: &mut String, difference: &Difference<'_>) {
    let failures = &difference.failures;
    let item = |told: String| format!("- {}\n", escaped(&told));
    let told: Vec<String> = words::failures(difference, MOST_NAMES).into_iter().map(item).collect();
    if !told.is_empty() {
        let _ = writeln!(out, "### Failures\n\n{}", told.concat());
    }
    for group in failures.cut_sets.chunk_by(|left, right| left.fate == right.fate && left.is_worse == right.is_worse) {
        let (like, own): (Vec<&CutSets>, Vec<&CutSets>) =
            group.iter().partition(|group| group.has_like && !group.is_worse);
        let mut told: Vec<String> = own.into_iter().map(cut_sets).collect();
        told.extend(words::like_others(&like).map(item));
        entries(out, words::fate(group[0].fate), told, group[0].is_worse);
    }
}

fn cut_sets(group: &CutSets) -> String {
    let head = format!("- {}\n", escaped(&words::cut_sets(group)));
    if !group.fate.is_new() {
        return head;
    }
    let help = format!("what helps ({}): {}", group.remedy.0.word(), group.remedy.1);
    format!("{head}  - {}\n  - {}\n", escaped(&words::chain(group)), escaped(&help))
}

/// Cells of a row of a table.
fn cells(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

fn figures(out: &mut String, difference: &Difference<'_>) {
    let figures = &difference.figures;
    let several = |lines: &[String]| lines.iter().map(|line| escaped(line)).collect::<Vec<_>>().join("<br>");
    let rows = rows::rows(&figures.moved);
    let told: Vec<String> = rows
        .iter()
        .take(MOST_ENTRIES)
        .map(|row| {
            let subjects = escaped(&words::some(&row.subjects, MOST_NAMES));
            cells(&[escaped(&row.name), subjects, several(&row.old), several(&row.new), row.course.clone()])
        })
        .collect();
    if !figures.moved.is_empty() {
        let mut table = String::new();
        if !told.is_empty() {
            let _ = writeln!(table, "| figure | for | was | is | move |\n|---|---|--:|--:|--:|\n{}", told.concat());
        }
        for told in rows::left_out(&figures.moved, rows.len(), MOST_ENTRIES) {
            let _ = writeln!(table, "{}\n", escaped(&told));
        }
        let heading = format!("Figures that move ({})", figures.moved.len());
        let _ = if told.len() <= FEW {
            writeln!(out, "### {heading}\n\n{table}")
        } else {
            writeln!(out, "<details>\n<summary>{heading}</summary>\n\n{table}</details>\n")
        };
    }
    for (heading, figures) in [("New figures", &figures.appeared), ("Figures that are gone", &figures.vanished)] {
        let told = |figure: &&crate::capacity::Figure| {
            let told = format!("{} of {}: {}", rows::name(figure), figure.subject, figure.printed());
            format!("- {}\n", escaped(&told))
        };
        entries(out, heading, figures.iter().map(told).collect(), false);
    }
}

fn things(out: &mut String, difference: &Difference<'_>) {
    let told: Vec<String> = words::things(difference).iter().map(|told| format!("- {}\n", escaped(told))).collect();
    let unfolded = told.len() <= FEW;
    entries(out, "Design", told, unfolded);
}
