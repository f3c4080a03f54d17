//! Files that are written whole or not at all: to a temporary file in the same folder, which then takes the name.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::terminal::reason;
use crate::words::{self, Said};

/// Folders of devices and pipes, which have no content to keep: what goes there is written as it comes.
const SPECIAL: [&str; 2] = ["/dev", "/proc"];

/// The files of a run, each with its format, of which there are these.
///
/// # Errors
/// A sentence for people where an option names no format or no file.
pub(super) fn named_files<F: Copy>(options: &[String], formats: &[(&str, F)]) -> Result<Vec<(F, PathBuf)>, Said> {
    let known = || Said::run(", ", formats.iter().map(|(word, _)| Said::from(*word)));
    let named = |option: &String| {
        let (word, path) = option
            .split_once('=')
            .filter(|(_, path)| !path.is_empty())
            .ok_or_else(|| words::command_line::output_form(option))?;
        let (_, format) = formats
            .iter()
            .find(|(known, _)| *known == word)
            .ok_or_else(|| words::command_line::no_such_format(option, word, known()))?;
        Ok((*format, PathBuf::from(path)))
    };
    options.iter().map(named).collect()
}

/// Writes a file, in place of one that has the name; that one stays as it is unless all is written, and its
/// permissions are kept. Devices and pipes are written directly, and so is standard output, which is `-`.
///
/// # Errors
/// A sentence for people. No part of the file is left behind.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Said> {
    let written = match fs::metadata(path) {
        _ if path.as_os_str() == "-" => directly(io::stdout().lock(), bytes),
        Ok(there) if there.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(there) if !there.is_file() || SPECIAL.iter().any(|special| path.starts_with(special)) => {
            OpenOptions::new().append(true).open(path).and_then(|file| directly(file, bytes))
        }
        Ok(there) => replace(path, bytes, there.permissions()),
        Err(_) => temporary(path, bytes).and_then(|file| Ok(file.persist(path).map(drop)?)),
    };
    written.map_err(|error| not_written(path, &error))
}

/// Writes a file that does not exist yet.
///
/// # Errors
/// A sentence for people, also when the file exists. No part of the file is left behind.
pub(super) fn create_whole(path: &Path, bytes: &[u8]) -> Result<(), Said> {
    let written = match fs::symlink_metadata(path) {
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => temporary(path, bytes).and_then(|file| Ok(file.persist_noclobber(path).map(drop)?)),
    };
    written.map_err(|error| not_written(path, &error))
}

/// What may not be written to is not replaced either. Of a link, the file it leads to is replaced.
fn replace(path: &Path, bytes: &[u8], permissions: Permissions) -> io::Result<()> {
    OpenOptions::new().write(true).open(path)?;
    let path = path.canonicalize()?;
    let file = temporary(&path, bytes)?;
    file.as_file().set_permissions(permissions)?;
    Ok(file.persist(&path).map(drop)?)
}

/// A file in the folder of `path`, with all it will hold; it is removed unless it is given a name.
fn temporary(path: &Path, bytes: &[u8]) -> io::Result<NamedTempFile<File>> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let create = |path: &Path| OpenOptions::new().write(true).create_new(true).open(path);
    let mut file = Builder::new().prefix(".rackproof-").make_in(folder, create)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// A reader that has gone away is no error.
fn directly(mut out: impl Write, bytes: &[u8]) -> io::Result<()> {
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

fn not_written(path: &Path, error: &io::Error) -> Said {
    let path = path.display().to_string();
    match error.kind() {
        io::ErrorKind::NotFound => words::command_line::folder_missing(path),
        io::ErrorKind::IsADirectory => words::command_line::not_written_to_folder(path),
        io::ErrorKind::AlreadyExists => words::command_line::not_written_over(path),
        _ => words::command_line::not_written(path, reason(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    fn content(path: &Path) -> String {
        String::from_utf8(fs::read(path).unwrap()).unwrap()
    }

    #[test]
    fn a_file_is_written_and_replaced_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.sarif");
        write_whole(&path, b"first").unwrap();
        write_whole(&path, b"2nd").unwrap();
        assert_eq!(content(&path), "2nd");
        assert_eq!(
            create_whole(&path, b"third").unwrap_err().to_string(),
            format!("{} was not written: it exists; name another file", path.display())
        );
        assert_eq!((content(&path).as_str(), names(folder.path())), ("2nd", vec!["report.sarif".to_owned()]));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_is_replaced_keeps_its_permissions_and_its_links() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("real"), folder.path().join("link"));
        write_whole(&path, b"first").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o604)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        write_whole(&link, b"second").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(content(&path), "second");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o604);
    }

    #[test]
    fn what_cannot_be_written_is_said_in_one_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        write_whole(&file, b"kept").unwrap();
        let refused = |path: &Path, why: &str| {
            for written in [write_whole(path, b"x"), create_whole(path, b"x")] {
                let error = written.unwrap_err().to_string();
                assert!(error.contains(" was not written: ") && error.contains(why), "{error}");
            }
        };
        refused(&folder.path().join("missing/report"), "its folder does not exist");
        refused(&file.join("report"), "ot a directory");
        assert!(
            write_whole(folder.path(), b"x").unwrap_err().to_string().ends_with("it is a folder; name a file in it")
        );
        assert_eq!((content(&file).as_str(), names(folder.path())), ("kept", vec!["file".to_owned()]));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn devices_are_written_to_and_stay() {
        use std::os::unix::fs::FileTypeExt;
        write_whole(Path::new("/dev/null"), b"gone").unwrap();
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
        assert!(write_whole(Path::new("/dev/full"), b"x").unwrap_err().to_string().contains("No space left on device"));
        // Nobody may make files there, not even root.
        assert!(write_whole(Path::new("/proc/report"), b"x").is_err());
    }
}
