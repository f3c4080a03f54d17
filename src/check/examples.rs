//! Runs the examples of user rules: each design comes out as its example says, at the lines that it marks.

use std::collections::BTreeSet;

use super::findings::{FindingOutcome, Outcome};
use super::{Finding, Policy, Reading, check};
use crate::design::{self, Words};
use crate::packs::{Example, ExampleOutcome, UserRule};
use crate::source::{self, SourceId, Sources, Span};

/// Ends the line of an example where a finding points.
pub const MARK: &str = "# <--";

/// What is wrong with the examples of a rule; an empty list where each comes out as it says.
pub fn examples(packs: &Sources, rule: &UserRule) -> Vec<String> {
    let mut wrong = Vec::new();
    for outcome in [ExampleOutcome::Holds, ExampleOutcome::Violated] {
        if !rule.examples.iter().any(|example| example.outcome == outcome) {
            wrong.push(format!("{}: no example with the outcome {outcome}", rule.id.value));
        }
    }
    for example in &rule.examples {
        let place = packs.positions(example.name.span).0;
        let pack = &packs.get(example.name.span.source).name;
        let complaints = complaints(packs, rule, example).into_iter();
        wrong.extend(
            complaints.map(|said| format!("{pack}:{}: {} `{}`: {said}", place.line, rule.id.value, example.name.value)),
        );
    }
    wrong
}

fn complaints(packs: &Sources, rule: &UserRule, example: &Example) -> Vec<String> {
    let mut sources = packs.clone();
    let base = sources.add("base", example.base.clone());
    let own = sources.add("example", example.design.value.clone());
    let reading = match reading(&mut sources, base, own, &example.remove) {
        Ok(reading) => reading,
        Err(said) => return vec![said],
    };
    let report = check(&sources, &reading, &Policy { own: std::slice::from_ref(rule), ..Policy::default() });
    let text =
        report.findings.iter().filter(|finding| ["design/", "pack/"].iter().any(|area| finding.rule.starts_with(area)));
    let mut said: Vec<String> = text.map(|finding| finding.message.to_string()).collect();
    let id = rule.id.value.as_str();
    let coverage = report.coverage.iter().find(|entry| entry.rule == id).map(|entry| entry.outcome);
    let word = match coverage {
        Some(Outcome::Holds) => ExampleOutcome::Holds,
        Some(Outcome::Violated) => ExampleOutcome::Violated,
        Some(Outcome::Unproven) => ExampleOutcome::Unproven,
        Some(Outcome::NotApplicable | Outcome::SetAside | Outcome::Off) => ExampleOutcome::NotApplicable,
        None => return said,
    };
    let own_findings: Vec<&Finding> = report.findings.iter().filter(|finding| finding.rule == id).collect();
    if word != example.outcome {
        let missing: BTreeSet<&str> =
            own_findings.iter().flat_map(|finding| &finding.missing).map(String::as_str).collect();
        let missing: Vec<&str> = missing.into_iter().collect();
        let because = if missing.is_empty() { String::new() } else { format!(": not known: {}", missing.join(", ")) };
        said.push(format!("comes out as {}, not {}{because}", word.word(), example.outcome.word()));
    }
    let violated = own_findings.into_iter().filter(|finding| finding.outcome == FindingOutcome::Violated);
    said.extend(unmarked(&sources, own, &example.design.value, violated));
    said
}

/// Lines that are marked without a finding, or the other way round; a design without marks says nothing of lines.
fn unmarked<'f>(
    sources: &Sources,
    own: SourceId,
    design: &str,
    findings: impl Iterator<Item = &'f Finding>,
) -> Option<String> {
    let lines = design.lines().enumerate().filter(|(_, line)| line.trim_end().ends_with(MARK));
    let marked: BTreeSet<usize> = lines.map(|(index, _)| index + 1).collect();
    let here = findings.filter(|finding| finding.span.source == own);
    let found: BTreeSet<usize> = here.map(|finding| sources.positions(finding.span).0.line).collect();
    let list = |lines: &BTreeSet<usize>| match lines.iter().map(usize::to_string).collect::<Vec<_>>().as_slice() {
        [] => "no line".to_owned(),
        [line] => format!("line {line}"),
        lines => format!("lines {}", lines.join(", ")),
    };
    (!marked.is_empty() && marked != found)
        .then(|| format!("findings point at {} of the design, and {} is marked", list(&found), list(&marked)))
}

/// The design of an example: its own text over the base, without what is to be removed.
fn reading(sources: &mut Sources, base: SourceId, own: SourceId, remove: &[String]) -> Result<Reading, String> {
    let broken = |errors: &[source::SyntaxError], what: &str| {
        errors.first().map(|error| format!("its {what} is no TOML: {}", error.message)).map_or(Ok(()), Err)
    };
    let (mut document, errors) = source::parse(sources, base);
    broken(&errors, "base")?;
    for path in remove {
        let keys = keys(path);
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        if !source::remove(&mut document, &keys) {
            return Err(format!("its base has no `{path}` to remove"));
        }
    }
    let (over, errors) = source::parse(sources, own);
    broken(&errors, "design")?;
    source::lay_over(&mut document, over);
    let root = Span::start_of(base);
    let (design, mistakes) = design::read(&document, root);
    Ok(Reading { document, design, mistakes, root, parsed: true })
}

/// Splits `server_model.hci."a.b"` at the points outside quotes.
fn keys(path: &str) -> Vec<String> {
    let (mut keys, mut quoted) = (vec![String::new()], false);
    for character in path.chars() {
        match (character, keys.last_mut()) {
            ('"', _) => quoted = !quoted,
            ('.', _) if !quoted => keys.push(String::new()),
            (other, Some(key)) => key.push(other),
            (_, None) => {}
        }
    }
    keys
}
