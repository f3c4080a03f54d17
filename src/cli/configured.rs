//! The configuration of a run: found, read with what it extends, and changed by options.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::arguments::{self, FailOnWord, UnprovenWord};
use super::files;
use super::packs::{Named, Packs};
use crate::catalogue::Rule;
use crate::check::{self, Checked, Known, read_baseline};
use crate::design::{Mistake, MistakeKind};
use crate::packs::UserRule;
use crate::settings::{self, Configuration, Day, FailOn, Level, Settings, Unproven};
use crate::source::{Sources, Span, Spanned};
use crate::words::{self, Said};

/// Name of a configuration.
pub(super) const NAME: &str = "rackproof.toml";
/// Name of a baseline, where no configuration gives one.
const BASELINE: &str = "rackproof-baseline.toml";
/// Deepest chain of configurations that extend each other.
const DEEPEST: usize = 16;

/// What holds for the designs below one folder.
pub(super) struct Configured {
    /// Its texts; those of a design are added to a copy.
    pub(super) sources: Sources,
    /// What is said of rules.
    pub(super) settings: Settings,
    /// Findings that are known.
    pub(super) known: Vec<Known>,
    /// Rules of the user.
    pub(super) packs: Packs,
    /// Where the baseline lies, or would.
    pub(super) baseline: PathBuf,
    /// Designs to check where none is named.
    pub(super) designs: Vec<Spanned<String>>,
    /// The configuration, where there is one.
    pub(super) path: Option<PathBuf>,
    /// What is wrong with it.
    mistakes: Vec<Mistake>,
    /// What is wrong with the baseline.
    stale: Vec<Mistake>,
    unreadable: bool,
}

impl Configured {
    /// What is wrong with the configuration and the baseline, as designs of the run; none where all is well.
    pub(super) fn reports(&self) -> Vec<Checked> {
        let name = |mistakes: &[Mistake]| {
            mistakes.first().map_or(String::new(), |mistake| self.sources.get(mistake.span.source).name.clone())
        };
        let rule = if self.unreadable { "config/unreadable" } else { "config/wrong" };
        let of = |mistakes: &[Mistake], rule, whole| {
            (!mistakes.is_empty()).then(|| Checked {
                name: name(mistakes),
                sources: self.sources.clone(),
                report: check::misconfigured(&self.sources, mistakes, rule, whole),
            })
        };
        let own = of(&self.mistakes, rule, !self.unreadable);
        let packs = self.packs.report(&self.sources);
        own.into_iter().chain(packs).chain(of(&self.stale, "baseline/unreadable", false)).collect()
    }

    /// What it accepts and no design of a run over all its designs needed.
    pub(super) fn left_over(&self, designs: &[Checked]) -> Option<Checked> {
        let name = self.path.as_deref()?.to_string_lossy().into_owned();
        let report = check::left_over(&self.sources, &self.settings, designs)?;
        Some(Checked { name, sources: self.sources.clone(), report })
    }

    /// Whether designs can be judged by it.
    pub(super) fn usable(&self) -> bool {
        !self.unreadable && self.stale.is_empty()
    }

    /// A design's name as it lies below a folder; its own name where it lies elsewhere.
    pub(super) fn below(folder: Option<&Path>, design: &Path) -> String {
        let folder = folder.map_or(Path::new(""), Path::new);
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let inside = design
            .canonicalize()
            .ok()
            .zip(folder.canonicalize().ok())
            .and_then(|(design, folder)| design.strip_prefix(folder).map(Path::to_owned).ok());
        inside.as_deref().unwrap_or(design).to_string_lossy().replace('\\', "/")
    }

    /// What holds for one design: its settings and the findings that are known in it.
    pub(super) fn of_design(&self, design: &Path) -> (Settings, Vec<Known>) {
        let settings = if self.settings.differ_by_design() {
            self.settings.of_design(&Self::below(self.path.as_deref().and_then(Path::parent), design))
        } else {
            self.settings.clone()
        };
        if self.known.is_empty() {
            return (settings, Vec::new());
        }
        let name = Self::below(self.baseline.parent(), design);
        (settings, self.known.iter().filter(|known| known.design == name).cloned().collect())
    }

