//! Designs as they are in a revision of Git.

use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use super::files;
use super::terminal::reason;
use crate::source::{Files, Loaded};
use crate::words::{self, Said};

/// A design in a revision, as `REV:PATH` names it.
pub(super) struct Revision {
    revision: String,
    path: PathBuf,
}

impl Revision {
    /// The revision and path that an argument names. One that begins with `-` would be an option of Git's.
    pub(super) fn named(argument: &Path) -> Option<Self> {
        let (revision, path) = argument.to_str()?.split_once(':')?;
        let sound = !revision.is_empty() && !revision.starts_with('-') && !path.is_empty();
        sound.then(|| Self { revision: revision.to_owned(), path: straight(Path::new(path)) })
    }

    /// Where the design lies in the working tree, or would.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The text of the design.
    ///
    /// # Errors
    /// What Git says, in one line.
    pub(super) fn text(&self) -> Result<String, Said> {
        self.read(&self.path)
    }

    fn read(&self, path: &Path) -> Result<String, Said> {
        let unknown = |error: std::io::Error| words::command_line::git_not_run(reason(&error));
        let mut git = Command::new("git");
        // Git takes a path that begins with a dot from where it is run.
        let relative = match (path.parent(), path.file_name()) {
            (Some(folder), Some(name)) if path.is_absolute() => {
                git.arg("-C").arg(folder);
                Path::new(name)
            }
            _ => path,
        };
        let object = format!("{}:./{}", self.revision, relative.to_string_lossy().replace('\\', "/"));
        git.args(["cat-file", "blob", &object]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = git.spawn().map_err(unknown)?;
        let text = running.stdout.take().map_or_else(|| Ok(String::new()), |out| files::read_text(out, 0));
        let mut said = String::new();
        if let Some(mut errors) = running.stderr.take() {
            // What is no text is nothing to tell.
            let _ = errors.read_to_string(&mut said);
        }
        let ended = running.wait().map_err(unknown)?;
        // A text that is too large is told as such, and Git, which could not write the rest of it, is not asked why.
        if ended.success() || (said.is_empty() && text.is_err()) {
            return text;
        }
        let line = said.lines().map(str::trim).find(|line| !line.is_empty());
        let why = line.map(|line| Said::from(line.strip_prefix("fatal: ").unwrap_or(line)));
        Err(words::command_line::not_read(why.unwrap_or_else(words::command_line::git_failed)))
    }
}

impl Files for Revision {
    fn read(&self, path: &str, from: &str) -> Result<Loaded, Said> {
        let relative = Path::new(path);
        files::stays_relative(relative)?;
        let from = from.strip_prefix(&self.revision).and_then(|from| from.strip_prefix(':')).unwrap_or(from);
        let inside = straight(&Path::new(from).parent().unwrap_or(Path::new("")).join(relative));
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let is_inside = inside.strip_prefix(folder).is_ok_and(|rest| !rest.starts_with(".."));
        if !is_inside {
            return Err(words::command_line::include_outside(path));
        }
        let text = self.read(&inside).map_err(|problem| files::not_included(path, problem))?;
        Ok(Loaded { name: format!("{}:{}", self.revision, inside.to_string_lossy().replace('\\', "/")), text })
    }
}

/// A path without steps that lead nowhere or back.
fn straight(path: &Path) -> PathBuf {
    let mut straight = PathBuf::new();
    for step in path.components() {
        match step {
            Component::CurDir => {}
            Component::ParentDir if matches!(straight.components().next_back(), Some(Component::Normal(_))) => {
                straight.pop();
            }
            step => straight.push(step),
        }
    }
    straight
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_and_a_path_are_told_apart_at_the_first_colon() {
        let named = |argument: &str| {
            let revision = Revision::named(Path::new(argument))?;
            Some((revision.revision, revision.path.to_string_lossy().replace('\\', "/")))
        };
        let expected = |revision: &str, path: &str| Some((revision.to_owned(), path.to_owned()));
        assert_eq!(named("main:design.toml"), expected("main", "design.toml"));
        assert_eq!(named("main:./a/../b/design.toml"), expected("main", "b/design.toml"));
        assert_eq!(named("v1.0~2:../design.toml"), expected("v1.0~2", "../design.toml"));
        for no_revision in ["design.toml", ":design.toml", "main:", "--output=x:design.toml", "-"] {
            assert_eq!(named(no_revision), None, "{no_revision}");
        }
    }
}
