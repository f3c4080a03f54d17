//! The verdict on a difference, in one line.

use crate::catalogue::Severity;
use crate::check::{Finding, FindingOutcome};
use crate::compare::{Appeared, Difference};
use crate::report::told::plural;

/// The verdict in one line: what got worse, and then what else changes.
pub(super) fn headline(difference: &Difference<'_>) -> String {
    let unread = match (difference.old.is_judged(), difference.new.is_judged()) {
        (true, true) => None,
        (false, true) => Some("the old design could not be read"),
        (true, false) => Some("the new design could not be read"),
        (false, false) => Some("neither design could be read"),
    };
    if let Some(unread) = unread {
        return format!("nothing is compared: {unread}");
    }
    if difference.is_empty() {
        return "no difference".to_owned();
    }
    let (worse, other) = (worse(difference), others(difference));
    match (worse.is_empty(), other.is_empty()) {
        (true, true) => "not worse".to_owned(),
        (true, false) => format!("not worse: {}", other.join(", ")),
        (false, true) => format!("worse: {}", worse.join(", ")),
        (false, false) => format!("worse: {}; {}", worse.join(", "), other.join(", ")),
    }
}

/// What got worse, in counts.
fn worse(difference: &Difference<'_>) -> Vec<String> {
    let worse = difference.worse();
    let failing = |severity: Severity| {
        let is = |finding: &Finding| finding.severity == severity && finding.outcome == FindingOutcome::Violated;
        let appeared = difference.findings.appeared.iter().filter(|own| own.fails && is(own.finding)).count();
        appeared + difference.findings.changed.iter().filter(|own| own.fails && is(own.new)).count()
    };
    let mut told: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note]
        .into_iter()
        .map(|severity| (failing(severity), severity.word()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| plural(count, &format!("new {word}")))
        .collect();
    told.extend(counted(worse.questions, "new question"));
    told.extend((worse.failures > 0).then(|| format!("{} lost", plural(worse.failures, "failure"))));
    told.extend((worse.claims > 0).then(|| format!("{} lost", plural(worse.claims, "claim"))));
    told
}

/// What changes beside what got worse, in counts.
fn others(difference: &Difference<'_>) -> Vec<String> {
    let findings = &difference.findings;
    let appeared = |severity, outcome| {
        let is = |own: &&Appeared<'_>| !own.fails && own.finding.severity == severity && own.finding.outcome == outcome;
        findings.appeared.iter().filter(is).count()
    };
    let violated = FindingOutcome::Violated;
    let questions = |outcome| {
        let kinds = [Severity::Error, Severity::Warning, Severity::Note];
        kinds.into_iter().map(|severity| appeared(severity, outcome)).sum::<usize>()
    };
    let vanished = |outcome| findings.vanished.iter().filter(|own| own.finding.outcome == outcome).count();
    let things = &difference.things;
    let mut told = Vec::new();
    told.extend(counted(appeared(Severity::Error, violated), "new error"));
    told.extend(counted(appeared(Severity::Warning, violated), "new warning"));
    told.extend(counted(appeared(Severity::Note, violated), "new note"));
    told.extend(counted(questions(FindingOutcome::Unproven), "new question"));
    let changed = findings.changed.iter().filter(|own| !own.fails).count();
    told.extend((changed > 0).then(|| format!("{} changed", plural(changed, "finding"))));
    let resolved = vanished(violated);
    told.extend((resolved > 0).then(|| format!("{} gone", plural(resolved, "violation"))));
    let answered = vanished(FindingOutcome::Unproven);
    told.extend((answered > 0).then(|| format!("{} gone", plural(answered, "question"))));
    let undecided = difference.failures.undecided.len();
    told.extend((undecided > 0).then(|| format!("{} not known any more", plural(undecided, "failure"))));
    let moved = difference.figures.moved.len();
    told.extend((moved > 0).then(|| format!("{} moved", plural(moved, "figure"))));
    told.extend(counted(difference.figures.appeared.len(), "new figure"));
    let gone = difference.figures.vanished.len();
    told.extend((gone > 0).then(|| format!("{} gone", plural(gone, "figure"))));
    let cuts = |is_new: bool| {
        let own = difference.failures.cut_sets.iter().filter(|group| !group.is_worse && !group.has_like);
        own.filter(|group| group.fate.is_new() == is_new).map(|group| group.count).sum::<usize>()
    };
    told.extend(counted(cuts(true), "new cut set"));
    told.extend((cuts(false) > 0).then(|| format!("{} gone", plural(cuts(false), "cut set"))));
    told.extend((!things.added.is_empty()).then(|| format!("{} added", plural(things.added.len(), "thing"))));
    told.extend((!things.removed.is_empty()).then(|| format!("{} removed", plural(things.removed.len(), "thing"))));
    let said: usize = things.changed.iter().map(|property| property.names.len().max(1)).sum();
    told.extend((said > 0).then(|| format!("{} changed", plural(said, "value"))));
    told.extend(
        (!difference.renamed.is_empty()).then(|| format!("{} renamed", plural(difference.renamed.len(), "thing"))),
    );
    told
}

fn counted(count: usize, word: &str) -> Option<String> {
    (count > 0).then(|| plural(count, word))
}
