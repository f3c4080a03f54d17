//! The tree of a document, built from the events of the `toml_parser` crate as they come.

use std::borrow::Cow;
use std::num::IntErrorKind;

use compact_str::{CompactString, ToCompactString};
use foldhash::HashMap;
use toml_parser::decoder::{Encoding, ScalarKind};
use toml_parser::parser::EventReceiver;
use toml_parser::{ErrorSink, ParseError, Source};

use super::{Entry, Kind, SourceId, Span, Spanned, Table, Value};
use crate::words::syntax;

/// Keys of a table beyond which they are found by an index.
const SEARCHED_IN_TURN: usize = 16;

/// A key as it is read from the text.
type Key<'t> = Spanned<Cow<'t, str>>;

/// How a table came about, which decides who may add to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// By a header of its own, or by braces.
    Written,
    /// By the header of a table below it.
    Header,
    /// By a dotted key.
    Dotted,
}

/// What stands below a key that is no finished value.
enum Below {
    One(usize),
    /// The tables of `[[name]]`.
    Many(Vec<usize>),
}

/// A table that may still be added to.
struct Building {
    origin: Origin,
    span: Span,
    entries: Vec<Entry>,
    /// By the position of their entry; shorter than the entries where the last have none.
    below: Vec<Option<Below>>,
    index: HashMap<CompactString, usize>,
}

impl Building {
    fn new(origin: Origin, span: Span) -> Self {
        Self { origin, span, entries: Vec::new(), below: Vec::new(), index: HashMap::default() }
    }

    fn find(&self, key: &str) -> Option<usize> {
        if self.entries.len() <= SEARCHED_IN_TURN {
            return self.entries.iter().position(|entry| entry.key.value == key);
        }
        self.index.get(key).copied()
    }

    fn add(&mut self, key: &Key<'_>, value: Value) {
        self.push(Entry { key: Spanned::new(CompactString::from(&*key.value), key.span), value }, None);
    }

    fn add_below(&mut self, key: &Key<'_>, span: Span, below: Below) {
        let value = Value { span, kind: Kind::Table(Table::default()) };
        self.push(Entry { key: Spanned::new(CompactString::from(&*key.value), key.span), value }, Some(below));
    }

    fn push(&mut self, entry: Entry, below: Option<Below>) {
        let position = self.entries.len();
        if position == SEARCHED_IN_TURN {
            let known = self.entries.iter().enumerate();
            self.index = known.map(|(position, entry)| (entry.key.value.clone(), position)).collect();
        }
        if position >= SEARCHED_IN_TURN {
            self.index.insert(entry.key.value.clone(), position);
        }
        self.entries.push(entry);
        if below.is_some() {
            self.below.resize_with(position, || None);
            self.below.push(below);
        }
    }

    /// The table that further keys go to below the entry at a position; of a list, its last.
    fn below(&self, position: usize) -> Option<usize> {
        match self.below.get(position)?.as_ref()? {
            Below::One(table) => Some(*table),
            Below::Many(tables) => tables.last().copied(),
        }
    }
}

/// A list or a table in braces that is not closed yet.
enum Open {
    List { start: u32, values: Vec<Value>, path: usize },
    Braces { start: u32, table: usize, path: usize },
}

/// A header that is being read.
struct Header {
    start: u32,
    of_list: bool,
}

/// Receives the events of one document.
pub(super) struct Builder<'t> {
    source: Source<'t>,
    id: SourceId,
    /// Where the source begins in the whole text.
    offset: u32,
    /// Tables in the order they came; those in braces go away when they are closed.
    tables: Vec<Building>,
    /// The table that keys go to.
    section: usize,
    header: Option<Header>,
    /// Parts of the keys that wait for their values; those from `path` on belong to the innermost.
    keys: Vec<Key<'t>>,
    path: usize,
    open: Vec<Open>,
}

impl<'t> Builder<'t> {
    pub(super) fn new(source: Source<'t>, id: SourceId, offset: u32) -> Self {
        Self {
            source,
            id,
            offset,
            tables: vec![Building::new(Origin::Written, Span::start_of(id))],
            section: 0,
            header: None,
            keys: Vec::new(),
            path: 0,
            open: Vec::new(),
        }
    }

