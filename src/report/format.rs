//! The formats that a run can be shown in.

use super::text::Style;
use super::{concise, github, gitlab, json, junit, markdown, sarif, text};
use crate::check::Checked;

/// A format of the findings of a run. All hold the same findings, accepted and unproven ones included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Text for people, with the lines that findings are about.
    Text,
    /// One line for each finding.
    Concise,
    /// JSON for scripts.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// Workflow commands, which GitHub shows as annotations.
    Github,
    /// A Code Quality report, which GitLab shows at a merge request.
    Gitlab,
    /// `JUnit` XML.
    Junit,
    /// Markdown, for a comment at a change request.
    Markdown,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 8] =
        [Self::Text, Self::Concise, Self::Json, Self::Sarif, Self::Github, Self::Gitlab, Self::Junit, Self::Markdown];

    /// Its name on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
        }
    }

    /// What it is for, in a few words.
    pub fn purpose(self) -> &'static str {
        match self {
            Self::Text => "findings with their lines, for people",
            Self::Concise => "a line for each finding, for editors and grep",
            Self::Json => "everything, for scripts",
            Self::Sarif => "SARIF 2.1.0, for code scanning",
            Self::Github => "annotations of GitHub Actions",
            Self::Gitlab => "Code Quality report of GitLab",
            Self::Junit => "JUnit XML, for CI servers",
            Self::Markdown => "a comment for a change request",
        }
    }

    /// Whether people read it; programs read the others.
    pub fn for_people(self) -> bool {
        matches!(self, Self::Text | Self::Concise | Self::Markdown)
    }

    /// The format of this name.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.word() == word)
    }
}

/// A run in a format. Width and colours are for text alone.
pub fn render(format: Format, designs: &[Checked], style: Style) -> String {
    match format {
        Format::Text => designs.iter().map(|design| text::check(design, style)).collect::<Vec<_>>().join("\n"),
        Format::Concise => concise::check(designs, style.language),
        Format::Json => json::check(designs, style.language),
        Format::Sarif => sarif::check(designs, style.language),
        Format::Github => github::check(designs, style.language),
        Format::Gitlab => gitlab::check(designs, style.language),
        Format::Junit => junit::check(designs, style.language),
        Format::Markdown => markdown::check(designs, style.language),
    }
}
