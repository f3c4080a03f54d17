//! One declaration per table of the language: it makes the struct, its reader and its list of fields.

use std::ops::RangeInclusive;

use super::read::Reader;
use crate::quantity::Unit;
use crate::source::{self, Span};
use crate::words::Said;
use crate::words::expected;

/// A key of a table, as the manual and the reader know it.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// What it means.
    pub doc: &'static str,
    /// Whether the table is of no use without it.
    pub required: bool,
    /// What may stand there.
    pub shape: &'static Shape,
    /// Smallest and largest whole number, where there are bounds.
    pub range: Option<(i64, i64)>,
}

/// What may stand at a key.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// In words, with an example: `a size such as "1.92 TB"`.
    pub expects: fn() -> Said,
    /// Its form.
    pub form: Form,
}

impl Shape {
    /// In words, with an example: `a size such as "1.92 TB"`.
    pub fn expected(&self) -> Said {
        (self.expects)()
    }

    /// Whether the same is expected.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.expected() == other.expected()
    }
}

/// Form of a value.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// Text.
    Text,
    /// Text that this regular expression describes.
    Spelled(&'static str),
    /// Text with a number and one of these units.
    Quantity(&'static [Unit]),
    /// `true` or `false`.
    Switch,
    /// A whole number from 0 to this one.
    Whole(i64),
    /// A number from 0 upward, with a fraction or without.
    Number,
    /// One of these words.
    Words(&'static [&'static str]),
    /// A table with these fields.
    Table(fn() -> &'static [Field]),
    /// A list; one value alone is a list of one.
    List(&'static Shape),
    /// A table whose keys are names.
    Named(&'static Shape),
    /// The first or the second.
    Either(&'static Shape, &'static Shape),
}

/// A table of the language.
pub trait Table {
    /// What the table is.
    const DOC: &'static str;
    /// Its keys.
    fn fields() -> &'static [Field];
    /// Reads what stands at a place; answers nothing if a required key cannot be had.
    fn from_table(table: &source::Table, place: Span, reader: &mut Reader) -> Option<Self>
    where
        Self: Sized;
}

/// A closed set of words.
pub trait Words: Sized + Copy + 'static {
    /// All of them, as written.
    const WORDS: &'static [&'static str];
    /// The value a word stands for.
    fn from_word(word: &str) -> Option<Self>;
    /// The word as written.
    fn word(self) -> &'static str;
}

/// The key that a field of a struct is read from; `r#where` stands for `where`.
pub(crate) fn key(field: &'static str) -> &'static str {
    field.strip_prefix("r#").unwrap_or(field)
}

pub(crate) fn bounds(range: &RangeInclusive<i64>) -> (i64, i64) {
    (*range.start(), *range.end())
}

/// Words that may be written, in quotes.
pub(crate) fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
}

/// What is expected where one of some words may be written.
pub(crate) fn one_of(words: &[&str]) -> Said {
    expected::one_of(quoted(words))
}

macro_rules! table {
    (@range) => { None };
    (@range $range:expr) => { Some($crate::design::table::bounds(&($range))) };
    (@required) => { false };
    (@required required) => { true };
    (
        $(#[doc = $doc:literal])*
        pub struct $name:ident {
            $( $(#[doc = $field_doc:literal])* $field:ident $([$required:ident])? : $type:ty $(=> $range:expr)?, )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Default)]
        pub struct $name {
            $( $(#[doc = $field_doc])* pub $field: Option<$crate::source::Spanned<$type>>, )*
            /// Keys that were written but not, or not wholly, read.
            #[allow(dead_code, reason = "not every table's gaps are asked for")]
            pub unread: Vec<&'static str>,
        }

        impl $crate::design::table::Table for $name {
            const DOC: &'static str = concat!($($doc),*);

            fn fields() -> &'static [$crate::design::table::Field] {
                static FIELDS: std::sync::LazyLock<Vec<$crate::design::table::Field>> = std::sync::LazyLock::new(|| vec![
                    $( $crate::design::table::Field {
                        name: $crate::design::table::key(stringify!($field)),
                        doc: concat!($($field_doc),*),
                        required: table!(@required $($required)?),
                        shape: &<$type as $crate::design::read::FromValue>::SHAPE,
                        range: table!(@range $($range)?),
                    }, )*
                ]);
                &FIELDS
            }

            fn from_table(
                table: &$crate::source::Table,
                place: $crate::source::Span,
                reader: &mut $crate::design::read::Reader,
            ) -> Option<Self> {
                let fields = Self::fields();
                let mut keys = $crate::design::read::Keys::new(table, place, fields);
                let mut fields = fields.iter();
                // The fields stand in the order of the struct.
                let table = Self { $( $field: fields.next().and_then(|field| keys.take(field, reader)), )* unread: Vec::new() };
                keys.finish(reader).map(|unread| Self { unread, ..table })
            }
        }

        impl $crate::design::read::FromValue for $name {
            const SHAPE: $crate::design::table::Shape = $crate::design::table::Shape {
                expects: $crate::words::kinds::table,
                form: $crate::design::table::Form::Table(<$name as $crate::design::table::Table>::fields),
            };

            fn from_value(
                value: &$crate::source::Value,
                reader: &mut $crate::design::read::Reader,
            ) -> Option<Self> {
                let table = reader.table(value, <Self as $crate::design::table::Table>::fields())?;
                <Self as $crate::design::table::Table>::from_table(table, value.span, reader)
            }
        }
    };
}

macro_rules! words {
    (
        $(#[doc = $doc:literal])*
        pub enum $name:ident { $( $variant:ident = $word:literal ),* $(,)? }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $( #[doc = concat!("`", $word, "`")] $variant, )*
        }

        impl $crate::design::table::Words for $name {
            const WORDS: &'static [&'static str] = &[$($word),*];

            fn from_word(word: &str) -> Option<Self> {
                match word { $( $word => Some(Self::$variant), )* _ => None }
            }

            fn word(self) -> &'static str {
                match self { $( Self::$variant => $word, )* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str($crate::design::table::Words::word(*self))
            }
        }

        impl $crate::design::read::FromValue for $name {
            const SHAPE: $crate::design::table::Shape = $crate::design::table::Shape {
                expects: || $crate::design::table::one_of(<$name as $crate::design::table::Words>::WORDS),
                form: $crate::design::table::Form::Words(<$name as $crate::design::table::Words>::WORDS),
            };

            fn from_value(
                value: &$crate::source::Value,
                reader: &mut $crate::design::read::Reader,
            ) -> Option<Self> {
                reader.word(value)
            }
        }
    };
}

pub(crate) use {table, words};
