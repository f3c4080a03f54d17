//! The report around its parts: verdict, table of contents, what it was made from.

use maud::{Markup, html};

use super::{Dossier, Verdict, charts, coverage, figures, findings, ledgers, parts, picture, survival};
use crate::catalogue;
use crate::check::Outcome;
use crate::failure;
use crate::report::clean::clean_line;
use crate::report::json::TOOL;
use crate::report::page;
use crate::report::told::{missing_facts, plural};

const SCRIPT: &str = include_str!("script.js");
/// A part of the report: its anchor, its heading and what stands in it.
pub(super) struct Section {
    pub(super) id: &'static str,
    pub(super) heading: String,
    pub(super) content: Markup,
}

pub(super) fn page(dossier: &Dossier<'_>) -> String {
    let sections: Vec<Section> = sections(dossier);
    let title = format!("{}: rackproof report", dossier.heading());
    let body = html! {
        a.skip href="#verdict" { "To the verdict" }
        (head(dossier))
        nav aria-label="Contents" {
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
        p #lit role="status" aria-live="polite" hidden {}
    };
    page::page(&title, &body, Some(SCRIPT), crate::catalogue::Language::English)
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
        (counts.errors, "errors", "error", "#findings"),
        (counts.warnings, "warnings", "warning", "#findings"),
        (counts.notes, "notes", "note", "#findings"),
        (missing_facts(report).len(), "open questions", "unproven", "#questions"),
        (counts.suppressed, "accepted", "accepted", "#accepted"),
    ];
    html! {
        header {
            p.kind { "Design report" @if let Some(date) = dossier.date { ", " time { (clean_line(date)) } } }
            h1 { (clean_line(dossier.heading())) }
            div #verdict.verdict.(verdict.class()) {
                p.word { (verdict.words()) }
                p { (dossier.sentence()) " " (policy(dossier)) }
            }
            ul.tiles {
                @for (count, word, class, link) in tiles {
                    li.(class).none[count == 0] {
                        @if count == 0 { (tile(count, word)) } @else { a href=(link) { (tile(count, word)) } }
                    }
                }
            }
            @if report.whole { (coverage_line(dossier)) (claims(dossier)) }
        }
    }
}

fn tile(count: usize, word: &str) -> Markup {
    html! { b { (count) } " " span { (word) } }
}

/// What makes a design fail, in words.
fn policy(dossier: &Dossier<'_>) -> &'static str {
    use crate::settings::{FailOn, Unproven};
    match dossier.policy {
        (FailOn::Never, _) => "Nothing makes it fail: the run was asked for that.",
        (FailOn::Error, Unproven::Ignore) => "It passes where no error is left that nobody has accepted.",
        (FailOn::Error, _) => "It passes where no error and no open question of that weight is left.",
        (FailOn::Warning, _) => "It passes where no error and no warning is left that nobody has accepted.",
        (FailOn::Note, _) => "It passes where no finding is left that nobody has accepted.",
    }
}

fn coverage_line(dossier: &Dossier<'_>) -> Markup {
    let count = |outcome| dossier.outcomes(outcome);
    let (holds, violated, unproven) = (count(Outcome::Holds), count(Outcome::Violated), count(Outcome::Unproven));
    let all = (holds + violated + unproven).max(1);
    let part = |count: usize| format!("flex-grow: {count}");
    html! {
        p {
            (plural(holds + violated + unproven, "rule")) " apply: " (holds) " hold, " (violated) " are violated, "
            (unproven) " cannot be decided. " (count(Outcome::NotApplicable)) " do not apply, "
            (count(Outcome::SetAside)) " are set aside" @if count(Outcome::Off) > 0 { ", " (count(Outcome::Off)) " are switched off" }
            ". " a href="#rules" { "Every rule" } "."
        }
        div.bar role="img" aria-label=(format!("{holds} of {all} rules that apply hold, {violated} are violated, {unproven} cannot be decided")) {
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
            h2.small { "What the design claims to survive" }
            ul.claims {
                @for kept in &claims {
                    li.(class_of(kept.outcome())) {
                        span.badge { (kept.outcome().word()) } " " (clean_line(&kept.claim.value))
                        span.quiet { " (" (plural(kept.checked, "failure")) " looked at" @if kept.lost > 0 { ", " (kept.lost) " lose something" } ")" }
                    }
                }
            }
        }
    }
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
    let content = html! {
        table {
            caption { "Texts that this report was made from" }
            thead { tr { th scope="col" { "text" } th.number scope="col" { "lines" } th scope="col" { "SHA-256" } } }
            tbody {
                @for text in dossier.texts() {
                    tr { td { code { (clean_line(text.name)) } } td.number { (text.lines) } td { code { (text.digest) } } }
                }
            }
        }
        p {
            (TOOL.name) " " (TOOL.version) ", " (catalogue::RULES.len()) " rules, " (catalogue::FIGURES.len())
            " figures; their texts have the digest " code { (catalogue::DIGEST) }
            ". The same texts, options and version give this file again, byte for byte."
        }
        p { "To keep it as PDF, print this page: what is folded is unfolded for that." }
    };
    Section { id: "made-from", heading: "What it was made from".to_owned(), content }
}

/// A text of the catalogue, in which what stands between backticks is code.
pub(super) fn prose(text: &str) -> Markup {
    html! {
        @for (index, part) in text.split('`').enumerate() {
            @if index % 2 == 1 { code { (clean_line(part)) } } @else { (clean_line(part)) }
        }
    }
}
