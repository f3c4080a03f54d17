//! `rackproof diff`

use std::path::{Path, PathBuf};

use super::arguments::Diff;
use super::configured::{Configurations, Configured};
use super::files::{self, Opened};
use super::output::{self, write_whole};
use super::revision::Revision;
use super::terminal::Terminal;
use crate::capacity::{self, Figure};
use crate::check::{self, Policy, Report};
use crate::compare::{self, Side};
use crate::failure;
use crate::report;
use crate::report::difference::{Format, render};
use crate::topology::Topology;
use crate::words::{self, Said};

pub(super) fn run(command: &Diff, terminal: &Terminal) -> u8 {
    let complain = |error: Said| {
        terminal.complain(error);
        2
    };
    if command.old.as_os_str() == "-" && command.new.as_os_str() == "-" {
        return complain(words::difference::one_standard_input());
    }
    let formats = Format::ALL.map(|format| (format.word(), format));
    let outputs = match output::named_files(&command.outputs, &formats) {
        Ok(outputs) => outputs,
        Err(error) => return complain(error),
    };
    // Both are judged by what holds for the new design: what differs then is the designs.
    let place = Place::of(&command.new);
    let configured = match Configurations::new(&command.configured) {
        Ok(mut configurations) => configurations.of(Some(place.path())),
        Err(error) => return complain(error),
    };
    let wrong = configured.reports();
    for own in &wrong {
        terminal.tell(&report::check_text(own, terminal.style));
    }
    let verdict = configured.settings.verdict();
    let wrong = wrong.iter().map(|own| own.report.exit_code(verdict)).max().unwrap_or(0);
    if !configured.usable() {
        return wrong.max(1);
    }
    let both = || command.settings.clone();
    let opened = Place::of(&command.old).open(&both(), &configured).and_then(|old| {
        let changes: Vec<String> = both().into_iter().chain(command.new_settings.iter().cloned()).collect();
        Ok((old, place.open(&changes, &configured)?))
    });
    let (old, new) = match opened {
        Ok(opened) => opened,
        Err(error) => return complain(error),
    };
    let (old, new) = (Judged::new(&old, &place, &configured), Judged::new(&new, &place, &configured));
    let proofs = [&old, &new].map(|judged| judged.topology.as_ref().map(failure::prove));
    let (old, new) = (old.side(proofs[0].as_ref()), new.side(proofs[1].as_ref()));
    let difference = compare::compare(&old, &new, verdict);
    for (format, path) in outputs {
        let style = terminal.style_of_file(format.for_people());
        if let Err(error) = write_whole(&path, render(format, &difference, style).as_bytes()) {
            terminal.complain(error);
            return 3;
        }
    }
    let text = render(command.format, &difference, terminal.style_of_output(command.format.for_people()));
    terminal.print(&text).map_or_else(|error| error, |()| difference.exit_code().max(wrong))
}

/// Where a design is read from.
enum Place {
    File(PathBuf),
    Revision(String, Revision),
}

impl Place {
    /// A file of that very name, or one in a revision.
    fn of(argument: &Path) -> Self {
        match Revision::named(argument).filter(|_| !argument.exists()) {
            Some(revision) => Self::Revision(argument.to_string_lossy().into_owned(), revision),
            None => Self::File(argument.to_owned()),
        }
    }

    /// The file in the working tree.
    fn path(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Revision(_, revision) => revision.path(),
        }
    }

    fn open(&self, changes: &[String], configured: &Configured) -> Result<Opened, Said> {
        let sources = configured.sources.clone();
        match self {
            Self::File(path) => files::open_one(path, changes, sources, &files::AS_IT_LIES),
            Self::Revision(name, revision) => files::open_in(name.clone(), revision.text(), revision, changes, sources),
        }
    }
}

/// A design, judged by the configuration of the new one.
struct Judged<'o> {
    opened: &'o Opened,
    report: Report,
    topology: Option<Topology<'o>>,
    figures: Vec<Figure>,
}

impl<'o> Judged<'o> {
    fn new(opened: &'o Opened, new: &Place, configured: &Configured) -> Self {
        let Opened { sources, reading, .. } = opened;
        let (settings, known) = configured.of_design(new.path());
        let policy = Policy { settings: &settings, known: &known, own: &configured.packs.rules };
        let (report, topology) = check::check_keeping(sources, reading, &policy);
        let figures = topology.as_ref().map(capacity::plan).unwrap_or_default();
        Self { opened, report, topology, figures }
    }

    fn side<'a, 't, 'd>(&'a self, proof: Option<&'a failure::Proof<'t, 'd>>) -> Side<'a, 't, 'd> {
        let Opened { name, sources, reading } = self.opened;
        Side { name, sources, reading, report: &self.report, figures: &self.figures, proof }
    }
}
