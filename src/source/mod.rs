//! Files, spans and the tree of a TOML document. No word of the domain.

mod builder;
mod comments;
mod load;
mod parse;
mod pieces;
mod tree;
mod words;

use std::sync::Arc;

pub use comments::{Comment, comments};
pub use load::{Files, LoadError, LoadProblem, Loaded, load};
pub use parse::{SyntaxError, parse, parse_setting, quoted};
pub use tree::{Duplicate, Entry, Kind, Table, Value, lay_over, merge, remove};

use std::sync::OnceLock;

/// Largest file that is read, in bytes.
pub const LARGEST_FILE: u64 = 32 * 1024 * 1024;

/// Names one of the [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

/// A range of bytes in one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Source the range lies in.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// Byte after the last.
    pub end: u32,
}

/// A value and the place it was written at.
#[derive(Debug, Clone, PartialEq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// The place.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Puts a value and its place together.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

impl<T> std::ops::Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// A text with a name: a file, standard input or an option of the command line.
#[derive(Debug, Clone)]
pub struct Source {
    /// Path as the user wrote it.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// New lines before each block of the text.
    lines_before: Vec<u32>,
    shown: OnceLock<Shown>,
}

/// Name and text of a source as they may be shown; no text where it is the same.
#[derive(Debug, Clone)]
struct Shown {
    name: String,
    text: Option<String>,
}

/// Whether a character could rewrite what a terminal shows, or hides: control characters but for new lines and tabs,
/// marks of direction, and what has no width.
pub fn is_hidden(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        '\u{061c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{e0000}'..='\u{e007f}' => true,
        _ => character.is_control(),
    }
}

/// Bytes of a text that are looked at together.
const BLOCK: usize = 4 * 1024;

/// Whether a text has such a byte; long texts are gone through faster by blocks than byte by byte.
fn any_byte(text: &str, is_such: impl Fn(u8) -> bool) -> bool {
    text.as_bytes().chunks(BLOCK).any(|block| block.iter().fold(false, |found, byte| found | is_such(*byte)))
}

/// New lines in some bytes: of so many at once that one byte can count them.
fn new_lines(bytes: &[u8]) -> usize {
    let count = |part: &[u8]| part.iter().fold(0_u8, |count, byte| count + u8::from(*byte == b'\n'));
    bytes.chunks(u8::MAX.into()).map(|part| usize::from(count(part))).sum()
}

/// A text with something visible of the same length in place of what is hidden; nothing where nothing is.
fn visible(text: &str) -> Option<String> {
    // First bytes of what is hidden: nearly no text has to be looked at by characters.
    let may_hide = |byte: u8| matches!(byte, 0..=8 | 11..=31 | 0x7f | 0xc2 | 0xd8 | 0xe2 | 0xef | 0xf3);
    if !any_byte(text, may_hide) || !text.chars().any(is_hidden) {
        return None;
    }
    let shown = |character: char| match character {
        '\r' => ' ',
        _ if !is_hidden(character) => character,
        _ => match character.len_utf8() {
            1 => '?',
            2 => '\u{bf}',
            3 => char::REPLACEMENT_CHARACTER,
            _ => '\u{1f6ab}',
        },
    };
    Some(text.chars().map(shown).collect())
}

