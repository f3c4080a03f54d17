//! Packs of rules from files and folders, and `rackproof rules test`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::files;
use super::terminal::{Terminal, reason};
use crate::check::{self, Checked};
use crate::design::{Mistake, MistakeKind};
use crate::packs::{self, UserRule};
use crate::report;
use crate::source::{SourceId, Sources, Span};
use crate::words::{self, Said};

/// Most files that packs are read from.
const MOST_FILES: usize = 64;

/// A pack, and where a configuration names it.
pub(super) type Named = (PathBuf, Option<Span>);

/// Packs that were read, with everything that is wrong with them.
#[derive(Default)]
pub(super) struct Packs {
    pub(super) rules: Arc<[UserRule]>,
    mistakes: Vec<Mistake>,
}

impl Packs {
    /// Reads every pack that was named: a file, or a folder with all its TOML files.
    pub(super) fn read(sources: &mut Sources, named: &[Named]) -> Self {
        let mut read = Self::default();
        let (mut ids, mut known): (Vec<SourceId>, BTreeSet<PathBuf>) = (Vec::new(), BTreeSet::new());
        for (path, from) in named {
            let shown = path.to_string_lossy();
            let files = match pack_files(path) {
                Ok(files) => files,
                Err(error) => {
                    read.refuse(sources, &shown, *from, MistakeKind::Unreadable, error);
                    continue;
                }
            };
            // A pack that is named twice is one.
            let new =
                files.into_iter().filter(|file| known.insert(file.canonicalize().unwrap_or_else(|_| file.clone())));
            for file in new.collect::<Vec<_>>() {
                if ids.len() == MOST_FILES {
                    let problem = words::command_line::too_many_pack_files(MOST_FILES);
                    read.refuse(sources, &file.to_string_lossy(), *from, MistakeKind::LimitExceeded, problem);
                    break;
                }
                let (name, text) = files::text(&file);
                match text {
                    Ok(text) => ids.push(sources.add(name, text)),
                    Err(error) => read.refuse(sources, &name, *from, MistakeKind::Unreadable, error),
                }
            }
        }
        let (rules, mistakes) = packs::load(sources, &ids);
        read.rules = rules.into();
        read.mistakes.extend(mistakes);
        read
    }

    /// Reads packs that the command line names.
    ///
    /// # Errors
    /// What is wrong with them, as a report of its own.
    pub(super) fn open(paths: &[PathBuf]) -> Result<(Sources, Self), Box<Checked>> {
        let mut sources = Sources::default();
        let named: Vec<Named> = paths.iter().map(|path| (path.clone(), None)).collect();
        let packs = Self::read(&mut sources, &named);
        packs.report(&sources).map_or(Ok((sources, packs)), |broken| Err(Box::new(broken)))
    }

    fn refuse(&mut self, sources: &mut Sources, name: &str, from: Option<Span>, kind: MistakeKind, problem: Said) {
        let span = from.unwrap_or_else(|| Span::start_of(sources.add(name, "")));
        self.mistakes.push(Mistake::new(kind, span, words::command_line::about(name, problem)));
    }

    /// What is wrong with the packs, as a report of its own; nothing where they are sound.
    pub(super) fn report(&self, sources: &Sources) -> Option<Checked> {
        let first = self.mistakes.first()?;
        let name = sources.get(first.span.source).name.clone();
        Some(Checked { name, sources: sources.clone(), report: check::packs(sources, &self.mistakes) })
    }
}

/// The files of a pack in order of their names.
fn pack_files(path: &Path) -> Result<Vec<PathBuf>, Said> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let unreadable = |error: std::io::Error| words::command_line::not_read(reason(&error));
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        if file.extension().is_some_and(|extension| extension == "toml") {
            files.push(file);
        }
    }
    files.sort();
    if files.is_empty() { Err(words::command_line::empty_pack()) } else { Ok(files) }
}

/// Runs the examples of packs: 0 where each comes out as it says, 1 where one does not, 3 for a broken pack.
pub(super) fn test(paths: &[PathBuf], terminal: &Terminal) -> u8 {
    let (sources, packs) = match Packs::open(paths) {
        Ok(opened) => opened,
        Err(broken) => {
            return terminal.print(&report::check_text(&broken, terminal.style)).map_or_else(|error| error, |()| 3);
        }
    };
    let wrong: Vec<String> = packs.rules.iter().flat_map(|rule| check::examples(&sources, rule)).collect();
    let examples: usize = packs.rules.iter().map(|rule| rule.examples.len()).sum();
    let mut text: String = wrong.iter().fold(String::new(), |text, line| text + &report::clean(line) + "\n");
    let result = match wrong.len() {
        0 => words::command_line::examples_hold(),
        problems => words::counted::problems(problems),
    };
    let rules = words::counted::rules(packs.rules.len());
    let tested = words::command_line::pack_tested(rules, words::counted::examples(examples), result);
    let _ = writeln!(text, "{}", tested.say(terminal.style.language));
    terminal.print(&text).map_or_else(|error| error, |()| u8::from(!wrong.is_empty()))
}
