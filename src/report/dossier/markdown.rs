//! The same in Markdown, for where a file of HTML cannot go.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Dossier, Verdict, coverage, figures};
use crate::capacity::Figure;
use crate::catalogue;
use crate::check::Finding;
use crate::failure::{Loss, Row};
use crate::report::failures::{MOST_PATTERNS, grouped, heading};
use crate::report::json::TOOL;
use crate::report::markdown::{code, escaped};
use crate::report::told::{acceptance, accepted, missing_facts, place, plural};

pub(super) fn document(dossier: &Dossier<'_>) -> String {
    let mut out = String::new();
    head(&mut out, dossier);
    violations(&mut out, dossier);
    questions(&mut out, dossier);
    accepted_and_set_aside(&mut out, dossier);
    survival(&mut out, dossier);
    parts(&mut out, dossier);
    all_figures(&mut out, dossier);
    assumptions(&mut out, dossier);
    rules(&mut out, dossier);
    made_from(&mut out, dossier);
    out.truncate(out.trim_end().len());
    out + "\n"
}

/// A cell of a table.
fn cell(text: &str) -> String {
    escaped(text)
}

fn head(out: &mut String, dossier: &Dossier<'_>) {
    let date = dossier.date.map_or_else(String::new, |date| format!(", {}", escaped(date)));
    let _ = writeln!(out, "# {}\n\nDesign report{date}\n", escaped(dossier.heading()));
    let _ = writeln!(out, "**{}.** {}\n", Verdict::of(dossier).words(), dossier.sentence());
    let counts = &dossier.checked.report.summary;
    if dossier.checked.report.whole {
        let judged = counts.holds + counts.violated + counts.unproven;
        let _ = writeln!(
            out,
            "{} apply: {} hold, {} are violated, {} cannot be decided; {} do not apply, {} are set aside.\n",
            plural(judged, "rule"),
            counts.holds,
            counts.violated,
            counts.unproven,
            counts.not_applicable,
            counts.set_aside
        );
    }
    for kept in dossier.claims() {
        let _ = writeln!(
            out,
            "- claims to survive {}: **{}** ({} looked at, {} lose something)",
            code(&kept.claim.value),
            kept.outcome().word(),
            plural(kept.checked, "failure"),
            kept.lost
        );
    }
    out.push('\n');
}

fn violations(out: &mut String, dossier: &Dossier<'_>) {
    let counting = dossier.violations();
    let _ = writeln!(out, "## Findings ({})\n", counting.len());
    if counting.is_empty() {
        out.push_str("Nothing that the design states violates a rule that is judged.\n\n");
    }
    for finding in counting {
        violation(out, dossier, finding);
    }
}

