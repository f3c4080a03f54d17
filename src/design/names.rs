//! Names and ranges of names: `pve{1..3}`, `10.2.21.{66..68}/24`, `core-{a,b}`.

use std::fmt;

use compact_str::{ToCompactString, format_compact};
use foldhash::HashMap;

use super::Text;
use super::read::{FromValue, Mistake, MistakeKind, Reader};
use super::table::{Form, Shape};
use crate::source::{Kind, Span, Spanned, Value};
use crate::words::Said;
use crate::words::{expected, ranges};

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

impl PatternError {
    /// What is wrong, and what to write instead.
    pub fn said(&self) -> Said {
        let [numbers, choice] = ["{1..3}", "{a,b}"];
        match self {
            Self::Brace => ranges::no_partner(numbers, choice),
            Self::Range(text) => ranges::no_range(format!("{{{text}}}"), numbers, choice),
            Self::Backwards(text) => ranges::backwards(format!("{{{text}}}")),
            Self::TooMany => ranges::too_many(LONGEST_RANGE),
            Self::Empty => ranges::empty(),
        }
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.said().fmt(formatter)
    }
}

/// Writes out a pattern. Several ranges in one pattern count like digits: the last one fastest.
///
/// # Errors
/// When the braces hold no range, or the pattern stands for more than [`LONGEST_RANGE`] names.
pub fn expand(pattern: &str) -> Result<Vec<Text>, PatternError> {
    if is_plain(pattern) {
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
        let mut longer = Vec::with_capacity(names.len() * choices.len());
        for mut name in names {
            name.push_str(head);
            longer.extend(choices.iter().map(|choice| {
                let mut name = name.clone();
                name.push_str(choice);
                name
            }));
        }
        names = longer;
        rest = &tail[close + 1..];
    }
    for name in names.iter_mut().filter(|_| !rest.is_empty()) {
        name.push_str(rest);
    }
    if names.iter().any(Text::is_empty) { Err(PatternError::Empty) } else { Ok(names) }
}

/// A name taken apart: what stands between its numbers, and these. A number with zeros before it is text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts<'n> {
    texts: Vec<&'n str>,
    numbers: Vec<u64>,
}

impl<'n> Parts<'n> {
    fn of(name: &'n str) -> Self {
        let mut parts = Self { texts: Vec::new(), numbers: Vec::new() };
        let (mut text, mut at) = (0, 0);
        while let Some(start) = name[at..].find(|letter: char| letter.is_ascii_digit()).map(|offset| at + offset) {
            let digits = name[start..].find(|letter: char| !letter.is_ascii_digit());
            at = digits.map_or(name.len(), |digits| start + digits);
            let number = name[start..at].parse::<u64>().ok();
            if let Some(number) = number.filter(|number| number.to_string().len() == at - start) {
                parts.texts.push(&name[text..start]);
                parts.numbers.push(number);
                text = at;
            }
        }
        parts.texts.push(&name[text..]);
        parts
    }

    /// Which number is one more in the next name, where nothing else differs.
    fn step(&self, next: &Self) -> Option<usize> {
        if self.texts != next.texts {
            return None;
        }
        let mut moving = self.numbers.iter().zip(&next.numbers).enumerate().filter(|(_, (own, other))| own != other);
        let (index, (own, other)) = moving.next()?;
        (moving.next().is_none() && own.checked_add(1) == Some(*other)).then_some(index)
    }
}

/// Names that count up by one in one place.
#[derive(Debug)]
pub struct Run<'n> {
    first: Parts<'n>,
    last: Parts<'n>,
    moving: Option<usize>,
}

impl<'n> Run<'n> {
    /// Begins with a name.
    pub fn new(name: &'n str) -> Self {
        let first = Parts::of(name);
        Self { last: first.clone(), first, moving: None }
    }

    /// The run with one name more, where that is the next one.
    #[must_use]
    pub fn with(&self, name: &'n str) -> Option<Self> {
        let last = Parts::of(name);
        let moving = self.last.step(&last)?;
        let goes_on = self.moving.is_none_or(|own| own == moving);
        goes_on.then(|| Self { first: self.first.clone(), last, moving: Some(moving) })
    }
}

impl fmt::Display for Run<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, text) in self.first.texts.iter().enumerate() {
            formatter.write_str(text)?;
            let Some(first) = self.first.numbers.get(index) else { continue };
            if self.moving == Some(index) {
                write!(formatter, "{{{first}..{}}}", self.last.numbers[index])?;
            } else {
                write!(formatter, "{first}")?;
            }
        }
        Ok(())
    }
}

