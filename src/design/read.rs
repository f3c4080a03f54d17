//! Reading values: types, units, ranges and unknown keys, all mistakes of a document in one run.

use std::fmt::Display;
use std::iter::Flatten;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::vec::IntoIter;

use compact_str::ToCompactString;
use foldhash::{HashMap, HashMapExt as _};

use super::Text;
use super::guesses::{meant, same};
use super::names::{Names, PatternError, expand};
use super::table::{Field, Form, Shape, Table, Words, quoted};
use super::tables::{Design, Release};
use crate::parallel;
use crate::quantity::{Dimension, Endurance, Measure, Quantity, QuantityError};
pub(super) use crate::source::Spanned;
use crate::source::{Entry, Kind, Span, Table as Tree, Value};
use crate::words::Said;
use crate::words::{expected, guesses, kinds, values};

/// Most mistakes of one document that are reported.
const MOST_MISTAKES: usize = 1_000;
/// How alike two keys are before one is offered for the other (Jaro-Winkler, 0 to 1).
const ALIKE: f64 = 0.8;

/// What a mistake is about; each is a rule of the area `design`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MistakeKind {
    /// The text cannot be had at all.
    Unreadable,
    /// The text is no TOML.
    Syntax,
    /// A key that the table doesn't have.
    UnknownKey,
    /// A key that is needed is missing.
    MissingKey,
    /// Text where a number is needed, and the like.
    WrongType,
    /// A word that is not among those offered.
    UnknownWord,
    /// A quantity without unit, or with a wrong one.
    BadQuantity,
    /// A number outside its bounds.
    OutOfRange,
    /// More of something than is read; no rule is judged then.
    LimitExceeded,
    /// A name range that cannot be written out.
    BadRange,
    /// Two things with one name.
    DuplicateName,
    /// Two files that define one key.
    DuplicateKey,
    /// A name that nothing in the design has.
    DanglingName,
    /// Two ranges that go pair by pair and are not equally long.
    UnequalRanges,
    /// Something that stands on itself.
    Cycle,
    /// A port or place that is used twice.
    UsedTwice,
    /// An address that cannot be read.
    BadAddress,
    /// A choice of rules that cannot be made.
    BadPolicy,
    /// A file that cannot be included.
    BadInclude,
    /// An expression of a user's rule that names, calls or compares what it cannot.
    BadExpression,
    /// An expression of a user's rule that fails while a design is judged.
    ExpressionFailed,
}

/// Something wrong with what was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Mistake {
    /// What it is about.
    pub kind: MistakeKind,
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub message: Said,
    /// What to write instead.
    pub help: Option<Said>,
    /// Other places that have to do with it.
    pub related: Vec<(Span, Said)>,
    /// What to write at the place, where that is the one right text.
    pub fix: Option<String>,
}

impl Mistake {
    /// A mistake at a place.
    pub fn new(kind: MistakeKind, span: Span, message: impl Into<Said>) -> Self {
        Self { kind, span, message: message.into(), help: None, related: Vec::new(), fix: None }
    }

    /// Says what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<Said>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says what to write at the place, where that is the one right text.
    #[must_use]
    pub fn fix(mut self, text: impl Into<Option<String>>) -> Self {
        self.fix = text.into();
        self
    }

    /// Points at another place.
    #[must_use]
    pub fn related(mut self, span: Span, message: impl Into<Said>) -> Self {
        self.related.push((span, message.into()));
        self
    }
}

/// Bytes of the longest name that is looked for among others: comparing takes the product of both lengths.
const LONGEST_COMPARED: usize = 64;

/// The known name that is most like `word`, where one is alike enough. No name of more than 64 bytes is.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > LONGEST_COMPARED {
        return None;
    }
    let word = word.to_lowercase();
    let letters = Letters::of(&word);
    known
        .into_iter()
        .filter(|name| name.len() <= LONGEST_COMPARED)
        .map(|name| (name.to_lowercase(), name))
        .filter(|(lower, _)| letters.may_be_alike(lower))
        .map(|(lower, name)| (strsim::jaro_winkler(&word, &lower), name))
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, name)| name)
}

