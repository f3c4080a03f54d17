//! Findings, questions, and what was accepted or set aside.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::page::{Section, prose};
use super::{Dossier, picture};
use crate::catalogue::Said;
use crate::check::{Finding, Related};
use crate::report::clean::{clean, clean_line};
use crate::report::told::{self, acceptance, missing_facts, place, plural};
use crate::source::Span;

/// Most other places of a finding that are shown with their lines.
const MOST_PLACES: usize = 6;
/// Most lines that are shown of a place.
const MOST_LINES: usize = 4;

pub(super) fn violations(dossier: &Dossier<'_>) -> Section {
    let counting = dossier.violations();
    let heading =
        if counting.is_empty() { "Findings: none".to_owned() } else { format!("Findings ({})", counting.len()) };
    let shown = dossier.drawing.map(picture::paths).unwrap_or_default();
    let content = html! {
        @if counting.is_empty() { p { "Nothing that the design states violates a rule that is judged." } }
        @for finding in &counting { (violation(dossier, finding, &shown)) }
    };
    Section { id: "findings", heading, content }
}

/// A violation; `shown` are the tables of the design that the picture shows.
fn violation(dossier: &Dossier<'_>, finding: &Finding, shown: &[&str]) -> Markup {
    let rule = dossier.rule(&finding.rule);
    let lights = lights(finding, shown);
    html! {
        article.finding.(finding.severity.word()) id={ "f-" (finding.fingerprint) } data-lights=[lights.as_deref()] {
            h3 {
                span.badge { (finding.severity.word()) } " " (clean_line(&finding.message.to_string()))
            }
            p.about {
                code { (clean_line(&finding.rule)) } " about " code { (clean_line(&finding.subject)) }
                @for path in &finding.about { ", " code { (clean_line(path)) } }
                @if let Some(origin) = rule.map(|rule| rule.origin) { ", from " (origin_words(origin)) }
                @if let Some(cause) = finding.caused_by { ". Follows from " (cause_link(dossier, finding, cause)) }
                @if lights.is_some() { " " a.light href="#picture" { "Show in the picture" } }
            }
            (places(dossier, finding))
            dl {
                @if let Some(rule) = rule { dt { "Why it matters" } dd { (prose(rule.rationale)) } }
                dt { "What to do" } dd { (clean_line(&finding.help.to_string())) }
                @if let Some(fix) = &finding.fix {
                    dt { "Edit that mends it" }
                    dd {
                        (clean_line(&fix.title.to_string()))
                        ul { @for (span, text) in &fix.edits { li { code { (place(&dossier.checked.sources, *span)) } ": " code { (clean_line(text)) } } } }
                    }
                }
                @if let Some(conflict) = &finding.conflict { dt { "Where texts differ" } dd { (clean_line(&conflict.to_string())) } }
                @if !finding.assumed.is_empty() { dt { "Assumed" } dd { (clean_line(&finding.assumed.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))) } }
                @if !finding.sources.is_empty() {
                    dt { "Source" }
                    dd { ul { @for source in &finding.sources { li { (clean_line(&source.to_string())) } } } }
                }
            }
        }
    }
}

fn origin_words(origin: crate::catalogue::Origin) -> &'static str {
    use crate::catalogue::Origin;
    match origin {
        Origin::Documents => "the documents",
        Origin::Official => "official text",
        Origin::Practice => "practice",
    }
}

fn cause_link(dossier: &Dossier<'_>, finding: &Finding, cause: &str) -> Markup {
    let about: BTreeSet<&String> = std::iter::once(&finding.subject).chain(&finding.about).collect();
    let of = |other: &&Finding| other.rule == cause && other.counts();
    let causes = || dossier.checked.report.findings.iter().filter(of);
    let nearest = causes().find(|other| about.contains(&other.subject)).or_else(|| causes().next());
    html! {
        @match nearest {
            Some(nearest) => a href={ "#f-" (nearest.fingerprint) } { code { (cause) } },
            None => code { (cause) },
        }
    }
}

/// Lines of the design that a finding is about, with what they have to do with it.
fn places(dossier: &Dossier<'_>, finding: &Finding) -> Markup {
    let own = Related { span: finding.span, message: Said::default() };
    let others: Vec<&Related> = finding.related.iter().filter(|related| related.span != finding.span).collect();
    let hidden = others.len().saturating_sub(MOST_PLACES);
    html! {
        (excerpt(dossier, &own))
        @for related in others.iter().take(MOST_PLACES) { (excerpt(dossier, related)) }
        @if hidden > 0 { p.quiet { "and " (plural(hidden, "place")) " more like those shown" } }
    }
}

