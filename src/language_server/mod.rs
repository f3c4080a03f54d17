//! The language server: what an editor asks about a design, answered from its text. It reads and writes nothing itself.

mod complete;
mod explain;
mod hover;
mod language;
mod names;
mod place;
mod publish;
mod text;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use lsp_server::{ErrorCode, Notification, Request, Response};
use lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, CompletionOptions, CompletionParams,
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams, HoverParams,
    HoverProviderCapability, InitializeResult, Position, ServerCapabilities, ServerInfo, TextDocumentSyncCapability,
    TextDocumentSyncKind, TextEdit, Uri, WorkspaceEdit,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::catalogue;
use crate::check::{self, Checked, Finding, Known, Policy, Reading, Report};
use crate::design::{Design, Table as _};
use crate::packs::UserRule;
use crate::settings::Settings;
use crate::source::{self, Files, Loaded, Sources, Table};
use crate::words::{self, Language, Said};

/// What lies around the open documents.
pub trait Surroundings {
    /// The files that a design in this folder may include.
    fn files(&self, folder: &str) -> Box<dyn Files>;

    /// What the configuration says of the design under this path.
    fn configured(&self, design: &str) -> Configured;
}

/// By what a design is judged beside the catalogue.
#[derive(Debug, Default)]
pub struct Configured {
    /// Texts of the configuration.
    pub sources: Sources,
    /// What it says of rules.
    pub settings: Settings,
    /// Findings of the design that are known.
    pub known: Vec<Known>,
    /// Rules of the user.
    pub own: Arc<[UserRule]>,
    /// What is wrong with the configuration itself.
    pub wrong: Vec<Checked>,
}

/// What the server knows: the open documents, and what was last said about them.
pub struct Server {
    around: Box<dyn Surroundings>,
    language: Language,
    documents: BTreeMap<String, Document>,
    published: publish::Published,
    /// Documents that changed since they were judged.
    changed: BTreeSet<String>,
}

struct Document {
    text: String,
    judged: Option<Judged>,
}

/// A document as it was last judged.
struct Judged {
    sources: Sources,
    reading: Reading,
    report: Report,
    /// What is wrong with the configuration.
    wrong: Vec<Checked>,
}

impl Server {
    /// A server that knows no document, and says everything in a language.
    pub fn new(around: Box<dyn Surroundings>, language: Language) -> Self {
        Self { around, language, documents: BTreeMap::new(), published: BTreeMap::new(), changed: BTreeSet::new() }
    }

