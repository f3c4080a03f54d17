//! `rackproof check --fix`: makes the edits that findings offer, as long as judging again finds nothing new.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::check::Run;
use super::files::Texts;
use super::output::write_whole;
use super::terminal::{Terminal, reason};
use crate::catalogue;
use crate::check::{Checked, Edit, Finding, edited, together};
use crate::report;
use crate::words::{self, Said};

/// Most rounds of judging and fixing; an edit that makes another one possible is rare.
const MOST_ROUNDS: usize = 16;
/// Most times in one round that it is tried which edits go together.
const MOST_TRIES: usize = 256;
/// What a file may begin with that is no part of its text.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// An edit that a finding offers.
#[derive(Debug, Clone)]
struct Offer {
    edits: BTreeSet<(PathBuf, Edit)>,
    rule: String,
    title: Said,
}

/// Designs with all edits made that can be.
pub(super) struct Fixed<'a> {
    /// What is found in the edited designs.
    pub(super) run: Run<'a>,
    texts: Texts,
    /// The texts as they were, with their files' names as people know them.
    before: BTreeMap<PathBuf, (String, String)>,
    made: Vec<Offer>,
    /// How many edits are offered and would break a text, or bring up something else.
    left: usize,
}

impl<'a> Fixed<'a> {
    /// Makes edits until nothing more can be done; nothing is written.
    ///
    /// # Errors
    /// A sentence for people where the run cannot be understood, or a design is no file that could be written.
    pub(super) fn of(paths: &[PathBuf], judge: impl Fn(&Texts) -> Result<Run<'a>, Said>) -> Result<Self, Said> {
        paths.iter().try_for_each(|path| is_file(path))?;
        let run = judge(&Texts::new())?;
        let mut fixed = Self { run, texts: Texts::new(), before: BTreeMap::new(), made: Vec::new(), left: 0 };
        for _ in 0..MOST_ROUNDS {
            let (of_texts, of_rules) = fixed.offers();
            // While a text is wrong, what rules say of it may be wrong as well.
            let mut made = fixed.together(&of_texts, |_| true);
            // The last run that brought up nothing new is that of all that is made.
            let mut again = None;
            if made.is_empty() {
                let known = counts(&fixed.run.checked);
                made = fixed.together(&of_rules, |texts| {
                    let run = judge(texts).ok().filter(|run| nothing_new(&known, &counts(&run.checked)));
                    let right = run.is_some();
                    again = run.or_else(|| again.take());
                    right
                });
            }
            match fixed.with(&made) {
                Some(texts) if !made.is_empty() => {
                    fixed.run = again.map_or_else(|| judge(&texts), Ok)?;
                    fixed.texts = texts;
                    fixed.made.extend(made);
                }
                _ => {
                    fixed.left = of_texts.len() + of_rules.len();
                    break;
                }
            }
        }
        Ok(fixed)
    }

    /// What findings offer that nobody has accepted: those about texts, and those of rules. Each once, though several
    /// findings or designs may ask for it.
    fn offers(&mut self) -> (Vec<Offer>, Vec<Offer>) {
        let mut offers: (Vec<Offer>, Vec<Offer>) = Default::default();
        let mut asked = BTreeSet::new();
        for design in &self.run.checked {
            for finding in design.report.findings.iter().filter(|finding| finding.suppressed.is_none()) {
                let Some(offer) = offer(design, finding, &mut self.before) else { continue };
                let offers = if is_about_text(finding) { &mut offers.0 } else { &mut offers.1 };
                if asked.insert(offer.edits.clone()) {
                    offers.push(offer);
                }
            }
        }
        offers
    }

    /// The most edits that break no text together, and whose texts are as they are to be.
    fn together(&self, offers: &[Offer], mut right: impl FnMut(&Texts) -> bool) -> Vec<Offer> {
        let mut tries = 0;
        together(offers, &mut |offers| {
            tries += 1;
            tries <= MOST_TRIES && self.with(offers).is_some_and(|texts| right(&texts))
        })
    }

    /// The texts with some more edits made; nothing where one would break a text.
    fn with(&self, offers: &[Offer]) -> Option<Texts> {
        let mut by_file: BTreeMap<&PathBuf, BTreeSet<Edit>> = BTreeMap::new();
        for (path, edit) in offers.iter().flat_map(|offer| &offer.edits) {
            by_file.entry(path).or_default().insert(edit.clone());
        }
        let mut texts = self.texts.clone();
        for (path, edits) in by_file {
            let text = texts.get(path).or_else(|| self.before.get(path).map(|(_, text)| text))?;
            let after = edited(text, &edits)?;
            texts.insert(path.clone(), after);
        }
        Some(texts)
    }

