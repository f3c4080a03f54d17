//! Runs the rules over a design and decides: findings, their order, and the verdict.

mod accept;
mod baseline;
mod crush;
mod examples;
mod findings;
mod fix;
mod policy;

pub use baseline::{Known, form, read_baseline, write_baseline};
pub use crush::crush;
pub use examples::{MARK, examples};
pub use findings::{
    Acceptance, Coverage, Finding, FindingOutcome, Fix, Outcome, Related, Report, SetAside, Summary, Suppressed,
    identity,
};

pub use fix::{Edit, edited, together};

use std::borrow::Cow;

use crate::catalogue::{self, Rule, Severity};
use crate::design::{self, Environment, Mistake, MistakeKind, Release};
use crate::failure;
use crate::packs::UserRule;
use crate::parallel;
use crate::rules::{Judge, LOGIC, Logic, Raised};
use crate::settings::{Settings, Unproven};
use crate::source::{self, Duplicate, Files, LoadError, LoadProblem, SourceId, Sources, Span, Table};
use crate::topology::{self, Topology};
use crate::words::{self, Said};

/// A design of a run, its texts, and what was found.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Name of the design, as the user wrote it.
    pub name: String,
    /// Every text that the report's spans lie in.
    pub sources: Sources,
    /// What was found.
    pub report: Report,
}

/// A design that was read, with everything that is wrong with its text.
#[derive(Debug)]
pub struct Reading {
    /// What was written, with what it includes and what was laid over it.
    pub document: Table,
    /// The design.
    pub design: design::Design,
    /// What is wrong with the text.
    pub mistakes: Vec<Mistake>,
    /// Where the text begins.
    pub root: Span,
    /// Whether the text is TOML and every included file was read; where not, no rule is judged.
    pub parsed: bool,
}

/// Reads a source, what it includes and what is laid over it.
pub fn read(sources: &mut Sources, root: SourceId, files: &dyn Files, settings: Vec<Table>) -> Reading {
    let (mut document, errors, duplicates) = source::load(sources, root, files);
    for setting in settings {
        source::lay_over(&mut document, setting);
    }
    let parsed = errors.is_empty();
    let (design, mut more) = design::read(&document, Span::start_of(root));
    more.retain(|mistake| !echoes(sources, &errors, mistake.span));
    let mut mistakes: Vec<Mistake> = errors.into_iter().map(load_mistake).collect();
    mistakes.extend(duplicates.iter().map(duplicate_mistake));
    mistakes.extend(more);
    Reading { document, design, mistakes, root: Span::start_of(root), parsed }
}

/// A design whose text cannot be had; the source is empty and carries its name.
pub fn unreadable(source: SourceId, problem: Said) -> Reading {
    let root = Span::start_of(source);
    let mistakes = vec![Mistake::new(MistakeKind::Unreadable, root, problem)];
    Reading { document: Table::default(), design: design::Design::default(), mistakes, root, parsed: false }
}

fn past_limit(mistake: &Mistake) -> bool {
    mistake.kind == MistakeKind::LimitExceeded
}

/// Whether a mistake only repeats a syntax error: it stands on the same line, or after one that swallows the rest.
fn echoes(sources: &Sources, errors: &[LoadError], span: Span) -> bool {
    let line = |span: Span| sources.get(span.source).line_of(span.start);
    errors.iter().filter(|error| error.span.source == span.source).any(|error| {
        let swallowed =
            matches!(error.problem, LoadProblem::Syntax { swallows: true, .. }) && span.start >= error.span.start;
        swallowed || (matches!(error.problem, LoadProblem::Syntax { .. }) && line(error.span) == line(span))
    })
}

fn load_mistake(error: LoadError) -> Mistake {
    match error.problem {
        LoadProblem::Syntax { message, .. } => Mistake::new(MistakeKind::Syntax, error.span, message),
        LoadProblem::Include(message) => Mistake::new(MistakeKind::BadInclude, error.span, message),
        LoadProblem::Cycle(names) => {
            let files = Said::run(" -> ", names.into_iter().map(Said::from));
            let message = words::check::includes_itself(files);
            Mistake::new(MistakeKind::Cycle, error.span, message).help(words::check::take_include_out())
        }
    }
}

