//! What is handed in with a change request: a design's verdict, findings, questions, figures and proof in one file that
//! needs nothing else, as HTML or Markdown.

mod charts;
mod coverage;
mod figures;
mod findings;
mod inputs;
mod ledgers;
mod markdown;
mod marked;
mod page;
mod parts;
mod picture;
mod survival;

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::capacity::{Figure, Value};
use crate::catalogue::{self, Rule};
use crate::check::{Checked, Finding, Outcome};
use crate::drawing::Drawing;
use crate::failure::{Kept, Proof};
use crate::parts::Parts;
use crate::report::json::TOOL;
use crate::settings::{FailOn, Unproven};
use crate::words::{Language, Said};
use crate::words::{dossier as words, told};

/// A judged design with everything that a reviewer signs.
#[derive(Debug, Clone, Copy)]
pub struct Dossier<'a> {
    /// The design with its texts and findings.
    pub checked: &'a Checked,
    /// Name that the design gives itself.
    pub title: Option<&'a str>,
    /// Texts of the user's rules.
    pub own: &'a [Rule<'a>],
    /// Its figures.
    pub figures: &'a [Figure],
    /// What it survives; nothing where it could not be read.
    pub proof: Option<&'a Proof<'a, 'a>>,
    /// Its picture; nothing where there is none to draw.
    pub drawing: Option<&'a Drawing>,
    /// What to buy and how it is cabled; nothing where it could not be read.
    pub parts: Option<&'a Parts>,
    /// Day of the report, YYYY-MM-DD, where one is given.
    pub date: Option<&'a str>,
    /// What fails it.
    pub policy: (FailOn, Unproven),
    /// Its language.
    pub language: Language,
}

/// What a design came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Passes,
    /// Nothing fails it, but rules cannot be decided.
    Open,
    Fails,
    Unread,
}

impl Verdict {
    fn of(dossier: &Dossier<'_>) -> Self {
        match dossier.checked.report.exit_code(dossier.policy) {
            0 if super::told::open(&dossier.checked.report).next().is_some() => Self::Open,
            0 => Self::Passes,
            1 => Self::Fails,
            _ => Self::Unread,
        }
    }

    fn said(self) -> Said {
        match self {
            Self::Passes => words::passes(),
            Self::Open => words::passes_with_questions(),
            Self::Fails => words::does_not_pass(),
            Self::Unread => words::could_not_be_read(),
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Passes => "holds",
            Self::Open => "unproven",
            Self::Fails | Self::Unread => "error",
        }
    }
}

/// A text of a design, to be compared with what is signed.
struct Text<'a> {
    name: &'a str,
    lines: usize,
    /// SHA-256 of its bytes.
    digest: String,
}

impl<'a> Dossier<'a> {
    fn texts(&self) -> Vec<Text<'a>> {
        let written = self.checked.sources.iter().filter(|source| source.name != source.text);
        written
            .map(|source| {
                let digest = Sha256::digest(source.text.as_bytes());
                let digest = digest.iter().fold(String::new(), |mut digits, byte| {
                    // Writing to a string cannot fail.
                    let _ = write!(digits, "{byte:02x}");
                    digits
                });
                Text { name: source.shown_name(), lines: source.text.lines().count(), digest }
            })
            .collect()
    }

    /// Violations that count, the worst first, and at one weight by place.
    fn violations(&self) -> Vec<&'a Finding> {
        let mut counting: Vec<&Finding> =
            self.checked.report.findings.iter().filter(|finding| finding.counts()).collect();
        counting.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        counting
    }

    /// Texts of a rule, of the catalogue or of the user.
    fn rule(&self, id: &str) -> Option<&'a Rule<'a>> {
        let rule = catalogue::rule(id).or_else(|| self.own.iter().find(|rule| rule.id == id))?;
        Some(self.language.rule(rule))
    }

    /// Everything that was assumed, each once, with what it was assumed for.
    fn assumptions(&self) -> Vec<(String, Vec<&'a str>)> {
        let figures = self.figures.iter().map(|figure| (figure.text.id, &figure.assumed));
        let findings = self.checked.report.findings.iter().map(|finding| (finding.rule.as_ref(), &finding.assumed));
        let mut all: Vec<(String, Vec<&str>)> = Vec::new();
        for (what, assumed) in figures.chain(findings) {
            for assumption in assumed.iter().map(|assumption| self.say(assumption)) {
                match all.iter_mut().find(|(known, _)| *known == assumption) {
                    Some((_, whats)) if whats.contains(&what) => {}
                    Some((_, whats)) => whats.push(what),
                    None => all.push((assumption, vec![what])),
                }
            }
        }
        all
    }

    /// Claims of the design and what became of them.
    fn claims(&self) -> Vec<Kept<'a>> {
        self.proof.map(crate::failure::kept).unwrap_or_default()
    }

    fn unknown_figures(&self) -> usize {
        self.figures.iter().filter(|figure| matches!(figure.value, Value::Unknown(_))).count()
    }

    fn outcomes(&self, outcome: Outcome) -> usize {
        self.checked.report.coverage.iter().filter(|entry| entry.outcome == outcome).count()
    }

    /// The name that stands above the report.
    fn heading(&self) -> &'a str {
        self.title.unwrap_or(&self.checked.name)
    }

    /// The verdict in one sentence.
    fn sentence(&self) -> Said {
        let report = &self.checked.report;
        let counts = &report.summary;
        if !report.whole {
            return words::not_judged(told::errors(counts.errors));
        }
        let mut parts = vec![
            told::errors(counts.errors),
            told::warnings(counts.warnings),
            told::notes(counts.notes),
            words::questions_open(super::told::missing_facts(report).len()),
        ];
        if counts.suppressed > 0 {
            parts.push(words::findings_accepted(counts.suppressed));
        }
        words::counted(parts)
    }
}

/// Name and version of the program.
fn made_with() -> String {
    format!("{} {}", TOOL.name, TOOL.version)
}

/// Rules by what became of them.
#[derive(Clone, Copy)]
struct Counted {
    holds: usize,
    violated: usize,
    unproven: usize,
    not_applicable: usize,
    set_aside: usize,
    off: usize,
}

impl Counted {
    fn applying(self) -> usize {
        self.holds + self.violated + self.unproven
    }

    /// What became of those that apply.
    fn judged(self) -> Said {
        let parts = [
            words::rules_hold(self.holds),
            words::rules_violated(self.violated),
            words::rules_undecided(self.unproven),
        ];
        parts.to_vec().into()
    }

    /// What became of the others.
    fn others(self) -> Said {
        let mut parts = vec![words::rules_not_applying(self.not_applicable), words::rules_set_aside(self.set_aside)];
        if self.off > 0 {
            parts.push(words::rules_off(self.off));
        }
        parts.into()
    }
}

/// The report as one HTML page, which loads nothing.
pub fn html(dossier: &Dossier<'_>) -> String {
    page::page(dossier)
}

/// The report as Markdown.
pub fn markdown(dossier: &Dossier<'_>) -> String {
    markdown::document(dossier)
}
