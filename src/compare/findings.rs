//! Findings that appear, vanish and change.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use foldhash::{HashMap, HashSet};

use super::{Renames, Side};
use crate::catalogue::{Evidence, EvidenceValue};
use crate::check::{Finding, Outcome, Report};
use crate::settings::{FailOn, Unproven};
use crate::words::Said;

/// What becomes of the findings.
#[derive(Debug, Default)]
pub struct Findings<'a> {
    /// Those that only the new design has: the worst first, and beneath each what follows from it.
    pub appeared: Vec<Appeared<'a>>,
    /// Those that both have, and that are told otherwise.
    pub changed: Vec<Changed<'a>>,
    /// Those that only the old design has.
    pub vanished: Vec<Vanished<'a>>,
}

/// A finding of the new design that the old one does not have.
#[derive(Debug, Clone, Copy)]
pub struct Appeared<'a> {
    /// The finding.
    pub finding: &'a Finding,
    /// Whether it fails a run.
    pub fails: bool,
    /// How many findings that appeared as well it follows from, one from the other.
    pub depth: usize,
}

/// A finding of both designs.
#[derive(Debug, Clone)]
pub struct Changed<'a> {
    /// As it was.
    pub old: &'a Finding,
    /// As it is.
    pub new: &'a Finding,
    /// Whether it fails a run, and did not before.
    pub fails: bool,
    /// Whether it failed a run, and does no more.
    pub failed: bool,
    /// Values in it that are others now: their name, old and new value.
    pub values: Vec<(String, Said, Said)>,
}

/// A finding of the old design that the new one does not have.
#[derive(Debug, Clone)]
pub struct Vanished<'a> {
    /// The finding.
    pub finding: &'a Finding,
    /// What it is about, under its new name.
    pub subject: String,
    /// Whether it failed a run.
    pub failed: bool,
    /// What became of its rule in the new design; nothing for rules about texts.
    pub rule: Option<Outcome>,
}

/// Compares the findings of two designs; a verdict says which of them fail a run.
pub(super) fn compare<'a>(
    old: &Side<'a, '_, '_>,
    new: &Side<'a, '_, '_>,
    renames: &Renames,
    verdict: (FailOn, Unproven),
) -> Findings<'a> {
    let mut before: HashMap<(&str, Cow<'a, str>), Vec<&'a Finding>> = HashMap::default();
    for finding in &old.report.findings {
        before.entry((finding.rule.as_ref(), renames.subject(&finding.subject))).or_default().push(finding);
    }
    let mut found = Findings::default();
    let mut appeared = Vec::new();
    for (identity, mut findings) in by_identity(new.report) {
        let mut others = before.remove(&identity).unwrap_or_default();
        // Several of one identity: those that are told alike belong together, the others go by their order.
        findings.retain(|finding| {
            let same = others.iter().position(|other| alike(other, finding, renames));
            same.map(|place| others.remove(place)).is_none()
        });
        let pairs = others.len().min(findings.len());
        for (old, new) in others.drain(..pairs).zip(findings.drain(..pairs)) {
            found.changed.push(changed(old, new, renames, verdict));
        }
        appeared.extend(findings);
        if !others.is_empty() {
            before.insert(identity, others);
        }
    }
    let left: HashSet<*const Finding> = before.into_values().flatten().map(std::ptr::from_ref).collect();
    let gone = old.report.findings.iter().filter(|finding| left.contains(&std::ptr::from_ref(*finding)));
    found.vanished = gone
        .map(|finding| Vanished {
            finding,
            subject: renames.subject(&finding.subject).into_owned(),
            failed: finding.fails(verdict),
            rule: new.report.coverage.iter().find(|own| own.rule == finding.rule).map(|own| own.outcome),
        })
        .collect();
    found.vanished.sort_by_key(|vanished| weight(vanished.finding));
    found.changed.sort_by_key(|changed| (!changed.fails, weight(changed.new)));
    found.appeared = in_order_of_causes(appeared, verdict);
    found
}