fn duplicate_mistake(duplicate: &Duplicate) -> Mistake {
    let message = words::check::defined_twice(&duplicate.path);
    Mistake::new(MistakeKind::DuplicateKey, duplicate.second, message)
        .related(duplicate.first, words::check::first_defined())
}

/// What a design means, where it could be read and stays within the limits; and everything wrong with its text, its
/// references included.
fn resolve(reading: &Reading) -> (Option<Topology<'_>>, Vec<Mistake>) {
    if !reading.parsed {
        return (None, reading.mistakes.clone());
    }
    let (topology, unresolved) = topology::resolve(&reading.design, reading.root);
    let mistakes: Vec<Mistake> = reading.mistakes.iter().chain(&unresolved).cloned().collect();
    let topology = (!mistakes.iter().any(past_limit)).then_some(topology);
    (topology, mistakes)
}

/// What a design means, where figures can be made of it; and what is wrong with its text.
pub fn topology<'d>(sources: &Sources, reading: &'d Reading) -> (Option<Topology<'d>>, Vec<Finding>) {
    let (topology, mistakes) = resolve(reading);
    (topology, refused(sources, &mistakes).findings)
}

/// Judges a design by every rule of the catalogue and of the user.
pub fn check(sources: &Sources, reading: &Reading, policy: &Policy<'_>) -> Report {
    check_keeping(sources, reading, policy).0
}

/// The same, with what the design means, where it could be read: to take a large one apart takes time.
pub fn check_keeping<'d>(
    sources: &Sources,
    reading: &'d Reading,
    policy: &Policy<'_>,
) -> (Report, Option<Topology<'d>>) {
    match resolve(reading) {
        (Some(topology), mistakes) => (judge(sources, &topology, mistakes, policy), Some(topology)),
        (None, mistakes) => (refused(sources, &mistakes), None),
    }
}

/// The report of packs of rules: what is wrong with their text.
pub fn packs(sources: &Sources, mistakes: &[Mistake]) -> Report {
    let findings = mistakes.iter().map(|mistake| finding_at(sources, mistake, "pack/broken")).collect();
    Report::new(findings, Vec::new(), Vec::new(), mistakes.is_empty())
}

/// The report of a design that no rule is judged for.
fn refused(sources: &Sources, mistakes: &[Mistake]) -> Report {
    let findings = mistakes.iter().map(|mistake| mistake_finding(sources, mistake)).collect();
    Report::new(findings, Vec::new(), Vec::new(), false)
}

/// Judges a resolved design; `mistakes` are what reading and resolving it found.
pub fn judge(sources: &Sources, topology: &Topology<'_>, mut mistakes: Vec<Mistake>, policy: &Policy<'_>) -> Report {
    let settings = policy.settings;
    let (set_aside, wrong) = policy::choices(topology.design);
    mistakes.extend(wrong);
    mistakes.extend(failure::mistakes(topology));
    let mut findings: Vec<Finding> = mistakes.iter().map(|mistake| mistake_finding(sources, mistake)).collect();
    let mut coverage = Vec::with_capacity(LOGIC.len() + policy.own.len());
    let bench = Bench {
        topology,
        settings,
        set_aside: &set_aside,
        environment: topology.environment(),
        release: topology.release(),
    };
    let built_in = bench.each(LOGIC, |logic| bench.built_in(logic));
    let users = bench.each(policy.own, |rule| bench.users(sources, rule));
    for mut verdict in built_in.into_iter().chain(users) {
        coverage.extend(verdict.coverage);
        findings.append(&mut verdict.findings);
    }
    findings::link_causes(&mut findings);
    let own: Vec<&str> = policy.own.iter().map(|rule| rule.id.value.as_str()).collect();
    let judged = accept::Judged {
        root: topology.root.source,
        coverage: &coverage,
        sound: mistakes.is_empty() && !findings.iter().any(|finding| finding.rule.starts_with("pack/")),
    };
    let accepted = accept::accept(&mut findings, sources, settings, policy.known, &own, &judged);
    findings.retain_mut(|finding| {
        let of_acceptances = finding.rule.starts_with("suppression/") || finding.rule.starts_with("baseline/");
        let chosen = settings.chosen(&finding.rule, finding.origin);
        if of_acceptances {
            finding.severity = chosen.severity.unwrap_or(finding.severity);
        }
        !of_acceptances || chosen.judged
    });
    Report { accepted, ..Report::new(findings, coverage, set_aside, true) }
}

