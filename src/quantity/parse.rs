//! From text to an amount and its unit, and what to say when that fails.

use std::fmt;

use super::{
    Dimension, LengthDimension, Measure, PowerDimension, RateDimension, RatioDimension, SizeDimension, TimeDimension,
    Unit, joined, plain, units,
};
use crate::words::Said;
use crate::words::{quantities, values};

/// Why a text is not a quantity. Its `Display` says in English what is wrong and what to write instead.
#[derive(Debug, Clone, PartialEq)]
pub enum QuantityError {
    /// There is no number at the start, or nothing at all.
    NoNumber {
        /// What was written.
        text: String,
        /// A quantity of the dimension needed.
        example: &'static str,
    },
    /// The number at the start is misspelt: `1,920`, `5.`, `1__0`.
    BadNumber {
        /// The number as written.
        number: String,
        /// A quantity of the dimension needed.
        example: &'static str,
    },
    /// The amount is below zero.
    Negative {
        /// What was written.
        text: String,
        /// A quantity of the dimension needed.
        example: &'static str,
    },
    /// The amount, in base units, is beyond what a 64-bit float holds.
    TooLarge {
        /// What was written.
        text: String,
        /// A quantity of the dimension needed.
        example: &'static str,
    },
    /// A number alone.
    MissingUnit {
        /// The number as written.
        number: String,
        /// The two units most likely meant; twice the same one where there is no choice.
        likely: [&'static str; 2],
    },
    /// The unit is not known, or its upper and lower case are not right.
    UnknownUnit {
        /// The unit as written.
        text: String,
        /// The nearest unit or alias of the dimension needed.
        suggestion: Option<&'static str>,
        /// What is needed.
        needed: Measure,
        /// The units of the dimension needed.
        units: &'static [Unit],
    },
    /// The unit measures something else.
    OtherDimension {
        /// The unit's spelling.
        unit: &'static str,
        /// What it measures.
        measures: Measure,
        /// What is needed.
        needed: Measure,
        /// A quantity of the dimension needed.
        example: &'static str,
    },
}

impl std::error::Error for QuantityError {}

impl QuantityError {
    /// What is wrong.
    pub fn said(&self) -> Said {
        match self {
            Self::NoNumber { text, .. } if text.is_empty() => quantities::empty(),
            Self::NoNumber { text, .. } => quantities::no_number_first(quoted(text)),
            Self::BadNumber { number, .. } => quantities::no_number(quoted(number)),
            Self::Negative { text, .. } => quantities::negative(quoted(text)),
            Self::TooLarge { text, .. } => quantities::too_large(quoted(text)),
            Self::MissingUnit { number, .. } => quantities::no_unit(clipped(number)),
            Self::UnknownUnit { text, needed, .. } => quantities::unknown_unit(quoted(text), needed.bare()),
            Self::OtherDimension { unit, measures, needed, example } => {
                quantities::other_dimension(*unit, measures.said(), needed.said(), in_quotes(example))
            }
        }
    }

    /// What to write instead, unless that is said already.
    pub fn help(&self) -> Option<Said> {
        Some(match self {
            Self::NoNumber { example, .. } => quantities::write_number_and_unit(in_quotes(example)),
            Self::BadNumber { example, .. } => {
                quantities::write_digits(in_quotes("."), in_quotes("_"), in_quotes(example))
            }
            Self::Negative { example, .. } => quantities::write_zero_or_more(in_quotes(example)),
            Self::TooLarge { example, .. } => quantities::write_smaller(in_quotes(example)),
            Self::MissingUnit { number, likely } => with_unit(number, *likely),
            Self::UnknownUnit { text, suggestion: Some(near), .. } if folded(text) == folded(near) => {
                quantities::did_you_mean_case(in_quotes(near))
            }
            Self::UnknownUnit { suggestion: Some(near), .. } => quantities::did_you_mean_unit(in_quotes(near)),
            Self::UnknownUnit { suggestion: None, units, .. } => one_of(units),
            Self::OtherDimension { .. } => return None,
        })
    }
}

impl fmt::Display for QuantityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.said().fmt(f)?;
        self.help().map_or(Ok(()), |help| write!(f, ": {help}"))
    }
}

