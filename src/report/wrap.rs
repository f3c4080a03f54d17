//! Lines of a terminal, broken where the script of a text allows it.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar as _;

use super::text::Style;

/// What no line begins with, by JIS X 4051; a long vowel and small kana belong to the one before them.
const NEVER_FIRST: &str =
    "、。，．・：；？！ー〜…‥々ゝゞヽヾ）」』】〕〉》］｝ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ),.:;!?]}%";
/// What no line ends with.
const NEVER_LAST: &str = "（「『【〔〈《［｛([{";

/// A part of a text that stays on one line.
struct Piece<'t> {
    text: &'t str,
    after_blank: bool,
}

/// Breaks a text so that no line is wider than `width` columns: at blanks, and around full-width characters. What is
/// wider than a line is broken anywhere.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for piece in text.split_whitespace().flat_map(pieces) {
        let wide = columns(piece.text);
        let blank = usize::from(piece.after_blank && used > 0);
        if used > 0 && used + blank + wide > width {
            lines.push(String::new());
            used = 0;
        } else if blank > 0 {
            push(&mut lines, " ");
            used += blank;
        }
        if wide <= width {
            push(&mut lines, piece.text);
            used += wide;
            continue;
        }
        for character in piece.text.chars() {
            let wide = character.width().unwrap_or(0);
            if used + wide > width {
                lines.push(String::new());
                used = 0;
            }
            push(&mut lines, character.encode_utf8(&mut [0; 4]));
            used += wide;
        }
    }
    lines
}

/// The pieces of a word: it may be broken before and after a full-width character, but not between a number and what it
/// counts.
fn pieces(word: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    if is_full_width(word) {
        for ((_, before), (at, after)) in word.char_indices().zip(word.char_indices().skip(1)) {
            if may_break(before, after) {
                pieces.push(Piece { text: &word[start..at], after_blank: start == 0 });
                start = at;
            }
        }
    }
    pieces.push(Piece { text: &word[start..], after_blank: start == 0 });
    pieces
}

fn may_break(before: char, after: char) -> bool {
    let counts = before.is_ascii_digit() && is_wide(after);
    let together = counts || NEVER_LAST.contains(before) || NEVER_FIRST.contains(after);
    (is_wide(before) || is_wide(after)) && !together
}

fn is_wide(character: char) -> bool {
    character.width() == Some(2)
}

/// Whether a text has full-width characters, between which lines are broken.
pub(super) fn is_full_width(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(is_wide)
}

/// A paragraph under an indent; lines after the first hang two columns further in.
pub(super) fn indented(out: &mut String, indent: usize, text: &str, style: Style) {
    for (index, line) in wrap(text, style.width.saturating_sub(indent + 2)).iter().enumerate() {
        let hang = if index == 0 { indent } else { indent + 2 };
        let _ = writeln!(out, "{}{line}", " ".repeat(hang));
    }
}

/// Breaks each word of a text after a dot where it would be wider than `width`, so that a long path stays readable:
/// `server_model.hci.disks.` and `front`.
pub(super) fn at_dots(text: &str, width: usize) -> String {
    let broken = |word: &str| {
        let mut lines = vec![String::new()];
        for part in word.split_inclusive('.') {
            let used = lines.last().map_or(0, |line| columns(line));
            if used > 0 && used + columns(part) > width {
                lines.push(String::new());
            }
            push(&mut lines, part);
        }
        lines.join("\n")
    };
    text.split(' ').map(broken).collect::<Vec<_>>().join(" ")
}

fn push(lines: &mut [String], text: &str) {
    if let Some(line) = lines.last_mut() {
        line.push_str(text);
    }
}

/// Columns that a text takes.
pub(super) fn columns(text: &str) -> usize {
    // Of printable ASCII each character has one.
    if text.bytes().fold(true, |plain, byte| plain & (b' '..=b'~').contains(&byte)) {
        return text.len();
    }
    unicode_width::UnicodeWidthStr::width(text)
}

#[cfg(test)]
mod tests {
    use super::{at_dots, columns, wrap};

    #[test]
    fn long_paths_break_after_a_dot() {
        assert_eq!(at_dots("server_model.hci.disks.front", 26), "server_model.hci.disks.\nfront");
        assert_eq!(at_dots("ceph, balancer on", 8), "ceph, balancer on");
    }

    #[test]
    fn lines_stay_within_their_width_in_any_script() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        for line in wrap("本番環境のハイパーバイザーは三台 small words", 10) {
            assert!(columns(&line) <= 10, "{line}");
        }
        assert_eq!(wrap("", 10), [""]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
    }

    #[test]
    fn full_width_text_breaks_between_its_characters_and_fills_the_line() {
        assert_eq!(wrap("設計 pveのディスクを置く", 12), ["設計 pveの", "ディスクを置", "く"]);
        assert_eq!(wrap("`pve1`と`pve2`を確かめる", 10), ["`pve1`と", "`pve2`を確", "かめる"]);
    }

    #[test]
    fn no_line_begins_with_what_ends_a_sentence_nor_ends_with_what_opens_one() {
        assert_eq!(wrap("確かめる。置く", 8), ["確かめ", "る。置く"]);
        assert_eq!(wrap("値は「大」", 6), ["値は", "「大」"]);
        assert_eq!(wrap("サーバー", 6), ["サー", "バー"]);
        assert_eq!(wrap("ノード12台", 9), ["ノード", "12台"]);
        assert_eq!(wrap("名(pve1)を", 9), ["名(pve1)", "を"]);
    }
}
