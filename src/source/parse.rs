//! From text to tree, by way of the recovering parser of the `toml_parser` crate.

use std::fmt::Write as _;
use std::ops::Range;

use toml_parser::parser::{ValidateWhitespace, parse_document};
use toml_parser::{ErrorSink, ParseError};

use super::builder::Builder;
use super::pieces::{Pieces, TooDeep};
use super::{SourceId, Sources, Span, Table, any_byte, words};
use crate::parallel;
use crate::words::Said;
use crate::words::loading;

/// Bytes after the first syntax error in which more of them are looked for. A text that is no TOML at all would
/// otherwise give an error for each of its lines.
const LOOKED_AT_AFTER_ERROR: usize = 256 * 1024;
/// Most syntax errors that are told.
const MOST_ERRORS: usize = 100;
/// Most syntax errors that are kept until it is known which of them are told.
const MOST_KEPT: usize = 10_000;

/// A place where a text is no TOML.
#[derive(Debug, Clone, PartialEq)]
pub struct SyntaxError {
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub message: Said,
    /// Whether nothing after this place can be trusted: a list that is not closed swallows what follows.
    pub swallows: bool,
}

impl SyntaxError {
    fn new(id: SourceId, error: &ParseError) -> Self {
        let span = error.unexpected().map_or(0..0, |span| span.start()..span.end());
        let swallows = words::description(error).contains("array");
        Self { span: span_of(id, span), message: words::of(error), swallows }
    }
}

/// The errors of a document as they come.
#[derive(Default)]
struct Errors(Vec<ParseError>);

impl ErrorSink for Errors {
    fn report_error(&mut self, error: ParseError) {
        if self.0.len() < MOST_KEPT {
            self.0.push(error);
        }
    }
}

/// The first error of each line, and none after one that swallows the rest.
fn first_of_each(sources: &Sources, mut errors: Vec<SyntaxError>) -> Vec<SyntaxError> {
    errors.sort_by_key(|error| (error.span.start, error.span.end));
    errors.dedup_by_key(|error| sources.get(error.span.source).line_of(error.span.start));
    if let Some(last) = errors.iter().position(|error| error.swallows) {
        errors.truncate(last + 1);
    }
    errors.truncate(MOST_ERRORS);
    errors
}

/// Reads a source as TOML. What can be read in spite of errors is in the table.
pub fn parse(sources: &Sources, id: SourceId) -> (Table, Vec<SyntaxError>) {
    let text = &sources.get(id).text;
    if let Some(table) = in_parts(text, id, PART) {
        return (table, Vec::new());
    }
    let mut errors = Errors::default();
    match read(text, id, 0, &mut errors) {
        Ok(builder) => {
            let errors = errors.0.iter().map(|error| SyntaxError::new(id, error)).collect();
            (builder.into_table(), first_of_each(sources, errors))
        }
        Err(TooDeep { at, message }) => {
            (Table::default(), vec![SyntaxError { span: span_of(id, at..at + 1), message, swallows: true }])
        }
    }
}

/// Bytes after which a part of a long text ends before the next header of a table.
const PART: usize = 256 * 1024;

/// Reads the parts of a long text beside each other. Nothing where one of them has an error by itself, or they belong
/// together in another way than tables that follow each other: then the text is read in its order.
fn in_parts(text: &str, id: SourceId, least: usize) -> Option<Table> {
    let parts = parts(text, least);
    if parts.len() < 2 {
        return None;
    }
    let alone = |part: &Range<usize>| {
        let mut errors = Errors::default();
        let builder = read(&text[part.clone()], id, part.start as u32, &mut errors).ok()?;
        errors.0.is_empty().then_some(builder)
    };
    let mut builders = parallel::each(&parts, alone).into_iter();
    let mut whole = builders.next()??;
    builders.all(|next| next.is_some_and(|next| whole.append(next))).then(|| whole.into_table())
}

/// A text cut before lines that look like headers. Within a text of many lines or a list such a line is none: the part
/// before it is then not whole, which is an error.
fn parts(text: &str, least: usize) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let header = memchr::memmem::find(text.as_bytes().get(start + least..).unwrap_or_default(), b"\n[");
        let end = header.map_or(text.len(), |header| start + least + header + 1);
        parts.push(start..end);
        start = end;
    }
    parts
}

/// Reads a text, or the part of one that begins at `offset`.
fn read<'t>(text: &'t str, id: SourceId, offset: u32, errors: &mut Errors) -> Result<Builder<'t>, TooDeep> {
    let source = toml_parser::Source::new(text);
    let mut builder = Builder::new(source, id, offset);
    let mut pieces = Pieces::new(source);
    let mut looked_at = usize::MAX;
    let validate = has_control(text);
    while pieces.advance()? {
        if validate {
            parse_document(&pieces.tokens, &mut ValidateWhitespace::new(&mut builder, source), errors);
        } else {
            parse_document(&pieces.tokens, &mut builder, errors);
        }
        if let (Some(first), usize::MAX) = (errors.0.first(), looked_at) {
            let first = first.unexpected().map_or(0, |span| span.start());
            looked_at = first.saturating_add(LOOKED_AT_AFTER_ERROR);
        }
        if pieces.end >= looked_at {
            break;
        }
    }
    builder.end(errors);
    Ok(builder)
}

