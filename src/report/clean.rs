//! Names that people wrote, made safe for a terminal.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::source::is_hidden;

/// Replaces control characters, marks of direction and what has no width; lines and tabs stay.
pub fn clean(text: &str) -> Cow<'_, str> {
    without(text, is_hidden)
}

/// Replaces new lines and tabs as well, for what stands in one line: no name begins a line of its own.
pub fn clean_line(text: &str) -> Cow<'_, str> {
    without(text, |character| is_hidden(character) || character.is_control())
}

fn without(text: &str, unwanted: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&unwanted) {
        return Cow::Borrowed(text);
    }
    let shown = |character| if unwanted(character) { char::REPLACEMENT_CHARACTER } else { character };
    Cow::Owned(text.chars().map(shown).collect())
}

/// JSON with hidden characters escaped: outside of texts it has none.
pub(super) fn clean_json(json: String) -> String {
    if !json.chars().any(is_hidden) {
        return json;
    }
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        if is_hidden(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(character);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{clean, clean_json, clean_line};

    #[test]
    fn escape_sequences_and_direction_marks_do_not_reach_the_terminal() {
        assert_eq!(clean("pve1\u{1b}[31m\u{202e}x"), "pve1\u{fffd}[31m\u{fffd}x");
        assert_eq!(clean("本番系 ① pve1"), "本番系 ① pve1");
    }

    #[test]
    fn a_name_cannot_begin_a_line() {
        assert_eq!(clean_line("pve1\n0 errors\u{200b}"), "pve1\u{fffd}0 errors\u{fffd}");
    }

    #[test]
    fn json_escapes_what_is_hidden() {
        let json = clean_json("[\n \"a\u{202e}\u{e0041}\u{7f}本\"\n]".to_owned());
        assert_eq!(json, "[\n \"a\\u202e\\udb40\\udc41\\u007f本\"\n]");
    }
}
