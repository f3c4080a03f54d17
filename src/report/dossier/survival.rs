//! What survives: by class of what fails, and the smallest failures that lose something.

use maud::{Markup, html};

use super::Dossier;
use super::page::{Column, Section, columns};
use crate::failure::{Class, Counts, Loss, Pair, Proof, Row, Tally};
use crate::report::clean::clean_line;
use crate::report::failures::{MOST_PATTERNS, grouped, heading};
use crate::words::Said;
use crate::words::dossier as words;

pub(super) fn section(dossier: &Dossier<'_>) -> Option<Section> {
    let proof = dossier.proof?;
    let components = grouped(proof.components.len() as u64);
    let looked_at = match proof.doubles {
        Some(_) => words::components_in_pairs(components),
        None => words::components_alone(components),
    };
    let content = html! {
        p {
            (dossier.say(looked_at))
            @if let Some(already) = already_lost(proof) { " " strong { (dossier.say(words::lost_already(already))) } }
        }
        (counts(dossier, proof))
        (matrix(dossier, proof))
        (pairs(dossier, &proof.pairs_by_class()))
        (cut_sets(dossier, proof))
        (open_facts(dossier, proof))
    };
    Some(Section { id: "failures", heading: dossier.say(words::survival()), content })
}

fn already_lost(proof: &Proof<'_, '_>) -> Option<Said> {
    let already: Vec<Said> = proof.baseline.lost.iter().map(Loss::said).collect();
    (!already.is_empty()).then(|| already.into())
}

fn counts(dossier: &Dossier<'_>, proof: &Proof<'_, '_>) -> Markup {
    let rows = [(words::single(), Some(&proof.singles)), (words::double(), proof.doubles.as_ref())];
    let row = |(name, tally): (Said, Option<&Tally>)| {
        html! {
            tr {
                th scope="row" { (dossier.say(name)) }
                @match tally {
                    Some(Tally { whole, .. }) => {
                        td.number { (grouped(whole.survived)) } td.number { (grouped(whole.lost)) }
                        td.number { (grouped(whole.unproven)) } td.number { (grouped(whole.total)) }
                    }
                    None => td colspan="4" { (dossier.say(words::too_many())) },
                }
            }
        }
    };
    let numbers = [words::survived(), words::lost(), words::unproven(), words::all()].map(Column::Numbers);
    let head = std::iter::once(Column::Words(words::failures())).chain(numbers);
    html! {
        div.scroll { table {
            caption { (dossier.say(words::failures_counted())) }
            (columns(dossier, head))
            tbody { @for entry in rows { (row(entry)) } }
        } }
    }
}

/// Every single failure: a row for each class, a column for each loss.
fn matrix(dossier: &Dossier<'_>, proof: &Proof<'_, '_>) -> Markup {
    let rows = proof.by_class();
    let losses = proof.asked.iter().map(|loss| Column::Words(loss.said()));
    let head = [Column::Words(words::what_fails()), Column::Numbers(words::how_many())].into_iter().chain(losses);
    html! {
        div.scroll tabindex="0" role="region" aria-label=(dossier.say(words::singles_by_class())) {
            table.matrix {
                caption { (dossier.say(words::singles())) }
                (columns(dossier, head))
                tbody {
                    @for Row { class, losses } in &rows {
                        tr {
                            th scope="row" { (dossier.say(class.said())) }
                            td.number { (grouped(losses.first().map_or(0, |(_, counts)| counts.total))) }
                            @for (_, counts) in losses { (cell(dossier, counts)) }
                        }
                    }
                }
            }
        }
    }
}

fn cell(dossier: &Dossier<'_>, counts: &Counts) -> Markup {
    let of = |sign: &str, count: u64| {
        let count = if count == counts.total { words::every_one() } else { grouped(count).into() };
        format!("{sign} {}", dossier.say(count))
    };
    let (class, words) = match (counts.lost, counts.unproven) {
        (0, 0) => ("holds", format!("✓ {}", dossier.say(words::none()))),
        (0, unproven) => ("unproven", of("?", unproven)),
        (lost, 0) => ("error", of("✗", lost)),
        (lost, unproven) => ("error", dossier.names(&[of("✗", lost), of("?", unproven)])),
    };
    html! { td.(class) { (words) } }
}

/// Double failures of which neither alone loses the same, by classes.
fn pairs(dossier: &Dossier<'_>, pairs: &[Pair]) -> Markup {
    let head = [
        Column::Words(words::what_fails_together()),
        Column::Numbers(words::pair_count()),
        Column::Words(words::what_is_lost()),
    ];
    html! {
        @if !pairs.is_empty() {
            details {
                summary { (dossier.say(words::pairs())) }
                table {
                    (columns(dossier, head))
                    tbody {
                        @for pair in pairs {
                            tr {
                                th scope="row" { (dossier.say_each(&pair.classes.map(Class::said), " + ")) }
                                td.number { (grouped(pair.count as u64)) }
                                td { (dossier.say(Said::from(pair.loses.iter().map(|loss| loss.said()).collect::<Vec<_>>()))) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn cut_sets(dossier: &Dossier<'_>, proof: &Proof<'_, '_>) -> Markup {
    let patterns = proof.patterns();
    let all: usize = patterns.iter().map(|pattern| pattern.count).sum();
    let told: Vec<_> =
        patterns.iter().take(MOST_PATTERNS).map(|pattern| (pattern, proof.story(&pattern.first))).collect();
    let more = words::kinds(patterns.len() - told.len());
    let command = html! { code { "rackproof failures --format json" } };
    html! {
        @if patterns.is_empty() { p { (dossier.say(words::nothing_lost())) } } @else {
            h3 { (dossier.say(words::smallest_failures())) }
            p { (dossier.say(words::cut_sets(grouped(all as u64), words::kinds(patterns.len())))) }
            ol.cuts {
                @for (pattern, story) in &told {
                    li {
                        p { strong { (dossier.say(heading(proof, pattern))) } }
                        ol.chain { @for step in &story.chain { li { (dossier.say(step)) } } }
                        p { span.badge { (dossier.say(story.remedy.kind.said())) } " " (dossier.say(words::what_helps(&story.remedy.what))) }
                    }
                }
            }
            @if patterns.len() > told.len() {
                p.quiet { (dossier.set(|[command]| words::kinds_more_listed(more, command), &[command])) }
            }
        }
    }
}

fn open_facts(dossier: &Dossier<'_>, proof: &Proof<'_, '_>) -> Markup {
    let facts = proof.open_facts();
    html! {
        @if !facts.is_empty() {
            h3 { (dossier.say(words::open_facts())) }
            ul { @for fact in &facts { li { code { (clean_line(fact)) } } } }
        }
    }
}