fn violation(out: &mut String, dossier: &Dossier<'_>, finding: &Finding) {
    let sources = &dossier.checked.sources;
    let _ = writeln!(out, "### {}: {}\n", finding.severity.word(), escaped(&finding.message.to_string()));
    let _ = writeln!(
        out,
        "{} about {}, at {}\n",
        code(&finding.rule),
        code(&finding.subject),
        code(&place(sources, finding.span))
    );
    let line = sources.get(finding.span.source).text.lines().nth(sources.positions(finding.span).0.line - 1);
    if let Some(line) = line.filter(|line| !line.trim().is_empty()) {
        let _ = writeln!(out, "> {}\n", code(line.trim()));
    }
    let mut entry = |name: &str, text: &str| _ = writeln!(out, "- {name}: {}", escaped(text));
    if let Some(rule) = dossier.rule(&finding.rule) {
        entry("Why it matters", rule.rationale);
    }
    entry("What to do", &finding.help.to_string());
    if let Some(cause) = finding.caused_by {
        entry("Follows from", cause);
    }
    if let Some(conflict) = &finding.conflict {
        entry("Where texts differ", &conflict.to_string());
    }
    if !finding.assumed.is_empty() {
        entry("Assumed", &finding.assumed.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "));
    }
    for source in &finding.sources {
        entry("Source", &source.to_string());
    }
    out.push('\n');
}

fn questions(out: &mut String, dossier: &Dossier<'_>) {
    let facts = missing_facts(&dossier.checked.report);
    if facts.is_empty() {
        return;
    }
    let _ = writeln!(out, "## Questions to answer before signing ({})\n", facts.len());
    for (missing, findings) in facts {
        let at = findings.first().map(|finding| place(&dossier.checked.sources, finding.span)).unwrap_or_default();
        let _ = writeln!(out, "1. {} ({})", code(&missing), escaped(&at));
        let mut questions: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for finding in &findings {
            questions.entry(finding.help.to_string()).or_default().push(code(&finding.rule));
        }
        for (question, rules) in questions {
            let _ = writeln!(out, "   - {} ({})", escaped(&question), rules.join(", "));
        }
    }
    out.push('\n');
}

fn accepted_and_set_aside(out: &mut String, dossier: &Dossier<'_>) {
    let report = &dossier.checked.report;
    if accepted(report).next().is_none() && report.set_aside.is_empty() {
        return;
    }
    out.push_str("## Accepted and set aside\n\n");
    for (finding, suppressed) in accepted(report) {
        let _ = writeln!(
            out,
            "- {} {}: {} ({})",
            code(&finding.rule),
            code(&finding.subject),
            escaped(&finding.message.to_string()),
            escaped(&acceptance(suppressed).to_string())
        );
    }
    for choice in &report.set_aside {
        let _ =
            writeln!(out, "- {} set aside for {}: {}", code(choice.rule), code(choice.follow), escaped(&choice.reason));
    }
    out.push('\n');
}

fn survival(out: &mut String, dossier: &Dossier<'_>) {
    let Some(proof) = dossier.proof else { return };
    out.push_str("## What it survives\n\n| failures | survived | lost | unproven | all |\n|---|--:|--:|--:|--:|\n");
    for (name, tally) in [("single", Some(&proof.singles)), ("double", proof.doubles.as_ref())] {
        let Some(whole) = tally.map(|tally| tally.whole) else { continue };
        let [survived, lost, unproven, total] = [whole.survived, whole.lost, whole.unproven, whole.total].map(grouped);
        let _ = writeln!(out, "| {name} | {survived} | {lost} | {unproven} | {total} |");
    }
    let losses: Vec<Loss> = proof.asked.iter().collect();
    let titles: Vec<&str> = losses.iter().map(|loss| loss.word()).collect();
    let _ = writeln!(out, "\nSingle failures, of how many of each class what is lost (a `?` is unproven):\n");
    let _ =
        writeln!(out, "| what fails | how many | {} |\n|---|--:|{}", titles.join(" | "), "---|".repeat(titles.len()));
    for Row { class, losses } in proof.by_class() {
        let cells: Vec<String> = losses
            .iter()
            .map(|(_, counts)| match (counts.lost, counts.unproven) {
                (0, 0) => "none".to_owned(),
                (lost, 0) => format!("**{}**", grouped(lost)),
                (0, unproven) => format!("{} ?", grouped(unproven)),
                (lost, unproven) => format!("**{}**, {} ?", grouped(lost), grouped(unproven)),
            })
            .collect();
        let total = losses.first().map_or(0, |(_, counts)| counts.total);
        let _ = writeln!(out, "| {} | {} | {} |", class.word(), grouped(total), cells.join(" | "));
    }
    let patterns = proof.patterns();
    let _ = writeln!(out, "\n### The smallest failures that lose something\n");
    for pattern in patterns.iter().take(MOST_PATTERNS) {
        let story = proof.story(&pattern.first);
        let _ = writeln!(out, "- **{}**", escaped(&heading(proof, pattern)));
        let _ = writeln!(out, "  - {}", escaped(&crate::catalogue::Said::run(" → ", story.chain.clone()).to_string()));
        let _ =
            writeln!(out, "  - what helps ({}): {}", story.remedy.kind.word(), escaped(&story.remedy.what.to_string()));
    }
    if patterns.len() > MOST_PATTERNS {
        let _ = writeln!(out, "- and {} more", plural(patterns.len() - MOST_PATTERNS, "kind"));
    }
    out.push('\n');
}

fn parts(out: &mut String, dossier: &Dossier<'_>) {
    let Some(parts) = dossier.parts.filter(|parts| !parts.list.is_empty()) else { return };
    out.push_str("## What to buy, and how it is cabled\n\n");
    crate::report::parts::markdown::lists(out, parts, crate::catalogue::Language::English);
}

fn all_figures(out: &mut String, dossier: &Dossier<'_>) {
    if dossier.figures.is_empty() {
        return;
    }
    let _ = writeln!(out, "## Every figure ({})\n", dossier.figures.len());
    for (text, figures) in figures::groups(dossier.figures) {
        let _ = writeln!(out, "### {} ({})\n\n{}\n", escaped(text.summary), code(text.id), code(text.formula));
        out.push_str("| for | state, method | value | how it was made | bound by |\n|---|---|--:|---|---|\n");
        for figure in figures {
            row(out, figure);
        }
        let sources: Vec<String> = text.sources.iter().map(catalogue::Citation::describe).collect();
        let _ = writeln!(out, "\nSource: {}\n", escaped(&sources.join("; ")));
    }
}

fn row(out: &mut String, figure: &Figure) {
    let assumed = if figure.assumed.is_empty() {
        String::new()
    } else {
        format!(" (assumed: {})", cell(&figure.assumed.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")))
    };
    let _ = writeln!(
        out,
        "| {} | {} | {} | {}{assumed} | {} |",
        cell(&figure.subject),
        figures::made_for(figure),
        figure.printed(),
        cell(&figures::derivation(figure)),
        cell(&figure.binding.as_ref().map(ToString::to_string).unwrap_or_default())
    );
}

fn assumptions(out: &mut String, dossier: &Dossier<'_>) {
    let assumptions = dossier.assumptions();
    if assumptions.is_empty() {
        return;
    }
    let _ = writeln!(out, "## Assumptions ({})\n", assumptions.len());
    for (assumption, whats) in assumptions {
        let _ = writeln!(out, "- {} (for {})", escaped(&assumption), escaped(&whats.join(", ")));
    }
    out.push('\n');
}

fn rules(out: &mut String, dossier: &Dossier<'_>) {
    let areas = coverage::by_area(dossier);
    if areas.is_empty() {
        return;
    }
    let titles: Vec<&str> = coverage::OUTCOMES.iter().map(|(_, word, _)| *word).collect();
    let _ = writeln!(
        out,
        "## Rules that were judged\n\n| area | {} |\n|---|{}",
        titles.join(" | "),
        "--:|".repeat(titles.len())
    );
    for (area, rules) in areas {
        let counts: Vec<String> = coverage::OUTCOMES
            .iter()
            .map(|(outcome, _, _)| rules.iter().filter(|(_, own)| own == outcome).count().to_string())
            .collect();
        let _ = writeln!(out, "| {} | {} |", cell(area), counts.join(" | "));
    }
    out.push('\n');
}

fn made_from(out: &mut String, dossier: &Dossier<'_>) {
    out.push_str("## What it was made from\n\n| text | lines | SHA-256 |\n|---|--:|---|\n");
    for text in dossier.texts() {
        let _ = writeln!(out, "| {} | {} | {} |", cell(text.name), text.lines, code(&text.digest));
    }
    let _ = writeln!(
        out,
        "\n{} {}, {} rules, digest of their texts {}.",
        TOOL.name,
        TOOL.version,
        catalogue::RULES.len(),
        code(catalogue::DIGEST)
    );
}