/// A word, with how often each letter stands in it.
struct Letters<'w> {
    word: &'w str,
    counts: [u8; 128],
}

impl<'w> Letters<'w> {
    fn of(word: &'w str) -> Self {
        let mut counts = [0; 128];
        for byte in word.bytes().filter(u8::is_ascii) {
            counts[usize::from(byte)] += 1;
        }
        Self { word, counts }
    }

    /// Whether a name could be alike enough by the letters that both have, whatever their order. Jaro's similarity is the mean
    /// of the common part of one, of the other, and of the part of those in order, which is 1 at most; for each of the first
    /// four letters that are the same Winkler takes off a tenth of what is missing to 1.
    fn may_be_alike(&self, name: &str) -> bool {
        if !self.word.is_ascii() || !name.is_ascii() {
            return true;
        }
        let (mut left, mut common) = (self.counts, 0.0);
        for byte in name.bytes().map(usize::from) {
            if left[byte] > 0 {
                left[byte] -= 1;
                common += 1.0;
            }
        }
        let part = |word: &str| common / word.len().max(1) as f64;
        let jaro = (part(self.word) + part(name) + 1.0) / 3.0;
        let first = self.word.bytes().zip(name.bytes()).take(4).take_while(|(own, other)| own == other).count();
        1.0 - (1.0 - jaro) * (1.0 - 0.1 * first as f64) >= ALIKE
    }
}

/// A value that can be read from a document.
pub trait FromValue: Sized + Send {
    /// What may stand there.
    const SHAPE: Shape;

    /// Reads the value; reports what is wrong and answers nothing if it cannot be used.
    fn from_value(value: &Value, reader: &mut Reader) -> Option<Self>;
}

/// Most names that the ranges of one design may stand for together.
const MOST_NAMES: usize = 1_000_000;
/// Entries of a table or list that are read by one after another.
const MANY_ENTRIES: usize = 512;
/// Largest whole number that any key takes.
const LARGEST_NUMBER: i64 = 1_000_000_000;

/// Collects mistakes while values are read.
#[derive(Debug, Default)]
pub struct Reader {
    mistakes: Vec<Mistake>,
    reported: usize,
    /// Names that ranges stand for so far; readers beside each other count them together.
    ranges: Arc<AtomicUsize>,
    /// How many of them this reader has counted.
    own_ranges: usize,
    /// Names that are none of a range.
    plain: usize,
}

impl Reader {
    /// Notes a mistake.
    pub fn report(&mut self, mistake: Mistake) {
        self.reported += 1;
        if self.mistakes.len() < MOST_MISTAKES {
            self.mistakes.push(mistake);
        }
    }

    pub(crate) fn into_mistakes(self) -> Vec<Mistake> {
        self.mistakes
    }

    /// Reads each of some entries; many of them beside each other.
    pub(super) fn each<V: Sync, R: Send>(
        &mut self,
        entries: &[V],
        read: impl Fn(&V, &mut Self) -> R + Sync,
    ) -> Flatten<IntoIter<Vec<R>>> {
        let mut all = Vec::new();
        if entries.len() >= MANY_ENTRIES {
            let plain = self.plain;
            let chunks: Vec<&[V]> = entries.chunks(MANY_ENTRIES).collect();
            let chunks = parallel::each(&chunks, |chunk| {
                let mut reader = Self { ranges: Arc::clone(&self.ranges), plain, ..Self::default() };
                let read: Vec<R> = chunk.iter().map(|entry| read(entry, &mut reader)).collect();
                (read, reader)
            });
            let ranges = chunks.iter().map(|(_, reader)| reader.own_ranges).sum::<usize>();
            self.plain += chunks.iter().map(|(_, reader)| reader.plain - plain).sum::<usize>();
            if self.names() <= MOST_NAMES {
                self.own_ranges += ranges;
                for (read, reader) in chunks {
                    all.push(read);
                    self.reported += reader.reported;
                    let room = MOST_MISTAKES.saturating_sub(self.mistakes.len());
                    self.mistakes.extend(reader.mistakes.into_iter().take(room));
                }
                return all.into_iter().flatten();
            }
            // Which of them are too many depends on their order.
            self.ranges.fetch_sub(ranges, Ordering::Relaxed);
            self.plain = plain;
        }
        all.push(entries.iter().map(|entry| read(entry, self)).collect());
        all.into_iter().flatten()
    }

