//! The verdict on a difference, in one line.

use crate::catalogue::Severity;
use crate::check::{Finding, FindingOutcome};
use crate::compare::{Appeared, Difference};
use crate::report::told::spoken;
use crate::words::{self, Language, Said};

/// The verdict in one line: what got worse, and then what else changes.
pub(super) fn headline(difference: &Difference<'_>, language: Language) -> String {
    let unread = match (difference.old.is_judged(), difference.new.is_judged()) {
        (true, true) => None,
        (false, true) => Some(words::difference::old_unread()),
        (true, false) => Some(words::difference::new_unread()),
        (false, false) => Some(words::difference::neither_read()),
    };
    let verdict = match unread {
        Some(unread) => words::difference::nothing_compared(unread),
        None if difference.is_empty() => words::difference::same(),
        None => {
            let told = |counts: &[Said]| spoken(counts, language.between(), language);
            let (worse, others) = (told(&worse(difference)), told(&others(difference)));
            match (worse.is_empty(), others.is_empty()) {
                (true, true) => words::difference::not_worse(),
                (true, false) => words::difference::not_worse_changed(others),
                (false, true) => words::difference::worse(worse),
                (false, false) => words::difference::worse_changed(worse, others),
            }
        }
    };
    verdict.say(language).into_owned()
}

/// What got worse, in counts.
fn worse(difference: &Difference<'_>) -> Vec<Said> {
    let worse = difference.worse();
    let failing = |severity: Severity| {
        let is = |finding: &Finding| finding.severity == severity && finding.outcome == FindingOutcome::Violated;
        let appeared = difference.findings.appeared.iter().filter(|own| own.fails && is(own.finding)).count();
        appeared + difference.findings.changed.iter().filter(|own| own.fails && is(own.new)).count()
    };
    told([
        (failing(Severity::Error), words::difference::new_errors),
        (failing(Severity::Warning), words::difference::new_warnings),
        (failing(Severity::Note), words::difference::new_notes),
        (worse.questions, words::difference::new_questions),
        (worse.failures, words::difference::failures_lost),
        (worse.claims, words::difference::claims_lost),
    ])
}

/// What changes beside what got worse, in counts.
fn others(difference: &Difference<'_>) -> Vec<Said> {
    let findings = &difference.findings;
    let appeared = |severity, outcome| {
        let is = |own: &&Appeared<'_>| !own.fails && own.finding.severity == severity && own.finding.outcome == outcome;
        findings.appeared.iter().filter(is).count()
    };
    let violated = |severity| appeared(severity, FindingOutcome::Violated);
    let asked = |severity| appeared(severity, FindingOutcome::Unproven);
    let vanished = |outcome| findings.vanished.iter().filter(|own| own.finding.outcome == outcome).count();
    let cuts = |is_new: bool| {
        let own = difference.failures.cut_sets.iter().filter(|group| !group.is_worse && !group.has_like);
        own.filter(|group| group.fate.is_new() == is_new).map(|group| group.count).sum::<usize>()
    };
    let things = &difference.things;
    told([
        (violated(Severity::Error), words::difference::new_errors),
        (violated(Severity::Warning), words::difference::new_warnings),
        (violated(Severity::Note), words::difference::new_notes),
        (
            [Severity::Error, Severity::Warning, Severity::Note].into_iter().map(asked).sum(),
            words::difference::new_questions,
        ),
        (findings.changed.iter().filter(|own| !own.fails).count(), words::difference::findings_changed),
        (vanished(FindingOutcome::Violated), words::difference::violations_gone),
        (vanished(FindingOutcome::Unproven), words::difference::questions_gone),
        (difference.failures.undecided.len(), words::difference::failures_undecided),
        (difference.figures.moved.len(), words::difference::figures_moved),
        (difference.figures.appeared.len(), words::difference::figures_new),
        (difference.figures.vanished.len(), words::difference::figures_gone),
        (cuts(true), words::difference::cut_sets_new),
        (cuts(false), words::difference::cut_sets_gone),
        (things.added.len(), words::difference::things_added),
        (things.removed.len(), words::difference::things_removed),
        (things.changed.iter().map(|property| property.names.len().max(1)).sum(), words::difference::values_changed),
        (difference.renamed.len(), words::difference::things_renamed),
    ])
}

/// How many there are of something, and the phrase that says so.
type Count = (usize, fn(usize) -> Said);

/// How many there are of each kind that there are any of.
fn told<const KINDS: usize>(counts: [Count; KINDS]) -> Vec<Said> {
    counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, said)| said(count)).collect()
}
