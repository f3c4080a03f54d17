//! The report as plain data.

use std::borrow::Cow;

use foldhash::{HashMap, HashSet};

use crate::catalogue::{self, Evidence, Origin, Severity};
use crate::rules::Judge;
use crate::settings::{FailOn, Unproven};
use crate::source::Span;
use crate::words::{self, Said};

/// What became of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It holds for everything it speaks about.
    Holds,
    /// It is violated somewhere.
    Violated,
    /// A fact is missing somewhere, and it is violated nowhere.
    Unproven,
    /// It speaks about nothing in the design.
    NotApplicable,
    /// The design follows a rule that contradicts it.
    SetAside,
    /// The configuration does not judge it.
    Off,
}

/// A rule and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// Id of the rule.
    pub rule: Cow<'static, str>,
    /// What became of it.
    pub outcome: Outcome,
}

/// A rule that the design sets aside for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// Id of the rule.
    pub rule: &'static str,
    /// Id of the rule that is followed instead.
    pub follow: &'static str,
    /// Why.
    pub reason: String,
    /// Where the choice is written.
    pub span: Span,
}

/// Whether a finding is a violation or a missing fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingOutcome {
    /// A rule is violated.
    Violated,
    /// A rule cannot be decided.
    Unproven,
}

/// Another place that has to do with a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub span: Span,
    /// What it has to do with it.
    pub message: Said,
}

/// A violation, or a rule that cannot be decided, at a subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Id of the rule.
    pub rule: Cow<'static, str>,
    /// Where the rule comes from.
    pub origin: Origin,
    /// How bad it is; an unproven one is a note.
    pub severity: Severity,
    /// Violated or unproven.
    pub outcome: FindingOutcome,
    /// What it is about: the path of a thing in the design.
    pub subject: String,
    /// What is wrong.
    pub message: Said,
    /// The place to look at first.
    pub span: Span,
    /// Other places.
    pub related: Vec<Related>,
    /// Values in the message, unrounded.
    pub evidence: Vec<Evidence>,
    /// Inputs that were assumed.
    pub assumed: Vec<Said>,
    /// Facts that are missing.
    pub missing: Vec<String>,
    /// Other things it is about.
    pub about: Vec<String>,
    /// The rule whose violation this one follows from.
    pub caused_by: Option<&'static str>,
    /// What to change, or what to ask.
    pub help: Said,
    /// How the texts differ, where the rule has a counterpart.
    pub conflict: Option<Said>,
    /// Where the rule is stated.
    pub sources: Vec<Said>,
    /// Identity that depends on rule and subject alone.
    pub fingerprint: String,
    /// Why it counts no more, where somebody has accepted it.
    pub suppressed: Option<Suppressed>,
    /// The one right edit, where there is one.
    pub fix: Option<Fix>,
}

impl Finding {
    /// A violation about something; everything that is not given is empty.
    pub(super) fn new(
        rule: impl Into<Cow<'static, str>>,
        subject: String,
        message: impl Into<Said>,
        span: Span,
    ) -> Self {
        let rule = rule.into();
        let text = catalogue::rule(&rule);
        Self {
            origin: text.map_or(Origin::Practice, |rule| rule.origin),
            help: text.map_or_else(Said::default, |rule| Said::of_rule(rule, |rule| rule.remediation, &[])),
            severity: Severity::Error,
            outcome: FindingOutcome::Violated,
            rule,
            subject,
            message: message.into(),
            span,
            related: Vec::new(),
            evidence: Vec::new(),
            assumed: Vec::new(),
            missing: Vec::new(),
            about: Vec::new(),
            caused_by: None,
            conflict: None,
            sources: Vec::new(),
            fingerprint: String::new(),
            suppressed: None,
            fix: None,
        }
    }

    /// Whether it is a violation that nobody has accepted.
    pub fn counts(&self) -> bool {
        self.outcome == FindingOutcome::Violated && self.suppressed.is_none()
    }