    /// The table that stands at a value.
    pub(crate) fn table<'v>(&mut self, value: &'v Value, fields: &'static [Field]) -> Option<&'v Tree> {
        let Kind::Table(table) = &value.kind else {
            self.report_type(value, kinds::table(), table_of(fields).map(values::write));
            return None;
        };
        Some(table)
    }

    pub(crate) fn text<'v>(&mut self, value: &'v Value, shape: &Shape) -> Option<&'v str> {
        let Kind::Text(text) = &value.kind else {
            self.wrong_type(value, shape);
            return None;
        };
        Some(text)
    }

    pub(crate) fn expand(&mut self, pattern: &str, span: Span) -> Option<Vec<Text>> {
        if self.names() > MOST_NAMES {
            return None;
        }
        let names = match expand(pattern) {
            Ok(names) => names,
            Err(error) => {
                let past_limit = error == PatternError::TooMany;
                let kind = if past_limit { MistakeKind::LimitExceeded } else { MistakeKind::BadRange };
                self.report(Mistake::new(kind, span, error.said()));
                return None;
            }
        };
        if names.len() == 1 {
            self.plain += 1;
        } else {
            self.ranges.fetch_add(names.len(), Ordering::Relaxed);
            self.own_ranges += names.len();
        }
        if self.names() > MOST_NAMES {
            self.report(Mistake::new(MistakeKind::LimitExceeded, span, values::too_many_names(MOST_NAMES)));
            return None;
        }
        Some(names)
    }

    /// Counts a name that stands for itself, where there is room for one more.
    pub(super) fn takes_name(&mut self) -> bool {
        let room = self.names() < MOST_NAMES;
        self.plain += usize::from(room);
        room
    }

    /// Names so far, those that other readers count at the same time included.
    fn names(&self) -> usize {
        self.ranges.load(Ordering::Relaxed) + self.plain
    }

    pub(crate) fn word<T: Words + FromValue>(&mut self, value: &Value) -> Option<T> {
        if let Kind::Text(text) = &value.kind
            && let Some(word) = T::from_word(text)
        {
            return Some(word);
        }
        let text = self.text(value, &T::SHAPE)?;
        let message = values::unknown_word(in_quotes(text));
        let mistake = Mistake::new(MistakeKind::UnknownWord, value.span, message);
        let likely = meant(text, T::WORDS).or_else(|| nearest(text, T::WORDS.iter().copied()));
        let words = quoted(T::WORDS);
        let help = match likely {
            Some(word) => guesses::did_you_mean_word(in_quotes(word), words),
            None => values::write_one_of(words),
        };
        self.report(mistake.help(help).fix(same(text, T::WORDS).map(in_quotes)));
        None
    }

    fn wrong_type(&mut self, value: &Value, shape: &Shape) {
        let fix = rewritten(value, shape);
        let help = match (&fix, &value.kind) {
            (Some(text), Kind::Text(_)) => Some(values::write_without_quotes(text)),
            (Some(text), _) => Some(values::write(text)),
            (None, kind) => to_quote(kind, shape),
        };
        self.report(Mistake { help, fix, ..unlike(value, shape.expected()) });
    }

    fn report_type(&mut self, value: &Value, expected: Said, help: Option<Said>) {
        self.report(Mistake { help, ..unlike(value, expected) });
    }

    fn integer(&mut self, value: &Value) -> Option<i64> {
        match &value.kind {
            Kind::Integer(number) if *number <= LARGEST_NUMBER => Some(*number),
            Kind::Integer(number) => self.too_large(value.span, &number.to_string()),
            Kind::HugeInteger(digits) => self.too_large(value.span, digits),
            Kind::Float(number) if *number > LARGEST_NUMBER as f64 => {
                self.too_large(value.span, &format!("{number:e}"))
            }
            Kind::Float(number) => {
                let mistake = Mistake::new(MistakeKind::WrongType, value.span, values::no_whole_number(*number));
                self.report(mistake.help(values::without_fraction()));
                None
            }
            _ => {
                self.wrong_type(value, &u32::SHAPE);
                None
            }
        }
    }

    /// A number with its unit; a number alone is handed on, since its own error names the likely units.
    fn quantity<T: FromStr<Err = QuantityError>>(&mut self, value: &Value, shape: &Shape) -> Option<T> {
        let text = match &value.kind {
            Kind::Text(text) => text.clone(),
            Kind::Integer(number) => number.to_compact_string(),
            Kind::Float(number) => number.to_compact_string(),
            _ => {
                self.wrong_type(value, shape);
                return None;
            }
        };
        text.parse().map_err(|error: QuantityError| self.report(bad_quantity(value.span, &error))).ok()
    }

    fn too_large(&mut self, span: Span, number: &str) -> Option<i64> {
        let message = values::too_large(number, LARGEST_NUMBER.to_string());
        self.report(Mistake::new(MistakeKind::LimitExceeded, span, message));
        None
    }
}

