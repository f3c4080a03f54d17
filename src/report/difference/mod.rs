//! What changes between two designs, in each format.

mod headline;
mod html;
mod json;
mod lines;
mod markdown;
mod rows;
mod text;

use super::text::Style;
use crate::compare::Difference;

/// A format of the difference between two designs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text for people.
    Text,
    /// Markdown, for a comment at a merge request.
    Markdown,
    /// One page of HTML that loads nothing.
    Html,
    /// JSON for scripts.
    Json,
}

impl Format {
    /// Whether people read it; programs read the others.
    pub fn for_people(self) -> bool {
        self != Self::Json
    }

    /// Every format.
    pub const ALL: [Self; 4] = [Self::Text, Self::Markdown, Self::Html, Self::Json];

    /// Its name on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Json => "json",
        }
    }

    /// What it is for, in a few words.
    pub fn purpose(self) -> &'static str {
        match self {
            Self::Text => "what changes, for people",
            Self::Markdown => "a comment for a merge request",
            Self::Html => "a page that loads nothing, for reviewers",
            Self::Json => "everything, for scripts",
        }
    }

    /// The format of this name.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.word() == word)
    }
}

/// A difference in a format. Of the style only the language is for all of them.
pub fn render(format: Format, difference: &Difference<'_>, style: Style) -> String {
    match format {
        Format::Text => text::difference(difference, style),
        Format::Markdown => markdown::difference(difference, style.language),
        Format::Html => html::difference(difference, style.language),
        Format::Json => json::difference(difference, style.language),
    }
}
