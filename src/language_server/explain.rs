//! Texts that are shown beside the design, in Markdown.

use std::fmt::Write as _;

use crate::capacity::{Figure, Value};
use crate::catalogue::{self, Rule};
use crate::check::Finding;
use crate::report::clean;

/// A rule: what it is, why, what to do, where it is stated.
pub(super) fn rule(rule: &Rule) -> String {
    let mut out = format!(
        "**{}** ({}, {})\n\n{}.\n\n{}\n\n{}",
        rule.id,
        rule.severity[0].word(),
        rule.origin.word(),
        rule.summary,
        rule.rationale.trim(),
        rule.remediation
    );
    for citation in rule.sources.iter() {
        let source = citation.describe();
        let _ = match catalogue::work(citation.work).and_then(|work| work.url) {
            Some(url) => write!(out, "\n- [{source}]({url})"),
            None => write!(out, "\n- {source}"),
        };
    }
    out
}

/// A finding with its rule.
pub(super) fn finding(finding: &Finding) -> String {
    let told = format!("{}\n\n{}", clean(&finding.message.to_string()), clean(&finding.help.to_string()));
    match catalogue::rule(&finding.rule) {
        Some(text) => format!("{told}\n\n{}", rule(text)),
        None => told,
    }
}

/// A figure with its formula.
pub(super) fn figure(figure: &Figure) -> String {
    let value = match &figure.value {
        Value::Number(number) => format!("{number:.*} {}", figure.decimals, figure.unit),
        Value::Unknown(missing) => format!("not known: {}", clean(&missing.join(", "))),
        Value::Never => "never".to_owned(),
    };
    let (id, subject, state, method) = (figure.text.id, clean(&figure.subject), figure.state, figure.method);
    let formula = figure.formula.to_string();
    let formula = clean(&formula);
    let formula = if formula.is_empty() { formula.to_string() } else { format!("\n  `{formula}`") };
    format!("- **{id}** of {subject} ({}, {}): {value}{formula}", state.word(), method.word())
}
