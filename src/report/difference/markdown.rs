//! What changes between two designs, as a comment at a merge request.

use std::fmt::Write as _;

use super::headline::headline;
use super::lines::{self, MOST_NAMES};
use super::rows;
use crate::capacity::Figure;
use crate::check::{Finding, FindingOutcome};
use crate::compare::{Appeared, Changed, CutSets, Design, Difference};
use crate::report::markdown::{code, escaped, section};
use crate::report::told::{acceptance, label, place, spoken};
use crate::words::{self, Language, Said};

/// Entries of a section: comments may not be of any length.
const MOST_ENTRIES: usize = 50;
/// Entries that are shown unfolded.
const FEW: usize = 12;

/// What changes: the verdict, what is new unfolded, and the rest folded where it is long.
pub(super) fn difference(difference: &Difference<'_>, language: Language) -> String {
    let mut out = format!("## rackproof diff: {}\n\n", headline(difference, language));
    let _ = writeln!(out, "{} → {}\n", code(difference.old.name), code(difference.new.name));
    if difference.is_whole() {
        findings(&mut out, difference, language);
        failures(&mut out, difference, language);
        figures(&mut out, difference, language);
        things(&mut out, difference, language);
    } else {
        unread(&mut out, &difference.old, language);
        unread(&mut out, &difference.new, language);
    }
    out.truncate(out.trim_end().len());
    out + "\n"
}

fn entries(out: &mut String, heading: Said, mut entries: Vec<String>, unfolded: bool, language: Language) {
    let heading = match entries.len() {
        ..=MOST_ENTRIES => heading,
        count => words::difference::the_first(heading, MOST_ENTRIES, count),
    };
    entries.truncate(MOST_ENTRIES);
    section(out, &heading.say(language), &entries, unfolded);
}

fn in_language(said: &Said, language: Language) -> String {
    escaped(&said.say(language))
}

fn item(said: &Said, language: Language) -> String {
    format!("- {}\n", in_language(said, language))
}

fn unread(out: &mut String, design: &Design<'_>, language: Language) {
    let told = |finding: &&Finding| {
        let place = words::difference::rule_at(code(&finding.rule), code(&place(design.sources, finding.span)));
        let [message, help] = [&finding.message, &finding.help].map(|said| in_language(said, language));
        format!("- **{message}** {}\n  - {help}\n", place.say(language))
    };
    if !design.is_judged() {
        let _ = writeln!(out, "{}\n", words::difference::unreadable(code(design.name)).say(language));
        entries(out, words::difference::errors(), design.reasons().iter().map(told).collect(), true, language);
    }
}

fn findings(out: &mut String, difference: &Difference<'_>, language: Language) {
    let Difference { old, new, findings, .. } = difference;
    let is_violation = |finding: &Finding| finding.outcome == FindingOutcome::Violated;
    let appeared = findings.appeared.iter().filter(|own| is_violation(own.finding));
    let appeared = appeared.map(|own| violation(new, own, language)).collect();
    entries(out, words::difference::new_violations(), appeared, true, language);
    let changes: Vec<String> = findings.changed.iter().map(|own| changed(new, own, language)).collect();
    let unfolded = changes.len() <= FEW;
    entries(out, words::difference::changed_findings(), changes, unfolded, language);
    let gone = |violations: bool| {
        let own = findings.vanished.iter().filter(|own| is_violation(own.finding) == violations);
        own.map(|own| {
            let told = labelled(label(own.finding), own.finding);
            let head = head(old, own.finding, &own.subject, &told, 0, language);
            format!("{head}  - {}\n", lines::gone(own).say(language))
        })
        .collect::<Vec<_>>()
    };
    entries(out, words::difference::gone_violations(), gone(true), false, language);
    let questions = findings.appeared.iter().filter(|own| !is_violation(own.finding)).map(|own| {
        let finding = own.finding;
        let head = head(new, finding, &finding.subject, &finding.help, 0, language);
        format!("{head}  {}{}", item(&finding.message, language), accepted(finding, 0, language))
    });
    entries(out, words::difference::questions_asked(), questions.collect(), false, language);
    entries(out, words::difference::gone_questions(), gone(false), false, language);
}

/// What a finding says, behind its weight.
fn labelled(label: Said, finding: &Finding) -> Said {
    Said::run(": ", [label, finding.message.clone()])
}

fn head(
    design: &Design<'_>,
    finding: &Finding,
    subject: &str,
    told: &Said,
    depth: usize,
    language: Language,
) -> String {
    let place = code(&place(design.sources, finding.span));
    let about = words::difference::place_of(code(&finding.rule), place, code(subject));
    format!("{}- **{}** {}\n", "  ".repeat(depth), in_language(told, language), about.say(language))
}