/// Ports from which on the rules of one design are judged on several threads.
const WORTH_SHARING: usize = 10_000;

/// What every rule of a design is judged by.
struct Bench<'a> {
    topology: &'a Topology<'a>,
    settings: &'a Settings,
    set_aside: &'a [SetAside],
    environment: Environment,
    release: Option<Release>,
}

/// What became of one rule.
struct Verdict {
    coverage: Option<Coverage>,
    findings: Vec<Finding>,
}

impl Verdict {
    fn without_findings(rule: Cow<'static, str>, outcome: Outcome) -> Self {
        Self { coverage: Some(Coverage { rule, outcome }), findings: Vec::new() }
    }
}

impl Bench<'_> {
    /// Judges rules, in their order.
    fn each<R: Sync>(&self, rules: &[R], judge: impl Fn(&R) -> Verdict + Sync) -> Vec<Verdict> {
        if self.topology.ports.len() < WORTH_SHARING {
            return rules.iter().map(judge).collect();
        }
        parallel::each(rules, judge)
    }

    fn built_in(&self, logic: &Logic) -> Verdict {
        let rule = logic.rule;
        if self.set_aside.iter().any(|choice| choice.rule == rule.id) {
            return Verdict::without_findings(rule.id.into(), Outcome::SetAside);
        }
        let chosen = self.settings.chosen(rule.id, rule.origin);
        if !chosen.judged {
            return Verdict::without_findings(rule.id.into(), Outcome::Off);
        }
        let values = self.settings.values(rule);
        let mut judge = Judge::new(self.topology);
        if applies(rule, self.release) {
            (logic.judge)(&mut judge, &values);
        }
        let mut verdict = Verdict::without_findings(rule.id.into(), findings::outcome(&judge));
        if !judge.is_silent() {
            verdict.findings = self.findings(rule, &judge, &(logic.evidence)(&values), chosen.severity);
        }
        for finding in &mut verdict.findings {
            finding.conflict = rule.conflict.map(|_| Said::of_rule(rule, |rule| rule.conflict.unwrap_or(""), &[]));
        }
        verdict
    }

    fn users(&self, sources: &Sources, user_rule: &UserRule) -> Verdict {
        let rule = user_rule.texts();
        let chosen = self.settings.chosen(rule.id, rule.origin);
        if !chosen.judged {
            return Verdict::without_findings(rule.id.to_owned().into(), Outcome::Off);
        }
        let mut judge = Judge::new(self.topology);
        if applies(&rule, self.release)
            && let Err(mistake) = user_rule.judge(&mut judge, &self.settings.values(&rule))
        {
            // A rule that fails has no outcome: nothing it found before can be trusted.
            return Verdict { coverage: None, findings: vec![mistake_finding(sources, &mistake)] };
        }
        Verdict {
            findings: self.findings(&rule, &judge, &[], chosen.severity),
            ..Verdict::without_findings(rule.id.to_owned().into(), findings::outcome(&judge))
        }
    }

    fn findings(
        &self,
        rule: &Rule,
        judge: &Judge<'_>,
        parameters: &[catalogue::Evidence],
        severity: Option<Severity>,
    ) -> Vec<Finding> {
        let finding = |raised: &Raised, outcome| {
            let mut finding = rule_finding(rule, raised, outcome, self.environment, parameters);
            decide(&mut finding, self.settings, severity);
            finding
        };
        let violated = judge.violated.iter().map(|raised| finding(raised, FindingOutcome::Violated));
        let unproven = judge.unproven.iter().map(|raised| finding(raised, FindingOutcome::Unproven));
        violated.chain(unproven).collect()
    }
}

/// By what a design is judged beside the catalogue.
#[derive(Debug, Clone, Copy)]
pub struct Policy<'a> {
    /// What the configuration says of rules.
    pub settings: &'a Settings,
    /// Findings of the design that are known.
    pub known: &'a [Known],
    /// Rules of the user; their packs are among the sources.
    pub own: &'a [UserRule],
}

impl Default for Policy<'_> {
    fn default() -> Self {
        static CATALOGUE: std::sync::LazyLock<Settings> = std::sync::LazyLock::new(Settings::default);
        Self { settings: &CATALOGUE, known: &[], own: &[] }
    }
}

