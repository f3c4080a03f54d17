//! Formulas put together from parts of which some are words.

use crate::words::Said;

/// `disks 4 x 500 = 2000`: what something is called, how it comes about, and what that makes.
pub(super) fn made(name: impl Into<Said>, formula: Said, value: impl Into<Said>) -> Said {
    Said::run(" ", [name.into(), formula, "=".into(), value.into()])
}

/// `one; other`.
pub(super) fn all_of(terms: impl IntoIterator<Item = Said>) -> Said {
    Said::run("; ", terms)
}

/// `min(one; other)`.
pub(super) fn least_of(terms: impl IntoIterator<Item = Said>) -> Said {
    applied("min", terms)
}

/// `max(one; other)`.
pub(super) fn most_of(terms: impl IntoIterator<Item = Said>) -> Said {
    applied("max", terms)
}

fn applied(function: &str, terms: impl IntoIterator<Item = Said>) -> Said {
    Said::run("", [format!("{function}(").into(), all_of(terms), ")".into()])
}

/// `one x other`.
pub(super) fn product(factors: impl IntoIterator<Item = Said>) -> Said {
    Said::run(" x ", factors)
}

/// `one + other`.
pub(super) fn sum(terms: impl IntoIterator<Item = Said>) -> Said {
    Said::run(" + ", terms)
}