    /// What the server can do, as the answer to `initialize`.
    pub fn capabilities() -> InitializeResult {
        let triggers = ["[", ".", "\"", "=", " ", "(", ","].map(str::to_owned);
        InitializeResult {
            capabilities: ServerCapabilities {
                text_document_sync: Some(TextDocumentSyncCapability::Kind(TextDocumentSyncKind::FULL)),
                hover_provider: Some(HoverProviderCapability::Simple(true)),
                completion_provider: Some(CompletionOptions {
                    trigger_characters: Some(triggers.into()),
                    ..CompletionOptions::default()
                }),
                code_action_provider: Some(true.into()),
                ..ServerCapabilities::default()
            },
            server_info: Some(ServerInfo {
                name: "rackproof".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
        }
    }

    /// Takes note of what the editor tells. What is not understood is passed over, as the protocol asks.
    pub fn notify(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        match method.as_str() {
            "textDocument/didOpen" => {
                if let Some(params) = parsed::<DidOpenTextDocumentParams>(params) {
                    self.set(&params.text_document.uri, params.text_document.text);
                }
            }
            "textDocument/didChange" => {
                if let Some(mut params) = parsed::<DidChangeTextDocumentParams>(params)
                    && let Some(change) = params.content_changes.pop()
                {
                    self.set(&params.text_document.uri, change.text);
                }
            }
            "textDocument/didClose" => {
                if let Some(params) = parsed::<DidCloseTextDocumentParams>(params) {
                    let uri = params.text_document.uri.as_str();
                    self.documents.remove(uri);
                    self.changed.insert(uri.to_owned());
                }
            }
            _ => {}
        }
    }

    /// Answers a request.
    pub fn answer(&self, request: Request) -> Response {
        let Request { id, method, params } = request;
        let result = match method.as_str() {
            "textDocument/hover" => parsed(params).map(|params| json(&self.hover(&params))),
            "textDocument/completion" => parsed(params).map(|params| json(&self.completion(&params))),
            "textDocument/codeAction" => parsed(params).map(|params| json(&self.actions(&params))),
            _ => {
                let message = words::editor::not_offered(&method).say(self.language).into_owned();
                return Response::new_err(id, ErrorCode::MethodNotFound as i32, message);
            }
        };
        let Some(result) = result else {
            let message = words::editor::lacks_parameter(&method).say(self.language).into_owned();
            return Response::new_err(id, ErrorCode::InvalidParams as i32, message);
        };
        Response { id, response_result: Ok(result) }
    }

    fn set(&mut self, uri: &Uri, text: String) {
        self.documents.insert(uri.as_str().to_owned(), Document { text, judged: None });
        self.changed.insert(uri.as_str().to_owned());
    }

    /// Whether a document waits to be judged.
    pub fn is_behind(&self) -> bool {
        !self.changed.is_empty()
    }

    /// Judges every design again once anything changed, for any may include any; tells what is new.
    pub fn judge(&mut self) -> Vec<Notification> {
        self.changed.clear();
        let texts = self.texts();
        let mut published: publish::Published = BTreeMap::new();
        for (uri, document) in &mut self.documents {
            document.judged = judged(&*self.around, uri, &document.text, &texts);
            let diagnostics = document.judged.as_ref().map(|judged| publish::diagnostics(judged, self.language));
            published.insert(uri.clone(), diagnostics.unwrap_or_default());
        }
        // A file that an open design includes is judged as its part, not by itself.
        for uri in self.documents.keys() {
            let parts: Vec<String> = published.get(uri).into_iter().flat_map(BTreeMap::keys).cloned().collect();
            for part in parts.iter().filter(|part| *part != uri) {
                published.remove(part);
            }
        }
        let told = publish::changes(&self.published, &published);
        self.published = published;
        told
    }

    /// The open texts by path.
    fn texts(&self) -> BTreeMap<String, String> {
        self.documents.iter().map(|(uri, document)| (publish::name(uri), document.text.clone())).collect()
    }

    /// A document, and the byte of a position in it.
    fn at(&self, uri: &Uri, position: Position) -> Option<(&Document, usize)> {
        let document = self.documents.get(uri.as_str())?;
        Some((document, text::byte(&document.text, position)))
    }

    fn hover(&self, params: &HoverParams) -> Option<lsp_types::Hover> {
        let at = &params.text_document_position_params;
        let (document, byte) = self.at(&at.text_document.uri, at.position)?;
        hover::hover(document, byte, self.language)
    }

    fn completion(&self, params: &CompletionParams) -> Option<Vec<lsp_types::CompletionItem>> {
        let at = &params.text_document_position;
        let (document, byte) = self.at(&at.text_document.uri, at.position)?;
        let uri = at.text_document.uri.as_str();
        let design = || {
            let texts = self.texts();
            let files = Open { disk: self.around.files(&publish::folder(uri)), texts: &texts };
            let mut sources = Sources::default();
            let root = sources.add(publish::name(uri), document.text.clone());
            source::load(&mut sources, root, &files).0
        };
        Some(complete::complete(&document.text, byte, self.language, design))
    }

    fn actions(&self, params: &CodeActionParams) -> Vec<CodeActionOrCommand> {
        let uri = &params.text_document.uri;
        let Some(document) = self.documents.get(uri.as_str()) else { return Vec::new() };
        let (from, to) = (text::byte(&document.text, params.range.start), text::byte(&document.text, params.range.end));
        let mut actions: Vec<CodeActionOrCommand> = Vec::new();
        for finding in document.findings(from, to) {
            if let (Some(fix), Some(judged)) = (&finding.fix, &document.judged) {
                let edits = fix.edits.iter().filter_map(|(span, text)| publish::edit(&judged.sources, *span, text));
                actions.push(action(fix.title.say(self.language).into_owned(), edits));
            }
            // A text that cannot be read as it stands is put right, not allowed.
            if catalogue::rule(&finding.rule).is_none_or(|rule| rule.suppressible) {
                let title = words::editor::allow(finding.rule.as_ref());
                let title = title.say(self.language).into_owned();
                actions.push(action(title, [(uri.clone(), allowing(&document.text, finding))]));
            }
        }
        actions
    }
}

impl Document {
    /// Findings about this text, accepted ones left out, that touch a range of its bytes.
    fn findings(&self, from: usize, to: usize) -> impl Iterator<Item = &Finding> {
        let judged = self.judged.iter();
        judged
            .flat_map(|judged| {
                judged.report.findings.iter().filter(move |finding| {
                    finding.suppressed.is_none() && finding.span.source == judged.reading.root.source
                })
            })
            .filter(move |finding| finding.span.start as usize <= to && from <= finding.span.end as usize)
    }
}

fn action(title: String, edits: impl IntoIterator<Item = (Uri, TextEdit)>) -> CodeActionOrCommand {
    // An address is compared by its text, which does not change.
    #[allow(clippy::mutable_key_type, reason = "the protocol's types declare the map so")]
    let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
    for (uri, edit) in edits {
        changes.entry(uri).or_default().push(edit);
    }
    CodeActionOrCommand::CodeAction(CodeAction {
        title,
        kind: Some(CodeActionKind::QUICKFIX),
        edit: Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }),
        ..CodeAction::default()
    })
}

