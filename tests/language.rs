//! What is said in Japanese is Japanese, and who decides the language.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use rackproof::catalogue::{FIGURES, RULES, work};
use serde_json::Value;

/// So wide that no line is broken.
const WIDE: &str = "20000";
/// Words in a row that make a sentence.
const SENTENCE: usize = 3;

fn rackproof(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rackproof"));
    command.args(arguments).current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"));
    for name in ["LC_MESSAGES", "LANG", "NO_COLOR"] {
        command.env_remove(name);
    }
    command.env("LC_ALL", "C").env("COLUMNS", WIDE);
    command
}

fn printed(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(matches!(status.code(), Some(0 | 1)), "{command:?}: {status}\n{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

fn in_japanese(arguments: &[&str]) -> String {
    printed(&mut rackproof(&[&["--lang", "ja"], arguments].concat()))
}

/// The designs among the fixtures, as paths from their folder.
fn designs() -> Vec<String> {
    let mut designs = Vec::new();
    for folder in ["designs", "mistakes"] {
        let inside = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
        for entry in fs::read_dir(inside).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            // A part of designs, and no design by itself.
            if name.strip_suffix(".toml").is_some_and(|name| !name.ends_with("-common")) {
                designs.push(format!("{folder}/{name}"));
            }
        }
    }
    designs.sort();
    designs
}

/// What the designs say themselves, in which names and reasons stand.
fn written() -> String {
    let texts = ["designs", "mistakes"].map(|folder| {
        let inside = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
        let texts = fs::read_dir(inside).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
        texts.collect::<String>()
    });
    texts.concat().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Titles of sources and of their parts, which keep their language.
fn titles() -> BTreeSet<&'static str> {
    let rules = RULES.iter().flat_map(|rule| rule.sources.iter());
    let cited = rules.chain(FIGURES.iter().flat_map(|figure| figure.sources));
    cited.flat_map(|citation| citation.place.into_iter().chain(work(citation.work).map(|work| work.title))).collect()
}

/// A line without what is between backticks.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join(" . ")
}

/// Whether a line shows lines of a design.
fn is_shown_source(line: &str) -> bool {
    let line = line.trim_start();
    let numbered = line.trim_start_matches(|character: char| character.is_ascii_digit()).trim_start();
    numbered.len() < line.len() && numbered.starts_with('│')
}

/// Rows of lower-case Latin words that are as long as a sentence. A comma ends a row: between names it is no sentence.
fn sentences(line: &str) -> Vec<String> {
    let mut sentences = Vec::new();
    for part in line.split(|character: char| !character.is_ascii()) {
        let mut row: Vec<&str> = Vec::new();
        for token in part.split_whitespace().chain(["."]) {
            let word = token.trim_matches(|character: char| "()\";:.,*".contains(character));
            let is_word = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
            if is_word {
                row.push(word);
            }
            if !is_word || token.ends_with([',', ';', ':', '.', ')']) {
                if row.len() >= SENTENCE {
                    sentences.push(row.join(" "));
                }
                row.clear();
            }
        }
    }
    sentences
}

/// English sentences of a text in Japanese that neither a design nor a title says.
fn english(text: &str, written: &str, titles: &BTreeSet<&str>) -> Vec<String> {
    // Markdown escapes what would be markup.
    let lines = text.lines().filter(|line| !is_shown_source(line)).map(|line| line.replace('\\', ""));
    let lines = lines.map(|line| titles.iter().fold(line, |line, title| line.replace(title, " . ")));
    let sentences = lines.flat_map(|line| sentences(&without_code(&line)));
    sentences.filter(|sentence| !written.contains(sentence.as_str())).collect()
}

/// Every text of a JSON value.
fn texts(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => out.extend([text, "\n"]),
        Value::Array(values) => values.iter().for_each(|value| texts(value, out)),
        Value::Object(members) => members.values().for_each(|value| texts(value, out)),
        _ => {}
    }
}

/// What is printed of a design for people, and everything that is told of it, from what is printed for programs.
fn outputs(design: &str) -> (Vec<String>, String) {
    let check = ["check", "--no-config", "--today", "2026-12-01"].as_slice();
    let formats =
        [(check, "text"), (check, "concise"), (check, "markdown"), (&["plan"], "text"), (&["failures"], "text")];
    let print = |(command, format): (&[&str], &str)| in_japanese(&[command, &["--format", format, design]].concat());
    let mut told = String::new();
    for command in [check, &["plan"], &["failures"]] {
        texts(&serde_json::from_str(&print((command, "json"))).unwrap(), &mut told);
    }
    (formats.map(print).into(), told)
}

/// Formats say everything around findings, figures and failures in Japanese.
#[test]
fn formats_leave_no_english_around_what_they_tell() {
    let (written, titles) = (written(), titles());
    for design in designs() {
        let (outputs, told) = outputs(&design);
        let told = told.split(|character: char| character.is_whitespace() || "\";:.,()".contains(character));
        let told = told.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        // Which facts a figure needs is told in text alone.
        let known = |line: &str| line.split("必要な事実: ").next().unwrap_or_default().to_owned() + "\n";
        let outputs = outputs.iter().map(|text| text.lines().map(known).collect::<String>());
        let sentences = outputs.flat_map(|text| english(&text, &written, &titles));
        let own: BTreeSet<String> = sentences.filter(|own| !told.contains(own.as_str())).collect();
        assert!(own.is_empty(), "{design}: {own:#?}");
    }
}