    /// Closes what is still open at the end of the source.
    pub(super) fn end(&mut self, error: &mut dyn ErrorSink) {
        let end = self.at(self.source.input().len());
        self.close_all(end, error);
        self.close_header(end, error);
    }

    /// The document that was read.
    pub(super) fn into_table(mut self) -> Table {
        self.assemble(0)
    }

    /// Adds what the next part of the text says, both parts being ended. Answers false where that depends on more than new
    /// tables, new keys and further tables of a list: then the whole text has to be read in its order.
    pub(super) fn append(&mut self, next: Self) -> bool {
        let first = self.tables.len();
        for mut table in next.tables {
            for below in table.below.iter_mut().flatten() {
                match below {
                    Below::One(table) => *table += first,
                    Below::Many(tables) => tables.iter_mut().for_each(|table| *table += first),
                }
            }
            self.tables.push(table);
        }
        self.merge(0, first)
    }

    fn merge(&mut self, into: usize, from: usize) -> bool {
        let Building { entries, below, .. } =
            std::mem::replace(&mut self.tables[from], Building::new(Origin::Written, Span::start_of(self.id)));
        let mut below = below.into_iter();
        for entry in entries {
            let below = below.next().flatten();
            let Some(position) = self.tables[into].find(&entry.key.value) else {
                self.tables[into].push(entry, below);
                continue;
            };
            match below {
                Some(Below::Many(tables)) => match self.tables[into].below.get_mut(position) {
                    Some(Some(Below::Many(known))) => known.extend(tables),
                    _ => return false,
                },
                // What only leads to tables below it leads to the same place in the table that is there.
                Some(Below::One(table)) if self.tables[table].origin == Origin::Header => {
                    match self.tables[into].below(position) {
                        Some(known) if self.merge(known, table) => {}
                        _ => return false,
                    }
                }
                _ => return false,
            }
        }
        true
    }

    /// A byte of the source as it is counted in the whole text.
    fn at(&self, byte: usize) -> u32 {
        self.offset + byte as u32
    }

    fn span(&self, span: toml_parser::Span) -> Span {
        Span { source: self.id, start: self.at(span.start()), end: self.at(span.end()) }
    }

    fn assemble(&mut self, table: usize) -> Table {
        let Building { mut entries, below, .. } =
            std::mem::replace(&mut self.tables[table], Building::new(Origin::Written, Span::start_of(self.id)));
        for (entry, below) in entries.iter_mut().zip(below) {
            match below {
                None => {}
                Some(Below::One(table)) => entry.value.kind = Kind::Table(self.assemble(table)),
                Some(Below::Many(tables)) => {
                    let value = |table: usize| {
                        let span = self.tables[table].span;
                        Value { span, kind: Kind::Table(self.assemble(table)) }
                    };
                    entry.value.kind = Kind::List(tables.into_iter().map(value).collect());
                }
            }
        }
        // A table that a later header names takes that header's place.
        entries.sort_by_key(|entry| entry.key.span.start);
        Table(entries)
    }

    fn new_table(&mut self, origin: Origin, span: Span) -> usize {
        self.tables.push(Building::new(origin, span));
        self.tables.len() - 1
    }

    /// The table that all but the last of the waiting keys lead to.
    fn descend(&mut self, mut table: usize, by: Origin, error: &mut dyn ErrorSink) -> Option<usize> {
        for part in self.path..self.keys.len().saturating_sub(1) {
            let key = &self.keys[part];
            let Some(position) = self.tables[table].find(&key.value) else {
                let (key, span) = (key.clone(), key.span);
                let below = self.new_table(by, span);
                self.tables[table].add_below(&key, span, Below::One(below));
                table = below;
                continue;
            };
            let Some(below) = self.tables[table].below(position) else {
                error.report_error(problem(syntax::no_table().to_string(), key.span));
                return None;
            };
            match (by, self.tables[below].origin) {
                (Origin::Dotted, Origin::Written) => {
                    error.report_error(problem(DUPLICATE, key.span));
                    return None;
                }
                (Origin::Dotted, _) => self.tables[below].origin = Origin::Dotted,
                _ => {}
            }
            table = below;
        }
        Some(table)
    }