/// Whether a text has a control character other than tabs and new lines: without one no comment and no end of a line is
/// wrong.
fn has_control(text: &str) -> bool {
    any_byte(text, |byte| byte < b' ' && byte != b'\t' && byte != b'\n' || byte == 0x7f)
}

/// Reads `PATH=VALUE` as one key of a document. A value that is no TOML is taken as text.
///
/// # Errors
/// A sentence for people when there is no `=`, or the path is no dotted key.
pub fn parse_setting(sources: &mut Sources, setting: &str) -> Result<Table, Said> {
    let Some((path, value)) = setting.split_once('=') else {
        return Err(loading::no_equals(setting, "design.environment=lab"));
    };
    let plain = sources.add("--set", format!("{} = {}", path.trim(), value.trim()));
    let (table, errors) = parse(sources, plain);
    if errors.is_empty() && !table.0.is_empty() {
        return Ok(table);
    }
    let text = format!("{} = {}", path.trim(), quoted(value.trim()));
    let id = sources.add("--set", text);
    let (table, errors) = parse(sources, id);
    match errors.first() {
        None => Ok(table),
        Some(error) => Err(loading::no_setting(setting, &error.message)),
    }
}

/// A text in quotes, as TOML writes it.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
            {
                let _ = write!(quoted, "\\u{:04X}", c as u32);
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn span_of(source: SourceId, range: Range<usize>) -> Span {
    Span { source, start: range.start as u32, end: range.end as u32 }
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::*;

    fn errors(text: &str) -> Vec<String> {
        let mut sources = Sources::default();
        let id = sources.add("text", text);
        parse(&sources, id).1.into_iter().map(|error| error.message.to_string()).collect()
    }

    #[test]
    fn brackets_in_comments_and_strings_are_not_nesting() {
        let comments = "# [see the list\n# it's (\"so\n".repeat(200);
        assert_eq!(errors(&format!("{comments}a = 1\n")), Vec::<String>::new());
        let many_lines = format!("a = \"\"\"\n{}\"\"\"\nb = '[[[['\nc = \"\\\"[[[[\"\n", "[{\n".repeat(200));
        assert_eq!(errors(&many_lines), Vec::<String>::new());
        assert_eq!(errors(&format!("a = {}", "[".repeat(100))).len(), 1);
    }

    #[test]
    fn a_text_in_parts_is_read_as_it_is_in_its_order() {
        let texts = [
            include_str!("../../fixtures/designs/starter.toml"),
            include_str!("../../fixtures/designs/install-battle.toml"),
            "[a]\nx = 1\n[b]\ny = 2\n",
            "[[a]]\nx = 1\n[[a]]\nx = 2\n[[b]]\n[[a]]\n",
            "[a.b]\nx = 1\n[a.c]\ny = 2\n[d]\n[a.e.f]\n[a.c.g]\n",
            "a.b = 1\n[a.c]\n",
            "[[a]]\n[a.b]\nx = 1\n[[a]]\n[a.b]\nx = 2\n[a.b.c]\n",
        ];
        let (mut in_parts, mut sources) = (0, Sources::default());
        for text in texts {
            let id = sources.add("text", text);
            let whole = read(text, id, 0, &mut Errors::default()).ok().unwrap().into_table();
            for least in [0, 1, 10, 100, 1_000] {
                let table = super::in_parts(text, id, least);
                assert!(table.is_none_or(|table| table == whole), "{text}");
                in_parts += usize::from(super::in_parts(text, id, least).is_some());
            }
        }
        assert!(in_parts > 10, "{in_parts}");
    }

    #[test]
    fn what_belongs_together_is_not_read_in_parts() {
        let texts = [
            // Errors that only the whole text has.
            "[a]\nx = 1\n[a]\ny = 2\n",
            "[a]\nx = 1\n[[a]]\n",
            "x = { y = 1 }\n[x.z]\n",
            // A table that a later header completes.
            "[a.b]\nx = 1\n[a]\ny = 2\n",
            // Lines that only look like headers.
            "a = \"\"\"\n[b]\n\"\"\"\n",
            "a = [\n[1, 2],\n[3]]\n",
        ];
        let mut sources = Sources::default();
        for text in texts {
            let id = sources.add("text", text);
            assert!(super::in_parts(text, id, 0).is_none(), "{text}");
        }
    }

    #[test]
    fn settings_that_are_no_toml_are_text() {
        let mut sources = Sources::default();
        let table = parse_setting(&mut sources, "design.environment=lab").unwrap();
        let Kind::Table(design) = &table.get("design").unwrap().value.kind else { panic!("a table") };
        assert_eq!(design.get("environment").unwrap().value.kind, Kind::Text("lab".into()));
        assert!(parse_setting(&mut sources, "nothing").is_err());
        assert!(parse_setting(&mut sources, "a b=1").is_err());
    }
}