    /// The designs that it names, in order.
    pub(super) fn named_designs(&self) -> Result<Vec<PathBuf>, Said> {
        let folder = self.path.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        let mut paths = Vec::new();
        for design in &self.designs {
            let pattern = Path::new(&glob::Pattern::escape(&folder.to_string_lossy())).join(&design.value);
            let found = glob::glob(&pattern.to_string_lossy())
                .map_err(|error| words::command_line::no_pattern(&design.value, error.msg))?;
            let before = paths.len();
            paths.extend(found.filter_map(Result::ok).filter(|path| path.is_file()));
            if paths.len() == before {
                return Err(words::command_line::no_design_found(NAME, &design.value));
            }
        }
        paths.sort();
        paths.dedup();
        Ok(paths)
    }
}

/// Configurations of a run, each read once.
pub(super) struct Configurations<'a> {
    options: &'a arguments::Configured,
    today: Day,
    read: BTreeMap<Option<PathBuf>, Arc<Configured>>,
}

impl<'a> Configurations<'a> {
    /// Those that options ask for.
    ///
    /// # Errors
    /// A sentence for people where a day is none.
    pub(super) fn new(options: &'a arguments::Configured) -> Result<Self, Said> {
        Ok(Self { options, today: today(options.today.as_deref())?, read: BTreeMap::new() })
    }

    /// The one that holds for a design, or for the working directory.
    pub(super) fn of(&mut self, design: Option<&Path>) -> Arc<Configured> {
        let path = match (&self.options.config, self.options.no_config) {
            (Some(path), _) => Some(path.clone()),
            (None, true) => None,
            (None, false) => nearest(design),
        };
        if let Some(known) = self.read.get(&path) {
            return Arc::clone(known);
        }
        let configured = Arc::new(self.load(path.clone()));
        self.read.insert(path, Arc::clone(&configured));
        configured
    }

    /// Every configuration that was read, by path.
    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Configured>> {
        self.read.values()
    }

    fn load(&self, path: Option<PathBuf>) -> Configured {
        let mut reading = Reading::default();
        reading.settings.today = Some(self.today);
        let folder = path.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        let mut baseline = folder.join(BASELINE);
        let mut asked = false;
        let mut designs = Vec::new();
        if let Some(path) = &path {
            reading.file(path, &mut Vec::new(), None);
        }
        for (folder, configuration) in &reading.layers {
            if let Some(own) = configuration.verdict.as_ref().and_then(|verdict| verdict.value.baseline.as_ref()) {
                (baseline, asked) = (folder.join(&own.value), true);
            }
            if let Some(own) = &configuration.designs {
                designs.clone_from(&own.value);
            }
        }
        if let Some(own) = &self.options.baseline {
            (baseline, asked) = (own.clone(), true);
        }
        let packs = reading.packs(&self.options.packs.paths);
        reading.lay(&packs.rules);
        self.options_over(&mut reading);
        let (known, stale) = reading.baseline(&baseline, asked);
        let Reading { sources, settings, mistakes, unreadable, .. } = reading;
        Configured { sources, settings, known, packs, baseline, designs, path, mistakes, stale, unreadable }
    }

    fn options_over(&self, reading: &mut Reading) {
        let options = self.options;
        let mut place = |option: &str| Span::start_of(reading.sources.add(option, option));
        if let Some(word) = options.fail_on {
            let word = match word {
                FailOnWord::Error => FailOn::Error,
                FailOnWord::Warning => FailOn::Warning,
                FailOnWord::Note => FailOn::Note,
                FailOnWord::Never => FailOn::Never,
            };
            reading.settings.fail_on = Some(Spanned::new(word, place("--fail-on")));
        }
        if let Some(word) = options.unproven {
            let word = match word {
                UnprovenWord::Fail => Unproven::Fail,
                UnprovenWord::Warn => Unproven::Warn,
                UnprovenWord::Ignore => Unproven::Ignore,
            };
            reading.settings.unproven = Some(Spanned::new(word, place("--unproven")));
        }
        if options.strict_baseline {
            let level = Spanned::new(Level::Error, place("--strict-baseline"));
            reading.settings.judge_as("baseline/stale", level);
        }
        reading.settings.accept_nothing = options.no_suppressions;
    }
}

/// Configurations while they are read: those that are extended first.
#[derive(Default)]
struct Reading {
    sources: Sources,
    settings: Settings,
    layers: Vec<(PathBuf, Configuration)>,
    mistakes: Vec<Mistake>,
    unreadable: bool,
}