fn excerpt(dossier: &Dossier<'_>, place: &Related) -> Markup {
    let sources = &dossier.checked.sources;
    let source = sources.get(place.span.source);
    let (start, end) = sources.positions(place.span);
    let lines: Vec<(usize, &str)> = source
        .text
        .lines()
        .enumerate()
        .skip(start.line - 1)
        .take((end.line - start.line + 1).min(MOST_LINES))
        .collect();
    html! {
        figure.lines {
            figcaption { (self::place(sources, place.span)) @if !place.message.is_empty() { ": " (clean_line(&place.message.to_string())) } }
            @if lines.iter().any(|(_, line)| !line.trim().is_empty()) {
                pre {
                    @for (index, line) in &lines {
                        span.line-number { (index + 1) }
                        (marked(line, *index + 1, place.span, dossier))
                        "\n"
                    }
                }
            }
        }
    }
}

/// A line with the part of it marked that a place covers.
fn marked(line: &str, number: usize, span: Span, dossier: &Dossier<'_>) -> Markup {
    let (start, end) = dossier.checked.sources.positions(span);
    let letters = line.chars().count();
    let from = if number == start.line { start.column - 1 } else { 0 };
    let to = if number == end.line { end.column - 1 } else { letters };
    let (from, to) = (from.min(letters), to.min(letters));
    let part =
        |from: usize, to: usize| clean(&line.chars().skip(from).take(to - from).collect::<String>()).into_owned();
    html! {
        @if from < to { (part(0, from)) mark { (part(from, to)) } (part(to, letters)) } @else { (part(0, letters)) }
    }
}

/// What a finding lights up in the picture.
fn lights(finding: &Finding, shown: &[&str]) -> Option<String> {
    let about: Vec<&String> = std::iter::once(&finding.subject).chain(&finding.about).collect();
    let lit = shown.iter().enumerate().filter(|(_, table)| about.iter().any(|path| shows(table, path)));
    let lit: Vec<String> = lit.map(|(number, _)| format!("p{number}")).collect();
    (!lit.is_empty()).then(|| lit.join(" "))
}

/// Whether a table of the design is what a path names, or holds it.
fn shows(table: &str, path: &str) -> bool {
    path.strip_prefix(table).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', ',']))
}

/// What must be answered before signing: each missing fact with the questions of the rules that need it.
pub(super) fn questions(dossier: &Dossier<'_>) -> Option<Section> {
    let facts = missing_facts(&dossier.checked.report);
    if facts.is_empty() {
        return None;
    }
    let content = html! {
        p {
            "Rules that need a fact which the design does not state are neither kept nor violated. Answer these before "
            "signing, by writing the fact into the design:"
        }
        ol.questions {
            @for (missing, findings) in &facts {
                li {
                    p { code { (clean_line(missing)) } " " span.quiet { (place(&dossier.checked.sources, findings[0].span)) } }
                    @let questions: BTreeSet<String> = findings.iter().map(|finding| finding.help.to_string()).collect();
                    @let rules: BTreeSet<&str> = findings.iter().map(|finding| finding.rule.as_ref()).collect();
                    ul { @for question in questions { li { (clean_line(&question)) } } }
                    p.quiet { "for " @for (index, rule) in rules.iter().enumerate() { @if index > 0 { ", " } code { (clean_line(rule)) } } }
                }
            }
        }
    };
    let heading = format!("Questions to answer before signing ({})", facts.len());
    Some(Section { id: "questions", heading, content })
}

/// Findings that somebody has accepted, and rules set aside.
pub(super) fn accepted(dossier: &Dossier<'_>) -> Option<Section> {
    let report = &dossier.checked.report;
    let entries: Vec<_> = accepted_findings(dossier);
    if entries.is_empty() && report.set_aside.is_empty() {
        return None;
    }
    let content = html! {
        @if !entries.is_empty() {
            table {
                caption { "Findings that somebody has accepted" }
                thead { tr { th scope="col" { "finding" } th scope="col" { "what is wrong" } th scope="col" { "reason" } th scope="col" { "until" } } }
                tbody { @for entry in entries { (entry) } }
            }
        }
        @if !report.set_aside.is_empty() {
            table {
                caption { "Rules set aside where texts contradict each other" }
                thead { tr { th scope="col" { "set aside" } th scope="col" { "followed instead" } th scope="col" { "reason" } } }
                tbody {
                    @for choice in &report.set_aside {
                        tr {
                            td { code { (choice.rule) } br; span.quiet { (place(&dossier.checked.sources, choice.span)) } }
                            td { code { (choice.follow) } }
                            td { (clean_line(&choice.reason)) }
                        }
                    }
                }
            }
        }
    };
    Some(Section { id: "accepted", heading: "Accepted and set aside".to_owned(), content })
}

fn accepted_findings(dossier: &Dossier<'_>) -> Vec<Markup> {
    told::accepted(&dossier.checked.report)
        .map(|(finding, suppressed)| {
            html! {
                tr id={ "f-" (finding.fingerprint) } {
                    td {
                        code { (clean_line(&finding.rule)) } br; code { (clean_line(&finding.subject)) } br;
                        span.quiet { (place(&dossier.checked.sources, finding.span)) }
                    }
                    td { span.badge { (told::label(finding)) } " " (clean_line(&finding.message.to_string())) }
                    td { (clean_line(&acceptance(suppressed).to_string())) }
                    td { (suppressed.until.as_deref().unwrap_or("without end")) }
                }
            }
        })
        .collect()
}