    /// Whether it fails a run: nobody has accepted it, and it is at the level that fails; a question where it is asked for.
    pub fn fails(&self, (fail_on, unproven): (FailOn, Unproven)) -> bool {
        let least = match fail_on {
            FailOn::Error => Some(Severity::Error),
            FailOn::Warning => Some(Severity::Warning),
            FailOn::Note => Some(Severity::Note),
            FailOn::Never => None,
        };
        let asked = self.outcome == FindingOutcome::Violated || unproven != Unproven::Ignore;
        asked && self.suppressed.is_none() && least.is_some_and(|least| self.severity >= least)
    }
}

/// How a finding was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Acceptance {
    /// By a comment in the design.
    Comment,
    /// By an entry of the configuration.
    Configuration,
    /// By the baseline, which lists what was known when it was written.
    Baseline,
}

impl Acceptance {
    /// In one word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::Configuration => "configuration",
            Self::Baseline => "baseline",
        }
    }

    /// For people.
    pub fn said(self) -> Said {
        match self {
            Self::Comment => words::names::comment(),
            Self::Configuration => words::names::configuration(),
            Self::Baseline => words::names::baseline(),
        }
    }
}

/// Why a finding is accepted, and until when.
#[derive(Debug, Clone, PartialEq)]
pub struct Suppressed {
    /// How it was accepted.
    pub by: Acceptance,
    /// Why.
    pub reason: Said,
    /// Last day on which it is accepted, as YYYY-MM-DD.
    pub until: Option<String>,
    /// Where that is written.
    pub span: Option<Span>,
}

/// Edits of the design's text that remove a finding.
#[derive(Debug, Clone, PartialEq)]
pub struct Fix {
    /// What they do, as an instruction.
    pub title: Said,
    /// Places and what is to stand there instead; they do not overlap.
    pub edits: Vec<(Span, String)>,
}

/// Counts of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Violations that are errors.
    pub errors: usize,
    /// Violations that are warnings.
    pub warnings: usize,
    /// Violations that are notes.
    pub notes: usize,
    /// Rules that hold.
    pub holds: usize,
    /// Rules that are violated, those of the design's text included.
    pub violated: usize,
    /// Rules that cannot be decided.
    pub unproven: usize,
    /// Rules that speak about nothing in the design.
    pub not_applicable: usize,
    /// Rules set aside by policy.
    pub set_aside: usize,
    /// Findings, violated and unproven ones, that were accepted.
    pub suppressed: usize,
    /// Rules that the configuration does not judge.
    pub off: usize,
}

/// Everything a run found.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Findings by place.
    pub findings: Vec<Finding>,
    /// Every rule and what became of it.
    pub coverage: Vec<Coverage>,
    /// Rules set aside.
    pub set_aside: Vec<SetAside>,
    /// Counts.
    pub summary: Summary,
    /// Whether the design could be read as a whole.
    pub whole: bool,
    /// Places of the configuration's acceptances that were needed.
    pub accepted: Vec<Span>,
}

impl Report {
    pub(super) fn new(
        mut findings: Vec<Finding>,
        coverage: Vec<Coverage>,
        set_aside: Vec<SetAside>,
        whole: bool,
    ) -> Self {
        // By place; at one place a cause comes before what follows from it.
        let order = |left: &Finding, right: &Finding| {
            let place = |finding: &Finding| (finding.span, finding.caused_by.is_some());
            place(left).cmp(&place(right)).then_with(|| (&left.rule, &left.subject).cmp(&(&right.rule, &right.subject)))
        };
        findings.sort_by(order);
        fingerprint(&mut findings);
        let summary = summarize(&findings, &coverage);
        Self { findings, coverage, set_aside, summary, whole, accepted: Vec::new() }
    }

    /// Findings that are violations.
    pub fn violations(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.outcome == FindingOutcome::Violated)
    }

    /// Findings that could not be decided.
    pub fn unproven(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.outcome == FindingOutcome::Unproven)
    }

    /// Exit code: 0 without findings at the level that fails, 1 with some, 3 where the design could not be read or a
    /// user's rule is broken.
    pub fn exit_code(&self, verdict: (FailOn, Unproven)) -> u8 {
        let broken_rule = self.findings.iter().any(|finding| finding.rule.starts_with("pack/"));
        if self.whole && !broken_rule {
            u8::from(self.findings.iter().any(|finding| finding.fails(verdict)))
        } else {
            3
        }
    }
}

