//! The formats that a run can be shown in.

use super::text::Style;
use super::{json, text};
use crate::check::Checked;

/// A format of the findings of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Text for people, with the lines that findings are about.
    Text,
    /// JSON for scripts.
    Json,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 2] = [Self::Text, Self::Json];

    /// Its name on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }

    /// What it is for, in a few words.
    pub fn purpose(self) -> &'static str {
        match self {
            Self::Text => "findings with their lines, for people",
            Self::Json => "everything, for scripts",
        }
    }

    /// The format of this name.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.word() == word)
    }
}

/// A run in a format. The style is for text alone.
pub fn render(format: Format, designs: &[Checked], style: Style) -> String {
    match format {
        Format::Text => designs.iter().map(|design| text::check(design, style)).collect::<Vec<_>>().join("\n"),
        Format::Json => json::check(designs),
    }
}
