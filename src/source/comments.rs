//! Comments that speak to a program, and what each of them stands at.

use toml_parser::lexer::TokenKind;

use super::{SourceId, Sources, Span};

/// A comment that begins with a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// The comment, from its `#` to the end of its line.
    pub span: Span,
    /// What follows the tag.
    pub said: Span,
    /// The key or the table that it stands at: behind it, inside its value, or on lines of its own above it. A table
    /// reaches to the next one that is no part of it. Nothing stands below a comment at the end of a text.
    pub about: Option<Span>,
}

/// A key with its value, or a header.
struct Item {
    start: usize,
    end: usize,
    /// Keys of a header.
    path: Option<Vec<String>>,
}

/// A comment with the tag.
struct Found {
    start: usize,
    /// Where it goes on after the tag.
    said: usize,
    end: usize,
    at: Place,
}

/// Where a comment stands.
enum Place {
    At(usize),
    Above(usize),
}

/// The comments of a source that begin with a tag such as `rackproof:`.
pub fn comments(sources: &Sources, id: SourceId, tag: &str) -> Vec<Comment> {
    let text = sources.get(id).text.as_str();
    if !text.contains(tag) {
        return Vec::new();
    }
    let (items, places) = walk(text, tag);
    let place = |start: usize, end: usize| Span { source: id, start: start as u32, end: end as u32 };
    let about = |place: &Place| match place {
        Place::At(item) | Place::Above(item) => items.get(*item).map(|_| region(&items, *item, text.len())),
    };
    places
        .into_iter()
        .map(|Found { start, said, end, at }| Comment {
            span: place(start, end),
            said: place(said, end),
            about: about(&at).map(|(start, end)| place(start, end)),
        })
        .collect()
}

/// First byte and end of what an item stands for: its own text, or a table with its parts.
fn region(items: &[Item], index: usize, length: usize) -> (usize, usize) {
    let item = &items[index];
    let Some(path) = &item.path else { return (item.start, item.end) };
    let part = |other: &Vec<String>| other.len() > path.len() && other.starts_with(path);
    let next = items[index + 1..].iter().find(|other| other.path.as_ref().is_some_and(|other| !part(other)));
    (item.start, next.map_or(length, |next| next.start))
}

/// Every item of a text, and every comment with the tag.
fn walk(text: &str, tag: &str) -> (Vec<Item>, Vec<Found>) {
    let (mut items, mut found) = (Vec::<Item>::new(), Vec::new());
    let (mut depth, mut begins) = (0_usize, true);
    for token in toml_parser::Source::new(text).lex() {
        let (start, end) = (token.span().start(), token.span().end());
        match token.kind() {
            TokenKind::Eof | TokenKind::Whitespace => {}
            TokenKind::Newline => begins = depth == 0,
            TokenKind::Comment => {
                let written = text.get(start..end).unwrap_or_default();
                let said = written.trim_start_matches('#').trim_start();
                if let Some(rest) = said.strip_prefix(tag) {
                    let at = if begins { Place::Above(items.len()) } else { Place::At(items.len().saturating_sub(1)) };
                    found.push(Found { start, said: end - rest.len(), end, at });
                }
            }
            kind => {
                if begins {
                    let path = (kind == TokenKind::LeftSquareBracket).then(Vec::new);
                    items.push(Item { start, end, path });
                    begins = false;
                }
                if let Some(item) = items.last_mut() {
                    item.end = end;
                    if let (Some(path), true) = (&mut item.path, depth > 0) {
                        path.extend(key(kind, text.get(start..end).unwrap_or_default()));
                    }
                }
                match kind {
                    TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => depth += 1,
                    TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
        }
    }
    (items, found)
}

/// A part of a header's path.
fn key(kind: TokenKind, text: &str) -> Option<String> {
    match kind {
        TokenKind::Atom => Some(text.to_owned()),
        TokenKind::BasicString | TokenKind::LiteralString => Some(text.trim_matches(['"', '\'']).to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(text: &str) -> Vec<(String, Option<String>)> {
        let mut sources = Sources::default();
        let id = sources.add("text", text);
        let read = |comment: &Comment| {
            let about = comment.about.map(|span| sources.text(span).to_owned());
            (sources.text(comment.said).trim().to_owned(), about)
        };
        comments(&sources, id, "rackproof:").iter().map(read).collect()
    }

    #[test]
    fn a_comment_is_about_what_it_stands_at() {
        let text = "a = 1 # rackproof: behind\n# rackproof: above\n# more\nb = [ # rackproof: inside\n  2,\n]\n";
        let expected = [("behind", "a = 1"), ("above", "b = [ # rackproof: inside\n  2,\n]")];
        let expected = expected.into_iter().chain([("inside", "b = [ # rackproof: inside\n  2,\n]")]);
        let expected: Vec<_> = expected.map(|(said, about)| (said.to_owned(), Some(about.to_owned()))).collect();
        assert_eq!(about(text), expected);
    }

    #[test]
    fn a_table_reaches_to_the_next_that_is_no_part_of_it() {
        let text = "[node.\"pve1\"] # rackproof: table\nx = 1\n[node.\"pve1\".y]\nz = 1\n[node.pve2]\n";
        assert_eq!(about(text)[0].1.as_deref(), Some(&text[..text.len() - 12]));
        let lists = "# rackproof: first\n[[cable]]\nfrom = 1\n[[cable]]\nfrom = 2\n";
        assert_eq!(about(lists)[0].1.as_deref(), Some("[[cable]]\nfrom = 1\n"));
    }

    #[test]
    fn strings_are_no_comments_and_an_end_is_about_nothing() {
        assert_eq!(about("a = \"# rackproof: no\"\n"), []);
        assert_eq!(about("a = 1\n# rackproof: end\n"), [("end".to_owned(), None)]);
        assert_eq!(about("]]]] = [[ # rackproof: odd").len(), 1);
    }
}
