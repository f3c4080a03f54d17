//! Names and ranges of names: `pve{1..3}`, `10.2.21.{66..68}/24`, `core-{a,b}`.

use std::collections::HashMap;
use std::fmt;

use compact_str::format_compact;

use super::Text;
use super::read::{FromValue, Mistake, MistakeKind, Reader};
use super::table::{Form, Shape};
use crate::source::{Kind, Span, Spanned, Value};

/// Most names that one pattern may stand for.
pub const LONGEST_RANGE: usize = 100_000;

/// Why a pattern is not a list of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatternError {
    /// A brace that is not closed, or closed without being opened.
    Brace,
    /// What stands in braces is neither `1..3` nor `a,b`.
    Range(String),
    /// The first number is larger than the last.
    Backwards(String),
    /// It stands for more names than are read.
    TooMany,
    /// Nothing is left.
    Empty,
}

impl fmt::Display for PatternError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Brace => write!(formatter, "a brace has no partner: write a range as `{{1..3}}` or `{{a,b}}`"),
            Self::Range(text) => {
                write!(formatter, "`{{{text}}}` is no range: write `{{1..3}}` for numbers or `{{a,b}}` for a choice")
            }
            Self::Backwards(text) => write!(formatter, "`{{{text}}}` runs backwards: write the smaller number first"),
            Self::TooMany => write!(formatter, "the range stands for more than {LONGEST_RANGE} names"),
            Self::Empty => write!(formatter, "a name is empty"),
        }
    }
}

/// Writes out a pattern. Several ranges in one pattern count like digits: the last one fastest.
///
/// # Errors
/// When the braces hold no range, or the pattern stands for more than [`LONGEST_RANGE`] names.
pub fn expand(pattern: &str) -> Result<Vec<Text>, PatternError> {
    if !pattern.is_empty() && !pattern.contains(['{', '}']) {
        return Ok(vec![pattern.into()]);
    }
    let mut names = vec![Text::default()];
    let mut rest = pattern;
    while let Some(open) = rest.find(['{', '}']) {
        let (head, tail) = rest.split_at(open);
        let Some(close) = tail.find('}').filter(|_| tail.starts_with('{')) else { return Err(PatternError::Brace) };
        let choices = choices(&tail[1..close])?;
        if names.len().saturating_mul(choices.len()) > LONGEST_RANGE {
            return Err(PatternError::TooMany);
        }
        names = names
            .iter()
            .flat_map(|name| choices.iter().map(move |choice| format_compact!("{name}{head}{choice}")))
            .collect();
        rest = &tail[close + 1..];
    }
    for name in &mut names {
        name.push_str(rest);
    }
    if names.iter().any(Text::is_empty) { Err(PatternError::Empty) } else { Ok(names) }
}

fn choices(range: &str) -> Result<Vec<String>, PatternError> {
    let wrong = || PatternError::Range(range.to_owned());
    if let Some((first, last)) = range.split_once("..") {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(first) || !digits(last) {
            return Err(wrong());
        }
        // A number past 64 bits is past the longest range as well.
        let number = |text: &str| text.parse::<u64>().map_err(|_| PatternError::TooMany);
        let (from, to) = (number(first)?, number(last)?);
        if from > to {
            return Err(PatternError::Backwards(range.to_owned()));
        }
        if to - from >= LONGEST_RANGE as u64 {
            return Err(PatternError::TooMany);
        }
        let width = if first.starts_with('0') && first.len() == last.len() { first.len() } else { 0 };
        return Ok((from..=to).map(|number| format!("{number:0width$}")).collect());
    }
    let words: Vec<_> = range.split(',').map(|word| word.trim().to_owned()).collect();
    if words.len() < 2 || words.iter().any(String::is_empty) { Err(wrong()) } else { Ok(words) }
}

/// A list of names: one pattern or several.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Names(pub Vec<Spanned<Text>>);

impl Names {
    /// The names in order, without their places.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|name| name.value.as_str())
    }

    /// Whether a name is among them.
    pub fn contains(&self, name: &str) -> bool {
        self.iter().any(|known| known == name)
    }
}

impl FromValue for Names {
    const SHAPE: Shape =
        Shape { expects: "a name such as \"pve{1..3}\" or a list of names", form: Form::List(&String::SHAPE) };

    fn from_value(value: &Value, reader: &mut Reader) -> Option<Self> {
        let values = match &value.kind {
            Kind::List(values) => values.as_slice(),
            _ => std::slice::from_ref(value),
        };
        let mut names = Vec::with_capacity(values.len());
        for value in values {
            let pattern = reader.text(value, Self::SHAPE.expects)?;
            let expanded = reader.expand(pattern, value.span)?;
            if names.len() + expanded.len() > LONGEST_RANGE {
                reader.report(Mistake::new(MistakeKind::LimitExceeded, value.span, PatternError::TooMany.to_string()));
                return None;
            }
            names.extend(expanded.into_iter().map(|name| Spanned::new(name, value.span)));
        }
        Some(Self(names))
    }
}

/// One value for each of several devices, in their order: `"10.2.21.{66..68}"`.
#[derive(Debug, Clone, PartialEq)]
pub struct Series(pub Vec<Text>);