    /// Writes every file that was edited, each whole or not at all, and tells what was done.
    ///
    /// # Errors
    /// A sentence for people; files written before stay so.
    pub(super) fn write(&self, terminal: &Terminal) -> Result<(), Said> {
        for (path, name, before, after) in self.changed() {
            let was = fs::read(path).map_err(|error| words::command_line::not_read_again(name, reason(&error)))?;
            let (mark, text) = match was.strip_prefix(BYTE_ORDER_MARK.as_bytes()) {
                Some(text) => (BYTE_ORDER_MARK, text),
                None => ("", was.as_slice()),
            };
            if text != before.as_bytes() {
                return Err(words::command_line::changed_meanwhile(name));
            }
            write_whole(Path::new(name), format!("{mark}{after}").as_bytes())?;
            terminal.tell(&self.summary(path, name, words::command_line::fixes_made, terminal));
        }
        self.tell_left(terminal);
        Ok(())
    }

    /// Prints what would be changed; answers the exit code.
    pub(super) fn show(&self, terminal: &Terminal) -> u8 {
        let mut out = String::new();
        for (path, name, before, after) in self.changed() {
            out += &report::diff(name, before, after, terminal.style);
            terminal.tell(&self.summary(path, name, words::command_line::fixes_not_written, terminal));
        }
        self.tell_left(terminal);
        let changed = u8::from(!out.is_empty());
        let unread = self.run.code() >= 3;
        if unread {
            terminal.complain(words::command_line::fixes_unread());
        }
        terminal.print(&out).map_or_else(|error| error, |()| if unread { 3 } else { changed })
    }

    /// Files whose text is another now, with name and both texts.
    fn changed(&self) -> impl Iterator<Item = (&PathBuf, &str, &str, &str)> {
        self.texts.iter().filter_map(|(path, after)| {
            let (name, before) = self.before.get(path)?;
            (before != after).then_some((path, name.as_str(), before.as_str(), after.as_str()))
        })
    }

    fn tell_left(&self, terminal: &Terminal) {
        if self.left > 0 {
            terminal.complain(words::command_line::fixes_left(words::counted::fixes(self.left)));
        }
    }

    fn summary(&self, path: &Path, name: &str, done: fn(String, Said) -> Said, terminal: &Terminal) -> String {
        let here = |offer: &&Offer| offer.edits.iter().any(|(file, _)| file == path);
        let made: Vec<&Offer> = self.made.iter().filter(here).collect();
        let language = terminal.style.language;
        let done = done(report::clean_line(name).into_owned(), words::counted::fixes(made.len()));
        let mut out = format!("rackproof: {}\n", done.say(language));
        for offer in made {
            let _ = writeln!(out, "  {}: {}", offer.rule, report::clean_line(&offer.title.say(language)));
        }
        out
    }
}

/// A design that is written back has to be a file that keeps what is written to it.
fn is_file(path: &Path) -> Result<(), Said> {
    if path.as_os_str() == "-" {
        return Err(words::command_line::fixes_standard_input());
    }
    match fs::metadata(path) {
        Ok(there) if !there.is_file() && !there.is_dir() => {
            Err(words::command_line::fixes_no_file(path.display().to_string()))
        }
        _ => Ok(()),
    }
}

/// What a finding offers, by the real paths of files; their texts are noted.
fn offer(design: &Checked, finding: &Finding, before: &mut BTreeMap<PathBuf, (String, String)>) -> Option<Offer> {
    let fix = finding.fix.as_ref()?;
    let mut edits = BTreeSet::new();
    for (span, text) in &fix.edits {
        let source = design.sources.get(span.source);
        let path = Path::new(&source.name).canonicalize().ok()?;
        before.entry(path.clone()).or_insert_with(|| (source.name.clone(), source.text.clone()));
        edits.insert((path, Edit::at(*span, text)));
    }
    Some(Offer { edits, rule: finding.rule.to_string(), title: fix.title.clone() })
}

fn is_about_text(finding: &Finding) -> bool {
    finding.rule.split_once('/').is_some_and(|(area, _)| catalogue::about_text(area))
}

/// Findings of designs by rule and subject, and how many there are. What is about a text has its words as its subject, and
/// those change with it.
fn counts(checked: &[Checked]) -> BTreeMap<(usize, &str, &str, bool), usize> {
    let mut counts = BTreeMap::new();
    for (design, checked) in checked.iter().enumerate() {
        for finding in &checked.report.findings {
            let subject = if finding.subject.starts_with("text: ") { "" } else { finding.subject.as_str() };
            *counts.entry((design, finding.rule.as_ref(), subject, finding.suppressed.is_some())).or_insert(0) += 1;
        }
    }
    counts
}

fn nothing_new<Key: Ord>(before: &BTreeMap<Key, usize>, after: &BTreeMap<Key, usize>) -> bool {
    after.iter().all(|(key, count)| before.get(key).is_some_and(|known| count <= known))
}
