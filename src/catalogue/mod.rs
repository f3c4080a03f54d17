//! The words and numbers of every rule and figure, built in from `rules/` at compile time. No logic.

mod evidence;
mod said;
mod values;

pub use evidence::{Evidence, EvidenceValue};

pub use values::{Parameter, Refusal, Values};

use std::ops::Deref;

use crate::design::{Environment, Release};
use crate::words::{self, Said};

/// Where a rule comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// The five source documents.
    Documents,
    /// Today's text of Proxmox, Ceph, Corosync, the kernel or an RFC.
    Official,
    /// Experience, without a text that states it.
    Practice,
}

impl Origin {
    /// The word as written in `rules/`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Documents => "documents",
            Self::Official => "official",
            Self::Practice => "practice",
        }
    }

    /// For people.
    pub fn said(self) -> Said {
        match self {
            Self::Documents => words::names::documents(),
            Self::Official => words::names::official(),
            Self::Practice => words::names::practice(),
        }
    }
}

/// How bad a violation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Advice, or a fact to know.
    Note,
    /// A recommendation is broken, or one failure is left before an outage.
    Warning,
    /// It does not start, a text forbids it, or data is lost by design.
    Error,
}

impl Severity {
    /// The word as written in `rules/`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// For people.
    pub fn said(self) -> Said {
        match self {
            Self::Note => words::names::note(),
            Self::Warning => words::names::warning(),
            Self::Error => words::names::error(),
        }
    }
}

/// A list that is built in, or that was read with a pack of rules.
#[derive(Debug, Clone)]
pub enum Listed<'a, T> {
    /// Built in.
    BuiltIn(&'a [T]),
    /// Read at run time.
    Read(Vec<T>),
}

impl<T> Deref for Listed<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::BuiltIn(list) => list,
            Self::Read(list) => list,
        }
    }
}

/// The texts of a rule.
#[derive(Debug, Clone)]
pub struct Rule<'a> {
    /// `area/name`.
    pub id: &'a str,
    /// Area.
    pub area: &'a str,
    /// Name within the area.
    pub name: &'a str,
    /// Where it comes from.
    pub origin: Origin,
    /// How bad a violation is, in production and in a lab.
    pub severity: [Severity; 2],
    /// What a violation is, in one line.
    pub summary: &'a str,
    /// Why it hurts.
    pub rationale: &'a str,
    /// What to change.
    pub remediation: &'a str,
    /// When it applies.
    pub applies: &'a str,
    /// What to ask where a fact is missing.
    pub question: Option<&'a str>,
    /// The message, with names of evidence in braces.
    pub message: &'a str,
    /// First release of Proxmox VE it applies to.
    pub from: Option<Release>,
    /// Release of Proxmox VE from which it applies no more.
    pub below: Option<Release>,
    /// Rules whose violation about the same subject makes a violation of this one a consequence.
    pub caused_by: &'a [&'a str],
    /// Rules of another origin that state something else.
    pub conflicts: &'a [&'a str],
    /// How the texts differ.
    pub conflict: Option<&'a str>,
    /// Texts for related places.
    pub labels: &'a [(&'a str, &'a str)],
    /// The edit that it offers, where there is one right one.
    pub fix: Option<FixText<'a>>,
    /// Where it is stated.
    pub sources: Listed<'a, Citation<'a>>,
    /// Its thresholds.
    pub parameters: Listed<'a, ParameterText<'a>>,
    /// Why a configuration cannot change the thresholds, where it cannot.
    pub fixed: Option<&'a str>,
    /// Whether a finding can be accepted.
    pub suppressible: bool,
    /// A design, or a part of one, that violates it.
    pub example_violated: Option<&'a str>,
    /// The same part as it should be.
    pub example_holds: Option<&'a str>,
}

