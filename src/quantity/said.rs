//! Quantities as they are said: units of measure alike in every language, days and years by their names.

use std::borrow::Cow;

use super::{Dimension, Endurance, Quantity};
use crate::words::{Said, quantities};

/// A quantity of which the text in English and the unit's symbol are known.
pub(crate) fn said_of(text: String, unit: &str) -> Said {
    let number = text.split(' ').next().unwrap_or_default();
    match unit {
        "days" => quantities::days(number),
        "years" => quantities::years(number),
        _ => Said::Plain(Cow::Owned(text)),
    }
}

impl<D: Dimension> From<Quantity<D>> for Said {
    fn from(quantity: Quantity<D>) -> Self {
        said_of(quantity.to_string(), quantity.unit().symbol)
    }
}

impl From<Endurance> for Said {
    fn from(endurance: Endurance) -> Self {
        Self::Plain(Cow::Owned(endurance.to_string()))
    }
}
