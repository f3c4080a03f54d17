//! What several formats tell in the same words.

use foldhash::HashMap;

use super::clean::clean;
use crate::check::{Checked, Finding, FindingOutcome, Report, Summary, Suppressed};
use crate::source::{Sources, Span};
use crate::words::{self, Language, Said};

/// A finding's weight in a word or two: `error`, `unproven`, `accepted warning`.
pub(super) fn label(finding: &Finding) -> Said {
    let word = match finding.outcome {
        FindingOutcome::Violated => finding.severity.said(),
        FindingOutcome::Unproven => words::names::unproven(),
    };
    if finding.suppressed.is_some() { words::names::accepted(word) } else { word }
}

/// What is wrong, after a finding's weight: `error: ...`.
pub(super) fn labelled(finding: &Finding) -> Said {
    Said::run(": ", [label(finding), finding.message.clone()])
}

/// A text with how its finding is accepted.
pub(super) fn with_acceptance(told: Said, suppressed: &Suppressed) -> Said {
    Said::run("", [told, " (".into(), acceptance(suppressed), ")".into()])
}

/// By what a finding is accepted, until when and why.
pub(super) fn acceptance(suppressed: &Suppressed) -> Said {
    let (by, reason) = (suppressed.by.said(), &suppressed.reason);
    match &suppressed.until {
        None => words::told::accepted_by(by, reason),
        Some(day) => words::told::accepted_until(by, day, reason),
    }
}

/// Several things one after the other, with a sign between them.
pub(super) fn spoken(said: &[Said], sign: &str, language: Language) -> String {
    said.iter().map(|said| said.say(language)).collect::<Vec<_>>().join(sign)
}

/// Names one after the other, however many there are.
pub(super) fn enumerated<'n, N: 'n>(names: impl IntoIterator<Item = &'n N>) -> Said
where
    &'n N: Into<Said>,
{
    Said::run(", ", names.into_iter().map(Into::into))
}

/// Name of the text that a span lies in, with slashes between folders.
pub(super) fn path(sources: &Sources, span: Span) -> String {
    slashes(&sources.get(span.source).name)
}

/// A path as URIs and reports of other systems write it.
pub(super) fn slashes(name: &str) -> String {
    let name = if std::path::MAIN_SEPARATOR == '\\' { name.replace('\\', "/") } else { name.to_owned() };
    name.strip_prefix("./").map_or_else(|| name.clone(), str::to_owned)
}

/// Name and line of a place, on one line.
pub(super) fn place(sources: &Sources, span: Span) -> String {
    format!("{}:{}", one_line(&path(sources, span)), sources.positions(span).0.line)
}

/// A text that is fit to print, on one line.
pub(super) fn one_line(text: &str) -> String {
    clean(text).split(['\n', '\t']).map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Unproven findings that nobody has accepted.
pub(super) fn open(report: &Report) -> impl Iterator<Item = &Finding> {
    report.unproven().filter(|finding| finding.suppressed.is_none())
}

/// What is missing, each fact once in the order of the findings, with the findings that need it.
pub(super) fn missing_facts(report: &Report) -> Vec<(String, Vec<&Finding>)> {
    let mut facts: Vec<(String, Vec<&Finding>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::default();
    for finding in open(report) {
        let missing = finding.missing.join(", ");
        let place = *places.entry(missing.clone()).or_insert(facts.len());
        if place == facts.len() {
            facts.push((missing, Vec::new()));
        }
        facts[place].1.push(finding);
    }
    facts
}

/// Findings that somebody has accepted, with how.
pub(super) fn accepted(report: &Report) -> impl Iterator<Item = (&Finding, &Suppressed)> {
    report.findings.iter().filter_map(|finding| finding.suppressed.as_ref().map(|suppressed| (finding, suppressed)))
}

/// How many violations there are of each severity.
pub(super) fn counts(counts: &Summary) -> Said {
    let (errors, warnings) = (words::told::errors(counts.errors), words::told::warnings(counts.warnings));
    vec![errors, warnings, words::told::notes(counts.notes)].into()
}

/// What a design came to, in a line.
pub(super) fn verdict(design: &Checked) -> Said {
    let counts = &design.report.summary;
    let name = one_line(&design.name);
    if !design.report.whole {
        return words::told::unread(name, words::told::errors(counts.errors));
    }
    words::told::verdict(
        name,
        words::told::errors(counts.errors),
        words::told::warnings(counts.warnings),
        words::told::notes(counts.notes),
        open(&design.report).count(),
        counts.suppressed,
    )
}
