//! The language: from the tree of a document to a typed design, with every mistake in one run.
//!
//! Reading never stops at a mistake: what is sound is read, what is not is left out and named. References
//! between tables are resolved later, by the topology.

mod guesses;
mod names;
mod names_before;
pub(crate) mod read;
pub(crate) mod table;
mod tables;

pub use names::{Assigned, LONGEST_RANGE, Mismatch, Names, PerDevice, Run, Series, collapse, expand};
pub use names_before::{NameEntry, NameTable, WAS, name_tables};
pub use read::{FromValue, Item, Mistake, MistakeKind, Named, Reader, nearest};
pub use table::{Field, Form, Shape, Table, Words};
pub use tables::*;

use crate::source;

/// A text of the language: a short one, as most names are, needs no room of its own in memory.
pub type Text = compact_str::CompactString;

/// Reads a document as a design.
pub fn read(document: &source::Table, root: source::Span) -> (Design, Vec<Mistake>) {
    let mut reader = Reader::default();
    let design = Design::from_table(document, root, &mut reader).unwrap_or_default();
    (design, reader.into_mistakes())
}
