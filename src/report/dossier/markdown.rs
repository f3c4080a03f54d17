//! The same in Markdown, for where a file of HTML cannot go.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::page::{Column, looked_at};
use super::{Counted, Dossier, Verdict, coverage, figures};
use crate::capacity::Figure;
use crate::catalogue;
use crate::check::Finding;
use crate::failure::{Counts, Proof, Row};
use crate::report::failures::{self, MOST_PATTERNS, grouped};
use crate::report::markdown::{code, escaped};
use crate::report::told::{acceptance, accepted, missing_facts, place, spoken};
use crate::words::Said;
use crate::words::dossier as words;

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

/// What is said, in the language of the report.
fn say(dossier: &Dossier<'_>, said: impl Into<Said>) -> String {
    escaped(&said.into().say(dossier.language))
}

/// The same where it holds markup, whose names are escaped.
fn told(dossier: &Dossier<'_>, said: &Said) -> String {
    said.say(dossier.language).into_owned()
}

fn columns(out: &mut String, dossier: &Dossier<'_>, columns: impl IntoIterator<Item = Column>) {
    let mut rule = String::new();
    for column in columns {
        let (head, line) = match column {
            Column::Words(head) => (head, "|---"),
            Column::Numbers(head) => (head, "|--:"),
        };
        let _ = write!(out, "| {} ", told(dossier, &head));
        rule.push_str(line);
    }
    let _ = writeln!(out, "|\n{rule}|");
}

fn heading(out: &mut String, dossier: &Dossier<'_>, said: &Said) {
    let _ = writeln!(out, "## {}\n", told(dossier, said));
}

fn head(out: &mut String, dossier: &Dossier<'_>) {
    let comma = dossier.language.between();
    let date = dossier.date.map_or_else(String::new, |date| format!("{comma}{}", escaped(date)));
    let report = told(dossier, &words::design_report());
    let _ = writeln!(out, "# {}\n\n{report}{date}\n", escaped(dossier.heading()));
    let verdict = told(dossier, &words::full_stop(Verdict::of(dossier).said()));
    let _ = writeln!(out, "**{verdict}** {}\n", told(dossier, &dossier.sentence()));
    let counts = &dossier.checked.report.summary;
    if dossier.checked.report.whole {
        let counted = Counted {
            holds: counts.holds,
            violated: counts.violated,
            unproven: counts.unproven,
            not_applicable: counts.not_applicable,
            set_aside: counts.set_aside,
            off: 0,
        };
        let coverage =
            words::coverage_in_one(words::rules_apply(counted.applying()), counted.judged(), counted.others());
        let _ = writeln!(out, "{}\n", told(dossier, &coverage));
    }
    for kept in dossier.claims() {
        let outcome = Said::run("", ["**".into(), kept.outcome().said(), "**".into()]);
        let claim = words::claim(code(&kept.claim.value), outcome, looked_at(&kept, true));
        let _ = writeln!(out, "- {}", told(dossier, &claim));
    }
    out.push('\n');
}

fn violations(out: &mut String, dossier: &Dossier<'_>) {
    let counting = dossier.violations();
    heading(out, dossier, &words::findings(counting.len()));
    if counting.is_empty() {
        let _ = writeln!(out, "{}\n", told(dossier, &words::nothing_violated()));
    }
    for finding in counting {
        violation(out, dossier, finding);
    }
}

fn violation(out: &mut String, dossier: &Dossier<'_>, finding: &Finding) {
    let sources = &dossier.checked.sources;
    let severity = told(dossier, &finding.severity.said());
    let _ = writeln!(out, "### {severity}: {}\n", say(dossier, &finding.message));
    let about = words::about_at(code(&finding.rule), code(&finding.subject), code(&place(sources, finding.span)));
    let _ = writeln!(out, "{}\n", told(dossier, &about));
    let line = sources.get(finding.span.source).text.lines().nth(sources.positions(finding.span).0.line - 1);
    if let Some(line) = line.filter(|line| !line.trim().is_empty()) {
        let _ = writeln!(out, "> {}\n", code(line.trim()));
    }
    let mut entry = |name: Said, text: &str| _ = writeln!(out, "- {}: {}", told(dossier, &name), escaped(text));
    if let Some(rule) = dossier.rule(&finding.rule) {
        entry(words::why_it_matters(), rule.rationale);
    }
    entry(words::what_to_do(), &finding.help.say(dossier.language));
    if let Some(cause) = finding.caused_by {
        entry(words::follows_from(), cause);
    }
    if let Some(conflict) = &finding.conflict {
        entry(words::where_texts_differ(), &conflict.say(dossier.language));
    }
    if !finding.assumed.is_empty() {
        entry(words::assumed(), &spoken(&finding.assumed, "; ", dossier.language));
    }
    for source in &finding.sources {
        entry(words::source(), &source.say(dossier.language));
    }
    out.push('\n');
}

