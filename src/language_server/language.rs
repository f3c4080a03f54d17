//! What the language has at a path of keys.

use crate::design::{Design, Field, Form, Shape, Table};
use crate::quantity::Unit;
use crate::report::reference::takes;

/// What stands at a path.
#[derive(Clone, Copy)]
pub(super) enum Known {
    /// A table with these keys.
    Keys(&'static [Field]),
    /// A table by name, with entries of this shape.
    Entries(&'static Shape),
    /// A value.
    Value(&'static Shape),
}

/// What stands at a path.
pub(super) fn known(path: &[String]) -> Option<Known> {
    path.iter().try_fold(Known::Keys(Design::fields()), |known, key| below(known, key))
}

/// The key at a path.
pub(super) fn field(path: &[String]) -> Option<&'static Field> {
    let (key, table) = path.split_last()?;
    match known(table)? {
        Known::Keys(fields) => fields.iter().find(|field| field.name == key),
        Known::Entries(_) | Known::Value(_) => None,
    }
}

fn below(known: Known, key: &str) -> Option<Known> {
    match known {
        Known::Keys(fields) => fields.iter().find(|field| field.name == key).map(|field| reached(field.shape)),
        Known::Entries(entry) => Some(reached(entry)),
        Known::Value(Shape { form: Form::Either(_, by_name), .. }) => below(reached(by_name), key),
        Known::Value(_) => None,
    }
}

fn reached(shape: &'static Shape) -> Known {
    match shape.form {
        Form::Table(fields) => Known::Keys(fields()),
        Form::Named(entry) => Known::Entries(entry),
        Form::List(item) => match reached(item) {
            Known::Value(_) => Known::Value(shape),
            table => table,
        },
        _ => Known::Value(shape),
    }
}

/// Whether a key has tables below it, as a header names them.
pub(super) fn opens_table(field: &Field) -> bool {
    !matches!(reached(field.shape), Known::Value(_))
}

/// The words a value may be.
pub(super) fn words(shape: &Shape) -> &'static [&'static str] {
    match shape.form {
        Form::Words(words) => words,
        Form::Switch => &["true", "false"],
        Form::List(item) => words(item),
        _ => &[],
    }
}

/// Whether a value stands in quotes.
pub(super) fn in_quotes(shape: &Shape) -> bool {
    !matches!(shape.form, Form::Switch)
}

/// The manual's text about a key, in Markdown.
pub(super) fn manual(field: &Field) -> String {
    let units = match field.shape.form {
        Form::Quantity(units) => {
            let symbols: Vec<&str> = units.iter().map(|Unit { symbol, .. }| *symbol).collect();
            format!("\n\nUnits: {}", symbols.join(", "))
        }
        _ => String::new(),
    };
    format!("{}\n\nValue: {}{units}", field.doc.trim(), takes(field))
}