/// Gives a finding the severity that the configuration decides, and points at the lines that set the rule's limits.
fn decide(finding: &mut Finding, settings: &Settings, severity: Option<Severity>) {
    finding.severity = match (finding.outcome, severity, settings.verdict().1) {
        (FindingOutcome::Violated, severity, _) => severity.unwrap_or(finding.severity),
        (FindingOutcome::Unproven, _, Unproven::Fail) => Severity::Error,
        (FindingOutcome::Unproven, _, Unproven::Warn) => Severity::Warning,
        (FindingOutcome::Unproven, _, Unproven::Ignore) => finding.severity,
    };
    let own = settings.parameters(&finding.rule).map(|(name, value)| Related {
        span: value.span,
        message: words::check::set_here(name, Said::run(", ", value.value.iter().map(Said::from))),
    });
    finding.related.extend(own);
}

/// What is wrong with a configuration or a baseline, as a report of its own.
pub fn misconfigured(sources: &Sources, mistakes: &[Mistake], rule: &str, whole: bool) -> Report {
    let told = |mistake: &Mistake| {
        let mut finding = told(sources, rule, mistake.span, &[("problem", mistake.message.clone())]);
        finding.help = mistake.help.clone().unwrap_or(finding.help);
        finding
    };
    Report::new(mistakes.iter().map(told).collect(), Vec::new(), Vec::new(), whole)
}

/// Acceptances of a configuration that no design of a run needed, as a report of its own; nothing where all were needed.
pub fn left_over(sources: &Sources, settings: &Settings, designs: &[Checked]) -> Option<Report> {
    const UNUSED: &str = "suppression/unused";
    let chosen = catalogue::rule(UNUSED).map(|rule| settings.chosen(rule.id, rule.origin))?;
    let used = |span: Span| designs.iter().any(|design| design.report.accepted.contains(&span));
    // A range of subjects is one entry, and needed where one of them is.
    let mut left: Vec<(Span, &str)> = settings.all_accepted().map(|entry| (entry.span, entry.rule.as_str())).collect();
    left.dedup();
    let tell = |(span, rule): &(Span, &str)| {
        let finding = told(sources, UNUSED, *span, &[("rule", (*rule).to_owned().into())]);
        Finding { severity: chosen.severity.unwrap_or(finding.severity), ..finding }
    };
    let findings: Vec<Finding> = left.iter().filter(|(span, _)| chosen.judged && !used(*span)).map(tell).collect();
    (!findings.is_empty()).then(|| Report::new(findings, Vec::new(), Vec::new(), true))
}