fn questions(out: &mut String, dossier: &Dossier<'_>) {
    let facts = missing_facts(&dossier.checked.report);
    if facts.is_empty() {
        return;
    }
    heading(out, dossier, &words::questions(facts.len()));
    for (missing, findings) in facts {
        let at = findings.first().map(|finding| place(&dossier.checked.sources, finding.span)).unwrap_or_default();
        let _ = writeln!(out, "1. {} ({})", code(&missing), escaped(&at));
        let mut questions: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for finding in &findings {
            questions.entry(say(dossier, &finding.help)).or_default().push(code(&finding.rule));
        }
        for (question, rules) in questions {
            let _ = writeln!(out, "   - {question} ({})", rules.join(dossier.language.between()));
        }
    }
    out.push('\n');
}

fn accepted_and_set_aside(out: &mut String, dossier: &Dossier<'_>) {
    let report = &dossier.checked.report;
    if accepted(report).next().is_none() && report.set_aside.is_empty() {
        return;
    }
    heading(out, dossier, &words::accepted_and_set_aside());
    for (finding, suppressed) in accepted(report) {
        let (message, acceptance) = (say(dossier, &finding.message), say(dossier, acceptance(suppressed)));
        let _ = writeln!(out, "- {} {}: {message} ({acceptance})", code(&finding.rule), code(&finding.subject));
    }
    for choice in &report.set_aside {
        let choice = words::set_aside_for(code(choice.rule), code(choice.follow), escaped(&choice.reason));
        let _ = writeln!(out, "- {}", told(dossier, &choice));
    }
    out.push('\n');
}

fn survival(out: &mut String, dossier: &Dossier<'_>) {
    let Some(proof) = dossier.proof else { return };
    heading(out, dossier, &words::survival());
    let numbers = [words::survived(), words::lost(), words::unproven(), words::all()].map(Column::Numbers);
    columns(out, dossier, std::iter::once(Column::Words(words::failures())).chain(numbers));
    for (name, tally) in [(words::single(), Some(&proof.singles)), (words::double(), proof.doubles.as_ref())] {
        let Some(whole) = tally.map(|tally| tally.whole) else { continue };
        let [survived, lost, unproven, total] = [whole.survived, whole.lost, whole.unproven, whole.total].map(grouped);
        let _ = writeln!(out, "| {} | {survived} | {lost} | {unproven} | {total} |", told(dossier, &name));
    }
    let _ = writeln!(out, "\n{}\n", told(dossier, &words::singles_in_one()));
    let losses = proof.asked.iter().map(|loss| Column::Words(loss.said()));
    let head = [Column::Words(words::what_fails()), Column::Numbers(words::how_many())];
    columns(out, dossier, head.into_iter().chain(losses));
    for Row { class, losses } in proof.by_class() {
        let cells: Vec<String> = losses.iter().map(|(_, counts)| lost_of(dossier, counts)).collect();
        let total = losses.first().map_or(0, |(_, counts)| counts.total);
        let _ = writeln!(out, "| {} | {} | {} |", told(dossier, &class.said()), grouped(total), cells.join(" | "));
    }
    smallest_failures(out, dossier, proof);
}

/// Of how many failures a class loses something.
fn lost_of(dossier: &Dossier<'_>, counts: &Counts) -> String {
    match (counts.lost, counts.unproven) {
        (0, 0) => told(dossier, &words::none()),
        (lost, 0) => format!("**{}**", grouped(lost)),
        (0, unproven) => format!("{} ?", grouped(unproven)),
        (lost, unproven) => format!("**{}**{}{} ?", grouped(lost), dossier.language.between(), grouped(unproven)),
    }
}