/// The keys of one table while it is read.
pub(crate) struct Keys<'v> {
    fields: &'static [Field],
    table: &'v Tree,
    place: Span,
    complete: bool,
    unread: Vec<&'static str>,
}

impl<'v> Keys<'v> {
    /// The keys of a table that stands at a place.
    pub(crate) fn new(table: &'v Tree, place: Span, fields: &'static [Field]) -> Self {
        Self { fields, table, place, complete: true, unread: Vec::new() }
    }

    /// Reads the value of a field.
    pub(crate) fn take<T: FromValue>(&mut self, field: &'static Field, reader: &mut Reader) -> Option<Spanned<T>> {
        let entry = self.entry(field, reader)?;
        let before = reader.reported;
        let value = in_range(field, &entry.value, reader).then(|| T::from_value(&entry.value, reader)).flatten();
        let span = self.taken(field, entry, reader.reported > before, value.is_some());
        value.map(|value| Spanned::new(value, span))
    }

    /// What is written for a field. Of most fields nothing is: this is written once for all their types.
    #[inline(never)]
    fn entry(&mut self, field: &'static Field, reader: &mut Reader) -> Option<&'v Entry> {
        let name = field.name;
        let entry = self.table.0.iter().find(|entry| entry.key.value == name);
        if entry.is_none() && field.required {
            self.complete = false;
            let mistake = Mistake::new(MistakeKind::MissingKey, self.place, values::missing(name));
            reader.report(mistake.help(values::write_key(name, field.shape.expected())));
        }
        entry
    }

    /// Notes what became of a field; answers where its value is pointed at.
    fn taken(&mut self, field: &'static Field, entry: &Entry, reported: bool, had: bool) -> Span {
        if reported {
            self.unread.push(field.name);
        }
        self.complete &= had || !field.required;
        // A table is pointed at by its key: the value's own span may be a header, or braces over many lines.
        if matches!(entry.value.kind, Kind::Table(_)) { entry.key.span } else { entry.value.span }
    }

    /// Reports keys that are no field; answers with the keys that were not read, unless a required one is missing.
    pub(crate) fn finish(mut self, reader: &mut Reader) -> Option<Vec<&'static str>> {
        let known = |entry: &&Entry| self.fields.iter().any(|field| field.name == entry.key.value);
        for entry in self.table.0.iter().filter(|entry| !known(entry)) {
            let key = &entry.key;
            let mistake = Mistake::new(MistakeKind::UnknownKey, key.span, values::no_key(key.value.as_str()));
            self.unread.extend(nearest(&key.value, self.fields.iter().map(|field| field.name)));
            let fix = renamed(entry, self.table, self.fields);
            reader.report(mistake.help(instead_of(&key.value, self.fields)).fix(fix));
        }
        self.complete.then_some(self.unread)
    }
}

