//! Phrases in which markup stands.

use std::borrow::Borrow;

use maud::{Markup, html};

use super::Dossier;
use crate::report::clean::clean_line;
use crate::words::Said;

/// What stands around the number of a slot in a text that is said, until its markup takes its place. A text that is
/// said in full has none of these.
const SLOT: [char; 2] = ['\u{e}', '\u{f}'];

impl Dossier<'_> {
    /// In the language of the report, on one line.
    pub(super) fn say(&self, said: impl Into<Said>) -> String {
        clean_line(&said.into().say(self.language)).into_owned()
    }

    /// Several things in the language of the report, with a sign between them.
    pub(super) fn say_each(&self, said: &[Said], sign: &str) -> String {
        said.iter().map(|said| self.say(said)).collect::<Vec<_>>().join(sign)
    }

    /// A phrase with markup in its slots.
    pub(super) fn set<const SLOTS: usize>(
        &self,
        phrase: impl FnOnce([Said; SLOTS]) -> Said,
        markup: &[Markup; SLOTS],
    ) -> Markup {
        let [open, close] = SLOT;
        let slots = std::array::from_fn(|index| Said::from(format!("{open}{index}{close}")));
        let text = phrase(slots).say(self.language).into_owned();
        let mut pieces = text.split(open);
        let before = pieces.next().unwrap_or_default();
        html! {
            (clean_line(before))
            @for (number, after) in pieces.filter_map(|piece| piece.split_once(close)) {
                @if let Some(markup) = number.parse::<usize>().ok().and_then(|index| markup.get(index)) { (markup) }
                (clean_line(after))
            }
        }
    }

    /// Entries as the language of the report enumerates them.
    pub(super) fn listed(&self, entries: impl IntoIterator<Item = Markup>) -> Markup {
        html! {
            @for (index, entry) in entries.into_iter().enumerate() {
                @if index > 0 { (self.language.between()) }
                (entry)
            }
        }
    }

    /// Names as the language of the report enumerates them.
    pub(super) fn names(&self, names: &[impl Borrow<str>]) -> String {
        clean_line(&names.join(self.language.between())).into_owned()
    }
}
