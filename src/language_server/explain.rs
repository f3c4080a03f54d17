//! Texts that are shown beside the design, in Markdown.

use std::fmt::Write as _;

use crate::capacity::{Figure, Value};
use crate::catalogue::{self, Rule};
use crate::check::Finding;
use crate::report::clean;
use crate::words::{self, Language, Said};

/// A rule: what it is, why, what to do, where it is stated.
pub(super) fn rule(rule: &Rule, language: Language) -> String {
    let texts = language.rule(rule);
    let (severity, origin) = (rule.severity[0].said(), rule.origin.said());
    let why = texts.rationale.trim();
    let told = words::editor::rule(rule.id, severity, origin, texts.summary, why, texts.remediation);
    let mut out = told.say(language).into_owned();
    for citation in texts.sources.iter() {
        let source = citation.describe();
        let _ = match catalogue::work(citation.work).and_then(|work| work.url) {
            Some(url) => write!(out, "\n- [{source}]({url})"),
            None => write!(out, "\n- {source}"),
        };
    }
    out
}

/// A finding with its rule.
pub(super) fn finding(finding: &Finding, language: Language) -> String {
    let told = format!("{}\n\n{}", clean(&finding.message.say(language)), clean(&finding.help.say(language)));
    match catalogue::rule(&finding.rule) {
        Some(text) => format!("{told}\n\n{}", rule(text, language)),
        None => told,
    }
}

/// A figure with its formula.
pub(super) fn figure(figure: &Figure, language: Language) -> String {
    let value = match &figure.value {
        Value::Unknown(missing) => {
            let missing = missing.iter().map(|fact| Said::from(clean(fact).into_owned()));
            words::editor::not_known(Said::run(", ", missing))
        }
        Value::Number(_) | Value::Never => figure.printed(),
    };
    let (state, method) = (figure.state.said(), figure.method.said());
    let told = words::editor::figure(figure.text.id, clean(&figure.subject).into_owned(), state, method, value);
    let formula = figure.formula.say(language);
    let formula = clean(&formula);
    let formula = if formula.is_empty() { String::new() } else { format!("\n  `{formula}`") };
    format!("{}{formula}", told.say(language))
}
