//! Standard output and error, colours and width.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use super::arguments::{Color, LanguageWord};
use crate::report::Style;
use crate::words::{self, Language, Said};

/// Narrowest width that tables are made for.
const NARROWEST: usize = 40;
/// Width where the terminal does not say its own.
const USUAL: usize = 100;

/// Where output goes and how it looks.
pub(super) struct Terminal {
    pub(super) style: Style,
    /// The language that was asked for on the command line; without it, the locale's is the style's.
    asked: Option<Language>,
}

/// What decides the language of messages, the first that is set: POSIX, chapter 8.2.
const LOCALES: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

impl Terminal {
    pub(super) fn new(color: Color, language: Option<LanguageWord>) -> Self {
        let terminal = io::stdout().is_terminal();
        let coloured = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        };
        let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let width =
            columns.or_else(|| if terminal { width_of_terminal() } else { None }).unwrap_or(USUAL).max(NARROWEST);
        let asked = language.map(|word| match word {
            LanguageWord::En => Language::English,
            LanguageWord::Ja => Language::Japanese,
        });
        let locale = LOCALES.iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
        let language = asked.unwrap_or_else(|| Language::of_locale(&locale.unwrap_or_default()));
        Self { style: Style { width, colour: coloured, language }, asked }
    }

    /// The style of a file, which has no colours. What programs read is English on every machine, unless a language was
    /// asked for.
    pub(super) fn style_of_file(&self, for_people: bool) -> Style {
        let language = if for_people { self.style.language } else { self.asked.unwrap_or_default() };
        Style { colour: false, language, ..self.style }
    }

    /// The style of what goes to standard output.
    pub(super) fn style_of_output(&self, for_people: bool) -> Style {
        Style { colour: self.style.colour, ..self.style_of_file(for_people) }
    }

    /// Writes to standard output. A reader that has gone away is no error.
    pub(super) fn print(&self, text: &str) -> Result<(), u8> {
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            Err(error) => {
                self.complain(words::command_line::standard_output_not_written(reason(&error)));
                Err(3)
            }
        }
    }

    /// Writes text to standard error, where standard output carries something that other programs read.
    #[allow(clippy::unused_self, reason = "one place for both outputs")]
    pub(super) fn tell(&self, text: &str) {
        // Where standard error is gone as well there is nobody left to tell.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    /// Writes a line to standard error.
    pub(super) fn complain(&self, message: impl Into<Said>) {
        let message = message.into();
        let message = message.say(self.style.language);
        // Where standard error is gone as well there is nobody left to tell.
        let _ = writeln!(io::stderr().lock(), "rackproof: {}", crate::report::clean_line(&message));
    }
}

/// Why the system refuses something, in its own words; beside them, what the usual ones mean.
pub(super) fn reason(error: &io::Error) -> Said {
    let own = error.to_string();
    match error.kind() {
        io::ErrorKind::NotFound => words::command_line::not_found(own),
        io::ErrorKind::PermissionDenied => words::command_line::not_permitted(own),
        _ => own.into(),
    }
}

fn width_of_terminal() -> Option<usize> {
    terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
}

/// Prints what clap says: help and version are no error, anything else is wrong usage.
pub(super) fn usage(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS }
}