/// What to write instead of a key that a table with these fields doesn't have.
fn instead_of(key: &str, fields: &[Field]) -> Said {
    let names: Vec<_> = fields.iter().map(|field| field.name).collect();
    if let Some(name) = meant(key, &names) {
        return guesses::did_you_mean(name);
    }
    if let [below, ..] = with_key(key, fields).as_slice() {
        return values::belongs_in(*below);
    }
    if let Some(name) = nearest(key, names.iter().copied()) {
        return guesses::did_you_mean(name);
    }
    let keys = names.join(", ");
    match with_key(key, Design::fields()).as_slice() {
        [] => values::keys_are(keys),
        tables => values::key_of(tables.join(", "), keys),
    }
}

/// The tables among these fields that have the key.
fn with_key(key: &str, fields: &[Field]) -> Vec<&'static str> {
    let has_key =
        |field: &&Field| keys_below(field.shape).is_some_and(|keys| keys.iter().any(|below| below.name == key));
    fields.iter().filter(has_key).map(|field| field.name).collect()
}

/// The keys of a table, or of each entry of a table by name.
fn keys_below(shape: &Shape) -> Option<&'static [Field]> {
    match shape.form {
        Form::Table(fields) => Some(fields()),
        Form::Named(entry) => keys_below(entry),
        _ => None,
    }
}

/// A value of a kind that its key doesn't take.
pub(crate) fn unlike(value: &Value, expected: Said) -> Mistake {
    Mistake::new(MistakeKind::WrongType, value.span, values::needed_here(expected, value.kind.said()))
}

/// Whether text in quotes is expected that a number may stand for.
fn text_of_number(kind: &Kind, shape: &Shape) -> bool {
    match kind {
        Kind::Integer(_) => shape.is(&String::SHAPE) || shape.is(&Release::SHAPE),
        Kind::Float(_) => shape.is(&Release::SHAPE),
        _ => false,
    }
}

/// A value of the wrong type as it has to be written, where that is plain.
fn rewritten(value: &Value, shape: &Shape) -> Option<String> {
    let a_number = matches!(shape.form, Form::Whole(_) | Form::Number);
    match &value.kind {
        Kind::Text(text) if a_number => text.parse::<u32>().ok().map(|number| number.to_string()),
        Kind::Text(text) if matches!(shape.form, Form::Switch) => match text.to_lowercase().as_str() {
            "yes" | "true" | "on" => Some("true".to_owned()),
            "no" | "false" | "off" => Some("false".to_owned()),
            _ => None,
        },
        kind if text_of_number(kind, shape) => {
            let number = match kind {
                Kind::Integer(number) => number.to_string(),
                Kind::Float(number) => number.to_string(),
                _ => return None,
            };
            // 9.10 is the number 9.1 and another release.
            let as_written = (value.span.end - value.span.start) as usize == number.len();
            as_written.then(|| in_quotes(&number))
        }
        _ => None,
    }
}

/// What to put in quotes where a number stands for text.
fn to_quote(kind: &Kind, shape: &Shape) -> Option<Said> {
    match kind {
        Kind::Integer(number) if shape.is(&Names::SHAPE) => {
            Some(values::write_names_in_quotes(in_quotes("pve{1..3}"), in_quotes(&number.to_string())))
        }
        kind => text_of_number(kind, shape).then(values::write_in_quotes),
    }
}

/// The key that is meant by one that the table doesn't have, where nothing else can be meant and its value fits. A table
/// under a header is left as it is: its name may stand in several of them.
fn renamed(entry: &Entry, table: &Tree, fields: &[Field]) -> Option<String> {
    let names: Vec<_> = fields.iter().map(|field| field.name).collect();
    let name = same(&entry.key.value, &names)?;
    let field = fields.iter().find(|field| field.name == name)?;
    let mut meant_alike = table.0.iter().filter(|other| same(&other.key.value, &[name]).is_some());
    let alone = meant_alike.next().is_some() && meant_alike.next().is_none();
    let beside = entry.value.span.start >= entry.key.span.end;
    let fits = fits(field.shape, &entry.value.kind) || rewritten(&entry.value, field.shape).is_some();
    (alone && beside && fits).then(|| name.to_owned())
}

