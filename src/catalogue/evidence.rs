//! Named values that a finding is made of.

use std::borrow::Cow;
use std::fmt;

use crate::design::Text;
use crate::quantity::{Dimension, Endurance, Quantity, said_of};
use crate::words::Said;

/// A named value.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Name, as in the rule's message.
    pub name: Cow<'static, str>,
    /// Value.
    pub value: EvidenceValue,
}

impl Evidence {
    /// Names a value.
    pub fn new(name: impl Into<Cow<'static, str>>, value: impl Into<EvidenceValue>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

/// A value in a finding.
#[derive(Debug, Clone, PartialEq)]
pub enum EvidenceValue {
    /// A name, or what else is the same in every language.
    Text(String),
    /// Words.
    Words(Said),
    /// A number without unit.
    Number(f64),
    /// A number with its unit.
    Quantity {
        /// The number, unrounded.
        amount: f64,
        /// The unit's symbol.
        unit: &'static str,
        /// Number and unit for people.
        text: String,
    },
    /// Several names.
    List(Vec<String>),
}

impl EvidenceValue {
    /// For people.
    pub fn said(&self) -> Said {
        match self {
            Self::Text(text) => Said::Plain(Cow::Owned(text.clone())),
            Self::Quantity { text, unit, .. } => said_of(text.clone(), unit),
            Self::Words(said) => said.clone(),
            Self::Number(number) => Said::Plain(Cow::Owned(((number * 1000.0).round() / 1000.0).to_string())),
            Self::List(words) => Said::List(words.iter().map(Said::from).collect()),
        }
    }
}

/// In English.
impl fmt::Display for EvidenceValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.said().fmt(formatter)
    }
}

impl From<Said> for EvidenceValue {
    fn from(said: Said) -> Self {
        match said {
            Said::Plain(text) => Self::Text(text.into_owned()),
            said => Self::Words(said),
        }
    }
}

impl From<Vec<Said>> for EvidenceValue {
    fn from(said: Vec<Said>) -> Self {
        Self::Words(Said::List(said.into()))
    }
}

impl From<&str> for EvidenceValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for EvidenceValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u32> for EvidenceValue {
    fn from(count: u32) -> Self {
        Self::Number(f64::from(count))
    }
}

impl From<usize> for EvidenceValue {
    fn from(count: usize) -> Self {
        Self::Number(count as f64)
    }
}

impl From<f64> for EvidenceValue {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<Vec<Text>> for EvidenceValue {
    fn from(words: Vec<Text>) -> Self {
        Self::List(words.into_iter().map(String::from).collect())
    }
}

impl From<Vec<String>> for EvidenceValue {
    fn from(words: Vec<String>) -> Self {
        Self::List(words)
    }
}

impl From<Vec<&str>> for EvidenceValue {
    fn from(words: Vec<&str>) -> Self {
        Self::List(words.into_iter().map(str::to_owned).collect())
    }
}

impl From<&[&str]> for EvidenceValue {
    fn from(words: &[&str]) -> Self {
        Self::List(words.iter().map(|word| (*word).to_owned()).collect())
    }
}

impl<D: Dimension> From<Quantity<D>> for EvidenceValue {
    fn from(quantity: Quantity<D>) -> Self {
        Self::Quantity { amount: quantity.amount(), unit: quantity.unit().symbol, text: quantity.to_string() }
    }
}

impl From<Endurance> for EvidenceValue {
    fn from(endurance: Endurance) -> Self {
        match endurance {
            Endurance::DrivesPerDay(amount) => Self::Quantity { amount, unit: "DWPD", text: endurance.to_string() },
            Endurance::Written(size) => {
                Self::Quantity { amount: size.base() / 1e12, unit: "TBW", text: endurance.to_string() }
            }
        }
    }
}