/// Names as ranges where they count up by one in their order: `pve{1..3}` for `pve1`, `pve2` and `pve3`.
pub fn collapse<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<String> {
    let mut runs: Vec<Run<'n>> = Vec::new();
    for name in names {
        match runs.last().and_then(|run| run.with(name)) {
            Some(longer) => {
                runs.pop();
                runs.push(longer);
            }
            None => runs.push(Run::new(name)),
        }
    }
    runs.iter().map(Run::to_string).collect()
}

/// Whether a pattern is a name and stands for itself.
pub(super) fn is_plain(pattern: &str) -> bool {
    // To ask the processor how it searches fastest takes longer than to look at all names of a small design.
    !pattern.is_empty() && !pattern.bytes().any(|byte| matches!(byte, b'{' | b'}'))
}

fn choices(range: &str) -> Result<Vec<Text>, PatternError> {
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
        let written = |number: u64| match width {
            0 => number.to_compact_string(),
            width => format_compact!("{number:0width$}"),
        };
        return Ok((from..=to).map(written).collect());
    }
    let words: Vec<_> = range.split(',').map(|word| Text::from(word.trim())).collect();
    if words.len() < 2 || words.iter().any(Text::is_empty) { Err(wrong()) } else { Ok(words) }
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
    const SHAPE: Shape = Shape { expects: || expected::names("\"pve{1..3}\""), form: Form::List(&String::SHAPE) };

    fn from_value(value: &Value, reader: &mut Reader) -> Option<Self> {
        let values = match &value.kind {
            Kind::List(values) => values.as_slice(),
            _ => std::slice::from_ref(value),
        };
        let mut names = Vec::with_capacity(values.len());
        for value in values {
            let pattern = reader.text(value, &Self::SHAPE)?;
            if is_plain(pattern) && names.len() < LONGEST_RANGE && reader.takes_name() {
                names.push(Spanned::new(pattern.into(), value.span));
                continue;
            }
            let expanded = reader.expand(pattern, value.span)?;
            if names.len() + expanded.len() > LONGEST_RANGE {
                reader.report(Mistake::new(MistakeKind::LimitExceeded, value.span, PatternError::TooMany.said()));
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
    const SHAPE: Shape = Shape { expects: || expected::series("\"10.2.21.{66..68}\""), form: Form::Text };

    fn from_value(value: &Value, reader: &mut Reader) -> Option<Self> {
        let pattern = reader.text(value, &Self::SHAPE)?;
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
        expects: || expected::text_or_table("\"bond0\"", "\"10.2.21.{66..68}/24\"", "{ \"pve{1..3}\" = \"bond0\" }"),
        form: Form::Either(
            &Series::SHAPE,
            &Shape { expects: expected::table_by_device, form: Form::Named(&Series::SHAPE) },
        ),
    };

    fn from_value(value: &Value, reader: &mut Reader) -> Option<Self> {
        let Kind::Table(table) = &value.kind else {
            reader.text(value, &Self::SHAPE)?;
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

/// Values by device.
#[derive(Debug, Default)]
pub struct Assigned<'p> {
    /// What is written for each device, in their order.
    pub values: Vec<Option<Spanned<&'p str>>>,
    /// Names for which a value is written and that are none of the devices.
    pub unknown: Vec<Spanned<&'p str>>,
    /// Series that are not as long as their devices; they give nobody a value.
    pub mismatches: Vec<Mismatch>,
}

impl<'p> Assigned<'p> {
    /// The values of a series for so many devices.
    fn values_of(
        &mut self,
        series: &'p Spanned<Series>,
        devices: usize,
    ) -> Option<impl Iterator<Item = Spanned<&'p str>> + use<'p>> {
        let values = series.value.0.as_slice();
        if values.len() != 1 && values.len() != devices {
            self.mismatches.push(Mismatch { span: series.span, devices, values: values.len() });
            return None;
        }
        Some(values.iter().cycle().map(|value| Spanned::new(value.as_str(), series.span)))
    }
}

impl PerDevice {
    /// Gives every device its value, by name. A single value goes to all of them; a series must be as long as the list.
    pub fn assign<'p>(&'p self, devices: &[&str]) -> Assigned<'p> {
        let mut assigned = Assigned { values: vec![None; devices.len()], ..Assigned::default() };
        let list = match self {
            Self::All(series) => {
                if let Some(values) = assigned.values_of(series, devices.len()) {
                    assigned.values = values.take(devices.len()).map(Some).collect();
                }
                return assigned;
            }
            Self::By(list) => list,
        };
        // Mostly the devices are written in their order, and none has to be looked for.
        let mut next = 0;
        let mut places: Option<HashMap<&str, usize>> = None;
        for (names, series) in list {
            let mut values = assigned.values_of(series, names.value.len());
            for name in &names.value {
                let value = values.as_mut().and_then(Iterator::next);
                let place = if devices.get(next).is_some_and(|device| device == name) {
                    Some(next)
                } else {
                    let by_name = || devices.iter().enumerate().map(|(place, device)| (*device, place)).collect();
                    places.get_or_insert_with(by_name).get(name.as_str()).copied()
                };
                match place {
                    Some(place) => {
                        next = place + 1;
                        assigned.values[place] = value.or(assigned.values[place].take());
                    }
                    None => assigned.unknown.push(Spanned::new(name.as_str(), names.span)),
                }
            }
        }
        if assigned.values.contains(&None) {
            // A device that is listed twice has its value twice.
            let known: HashMap<&str, Spanned<&str>> = devices
                .iter()
                .zip(&assigned.values)
                .filter_map(|(device, value)| Some((*device, value.clone()?)))
                .collect();
            for (device, value) in devices.iter().zip(&mut assigned.values) {
                *value = value.take().or_else(|| known.get(device).cloned());
            }
        }
        assigned
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
    fn names_that_count_up_are_a_range_again() {
        let collapsed = |names: &[&str]| collapse(names.iter().copied()).join(" ");
        assert_eq!(collapsed(&["pve1", "pve2", "pve3"]), "pve{1..3}");
        assert_eq!(collapsed(&["pve9", "pve10", "core-a", "core-b"]), "pve{9..10} core-a core-b");
        assert_eq!(collapsed(&["a1:1", "a1:2", "a2:1", "a2:2"]), "a1:{1..2} a2:{1..2}");
        assert_eq!(collapsed(&["pve1", "pve3", "pve2"]), "pve1 pve3 pve2");
        // Numbers with zeros before them do not count as they are written.
        assert_eq!(collapsed(&["pve01", "pve02"]), "pve01 pve02");
        assert_eq!(collapsed(&["18446744073709551615", "0", "x"]), "18446744073709551615 0 x");
        assert_eq!(names(&collapsed(&["n8", "n9", "n10"])), ["n8", "n9", "n10"]);
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

    fn series(values: &[&str]) -> Spanned<Series> {
        let values = values.iter().map(|value| Text::from(*value)).collect();
        Spanned::new(Series(values), Span::start_of(crate::source::Sources::default().add("", "")))
    }

    fn by(list: &[(&[&str], &[&str])]) -> PerDevice {
        let entry = |(names, values): &(&[&str], &[&str])| {
            let series = series(values);
            (Spanned::new(names.iter().map(|name| Text::from(*name)).collect(), series.span), series)
        };
        PerDevice::By(list.iter().map(entry).collect())
    }

    #[test]
    fn values_go_to_their_devices_whatever_their_order() {
        let written = by(&[(&["b"], &["2"]), (&["a"], &["1"]), (&["c", "d"], &["3", "4"]), (&["b"], &["5"])]);
        let assigned = written.assign(&["a", "b", "c", "d", "e", "a"]);
        let values: Vec<Option<&str>> =
            assigned.values.iter().map(|value| value.as_ref().map(|value| value.value)).collect();
        // The later value of `b` counts, `e` has none, and `a` is listed twice.
        assert_eq!(values, [Some("1"), Some("5"), Some("3"), Some("4"), None, Some("1")]);
        assert!(assigned.unknown.is_empty() && assigned.mismatches.is_empty());
    }

    #[test]
    fn a_series_of_another_length_and_a_strange_name_are_told() {
        let written = by(&[(&["a", "b", "c"], &["1", "2"]), (&["x"], &["9"])]);
        let assigned = written.assign(&["a", "b", "c"]);
        assert_eq!(assigned.values, [None, None, None]);
        assert_eq!(assigned.unknown.iter().map(|name| name.value).collect::<Vec<_>>(), ["x"]);
        assert_eq!(assigned.mismatches.iter().map(|one| (one.devices, one.values)).collect::<Vec<_>>(), [(3, 2)]);
        let all = PerDevice::All(series(&["1", "2"]));
        assert_eq!(all.assign(&["a"]).mismatches.len(), 1);
        assert_eq!(PerDevice::All(series(&["7"])).assign(&["a", "b"]).values.iter().flatten().count(), 2);
    }
}
