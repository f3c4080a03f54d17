//! From a character of a text to the byte of the file where it was written, through the escapes of a TOML string.

use crate::source::{Sources, Span};

/// Where each character of a TOML string begins in its file, and last where the string ends.
pub(super) fn places(sources: &Sources, span: Span) -> Vec<u32> {
    let written = sources.text(span);
    let many_lines = written.starts_with("\"\"\"") || written.starts_with("'''");
    let quotes = if many_lines { 3 } else { 1 };
    let escapes = written.starts_with('"');
    let mut at = quotes.min(written.len());
    if many_lines {
        let rest = &written[at..];
        at += if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
    }
    let end = written.len().saturating_sub(quotes).max(at);
    let mut places = Vec::new();
    while at < end {
        let rest = &written[at..end];
        let (length, characters) = if escapes && rest.starts_with('\\') { escape(rest) } else { (first(rest), 1) };
        places.extend(std::iter::repeat_n(span.start + at as u32, characters));
        at += length.max(1);
    }
    places.push(span.start + end as u32);
    places
}

fn first(text: &str) -> usize {
    text.chars().next().map_or(1, char::len_utf8)
}

/// Bytes of an escape, and the characters it stands for: one, or none for the end of a line that is joined.
fn escape(text: &str) -> (usize, usize) {
    match text.as_bytes().get(1) {
        Some(b'x') => (4, 1),
        Some(b'u') => (6, 1),
        Some(b'U') => (10, 1),
        Some(b' ' | b'\t' | b'\r' | b'\n') => {
            let blanks = text[1..].bytes().take_while(u8::is_ascii_whitespace).count();
            (1 + blanks, 0)
        }
        _ => (1 + text.get(1..).map_or(1, first), 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Kind, parse};

    /// The text that each character of a string was written as.
    fn pieces(document: &str) -> Vec<(char, String)> {
        let mut sources = Sources::default();
        let id = sources.add("pack", document);
        let (table, errors) = parse(&sources, id);
        assert!(errors.is_empty(), "{errors:?}");
        let value = &table.0[0].value;
        let Kind::Text(text) = &value.kind else { panic!("text") };
        let places = places(&sources, value.span);
        assert_eq!(places.len(), text.chars().count() + 1, "{document}");
        let piece =
            |(index, character)| (character, document[places[index] as usize..places[index + 1] as usize].to_owned());
        text.chars().enumerate().map(piece).collect()
    }

    #[test]
    fn each_character_is_found_where_it_was_written() {
        for document in ["a = \"x ü y\"", "a = 'x \\n y'", "a = '''\nx\n  ü\n'''", "a = \"\"\"\nx ü\n\"\"\""] {
            for (character, written) in pieces(document) {
                assert_eq!(written, character.to_string(), "{document}");
            }
        }
    }

    #[test]
    fn escapes_count_as_the_character_they_stand_for() {
        let of = |document: &str| pieces(document).into_iter().map(|(_, written)| written).collect::<Vec<_>>();
        assert_eq!(of(r#"a = "x\u00e9\"y""#), ["x", "\\u00e9", "\\\"", "y"]);
        assert_eq!(of("a = \"\"\"x\\\n   y\"\"\""), ["x\\\n   ", "y"]);
    }
}
