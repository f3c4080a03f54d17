//! What may be written at a place: keys, words, names and rules.

use std::ops::Range;

use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionTextEdit, Documentation, MarkupContent, MarkupKind, TextEdit,
};

use super::language::{self, Known};
use super::names;
use super::place::{self, Kind, Place};
use super::text;
use crate::catalogue::{self, Rule};
use crate::design::Field;
use crate::report::clean;
use crate::report::reference::takes;
use crate::source::Table;
use crate::words::Language;

/// What may stand at a byte; `design` gives the whole design where its names are asked for.
pub(super) fn complete(
    text: &str,
    byte: usize,
    language: Language,
    design: impl FnOnce() -> Table,
) -> Vec<CompletionItem> {
    let place = place::at(text, byte);
    let at = text::range(text, &place.word);
    let item = |label: &str, new_text: String, kind| CompletionItem {
        label: label.to_owned(),
        kind: Some(kind),
        // Editors compare what stands in the range, quotes included, with this.
        filter_text: Some(new_text.clone()),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit { range: at, new_text })),
        ..CompletionItem::default()
    };
    match (place.kind, language::known(&place.path)) {
        (Kind::Key, Some(Known::Keys(fields))) => {
            let after = if followed_by_equals(text, &place.word) { "" } else { " = " };
            let key = |field: &Field| {
                let item = item(field.name, format!("{}{after}", field.name), CompletionItemKind::PROPERTY);
                CompletionItem { filter_text: None, ..described(item, takes(field), language::manual(field)) }
            };
            fields.iter().map(key).collect()
        }
        (Kind::Header, Some(Known::Keys(fields))) => {
            let table = |field: &&Field| language::opens_table(field);
            let header = |field: &Field| {
                let item = item(field.name, field.name.to_owned(), CompletionItemKind::MODULE);
                described(item, takes(field), language::manual(field))
            };
            fields.iter().filter(table).map(header).collect()
        }
        (Kind::Value, Some(Known::Value(shape))) if !language::words(shape).is_empty() => {
            let quoted = |word: &str| if language::in_quotes(shape) { quoted(word) } else { word.to_owned() };
            let words = language::words(shape).iter();
            words.map(|word| item(word, quoted(word), CompletionItemKind::ENUM_MEMBER)).collect()
        }
        (Kind::Value, Some(Known::Value(_))) if names_rule(&place.path) => catalogue::RULES
            .iter()
            .map(|rule| of_rule(rule, item(rule.id, quoted(rule.id), CompletionItemKind::REFERENCE), language))
            .collect(),
        (Kind::Value, _) | (Kind::Key, Some(Known::Value(_) | Known::Entries(_))) => {
            let names = named(&place, &design());
            names.iter().map(|name| item(&clean(name), quoted(name), CompletionItemKind::REFERENCE)).collect()
        }
        (Kind::Comment, _) => in_comment(text, byte, &place, language),
        _ => Vec::new(),
    }
}

/// The names at a value, or at a key where a value is given by device.
fn named(place: &Place, design: &Table) -> Vec<String> {
    match (place.kind, place.path.as_slice()) {
        (Kind::Key, [network, _, key]) if network == "network" && (key == "interface" || key == "address") => {
            let path = [place.path[..2].to_vec(), vec!["on".to_owned()]].concat();
            names::names(design, &path)
        }
        (Kind::Key, _) => Vec::new(),
        (_, [path @ .., _]) if matches!(language::known(path), Some(Known::Value(_))) => names::names(design, path),
        (_, path) => names::names(design, path),
    }
}

fn names_rule(path: &[String]) -> bool {
    matches!(path, [table, key] if table == "policy" && (key == "follow" || key == "set_aside"))
}

/// Rules in a comment that allows some.
fn in_comment(text: &str, byte: usize, place: &Place, language: Language) -> Vec<CompletionItem> {
    let Some(head) = text.get(place.word.start..byte) else { return Vec::new() };
    let inside = head.contains("rackproof:") && head.rfind('(') > head.rfind(')');
    let Some(begin) = head.rfind(['(', ',']).filter(|_| inside) else { return Vec::new() };
    let typed = head[begin + 1..].trim_start();
    let range = text::range(text, &(byte - typed.len()..byte));
    let edit = |rule: &Rule| CompletionTextEdit::Edit(TextEdit { range, new_text: rule.id.to_owned() });
    let item = |rule: &'static Rule| CompletionItem {
        label: rule.id.to_owned(),
        kind: Some(CompletionItemKind::REFERENCE),
        text_edit: Some(edit(rule)),
        ..CompletionItem::default()
    };
    catalogue::RULES.iter().map(|rule| of_rule(rule, item(rule), language)).collect()
}

fn of_rule(rule: &Rule, item: CompletionItem, language: Language) -> CompletionItem {
    let rule = language.rule(rule);
    described(item, rule.summary.to_owned(), rule.rationale.trim().to_owned())
}

fn described(item: CompletionItem, detail: String, text: String) -> CompletionItem {
    let documentation = Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value: text });
    CompletionItem { detail: Some(detail), documentation: Some(documentation), ..item }
}

/// A name as TOML text.
fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
}

fn followed_by_equals(text: &str, word: &Range<usize>) -> bool {
    text.get(word.end..).is_some_and(|rest| rest.trim_start_matches([' ', '\t']).starts_with('='))
}