/// A finding of a rule about texts, whose words stand in the catalogue.
fn told(sources: &Sources, rule: &str, span: Span, evidence: &[(&'static str, Said)]) -> Finding {
    let evidence: Vec<catalogue::Evidence> =
        evidence.iter().map(|(name, value)| catalogue::Evidence::new(*name, value.clone())).collect();
    let text = catalogue::rule(rule);
    let finding = Finding::new(
        text.map_or("", |rule| rule.id),
        written(sources, span),
        text.map_or_else(Said::default, |rule| Said::of_rule(rule, |rule| rule.message, &evidence)),
        span,
    );
    Finding { severity: text.map_or(Severity::Error, |rule| rule.severity[0]), evidence, ..finding }
}

/// Whether a rule is for the release of Proxmox VE that the design names; without one, every rule applies.
fn applies(rule: &Rule, release: Option<Release>) -> bool {
    let Some(release) = release else { return true };
    rule.from.is_none_or(|from| release >= from) && rule.below.is_none_or(|below| release < below)
}

fn rule_finding(
    rule: &Rule,
    raised: &Raised,
    outcome: FindingOutcome,
    environment: Environment,
    parameters: &[catalogue::Evidence],
) -> Finding {
    let mut evidence = raised.evidence.clone();
    evidence.extend(parameters.iter().filter(|parameter| names(rule.message, &parameter.name)).cloned());
    let message = match outcome {
        FindingOutcome::Violated => Said::of_rule(rule, |rule| rule.message, &evidence),
        FindingOutcome::Unproven if raised.missing.len() == 1 => words::check::fact_missing(raised.missing[0].clone()),
        FindingOutcome::Unproven => words::check::facts_missing(Said::run(", ", raised.missing.iter().map(Said::from))),
    };
    let severity = match outcome {
        FindingOutcome::Violated => rule.severity_in(environment),
        FindingOutcome::Unproven => Severity::Note,
    };
    Finding {
        severity,
        outcome,
        related: raised
            .related
            .iter()
            .map(|(span, key)| Related { span: *span, message: Said::of_rule(rule, |rule| rule.label(key), &evidence) })
            .collect(),
        fix: fix(rule, &raised.fix, &evidence),
        evidence,
        assumed: raised.assumed.clone(),
        missing: raised.missing.clone(),
        about: raised.about.clone(),
        help: match outcome {
            FindingOutcome::Violated => Said::of_rule(rule, |rule| rule.remediation, &[]),
            FindingOutcome::Unproven => Said::of_rule(rule, |rule| rule.question.unwrap_or(rule.remediation), &[]),
        },
        sources: Said::sources(rule),
        origin: rule.origin,
        ..Finding::new(rule.id.to_owned(), raised.subject.path.clone(), message, raised.at)
    }
}

fn mistake_finding(sources: &Sources, mistake: &Mistake) -> Finding {
    let id = match mistake.kind {
        MistakeKind::Unreadable => "design/unreadable",
        MistakeKind::Syntax => "design/syntax",
        MistakeKind::UnknownKey => "design/unknown-key",
        MistakeKind::MissingKey => "design/missing-key",
        MistakeKind::WrongType => "design/wrong-type",
        MistakeKind::UnknownWord => "design/unknown-word",
        MistakeKind::BadQuantity => "design/bad-quantity",
        MistakeKind::LimitExceeded => "design/limit-exceeded",
        MistakeKind::OutOfRange => "design/out-of-range",
        MistakeKind::BadRange => "design/bad-range",
        MistakeKind::DuplicateName => "design/duplicate-name",
        MistakeKind::DuplicateKey => "design/duplicate-key",
        MistakeKind::DanglingName => "design/dangling-name",
        MistakeKind::UnequalRanges => "design/unequal-ranges",
        MistakeKind::Cycle => "design/cycle",
        MistakeKind::UsedTwice => "design/used-twice",
        MistakeKind::BadAddress => "design/bad-address",
        MistakeKind::BadPolicy => "design/bad-policy",
        MistakeKind::BadInclude => "design/bad-include",
        MistakeKind::BadExpression => "pack/broken",
        MistakeKind::ExpressionFailed => "pack/expression-failed",
    };
    finding_at(sources, mistake, id)
}

fn finding_at(sources: &Sources, mistake: &Mistake, id: &'static str) -> Finding {
    let finding = Finding::new(id, written(sources, mistake.span), mistake.message.clone(), mistake.span);
    Finding {
        related: mistake
            .related
            .iter()
            .map(|(span, message)| Related { span: *span, message: message.clone() })
            .collect(),
        help: mistake.help.clone().unwrap_or_else(|| finding.help.clone()),
        fix: mistake.fix.as_ref().and_then(|text| {
            fix(catalogue::rule(id)?, &[mistake.span], &[catalogue::Evidence::new("text", text.as_str())])
        }),
        ..finding
    }
}

/// The edit that a rule offers at some places.
fn fix(rule: &Rule, places: &[Span], evidence: &[catalogue::Evidence]) -> Option<Fix> {
    rule.fix.as_ref().filter(|_| !places.is_empty())?;
    let write = Said::of_rule(rule, |rule| rule.fix.as_ref().map_or("", |fix| fix.write), evidence).to_string();
    let edits = places.iter().map(|place| (*place, write.clone())).collect();
    let title = Said::of_rule(rule, |rule| rule.fix.as_ref().map_or("", |fix| fix.title), evidence);
    Some(Fix { title, edits })
}

/// What a mistake is about: the words that were written there, since a text that is wrong has no paths.
fn written(sources: &Sources, span: Span) -> String {
    const LONGEST: usize = 60;
    let text = sources.text(span).lines().next().unwrap_or_default();
    let text = if text.is_empty() { sources.get(span.source).name.as_str() } else { text };
    format!("text: {}", text.chars().take(LONGEST).collect::<String>())
}

fn names(message: &str, name: &str) -> bool {
    message.contains(&format!("{{{name}}}"))
}