pub(super) fn outcome(judge: &Judge<'_>) -> Outcome {
    match (judge.violated.is_empty(), judge.unproven.is_empty(), judge.held) {
        (false, _, _) => Outcome::Violated,
        (true, false, _) => Outcome::Unproven,
        (true, true, 0) => Outcome::NotApplicable,
        (true, true, _) => Outcome::Holds,
    }
}

fn summarize(findings: &[Finding], coverage: &[Coverage]) -> Summary {
    let violated = |severity| {
        let counts = |finding: &&Finding| finding.counts() && finding.severity == severity;
        findings.iter().filter(counts).count()
    };
    let rules = |outcome| coverage.iter().filter(|entry| entry.outcome == outcome).count();
    let mut text_rules: Vec<_> = findings
        .iter()
        .map(|finding| finding.rule.as_ref())
        .filter(|rule| rule.split_once('/').is_some_and(|(area, _)| catalogue::about_text(area)))
        .collect();
    text_rules.sort_unstable();
    text_rules.dedup();
    Summary {
        errors: violated(Severity::Error),
        warnings: violated(Severity::Warning),
        notes: violated(Severity::Note),
        holds: rules(Outcome::Holds),
        violated: rules(Outcome::Violated) + text_rules.len(),
        unproven: rules(Outcome::Unproven),
        not_applicable: rules(Outcome::NotApplicable),
        set_aside: rules(Outcome::SetAside),
        off: rules(Outcome::Off),
        suppressed: findings.iter().filter(|finding| finding.suppressed.is_some()).count(),
    }
}

/// Marks violations that follow from another one: the catalogue names the cause, and both are about one thing, or
/// about a thing and a part of it.
pub(super) fn link_causes(findings: &mut [Finding]) {
    let mut subjects: HashMap<Cow<'static, str>, Things> = HashMap::default();
    for finding in findings.iter().filter(|finding| finding.outcome == FindingOutcome::Violated) {
        things(finding).for_each(|path| subjects.entry(finding.rule.clone()).or_default().add(path));
    }
    for finding in findings.iter_mut() {
        let Some(rule) = catalogue::rule(&finding.rule) else { continue };
        let shares =
            |cause: &&&str| subjects.get(**cause).is_some_and(|cause| things(finding).any(|path| cause.touch(path)));
        finding.caused_by = rule.caused_by.iter().find(shares).copied();
    }
}

/// Paths of everything a finding is about.
fn things(finding: &Finding) -> impl Iterator<Item = &str> {
    std::iter::once(&finding.subject).chain(&finding.about).map(String::as_str)
}

/// Paths of things, and of what they are parts of.
#[derive(Default)]
struct Things {
    paths: HashSet<String>,
    wholes: HashSet<String>,
}

impl Things {
    fn add(&mut self, path: &str) {
        self.wholes.extend(wholes(path).map(str::to_owned));
        self.paths.insert(path.to_owned());
    }

    /// Whether a path is among the things, is a part of one, or has one as its part.
    fn touch(&self, path: &str) -> bool {
        self.paths.contains(path) || self.wholes.contains(path) || wholes(path).any(|whole| self.paths.contains(whole))
    }
}

/// What a thing is a part of: `a.b` and `a` for `a.b.c`.
fn wholes(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('.').map(|(point, _)| &path[..point])
}

/// Gives every finding its identity; equal ones of one run are numbered.
fn fingerprint(findings: &mut [Finding]) {
    let mut seen: HashMap<String, u32> = HashMap::default();
    for finding in findings {
        let identity = format!("{}\n{}", finding.rule, finding.subject);
        let count = seen.entry(identity.clone()).and_modify(|count| *count += 1).or_insert(0);
        let identity = if *count == 0 { identity } else { format!("{identity}\n{count}") };
        finding.fingerprint = self::identity(&identity);
    }
}

/// Sixteen digits that stand for a text, the same in every release and on every platform.
pub fn identity(text: &str) -> String {
    format!("{:016x}", fnv1a(text.as_bytes()))
}

/// FNV-1a, 64 bits: stable over releases and platforms, which the standard library's hashers are not.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