impl FromValue for Series {
    const SHAPE: Shape =
        Shape { expects: "text, with a range where it differs by device: \"10.2.21.{66..68}\"", form: Form::Text };

    fn from_value(value: &Value, reader: &mut Reader) -> Option<Self> {
        let pattern = reader.text(value, Self::SHAPE.expects)?;
        reader.expand(pattern, value.span).map(Self)
    }
}

/// A value that is one for all devices, a series in their order, or given by device.
#[derive(Debug, Clone, PartialEq)]
pub enum PerDevice {
    /// One value or a series of them.
    All(Spanned<Series>),
    /// By name or range of names.
    By(Vec<(Spanned<Vec<Text>>, Spanned<Series>)>),
}

impl FromValue for PerDevice {
    const SHAPE: Shape = Shape {
        expects: "text such as \"bond0\" or \"10.2.21.{66..68}/24\", or a table by device: { \"pve{1..3}\" = \"bond0\" }",
        form: Form::Either(&Series::SHAPE, &Shape { expects: "a table by device", form: Form::Named(&Series::SHAPE) }),
    };

    fn from_value(value: &Value, reader: &mut Reader) -> Option<Self> {
        let Kind::Table(table) = &value.kind else {
            reader.text(value, Self::SHAPE.expects)?;
            return Some(Self::All(Spanned::new(Series::from_value(value, reader)?, value.span)));
        };
        let by = reader.each(&table.0, |entry, reader| {
            let devices = reader.expand(&entry.key.value, entry.key.span);
            let series = Series::from_value(&entry.value, reader);
            Some((Spanned::new(devices?, entry.key.span), Spanned::new(series?, entry.value.span)))
        });
        by.collect::<Option<_>>().map(Self::By)
    }
}

/// Two ranges that should be equally long and are not.
#[derive(Debug, Clone, PartialEq)]
pub struct Mismatch {
    /// Where the values stand.
    pub span: Span,
    /// Number of devices.
    pub devices: usize,
    /// Number of values.
    pub values: usize,
}

impl PerDevice {
    /// Gives every device its value, by name. A single value goes to all of them; a series must be as long as the list.
    pub fn assign<'p>(&'p self, devices: &[&'p str]) -> (HashMap<&'p str, Spanned<&'p str>>, Vec<Mismatch>) {
        let (mut assigned, mut mismatches) = (HashMap::with_capacity(devices.len()), Vec::new());
        let mut pair = |devices: &mut dyn ExactSizeIterator<Item = &'p str>, series: &'p Spanned<Series>| {
            let values = series.value.0.as_slice();
            if values.len() != 1 && values.len() != devices.len() {
                mismatches.push(Mismatch { span: series.span, devices: devices.len(), values: values.len() });
                return;
            }
            let values = values.iter().cycle().map(|value| Spanned::new(value.as_str(), series.span));
            assigned.extend(devices.zip(values));
        };
        match self {
            Self::All(series) => pair(&mut devices.iter().copied(), series),
            Self::By(list) => {
                for (devices, series) in list {
                    pair(&mut devices.value.iter().map(Text::as_str), series);
                }
            }
        }
        (assigned, mismatches)
    }

    /// Whether a value is written for a device.
    pub fn covers(&self, device: &str) -> bool {
        match self {
            Self::All(_) => true,
            Self::By(list) => list.iter().any(|(names, _)| names.value.iter().any(|name| name == device)),
        }
    }

    /// Devices that are named, where values are given by device.
    pub fn devices(&self) -> impl Iterator<Item = Spanned<&str>> {
        let by = match self {
            Self::All(_) => [].as_slice(),
            Self::By(list) => list.as_slice(),
        };
        by.iter().flat_map(|(names, _)| names.value.iter().map(|name| Spanned::new(name.as_str(), names.span)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(pattern: &str) -> Vec<Text> {
        expand(pattern).unwrap_or_default()
    }

    #[test]
    fn ranges_count_and_keep_their_width() {
        assert_eq!(names("pve{1..3}"), ["pve1", "pve2", "pve3"]);
        assert_eq!(names("cn{0009..0011}"), ["cn0009", "cn0010", "cn0011"]);
        assert_eq!(names("core-{a,b}:{1..2}"), ["core-a:1", "core-a:2", "core-b:1", "core-b:2"]);
        assert_eq!(names("plain"), ["plain"]);
    }

    #[test]
    fn broken_ranges_say_what_to_write() {
        assert_eq!(expand("pve{1..1000000000}"), Err(PatternError::TooMany));
        assert_eq!(expand("pve{1..99999999999999999999999}"), Err(PatternError::TooMany));
        assert_eq!(expand("{1..400}{1..400}"), Err(PatternError::TooMany));
        assert_eq!(expand("pve{3..1}"), Err(PatternError::Backwards("3..1".into())));
        assert_eq!(expand("pve{1..x}"), Err(PatternError::Range("1..x".into())));
        assert_eq!(expand("pve{1"), Err(PatternError::Brace));
        assert_eq!(expand("pve1}"), Err(PatternError::Brace));
        assert_eq!(expand(""), Err(PatternError::Empty));
    }
}