/// A violation; one that follows from another stands beneath it.
fn violation(design: &Design<'_>, appeared: &Appeared<'_>, language: Language) -> String {
    let Appeared { finding, depth, .. } = appeared;
    let told = labelled(label(finding), finding);
    let entry = head(design, finding, &finding.subject, &told, *depth, language);
    let more = match finding.caused_by {
        Some(cause) => words::difference::cause(code(cause)).say(language).into_owned(),
        None => in_language(&finding.help, language),
    };
    format!("{entry}{}  - {more}\n{}", "  ".repeat(*depth), accepted(finding, *depth, language))
}

fn accepted(finding: &Finding, depth: usize, language: Language) -> String {
    let told = |suppressed| format!("{}  {}", "  ".repeat(depth), item(&acceptance(suppressed), language));
    finding.suppressed.as_ref().map_or_else(String::new, told)
}

fn changed(design: &Design<'_>, changed: &Changed<'_>, language: Language) -> String {
    let Changed { old, new, values, .. } = changed;
    let (was, is) = (label(old), label(new));
    let labels = if was == is { is } else { Said::run(" → ", [was, is]) };
    let mut entry = head(design, new, &new.subject, &labelled(labels, new), 0, language);
    if old.message != new.message {
        let _ = write!(entry, "  {}", item(&words::difference::was(&old.message), language));
    } else if !values.is_empty() {
        let moved: Vec<Said> = values.iter().map(|(name, old, new)| lines::value(name, old, new)).collect();
        let _ = writeln!(entry, "  - {}", escaped(&spoken(&moved, language.between(), language)));
    }
    if old.suppressed == new.suppressed { entry } else { entry + &accepted(new, 0, language) }
}

fn failures(out: &mut String, difference: &Difference<'_>, language: Language) {
    let failures = &difference.failures;
    let told = lines::failures(difference, MOST_NAMES, language);
    let told: String = told.iter().map(|told| item(told, language)).collect();
    if !told.is_empty() {
        let _ = writeln!(out, "### {}\n\n{told}", words::difference::failures().say(language));
    }
    for group in failures.cut_sets.chunk_by(|left, right| left.fate == right.fate && left.is_worse == right.is_worse) {
        let (like, own): (Vec<&CutSets>, Vec<&CutSets>) =
            group.iter().partition(|group| group.has_like && !group.is_worse);
        let mut told: Vec<String> = own.into_iter().map(|group| cut_sets(group, language)).collect();
        told.extend(lines::like_others(&like).map(|told| item(&told, language)));
        entries(out, lines::fate(group[0].fate), told, group[0].is_worse, language);
    }
}

fn cut_sets(group: &CutSets, language: Language) -> String {
    let head = item(&lines::cut_sets(group, language), language);
    if !group.fate.is_new() {
        return head;
    }
    let chain = escaped(&lines::chain(group, language));
    format!("{head}  - {chain}\n  {}", item(&lines::helps(group), language))
}

/// Cells of a row of a table.
fn cells(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

fn figures(out: &mut String, difference: &Difference<'_>, language: Language) {
    let figures = &difference.figures;
    let several = |lines: &[String]| lines.iter().map(|line| escaped(line)).collect::<Vec<_>>().join("<br>");
    let rows = rows::rows(&figures.moved, language);
    let told: Vec<String> = rows
        .iter()
        .take(MOST_ENTRIES)
        .map(|row| {
            let subjects = escaped(&lines::some(&row.subjects, MOST_NAMES, language));
            cells(&[escaped(&row.name), subjects, several(&row.old), several(&row.new), row.course.clone()])
        })
        .collect();
    if !figures.moved.is_empty() {
        let mut table = String::new();
        if !told.is_empty() {
            let heads = [
                words::difference::figure(),
                words::difference::subject(),
                words::difference::before(),
                words::difference::now(),
                words::difference::course(),
            ];
            let heads = cells(&heads.map(|head| head.say(language).into_owned()));
            let _ = writeln!(table, "{heads}|---|---|--:|--:|--:|\n{}", told.concat());
        }
        for told in rows::left_out(&figures.moved, rows.len(), MOST_ENTRIES) {
            let _ = writeln!(table, "{}\n", in_language(&told, language));
        }
        let heading = words::difference::moved_figures();
        let heading = format!("{} ({})", heading.say(language), figures.moved.len());
        let _ = if told.len() <= FEW {
            writeln!(out, "### {heading}\n\n{table}")
        } else {
            writeln!(out, "<details>\n<summary>{heading}</summary>\n\n{table}</details>\n")
        };
    }
    let told = |figure: &&Figure| item(&rows::alone(figure), language);
    let [appeared, vanished] = [&figures.appeared, &figures.vanished].map(|own| own.iter().map(told).collect());
    entries(out, words::difference::new_figures(), appeared, false, language);
    entries(out, words::difference::gone_figures(), vanished, false, language);
}

fn things(out: &mut String, difference: &Difference<'_>, language: Language) {
    let told: Vec<String> = lines::things(difference, language).iter().map(|told| item(told, language)).collect();
    let unfolded = told.len() <= FEW;
    entries(out, words::difference::design(), told, unfolded, language);
}
