//! Findings, questions, and what was accepted or set aside.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::page::{Column, Section, columns, prose};
use super::{Dossier, picture};
use crate::catalogue::Origin;
use crate::check::{Finding, Related};
use crate::report::clean::{clean, clean_line};
use crate::report::told::{self, acceptance, missing_facts, place};
use crate::source::Span;
use crate::words::Said;
use crate::words::dossier as words;

/// Most other places of a finding that are shown with their lines.
const MOST_PLACES: usize = 6;
/// Most lines that are shown of a place.
const MOST_LINES: usize = 4;

pub(super) fn violations(dossier: &Dossier<'_>) -> Section {
    let counting = dossier.violations();
    let heading = if counting.is_empty() { words::no_findings() } else { words::findings(counting.len()) };
    let shown = dossier.drawing.map(picture::paths).unwrap_or_default();
    let content = html! {
        @if counting.is_empty() { p { (dossier.say(words::nothing_violated())) } }
        @for finding in &counting { (violation(dossier, finding, &shown)) }
    };
    Section { id: "findings", heading: dossier.say(heading), content }
}

/// A violation; `shown` are the tables of the design that the picture shows.
fn violation(dossier: &Dossier<'_>, finding: &Finding, shown: &[&str]) -> Markup {
    let rule = dossier.rule(&finding.rule);
    let lights = lights(finding, shown);
    html! {
        article.finding.(finding.severity.word()) id={ "f-" (finding.fingerprint) } data-lights=[lights.as_deref()] {
            h3 {
                span.badge { (dossier.say(finding.severity.said())) } " " (dossier.say(&finding.message))
            }
            p.about {
                (about(dossier, finding, rule.map(|rule| rule.origin)))
                @if lights.is_some() { " " a.light href="#picture" { (dossier.say(words::show_in_picture())) } }
            }
            (places(dossier, finding))
            dl {
                @if let Some(rule) = rule { dt { (dossier.say(words::why_it_matters())) } dd { (prose(rule.rationale)) } }
                dt { (dossier.say(words::what_to_do())) } dd { (dossier.say(&finding.help)) }
                @if let Some(fix) = &finding.fix {
                    dt { (dossier.say(words::edit_that_mends())) }
                    dd {
                        (dossier.say(&fix.title))
                        ul { @for (span, text) in &fix.edits { li { code { (place(&dossier.checked.sources, *span)) } ": " code { (clean_line(text)) } } } }
                    }
                }
                @if let Some(conflict) = &finding.conflict { dt { (dossier.say(words::where_texts_differ())) } dd { (dossier.say(conflict)) } }
                @if !finding.assumed.is_empty() { dt { (dossier.say(words::assumed())) } dd { (dossier.say_each(&finding.assumed, "; ")) } }
                @if !finding.sources.is_empty() {
                    dt { (dossier.say(words::source())) }
                    dd { ul { @for source in &finding.sources { li { (dossier.say(source)) } } } }
                }
            }
        }
    }
}

/// What a finding is about, who says so, and what it follows from.
fn about(dossier: &Dossier<'_>, finding: &Finding, origin: Option<Origin>) -> Markup {
    let paths = std::iter::once(&finding.subject).chain(&finding.about);
    let markup = [
        html! { code { (clean_line(&finding.rule)) } },
        dossier.listed(paths.map(|path| html! { code { (clean_line(path)) } })),
        html! { @if let Some(cause) = finding.caused_by { (cause_link(dossier, finding, cause)) } },
    ];
    let phrase = |[rule, subjects, cause]: [Said; 3]| {
        let about = words::about(rule, subjects);
        let about = match origin {
            Some(origin) => words::from_origin(about, origin_words(origin)),
            None => about,
        };
        if finding.caused_by.is_some() { words::caused(about, cause) } else { about }
    };
    dossier.set(phrase, &markup)
}

fn origin_words(origin: Origin) -> Said {
    match origin {
        Origin::Documents => words::by_documents(),
        Origin::Official => words::by_official_text(),
        Origin::Practice => words::by_practice(),
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
        @if hidden > 0 { p.quiet { (dossier.say(words::places_more(hidden))) } }
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
            figcaption { (self::place(sources, place.span)) @if !place.message.is_empty() { ": " (dossier.say(&place.message)) } }
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
        p { (dossier.say(words::questions_why())) }
        ol.questions {
            @for (missing, findings) in &facts {
                li {
                    p { code { (clean_line(missing)) } " " span.quiet { (place(&dossier.checked.sources, findings[0].span)) } }
                    @let questions: BTreeSet<String> = findings.iter().map(|finding| dossier.say(&finding.help)).collect();
                    @let rules: BTreeSet<&str> = findings.iter().map(|finding| finding.rule.as_ref()).collect();
                    @let rules = dossier.listed(rules.iter().map(|rule| html! { code { (clean_line(rule)) } }));
                    ul { @for question in questions { li { (question) } } }
                    p.quiet { (dossier.set(|[rules]| words::for_rules(rules), &[rules])) }
                }
            }
        }
    };
    Some(Section { id: "questions", heading: dossier.say(words::questions(facts.len())), content })
}

/// Findings that somebody has accepted, and rules set aside.
pub(super) fn accepted(dossier: &Dossier<'_>) -> Option<Section> {
    let report = &dossier.checked.report;
    let entries: Vec<_> = accepted_findings(dossier);
    if entries.is_empty() && report.set_aside.is_empty() {
        return None;
    }
    let accepted = [words::finding(), words::what_is_wrong(), words::reason(), words::until()];
    let set_aside = [words::set_aside(), words::followed_instead(), words::reason()];
    let content = html! {
        @if !entries.is_empty() {
            table {
                caption { (dossier.say(words::accepted_findings())) }
                (columns(dossier, accepted.map(Column::Words)))
                tbody { @for entry in entries { (entry) } }
            }
        }
        @if !report.set_aside.is_empty() {
            table {
                caption { (dossier.say(words::set_aside_rules())) }
                (columns(dossier, set_aside.map(Column::Words)))
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
    Some(Section { id: "accepted", heading: dossier.say(words::accepted_and_set_aside()), content })
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
                    td { span.badge { (dossier.say(told::label(finding))) } " " (dossier.say(&finding.message)) }
                    td { (dossier.say(acceptance(suppressed))) }
                    td { @match &suppressed.until { Some(day) => (day), None => (dossier.say(words::without_end())) } }
                }
            }
        })
        .collect()
}
