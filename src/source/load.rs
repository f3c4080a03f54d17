//! A document with everything it includes.

use super::{Duplicate, Kind, SourceId, Sources, Span, SyntaxError, Table, merge, parse, tree::Value};
use crate::words::Said;
use crate::words::loading;

/// Deepest chain of includes.
const DEEPEST_INCLUDE: usize = 16;
/// Most files of one design.
const MOST_FILES: usize = 256;

/// Where texts come from; the command line reads files, tests read maps.
pub trait Files {
    /// Reads the file that `from` includes under `path`. The name it answers is the one people see, and it is
    /// the same for the same file.
    ///
    /// # Errors
    /// A sentence for people when the file cannot be read or lies outside the design's folder.
    fn read(&self, path: &str, from: &str) -> Result<Loaded, Said>;
}

/// A text that was read.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Path for people.
    pub name: String,
    /// The text.
    pub text: String,
}

/// Why a document could not be read as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadError {
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub problem: LoadProblem,
}

/// What is wrong with a document.
#[derive(Debug, Clone, PartialEq)]
pub enum LoadProblem {
    /// The text is no TOML.
    Syntax {
        /// What is wrong.
        message: Said,
        /// Whether nothing after this place can be trusted.
        swallows: bool,
    },
    /// An included file cannot be read.
    Include(Said),
    /// A file includes itself, directly or by others; the chain of names.
    Cycle(Vec<String>),
}

/// Reads a source and what it includes into one table.
pub fn load(sources: &mut Sources, root: SourceId, files: &dyn Files) -> (Table, Vec<LoadError>, Vec<Duplicate>) {
    let mut loading = Loading { sources, files, errors: Vec::new(), duplicates: Vec::new() };
    let chain = vec![loading.sources.get(root).name.clone()];
    let table = loading.table(root, &chain);
    (table, loading.errors, loading.duplicates)
}

struct Loading<'a> {
    sources: &'a mut Sources,
    files: &'a dyn Files,
    errors: Vec<LoadError>,
    duplicates: Vec<Duplicate>,
}

impl Loading<'_> {
    fn table(&mut self, id: SourceId, chain: &[String]) -> Table {
        let (mut table, errors) = parse(self.sources, id);
        self.errors.extend(errors.into_iter().map(|SyntaxError { span, message, swallows }| LoadError {
            span,
            problem: LoadProblem::Syntax { message, swallows },
        }));
        for path in includes(&table) {
            let (path, span) = path;
            match self.included(&path, chain) {
                Ok(more) => merge(&mut table, more, &mut self.duplicates),
                Err(problem) => self.errors.push(LoadError { span, problem }),
            }
        }
        table
    }

    fn included(&mut self, path: &str, chain: &[String]) -> Result<Table, LoadProblem> {
        let from = chain.last().map_or("", String::as_str);
        let loaded = self.files.read(path, from).map_err(LoadProblem::Include)?;
        let mut chain = chain.to_vec();
        chain.push(loaded.name.clone());
        if chain[..chain.len() - 1].contains(&loaded.name) {
            return Err(LoadProblem::Cycle(chain));
        }
        if chain.len() > DEEPEST_INCLUDE {
            return Err(LoadProblem::Include(loading::includes_too_deep(DEEPEST_INCLUDE)));
        }
        if self.sources.len() >= MOST_FILES {
            return Err(LoadProblem::Include(loading::too_many_files(MOST_FILES)));
        }
        let id = self.sources.add(loaded.name, loaded.text);
        let mut table = self.table(id, &chain);
        table.0.retain(|entry| entry.key.value != "include");
        Ok(table)
    }
}

/// The paths under `include`; what is no text there is found by the reader of the design.
fn includes(table: &Table) -> Vec<(String, Span)> {
    let text = |value: &Value| match &value.kind {
        Kind::Text(path) => Some((path.to_string(), value.span)),
        _ => None,
    };
    match table.get("include").map(|entry| &entry.value) {
        Some(Value { kind: Kind::List(values), .. }) => values.iter().filter_map(text).collect(),
        Some(value) => text(value).into_iter().collect(),
        None => Vec::new(),
    }
}
