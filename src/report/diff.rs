//! Edits of a file as a unified diff.

use std::fmt::Write as _;

use similar::{ChangeTag, TextDiff};

use super::Style;
use super::clean::{clean, clean_line};

/// Unified diff of a file before and after it was edited, with three lines around each change. What is hidden in a line is
/// replaced by something visible; the end of the line stays.
pub fn diff(name: &str, before: &str, after: &str, style: Style) -> String {
    let changes = TextDiff::from_lines(before, after);
    let name = clean_line(name);
    let mut out = String::new();
    for hunk in changes.unified_diff().context_radius(3).iter_hunks() {
        if out.is_empty() {
            out = format!("--- {name}\n+++ {name}\n");
        }
        let _ = writeln!(out, "{}", hunk.header());
        for change in hunk.iter_changes() {
            let (mark, colour) = match change.tag() {
                ChangeTag::Delete => ('-', "\x1b[31m"),
                ChangeTag::Insert => ('+', "\x1b[32m"),
                ChangeTag::Equal => (' ', ""),
            };
            let line = change.value();
            let (text, end) = line.split_at(line.trim_end_matches(['\r', '\n']).len());
            if style.colour && !colour.is_empty() {
                let _ = write!(out, "{colour}{mark}{}\x1b[0m{end}", clean(text));
            } else {
                let _ = write!(out, "{mark}{}{end}", clean(text));
            }
            if !end.ends_with('\n') {
                out.push_str("\n\\ No newline at end of file\n");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    #[test]
    fn a_diff_shows_each_change_among_its_lines() {
        let before = "1\n2\n3\n4\r\na\u{202e} = 1\r\n6\n7\n8\n9";
        let after = before.replace("a\u{202e} = 1", "b = 1");
        let expected = "--- x?y\n+++ x?y\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\r\n-a? = 1\r\n+b = 1\r\n 6\n 7\n 8\n"
            .replace('?', "\u{fffd}");
        let plain = Style { colour: false, width: 80, language: Language::English };
        assert_eq!(diff("x\ny", before, &after, plain), expected);
        assert_eq!(diff("x", before, before, plain), "");
        let last = diff("x", "1\n2", "1\n3", plain);
        assert!(last.ends_with("-2\n\\ No newline at end of file\n+3\n\\ No newline at end of file\n"), "{last}");
        let coloured = diff("x", "1\n", "2\n", Style { colour: true, width: 80, language: Language::English });
        assert!(coloured.ends_with("\x1b[31m-1\x1b[0m\n\x1b[32m+2\x1b[0m\n"), "{coloured:?}");
    }
}
