//! What a place is about: the manual's text of a key, figures of a thing, a rule, what was found.

use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind};

use super::place::{self, Kind, Place, unquoted};
use super::{Document, Judged, explain, language, text};
use crate::catalogue;
use crate::words::{self, Language};
use crate::{capacity, check};

/// Most figures that are shown at one place.
const MOST_FIGURES: usize = 12;

pub(super) fn hover(document: &Document, byte: usize, language: Language) -> Option<Hover> {
    let of_rule = |id: &str| catalogue::rule(id).map(|rule| explain::rule(rule, language));
    let place = place::at(&document.text, byte);
    let word = document.text.get(place.word.clone()).unwrap_or("");
    let mut parts = Vec::new();
    match place.kind {
        Kind::Header | Kind::Key if !word.is_empty() => {
            let path = [place.path.as_slice(), &[unquoted(word).to_owned()]].concat();
            parts.extend(
                language::field(&path).map(|field| format!("`{}`\n\n{}", path.join("."), language::manual(field))),
            );
            parts.extend(document.judged.as_ref().and_then(|judged| figures(judged, &path.join("."), language)));
        }
        Kind::Value => parts.extend(of_rule(unquoted(word))),
        Kind::Comment => parts.extend(of_rule(rule_at(&document.text, byte))),
        _ => {}
    }
    parts.extend(document.findings(byte, byte).map(|finding| explain::finding(finding, language)));
    (!parts.is_empty()).then(|| shown(document, &place, &parts))
}

fn shown(document: &Document, place: &Place, parts: &[String]) -> Hover {
    let value = parts.join("\n\n---\n\n");
    Hover {
        contents: HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value }),
        range: (!place.word.is_empty()).then(|| text::range(&document.text, &place.word)),
    }
}

/// The rule's id around a byte.
fn rule_at(text: &str, byte: usize) -> &str {
    let of_id = |character: char| character.is_ascii_alphanumeric() || character == '/' || character == '-';
    let (head, tail) = text.split_at_checked(byte).unwrap_or((text, ""));
    let start = head.len() - head.chars().rev().take_while(|character| of_id(*character)).count();
    let end = head.len() + tail.chars().take_while(|character| of_id(*character)).count();
    text.get(start..end).unwrap_or("")
}

/// The figures of a thing: those whose subject is its path, alone or in a state or at a part.
fn figures(judged: &Judged, path: &str, language: Language) -> Option<String> {
    let of_thing =
        |subject: &str| subject.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with([',', ' ']));
    let (topology, _) = check::topology(&judged.sources, &judged.reading);
    let figures = capacity::plan(&topology?);
    let about: Vec<_> = figures.iter().filter(|figure| of_thing(&figure.subject)).collect();
    let shown = about.iter().take(MOST_FIGURES);
    let mut lines: Vec<String> = shown.map(|figure| explain::figure(figure, language)).collect();
    if about.len() > MOST_FIGURES {
        lines.push(words::editor::more_figures(about.len() - MOST_FIGURES).say(language).into_owned());
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}
