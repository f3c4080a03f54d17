//! The tree of a document, in the order it was written.

use compact_str::CompactString;

use super::{Span, Spanned};
use crate::words::Said;
use crate::words::kinds;

/// A value with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// Place of the value; for a table with a header, the header.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Text.
    Text(CompactString),
    /// A whole number.
    Integer(i64),
    /// A whole number that does not fit 64 bits, as written.
    HugeInteger(CompactString),
    /// A number with a fraction or an exponent.
    Float(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// A date or time, as written.
    Datetime(CompactString),
    /// A list.
    List(Vec<Value>),
    /// A table.
    Table(Table),
}

impl Kind {
    /// What the value is, in words for people.
    pub fn said(&self) -> Said {
        match self {
            Self::Text(_) => kinds::text(),
            Self::Integer(_) | Self::HugeInteger(_) => kinds::whole_number(),
            Self::Float(_) => kinds::number_with_fraction(),
            Self::Boolean(_) => kinds::true_or_false(),
            Self::Datetime(_) => kinds::date(),
            Self::List(_) => kinds::list(),
            Self::Table(_) => kinds::table(),
        }
    }
}

/// Keys and values in the order they were written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table(pub Vec<Entry>);

/// A key and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Spanned<CompactString>,
    /// Its value.
    pub value: Value,
}

impl Table {
    /// The entry with this key.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.key.value == key)
    }

    fn position(&self, key: &str) -> Option<usize> {
        self.0.iter().position(|entry| entry.key.value == key)
    }
}

/// A key that two files define.
#[derive(Debug, Clone, PartialEq)]
pub struct Duplicate {
    /// Dotted path of the key.
    pub path: String,
    /// Where it was first.
    pub first: Span,
    /// Where it came again; this value is not used.
    pub second: Span,
}

/// Adds the keys of an included file. Tables merge, lists of tables are joined, and any other key that both
/// define is a duplicate.
pub fn merge(into: &mut Table, from: Table, duplicates: &mut Vec<Duplicate>) {
    merge_at("", into, from, duplicates);
}

fn merge_at(path: &str, into: &mut Table, from: Table, duplicates: &mut Vec<Duplicate>) {
    let known: std::collections::HashMap<CompactString, usize> =
        into.0.iter().enumerate().map(|(index, entry)| (entry.key.value.clone(), index)).collect();
    for entry in from.0 {
        let Some(index) = known.get(&entry.key.value) else {
            into.0.push(entry);
            continue;
        };
        let present = &mut into.0[*index];
        let path = if path.is_empty() { entry.key.value.to_string() } else { format!("{path}.{}", entry.key.value) };
        match (&mut present.value.kind, entry.value.kind) {
            (Kind::Table(present), Kind::Table(more)) => merge_at(&path, present, more, duplicates),
            (Kind::List(present), Kind::List(more)) if of_tables(present) && of_tables(&more) => present.extend(more),
            _ => duplicates.push(Duplicate { path, first: present.key.span, second: entry.key.span }),
        }
    }
}

/// Lays one document over another: tables merge, lists of tables are joined, any other value is replaced.
pub fn lay_over(base: &mut Table, over: Table) {
    for entry in over.0 {
        let Some(index) = base.position(&entry.key.value) else {
            base.0.push(entry);
            continue;
        };
        let present = &mut base.0[index];
        match (&mut present.value.kind, entry.value.kind) {
            (Kind::Table(present), Kind::Table(over)) => lay_over(present, over),
            (Kind::List(present), Kind::List(over)) if of_tables(present) && of_tables(&over) => present.extend(over),
            (_, kind) => *present = Entry { key: entry.key, value: Value { span: entry.value.span, kind } },
        }
    }
}

/// Takes out the value at a path of keys; says whether it was there.
pub fn remove(table: &mut Table, path: &[&str]) -> bool {
    let [key, rest @ ..] = path else { return false };
    let Some(index) = table.position(key) else { return false };
    if rest.is_empty() {
        table.0.remove(index);
        return true;
    }
    match &mut table.0[index].value.kind {
        Kind::Table(inner) => remove(inner, rest),
        _ => false,
    }
}

fn of_tables(list: &[Value]) -> bool {
    !list.is_empty() && list.iter().all(|value| matches!(value.kind, Kind::Table(_)))
}
