//! Places as the protocol counts them: lines from 0, columns in UTF-16 units.

use lsp_types::{Position, Range};

use crate::source::{Sources, Span};

/// Place of a byte.
pub(super) fn position(text: &str, byte: usize) -> Position {
    let head = text.get(..byte.min(text.len())).unwrap_or(text);
    let line_start = head.rfind('\n').map_or(0, |newline| newline + 1);
    let line = head.bytes().filter(|byte| *byte == b'\n').count();
    let column: usize = head[line_start..].chars().map(char::len_utf16).sum();
    Position::new(line as u32, column as u32)
}

/// Byte at a place; a column past the end of its line is the end, one within a character its beginning.
pub(super) fn byte(text: &str, position: Position) -> usize {
    let mut lines = text.split_inclusive('\n');
    let start: usize = lines.by_ref().take(position.line as usize).map(str::len).sum();
    let line = lines.next().unwrap_or("").trim_end_matches(['\n', '\r']);
    let mut left = position.character as usize;
    for (index, character) in line.char_indices() {
        if left < character.len_utf16() {
            return start + index;
        }
        left -= character.len_utf16();
    }
    start + line.len()
}

/// Range of bytes.
pub(super) fn range(text: &str, bytes: &std::ops::Range<usize>) -> Range {
    Range::new(position(text, bytes.start), position(text, bytes.end))
}

/// Range of a span.
pub(super) fn range_of(sources: &Sources, span: Span) -> Range {
    range(&sources.get(span.source).text, &(span.start as usize..span.end as usize))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 管 is one UTF-16 unit and three bytes; 𠮷 two units and four bytes.
    #[test]
    fn columns_count_utf_16_units() {
        let text = "a = \"管𠮷\" # x\nb = 1\r\n";
        let hash = text.find('#').unwrap();
        assert_eq!(hash, 5 + 3 + 4 + 2);
        assert_eq!(position(text, hash), Position::new(0, 5 + 1 + 2 + 2));
        assert_eq!(byte(text, Position::new(0, 10)), hash);
        assert_eq!(byte(text, Position::new(0, 7)), 8, "within a pair of units is the character's beginning");
        assert_eq!(byte(text, Position::new(1, 99)), text.len() - 2);
        assert_eq!(byte(text, Position::new(99, 0)), text.len());
        assert_eq!(position(text, 999), Position::new(2, 0));
    }
}
