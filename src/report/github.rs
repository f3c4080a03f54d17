//! Workflow commands, which GitHub Actions shows as annotations at the lines of a change.

use std::fmt::Write as _;

use super::clean::clean;
use super::told::{acceptance, label, one_line, path, verdict};
use crate::catalogue::Severity;
use crate::check::{Checked, Finding, FindingOutcome};
use crate::source::Sources;
use crate::words::{self, Language};

/// A command for each finding, and a line of the log for each design and each rule set aside.
pub(super) fn check(designs: &[Checked], language: Language) -> String {
    let mut out = String::new();
    for design in designs {
        for finding in &design.report.findings {
            annotation(&mut out, &design.sources, finding, language);
        }
    }
    for design in designs {
        for choice in &design.report.set_aside {
            let told = words::told::set_aside(choice.rule, choice.follow, one_line(&choice.reason));
            log(&mut out, &told.say(language));
        }
        log(&mut out, &verdict(design).say(language));
    }
    out
}

fn annotation(out: &mut String, sources: &Sources, finding: &Finding, language: Language) {
    let (start, end) = sources.positions(finding.span);
    let title = format!("{}: {}", label(finding).say(language), finding.rule);
    let file = property(&path(sources, finding.span));
    let _ = write!(out, "::{} file={file},line={},endLine={}", command(finding), start.line, end.line);
    // GitHub refuses columns of a place that goes over lines.
    if start.line == end.line {
        let _ = write!(out, ",col={},endColumn={}", start.column, end.column);
    }
    let _ = writeln!(out, ",title={}::{}", property(&title), data(&message(finding, language)));
}

fn command(finding: &Finding) -> &'static str {
    match (finding.counts(), finding.severity) {
        (true, Severity::Error) => "error",
        (true, Severity::Warning) => "warning",
        _ => "notice",
    }
}

fn message(finding: &Finding, language: Language) -> String {
    let source = finding.sources.first().filter(|_| finding.outcome == FindingOutcome::Violated);
    let lines = [
        Some(finding.message.clone()),
        finding.suppressed.as_ref().map(acceptance),
        Some(finding.help.clone()),
        source.map(words::formats::source),
    ];
    lines.iter().flatten().map(|line| line.say(language)).collect::<Vec<_>>().join("\n")
}

/// The text of a command, escaped as the runner reads it.
fn data(text: &str) -> String {
    clean(text.trim_end()).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a command's property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A line that is no command: those begin with two colons, and old ones with `##[` anywhere.
fn log(out: &mut String, line: &str) {
    let _ = writeln!(out, "rackproof: {}", line.replace("##[", "## ["));
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    /// As `escapeData` and `escapeProperty` of the toolkit of GitHub Actions do.
    #[test]
    fn texts_cannot_end_a_command_or_a_property() {
        assert_eq!(data("50 %\n::error::x, y"), "50 %25%0A::error::x, y");
        assert_eq!(property("a:b,c%\n"), "a%3Ab%2Cc%25");
    }
}