/// Line and column, both counted from 1; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Source {
    fn new(name: String, text: String) -> Self {
        let mut before = 0;
        let count = |block: &[u8]| {
            let own = before;
            before += new_lines(block) as u32;
            own
        };
        let lines_before = text.as_bytes().chunks(BLOCK).map(count).collect();
        Self { name, text, lines_before, shown: OnceLock::new() }
    }

    fn shown(&self) -> &Shown {
        self.shown.get_or_init(|| {
            let shown = |character: char| if is_hidden(character) || character.is_control() { '?' } else { character };
            Shown { name: self.name.chars().map(shown).collect(), text: visible(&self.text) }
        })
    }

    /// The name in one line, without hidden characters.
    pub fn shown_name(&self) -> &str {
        &self.shown().name
    }

    /// The text without hidden characters; every byte keeps its place.
    pub fn shown_text(&self) -> &str {
        self.shown().text.as_deref().unwrap_or(&self.text)
    }

    /// New lines in the bytes before a place.
    fn new_lines_before(&self, end: usize) -> usize {
        let end = end.min(self.text.len());
        let block = (end / BLOCK).min(self.lines_before.len().saturating_sub(1));
        let before = self.lines_before.get(block).map_or(0, |before| *before as usize);
        before + new_lines(&self.text.as_bytes()[block * BLOCK..end])
    }

    /// Index of the line (from 0) that holds a byte.
    pub fn line_of(&self, offset: u32) -> usize {
        self.new_lines_before(offset as usize)
    }

    /// First byte of a line (from 0); the length of the text for a line past the end.
    pub fn line_start(&self, line: usize) -> u32 {
        let Some(nth) = line.checked_sub(1) else { return 0 };
        let block = self.lines_before.partition_point(|before| *before as usize <= nth).saturating_sub(1);
        let before = self.lines_before.get(block).map_or(0, |before| *before as usize);
        let rest = self.text.as_bytes().get(block * BLOCK..).unwrap_or_default();
        let mut new_lines = rest.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        new_lines.nth(nth - before).map_or(self.text.len(), |(place, _)| block * BLOCK + place + 1) as u32
    }

    /// Number of lines.
    pub fn lines(&self) -> usize {
        self.new_lines_before(self.text.len()) + 1
    }

    /// Line and column of a byte.
    pub fn position(&self, offset: u32) -> Position {
        let offset = offset.min(self.text.len() as u32);
        let line = self.line_of(offset);
        let start = self.line_start(line) as usize;
        let column = self.text.get(start..offset as usize).map_or(0, |head| head.chars().count());
        Position { line: line + 1, column: column + 1 }
    }
}

/// Every text of a run; a copy shares them.
#[derive(Debug, Clone, Default)]
pub struct Sources(Vec<Arc<Source>>);

impl Sources {
    /// Adds a text.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        self.0.push(Arc::new(Source::new(name.into(), text.into())));
        SourceId(self.0.len() as u32 - 1)
    }

    /// Names every text.
    pub fn ids(&self) -> impl Iterator<Item = SourceId> + use<> {
        (0..self.0.len() as u32).map(SourceId)
    }

    /// Number of texts.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every text in the order it was added.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.0.iter().map(std::convert::AsRef::as_ref)
    }

    /// The source with this id.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.0[id.0 as usize]
    }

    /// Line and column a span begins and ends at; the end is the column after its last character.
    pub fn positions(&self, span: Span) -> (Position, Position) {
        let source = self.get(span.source);
        (source.position(span.start), source.position(span.end))
    }

    /// The text under a span.
    pub fn text(&self, span: Span) -> &str {
        self.get(span.source).text.get(span.start as usize..span.end as usize).unwrap_or("")
    }
}

impl Span {
    /// The beginning of a source, for what has no better place.
    pub fn start_of(source: SourceId) -> Self {
        Self { source, start: 0, end: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_by_blocks_as_they_are_one_by_one() {
        let texts = ["", "\n", "a", "a\n\nb", &"0123456\n".repeat(BLOCK), &format!("{}\n", "x".repeat(3 * BLOCK))];
        for text in texts {
            let source = Source::new(String::new(), text.to_owned());
            let starts: Vec<usize> =
                std::iter::once(0).chain(text.match_indices('\n').map(|(index, _)| index + 1)).collect();
            assert_eq!(source.lines(), starts.len());
            for (line, start) in starts.iter().enumerate() {
                assert_eq!((source.line_start(line) as usize, source.line_of(*start as u32)), (*start, line));
                if let Some(before) = start.checked_sub(1) {
                    assert_eq!(source.line_of(before as u32), line - 1);
                }
            }
            assert_eq!(source.line_start(starts.len()) as usize, text.len());
        }
    }

    #[test]
    fn what_is_shown_hides_nothing_and_keeps_every_place() {
        let hidden = "a\u{1b}b\u{85}c\u{202e}d\u{e0041}e\r\n\t\u{7f}";
        let mut sources = Sources::default();
        let id = sources.add(hidden, hidden);
        let source = sources.get(id);
        assert_eq!(source.shown_text(), "a?b\u{bf}c\u{fffd}d\u{1f6ab}e \n\t?");
        assert_eq!(source.shown_text().len(), hidden.len());
        assert_eq!(source.shown_name(), "a?b?c?d?e????");
        let id = sources.add("本番.toml", "# 構成 ①\n");
        assert_eq!(sources.get(id).shown_text(), "# 構成 ①\n");
    }
}
