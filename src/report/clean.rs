//! Names that people wrote, made safe for a terminal.

use std::borrow::Cow;

/// Replaces control characters and bidirectional marks, which could rewrite what a terminal shows.
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(unsafe_to_print) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|character| if unsafe_to_print(character) { '\u{fffd}' } else { character }).collect())
}

fn unsafe_to_print(character: char) -> bool {
    let bidirectional =
        matches!(character, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    bidirectional || (character.is_control() && character != '\n' && character != '\t')
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn escape_sequences_and_direction_marks_do_not_reach_the_terminal() {
        assert_eq!(clean("pve1\u{1b}[31m\u{202e}x"), "pve1\u{fffd}[31m\u{fffd}x");
        assert_eq!(clean("本番系 ① pve1"), "本番系 ① pve1");
    }
}
