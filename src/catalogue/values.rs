//! Values that a configuration gives to the parameters of a rule.

use std::cmp::Ordering;

use super::ParameterText;
use crate::quantity::{Length, Power, QuantityError, Rate, Ratio, Size, Time};
use crate::words::Said;
use crate::words::{parameters, values};

/// Why a value is none of a parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// What is wrong.
    pub message: Said,
    /// What to write instead.
    pub help: Option<Said>,
}

impl From<Said> for Refusal {
    fn from(message: Said) -> Self {
        Self { message, help: None }
    }
}

impl From<QuantityError> for Refusal {
    fn from(error: QuantityError) -> Self {
        Self { message: error.said(), help: error.help() }
    }
}

/// A parameter's value, of one of the kinds that the catalogue knows.
#[derive(Debug, Clone, PartialEq)]
pub enum Parameter<'a> {
    /// `time`
    Time(Time),
    /// `size`
    Size(Size),
    /// `rate`
    Rate(Rate),
    /// `ratio`
    Ratio(Ratio),
    /// `length`
    Length(Length),
    /// `power`
    Power(Power),
    /// `count`: a whole number.
    Count(u32),
    /// `number`
    Number(f64),
    /// `text-list`
    Words(Vec<&'a str>),
}

impl<'a> Parameter<'a> {
    /// Reads a value of the parameter's kind: numbers as they are, quantities with their unit, words as a list.
    ///
    /// # Errors
    /// What is wrong: not of this kind, or outside the parameter's range.
    pub fn read(text: &ParameterText<'_>, words: &[&'a str]) -> Result<Self, Refusal> {
        let value = Self::of_kind(text.kind, words)?;
        let bound = |bound| Parameter::of_kind(text.kind, &[bound]).ok();
        let outside = text.range.is_some_and(|(low, high)| {
            let below = bound(low).and_then(|low| value.compared(&low)) == Some(Ordering::Less);
            let above = bound(high).and_then(|high| value.compared(&high)) == Some(Ordering::Greater);
            below || above
        });
        match (outside, text.range) {
            (true, Some((low, high))) => Err(values::outside(words.join(", "), low, high).into()),
            _ => Ok(value),
        }
    }

    fn of_kind(kind: &str, words: &[&'a str]) -> Result<Self, Refusal> {
        let one = || match words {
            [one] => Ok(*one),
            _ => Err(Refusal::from(parameters::one_value())),
        };
        Ok(match kind {
            "time" => Self::Time(one()?.parse()?),
            "size" => Self::Size(one()?.parse()?),
            "rate" => Self::Rate(one()?.parse()?),
            "ratio" => Self::Ratio(one()?.parse()?),
            "length" => Self::Length(one()?.parse()?),
            "power" => Self::Power(one()?.parse()?),
            "count" => Self::Count(one()?.parse().map_err(|_| parameters::no_count(words.join(", ")))?),
            "number" => {
                let number: f64 = one()?.parse().map_err(|_| parameters::no_number(words.join(", ")))?;
                if !number.is_finite() {
                    return Err(parameters::not_countable(number).into());
                }
                Self::Number(number)
            }
            _ => Self::Words(words.to_vec()),
        })
    }

    fn compared(&self, other: &Parameter<'_>) -> Option<Ordering> {
        match (self, other) {
            (Self::Time(own), Parameter::Time(other)) => own.partial_cmp(other),
            (Self::Size(own), Parameter::Size(other)) => own.partial_cmp(other),
            (Self::Rate(own), Parameter::Rate(other)) => own.partial_cmp(other),
            (Self::Ratio(own), Parameter::Ratio(other)) => own.partial_cmp(other),
            (Self::Length(own), Parameter::Length(other)) => own.partial_cmp(other),
            (Self::Power(own), Parameter::Power(other)) => own.partial_cmp(other),
            (Self::Count(own), Parameter::Count(other)) => own.partial_cmp(other),
            (Self::Number(own), Parameter::Number(other)) => own.partial_cmp(other),
            _ => None,
        }
    }
}

/// The parameters of one rule that have another value than the catalogue's.
#[derive(Debug, Clone, Default)]
pub struct Values<'a>(Vec<(&'a str, Parameter<'a>)>);

impl<'a> Values<'a> {
    /// Gives a parameter a value.
    pub fn set(&mut self, name: &'a str, value: Parameter<'a>) {
        self.0.push((name, value));
    }

    /// The value of a parameter, where it is not the one that is written with the rule.
    pub(crate) fn given(&self, name: &str) -> Option<&Parameter<'a>> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The same, as the type that the rule's logic counts with.
    pub(crate) fn get<T: OfParameter<'a>>(&'a self, name: &str) -> Option<T> {
        self.given(name).and_then(T::of)
    }
}

/// What a parameter's value is in the logic of a rule.
pub(crate) trait OfParameter<'a>: Sized {
    fn of(value: &'a Parameter<'a>) -> Option<Self>;
}

macro_rules! of_parameter {
    ($($type:ty => $kind:ident),*) => { $(
        impl<'a> OfParameter<'a> for $type {
            fn of(value: &'a Parameter<'a>) -> Option<Self> {
                match value {
                    Parameter::$kind(value) => Some(*value),
                    _ => None,
                }
            }
        }
    )* };
}

of_parameter!(Time => Time, Size => Size, Rate => Rate, Ratio => Ratio, Length => Length, u32 => Count, f64 => Number);

impl<'a> OfParameter<'a> for &'a [&'a str] {
    fn of(value: &'a Parameter<'a>) -> Option<Self> {
        match value {
            Parameter::Words(words) => Some(words),
            _ => None,
        }
    }
}