/// Whether a value is of a kind that a shape takes.
fn fits(shape: &Shape, kind: &Kind) -> bool {
    match (shape.form, kind) {
        (Form::Text | Form::Spelled(_) | Form::Quantity(_) | Form::Words(_), Kind::Text(_))
        | (Form::Switch, Kind::Boolean(_))
        | (Form::Whole(_), Kind::Integer(_))
        | (Form::Number, Kind::Integer(_) | Kind::Float(_))
        | (Form::Table(_) | Form::Named(_), Kind::Table(_))
        | (Form::List(_), Kind::List(_)) => true,
        (Form::List(inner), _) => fits(inner, kind),
        (Form::Either(left, right), _) => fits(left, kind) || fits(right, kind),
        _ => false,
    }
}

/// How a table with these keys is written.
fn table_of(fields: &[Field]) -> Option<Said> {
    let names: Vec<_> = fields.iter().map(|field| field.name).collect();
    Some(match names.as_slice() {
        [] => return None,
        [only] => format!("{{ {only} = ... }}").into(),
        [first, ..] => values::with_keys(format!("{{ {first} = ... }}"), names.join(", ")),
    })
}

fn in_range(field: &Field, value: &Value, reader: &mut Reader) -> bool {
    // What is past every limit is told by the number's own reader.
    if matches!(value.kind, Kind::Integer(number) if number > LARGEST_NUMBER) {
        return true;
    }
    let (Some((low, high)), Kind::Integer(number)) = (field.range, &value.kind) else {
        return true;
    };
    let inside = (low..=high).contains(number);
    if !inside {
        let [number, low, high] = [*number, low, high].map(|number| number.to_string());
        let message = if low == high { values::only_number(number, low) } else { values::outside(number, low, high) };
        reader.report(Mistake::new(MistakeKind::OutOfRange, value.span, message));
    }
    inside
}

/// One entry of a table whose keys are names.
#[derive(Debug, Clone)]
pub struct Item<T> {
    /// The key as written, a name or a range of names.
    pub pattern: Spanned<Text>,
    /// The names it stands for.
    pub names: Vec<Text>,
    /// What is said of them.
    pub value: T,
}

/// A table whose keys are names or ranges of names, in the order they were written.
#[derive(Debug, Clone)]
pub struct Named<T>(pub Vec<Item<T>>);

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Named<T> {
    /// The entries in order.
    pub fn iter(&self) -> impl Iterator<Item = &Item<T>> {
        self.0.iter()
    }
}

impl<T: FromValue> FromValue for Named<T> {
    const SHAPE: Shape = Shape { expects: expected::table_by_name, form: Form::Named(&T::SHAPE) };

    fn from_value(value: &Value, reader: &mut Reader) -> Option<Self> {
        let Kind::Table(table) = &value.kind else {
            let entry = keys_below(&T::SHAPE).and_then(table_of);
            let help = entry.map(values::write_by_name);
            reader.report_type(value, Self::SHAPE.expected(), help);
            return None;
        };
        let read = reader.each(&table.0, |entry, reader| {
            let names = reader.expand(&entry.key.value, entry.key.span)?;
            Some((names, T::from_value(&entry.value, reader)))
        });
        let mut seen: HashMap<Text, Span> = HashMap::with_capacity(table.0.len());
        let mut items = Vec::with_capacity(table.0.len());
        for (entry, read) in table.0.iter().zip(read) {
            let Some((mut names, value)) = read else { continue };
            names.retain(|name| match seen.get(name) {
                None => true,
                Some(first) => {
                    let message = values::described_twice(name.as_str());
                    let mistake = Mistake::new(MistakeKind::DuplicateName, entry.key.span, message);
                    reader.report(mistake.related(*first, values::first_described_here()));
                    false
                }
            });
            seen.extend(names.iter().map(|name| (name.clone(), entry.key.span)));
            if let Some(value) = value.filter(|_| !names.is_empty()) {
                items.push(Item { pattern: entry.key.clone(), names, value });
            }
        }
        Some(Self(items))
    }
}