impl Reading {
    fn file(&mut self, path: &Path, chain: &mut Vec<PathBuf>, from: Option<Span>) {
        let (name, text) = files::text(path);
        let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let problem = match &text {
            Err(problem) => Some(words::command_line::about(&name, problem)),
            Ok(_) if chain.contains(&real) => Some(words::command_line::extends_itself(&name)),
            Ok(_) if chain.len() >= DEEPEST => Some(words::command_line::extended_too_deep(DEEPEST)),
            Ok(_) => None,
        };
        if let Some(problem) = problem {
            let span = from.unwrap_or_else(|| Span::start_of(self.sources.add(name, "")));
            self.mistakes.push(Mistake::new(MistakeKind::Unreadable, span, problem));
            self.unreadable = true;
            return;
        }
        let id = self.sources.add(name, text.unwrap_or_default());
        let layer = settings::read(&self.sources, id);
        self.unreadable |= !layer.parsed;
        self.mistakes.extend(layer.mistakes);
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        chain.push(real);
        for base in layer.configuration.extend.iter().flat_map(|list| &list.value) {
            self.file(&folder.join(&base.value), chain, Some(base.span));
        }
        chain.pop();
        self.layers.push((folder, layer.configuration));
    }

    /// The packs that configurations and the command line name.
    fn packs(&mut self, options: &[PathBuf]) -> Packs {
        let of_layers = self.layers.iter().flat_map(|(folder, configuration)| {
            let named = configuration.rule_packs.iter().flat_map(|list| &list.value);
            named.map(move |pack| (folder.join(&pack.value), Some(pack.span)))
        });
        let named: Vec<Named> = of_layers.chain(options.iter().map(|path| (path.clone(), None))).collect();
        Packs::read(&mut self.sources, &named)
    }

    /// Lays the configurations over each other, now that the user's rules are known.
    fn lay(&mut self, own: &[UserRule]) {
        let own: Vec<Rule> = own.iter().map(UserRule::texts).collect();
        for (_, configuration) in &self.layers {
            self.mistakes.extend(self.settings.lay(configuration, &own));
        }
    }

    /// The findings of a baseline; one that nobody asked for may be missing.
    fn baseline(&mut self, path: &Path, asked: bool) -> (Vec<Known>, Vec<Mistake>) {
        if !asked && !path.is_file() {
            return (Vec::new(), Vec::new());
        }
        let (name, text) = files::text(path);
        match text {
            Ok(text) => {
                let id = self.sources.add(name, text);
                read_baseline(&self.sources, id)
            }
            // It is about to be written, or a run goes without one.
            Err(_) if !path.exists() => (Vec::new(), Vec::new()),
            Err(problem) => {
                let id = self.sources.add(name.clone(), "");
                let problem = words::command_line::about(name, problem);
                (Vec::new(), vec![Mistake::new(MistakeKind::Unreadable, Span::start_of(id), problem)])
            }
        }
    }
}

/// The nearest configuration upward from a design, or from the working directory.
fn nearest(design: Option<&Path>) -> Option<PathBuf> {
    let start = match design.filter(|design| design.as_os_str() != "-") {
        Some(design) => design.parent().unwrap_or(Path::new("")).to_owned(),
        None => PathBuf::new(),
    };
    let written = start.ancestors().map(|folder| folder.join(NAME)).find(|path| path.is_file());
    // Names stay as they were written where that reaches; further up, folders have their whole names.
    written.or_else(|| {
        let start = if start.as_os_str().is_empty() { PathBuf::from(".") } else { start };
        let whole = start.canonicalize().ok()?;
        whole.ancestors().map(|folder| folder.join(NAME)).find(|path| path.is_file())
    })
}

/// The day of the run: as was asked for, or today.
fn today(option: Option<&str>) -> Result<Day, Said> {
    let asked = day_asked(option)?;
    Ok(asked.unwrap_or_else(|| Day(jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date())))
}

/// The day that an option says, or the environment for reproducible runs.
///
/// # Errors
/// A sentence for people where that is no day.
pub(super) fn day_asked(option: Option<&str>) -> Result<Option<Day>, Said> {
    if let Some(text) = option {
        return text.parse().map(Some).map_err(|()| words::command_line::no_day(text));
    }
    let Ok(text) = std::env::var("SOURCE_DATE_EPOCH") else { return Ok(None) };
    let second = text.parse().ok().and_then(|second| jiff::Timestamp::from_second(second).ok());
    let second = second.ok_or_else(|| words::command_line::no_seconds(text))?;
    Ok(Some(Day(jiff::tz::Offset::UTC.to_datetime(second).date())))
}
