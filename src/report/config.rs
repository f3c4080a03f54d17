//! What is in force for a design, as a configuration that says so, with the place that each value comes from.

use std::fmt::Write as _;

use super::clean::clean;
use crate::catalogue::{RULES, Rule};
use crate::design::Words;
use crate::settings::Settings;
use crate::source::{Sources, Span, quoted};
use crate::words::{self, Language, Said};

/// Columns before the place that a value comes from.
const COLUMN: usize = 48;

/// Every effective value, or only those that differ from the catalogue.
pub fn config(
    sources: &Sources,
    path: Option<&str>,
    settings: &Settings,
    own: &[Rule<'_>],
    changed: bool,
    language: Language,
) -> String {
    let mut out = match path {
        Some(path) => format!("# {}\n", clean(path)),
        None => format!("# {}\n", words::effective::no_configuration().say(language)),
    };
    let mut line = |key: &str, value: &str, span: Option<Span>| {
        if span.is_some() || !changed {
            let from = span
                .map_or_else(|| words::effective::built_in().say(language).into_owned(), |span| place(sources, span));
            let _ = writeln!(out, "{:COLUMN$} # {from}", format!("{key} = {value}"));
        }
    };
    let (fail_on, unproven) = settings.verdict();
    let of = |span: Option<Span>| span;
    line("verdict.fail_on", &quoted(fail_on.word()), of(settings.fail_on.as_ref().map(|own| own.span)));
    line("verdict.unproven", &quoted(unproven.word()), of(settings.unproven.as_ref().map(|own| own.span)));
    let allowed = settings.suppressions.as_ref();
    let word = if allowed.is_none_or(|allowed| allowed.value) { "true" } else { "false" };
    line("verdict.suppressions", word, allowed.map(|own| own.span));
    let (catalogue, pack) = (words::effective::catalogue(), words::effective::its_pack());
    let one_rule = |rule: &Rule<'_>, home| one_rule(sources, settings, rule, home, changed, language);
    out.extend(RULES.iter().map(|rule| one_rule(rule, &catalogue)));
    out.extend(own.iter().map(|rule| one_rule(rule, &pack)));
    for accepted in settings.all_accepted() {
        let _ = writeln!(
            out,
            "\n[[suppress]]                                     # {}\nrule    = {}\nsubject = {}\nreason  = {}",
            place(sources, accepted.span),
            quoted(&accepted.rule),
            quoted(&accepted.subject),
            quoted(&accepted.reason)
        );
        if let Some(until) = accepted.until {
            let _ = writeln!(out, "until   = {}", until.0);
        }
    }
    out
}

fn one_rule(
    sources: &Sources,
    settings: &Settings,
    rule: &Rule<'_>,
    home: &Said,
    changed: bool,
    language: Language,
) -> String {
    let chosen = settings.chosen(rule.id, rule.origin);
    let own: Vec<_> = settings.parameters(rule.id).collect();
    if changed && chosen.span.is_none() && own.is_empty() {
        return String::new();
    }
    let mut out = format!("\n[rule.{}]\n", quoted(rule.id));
    let severity = match (chosen.judged, chosen.severity) {
        (false, _) => "off",
        (true, Some(severity)) => severity.word(),
        (true, None) => rule.severity[0].word(),
    };
    let from = chosen.span.map_or_else(|| home.clone(), |span| place(sources, span).into());
    let from = match (chosen.severity, rule.severity) {
        (None, [production, lab]) if production != lab => words::effective::in_lab(from, lab.said()),
        _ => from,
    };
    let line = format!("severity = {}", quoted(severity));
    let _ = writeln!(out, "{line:COLUMN$} # {}", from.say(language));
    for parameter in rule.parameters.iter() {
        let set = own.iter().find(|(name, _)| *name == parameter.name);
        let (value, from) = match set {
            Some((_, value)) => (value.value.clone(), place(sources, value.span).into()),
            None if changed => continue,
            None => (parameter.default.split(", ").map(str::to_owned).collect(), home.clone()),
        };
        let value = match (parameter.kind, value.as_slice()) {
            ("count" | "number", [number]) => number.clone(),
            ("text-list", words) => {
                format!("[{}]", words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(", "))
            }
            (_, words) => quoted(&words.join(", ")),
        };
        let line = format!("parameters.{} = {value}", parameter.name);
        let _ = writeln!(out, "{line:COLUMN$} # {}", from.say(language));
    }
    out
}

/// File and line; an option has no line.
fn place(sources: &Sources, span: Span) -> String {
    let name = &sources.get(span.source).name;
    if name.starts_with("--") { name.clone() } else { format!("{}:{}", clean(name), sources.positions(span).0.line) }
}