fn smallest_failures(out: &mut String, dossier: &Dossier<'_>, proof: &Proof<'_, '_>) {
    let patterns = proof.patterns();
    let _ = writeln!(out, "\n### {}\n", told(dossier, &words::smallest_failures()));
    for pattern in patterns.iter().take(MOST_PATTERNS) {
        let story = proof.story(&pattern.first);
        let _ = writeln!(out, "- **{}**", say(dossier, failures::heading(proof, pattern)));
        let _ = writeln!(out, "  - {}", say(dossier, Said::run(" → ", story.chain)));
        let _ =
            writeln!(out, "  - {}", say(dossier, words::what_helps_by(story.remedy.kind.said(), story.remedy.what)));
    }
    if patterns.len() > MOST_PATTERNS {
        let more = words::kinds_more(words::kinds(patterns.len() - MOST_PATTERNS));
        let _ = writeln!(out, "- {}", told(dossier, &more));
    }
    out.push('\n');
}

fn parts(out: &mut String, dossier: &Dossier<'_>) {
    let Some(parts) = dossier.parts.filter(|parts| !parts.list.is_empty()) else { return };
    heading(out, dossier, &words::parts());
    crate::report::parts::markdown::lists(out, parts, dossier.language);
}

fn all_figures(out: &mut String, dossier: &Dossier<'_>) {
    if dossier.figures.is_empty() {
        return;
    }
    heading(out, dossier, &words::figures(dossier.figures.len()));
    for (text, figures) in figures::groups(dossier.figures) {
        let text = dossier.language.figure(text);
        let _ = writeln!(out, "### {} ({})\n\n{}\n", escaped(text.summary), code(text.id), code(text.formula));
        let head = [
            Column::Words(words::figure_for()),
            Column::Words(words::state_and_method()),
            Column::Numbers(words::value()),
            Column::Words(words::how_it_was_made()),
            Column::Words(words::limiting()),
        ];
        columns(out, dossier, head);
        for figure in figures {
            row(out, dossier, figure);
        }
        let _ = writeln!(out, "\n{}\n", told(dossier, &words::sources(escaped(&figures::sources(text)))));
    }
}

fn row(out: &mut String, dossier: &Dossier<'_>, figure: &Figure) {
    let assumed = match figure.assumed.as_slice() {
        [] => String::new(),
        assumed => format!(" {}", say(dossier, words::assumed_aside(spoken(assumed, "; ", dossier.language)))),
    };
    let _ = writeln!(
        out,
        "| {} | {} | {} | {}{assumed} | {} |",
        cell(&figure.about.say(dossier.language)),
        told(dossier, &figures::made_for(figure)),
        say(dossier, figure.printed()),
        say(dossier, figures::derivation(dossier, figure)),
        figure.binding.as_ref().map(|binding| say(dossier, binding)).unwrap_or_default()
    );
}

fn assumptions(out: &mut String, dossier: &Dossier<'_>) {
    let assumptions = dossier.assumptions();
    if assumptions.is_empty() {
        return;
    }
    heading(out, dossier, &words::assumptions(assumptions.len()));
    for (assumption, whats) in assumptions {
        let whats = say(dossier, words::assumed_for(dossier.names(&whats)));
        let _ = writeln!(out, "- {} {whats}", escaped(&assumption));
    }
    out.push('\n');
}

fn rules(out: &mut String, dossier: &Dossier<'_>) {
    let areas = coverage::by_area(dossier);
    if areas.is_empty() {
        return;
    }
    heading(out, dossier, &words::rules());
    let outcomes = coverage::OUTCOMES.iter().map(|(outcome, _)| Column::Numbers(coverage::word(*outcome)));
    columns(out, dossier, std::iter::once(Column::Words(words::area())).chain(outcomes));
    for (area, rules) in areas {
        let counts: Vec<String> = coverage::OUTCOMES
            .iter()
            .map(|(outcome, _)| rules.iter().filter(|(_, own)| own == outcome).count().to_string())
            .collect();
        let _ = writeln!(out, "| {} | {} |", cell(area), counts.join(" | "));
    }
    out.push('\n');
}

fn made_from(out: &mut String, dossier: &Dossier<'_>) {
    heading(out, dossier, &words::made_from());
    let head = [Column::Words(words::text()), Column::Numbers(words::lines()), Column::Words("SHA-256".into())];
    columns(out, dossier, head);
    for text in dossier.texts() {
        let _ = writeln!(out, "| {} | {} | {} |", cell(text.name), text.lines, code(&text.digest));
    }
    let made_by = words::made_by_in_one(super::made_with(), catalogue::RULES.len(), code(catalogue::DIGEST));
    let _ = writeln!(out, "\n{}", told(dossier, &made_by));
}
