//! From text to tree, by way of the `toml` crate's spanned and recovering parser.

use std::fmt::Write as _;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::{Entry, Kind, SourceId, Sources, Span, Spanned, Table, Value};

/// Deepest nesting of brackets and braces that is read.
const DEEPEST_NESTING: usize = 64;
/// Longest dotted key that is read, in parts.
const LONGEST_KEY: usize = 64;
/// Bytes after the first syntax error in which more of them are looked for. A text that is no TOML at all would
/// otherwise give an error for each of its lines.
const LOOKED_AT_AFTER_ERROR: usize = 256 * 1024;
/// Most syntax errors that are told.
const MOST_ERRORS: usize = 100;

/// A place where a text is no TOML.
#[derive(Debug, Clone, PartialEq)]
pub struct SyntaxError {
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// Whether nothing after this place can be trusted: a list that is not closed swallows what follows.
    pub swallows: bool,
}

/// What the parser says, in words for people.
const PLAIN_WORDS: [(&str, &str); 8] = [
    ("string values must be quoted", "text stands in quotes"),
    ("invalid basic string", "the text has no closing quote"),
    ("invalid literal string", "the text has no closing quote"),
    ("unclosed table", "the table's header has no closing `]`"),
    ("invalid unquoted key", "a name with other characters than a to z, 0 to 9, `-` and `_` stands in quotes"),
    ("duplicate key", "the key is written twice in one table"),
    ("missing comma between array elements", "a list before this place is not closed, or lacks a comma"),
    ("invalid float", "this is no number"),
];

impl SyntaxError {
    fn new(id: SourceId, error: &toml::de::Error) -> Self {
        let said = error.message().trim_end().replace('\n', ", ");
        let plain =
            PLAIN_WORDS.iter().find(|(parser, _)| said.starts_with(parser)).map(|(_, plain)| (*plain).to_owned());
        let swallows = said.contains("array");
        Self { span: span_of(id, error.span().unwrap_or(0..0)), message: plain.unwrap_or(said), swallows }
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
    let text = sources.get(id).text.as_str();
    if let Some(error) = too_deep(text, id) {
        return (Table::default(), vec![error]);
    }
    let first = match DeTable::parse(text) {
        Ok(document) => return (table_of(document.into_inner(), id), Vec::new()),
        Err(error) => error.span().unwrap_or(0..0).start,
    };
    let (document, errors) = DeTable::parse_recoverable(up_to(text, first.saturating_add(LOOKED_AT_AFTER_ERROR)));
    let errors = errors.iter().map(|error| SyntaxError::new(id, error)).collect();
    let errors = first_of_each(sources, errors);
    (table_of(document.into_inner(), id), errors)
}

/// Reads `PATH=VALUE` as one key of a document. A value that is no TOML is taken as text.
///
/// # Errors
/// A sentence for people when there is no `=`, or the path is no dotted key.
pub fn parse_setting(sources: &mut Sources, setting: &str) -> Result<Table, String> {
    let Some((path, value)) = setting.split_once('=') else {
        return Err(format!("`{setting}` has no `=`: write PATH=VALUE, such as design.environment=lab"));
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
        Some(error) => Err(format!("`{setting}` is no PATH=VALUE: {}", error.message)),
    }
}

/// The text up to the end of the line that holds a byte.
fn up_to(text: &str, byte: usize) -> &str {
    let Some(rest) = text.as_bytes().get(byte..) else { return text };
    let end = rest.iter().position(|byte| *byte == b'\n').map_or(text.len(), |end| byte + end + 1);
    text.get(..end).unwrap_or(text)
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

/// Guards the parser against text that opens more brackets than any design needs, or chains more keys.
fn too_deep(text: &str, id: SourceId) -> Option<SyntaxError> {
    let (mut depth, mut dots, mut index) = (0_usize, 0_usize, 0_usize);
    let bytes = text.as_bytes();
    while let Some(byte) = bytes.get(index) {
        match byte {
            b'#' | b'"' | b'\'' => {
                index = after_comment_or_string(bytes, index);
                continue;
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'.' => dots += 1,
            b'=' | b',' | b'\n' => dots = 0,
            _ => {}
        }
        let problem = match (depth > DEEPEST_NESTING, dots > LONGEST_KEY) {
            (true, _) => Some(format!("brackets are nested more than {DEEPEST_NESTING} deep")),
            (_, true) => Some(format!("a key has more than {LONGEST_KEY} parts")),
            _ => None,
        };
        if let Some(message) = problem {
            return Some(SyntaxError { span: span_of(id, index..index + 1), message, swallows: true });
        }
        index += 1;
    }
    None
}

/// The byte after a comment or string that begins at `start`; one that is not closed ends with its line.
fn after_comment_or_string(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start];
    let rest = &bytes[start + 1..];
    let line = rest.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |end| start + 1 + end);
    if quote == b'#' {
        return line;
    }
    let triple = [quote; 3];
    if bytes[start..].starts_with(&triple) {
        let inner = &bytes[start + 3..];
        return inner.windows(3).position(|window| window == triple).map_or(bytes.len(), |end| start + 3 + end + 3);
    }
    let mut escaped = false;
    for (offset, byte) in bytes[start + 1..line].iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quote == b'"' => escaped = true,
            byte if *byte == quote => return start + offset + 2,
            _ => {}
        }
    }
    line
}

fn span_of(source: SourceId, range: Range<usize>) -> Span {
    Span { source, start: range.start as u32, end: range.end as u32 }
}

fn table_of(table: DeTable<'_>, id: SourceId) -> Table {
    let mut entries: Vec<_> = table
        .into_iter()
        .map(|(key, value)| Entry {
            key: Spanned::new(key.get_ref().to_string(), span_of(id, key.span())),
            value: value_of(value, id),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key.span.start);
    Table(entries)
}

fn value_of(value: toml::Spanned<DeValue<'_>>, id: SourceId) -> Value {
    let span = span_of(id, value.span());
    let kind = match value.into_inner() {
        DeValue::String(text) => Kind::Text(text.into_owned()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| Kind::HugeInteger(number.as_str().to_owned()), Kind::Integer),
        DeValue::Float(number) => Kind::Float(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(value) => Kind::Boolean(value),
        DeValue::Datetime(date) => Kind::Datetime(date.to_string()),
        DeValue::Array(values) => Kind::List(values.into_iter().map(|value| value_of(value, id)).collect()),
        DeValue::Table(table) => Kind::Table(table_of(table, id)),
    };
    Value { span, kind }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(text: &str) -> Vec<String> {
        let mut sources = Sources::default();
        let id = sources.add("text", text);
        parse(&sources, id).1.into_iter().map(|error| error.message).collect()
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
    fn settings_that_are_no_toml_are_text() {
        let mut sources = Sources::default();
        let table = parse_setting(&mut sources, "design.environment=lab").unwrap();
        let Kind::Table(design) = &table.get("design").unwrap().value.kind else { panic!("a table") };
        assert_eq!(design.get("environment").unwrap().value.kind, Kind::Text("lab".into()));
        assert!(parse_setting(&mut sources, "nothing").is_err());
        assert!(parse_setting(&mut sources, "a b=1").is_err());
    }
}
