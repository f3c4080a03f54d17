//! A line for each finding, for editors and grep.

use std::fmt::Write as _;

use super::told::{acceptance, label, one_line, path, verdict};
use crate::check::{Checked, Finding};
use crate::source::{Sources, Span};
use crate::words::{self, Language};

/// The findings of a run, each as `path:line:column: severity[rule] message`, and a line for each design.
pub(super) fn check(designs: &[Checked], language: Language) -> String {
    let mut out = String::new();
    for design in designs {
        let sources = &design.sources;
        for finding in &design.report.findings {
            let _ = writeln!(out, "{}: {}", place(sources, finding.span), told(finding, language));
        }
        for choice in &design.report.set_aside {
            let told = words::formats::set_aside(choice.rule, choice.follow, one_line(&choice.reason));
            let _ = writeln!(out, "{}: {}", place(sources, choice.span), told.say(language));
        }
    }
    for design in designs {
        let _ = writeln!(out, "{}", verdict(design).say(language));
    }
    out
}

fn place(sources: &Sources, span: Span) -> String {
    let start = sources.positions(span).0;
    format!("{}:{}:{}", one_line(&path(sources, span)), start.line, start.column)
}

fn told(finding: &Finding, language: Language) -> String {
    let message = one_line(&finding.message.say(language));
    let accepted = finding
        .suppressed
        .as_ref()
        .map_or_else(String::new, |by| format!(" ({})", one_line(&acceptance(by).say(language))));
    format!("{}[{}] {message}{accepted}", label(finding).say(language), one_line(&finding.rule))
}
