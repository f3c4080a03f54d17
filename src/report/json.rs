//! JSON for scripts; version 1 of the format.

use std::borrow::Cow;

use serde::Serialize;

use crate::capacity::{Figure, Value};
use crate::catalogue::{Citation, Evidence, EvidenceValue, Rule};
use crate::check::{self, Checked, Finding, FindingOutcome};
use crate::source::{Sources, Span};
use crate::words::{Language, Said};

pub(super) const FORMAT_VERSION: u32 = 1;

#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Tool {
    pub(super) name: &'static str,
    pub(super) version: &'static str,
}

pub(super) const TOOL: Tool = Tool { name: "rackproof", version: env!("CARGO_PKG_VERSION") };

#[derive(Serialize)]
struct Check<'a> {
    format_version: u32,
    tool: Tool,
    summary: Summary,
    designs: Vec<Design<'a>>,
    findings: Vec<CheckFinding<'a>>,
    set_aside: Vec<SetAside<'a>>,
}

#[derive(Serialize)]
struct Design<'a> {
    path: &'a str,
    readable: bool,
    summary: Summary,
}

#[derive(Serialize, Default, Clone, Copy)]
struct Summary {
    errors: usize,
    warnings: usize,
    notes: usize,
    holds: usize,
    violated: usize,
    unproven: usize,
    not_applicable: usize,
    set_aside: usize,
    suppressed: usize,
    off: usize,
}

impl Summary {
    fn add(&mut self, counts: &check::Summary) {
        self.errors += counts.errors;
        self.warnings += counts.warnings;
        self.notes += counts.notes;
        self.holds += counts.holds;
        self.violated += counts.violated;
        self.unproven += counts.unproven;
        self.not_applicable += counts.not_applicable;
        self.set_aside += counts.set_aside;
        self.suppressed += counts.suppressed;
        self.off += counts.off;
    }
}

#[derive(Serialize)]
pub(super) struct CheckFinding<'a> {
    rule: &'a str,
    origin: &'static str,
    severity: &'static str,
    outcome: &'static str,
    subject: &'a str,
    message: Cow<'a, str>,
    path: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    related: Vec<Related<'a>>,
    evidence: Vec<Named<'a>>,
    missing: &'a [String],
    assumed: Vec<Cow<'a, str>>,
    caused_by: Option<&'a str>,
    help: Cow<'a, str>,
    conflict: Option<Cow<'a, str>>,
    sources: Vec<Cow<'a, str>>,
    fingerprint: &'a str,
    suppressed: bool,
    suppression: Option<Suppression<'a>>,
    fix: Option<FixText<'a>>,
}

#[derive(Serialize)]
struct FixText<'a> {
    title: Cow<'a, str>,
    edits: Vec<Edit<'a>>,
}

#[derive(Serialize)]
struct Edit<'a> {
    path: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    text: &'a str,
}

#[derive(Serialize)]
struct Suppression<'a> {
    by: &'static str,
    reason: Cow<'a, str>,
    until: Option<&'a str>,
    path: Option<&'a str>,
    line: Option<usize>,
}

#[derive(Serialize)]
struct Related<'a> {
    message: Cow<'a, str>,
    path: &'a str,
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
    value: serde_json::Value,
    unit: Option<&'a str>,
}

#[derive(Serialize)]
struct SetAside<'a> {
    rule: &'a str,
    follow: &'a str,
    reason: &'a str,
    path: &'a str,
    line: usize,
}

/// A design, its figures, and what is wrong with its text.
#[derive(Debug)]
pub struct Planned {
    /// Name of the design, as the user wrote it.
    pub name: String,
    /// Its texts.
    pub sources: Sources,
    /// Its figures.
    pub figures: Vec<Figure>,
    /// What is wrong with its text.
    pub findings: Vec<Finding>,
}

#[derive(Serialize)]
struct Plan<'a> {
    format_version: u32,
    tool: Tool,
    figures: Vec<PlanFigure<'a>>,
    findings: Vec<CheckFinding<'a>>,
}

