//! The report around its parts: verdict, table of contents, what it was made from.

use maud::{Markup, html};

use super::{Counted, Dossier, Verdict, charts, coverage, figures, findings, ledgers, parts, picture, survival};
use crate::catalogue;
use crate::check::Outcome;
use crate::failure;
use crate::report::clean::clean_line;
use crate::report::page;
use crate::report::told::missing_facts;
use crate::words::Said;
use crate::words::dossier as words;

const SCRIPT: &str = include_str!("script.js");
/// What the script puts a number of things and the heading of a finding in the place of.
const COUNT: &str = "{count}";
const FINDING: &str = "{finding}";

/// A part of the report: its anchor, its heading and what stands in it.
pub(super) struct Section {
    pub(super) id: &'static str,
    pub(super) heading: String,
    pub(super) content: Markup,
}

/// A column of a table.
pub(super) enum Column {
    Words(Said),
    /// Numbers, which stand to the right.
    Numbers(Said),
}

/// The head of a table.
pub(super) fn columns(dossier: &Dossier<'_>, columns: impl IntoIterator<Item = Column>) -> Markup {
    html! {
        thead {
            tr {
                @for column in columns {
                    @match column {
                        Column::Words(head) => th scope="col" { (dossier.say(head)) },
                        Column::Numbers(head) => th.number scope="col" { (dossier.say(head)) },
                    }
                }
            }
        }
    }
}

pub(super) fn page(dossier: &Dossier<'_>) -> String {
    let sections: Vec<Section> = sections(dossier);
    let title = words::page_title(dossier.heading()).say(dossier.language).into_owned();
    let lit = words::lit(COUNT, FINDING);
    let body = html! {
        a.skip href="#verdict" { (dossier.say(words::to_the_verdict())) }
        (head(dossier))
        nav aria-label=(dossier.say(words::contents())) {
            ol { @for section in &sections { li { a href={ "#" (section.id) } { (section.heading) } } } }
        }
        main {
            @for section in &sections {
                section id=(section.id) aria-labelledby={ (section.id) "-heading" } {
                    h2 id={ (section.id) "-heading" } { (section.heading) }
                    (section.content)
                }
            }
        }
        p #lit role="status" aria-live="polite" data-lit=(dossier.say(lit)) data-back=(dossier.say(words::back_to_finding())) hidden {}
    };
    page::page(&title, &body, Some(SCRIPT), dossier.language)
}

fn sections(dossier: &Dossier<'_>) -> Vec<Section> {
    let parts = [
        Some(findings::violations(dossier)),
        findings::questions(dossier),
        findings::accepted(dossier),
        picture::section(dossier),
        charts::capacity(dossier),
        charts::bottlenecks(dossier),
        survival::section(dossier),
        ledgers::section(dossier),
        parts::section(dossier),
        figures::section(dossier),
        coverage::assumptions(dossier),
        coverage::section(dossier),
    ];
    parts.into_iter().flatten().chain([made_from(dossier)]).collect()
}

fn head(dossier: &Dossier<'_>) -> Markup {
    let report = &dossier.checked.report;
    let counts = &report.summary;
    let verdict = Verdict::of(dossier);
    let tiles = [
        (counts.errors, words::errors(), "error", "#findings"),
        (counts.warnings, words::warnings(), "warning", "#findings"),
        (counts.notes, words::notes(), "note", "#findings"),
        (missing_facts(report).len(), words::open_questions(), "unproven", "#questions"),
        (counts.suppressed, words::accepted(), "accepted", "#accepted"),
    ]
    .map(|(count, word, class, link)| (count, html! { b { (count) } " " span { (dossier.say(word)) } }, class, link));
    html! {
        header {
            p.kind {
                (dossier.say(words::design_report()))
                @if let Some(date) = dossier.date { (dossier.language.between()) time { (clean_line(date)) } }
            }
            h1 { (clean_line(dossier.heading())) }
            div #verdict.verdict.(verdict.class()) {
                p.word { (dossier.say(verdict.said())) }
                p { (dossier.say(words::sentences(dossier.sentence(), policy(dossier)))) }
            }
            ul.tiles {
                @for (count, tile, class, link) in tiles {
                    li.(class).none[count == 0] {
                        @if count == 0 { (tile) } @else { a href=(link) { (tile) } }
                    }
                }
            }
            @if report.whole { (coverage_line(dossier)) (claims(dossier)) }
        }
    }
}