impl Rule<'_> {
    /// How bad a violation is where the design is meant to run.
    pub fn severity_in(&self, environment: Environment) -> Severity {
        match environment {
            Environment::Production => self.severity[0],
            Environment::Lab => self.severity[1],
        }
    }

    /// The text for a related place; none where there is none of this name.
    pub fn label(&self, name: &str) -> &str {
        self.labels.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text)
    }

    /// File of the cases of a rule of the catalogue, from which its examples are; not every rule has one.
    pub fn case_file(&self) -> String {
        format!("fixtures/rules/{}.toml", self.id)
    }
}

/// An edit that a rule offers.
#[derive(Debug, Clone)]
pub struct FixText<'a> {
    /// What it does, as an instruction, with names of evidence in braces.
    pub title: &'a str,
    /// What stands at the place afterwards, with names of evidence in braces.
    pub write: &'a str,
    /// What it does and when it is offered, for the manual.
    pub does: &'a str,
}

/// A place in a source.
#[derive(Debug, Clone)]
pub struct Citation<'a> {
    /// Key of the source.
    pub work: &'a str,
    /// Whether it is one of the five documents.
    pub document: bool,
    /// Lines of a document, section of a guide.
    pub place: Option<&'a str>,
    /// What it states, in short.
    pub says: &'a str,
}

impl Citation<'_> {
    /// The place in one line, for people.
    pub fn describe(&self) -> String {
        format!("{} ({})", self.place(), self.says)
    }

    /// The text and where in it.
    fn place(&self) -> String {
        let title = work(self.work).map_or(self.work, |work| work.title);
        match (self.document, self.place) {
            (true, Some(lines)) => format!("{}:{lines}", self.work),
            (false, Some(section)) => format!("{title}, {section}"),
            (_, None) => title.to_owned(),
        }
    }
}

/// A source as a whole.
#[derive(Debug)]
pub struct Work {
    /// Key that citations use.
    pub key: &'static str,
    /// Title.
    pub title: &'static str,
    /// Title in its own language, for a document.
    pub original: Option<&'static str>,
    /// Version or date of the text.
    pub version: &'static str,
    /// Public address.
    pub url: Option<&'static str>,
    /// Day the statements cited from it were last gone through; the page itself may have changed since.
    pub read: Option<&'static str>,
}

/// A statement that no rule judges.
#[derive(Debug)]
pub struct WithoutRule {
    /// Where it is made.
    pub source: Citation<'static>,
    /// Why no rule judges it.
    pub reason: &'static str,
}

/// A threshold as written.
#[derive(Debug, Clone)]
pub struct ParameterText<'a> {
    /// Name.
    pub name: &'a str,
    /// Default with its unit.
    pub default: &'a str,
    /// Kind of quantity.
    pub kind: &'a str,
    /// Smallest and largest value allowed.
    pub range: Option<(&'a str, &'a str)>,
    /// What it is.
    pub doc: &'a str,
}

/// The texts of a figure.
#[derive(Debug)]
pub struct FigureText {
    /// Name.
    pub id: &'static str,
    /// Heading of the table that it is a step of, together with the figures beside it.
    pub table: Option<&'static str>,
    /// What it is, in one line.
    pub summary: &'static str,
    /// Unit.
    pub unit: &'static str,
    /// Formula in symbols.
    pub formula: &'static str,
    /// What the symbols mean and why.
    pub explanation: &'static str,
    /// Where it comes from.
    pub sources: &'static [Citation<'static>],
    /// Its constants.
    pub parameters: &'static [ParameterText<'static>],
}

/// Whether the rules of an area are about texts themselves: they are always judged and keep their severity.
pub fn about_text(area: &str) -> bool {
    matches!(area, "design" | "crush" | "config" | "pack")
}

/// The rule with this id.
pub fn rule(id: &str) -> Option<&'static Rule<'static>> {
    RULES.binary_search_by(|rule| rule.id.cmp(id)).ok().map(|index| &RULES[index])
}

/// The figure with this name.
pub fn figure(id: &str) -> Option<&'static FigureText> {
    FIGURES.iter().find(|figure| figure.id == id)
}

/// The source with this key.
pub fn work(key: &str) -> Option<&'static Work> {
    WORKS.iter().find(|work| work.key == key)
}

include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));