    /// Gives the waiting key its value, or the open list its next.
    fn value(&mut self, value: Value, error: &mut dyn ErrorSink) {
        let table = match self.open.last_mut() {
            Some(Open::List { values, .. }) => return values.push(value),
            Some(Open::Braces { table, .. }) => *table,
            None => self.section,
        };
        if self.keys.len() == self.path {
            return;
        }
        let parent =
            if self.keys.len() == self.path + 1 { Some(table) } else { self.descend(table, Origin::Dotted, error) };
        let key = self.keys.pop();
        self.keys.truncate(self.path);
        let (Some(table), Some(key)) = (parent, key) else { return };
        if self.tables[table].find(&key.value).is_some() {
            error.report_error(problem(DUPLICATE, key.span));
        } else {
            self.tables[table].add(&key, value);
        }
    }

    /// Begins a list or a table in braces: keys inside of it are its own.
    fn open(&mut self, open: impl FnOnce(usize) -> Open) {
        self.open.push(open(self.path));
        self.path = self.keys.len();
    }

    /// Ends the innermost list or table in braces.
    fn close(&mut self, end: u32, error: &mut dyn ErrorSink) {
        let Some(open) = self.open.pop() else { return };
        self.keys.truncate(self.path);
        let (start, kind) = match open {
            Open::List { start, values, path } => {
                self.path = path;
                (start, Kind::List(values))
            }
            Open::Braces { start, table, path } => {
                self.path = path;
                let kind = Kind::Table(self.assemble(table));
                self.tables.truncate(table);
                (start, kind)
            }
        };
        self.value(Value { span: Span { source: self.id, start, end }, kind }, error);
    }

    fn close_all(&mut self, end: u32, error: &mut dyn ErrorSink) {
        while !self.open.is_empty() {
            self.close(end, error);
        }
    }

    /// Makes the table of a header that was read the one that keys go to.
    fn close_header(&mut self, end: u32, error: &mut dyn ErrorSink) {
        let Some(Header { start, of_list }) = self.header.take() else { return };
        let span = Span { source: self.id, start, end };
        let parent = self.descend(0, Origin::Header, error);
        let key = self.keys.pop();
        self.keys.truncate(self.path);
        self.section = match (parent, key) {
            (Some(parent), Some(key)) if of_list => self.next_of_list(parent, &key, span, error),
            (Some(parent), Some(key)) => self.table_of_header(parent, &key, span, error),
            _ => self.new_table(Origin::Written, span),
        };
    }

    fn next_of_list(&mut self, parent: usize, key: &Key<'_>, span: Span, error: &mut dyn ErrorSink) -> usize {
        let table = self.new_table(Origin::Written, span);
        let parent = &mut self.tables[parent];
        match parent.find(&key.value) {
            None => parent.add_below(key, span, Below::Many(vec![table])),
            Some(position) => match parent.below.get_mut(position) {
                Some(Some(Below::Many(tables))) => tables.push(table),
                _ => error.report_error(problem(DUPLICATE, key.span)),
            },
        }
        table
    }

    fn table_of_header(&mut self, parent: usize, key: &Key<'_>, span: Span, error: &mut dyn ErrorSink) -> usize {
        let Some(position) = self.tables[parent].find(&key.value) else {
            let table = self.new_table(Origin::Written, span);
            self.tables[parent].add_below(key, span, Below::One(table));
            return table;
        };
        let known = match self.tables[parent].below.get(position) {
            Some(Some(Below::One(table))) => Some(*table),
            _ => None,
        };
        match known {
            Some(table) if self.tables[table].origin == Origin::Header => {
                self.tables[table].origin = Origin::Written;
                let entry = &mut self.tables[parent].entries[position];
                entry.key.span = key.span;
                entry.value.span = span;
                table
            }
            _ => {
                error.report_error(problem(DUPLICATE, key.span));
                known.unwrap_or_else(|| self.new_table(Origin::Written, span))
            }
        }
    }

