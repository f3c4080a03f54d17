//! Habits that the compiler does not check: where numbers and words live, who may import whom, and what every rule
//! of the catalogue has.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

use std::fs;
use std::path::{Path, PathBuf};

use rackproof::catalogue::{self, Origin, RULES, Rule};
use regex::Regex;

/// Folders of `src/`, each importing only from those before it.
const ROOMS: [&str; 20] = [
    "words",
    "source",
    "quantity",
    "crush",
    "design",
    "topology",
    "parts",
    "drawing",
    "catalogue",
    "capacity",
    "failure",
    "acceptance",
    "rules",
    "settings",
    "packs",
    "check",
    "compare",
    "report",
    "language_server",
    "cli",
];

fn source_files(folder: &str) -> Vec<(String, String)> {
    fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { collect(&path, files) } else { files.push(path) }
        }
    }
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root.join(folder), &mut files);
    files.sort();
    let read = |path: PathBuf| {
        (path.strip_prefix(&root).unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap())
    };
    files.into_iter().map(read).collect()
}

/// Code without its unit tests and comments.
fn code(text: &str) -> Vec<(usize, String)> {
    let body = text.split("\n#[cfg(test)]").next().unwrap();
    let lines = body.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    lines.map(|(index, line)| (index + 1, line.split(" // ").next().unwrap().to_owned())).collect()
}

#[test]
fn rules_hold_no_thresholds_and_no_sentences() {
    let number = Regex::new(r"(?:^|[^A-Za-z0-9_.#])(\d[\d_]*(?:\.\d+)?)").unwrap();
    let text = Regex::new(r#""([^"]*)""#).unwrap();
    let mut found = Vec::new();
    for (path, source) in source_files("rules") {
        for (line, code) in code(&source) {
            let without_text = text.replace_all(&code, "\"\"");
            for number in number.captures_iter(&without_text).map(|found| found[1].trim_end_matches('_').to_owned()) {
                // 0, 1 and 2 are structure: none, one, a pair; 0.0 and 1.0 are nothing and the whole.
                if !["0", "1", "2", "0.0", "1.0"].contains(&number.as_str()) {
                    found.push(format!("{path}:{line}: the number {number}"));
                }
            }
            for words in text.captures_iter(&code).map(|found| found[1].to_owned()) {
                if words.split_whitespace().filter(|word| word.chars().all(char::is_alphabetic)).count() > 3 {
                    found.push(format!("{path}:{line}: the sentence \"{words}\""));
                }
            }
        }
    }
    assert!(found.is_empty(), "numbers and words of rules live in rules/:\n{}", found.join("\n"));
}

#[test]
fn rooms_import_only_from_rooms_to_their_left() {
    let import = Regex::new(r"\bcrate::([a-z_]+)").unwrap();
    let place = |room: &str| ROOMS.iter().position(|known| *known == room);
    let mut wrong = Vec::new();
    for room in ROOMS {
        for (path, source) in source_files(room) {
            for (line, code) in code(&source) {
                for other in import.captures_iter(&code).map(|found| found[1].to_owned()) {
                    if place(&other).is_some_and(|other| Some(other) > place(room)) {
                        wrong.push(format!("{path}:{line} imports {other}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_command_line_touches_the_world() {
    let world =
        Regex::new(r"\b(println!|eprintln!|std::fs|std::env|SystemTime|process::exit|stdout\(\)|stderr\(\))").unwrap();
    for room in ROOMS.into_iter().filter(|room| *room != "cli") {
        for (path, source) in source_files(room) {
            for (line, code) in code(&source) {
                assert!(!world.is_match(&code), "{path}:{line}: {code}");
            }
        }
    }
}

fn complaints(rule: &Rule) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            wrong.push(format!("{}: {what}", rule.id));
        }
    };
    must(rule.id == format!("{}/{}", rule.area, rule.name), "the id is area/name");
    must(!rule.summary.ends_with('.') && rule.summary.len() <= 90, "a summary is one line without full stop");
    must(rule.remediation.ends_with('.'), "a remediation ends with a full stop");
    must(rule.rationale.trim_end().ends_with('.'), "a rationale ends with a full stop");
    must(!rule.message.ends_with('.'), "a message has no full stop");
    must(rule.question.is_none_or(|question| question.ends_with('?')), "a question ends with a question mark");
    must(rule.severity[0] >= rule.severity[1], "a lab is not judged harder than production");
    for other in rule.conflicts {
        let named = catalogue::rule(other);
        must(named.is_some_and(|other| other.conflicts.contains(&rule.id)), &format!("{other} does not name it back"));
        must(
            named.is_some_and(|other| other.origin != rule.origin) || rule.area == named.map_or("", |other| other.area),
            "texts of one origin contradict each other",
        );
    }
    must(rule.conflicts.is_empty() || rule.conflict.is_some(), "how the texts differ is not said");
    for cause in rule.caused_by {
        must(catalogue::rule(cause).is_some() && *cause != rule.id, &format!("{cause} is no other rule"));
    }
    if !["design", "config", "suppression", "baseline", "pack"].contains(&rule.area) {
        must(!rule.sources.is_empty() || rule.origin == Origin::Practice, "it has no source");
        let documents = rule.sources.iter().any(|source| source.document);
        let guides = rule.sources.iter().any(|source| !source.document);
        must(rule.origin != Origin::Documents || documents, "it comes from the documents and cites none");
        must(rule.origin != Origin::Official || guides, "it comes from official text and cites none");
    }
    for source in rule.sources.iter() {
        must(catalogue::work(source.work).is_some(), &format!("{} is no source", source.work));
        must(source.place.is_some(), "a source has no place");
    }
    wrong
}

#[test]
fn every_rule_is_complete() {
    let wrong: Vec<String> = RULES.iter().flat_map(complaints).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn labels_in_the_catalogue_are_those_the_logic_uses() {
    let label = Regex::new(r#"\.label\(\s*"([a-z_]+)""#).unwrap();
    let mut wrong = Vec::new();
    for (path, source) in source_files("rules") {
        let area = path.trim_start_matches("rules/").trim_end_matches(".rs").replace('_', "-");
        let used: Vec<String> = label.captures_iter(&source).map(|found| found[1].to_owned()).collect();
        for rule in RULES.iter().filter(|rule| rule.area == area) {
            for (key, _) in rule.labels {
                // A helper may hand a key on as an argument: any mention of it in the file counts.
                if !used.iter().any(|known| known == key) && !source.contains(&format!("\"{key}\"")) {
                    wrong.push(format!("{}: no logic uses the label `{key}`", rule.id));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Lines of a document that a citation names exist and are in order.
#[test]
fn cited_lines_are_numbers_in_order() {
    for rule in RULES {
        for source in rule.sources.iter().filter(|source| source.document) {
            let numbers: Vec<u32> = source
                .place
                .unwrap()
                .split(|c: char| !c.is_ascii_digit())
                .filter(|digits| !digits.is_empty())
                .map(|digits| digits.parse().unwrap())
                .collect();
            assert!(!numbers.is_empty() && numbers.is_sorted(), "{}: {:?}", rule.id, source.place);
        }
    }
}
