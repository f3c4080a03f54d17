//! Designs from files and standard input.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use super::arguments::Designs;
use super::terminal::{Terminal, reason};
use crate::check::{self, Reading};
use crate::source::{Files, LARGEST_FILE, Loaded, Sources, parse_setting};
use crate::words::{self, Said};

/// Texts that take the place of those on the disk, by the real path of their file.
pub(super) type Texts = BTreeMap<PathBuf, String>;

/// Everything as it lies on the disk.
pub(super) static AS_IT_LIES: Texts = Texts::new();

/// The folder of a design; files that it includes lie inside.
struct Folder<'a> {
    folder: PathBuf,
    texts: &'a Texts,
}

/// The files that a design in a folder may include.
pub(super) fn in_folder(folder: &str) -> Box<dyn Files> {
    Box::new(Folder { folder: PathBuf::from(folder), texts: &AS_IT_LIES })
}

impl Files for Folder<'_> {
    fn read(&self, path: &str, from: &str) -> Result<Loaded, Said> {
        let relative = Path::new(path);
        stays_relative(relative)?;
        let name = Path::new(from).parent().unwrap_or(Path::new("")).join(relative);
        let real =
            name.canonicalize().map_err(|error| not_included(path, words::command_line::not_read(reason(&error))))?;
        let folder =
            self.folder.canonicalize().map_err(|error| words::command_line::folder_not_read(reason(&error)))?;
        let Ok(inside) = real.strip_prefix(&folder) else {
            return Err(words::command_line::include_outside(path));
        };
        let text = match self.texts.get(&real) {
            Some(text) => text.clone(),
            None => read_file(&real).map_err(|problem| not_included(path, problem))?,
        };
        Ok(Loaded { name: shown(&self.folder.join(inside)), text })
    }
}

/// Why a file that is included cannot be had.
pub(super) fn not_included(path: &str, problem: Said) -> Said {
    words::command_line::include_not_read(path, problem)
}

/// Refuses a path that begins at a root.
pub(super) fn stays_relative(path: &Path) -> Result<(), Said> {
    let stays =
        path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir | Component::ParentDir));
    if stays { Ok(()) } else { Err(words::command_line::not_relative(path.display().to_string())) }
}

fn shown(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).to_string_lossy().into_owned()
}

fn read_file(path: &Path) -> Result<String, Said> {
    let known = fs::metadata(path);
    if known.as_ref().is_ok_and(fs::Metadata::is_dir) {
        return Err(words::command_line::is_folder());
    }
    let file = File::open(path).map_err(|error| words::command_line::not_read(reason(&error)))?;
    // A byte more, so that the end is seen without asking for more room.
    let length = known.map_or(0, |known| known.len().min(LARGEST_FILE)) as usize + 1;
    read_text(file, length)
}

/// The text that a reader gives, of about so many bytes.
pub(super) fn read_text(file: impl Read, length: usize) -> Result<String, Said> {
    let mut bytes = Vec::with_capacity(length);
    let read = file.take(LARGEST_FILE + 1).read_to_end(&mut bytes);
    read.map_err(|error| words::command_line::not_read(reason(&error)))?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(words::command_line::too_large((LARGEST_FILE / (1024 * 1024)).to_string()));
    }
    let text =
        String::from_utf8(bytes).map_err(|error| words::command_line::not_utf8(error.utf8_error().valid_up_to()))?;
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    };
    if text.trim().is_empty() {
        return Err(words::command_line::empty());
    }
    Ok(text)
}

/// A design of the command line and what became of reading it.
pub(super) struct Opened {
    pub(super) name: String,
    pub(super) sources: Sources,
    pub(super) reading: Reading,
}

/// Reads every design that was named, with the settings laid over.
pub(super) fn open(designs: &Designs, terminal: &Terminal) -> Result<Vec<Opened>, u8> {
    let open = |path: &PathBuf| open_one(path, &designs.settings, Sources::default(), &AS_IT_LIES);
    designs.paths.iter().map(open).collect::<Result<_, _>>().map_err(|error: Said| {
        terminal.complain(error);
        2
    })
}

/// Name and text of a file or of standard input.
pub(super) fn text(path: &Path) -> (String, Result<String, Said>) {
    let (name, text, _) = named(path);
    (name, text)
}

/// Name, text and folder of a file or of standard input.
fn named(path: &Path) -> (String, Result<String, Said>, PathBuf) {
    if path.as_os_str() == "-" {
        ("<standard input>".to_owned(), read_text(io::stdin().lock(), 0), PathBuf::from("."))
    } else {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        (shown(path), read_file(path), parent.to_owned())
    }
}

/// A design with settings laid over; an error where a setting cannot be read.
pub(super) fn open_one(path: &Path, settings: &[String], sources: Sources, texts: &Texts) -> Result<Opened, Said> {
    let (name, text, folder) = named(path);
    let replaced = if texts.is_empty() { None } else { path.canonicalize().ok().and_then(|real| texts.get(&real)) };
    let text = replaced.cloned().map_or(text, Ok);
    open_in(name, text, &Folder { folder, texts }, settings, sources)
}

/// A design whose text has been had, beside the texts of a run that are known already; an error where a setting cannot
/// be read.
pub(super) fn open_text(
    name: String,
    text: Result<String, Said>,
    folder: PathBuf,
    settings: &[String],
    sources: Sources,
) -> Result<Opened, Said> {
    open_in(name, text, &Folder { folder, texts: &AS_IT_LIES }, settings, sources)
}

/// A design whose text has been had, with the files that it may include.
pub(super) fn open_in(
    name: String,
    text: Result<String, Said>,
    folder: &dyn Files,
    settings: &[String],
    mut sources: Sources,
) -> Result<Opened, Said> {
    let settings =
        settings.iter().map(|setting| parse_setting(&mut sources, setting)).collect::<Result<Vec<_>, _>>()?;
    let reading = match text {
        Ok(text) => {
            let root = sources.add(name.clone(), text);
            check::read(&mut sources, root, folder, settings)
        }
        Err(problem) => {
            let problem = words::command_line::about(name.as_str(), problem);
            check::unreadable(sources.add(name.clone(), ""), problem)
        }
    };
    Ok(Opened { name, sources, reading })
}
