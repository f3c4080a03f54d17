//! Parameters of user rules: thresholds with a default, a range and a unit.

use super::form::{ParameterForm, ParameterKind};
use super::unit::{self, Ending};
use crate::catalogue::{self, Values};
use crate::design::read::{FromValue, Item, Reader};
use crate::design::{Mistake, MistakeKind, Words};
use crate::quantity::{Length, Power, Rate, Ratio, Size, Time};
use crate::source::{Kind, Spanned, Value};
use crate::words::packs;

/// What a parameter amounts to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Amount {
    /// A number, in the unit that the parameter's name states.
    Number(f64),
    /// A list of texts.
    Texts(Vec<String>),
}

/// A parameter of a rule.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    pub(super) name: Spanned<String>,
    pub(super) kind: &'static str,
    pub(super) amount: Amount,
    /// The default as written.
    pub(super) default: String,
    /// Smallest and largest value allowed, as written.
    pub(super) range: Option<(String, String)>,
    pub(super) doc: String,
}

impl Parameter {
    /// The parameter with another value, where one is given.
    pub(super) fn with(&self, values: &Values<'_>) -> Self {
        let amount = values.given(&self.name.value).map(|value| given(value, unit::ending(&self.name.value)));
        Self { amount: amount.unwrap_or_else(|| self.amount.clone()), ..self.clone() }
    }

    /// Reads a parameter; what is wrong with it is reported.
    pub(super) fn read(item: &Item<ParameterForm>, reader: &mut Reader) -> Option<Self> {
        let form = &item.value;
        let (default, kind, doc) = (form.default.as_ref()?, form.kind.as_ref()?.value, form.doc.as_ref()?);
        let ending = ending(item, kind, reader).ok()?;
        let value = amount(&default.value.0, kind, ending, reader)?;
        let bounds: Vec<(&Value, Amount)> = form
            .range
            .iter()
            .flat_map(|range| &range.value)
            .filter_map(|bound| Some((&bound.value.0, amount(&bound.value.0, kind, ending, reader)?)))
            .collect();
        let range = match (&form.range, bounds.as_slice()) {
            (None, _) => None,
            (Some(_), [(low, least), (high, most)]) => {
                if !within(&value, least, most) {
                    reader.report(Mistake::new(MistakeKind::OutOfRange, default.span, packs::outside_range()));
                }
                Some((plain(low), plain(high)))
            }
            (Some(range), _) => {
                let mistake = Mistake::new(MistakeKind::WrongType, range.span, packs::two_bounds());
                reader.report(mistake.help(packs::write_bounds("[1, 8]")));
                None
            }
        };
        let name = Spanned::new(item.pattern.value.to_string(), item.pattern.span);
        Some(Self {
            name,
            amount: value,
            kind: kind.word(),
            default: plain(&default.value.0),
            range,
            doc: doc.value.clone(),
        })
    }
}

/// What a value of a configuration amounts to, in the unit of the parameter's name.
fn given(value: &catalogue::Parameter<'_>, ending: Option<&'static Ending>) -> Amount {
    use catalogue::Parameter as Given;
    let base = match value {
        Given::Words(words) => return Amount::Texts(words.iter().map(|&word| word.to_owned()).collect()),
        Given::Count(count) => f64::from(*count),
        Given::Number(number) => *number,
        Given::Size(size) => size.base(),
        Given::Rate(rate) => rate.base(),
        Given::Time(time) => time.base(),
        Given::Ratio(ratio) => ratio.base(),
        Given::Length(length) => length.base(),
        Given::Power(power) => power.base(),
    };
    Amount::Number(ending.map_or(base, |ending| ending.of_base(base)))
}

/// A name that was reported.
struct Refused;

/// The ending that states a quantity's unit; none for what has no unit.
fn ending(
    item: &Item<ParameterForm>,
    kind: ParameterKind,
    reader: &mut Reader,
) -> Result<Option<&'static Ending>, Refused> {
    let name = &item.pattern;
    let word = name.value.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
    if !word || name.value.starts_with(|first: char| !first.is_ascii_lowercase()) {
        let mistake = Mistake::new(MistakeKind::UnknownWord, name.span, packs::no_name(name.value.as_str()));
        reader.report(mistake.help(packs::write_name("most_nodes")));
        return Err(Refused);
    }
    let ending = unit::ending(&name.value);
    let mut endings = unit::endings_for(kind.word()).peekable();
    let (message, help) = match (ending, endings.peek()) {
        (None, None) => return Ok(None),
        (Some(ending), Some(_)) if ending.kind == kind.word() => return Ok(Some(ending)),
        (Some(ending), None) => {
            let message = packs::unit_in_name(name.value.as_str(), ending.unit.symbol);
            (message, packs::no_unit(kind.word(), ending.text, ending.kind))
        }
        (_, Some(_)) => {
            let endings: Vec<String> = endings.map(|ending| format!("`_{ending}`")).collect();
            (packs::no_unit_in_name(name.value.as_str()), packs::end_with_unit(endings.join(", ")))
        }
    };
    reader.report(Mistake::new(MistakeKind::BadQuantity, name.span, message).help(help));
    Err(Refused)
}

/// What a written value amounts to, in the unit of the parameter's name.
fn amount(value: &Value, kind: ParameterKind, ending: Option<&'static Ending>, reader: &mut Reader) -> Option<Amount> {
    let base = match kind {
        ParameterKind::TextList => {
            let texts = Vec::<Spanned<String>>::from_value(value, reader)?;
            return Some(Amount::Texts(texts.into_iter().map(|text| text.value).collect()));
        }
        ParameterKind::Count => f64::from(u32::from_value(value, reader)?),
        ParameterKind::Number => f64::from_value(value, reader)?,
        ParameterKind::Size => Size::from_value(value, reader)?.base(),
        ParameterKind::Rate => Rate::from_value(value, reader)?.base(),
        ParameterKind::Time => Time::from_value(value, reader)?.base(),
        ParameterKind::Ratio => Ratio::from_value(value, reader)?.base(),
        ParameterKind::Length => Length::from_value(value, reader)?.base(),
        ParameterKind::Power => Power::from_value(value, reader)?.base(),
    };
    Some(Amount::Number(ending.map_or(base, |ending| ending.of_base(base))))
}

fn within(amount: &Amount, least: &Amount, most: &Amount) -> bool {
    match (amount, least, most) {
        (Amount::Number(amount), Amount::Number(least), Amount::Number(most)) => (least..=most).contains(&amount),
        _ => true,
    }
}

/// A value as it was written.
fn plain(value: &Value) -> String {
    match &value.kind {
        Kind::Text(text) | Kind::HugeInteger(text) | Kind::Datetime(text) => text.to_string(),
        Kind::Integer(number) => number.to_string(),
        Kind::Float(number) => number.to_string(),
        Kind::Boolean(answer) => answer.to_string(),
        Kind::List(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        Kind::Table(_) => String::new(),
    }
}