/// What makes a design fail, in words.
fn policy(dossier: &Dossier<'_>) -> Said {
    use crate::settings::{FailOn, Unproven};
    match dossier.policy {
        (FailOn::Never, _) => words::never_fails(),
        (FailOn::Error, Unproven::Ignore) => words::fails_by_errors(),
        (FailOn::Error, _) => words::fails_by_errors_and_questions(),
        (FailOn::Warning, _) => words::fails_by_warnings(),
        (FailOn::Note, _) => words::fails_by_notes(),
    }
}

fn coverage_line(dossier: &Dossier<'_>) -> Markup {
    let count = |outcome| dossier.outcomes(outcome);
    let counted = Counted {
        holds: count(Outcome::Holds),
        violated: count(Outcome::Violated),
        unproven: count(Outcome::Unproven),
        not_applicable: count(Outcome::NotApplicable),
        set_aside: count(Outcome::SetAside),
        off: count(Outcome::Off),
    };
    let Counted { holds, violated, unproven, .. } = counted;
    let all = words::coverage(words::rules_apply(counted.applying()), counted.judged(), counted.others());
    let link = html! { a href="#rules" { (dossier.say(words::every_rule())) } };
    let bar = words::coverage_bar(
        words::rules_hold_of(holds, counted.applying().max(1)),
        words::rules_violated(violated),
        words::rules_undecided(unproven),
    );
    let part = |count: usize| format!("flex-grow: {count}");
    html! {
        p { (dossier.set(|[link]| words::sentences(all, words::full_stop(link)), &[link])) }
        div.bar role="img" aria-label=(dossier.say(bar)) {
            @if holds > 0 { span.holds style=(part(holds)) {} }
            @if violated > 0 { span.error style=(part(violated)) {} }
            @if unproven > 0 { span.unproven style=(part(unproven)) {} }
        }
    }
}

/// What the design says that it survives.
fn claims(dossier: &Dossier<'_>) -> Markup {
    let claims = dossier.claims();
    html! {
        @if !claims.is_empty() {
            h2.small { (dossier.say(words::claims())) }
            ul.claims {
                @for kept in &claims {
                    li.(class_of(kept.outcome())) {
                        span.badge { (dossier.say(kept.outcome().said())) } " " (clean_line(&kept.claim.value))
                        span.quiet { " (" (dossier.say(looked_at(kept, kept.lost > 0))) ")" }
                    }
                }
            }
        }
    }
}

/// How many failures a claim speaks of, and how many of them lose something.
pub(super) fn looked_at(kept: &failure::Kept<'_>, with_lost: bool) -> Said {
    let mut parts = vec![words::failures_looked_at(kept.checked)];
    if with_lost {
        parts.push(words::lose_something(kept.lost));
    }
    parts.into()
}

/// The colour of what became of a failure.
pub(super) fn class_of(outcome: failure::Outcome) -> &'static str {
    match outcome {
        failure::Outcome::Survived => "holds",
        failure::Outcome::Unproven => "unproven",
        failure::Outcome::Lost => "error",
    }
}

fn made_from(dossier: &Dossier<'_>) -> Section {
    let head = [Column::Words(words::text()), Column::Numbers(words::lines()), Column::Words("SHA-256".into())];
    let digest = html! { code { (catalogue::DIGEST) } };
    let made_by = |[digest]: [Said; 1]| {
        words::made_by(super::made_with(), catalogue::RULES.len(), catalogue::FIGURES.len(), digest)
    };
    let content = html! {
        table {
            caption { (dossier.say(words::texts())) }
            (columns(dossier, head))
            tbody {
                @for text in dossier.texts() {
                    tr { td { code { (clean_line(text.name)) } } td.number { (text.lines) } td { code { (text.digest) } } }
                }
            }
        }
        p { (dossier.set(made_by, &[digest])) }
        p { (dossier.say(words::how_to_print())) }
    };
    Section { id: "made-from", heading: dossier.say(words::made_from()), content }
}

/// A text of the catalogue, in which what stands between backticks is code.
pub(super) fn prose(text: &str) -> Markup {
    html! {
        @for (index, part) in text.split('`').enumerate() {
            @if index % 2 == 1 { code { (clean_line(part)) } } @else { (clean_line(part)) }
        }
    }
}
