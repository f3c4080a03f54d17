//! What survives: by class of what fails, and the smallest failures that lose something.

use maud::{Markup, html};

use super::Dossier;
use super::page::Section;
use crate::failure::{Counts, Loss, Pair, Proof, Row, Tally};
use crate::report::clean::clean_line;
use crate::report::failures::{MOST_PATTERNS, grouped, heading};
use crate::report::told::plural;

pub(super) fn section(dossier: &Dossier<'_>) -> Option<Section> {
    let proof = dossier.proof?;
    let content = html! {
        p {
            (grouped(proof.components.len() as u64)) " components were looked at, each failing alone"
            @if proof.doubles.is_some() { " and with every other one" } "."
            @if let Some(already) = already_lost(proof) { " " strong { "Lost without any failure, and so after each one: " (already) "." } }
        }
        (counts(proof))
        (matrix(proof))
        (pairs(&proof.pairs_by_class()))
        (cut_sets(proof))
        (open_facts(proof))
    };
    Some(Section { id: "failures", heading: "What it survives".to_owned(), content })
}

fn already_lost(proof: &Proof<'_, '_>) -> Option<String> {
    let already: Vec<&str> = proof.baseline.lost.iter().map(Loss::word).collect();
    (!already.is_empty()).then(|| already.join(", "))
}

fn counts(proof: &Proof<'_, '_>) -> Markup {
    let rows = [("single", Some(&proof.singles)), ("double", proof.doubles.as_ref())];
    let row = |(name, tally): (&'static str, Option<&Tally>)| {
        html! {
            tr {
                th scope="row" { (name) }
                @match tally {
                    Some(Tally { whole, .. }) => {
                        td.number { (grouped(whole.survived)) } td.number { (grouped(whole.lost)) }
                        td.number { (grouped(whole.unproven)) } td.number { (grouped(whole.total)) }
                    }
                    None => td colspan="4" { "not looked at: there are too many" },
                }
            }
        }
    };
    html! {
        div.scroll { table {
            caption { "Failures; one that takes nothing but management has survived" }
            thead { tr { th scope="col" { "failures" } th.number scope="col" { "survived" } th.number scope="col" { "lost" } th.number scope="col" { "unproven" } th.number scope="col" { "all" } } }
            tbody { @for entry in rows { (row(entry)) } }
        } }
    }
}

/// Every single failure: a row for each class, a column for each loss.
fn matrix(proof: &Proof<'_, '_>) -> Markup {
    let rows = proof.by_class();
    let losses: Vec<Loss> = proof.asked.iter().collect();
    html! {
        div.scroll tabindex="0" role="region" aria-label="Single failures by class" {
            table.matrix {
                caption { "Single failures: of how many of each class what is lost" }
                thead { tr { th scope="col" { "what fails" } th.number scope="col" { "how many" } @for loss in &losses { th scope="col" { (loss.word()) } } } }
                tbody {
                    @for Row { class, losses } in &rows {
                        tr {
                            th scope="row" { (class.word()) }
                            td.number { (grouped(losses.first().map_or(0, |(_, counts)| counts.total))) }
                            @for (_, counts) in losses { (cell(counts)) }
                        }
                    }
                }
            }
        }
    }
}

fn cell(counts: &Counts) -> Markup {
    let of = |count: u64| if count == counts.total { "all".to_owned() } else { grouped(count) };
    let (class, words) = match (counts.lost, counts.unproven) {
        (0, 0) => ("holds", "✓ none".to_owned()),
        (0, unproven) => ("unproven", format!("? {}", of(unproven))),
        (lost, 0) => ("error", format!("✗ {}", of(lost))),
        (lost, unproven) => ("error", format!("✗ {}, ? {}", of(lost), of(unproven))),
    };
    html! { td.(class) { (words) } }
}

/// Double failures of which neither alone loses the same, by classes.
fn pairs(pairs: &[Pair]) -> Markup {
    html! {
        @if !pairs.is_empty() {
            details {
                summary { "Double failures that lose more than each of the two alone, by class" }
                table {
                    thead { tr { th scope="col" { "what fails together" } th.number scope="col" { "pairs" } th scope="col" { "what is lost" } } }
                    tbody {
                        @for pair in pairs {
                            tr {
                                th scope="row" { (pair.classes[0].word()) " + " (pair.classes[1].word()) }
                                td.number { (grouped(pair.count as u64)) }
                                td { (pair.loses.iter().map(|loss| loss.word()).collect::<Vec<_>>().join(", ")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn cut_sets(proof: &Proof<'_, '_>) -> Markup {
    let patterns = proof.patterns();
    let all: usize = patterns.iter().map(|pattern| pattern.count).sum();
    let told: Vec<_> =
        patterns.iter().take(MOST_PATTERNS).map(|pattern| (pattern, proof.story(&pattern.first))).collect();
    html! {
        @if patterns.is_empty() { p { "No failure that was looked at is known to lose anything." } } @else {
            h3 { "The smallest failures that lose something" }
            p { (grouped(all as u64)) " cut sets of " (plural(patterns.len(), "kind")) ", the likeliest first." }
            ol.cuts {
                @for (pattern, story) in &told {
                    li {
                        p { strong { (clean_line(&heading(proof, pattern).to_string())) } }
                        ol.chain { @for step in &story.chain { li { (clean_line(&step.to_string())) } } }
                        p { span.badge { (story.remedy.kind.word()) } " What helps: " (clean_line(&story.remedy.what.to_string())) }
                    }
                }
            }
            @if patterns.len() > told.len() {
                p.quiet { "and " (plural(patterns.len() - told.len(), "kind")) " more; " code { "rackproof failures --format json" } " lists every cut set" }
            }
        }
    }
}

fn open_facts(proof: &Proof<'_, '_>) -> Markup {
    let facts = proof.open_facts();
    html! {
        @if !facts.is_empty() {
            h3 { "Not known, and for want of it unproven" }
            ul { @for fact in &facts { li { code { (clean_line(fact)) } } } }
        }
    }
}