    fn scalar_of(&self, span: toml_parser::Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) -> Kind {
        let mut text = Cow::Borrowed("");
        let raw = toml_parser::Raw::new_unchecked(self.written(span), encoding, span);
        match raw.decode_scalar(&mut text, error) {
            ScalarKind::String => Kind::Text(text.into()),
            ScalarKind::Boolean(value) => Kind::Boolean(value),
            ScalarKind::Float => Kind::Float(text.parse().unwrap_or(f64::NAN)),
            ScalarKind::Integer(radix) => match i64::from_str_radix(&text, radix.value()) {
                Ok(number) => Kind::Integer(number),
                Err(wrong) => {
                    if !matches!(wrong.kind(), IntErrorKind::PosOverflow | IntErrorKind::NegOverflow) {
                        // A prefix such as `0x` without digits, or digits of another script.
                        error.report_error(ParseError::new(syntax::no_number().to_string()).with_unexpected(span));
                    }
                    Kind::HugeInteger(text.into())
                }
            },
            ScalarKind::DateTime => match text.parse::<toml_datetime::Datetime>() {
                Ok(date) => Kind::Datetime(date.to_compact_string()),
                Err(wrong) => {
                    error.report_error(ParseError::new(wrong.to_string()).with_unexpected(span));
                    Kind::Datetime(text.into())
                }
            },
        }
    }

    fn written(&self, span: toml_parser::Span) -> &'t str {
        self.source.input().get(span.start()..span.end()).unwrap_or_default()
    }
}

/// A key that is written twice in one table.
pub(super) const DUPLICATE: &str = "duplicate key";

fn problem(what: impl Into<Cow<'static, str>>, span: Span) -> ParseError {
    ParseError::new(what).with_unexpected(toml_parser::Span::new_unchecked(span.start as usize, span.end as usize))
}

impl EventReceiver for Builder<'_> {
    fn std_table_open(&mut self, span: toml_parser::Span, error: &mut dyn ErrorSink) {
        self.open_header(span, false, error);
    }

    fn array_table_open(&mut self, span: toml_parser::Span, error: &mut dyn ErrorSink) {
        self.open_header(span, true, error);
    }

    fn std_table_close(&mut self, span: toml_parser::Span, error: &mut dyn ErrorSink) {
        self.close_header(self.at(span.end()), error);
    }

    fn array_table_close(&mut self, span: toml_parser::Span, error: &mut dyn ErrorSink) {
        self.close_header(self.at(span.end()), error);
    }

    fn inline_table_open(&mut self, span: toml_parser::Span, _: &mut dyn ErrorSink) -> bool {
        let table = self.new_table(Origin::Written, self.span(span));
        let start = self.at(span.start());
        self.open(|path| Open::Braces { start, table, path });
        true
    }

    fn inline_table_close(&mut self, span: toml_parser::Span, error: &mut dyn ErrorSink) {
        self.close(self.at(span.end()), error);
    }

    fn array_open(&mut self, span: toml_parser::Span, _: &mut dyn ErrorSink) -> bool {
        let start = self.at(span.start());
        self.open(|path| Open::List { start, values: Vec::new(), path });
        true
    }

    fn array_close(&mut self, span: toml_parser::Span, error: &mut dyn ErrorSink) {
        self.close(self.at(span.end()), error);
    }

    fn simple_key(&mut self, span: toml_parser::Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        let mut text = Cow::Borrowed("");
        toml_parser::Raw::new_unchecked(self.written(span), encoding, span).decode_key(&mut text, error);
        self.keys.push(Spanned::new(text, self.span(span)));
    }

    fn scalar(&mut self, span: toml_parser::Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        let kind = self.scalar_of(span, encoding, error);
        self.value(Value { span: self.span(span), kind }, error);
    }

    fn value_sep(&mut self, _: toml_parser::Span, _: &mut dyn ErrorSink) {
        self.keys.truncate(self.path);
    }

    /// A line of its own ends what an error left open.
    fn newline(&mut self, span: toml_parser::Span, error: &mut dyn ErrorSink) {
        self.close_header(self.at(span.start()), error);
        if self.open.is_empty() {
            self.keys.clear();
        }
    }
}

impl Builder<'_> {
    fn open_header(&mut self, span: toml_parser::Span, of_list: bool, error: &mut dyn ErrorSink) {
        self.close_all(self.at(span.start()), error);
        self.close_header(self.at(span.start()), error);
        self.tables[self.section].entries.shrink_to_fit();
        self.keys.clear();
        self.header = Some(Header { start: self.at(span.start()), of_list });
    }
}