impl<T: FromValue> FromValue for Vec<Spanned<T>> {
    const SHAPE: Shape = Shape { expects: kinds::list, form: Form::List(&T::SHAPE) };

    fn from_value(value: &Value, reader: &mut Reader) -> Option<Self> {
        let values = match &value.kind {
            Kind::List(values) => values.as_slice(),
            _ => std::slice::from_ref(value),
        };
        let read = reader
            .each(values, |value, reader| T::from_value(value, reader).map(|item| Spanned::new(item, value.span)));
        Some(read.flatten().collect())
    }
}

impl FromValue for String {
    const SHAPE: Shape = Shape { expects: expected::text_in_quotes, form: Form::Text };

    fn from_value(value: &Value, reader: &mut Reader) -> Option<Self> {
        reader.text(value, &Self::SHAPE).map(str::to_owned)
    }
}

impl FromValue for Text {
    const SHAPE: Shape = String::SHAPE;

    fn from_value(value: &Value, reader: &mut Reader) -> Option<Self> {
        reader.text(value, &Self::SHAPE).map(Self::new)
    }
}

impl FromValue for bool {
    const SHAPE: Shape = Shape { expects: kinds::true_or_false, form: Form::Switch };

    fn from_value(value: &Value, reader: &mut Reader) -> Option<Self> {
        let Kind::Boolean(answer) = value.kind else {
            reader.wrong_type(value, &Self::SHAPE);
            return None;
        };
        Some(answer)
    }
}

macro_rules! whole_number {
    ($($type:ty),*) => { $(
        impl FromValue for $type {
            const SHAPE: Shape = Shape { expects: kinds::whole_number, form: Form::Whole(LARGEST_NUMBER) };

            fn from_value(value: &Value, reader: &mut Reader) -> Option<Self> {
                let number = reader.integer(value)?;
                let fitting = <$type>::try_from(number).ok();
                if fitting.is_none() {
                    let message = values::outside(number.to_string(), "0", <$type>::MAX);
                    reader.report(Mistake::new(MistakeKind::OutOfRange, value.span, message));
                }
                fitting
            }
        }
    )* };
}

whole_number!(u32, u64);

impl FromValue for f64 {
    const SHAPE: Shape = Shape { expects: expected::number, form: Form::Number };

    fn from_value(value: &Value, reader: &mut Reader) -> Option<Self> {
        let number = match &value.kind {
            Kind::Integer(number) => *number as f64,
            Kind::Float(number) => *number,
            _ => {
                reader.wrong_type(value, &Self::SHAPE);
                return None;
            }
        };
        if number.is_finite() && number >= 0.0 {
            return Some(number);
        }
        reader.report(Mistake::new(MistakeKind::OutOfRange, value.span, values::below_zero(number)));
        None
    }
}

impl<D: Dimension> FromValue for Quantity<D> {
    const SHAPE: Shape = Shape { expects: D::expected, form: Form::Quantity(D::UNITS) };

    fn from_value(value: &Value, reader: &mut Reader) -> Option<Self> {
        reader.quantity(value, &Self::SHAPE)
    }
}

impl FromValue for Endurance {
    const SHAPE: Shape = Shape { expects: an_endurance, form: Form::Quantity(Endurance::UNITS) };

    fn from_value(value: &Value, reader: &mut Reader) -> Option<Self> {
        reader.quantity(value, &Self::SHAPE)
    }
}

fn an_endurance() -> Said {
    expected::quantity_either_way(Measure::Endurance.said(), in_quotes("1 DWPD"), in_quotes("3504 TBW"))
}

fn bad_quantity(span: Span, error: &QuantityError) -> Mistake {
    Mistake { help: error.help(), ..Mistake::new(MistakeKind::BadQuantity, span, error.said()) }
}

