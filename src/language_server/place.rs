//! What stands at a byte of a design, also while it is being written: a tree has no place for half a key.

use std::ops::Range;

use toml_parser::Source;
use toml_parser::lexer::{Token, TokenKind};

/// What may stand at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Part of a table's header.
    Header,
    /// A key.
    Key,
    /// A value.
    Value,
    /// A comment.
    Comment,
    /// Punctuation.
    Nothing,
}

/// A place in a design.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// What may stand here.
    pub(super) kind: Kind,
    /// The keys that lead here: to the table for a header and a key, to the key for a value.
    pub(super) path: Vec<String>,
    /// The word or comment here; empty between words.
    pub(super) word: Range<usize>,
    /// First byte of the line on which the header or key begins.
    pub(super) statement: usize,
}

/// The place of a byte.
pub(super) fn at(text: &str, byte: usize) -> Place {
    let tokens = Source::new(text).lex().into_vec();
    let mut scan = Scan { text, ..Scan::default() };
    for (index, token) in tokens.iter().enumerate() {
        let span = token.span().start()..token.span().end();
        if is_word(token.kind()) && (span.start..=span.end).contains(&byte) {
            return scan.place(scan.kind(), span);
        }
        if token.kind() == TokenKind::Comment && span.start < byte && byte <= span.end {
            return scan.place(Kind::Comment, span);
        }
        if span.start >= byte {
            break;
        }
        scan.step(token, &tokens[index + 1..]);
    }
    scan.place(scan.kind(), byte..byte)
}

fn is_word(kind: TokenKind) -> bool {
    use TokenKind::{Atom, BasicString, LiteralString, MlBasicString, MlLiteralString};
    matches!(kind, Atom | BasicString | LiteralString | MlBasicString | MlLiteralString)
}

/// A word without its quotes.
pub(super) fn unquoted(word: &str) -> &str {
    let Some(quote @ ('"' | '\'')) = word.chars().next() else { return word };
    let rest = &word[1..];
    rest.strip_suffix(quote).unwrap_or(rest)
}

#[derive(Default)]
struct Scan<'t> {
    text: &'t str,
    /// Table that the last header opened.
    header: Vec<String>,
    /// Brackets that are open.
    open: Vec<Open>,
    /// Parts of the header or key that is being read.
    keys: Vec<String>,
    /// Whether another part of it may follow.
    joined: bool,
    mode: Mode,
    statement: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Mode {
    Header,
    #[default]
    Key,
    Value,
    Done,
}

/// An open bracket with the path of what stands in it.
enum Open {
    List(Vec<String>),
    Table(Vec<String>),
}

