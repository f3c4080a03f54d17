//! `rackproof check`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::arguments::Check;
use super::configured::{Configurations, Configured};
use super::files::{self, Texts};
use super::fix::Fixed;
use super::output::{named_files, write_whole};
use super::terminal::Terminal;
use crate::check::{self, Checked, Policy};
use crate::parallel;
use crate::report::{self, Format};
use crate::words::{self, Said};

pub(super) fn run(command: &Check, terminal: &Terminal) -> u8 {
    let complain = |error: Said| {
        terminal.complain(error);
        2
    };
    let formats = Format::ALL.map(|format| (format.word(), format));
    let outputs = match named_files(&command.outputs, &formats) {
        Ok(outputs) => outputs,
        Err(error) => return complain(error),
    };
    let judge = |texts: &Texts, end: End| Run::new(&command.paths, &command.settings, &command.configured, texts, end);
    let judged = if command.fix {
        match Fixed::of(&command.paths, |texts| judge(texts, End::OfDesign)) {
            Ok(fixed) if command.diff => return fixed.show(terminal),
            Ok(fixed) => match fixed.write(terminal) {
                Ok(()) => Ok(fixed.run),
                Err(error) => {
                    terminal.complain(error);
                    return 3;
                }
            },
            Err(error) => Err(error),
        }
    } else {
        judge(&files::AS_IT_LIES, End::OfRun)
    };
    let mut run = match judged {
        Ok(run) => run,
        Err(error) => return complain(error),
    };
    let mut code = run.code();
    // Whether an acceptance is needed is known only where every design was looked at.
    if command.paths.is_empty() {
        let left = run.configurations.all().filter_map(|configured| {
            let left = configured.left_over(&run.checked)?;
            Some((left.report.exit_code(configured.settings.verdict()), left))
        });
        let (codes, left): (Vec<u8>, Vec<Checked>) = left.unzip();
        code = codes.into_iter().fold(code, u8::max);
        run.checked.splice(0..0, left);
    }
    run.checked.splice(0..0, run.configurations.all().flat_map(|configured| configured.reports()));
    for (format, path) in outputs {
        let style = terminal.style_of_file(format.for_people());
        if let Err(error) = write_whole(&path, report::render(format, &run.checked, style).as_bytes()) {
            terminal.complain(error);
            return 3;
        }
    }
    let text = report::render(command.format, &run.checked, terminal.style_of_output(command.format.for_people()));
    terminal.print(&text).map_or_else(|error| error, |()| code)
}

/// What ends when designs are judged.
#[derive(Clone, Copy)]
pub(super) enum End {
    /// The run: with it all memory goes at once.
    OfRun,
    /// These designs, before others.
    OfDesign,
}

/// Designs that were judged, each by its configuration.
pub(super) struct Run<'a> {
    pub(super) configurations: Configurations<'a>,
    pub(super) checked: Vec<Checked>,
    /// The designs' paths, in the same order.
    pub(super) paths: Vec<(PathBuf, Arc<Configured>)>,
}

impl<'a> Run<'a> {
    /// Judges designs, or those that the configuration names.
    ///
    /// # Errors
    /// A sentence for people where the run cannot be understood.
    pub(super) fn new(
        paths: &[PathBuf],
        changes: &[String],
        options: &'a super::arguments::Configured,
        texts: &Texts,
        end: End,
    ) -> Result<Self, Said> {
        let mut configurations = Configurations::new(options)?;
        let named = if paths.is_empty() { named_designs(&mut configurations)? } else { paths.to_vec() };
        let paths: Vec<(PathBuf, Arc<Configured>)> = named
            .into_iter()
            .map(|path| {
                let configured = configurations.of(Some(&path));
                (path, configured)
            })
            .collect();
        let judged: Vec<_> = paths.iter().filter(|(_, configured)| configured.usable()).collect();
        let end = if judged.len() == 1 { end } else { End::OfDesign };
        let checked = parallel::each(&judged, |(path, configured)| judge(path, configured, changes, texts, end));
        let checked = checked.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(Self { configurations, checked, paths })
    }

    /// The exit code: the highest of all designs and configurations.
    pub(super) fn code(&self) -> u8 {
        let verdict = self
            .paths
            .first()
            .map_or_else(|| crate::settings::Settings::default().verdict(), |(_, first)| first.settings.verdict());
        let wrong = self
            .configurations
            .all()
            .flat_map(|configured| configured.reports())
            .map(|own| own.report.exit_code(verdict))
            .max();
        let usable = self.paths.iter().filter(|(_, configured)| configured.usable());
        let codes = usable
            .zip(&self.checked)
            .map(|((_, configured), design)| design.report.exit_code(configured.settings.verdict()));
        codes.chain(wrong).max().unwrap_or(0)
    }
}

fn named_designs(configurations: &mut Configurations<'_>) -> Result<Vec<PathBuf>, Said> {
    let configured = configurations.of(None);
    let paths = configured.named_designs()?;
    if paths.is_empty() && configured.reports().is_empty() {
        return Err(words::command_line::no_design_named(super::configured::NAME));
    }
    Ok(paths)
}

fn judge(path: &Path, configured: &Configured, changes: &[String], texts: &Texts, end: End) -> Result<Checked, Said> {
    let files::Opened { name, sources, reading } = files::open_one(path, changes, configured.sources.clone(), texts)?;
    let (settings, known) = configured.of_design(path);
    let policy = Policy { settings: &settings, known: &known, own: &configured.packs.rules };
    let (report, topology) = check::check_keeping(&sources, &reading, &policy);
    if let End::OfRun = end {
        // Taking a design apart piece by piece takes longer than the system needs to take it back as a whole.
        std::mem::forget(topology);
        std::mem::forget(reading);
    }
    Ok(Checked { name, sources, report })
}