/// A number with the units that are most likely meant.
fn with_unit(number: &str, [first, second]: [&'static str; 2]) -> Said {
    let shown = clipped(number);
    let with = |number: &str, unit: &str| in_quotes(&joined(number, unit));
    if first != second {
        return quantities::write_either(with(&shown, first), with(&shown, second));
    }
    // 0.3 alone most likely means 30 %.
    match number.replace('_', "").parse::<f64>() {
        Ok(whole) if first == units::PERCENT.symbol && whole > 0.0 && whole <= 1.0 => {
            let percent = plain(whole / units::PERCENT.factor);
            quantities::write_either(with(&percent, first), with(&shown, first))
        }
        _ => values::write(with(&shown, first)),
    }
}

/// The units that may be written; with a single one, just that.
fn one_of(units: &[Unit]) -> Said {
    let symbols: Vec<&str> = units.iter().map(|unit| unit.symbol).collect();
    match symbols.split_last() {
        Some((last, [])) => values::write(*last),
        Some((last, others)) => quantities::write_unit(others.join(", "), *last),
        None => Said::default(),
    }
}

/// A dimension as a value, so that parsing is compiled once.
pub(super) struct Kind {
    pub(super) measure: Measure,
    pub(super) example: &'static str,
    pub(super) likely: [&'static str; 2],
    pub(super) units: &'static [Unit],
}

impl Kind {
    pub(super) const fn of<D: Dimension>() -> Self {
        Self { measure: D::MEASURE, example: D::EXAMPLE, likely: D::LIKELY, units: D::UNITS }
    }
}

/// The two ways to state what a drive endures.
pub(super) static ENDURANCE: Kind = Kind {
    measure: Measure::Endurance,
    example: "1 DWPD",
    likely: ["DWPD", "TBW"],
    units: &[units::DWPD, units::TBW, units::PBW],
};

/// Everything a unit can measure, for telling a wrong dimension from an unknown unit.
static KINDS: [&Kind; 7] = [
    const { &Kind::of::<SizeDimension>() },
    const { &Kind::of::<RateDimension>() },
    const { &Kind::of::<TimeDimension>() },
    const { &Kind::of::<RatioDimension>() },
    const { &Kind::of::<LengthDimension>() },
    const { &Kind::of::<PowerDimension>() },
    &ENDURANCE,
];

/// A text this long is not a misspelt unit.
const LONGEST_MISSPELLING: usize = 16;
/// Jaro-Winkler similarity, of 0 to 1, from which on a unit is suggested.
const NEAR: f64 = 0.7;
/// Below this length a spelling in the wrong case says too little to name another dimension (`M`, `KM`).
const SHORTEST_TELLING: usize = 3;
/// How much of a text is repeated in a message.
const SHOWN: usize = 40;

/// Reads an amount, zero or more, and its unit.
pub(super) fn parse(text: &str, kind: &Kind) -> Result<(f64, &'static Unit), QuantityError> {
    let text = text.trim();
    let example = kind.example;
    if let Some(rest) = text.strip_prefix(['-', '\u{2212}'])
        && rest.trim_start().starts_with(|c: char| c.is_ascii_digit() || c == '.')
    {
        return Err(QuantityError::Negative { text: text.to_owned(), example });
    }
    let (number, rest) = split(text);
    if !number.contains(|c: char| c.is_ascii_digit()) {
        return Err(QuantityError::NoNumber { text: text.to_owned(), example });
    }
    let bad_number = || QuantityError::BadNumber { number: number.to_owned(), example };
    if !is_number(number) {
        return Err(bad_number());
    }
    let amount: f64 = number.replace('_', "").parse().map_err(|_| bad_number())?;
    let spelling = rest.trim_start();
    if spelling.is_empty() {
        return Err(QuantityError::MissingUnit { number: number.to_owned(), likely: kind.likely });
    }
    let unit = find(spelling, kind.units).ok_or_else(|| wrong_unit(spelling, kind))?;
    if amount.is_finite() && (amount * unit.factor).is_finite() {
        Ok((amount, unit))
    } else {
        Err(QuantityError::TooLarge { text: text.to_owned(), example })
    }
}

/// Cuts the text where its number ends. The number may still be misspelt.
fn split(text: &str) -> (&str, &str) {
    let bytes = text.as_bytes();
    let run = |from: usize, more: &[u8]| {
        let rest = bytes.get(from..).unwrap_or_default();
        from + rest.iter().take_while(|b| b.is_ascii_digit() || more.contains(b)).count()
    };
    let mut end = run(0, b"_.,");
    if end > 0 && matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let digits = end + 1 + sign;
        if bytes.get(digits).is_some_and(u8::is_ascii_digit) {
            end = run(digits, b"_");
        }
    }
    // Everything before `end` is ASCII.
    text.split_at(end)
}

fn is_number(number: &str) -> bool {
    let digits = |part: &str| part.split('_').all(|run| !run.is_empty() && run.bytes().all(|b| b.is_ascii_digit()));
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (number, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

fn find(spelling: &str, units: &'static [Unit]) -> Option<&'static Unit> {
    units.iter().find(|unit| unit.spellings().any(|known| known == spelling))
}

fn wrong_unit(spelling: &str, kind: &Kind) -> QuantityError {
    let other = |(unit, measures): (&'static str, Measure)| QuantityError::OtherDimension {
        unit,
        measures,
        needed: kind.measure,
        example: kind.example,
    };
    let unknown = |suggestion| QuantityError::UnknownUnit {
        text: spelling.to_owned(),
        suggestion,
        needed: kind.measure,
        units: kind.units,
    };
    let elsewhere = |matches: &dyn Fn(&str) -> bool| {
        KINDS.iter().find_map(|kind| {
            let unit = kind.units.iter().flat_map(Unit::spellings).find(|known| matches(known))?;
            Some((unit, kind.measure))
        })
    };
    if let Some(found) = elsewhere(&|known| known == spelling) {
        return other(found);
    }
    let length = spelling.chars().count();
    if length > LONGEST_MISSPELLING {
        return unknown(None);
    }
    if let Some(near) = other_case(spelling, kind.units) {
        return unknown(Some(near));
    }
    if length >= SHORTEST_TELLING
        && let Some(found) = elsewhere(&|known| folded(known) == folded(spelling))
    {
        return other(found);
    }
    unknown(nearest(spelling, kind.units))
}

/// The unit that differs only in case, and in the fewest letters: `gb/s` is nearer to `Gb/s` than to `GB/s`.
fn other_case(spelling: &str, units: &'static [Unit]) -> Option<&'static str> {
    units
        .iter()
        .flat_map(Unit::spellings)
        .filter(|known| folded(known) == folded(spelling))
        .min_by_key(|known| known.chars().zip(spelling.chars()).filter(|(known, written)| known != written).count())
}

/// The most similar unit with the same first letter: another first letter is mostly another power of ten.
fn nearest(spelling: &str, units: &'static [Unit]) -> Option<&'static str> {
    let wanted = folded(spelling);
    let mut best: Option<(f64, &'static str)> = None;
    for known in units.iter().flat_map(Unit::spellings) {
        let candidate = folded(known);
        let similarity = strsim::jaro_winkler(&wanted, &candidate);
        if similarity < NEAR || candidate.chars().next() != wanted.chars().next() {
            continue;
        }
        // Among equals, the one whose case is nearer.
        let score = similarity + strsim::jaro_winkler(spelling, known) / 1000.0;
        if best.is_none_or(|(highest, _)| score > highest) {
            best = Some((score, known));
        }
    }
    best.map(|(_, known)| known)
}

fn folded(text: &str) -> String {
    text.to_lowercase()
}

fn clipped(text: &str) -> String {
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    let mut shown: String = text.chars().take(SHOWN).collect();
    shown.push('\u{2026}');
    shown
}

/// In quotes, without control characters and not longer than a line.
fn quoted(text: &str) -> String {
    format!("{:?}", clipped(text))
}

/// A text that may be written as it stands, in quotes.
fn in_quotes(text: &str) -> String {
    format!("\"{text}\"")
}
