//! Everything that figures say exists in Japanese, and holds the same numbers there.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

use std::fs;
use std::path::{Path, PathBuf};

use rackproof::capacity::{self, Figure};
use rackproof::catalogue::EvidenceValue;
use rackproof::check;
use rackproof::source::{Files, Loaded, Sources};
use rackproof::words::{Language, Said};
use serde::Deserialize;

struct Disk;

impl Files for Disk {
    fn read(&self, path: &str, from: &str) -> Result<Loaded, Said> {
        let path = Path::new(from).parent().unwrap_or(Path::new("")).join(path);
        let text = fs::read_to_string(&path).map_err(|error| error.to_string())?;
        Ok(Loaded { name: path.to_string_lossy().into_owned(), text })
    }
}

#[derive(Deserialize)]
struct CaseFile {
    base: Option<String>,
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    #[serde(default)]
    design: String,
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// The figures of a design.
fn planned(path: &Path, text: &str) -> Vec<Figure> {
    let mut sources = Sources::default();
    let root = sources.add(path.to_string_lossy(), text);
    let reading = check::read(&mut sources, root, &Disk, Vec::new());
    let (topology, _) = check::topology(&sources, &reading);
    topology.as_ref().map(capacity::plan).unwrap_or_default()
}

/// All texts of a figure.
fn texts(figure: &Figure) -> Vec<&Said> {
    let limits = figure.limits.iter().map(|(name, _)| name);
    let inputs = figure.inputs.iter().filter_map(|input| match &input.value {
        EvidenceValue::Words(said) => Some(said),
        _ => None,
    });
    let one = [Some(&figure.about), Some(&figure.formula), figure.binding.as_ref(), figure.note.as_ref()];
    one.into_iter().flatten().chain(&figure.assumed).chain(limits).chain(inputs).collect()
}

/// Whether three English words follow each other outside of backticks.
fn has_english(text: &str) -> bool {
    let outside: String = text.split('`').step_by(2).collect::<Vec<_>>().join("`");
    let is_word = |word: &&str| {
        let word = word.trim_matches(|sign: char| !sign.is_alphanumeric());
        word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase())
    };
    let words: Vec<bool> = outside.split_whitespace().map(|word| is_word(&word)).collect();
    words.windows(3).any(|three| three.iter().all(|is_word| *is_word))
}

/// Numbers of a text, in order of their digits.
fn numbers(text: &str) -> Vec<&str> {
    let mut numbers: Vec<&str> = text
        .split(|sign: char| !sign.is_ascii_digit() && sign != '.')
        .map(|number| number.trim_matches('.'))
        .filter(|number| !number.is_empty())
        .collect();
    numbers.sort_unstable();
    numbers
}

fn problems(place: &str, figures: &[Figure]) -> Vec<String> {
    let mut problems = Vec::new();
    for figure in figures {
        for said in texts(figure) {
            let (english, japanese) = (said.say(Language::English), said.say(Language::Japanese));
            if has_english(&japanese) {
                problems.push(format!("{place}: {}: English is left in {japanese:?}", figure.text.id));
            }
            if numbers(&english) != numbers(&japanese) {
                problems.push(format!("{place}: {}: other numbers: {english:?} {japanese:?}", figure.text.id));
            }
        }
    }
    problems
}

#[test]
fn figures_of_every_design_are_told_in_japanese() {
    let mut all = Vec::new();
    for path in files(&fixtures().join("designs")).iter().chain(&files(&fixtures().join("mistakes"))) {
        let figures = planned(path, &fs::read_to_string(path).unwrap());
        assert!(!figures.is_empty(), "{}: no figures", path.display());
        all.extend(problems(&path.display().to_string(), &figures));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn figures_of_every_case_of_a_rule_are_told_in_japanese() {
    let mut all = Vec::new();
    for path in files(&fixtures().join("rules")).iter().flat_map(|area| files(area)) {
        let file: CaseFile = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        // Cases that change a whole design say what the design itself says.
        for case in file.case.iter().filter(|_| file.base.is_none()) {
            all.extend(problems(&path.display().to_string(), &planned(&path, &case.design)));
        }
    }
    all.sort();
    all.dedup();
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn english_is_seen_where_it_is() {
    assert!(has_english("残り the lost disk"));
    assert!(!has_english("`a lost disk`の喪失、mon_osd_full 3 x 4 osd.0"));
}
