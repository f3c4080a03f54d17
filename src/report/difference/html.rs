//! What changes between two designs, as one page that loads nothing.

use maud::{Markup, html};

use super::headline::headline;
use super::rows;
use super::words;
use crate::check::{Finding, FindingOutcome};
use crate::compare::{CutSets, Design, Difference};
use crate::report::clean::clean_line;
use crate::report::page;
use crate::report::told::{acceptance, label, place};

/// Everything that changes: nothing is folded away or left out.
pub(super) fn difference(difference: &Difference<'_>) -> String {
    let worse = difference.worse().any() || !difference.is_whole();
    let class = match (worse, difference.is_empty()) {
        (true, _) => "error",
        (false, true) => "holds",
        (false, false) => "note",
    };
    let title = format!("{} → {}", difference.old.name, difference.new.name);
    let body = html! {
        header {
            p.kind { "Difference of two designs" }
            h1 { code { (clean_line(difference.old.name)) } " → " code { (clean_line(difference.new.name)) } }
            div.verdict.(class) { p { strong { (clean_line(&headline(difference))) } } }
        }
        main {
            @if difference.is_whole() {
                (findings(difference)) (failures(difference)) (figures(difference)) (things(difference))
            } @else {
                (unread(&difference.old)) (unread(&difference.new))
            }
        }
    };
    page::page(&title, &body, None, crate::catalogue::Language::English)
}

/// A part of the page; none where there is nothing in it.
fn part(heading: &str, entries: &[Markup]) -> Markup {
    html! {
        @if !entries.is_empty() {
            section { h2 { (heading) " (" (entries.len()) ")" } @for entry in entries { (entry) } }
        }
    }
}

fn unread(design: &Design<'_>) -> Markup {
    let told = |finding: &&Finding| {
        entry(
            design,
            finding,
            &finding.subject,
            &finding.message.to_string(),
            &html! { p { (clean_line(&finding.help.to_string())) } },
        )
    };
    html! {
        @if !design.is_judged() {
            p { code { (clean_line(design.name)) } " could not be read:" }
            (part("Errors", &design.reasons().iter().map(told).collect::<Vec<_>>()))
        }
    }
}

/// A finding: what it says, the rule, the thing and the place, and what is to be said of the change.
fn entry(design: &Design<'_>, finding: &Finding, subject: &str, told: &str, more: &Markup) -> Markup {
    html! {
        article.finding.(finding.severity.word()) {
            h3 { span.badge { (label(finding)) } " " (clean_line(told)) }
            p.about { code { (clean_line(&finding.rule)) } " about " code { (clean_line(subject)) } ", " (place(design.sources, finding.span)) }
            (more)
        }
    }
}

fn accepted(finding: &Finding) -> Markup {
    html! { @if let Some(suppressed) = &finding.suppressed { p { (clean_line(&acceptance(suppressed).to_string())) } } }
}

fn findings(difference: &Difference<'_>) -> Markup {
    let Difference { old, new, findings, .. } = difference;
    let is_violation = |finding: &Finding| finding.outcome == FindingOutcome::Violated;
    let appeared = findings.appeared.iter().filter(|own| is_violation(own.finding)).map(|own| {
        let finding = own.finding;
        let more = html! {
            @match finding.caused_by { Some(cause) => p { "Follows from " code { (cause) } }, None => p { (clean_line(&finding.help.to_string())) } }
            (accepted(finding))
        };
        html! { div style=(format!("margin-left: {}rem", own.depth * 2)) { (entry(new, finding, &finding.subject, &finding.message.to_string(), &more)) } }
    });
    let changed = findings.changed.iter().map(|own| {
        let more = html! {
            @if label(own.old) != label(own.new) { p { "was: " (label(own.old)) } }
            @if own.old.message != own.new.message { p { "was: " (clean_line(&own.old.message.to_string())) } }
            @for (name, was, is) in &own.values { p.quiet { (clean_line(name)) ": " (clean_line(was)) " → " (clean_line(is)) } }
            (accepted(own.new))
        };
        entry(new, own.new, &own.new.subject, &own.new.message.to_string(), &more)
    });
    let gone = |violations: bool| {
        let own = findings.vanished.iter().filter(move |own| is_violation(own.finding) == violations);
        own.map(|own| {
            entry(old, own.finding, &own.subject, &own.finding.message.to_string(), &html! { p { (words::gone(own)) } })
        })
        .collect::<Vec<_>>()
    };
    let questions = findings.appeared.iter().filter(|own| !is_violation(own.finding)).map(|own| {
        let more = html! { p { (clean_line(&own.finding.message.to_string())) } (accepted(own.finding)) };
        entry(new, own.finding, &own.finding.subject, &own.finding.help.to_string(), &more)
    });
    html! {
        (part("New violations", &appeared.collect::<Vec<_>>()))
        (part("Changed findings", &changed.collect::<Vec<_>>()))
        (part("Violations that are gone", &gone(true)))
        (part("New questions", &questions.collect::<Vec<_>>()))
        (part("Questions that are gone", &gone(false)))
    }
}

fn list(items: &[String]) -> Markup {
    html! { @if !items.is_empty() { ul { @for item in items { li { (clean_line(item)) } } } } }
}

fn failures(difference: &Difference<'_>) -> Markup {
    let failures = &difference.failures;
    let told = words::failures(difference, usize::MAX);
    let groups = failures.cut_sets.chunk_by(|left, right| left.fate == right.fate && left.is_worse == right.is_worse);
    html! {
        @if !told.is_empty() { section { h2 { "Failures" } (list(&told)) } }
        @for group in groups { (part(words::fate(group[0].fate), &group.iter().map(cut_sets).collect::<Vec<_>>())) }
    }
}

fn cut_sets(group: &CutSets) -> Markup {
    html! {
        p { strong { (clean_line(&words::cut_sets(group))) } }
        @if group.fate.is_new() {
            p { (clean_line(&words::chain(group))) }
            p { span.badge { (group.remedy.0.word()) } " What helps: " (clean_line(&group.remedy.1.to_string())) }
        }
    }
}

fn figures(difference: &Difference<'_>) -> Markup {
    let figures = &difference.figures;
    let several = |lines: &[String]| html! { @for line in lines { div { (clean_line(line)) } } };
    let rows = rows::rows(&figures.moved);
    let others = [("New figures", &figures.appeared), ("Figures that are gone", &figures.vanished)];
    html! {
        @if !rows.is_empty() {
            section {
                h2 { "Figures that move (" (figures.moved.len()) ")" }
                div.scroll {
                    table {
                        thead { tr { th scope="col" { "figure" } th scope="col" { "for" } th.number scope="col" { "was" } th.number scope="col" { "is" } th.number scope="col" { "move" } } }
                        tbody {
                            @for row in &rows {
                                tr {
                                    td { (clean_line(&row.name)) } td { (clean_line(&row.subjects.join(", "))) }
                                    td.number { (several(&row.old)) } td.number { (several(&row.new)) } td.number { (row.course) }
                                }
                            }
                        }
                    }
                }
                (list(&rows::left_out(&figures.moved, rows.len(), usize::MAX)))
            }
        }
        @for (heading, figures) in others {
            @if !figures.is_empty() {
                section {
                    h2 { (heading) " (" (figures.len()) ")" }
                    ul { @for figure in figures { li { (rows::name(figure)) " of " (clean_line(&figure.subject)) ": " (figure.printed()) } } }
                }
            }
        }
    }
}

fn things(difference: &Difference<'_>) -> Markup {
    let told = words::things(difference);
    html! { @if !told.is_empty() { section { h2 { "Design" } (list(&told)) } } }
}