#[derive(Serialize)]
struct PlanFigure<'a> {
    path: &'a str,
    id: &'a str,
    subject: &'a str,
    state: &'static str,
    method: &'static str,
    value: serde_json::Value,
    unit: &'a str,
    printed: String,
    binding: Option<Cow<'a, str>>,
    formula: Cow<'a, str>,
    inputs: Vec<Named<'a>>,
    assumed: Vec<Cow<'a, str>>,
    source: Vec<String>,
    note: Option<Cow<'a, str>>,
}

/// The reports of one or several designs.
pub fn check(designs: &[Checked], language: Language) -> String {
    let mut summary = Summary::default();
    for design in designs {
        summary.add(&design.report.summary);
    }
    let each = designs.iter().map(|design| {
        let mut summary = Summary::default();
        summary.add(&design.report.summary);
        Design { path: &design.name, readable: design.report.whole, summary }
    });
    let findings = designs
        .iter()
        .flat_map(|design| {
            design.report.findings.iter().map(|finding| json_finding(&design.sources, finding, language))
        })
        .collect();
    let set_aside = designs
        .iter()
        .flat_map(|design| design.report.set_aside.iter().map(|choice| set_aside(&design.sources, choice)))
        .collect();
    let designs = each.collect();
    write(&Check { format_version: FORMAT_VERSION, tool: TOOL, summary, designs, findings, set_aside })
}

fn set_aside<'a>(sources: &'a Sources, choice: &'a check::SetAside) -> SetAside<'a> {
    SetAside {
        rule: choice.rule,
        follow: choice.follow,
        reason: &choice.reason,
        path: path(sources, choice.span),
        line: sources.positions(choice.span).0.line,
    }
}

/// The figures of one or several designs, each with the path of its design; and what is wrong with their text.
pub fn plan(plans: &[Planned], language: Language) -> String {
    let figures = plans
        .iter()
        .flat_map(|plan| plan.figures.iter().map(|figure| json_figure(&plan.name, figure, language)))
        .collect();
    let findings = plans
        .iter()
        .flat_map(|plan| plan.findings.iter().map(|finding| json_finding(&plan.sources, finding, language)))
        .collect();
    write(&Plan { format_version: FORMAT_VERSION, tool: TOOL, figures, findings })
}

#[derive(Serialize)]
struct RuleList<'a> {
    format_version: u32,
    rules: Vec<RuleText<'a>>,
}

#[derive(Serialize)]
struct RuleText<'a> {
    id: &'a str,
    origin: &'a str,
    severity: &'a str,
    severity_in_lab: &'a str,
    summary: &'a str,
    rationale: &'a str,
    remediation: &'a str,
    conflicts: &'a [&'a str],
    sources: Vec<String>,
}

/// A list of rules.
pub fn rules(rules: &[&Rule], language: Language) -> String {
    let rules = rules.iter().map(|rule| rule_text(language.rule(rule))).collect();
    write(&RuleList { format_version: FORMAT_VERSION, rules })
}

fn rule_text<'a>(rule: &'a Rule<'_>) -> RuleText<'a> {
    RuleText {
        id: rule.id,
        origin: rule.origin.word(),
        severity: rule.severity[0].word(),
        severity_in_lab: rule.severity[1].word(),
        summary: rule.summary,
        rationale: rule.rationale,
        remediation: rule.remediation,
        conflicts: rule.conflicts,
        sources: rule.sources.iter().map(Citation::describe).collect(),
    }
}

