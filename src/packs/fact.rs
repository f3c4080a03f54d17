//! What a field of a thing says, or the key that would say it.

use super::entities::{Kind, Thing};
use crate::design::{Names, Release, Text, Words};
use crate::quantity::{Dimension, Quantity};
use crate::source::{Span, Spanned};

/// The value of a field, where it is known.
#[derive(Debug, Clone)]
pub(super) enum Data<'v> {
    Bool(bool),
    /// A number, in the base unit of what it measures.
    Number(f64),
    Text(&'v str),
    Texts(Vec<&'v str>),
    Numbers(Vec<f64>),
    Thing(Thing<'v>),
    Things(Vec<Thing<'v>>),
    /// Everything of a kind that the design has.
    All(Kind),
}

/// What a field says, and where that is written.
#[derive(Debug, Clone)]
pub(super) struct Fact<'v> {
    /// The value, or the path of the key that is missing.
    pub(super) value: Result<Data<'v>, String>,
    pub(super) span: Option<Span>,
}

impl<'v, T: Into<Data<'v>>> From<T> for Fact<'v> {
    fn from(value: T) -> Self {
        Self { value: Ok(value.into()), span: None }
    }
}

impl Fact<'_> {
    pub(super) fn missing(path: String) -> Self {
        Self { value: Err(path), span: None }
    }
}

/// A key's value, or the path of the key where it is not written.
pub(super) fn said<T: Worth>(key: Option<&Spanned<T>>, path: impl FnOnce() -> String) -> Fact<'_> {
    match key {
        Some(key) => Fact { value: Ok(key.value.worth()), span: Some(key.span) },
        None => Fact::missing(path()),
    }
}

/// A value that follows from several keys, or the path of the key that is missing.
pub(super) fn known<'v>(value: Option<impl Into<Data<'v>>>, path: impl FnOnce() -> String) -> Fact<'v> {
    value.map_or_else(|| Fact::missing(path()), Fact::from)
}

/// A value as it is written, for rules.
pub(super) trait Worth {
    fn worth(&self) -> Data<'_>;
}

impl<D: Dimension> Worth for Quantity<D> {
    fn worth(&self) -> Data<'_> {
        Data::Number(self.base())
    }
}

impl<T: Words> Worth for T {
    fn worth(&self) -> Data<'_> {
        Data::Text(self.word())
    }
}

macro_rules! worth {
    ($($type:ty, $value:ident => $data:expr;)*) => {
        $( impl Worth for $type {
            fn worth(&self) -> Data<'_> {
                let $value = self;
                $data
            }
        } )*
    };
}

worth! {
    u32, number => Data::Number(f64::from(*number));
    u64, number => Data::Number(*number as f64);
    f64, number => Data::Number(*number);
    bool, answer => Data::Bool(*answer);
    String, text => Data::Text(text);
    Text, text => Data::Text(text);
    Names, names => Data::Texts(names.iter().collect());
    Release, release => Data::Number(f64::from(release.major) + f64::from(release.minor) / 100.0);
    Vec<Spanned<String>>, texts => Data::Texts(texts.iter().map(|text| text.value.as_str()).collect());
    Vec<Spanned<Text>>, texts => Data::Texts(texts.iter().map(|text| text.value.as_str()).collect());
    Vec<Spanned<u32>>, numbers => Data::Numbers(numbers.iter().map(|number| f64::from(number.value)).collect());
}

macro_rules! data {
    ($($type:ty, $value:ident => $data:expr;)*) => {
        $( impl<'v> From<$type> for Data<'v> {
            fn from($value: $type) -> Self {
                $data
            }
        } )*
    };
}

data! {
    bool, answer => Data::Bool(answer);
    f64, number => Data::Number(number);
    u32, count => Data::Number(f64::from(count));
    usize, count => Data::Number(count as f64);
    &'v str, text => Data::Text(text);
    Vec<&'v str>, texts => Data::Texts(texts);
    Thing<'v>, thing => Data::Thing(thing);
    Vec<Thing<'v>>, things => Data::Things(things);
    Kind, kind => Data::All(kind);
}

impl<D: Dimension> From<Quantity<D>> for Data<'_> {
    fn from(quantity: Quantity<D>) -> Self {
        Data::Number(quantity.base())
    }
}
