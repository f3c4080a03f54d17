//! The case files of the rules: every rule has one, and every case comes out as it says, at the line it marks.
//!
//! `RACKPROOF_AREA=corosync cargo test --test cases` runs the cases of one area.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use rackproof::catalogue::{self, Rule};
use rackproof::check::{self, Edit, Finding, Fix, Outcome, Report};
use rackproof::source::{self, Sources, Span};
use rackproof::words::{Language, Said};
use regex::Regex;
use serde::Deserialize;

/// Ends the line of a case's design where its finding points.
const MARK: &str = "# <--";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    base: Option<String>,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    outcome: String,
    #[serde(default)]
    threshold: bool,
    #[serde(default)]
    remove: Vec<String>,
    #[serde(default)]
    design: String,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn chosen(rule: &Rule) -> bool {
    !["design", "crush", "config", "pack", "suppression", "baseline"].contains(&rule.area)
        && std::env::var("RACKPROOF_AREA").map_or(true, |area| area == rule.area)
}

/// Splits `server_model.hci."a.b"` at the points outside quotes.
fn keys(path: &str) -> Vec<String> {
    let (mut keys, mut quoted) = (vec![String::new()], false);
    for character in path.chars() {
        match character {
            '"' => quoted = !quoted,
            '.' if !quoted => keys.push(String::new()),
            other => keys.last_mut().unwrap().push(other),
        }
    }
    keys
}

struct Run {
    sources: Sources,
    report: Report,
    patch: source::SourceId,
}

fn run(file: &CaseFile, case: &Case) -> Run {
    let base =
        file.base.as_ref().map_or(String::new(), |name| read(&root().join(format!("fixtures/designs/{name}.toml"))));
    run_texts(base, case.design.clone(), case)
}

fn run_texts(base: String, patch: String, case: &Case) -> Run {
    let mut sources = Sources::default();
    let base = sources.add("base", base);
    let patch = sources.add("case", patch);
    let (mut document, errors) = source::parse(&sources, base);
    assert!(errors.is_empty(), "{}: the base is no TOML: {errors:?}", case.name);
    for path in &case.remove {
        let keys = keys(path);
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        assert!(source::remove(&mut document, &keys), "{}: there is no {path} to remove", case.name);
    }
    let (over, errors) = source::parse(&sources, patch);
    assert!(errors.is_empty(), "{}: the case is no TOML: {errors:?}", case.name);
    source::lay_over(&mut document, over);
    let (design, mistakes) = rackproof::design::read(&document, Span::start_of(base));
    let reading = check::Reading { document, design, mistakes, root: Span::start_of(base), parsed: true };
    let report = check::check(&sources, &reading, &check::Policy::default());
    Run { sources, report, patch }
}