impl Scan<'_> {
    fn kind(&self) -> Kind {
        let begins = self.keys.is_empty() || self.joined;
        match self.mode {
            Mode::Header if begins => Kind::Header,
            Mode::Key if begins => Kind::Key,
            Mode::Value => Kind::Value,
            _ => Kind::Nothing,
        }
    }

    fn place(&self, kind: Kind, word: Range<usize>) -> Place {
        let path = match (kind, self.mode) {
            (Kind::Comment | Kind::Nothing, _) => Vec::new(),
            (_, Mode::Header) => self.keys.clone(),
            _ => self.path(),
        };
        Place { kind, path, word, statement: self.statement }
    }

    /// Path of the key that is being read, or of its value.
    fn path(&self) -> Vec<String> {
        if let Some(Open::List(path)) = self.open.last() {
            return path.clone();
        }
        let table = self.open.iter().rev().find_map(|open| match open {
            Open::Table(path) => Some(path),
            Open::List(_) => None,
        });
        [table.unwrap_or(&self.header).as_slice(), &self.keys].concat()
    }

    fn step(&mut self, token: &Token, rest: &[Token]) {
        use TokenKind::{
            Comma, Dot, Equals, LeftCurlyBracket, LeftSquareBracket, Newline, RightCurlyBracket, RightSquareBracket,
        };
        match (token.kind(), self.mode) {
            (Newline, _) if self.open.is_empty() || self.abandoned(rest) => self.begin(token.span().end()),
            (LeftSquareBracket, Mode::Key) if self.open.is_empty() && self.keys.is_empty() => self.mode = Mode::Header,
            (RightSquareBracket, Mode::Header) => {
                self.header = std::mem::take(&mut self.keys);
                self.mode = Mode::Done;
            }
            (LeftSquareBracket, Mode::Value) => self.open.push(Open::List(self.path())),
            (LeftCurlyBracket, Mode::Value) => {
                self.open.push(Open::Table(self.path()));
                self.expect_key();
            }
            (RightSquareBracket | RightCurlyBracket, _) => {
                self.open.pop();
                self.mode = Mode::Done;
            }
            (Comma, _) => match self.open.last() {
                Some(Open::List(_)) => self.mode = Mode::Value,
                Some(Open::Table(_)) => self.expect_key(),
                None => {}
            },
            (Equals, Mode::Key) => self.mode = Mode::Value,
            (Dot, Mode::Header | Mode::Key) => self.joined = true,
            (kind, Mode::Header | Mode::Key) if is_word(kind) => {
                let word = self.text.get(token.span().start()..token.span().end()).unwrap_or("");
                self.keys.push(unquoted(word).to_owned());
                self.joined = false;
            }
            (kind, Mode::Value) if is_word(kind) => self.mode = Mode::Done,
            _ => {}
        }
    }

    /// A new line begins with nothing open.
    fn begin(&mut self, byte: usize) {
        if self.mode == Mode::Header {
            self.header = std::mem::take(&mut self.keys);
        }
        self.open.clear();
        self.expect_key();
        self.statement = byte;
    }

    fn expect_key(&mut self) {
        self.keys.clear();
        self.joined = false;
        self.mode = Mode::Key;
    }

    /// Whether the next line shows that an open bracket was never closed: it is a header, or a list has a key.
    fn abandoned(&self, rest: &[Token]) -> bool {
        let mut line = rest.iter().map(Token::kind).filter(|kind| *kind != TokenKind::Whitespace);
        match line.next() {
            Some(TokenKind::LeftSquareBracket) => {
                matches!(rest.first().map(Token::kind), Some(TokenKind::LeftSquareBracket))
                    && matches!(line.next(), Some(TokenKind::Atom | TokenKind::LeftSquareBracket))
            }
            Some(TokenKind::Atom) if matches!(self.open.last(), Some(Open::List(_))) => {
                line.find(|kind| *kind != TokenKind::Dot && !is_word(*kind)) == Some(TokenKind::Equals)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Kind, path and word at the `|` of a text.
    fn of(text: &str) -> (Kind, String, String) {
        let byte = text.find('|').unwrap();
        let text = text.replacen('|', "", 1);
        let place = at(&text, byte);
        (place.kind, place.path.join("."), text[place.word].to_owned())
    }

    fn is(text: &str, kind: Kind, path: &str, word: &str) {
        assert_eq!(of(text), (kind, path.to_owned(), word.to_owned()), "{text}");
    }

    #[test]
    fn half_written_text_has_places() {
        is("|", Kind::Key, "", "");
        is("[des|", Kind::Header, "", "des");
        is("[ceph.po|", Kind::Header, "ceph", "po");
        is("[[cab|le]]", Kind::Header, "", "cable");
        is("[ceph.pool.vm]\nsi|", Kind::Key, "ceph.pool.vm", "si");
        is("[ceph.pool.vm]\nsize = 3\n|", Kind::Key, "ceph.pool.vm", "");
        is("[ceph]\npool.vm.|", Kind::Key, "ceph.pool.vm", "");
        is("[node.\"pve{1..3}\"]\nmodel = |", Kind::Value, "node.pve{1..3}.model", "");
        is("[ceph]\nmonitors = [\"pve1\", \"pv|", Kind::Value, "ceph.monitors", "\"pv");
        is("[a]\nx = { b = 1, |", Kind::Key, "a.x", "");
        is("[a]\nx = { b = { c = 1 }, d = |", Kind::Value, "a.x.d", "");
        is("[a]\nx = { b = 1 } |", Kind::Nothing, "", "");
        is("a = 1 # rack|proof", Kind::Comment, "", "# rackproof");
        is("size |", Kind::Nothing, "", "");
    }

    #[test]
    fn a_bracket_that_is_never_closed_ends_at_the_next_header_or_key() {
        is("[a]\nlist = [\"x\"\n[b]\nc|", Kind::Key, "b", "c");
        is("[a]\nlist = [\"x\",\nnext = |", Kind::Value, "a.next", "");
        is("[a]\nlist = [\n  \"x\",\n  |\n]", Kind::Value, "a.list", "");
        is("[a]\nx = { b = 1,\n[c]\nd|", Kind::Key, "c", "d");
    }

    #[test]
    fn a_statement_begins_where_its_key_does() {
        let text = "[a]\nlist = [\n  \"x\",\n]\n";
        assert_eq!(at(text, text.find("\"x").unwrap()).statement, text.find("list").unwrap());
        assert_eq!(at(text, 1).statement, 0);
    }
}