/// A line above what a finding is about that allows it; its day and reason are the writer's to fill in.
fn allowing(text: &str, finding: &Finding) -> TextEdit {
    let start = place::at(text, finding.span.start as usize).statement;
    let line = &text[start..];
    let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
    let new_text = format!("{indent}# rackproof: allow({}) until YYYY-MM-DD: REASON\n", finding.rule);
    TextEdit { range: text::range(text, &(start..start)), new_text }
}

/// Open documents in front of the files on the disk.
struct Open<'a> {
    disk: Box<dyn Files>,
    texts: &'a BTreeMap<String, String>,
}

impl Files for Open<'_> {
    fn read(&self, path: &str, from: &str) -> Result<Loaded, Said> {
        let mut loaded = self.disk.read(path, from)?;
        if let Some(text) = self.texts.get(&loaded.name) {
            loaded.text.clone_from(text);
        }
        Ok(loaded)
    }
}

/// Judges a document; one that has no table of the language is another kind of file and left alone.
fn judged(around: &dyn Surroundings, uri: &str, text: &str, texts: &BTreeMap<String, String>) -> Option<Judged> {
    let name = publish::name(uri);
    let mut alone = Sources::default();
    let root = alone.add(name.clone(), text);
    if !is_design(&source::parse(&alone, root).0) {
        return None;
    }
    let Configured { mut sources, settings, known, own, wrong } = around.configured(&name);
    let root = sources.add(name, text);
    let files = Open { disk: around.files(&publish::folder(uri)), texts };
    let reading = check::read(&mut sources, root, &files, Vec::new());
    let report = check::check(&sources, &reading, &Policy { settings: &settings, known: &known, own: &own });
    Some(Judged { sources, reading, report, wrong })
}

fn is_design(document: &Table) -> bool {
    document.0.iter().any(|entry| Design::fields().iter().any(|field| field.name == entry.key.value))
}

fn parsed<T: DeserializeOwned>(params: Value) -> Option<T> {
    serde_json::from_value(params).ok()
}

fn json(result: &impl serde::Serialize) -> Value {
    serde_json::to_value(result).unwrap_or_default()
}