/// Findings, figures and failures themselves are told in Japanese.
#[test]
fn nothing_that_is_told_of_a_design_is_english() {
    let (written, titles) = (written(), titles());
    let mut left = BTreeSet::new();
    for design in designs() {
        left.extend(outputs(&design).0.iter().flat_map(|text| english(text, &written, &titles)));
    }
    assert!(left.is_empty(), "{left:#?}");
}

#[test]
fn rules_and_figures_are_explained_in_japanese() {
    let titles = titles();
    let examples: String =
        RULES.iter().flat_map(|rule| [rule.example_violated, rule.example_holds]).flatten().collect();
    let examples = examples.split_whitespace().collect::<Vec<_>>().join(" ");
    for id in
        ["corosync/shared-nic", "pool/size-below-three", "usable-capacity", "recovery-time", "guest/io-not-measured"]
    {
        let text = in_japanese(&["explain", id]);
        let about_sources = text.find("\n出典\n").unwrap();
        assert_eq!(english(&text[..about_sources], &examples, &titles), Vec::<String>::new(), "{id}");
    }
    let listed = in_japanese(&["rules"]);
    assert_eq!(english(&listed, "", &titles), Vec::<String>::new());
    assert!(listed.ends_with(&format!("ルール{}件\n", RULES.len())), "{listed}");
}

#[test]
fn sentences_are_told_from_names_and_code() {
    assert_eq!(sentences("制約: the bandwidth of one disk"), ["the bandwidth of one disk"]);
    assert_eq!(sentences("pve1, storage, guest, management: add nodes"), Vec::<String>::new());
    assert_eq!(sentences(&without_code("`rackproof check the design`で確かめる")), Vec::<String>::new());
    assert!(is_shown_source(" 95 │ [node.\"1pve{1..5}\"] # one of the nodes"));
}

const DESIGN: &str = "designs/starter.toml";

/// Whether a run was told in Japanese.
fn is_japanese(text: &str) -> bool {
    text.contains("エラー0件")
}

#[test]
fn the_locale_decides_the_language_in_the_order_of_posix() {
    let told = |locale: &[(&str, &str)]| {
        let mut command = rackproof(&["check", "--no-config", DESIGN]);
        command.env_remove("LC_ALL").envs(locale.iter().copied());
        is_japanese(&printed(&mut command))
    };
    assert!(!told(&[]));
    assert!(told(&[("LANG", "ja_JP.UTF-8")]));
    assert!(told(&[("LC_MESSAGES", "ja_JP.UTF-8"), ("LANG", "C")]));
    assert!(!told(&[("LC_MESSAGES", "en_US.UTF-8"), ("LANG", "ja_JP.UTF-8")]));
    assert!(told(&[("LC_ALL", "ja"), ("LC_MESSAGES", "C"), ("LANG", "C")]));
    assert!(!told(&[("LC_ALL", "de_DE.UTF-8"), ("LANG", "ja_JP.UTF-8")]));
    // One that is empty is as if it were not set.
    assert!(told(&[("LC_ALL", ""), ("LANG", "ja_JP.UTF-8")]));
}

#[test]
fn the_option_beats_the_locale() {
    let told = |language: &str, locale: &str| {
        is_japanese(&printed(rackproof(&["--lang", language, "check", "--no-config", DESIGN]).env("LC_ALL", locale)))
    };
    assert!(told("ja", "en_US.UTF-8"));
    assert!(!told("en", "ja_JP.UTF-8"));
}

#[test]
fn formats_for_programs_are_english_under_every_locale() {
    let wrong = "mistakes/hostname.toml";
    let check = |format: &'static str| vec!["check", "--no-config", "--today", "2026-12-01", "--format", format, wrong];
    let commands = ["json", "sarif", "github", "gitlab", "junit"].map(check).into_iter().chain([
        vec!["plan", "--format", "json", wrong],
        vec!["failures", "--only", "single", "--format", "json", wrong],
        vec!["rules", "--format", "json"],
    ]);
    for arguments in commands {
        let japanese = printed(rackproof(&arguments).env("LC_ALL", "ja_JP.UTF-8"));
        assert!(japanese == printed(&mut rackproof(&arguments)), "{arguments:?}");
        assert!(japanese != in_japanese(&arguments), "{arguments:?}");
    }
}

#[test]
fn what_cannot_be_done_is_said_in_japanese() {
    let refused = |arguments: &[&str]| {
        let output = rackproof(&[&["--lang", "ja"], arguments].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert_eq!(refused(&["rules", "--area", "corosyn"]), "rackproof: 分野corosynはない。corosyncのことか\n");
    assert_eq!(
        refused(&["check", "--today", "soon", DESIGN]),
        "rackproof: `soon`は日付ではない: 2027-03-31の形で書く\n"
    );
    assert!(refused(&["explain", "usable"]).contains("という名前のルールも数値もない"));
}
