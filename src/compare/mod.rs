//! What changes between two designs: findings, figures, failures and things, matched by what they are about.
//!
//! Everything a comparison answers is in [`Difference`]; a renderer has nothing to decide. `docs/diff.md` says how things are
//! matched and what is worse. No printing.

mod failures;
mod figures;
mod findings;
mod renames;
mod things;

pub use failures::{ClaimChange, CutSets, Failures, Fate, Survived};
pub use figures::{Course, Figures, Moved};
pub use findings::{Appeared, Changed, Findings, Vanished};
pub use renames::{Renamed, Renames, UnknownName};
pub use things::{Form, Property, Thing, Things};

use crate::capacity::Figure;
use crate::check::{Finding, FindingOutcome, Reading, Report};
use crate::failure::Proof;
use crate::settings::{FailOn, Unproven};
use crate::source::Sources;

/// A design with everything that is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a, 't, 'd> {
    /// Its name, as the user wrote it.
    pub name: &'a str,
    /// Its texts.
    pub sources: &'a Sources,
    /// What was read.
    pub reading: &'a Reading,
    /// What was found.
    pub report: &'a Report,
    /// Its figures; none where it could not be read.
    pub figures: &'a [Figure],
    /// What it survives; nothing where it could not be read.
    pub proof: Option<&'a Proof<'t, 'd>>,
}

/// A design as a renderer needs it.
#[derive(Debug, Clone, Copy)]
pub struct Design<'a> {
    /// Its name, as the user wrote it.
    pub name: &'a str,
    /// Its texts.
    pub sources: &'a Sources,
    /// What was found.
    pub report: &'a Report,
}

impl Design<'_> {
    /// Whether it could be read and judged, and no rule of the user's is broken.
    pub fn is_judged(&self) -> bool {
        self.report.whole && !self.broken_rules().any(|_| true)
    }

    /// What is wrong with rules of the user's.
    fn broken_rules(&self) -> impl Iterator<Item = &Finding> {
        self.report.findings.iter().filter(|finding| finding.rule.starts_with("pack/"))
    }

    /// Why it was not judged: every mistake of its text, or of the rules.
    pub fn reasons(&self) -> Vec<&Finding> {
        if self.report.whole { self.broken_rules().collect() } else { self.report.findings.iter().collect() }
    }
}

/// What changes between two designs. Where one of them could not be judged there is nothing but these.
#[derive(Debug)]
pub struct Difference<'a> {
    /// The old design.
    pub old: Design<'a>,
    /// The new design.
    pub new: Design<'a>,
    /// Findings.
    pub findings: Findings<'a>,
    /// Figures.
    pub figures: Figures<'a>,
    /// Failures and claims.
    pub failures: Failures,
    /// Things and what is said of them.
    pub things: Things,
    /// Things that have another name.
    pub renamed: Vec<Renamed>,
    /// Names that `was` gives and the old design does not have.
    pub unknown_names: Vec<UnknownName>,
}

/// How much got worse.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Worse {
    /// Violations that fail a run and did not before.
    pub violations: usize,
    /// Rules that cannot be decided, where that fails a run and did not before.
    pub questions: usize,
    /// Single failures that lose what they did not lose before.
    pub failures: usize,
    /// Claims that were kept and are no more.
    pub claims: usize,
}

impl Worse {
    /// Whether anything did.
    pub fn any(self) -> bool {
        self != Self::default()
    }
}

impl Difference<'_> {
    /// How much got worse.
    pub fn worse(&self) -> Worse {
        let appeared = self.findings.appeared.iter().filter(|own| own.fails).map(|own| own.finding);
        let changed = self.findings.changed.iter().filter(|own| own.fails).map(|own| own.new);
        let failing: Vec<&Finding> = appeared.chain(changed).collect();
        let questions = failing.iter().filter(|finding| finding.outcome == FindingOutcome::Unproven).count();
        Worse {
            violations: failing.len() - questions,
            questions,
            failures: self.failures.newly_lost(),
            claims: self.failures.claims.iter().filter(|claim| claim.is_lost()).count(),
        }
    }

    /// Whether both designs could be judged.
    pub fn is_whole(&self) -> bool {
        self.old.is_judged() && self.new.is_judged()
    }

    /// Whether the two are the same in everything that is compared.
    pub fn is_empty(&self) -> bool {
        let Self { findings, figures, failures, things, renamed, unknown_names, .. } = self;
        let no_findings = findings.appeared.is_empty() && findings.changed.is_empty() && findings.vanished.is_empty();
        let no_figures = figures.moved.is_empty() && figures.appeared.is_empty() && figures.vanished.is_empty();
        let no_failures = failures.cut_sets.is_empty()
            && failures.claims.is_empty()
            && failures.undecided.is_empty()
            && failures.decided.is_empty();
        let no_things = things.added.is_empty()
            && things.removed.is_empty()
            && things.changed.is_empty()
            && things.components.is_empty();
        no_findings && no_figures && no_failures && no_things && renamed.is_empty() && unknown_names.is_empty()
    }

    /// Exit code: 0 where nothing got worse, 1 where something did, 3 where one of the designs could not be judged.
    pub fn exit_code(&self) -> u8 {
        if self.is_whole() { u8::from(self.worse().any()) } else { 3 }
    }
}

/// Compares two designs; the verdict says which findings fail a run.
pub fn compare<'a>(old: &Side<'a, '_, '_>, new: &Side<'a, '_, '_>, verdict: (FailOn, Unproven)) -> Difference<'a> {
    let design = |side: &Side<'a, '_, '_>| Design { name: side.name, sources: side.sources, report: side.report };
    let mut difference = Difference {
        old: design(old),
        new: design(new),
        findings: Findings::default(),
        figures: Figures::default(),
        failures: Failures::default(),
        things: Things::default(),
        renamed: Vec::new(),
        unknown_names: Vec::new(),
    };
    let (Some(before), Some(now), true) = (old.proof, new.proof, difference.is_whole()) else { return difference };
    let mut renames = Renames::between(&old.reading.design, &new.reading.design);
    difference.findings = findings::compare(old, new, &renames, verdict);
    difference.figures = figures::compare(old.figures, new.figures, &renames);
    difference.failures = failures::compare(before, now, &renames);
    difference.things = things::compare(old, new, &renames);
    difference.renamed = std::mem::take(&mut renames.renamed);
    difference.unknown_names = renames.unknown;
    difference
}
