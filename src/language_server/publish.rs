//! Findings as diagnostics, each for the document it is about.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::str::FromStr;

use lsp_server::Notification;
use lsp_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location, NumberOrString,
    PublishDiagnosticsParams, TextEdit, Uri,
};

use super::Judged;
use super::text::range_of;
use crate::catalogue::{self, Severity};
use crate::check::{Finding, FindingOutcome};
use crate::report::clean;
use crate::source::{Sources, Span};
use crate::words::Language;

/// Path of a document on the disk; its address where it is on none.
pub(super) fn name(uri: &str) -> String {
    let Some(path) = uri.strip_prefix("file://") else { return uri.to_owned() };
    let path = decoded(path);
    // file:///c:/design is c:/design.
    let drive = path.strip_prefix('/').filter(|rest| rest.as_bytes().get(1) == Some(&b':'));
    drive.map_or(path.clone(), str::to_owned)
}

/// Folder of a document.
pub(super) fn folder(uri: &str) -> String {
    let name = name(uri);
    name.rsplit_once('/').map_or(".".to_owned(), |(folder, _)| folder.to_owned())
}

/// Address of a source.
fn address(name: &str) -> String {
    let slash = if name.starts_with('/') { "" } else { "/" };
    if name.starts_with('/') || name.as_bytes().get(1) == Some(&b':') {
        format!("file://{slash}{}", encoded(name))
    } else {
        name.to_owned()
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = code.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| *first == b'%');
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~:".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Diagnostics by the address of their document. Every text of the design and its configuration is among them, if only
/// with none.
pub(super) fn diagnostics(judged: &Judged, language: Language) -> BTreeMap<String, Vec<Diagnostic>> {
    let mut told: BTreeMap<String, Vec<Diagnostic>> = BTreeMap::new();
    let wrong = judged.wrong.iter().map(|wrong| (&wrong.sources, &wrong.report));
    for (sources, report) in wrong.chain([(&judged.sources, &judged.report)]) {
        for source in sources.iter() {
            told.entry(address(&source.name)).or_default();
        }
        for finding in report.findings.iter().filter(|finding| finding.suppressed.is_none()) {
            let address = address(&sources.get(finding.span.source).name);
            told.entry(address).or_default().push(diagnostic(sources, finding, language));
        }
    }
    told
}

fn diagnostic(sources: &Sources, finding: &Finding, language: Language) -> Diagnostic {
    let severity = match (finding.outcome, finding.severity) {
        (FindingOutcome::Unproven, _) => DiagnosticSeverity::HINT,
        (_, Severity::Error) => DiagnosticSeverity::ERROR,
        (_, Severity::Warning) => DiagnosticSeverity::WARNING,
        (_, Severity::Note) => DiagnosticSeverity::INFORMATION,
    };
    let related = finding.related.iter().filter_map(|related| {
        let location = location(sources, related.span)?;
        Some(DiagnosticRelatedInformation { location, message: clean(&related.message.say(language)).into_owned() })
    });
    Diagnostic {
        range: range_of(sources, finding.span),
        severity: Some(severity),
        code: Some(NumberOrString::String(finding.rule.to_string())),
        code_description: source_of(&finding.rule).map(|href| CodeDescription { href }),
        source: Some("rackproof".to_owned()),
        message: format!("{}\n{}", clean(&finding.message.say(language)), clean(&finding.help.say(language))),
        related_information: Some(related.collect()),
        ..Diagnostic::default()
    }
}

fn location(sources: &Sources, span: Span) -> Option<Location> {
    let uri = Uri::from_str(&address(&sources.get(span.source).name)).ok()?;
    Some(Location { uri, range: range_of(sources, span) })
}

/// An edit of a source, with its document.
pub(super) fn edit(sources: &Sources, span: Span, new_text: &str) -> Option<(Uri, TextEdit)> {
    let Location { uri, range } = location(sources, span)?;
    Some((uri, TextEdit { range, new_text: new_text.to_owned() }))
}

/// Public address of a text that states the rule.
fn source_of(rule: &str) -> Option<Uri> {
    let sources = &catalogue::rule(rule)?.sources;
    let url = sources.iter().find_map(|citation| catalogue::work(citation.work)?.url)?;
    Uri::from_str(url).ok()
}

/// Diagnostics by the design they come from and the document they are about.
pub(super) type Published = BTreeMap<String, BTreeMap<String, Vec<Diagnostic>>>;

/// What to tell so that the editor shows `new` after `old`: one message for each document that differs.
pub(super) fn changes(old: &Published, new: &Published) -> Vec<Notification> {
    let documents: BTreeSet<&String> = old.values().chain(new.values()).flat_map(BTreeMap::keys).collect();
    let mut told = Vec::new();
    for document in documents {
        let (before, after) = (about(old, document), about(new, document));
        let uri = Uri::from_str(document);
        if before != after
            && let Ok(uri) = uri
        {
            let diagnostics = after.unwrap_or_default();
            let params = PublishDiagnosticsParams { uri, diagnostics, version: None };
            let params = serde_json::to_value(params).unwrap_or_default();
            told.push(Notification { method: "textDocument/publishDiagnostics".to_owned(), params });
        }
    }
    told
}

/// What all designs together say about a document; nothing where none has it.
fn about(published: &Published, document: &str) -> Option<Vec<Diagnostic>> {
    let mut told: Option<Vec<Diagnostic>> = None;
    for diagnostic in published.values().filter_map(|by_document| by_document.get(document)) {
        let all = told.get_or_insert_default();
        for diagnostic in diagnostic {
            if !all.contains(diagnostic) {
                all.push(diagnostic.clone());
            }
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_paths_are_two_spellings() {
        let pairs = [
            ("file:///home/a%20b/%E7%AE%A1.toml", "/home/a b/管.toml"),
            ("file:///C:/designs/a.toml", "C:/designs/a.toml"),
            ("untitled:Untitled-1", "untitled:Untitled-1"),
        ];
        for (uri, path) in pairs {
            assert_eq!(name(uri), path);
            assert_eq!(address(path), uri);
        }
        assert_eq!(name("file:///c%3A/a%"), "c:/a%");
        assert_eq!(folder("file:///home/a/b.toml"), "/home/a");
    }
}
