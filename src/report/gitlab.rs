//! A Code Quality report of GitLab.

use serde::Serialize;

use super::json::write;
use super::told::{labelled, one_line, path, slashes, with_acceptance};
use crate::catalogue::Severity;
use crate::check::{self, Checked, Finding, FindingOutcome};
use crate::words::{self, Language, Said};

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

/// The findings of a run.
pub(super) fn check(designs: &[Checked], language: Language) -> String {
    let issues: Vec<Issue<'_>> = designs
        .iter()
        .flat_map(|design| design.report.findings.iter().map(|finding| issue(design, finding, language)))
        .collect();
    write(&issues)
}

fn issue<'a>(design: &Checked, finding: &'a Finding, language: Language) -> Issue<'a> {
    let (start, end) = design.sources.positions(finding.span);
    Issue {
        description: one_line(&description(finding).say(language)),
        check_name: &finding.rule,
        // GitLab shows one issue of each fingerprint, and two designs may break one rule at things of one name.
        fingerprint: check::identity(&format!("{}\n{}", slashes(&design.name), finding.fingerprint)),
        severity: severity(finding),
        location: Location {
            path: path(&design.sources, finding.span),
            lines: Lines { begin: start.line, end: end.line },
        },
    }
}

fn severity(finding: &Finding) -> &'static str {
    if !finding.counts() {
        return "info";
    }
    match finding.severity {
        Severity::Error => "critical",
        Severity::Warning => "major",
        Severity::Note => "minor",
    }
}

fn description(finding: &Finding) -> Said {
    let told = labelled(finding);
    match (&finding.suppressed, finding.outcome) {
        (Some(suppressed), _) => with_acceptance(told, suppressed),
        (None, FindingOutcome::Violated) => told,
        (None, FindingOutcome::Unproven) => words::formats::asked(told, &finding.help),
    }
}