fn in_quotes(text: &str) -> String {
    format!("\"{text}\"")
}

impl FromValue for Release {
    // What follows a second point is not looked at.
    const SHAPE: Shape = Shape {
        expects: || expected::release(in_quotes("9.1")),
        form: Form::Spelled(r"^\+?[0-9]+(\.\+?[0-9]+(\.[\s\S]*)?)?$"),
    };

    fn from_value(value: &Value, reader: &mut Reader) -> Option<Self> {
        let text = reader.text(value, &Self::SHAPE)?;
        let release = text.parse().ok();
        if release.is_none() {
            let mistake = Mistake::new(MistakeKind::WrongType, value.span, values::no_release(in_quotes(text)));
            reader.report(mistake.help(values::write_it_as(in_quotes("9.1"))));
        }
        release
    }
}

impl FromStr for Release {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, '.');
        let major = parts.next().unwrap_or_default().parse()?;
        let minor = parts.next().map_or(Ok(0), str::parse)?;
        Ok(Self { major, minor })
    }
}

impl Display for Release {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::{ALIKE, Letters, MANY_ENTRIES, MOST_MISTAKES, Mistake, MistakeKind, nearest};
    use crate::catalogue::RULES;
    use crate::design;
    use crate::source::{Sources, Span, parse};

    fn mistakes(text: &str) -> Vec<Mistake> {
        let mut sources = Sources::default();
        let id = sources.add("design.toml", text);
        let (document, errors) = parse(&sources, id);
        assert!(errors.is_empty());
        design::read(&document, Span::start_of(id)).1
    }

    fn nodes(count: usize, line: impl Fn(usize) -> String) -> String {
        (0..count).fold("[node]\n".to_owned(), |text, node| text + &line(node))
    }

    #[test]
    fn mistakes_of_entries_that_are_read_beside_each_other_stand_in_their_order() {
        let count = 4 * MANY_ENTRIES;
        let mistakes = mistakes(&nodes(count, |node| format!("pve{node} = {{ modl = \"hci\" }}\n")));
        assert_eq!(mistakes.len(), MOST_MISTAKES.min(count));
        assert!(mistakes.is_sorted_by_key(|mistake| mistake.span.start));
    }

    #[test]
    fn ranges_that_stand_for_too_many_names_together_are_told_at_the_first_that_is_too_much() {
        // 2,000 names an entry: the 501st brings them above one million.
        let mistakes = mistakes(&nodes(2 * MANY_ENTRIES, |node| format!("\"pve{node}-{{1..2000}}\" = {{}}\n")));
        let [only] = mistakes.as_slice() else { panic!("{}", mistakes.len()) };
        assert_eq!(only.kind, MistakeKind::LimitExceeded);
        let line = |node: usize| format!("\"pve{node}-{{1..2000}}\" = {{}}\n").len();
        let before: usize = "[node]\n".len() + (0..500).map(line).sum::<usize>();
        assert_eq!(only.span.start as usize, before);
    }

    /// A hundred misspelt names of 90 bytes among 900 like them took seconds.
    #[test]
    fn names_as_long_as_a_line_are_not_compared() {
        let long = "x".repeat(90);
        assert_eq!(nearest(&long, [long.as_str()]), None);
        assert_eq!(nearest("core-q", [long.as_str(), "core-a"]), Some("core-a"));
    }

    #[test]
    fn no_name_that_is_alike_is_passed_over_by_its_letters() {
        let ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
        let (mut alike, mut passed) = (0, 0);
        for one in &ids {
            let letters = Letters::of(one);
            for other in &ids {
                let is_alike = strsim::jaro_winkler(one, other) >= ALIKE;
                assert!(letters.may_be_alike(other) || !is_alike, "{one} {other}");
                alike += usize::from(is_alike);
                passed += usize::from(letters.may_be_alike(other));
            }
        }
        // Not every pair is compared, and not only what is alike.
        assert!(alike < passed && passed < ids.len() * ids.len() / 4, "{alike} {passed}");
    }
}
