//! What the manual shows is true: its designs, configurations and packs are read, its commands are run.
//!
//! A block says behind the word of its language what it is: `toml design`, `toml part of starter.toml` (laid over that
//! fixture), `toml configuration`, `toml pack`; `toml file NAME` is there when the commands below it run. `console` is run,
//! and a `diff` is what its last command prints. `not run` stands at what cannot be. The examples of `rules/README.md` are
//! cases, which `cargo test --test cases` runs.
#![cfg(unix)]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rackproof::check::{self, Policy, Reading};
use rackproof::source::{self, Sources, Span};
use rackproof::{design, packs};
use tempfile::TempDir;

/// What can be wrong with the text of a design and with the acceptances in it.
const TEXT: [&str; 5] = [
    "design/",
    "suppression/malformed",
    "suppression/unknown-rule",
    "suppression/without-reason",
    "suppression/not-allowed",
];
/// A program that a page calls must be one of these.
const RUN: [&str; 2] = ["rackproof ", "cargo run --release -- "];

/// Before the name of a file that commands read.
const FILE: &str = "toml file ";

struct Block {
    place: String,
    kind: String,
    text: String,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The README first: who reads another page has done its five minutes.
fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> =
        fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    [root().join("README.md"), root().join("CONTRIBUTING.md")].into_iter().chain(pages).collect()
}

fn all_blocks() -> Vec<Block> {
    let mut found = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        let mut lines = text.lines().enumerate();
        while let Some((number, line)) = lines.next() {
            let Some(said) = line.trim_start().strip_prefix("```") else { continue };
            let inside = lines.by_ref().map(|(_, line)| line).take_while(|line| line.trim() != "```");
            let text = inside.fold(String::new(), |text, line| text + line + "\n");
            let place = format!("{}:{}", page.strip_prefix(root()).unwrap().display(), number + 1);
            found.push(Block { place, kind: said.trim().to_owned(), text });
        }
    }
    found
}

fn blocks(kind: impl Fn(&str) -> bool) -> Vec<Block> {
    let found: Vec<Block> = all_blocks().into_iter().filter(|block| kind(&block.kind)).collect();
    assert!(!found.is_empty());
    found
}

#[test]
fn every_block_says_what_it_is() {
    let known = |kind: &str| {
        ["text", "console", "diff", "toml design", "toml configuration", "toml pack"].contains(&kind)
            || ["toml part of ", FILE].iter().any(|word| kind.starts_with(word))
            || kind.ends_with(" not run")
    };
    let unknown = all_blocks().into_iter().filter(|block| !known(&block.kind));
    let unknown: Vec<String> = unknown.map(|block| format!("{}: `{}`", block.place, block.kind)).collect();
    assert!(unknown.is_empty(), "what are these? tests/manual.rs lists the words\n{}", unknown.join("\n"));
}

/// Designs, and parts that are laid over one: nothing is wrong with the text, whatever the rules say of it.
#[test]
fn designs_are_read() {
    for block in blocks(|kind| kind == "toml design" || kind.starts_with("toml part of ")) {
        let base = block
            .kind
            .strip_prefix("toml part of ")
            .map_or(String::new(), |name| fs::read_to_string(root().join("fixtures/designs").join(name)).unwrap());
        let mut sources = Sources::default();
        let (base, part) = (sources.add("base", base), sources.add("part", block.text));
        let (mut document, _) = source::parse(&sources, base);
        let (over, errors) = source::parse(&sources, part);
        assert!(errors.is_empty(), "{}: {errors:?}", block.place);
        source::lay_over(&mut document, over);
        let (design, mistakes) = design::read(&document, Span::start_of(base));
        let reading = Reading { document, design, mistakes, root: Span::start_of(base), parsed: true };
        let report = check::check(&sources, &reading, &Policy::default());
        let wrong = report.findings.iter().filter(|finding| TEXT.iter().any(|area| finding.rule.starts_with(area)));
        let wrong: Vec<_> = wrong.map(|finding| &finding.message).collect();
        assert!(wrong.is_empty(), "{}: {wrong:?}", block.place);
    }
}

#[test]
fn packs_are_sound() {
    for block in blocks(|kind| kind == "toml pack") {
        let mut sources = Sources::default();
        let id = sources.add("pack", block.text);
        let (rules, mistakes) = packs::load(&sources, &[id]);
        assert!(mistakes.is_empty() && !rules.is_empty(), "{}: {mistakes:?}", block.place);
    }
}

/// A configuration may extend one of the company.
#[test]
fn configurations_hold() {
    for block in blocks(|kind| kind == "toml configuration") {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("company", "select = [\"all\"]\n"), ("project", block.text.as_str())] {
            fs::create_dir(folder.path().join(name)).unwrap();
            fs::write(folder.path().join(name).join("rackproof.toml"), text).unwrap();
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_rackproof"));
        command.env("LC_ALL", "C");
        let output = command.args(["config", "--changed"]).current_dir(folder.path().join("project")).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.is_empty(), "{}: {said}", block.place);
        assert!(
            String::from_utf8_lossy(&output.stdout).contains("rackproof.toml:"),
            "{}: it says nothing",
            block.place
        );
    }
}

/// Where commands are run: the fixtures, a map of CRUSH, a pack of rules, and what earlier commands have written.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let fixtures = root().join("fixtures");
    std::os::unix::fs::symlink(&fixtures, folder.path().join("fixtures")).unwrap();
    fs::copy(fixtures.join("crush/map-01.txt"), folder.path().join("map.txt")).unwrap();
    fs::copy(fixtures.join("rule-packs/house/house.toml"), folder.path().join("house.toml")).unwrap();
    folder
}

/// Commands run as they are written: findings (1) may come out, wrong usage (2) and what cannot be read (3) may not.
/// What is shown below a command is what it prints.
#[test]
fn commands_run() {
    let folder = folder();
    let mut printed = String::new();
    for block in all_blocks() {
        match block.kind.as_str() {
            "console" => printed = session(folder.path(), &block),
            "diff" => assert_eq!(printed, block.text, "{}: the command above prints something else", block.place),
            kind => {
                if let Some(name) = kind.strip_prefix(FILE) {
                    fs::write(folder.path().join(name), &block.text).unwrap();
                }
            }
        }
    }
}

/// Runs the commands of a block; answers what the last one prints.
fn session(folder: &Path, block: &Block) -> String {
    let mut printed = String::new();
    for command in format!("\n{}", block.text).split("\n$ ").skip(1) {
        let (line, shown) = command.split_once('\n').unwrap_or((command, ""));
        let arguments = RUN.iter().find_map(|program| line.strip_prefix(program));
        let place = format!("{}: {line}", block.place);
        let Some(arguments) = arguments else { panic!("{place}: it is no command of rackproof: write `not run`") };
        printed = run(folder, arguments, &place);
        assert!(shown.trim().is_empty() || printed.trim() == shown.trim(), "{place} prints:\n{printed}");
    }
    printed
}

fn run(folder: &Path, arguments: &str, place: &str) -> String {
    let line = format!("\"{}\" {arguments}", env!("CARGO_BIN_EXE_rackproof"));
    let output = Command::new("sh").args(["-c", &line]).env("LC_ALL", "C").current_dir(folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{place}: {:?}\n{said}", output.status);
    String::from_utf8_lossy(&output.stdout).into_owned()
}