fn problems(rule: &'static Rule) -> Vec<String> {
    let path = root().join(format!("fixtures/rules/{}.toml", rule.id));
    if !path.exists() {
        return vec![format!("{}: no case file", rule.id)];
    }
    let file: CaseFile = toml::from_str(&read(&path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut problems = Vec::new();
    let mut complain = |text: String| problems.push(format!("{}: {text}", rule.id));
    for case in &file.case {
        for complaint in case_problems(rule, &file, case) {
            complain(format!("`{}`: {complaint}", case.name));
        }
    }
    let has = |outcome: &str| file.case.iter().any(|case| case.outcome == outcome);
    for (outcome, needed) in [("holds", true), ("violated", true), ("unproven", rule.question.is_some())] {
        if needed && !has(outcome) {
            complain(format!("no case with the outcome {outcome}"));
        }
    }
    if has("unproven") && rule.question.is_none() {
        complain("a case is unproven and the rule has no question".to_owned());
    }
    let numeric =
        rule.parameters.iter().any(|parameter| parameter.kind != "text-list" && parameter.name != "recommended");
    if numeric && !file.case.iter().any(|case| case.threshold) {
        complain("no case is marked as exactly at the threshold".to_owned());
    }
    if rule.example_holds.is_none() || rule.example_violated.is_none() {
        complain("no pair of examples: a violated and a holding case with a design".to_owned());
    }
    problems
}

fn case_problems(rule: &'static Rule, file: &CaseFile, case: &Case) -> Vec<String> {
    let mut problems = Vec::new();
    let run = run(file, case);
    let text: Vec<&Finding> =
        run.report.findings.iter().filter(|finding| finding.rule.starts_with("design/")).collect();
    for finding in text {
        problems.push(format!("its text is wrong: {}", finding.message));
    }
    let outcome = run.report.coverage.iter().find(|entry| entry.rule == rule.id).map(|entry| entry.outcome);
    let word = match outcome {
        Some(Outcome::Holds) => "holds",
        Some(Outcome::Violated) => "violated",
        Some(Outcome::Unproven) => "unproven",
        Some(Outcome::NotApplicable) => "not-applicable",
        Some(Outcome::SetAside) => "set-aside",
        Some(Outcome::Off) => "off",
        None => "unknown",
    };
    if word != case.outcome {
        let missing: Vec<_> = run
            .report
            .unproven()
            .filter(|finding| finding.rule == rule.id)
            .flat_map(|finding| finding.missing.clone())
            .collect();
        problems.push(format!("comes out as {word}, not {} {missing:?}", case.outcome));
    }
    let own: Vec<&Finding> = run.report.violations().filter(|finding| finding.rule == rule.id).collect();
    for finding in &own {
        problems.extend(message_problems(rule, finding));
    }
    if case.outcome == "violated" {
        let marked: BTreeSet<usize> = case
            .design
            .lines()
            .enumerate()
            .filter(|(_, line)| line.ends_with(MARK))
            .map(|(index, _)| index + 1)
            .collect();
        let found: BTreeSet<usize> = own
            .iter()
            .filter(|finding| finding.span.source == run.patch)
            .map(|finding| run.sources.positions(finding.span).0.line)
            .collect();
        if marked.is_empty() {
            problems.push(format!("no line is marked with `{MARK}`; findings are at {found:?}"));
        } else if marked != found || own.iter().any(|finding| finding.span.source != run.patch) {
            let places: Vec<_> =
                own.iter().map(|finding| (finding.span.source, run.sources.positions(finding.span).0)).collect();
            problems.push(format!("lines {marked:?} are marked and findings are at {found:?} {places:?}"));
        }
    }
    problems
}

/// Names in braces and evidence are the same set, and no label is left without its text.
fn message_problems(rule: &Rule, finding: &Finding) -> Vec<String> {
    let placeholders: BTreeSet<&str> =
        rule.message.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect();
    let in_labels: BTreeSet<&str> = rule
        .labels
        .iter()
        .flat_map(|(_, text)| text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name))
        .collect();
    let evidence: BTreeSet<&str> = finding.evidence.iter().map(|evidence| evidence.name.as_ref()).collect();
    let mut problems = Vec::new();
    if finding.message.to_string().contains('{')
        || finding.related.iter().any(|related| related.message.to_string().contains('{'))
    {
        problems.push(format!("a place is left open: {}", finding.message));
    }
    let surplus: Vec<_> =
        evidence.iter().filter(|name| !placeholders.contains(*name) && !in_labels.contains(*name)).collect();
    if !surplus.is_empty() {
        problems.push(format!("evidence {surplus:?} is named by no text"));
    }
    if finding.related.iter().any(|related| related.message.is_empty()) {
        problems.push("a label has no text in the catalogue".to_owned());
    }
    problems
}

#[test]
fn every_case_comes_out_as_it_says() {
    let problems: Vec<String> = catalogue::RULES.iter().filter(|rule| chosen(rule)).flat_map(problems).collect();
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

/// What a finding tells people: its message, its help and its labels.
fn texts(finding: &Finding) -> impl Iterator<Item = &Said> {
    [&finding.message, &finding.help].into_iter().chain(finding.related.iter().map(|related| &related.message))
}

/// Three or more English words in a row, outside code and what is written in the design.
fn english(text: &str, written: &[&str]) -> Option<String> {
    static WORDS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b[a-z]{2,}(?:,? [a-z]{2,}){2,}\b").unwrap());
    let said = text.split('`').step_by(2).flat_map(|said| WORDS.find_iter(said));
    said.map(|found| found.as_str()).find(|found| !written.iter().any(|text| text.contains(found))).map(str::to_owned)
}

/// The first number of a text that another one lacks; a language may count where another one has a word.
fn lacking(text: &str, other: &str) -> Option<String> {
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\d+(?:\.\d+)?").unwrap());
    let mut there: Vec<&str> = NUMBER.find_iter(other).map(|found| found.as_str()).collect();
    let mut take = |number: &str| there.iter().position(|own| *own == number).map(|place| there.swap_remove(place));
    NUMBER.find_iter(text).map(|found| found.as_str()).find(|number| take(number).is_none()).map(str::to_owned)
}

#[test]
fn every_finding_says_the_same_in_japanese() {
    let mut problems = BTreeSet::new();
    for rule in catalogue::RULES.iter().filter(|rule| chosen(rule)) {
        let file: CaseFile = toml::from_str(&read(&root().join(format!("fixtures/rules/{}.toml", rule.id)))).unwrap();
        for case in &file.case {
            let run = run(&file, case);
            for finding in run.report.findings.iter().filter(|finding| finding.rule == rule.id) {
                let facts = finding.missing.iter().map(String::as_str);
                let written = run.sources.ids().map(|id| run.sources.get(id).text.as_str());
                let written: Vec<&str> = written.chain(facts).collect();
                for said in texts(finding) {
                    let (own, japanese) = (said.say(Language::English), said.say(Language::Japanese));
                    if let Some(words) = english(&japanese, &written) {
                        problems.insert(format!("{}: \"{words}\" is left in: {japanese}", rule.id));
                    }
                    if let Some(number) = lacking(&own, &japanese) {
                        problems.insert(format!("{}: {number} is missing: {own} / {japanese}", rule.id));
                    }
                }
            }
        }
    }
    let problems: Vec<String> = problems.into_iter().collect();
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

/// Findings by rule and subject, unproven ones included.
fn told(report: &Report) -> BTreeSet<(String, String)> {
    report.findings.iter().map(|finding| (finding.rule.to_string(), finding.subject.clone())).collect()
}

/// The case with the edits of a finding made in the base and in the patch.
fn fixed(run: &Run, fix: &Fix, case: &Case) -> Run {
    let after = |id| {
        let edits = fix.edits.iter().filter(|(span, _)| span.source == id);
        let edits = edits.map(|(span, text)| Edit::at(*span, text)).collect();
        check::edited(&run.sources.get(id).text, &edits).unwrap()
    };
    let mut ids = run.sources.ids();
    run_texts(after(ids.next().unwrap()), after(ids.next().unwrap()), case)
}

#[test]
fn every_fix_of_a_rule_removes_its_finding_and_brings_no_other() {
    let (mut problems, mut offered) = (Vec::new(), BTreeSet::new());
    for rule in catalogue::RULES.iter().filter(|rule| chosen(rule)) {
        let Ok(text) = fs::read_to_string(root().join(format!("fixtures/rules/{}.toml", rule.id))) else { continue };
        let file: CaseFile = toml::from_str(&text).unwrap();
        for case in file.case.iter().filter(|case| case.outcome == "violated") {
            let run = run(&file, case);
            for finding in run.report.findings.iter().filter(|finding| finding.rule == rule.id) {
                let Some(fix) = &finding.fix else { continue };
                offered.insert(rule.id);
                let (before, after) = (told(&run.report), told(&fixed(&run, fix, case).report));
                let identity = (finding.rule.to_string(), finding.subject.clone());
                if after.contains(&identity) || !after.is_subset(&before) {
                    let new: Vec<_> = after.difference(&before).collect();
                    problems.push(format!("{}: `{}`: {:?} is new", rule.id, case.name, new));
                }
            }
        }
    }
    let can: BTreeSet<&str> =
        catalogue::RULES.iter().filter(|rule| chosen(rule) && rule.fix.is_some()).map(|rule| rule.id).collect();
    assert_eq!(offered, can, "rules that offer a fix in a case, and those that have the words for one");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_case_file_belongs_to_a_rule() {
    let mut strays = Vec::new();
    for area in fs::read_dir(root().join("fixtures/rules")).unwrap() {
        let area = area.unwrap().path();
        for file in fs::read_dir(&area).unwrap() {
            let path = file.unwrap().path();
            let id = format!(
                "{}/{}",
                area.file_name().unwrap().to_string_lossy(),
                path.file_stem().unwrap().to_string_lossy()
            );
            if catalogue::rule(&id).is_none() {
                strays.push(id);
            }
        }
    }
    assert_eq!(strays, Vec::<String>::new());
}

#[test]
fn every_outcome_is_known_and_names_are_unique() {
    for rule in catalogue::RULES.iter().filter(|rule| chosen(rule)) {
        let path = root().join(format!("fixtures/rules/{}.toml", rule.id));
        if !path.exists() {
            continue;
        }
        let file: CaseFile = toml::from_str(&read(&path)).unwrap();
        let mut names = BTreeSet::new();
        for case in file.case {
            assert!(
                ["holds", "violated", "unproven", "not-applicable"].contains(&case.outcome.as_str()),
                "{}",
                rule.id
            );
            assert!(names.insert(case.name.clone()), "{}: {}", rule.id, case.name);
        }
    }
}