/// Findings of a report by rule and subject.
fn by_identity(report: &Report) -> BTreeMap<(&str, Cow<'_, str>), Vec<&Finding>> {
    let mut found: BTreeMap<(&str, Cow<'_, str>), Vec<&Finding>> = BTreeMap::new();
    for finding in &report.findings {
        found.entry((finding.rule.as_ref(), Cow::Borrowed(finding.subject.as_str()))).or_default().push(finding);
    }
    found
}

/// The order in which findings are read: violations before questions, what counts before what is accepted, the worst first.
fn weight(finding: &Finding) -> impl Ord + use<> {
    (finding.outcome, finding.suppressed.is_some(), Reverse(finding.severity), finding.span)
}

fn changed<'a>(old: &'a Finding, new: &'a Finding, renames: &Renames, verdict: (FailOn, Unproven)) -> Changed<'a> {
    let (failed, fails) = (old.fails(verdict), new.fails(verdict));
    let values = new.evidence.iter().filter_map(|evidence| {
        let before = old.evidence.iter().find(|other| other.name == evidence.name)?;
        (!same_value(before, evidence, renames))
            .then(|| (evidence.name.to_string(), before.value.said(), evidence.value.said()))
    });
    Changed { old, new, fails: fails && !failed, failed: failed && !fails, values: values.collect() }
}

/// Whether two findings of one identity say the same, but for names that have changed.
fn alike(old: &Finding, new: &Finding, renames: &Renames) -> bool {
    let weighed = |finding: &Finding| (finding.outcome, finding.severity, finding.suppressed.is_some());
    let accepted = |finding: &Finding| {
        finding.suppressed.as_ref().map(|accepted| (accepted.by, accepted.reason.clone(), accepted.until.clone()))
    };
    let message = renames.same_text(&old.message.to_string(), &new.message.to_string());
    weighed(old) == weighed(new) && accepted(old) == accepted(new) && same_values(old, new, renames, message)
}

/// A message names values in words, and may leave some out; where it names things in their order, another name is another
/// place in it.
fn same_values(old: &Finding, new: &Finding, renames: &Renames, message: bool) -> bool {
    if old.evidence.len() != new.evidence.len() || (new.evidence.is_empty() && !message) {
        return false;
    }
    let missing = |finding: &Finding, called: &dyn Fn(&str) -> String| {
        let mut missing: Vec<String> = finding.missing.iter().map(|fact| called(fact)).collect();
        missing.sort_unstable();
        missing
    };
    let evidence = || old.evidence.iter().zip(&new.evidence).all(|(old, new)| same_value(old, new, renames));
    missing(old, &|fact| renames.subject(fact).into_owned()) == missing(new, &str::to_owned) && evidence()
}

fn same_value(old: &Evidence, new: &Evidence, renames: &Renames) -> bool {
    let same_text = |old: &str, new: &str| renames.same_text(old, new) || renames.subject(old) == new;
    let sorted = |mut words: Vec<String>| {
        words.sort_unstable();
        words
    };
    let same_list = |old: &[String], new: &[String]| {
        let called = sorted(old.iter().map(|word| renames.text(word).into_owned()).collect());
        let pairs = old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same_text(old, new));
        pairs || called == sorted(new.to_vec())
    };
    old.name == new.name
        && match (&old.value, &new.value) {
            (EvidenceValue::Text(old), EvidenceValue::Text(new)) => same_text(old, new),
            (EvidenceValue::List(old), EvidenceValue::List(new)) => same_list(old, new),
            (EvidenceValue::Words(Said::List(old)), EvidenceValue::Words(Said::List(new))) => {
                let english = |parts: &[Said]| parts.iter().map(Said::to_string).collect::<Vec<_>>();
                same_list(&english(old), &english(new))
            }
            (EvidenceValue::Words(old), EvidenceValue::Words(new)) => same_text(&old.to_string(), &new.to_string()),
            (old, new) => old == new,
        }
}

/// The worst first, and beneath each finding those that follow from it: the reader sees the mistake before what it causes.
fn in_order_of_causes(mut findings: Vec<&Finding>, verdict: (FailOn, Unproven)) -> Vec<Appeared<'_>> {
    findings.sort_by_key(|finding| weight(finding));
    let rules: HashSet<&str> = findings.iter().map(|finding| finding.rule.as_ref()).collect();
    let is_caused =
        |finding: &Finding| finding.caused_by.is_some_and(|cause| cause != finding.rule && rules.contains(cause));
    let mut told = vec![false; findings.len()];
    let mut order = Vec::with_capacity(findings.len());
    // Causes that go round in a circle begin nowhere; they are told as they come.
    for only_first in [true, false] {
        for index in 0..findings.len() {
            if !told[index] && (!only_first || !is_caused(findings[index])) {
                tell(index, 0, &findings, &mut told, &mut order);
            }
        }
    }
    let appeared = |(index, depth): (usize, usize)| Appeared {
        finding: findings[index],
        fails: findings[index].fails(verdict),
        depth,
    };
    order.into_iter().map(appeared).collect()
}

/// Tells a finding, and beneath the last one of its rule those that follow from it.
fn tell(index: usize, depth: usize, findings: &[&Finding], told: &mut [bool], order: &mut Vec<(usize, usize)>) {
    told[index] = true;
    order.push((index, depth));
    let rule = findings[index].rule.as_ref();
    let more_of_it = (0..findings.len()).any(|other| !told[other] && findings[other].rule == rule);
    if more_of_it {
        return;
    }
    for other in 0..findings.len() {
        if !told[other] && findings[other].caused_by == Some(rule) {
            tell(other, depth + 1, findings, told, order);
        }
    }
}