pub(super) fn json_finding<'a>(sources: &'a Sources, finding: &'a Finding, language: Language) -> CheckFinding<'a> {
    let (start, end) = sources.positions(finding.span);
    CheckFinding {
        rule: &finding.rule,
        origin: finding.origin.word(),
        severity: finding.severity.word(),
        outcome: match finding.outcome {
            FindingOutcome::Violated => "violated",
            FindingOutcome::Unproven => "unproven",
        },
        subject: &finding.subject,
        message: finding.message.say(language),
        path: path(sources, finding.span),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        related: finding
            .related
            .iter()
            .map(|related| {
                let place = sources.positions(related.span).0;
                Related {
                    message: related.message.say(language),
                    path: path(sources, related.span),
                    line: place.line,
                    column: place.column,
                }
            })
            .collect(),
        evidence: finding.evidence.iter().map(|own| named(own, language)).collect(),
        missing: &finding.missing,
        assumed: spoken(&finding.assumed, language),
        caused_by: finding.caused_by,
        help: finding.help.say(language),
        conflict: finding.conflict.as_ref().map(|conflict| conflict.say(language)),
        sources: spoken(&finding.sources, language),
        fingerprint: &finding.fingerprint,
        suppressed: finding.suppressed.is_some(),
        suppression: finding.suppressed.as_ref().map(|suppressed| Suppression {
            by: suppressed.by.word(),
            reason: suppressed.reason.say(language),
            until: suppressed.until.as_deref(),
            path: suppressed.span.map(|span| path(sources, span)),
            line: suppressed.span.map(|span| sources.positions(span).0.line),
        }),
        fix: finding.fix.as_ref().map(|fix| FixText {
            title: fix.title.say(language),
            edits: fix.edits.iter().map(|(span, text)| edit(sources, *span, text)).collect(),
        }),
    }
}

fn edit<'a>(sources: &'a Sources, span: Span, text: &'a str) -> Edit<'a> {
    let (start, end) = sources.positions(span);
    Edit {
        path: path(sources, span),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        text,
    }
}

/// Values in a finding's message, as JSON writes them.
pub(super) fn evidence(finding: &Finding, language: Language) -> serde_json::Value {
    let evidence: Vec<Named<'_>> = finding.evidence.iter().map(|own| named(own, language)).collect();
    serde_json::to_value(evidence).unwrap_or_default()
}

fn json_figure<'a>(path: &'a str, figure: &'a Figure, language: Language) -> PlanFigure<'a> {
    PlanFigure {
        path,
        id: figure.text.id,
        subject: &figure.subject,
        state: figure.state.word(),
        method: figure.method.word(),
        value: match &figure.value {
            Value::Number(number) => serde_json::Value::from(*number),
            Value::Unknown(_) | Value::Never => serde_json::Value::Null,
        },
        unit: figure.unit,
        printed: figure.printed().say(language).into_owned(),
        binding: figure.binding.as_ref().map(|binding| binding.say(language)),
        formula: figure.formula.say(language),
        inputs: figure.inputs.iter().map(|own| named(own, language)).collect(),
        assumed: spoken(&figure.assumed, language),
        source: language.figure(figure.text).sources.iter().map(Citation::describe).collect(),
        note: figure.note.as_ref().map(|note| note.say(language)),
    }
}

pub(super) fn spoken(said: &[Said], language: Language) -> Vec<Cow<'_, str>> {
    said.iter().map(|said| said.say(language)).collect()
}

fn named(evidence: &Evidence, language: Language) -> Named<'_> {
    let (value, unit) = match &evidence.value {
        EvidenceValue::Text(text) => (serde_json::Value::from(text.as_str()), None),
        EvidenceValue::Words(Said::List(parts)) => (parts.iter().map(|part| part.say(language)).collect(), None),
        EvidenceValue::Words(said) => (serde_json::Value::from(said.say(language)), None),
        EvidenceValue::Number(number) => (serde_json::Value::from(*number), None),
        EvidenceValue::Quantity { amount, unit, .. } => (serde_json::Value::from(*amount), Some(*unit)),
        EvidenceValue::List(words) => (serde_json::Value::from(words.as_slice()), None),
    };
    Named { name: &evidence.name, value, unit }
}

fn path(sources: &Sources, span: Span) -> &str {
    &sources.get(span.source).name
}

pub(super) fn write(value: &impl Serialize) -> String {
    // Every value is a string, a finite number or a list of them, so that writing cannot fail.
    super::clean::clean_json(serde_json::to_string_pretty(value).unwrap_or_default() + "\n")
}
