//! `rackproof report`

use std::path::{Path, PathBuf};

use super::arguments::Report;
use super::configured::{Configurations, Configured, day_asked};
use super::files;
use super::output::write_whole;
use super::terminal::Terminal;
use crate::capacity;
use crate::check::{self, Checked, Policy};
use crate::packs::UserRule;
use crate::report::{self, Dossier};
use crate::words::{self, Said};
use crate::{drawing, failure, parts};

/// What a report is written as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Paper {
    Html,
    Markdown,
}

pub(super) fn run(mut command: Report, terminal: &Terminal) -> u8 {
    let complain = |error: Said, code| {
        terminal.complain(error);
        code
    };
    let outputs: Vec<(Paper, PathBuf)> = match command.outputs.iter().map(|path| paper(path)).collect() {
        Ok(outputs) => outputs,
        Err(error) => return complain(error, 2),
    };
    if let Some(date) = command.date.take() {
        command.configured.today = Some(date);
    }
    let date = match day_asked(command.configured.today.as_deref()) {
        Ok(date) => date,
        Err(error) => return complain(error, 2),
    };
    let mut configurations = match Configurations::new(&command.configured) {
        Ok(configurations) => configurations,
        Err(error) => return complain(error, 2),
    };
    let configured = configurations.of(Some(&command.path));
    if !configured.usable() {
        let wrong = report::render(report::Format::Text, &configured.reports(), terminal.style);
        terminal.tell(&wrong);
        return 3;
    }
    let opened = files::open_one(&command.path, &command.settings, configured.sources.clone(), &files::AS_IT_LIES);
    let opened = match opened {
        Ok(opened) => opened,
        Err(error) => return complain(error, 2),
    };
    let date = date.map(|day| day.0.to_string());
    written(opened, &configured, &command.path, date.as_deref(), &outputs, terminal)
}

/// Judges, computes, proves and draws a design, and writes that down.
fn written(
    opened: files::Opened,
    configured: &Configured,
    path: &Path,
    date: Option<&str>,
    outputs: &[(Paper, PathBuf)],
    terminal: &Terminal,
) -> u8 {
    let files::Opened { name, sources, reading } = opened;
    let (settings, known) = configured.of_design(path);
    let policy = Policy { settings: &settings, known: &known, own: &configured.packs.rules };
    let (judged, topology) = check::check_keeping(&sources, &reading, &policy);
    let figures = topology.as_ref().map(capacity::plan).unwrap_or_default();
    let proof = topology.as_ref().map(failure::prove);
    let language = terminal.style.language;
    let picture = topology.as_ref().and_then(|topology| drawing::draw(topology, language));
    let bought = topology.as_ref().map(parts::parts);
    let own: Vec<_> = configured.packs.rules.iter().map(UserRule::texts).collect();
    let about = reading.design.design.as_ref();
    let checked = Checked { name, sources, report: judged };
    let dossier = Dossier {
        checked: &checked,
        title: about.and_then(|about| about.value.name.as_ref()).map(|name| name.value.as_str()),
        own: &own,
        figures: &figures,
        proof: proof.as_ref(),
        drawing: picture.as_ref(),
        parts: bought.as_ref(),
        date,
        policy: settings.verdict(),
        language,
    };
    let code = checked.report.exit_code(settings.verdict());
    for (paper, path) in outputs {
        let text = match paper {
            Paper::Html => report::dossier_html(&dossier),
            Paper::Markdown => report::dossier_markdown(&dossier),
        };
        if let Err(error) = write_whole(path, text.as_bytes()) {
            terminal.complain(error);
            return 3;
        }
    }
    if outputs.is_empty() {
        return terminal.print(&report::dossier_markdown(&dossier)).map_or_else(|error| error, |()| code);
    }
    code
}

/// What a file is written as, by the end of its name.
fn paper(path: &Path) -> Result<(Paper, PathBuf), Said> {
    let end = path.extension().map(|end| end.to_string_lossy().to_lowercase()).unwrap_or_default();
    let shown = path.display().to_string();
    match end.as_str() {
        "html" | "htm" => Ok((Paper::Html, path.to_owned())),
        "md" | "markdown" => Ok((Paper::Markdown, path.to_owned())),
        "pdf" => {
            let html = path.with_extension("html").display().to_string();
            Err(words::dossier::not_as_pdf(shown, html))
        }
        _ => Err(words::dossier::not_known_by_its_end(shown)),
    }
}
