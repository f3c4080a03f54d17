//! The baseline: findings that were known when it was written. They are known by design, rule and subject, never by
//! line, and as many of each as there were.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::accept::suppress;
use super::findings::{Acceptance, Finding, FindingOutcome, Report};
use super::told;
use crate::catalogue;
use crate::design::{FromValue, Mistake, MistakeKind, Reader};
use crate::source::{self, Kind, SourceId, Sources, Span, Spanned, Value};
use crate::words::{self, Said};

pub mod form {
    //! The form of a baseline.

    use crate::design::table::table;
    use crate::source::Spanned;

    table! {
        /// Findings that are known.
        pub struct Baseline {
            /// Version of the form; this program reads version 1.
            version: u32 => 1..=1,
            /// The findings.
            finding: Vec<Spanned<KnownFinding>>,
        }
    }

    table! {
        /// A finding that is known.
        pub struct KnownFinding {
            /// Design it is in, relative to the baseline.
            design [required]: String,
            /// Rule that is violated.
            rule [required]: String,
            /// What it is about.
            subject [required]: String,
            /// How many there are; without it one.
            count: u32 => 1..=1_000_000,
            /// What was said of it, for people.
            message: String,
        }
    }
}

use form::{Baseline, KnownFinding};

/// Findings of one design that are known.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// Design, as it lies below the baseline.
    pub design: String,
    /// Rule that is violated.
    pub rule: String,
    /// What it is about.
    pub subject: String,
    /// How many there are.
    pub count: u32,
    /// Where it is written.
    pub span: Span,
}

/// Reads a baseline.
pub fn read_baseline(sources: &Sources, id: SourceId) -> (Vec<Known>, Vec<Mistake>) {
    let (document, errors) = source::parse(sources, id);
    let mut mistakes: Vec<Mistake> =
        errors.into_iter().map(|error| Mistake::new(MistakeKind::Syntax, error.span, error.message)).collect();
    let mut reader = Reader::default();
    let value = Value { span: Span::start_of(id), kind: Kind::Table(document) };
    let baseline = Baseline::from_value(&value, &mut reader).unwrap_or_default();
    if mistakes.is_empty() {
        mistakes = reader.into_mistakes();
    }
    let known = |entry: &Spanned<KnownFinding>| {
        let KnownFinding { design, rule, subject, count, .. } = &entry.value;
        Some(Known {
            design: design.as_ref()?.value.clone(),
            rule: rule.as_ref()?.value.clone(),
            subject: subject.as_ref()?.value.clone(),
            count: count.as_ref().map_or(1, |count| count.value),
            span: rule.as_ref()?.span,
        })
    };
    (baseline.finding.iter().flat_map(|list| &list.value).filter_map(known).collect(), mistakes)
}

/// Marks known findings of a design; tells which entries found fewer than they list.
pub(super) fn mark(findings: &mut [Finding], known: &[Known], sources: &Sources, stale: &mut Vec<Finding>) {
    for entry in known {
        let same = |finding: &&mut Finding| {
            finding.rule == entry.rule && finding.subject == entry.subject && finding.suppressed.is_none()
        };
        let allowed = catalogue::rule(&entry.rule).is_none_or(|rule| rule.suppressible);
        let mut found = 0;
        for finding in findings.iter_mut().filter(same).take(entry.count as usize).filter(|_| allowed) {
            found += 1;
            suppress(finding, Acceptance::Baseline, words::suppressions::known_before(), None, Some(entry.span));
        }
        if found < entry.count {
            let evidence = [("rule", entry.rule.as_str().into()), ("subject", entry.subject.as_str().into())];
            stale.push(told(sources, "baseline/stale", entry.span, &evidence));
        }
    }
}

/// The text of a baseline of everything that was found in designs and nobody has accepted; each is named as it lies
/// below the baseline.
pub fn write_baseline(designs: &[(String, &Report)]) -> String {
    let mut known: BTreeMap<(&str, &str, &str), (u32, &Said)> = BTreeMap::new();
    for (name, report) in designs {
        for finding in report.findings.iter().filter(|finding| listed(finding)) {
            known.entry((name, &finding.rule, &finding.subject)).or_insert((0, &finding.message)).0 += 1;
        }
    }
    let mut out = String::from(
        "# Findings that were known when this was written; new ones fail. `rackproof baseline write` writes it anew.\n\
         version = 1\n",
    );
    for ((design, rule, subject), (count, message)) in known {
        let _ = write!(
            out,
            "\n[[finding]]\ndesign  = {}\nrule    = {}\nsubject = {}\n",
            source::quoted(design),
            source::quoted(rule),
            source::quoted(subject)
        );
        if count > 1 {
            let _ = writeln!(out, "count   = {count}");
        }
        let _ = writeln!(out, "message = {}", source::quoted(&message.to_string()));
    }
    out
}

/// Whether a baseline lists a finding: it counts, or was known before, and can be accepted.
fn listed(finding: &Finding) -> bool {
    let before = finding.suppressed.as_ref().is_none_or(|suppressed| suppressed.by == Acceptance::Baseline);
    before
        && finding.outcome == FindingOutcome::Violated
        && catalogue::rule(&finding.rule).is_none_or(|rule| rule.suppressible)
}
